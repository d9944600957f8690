"""Tells officers over WhatsApp that something of their account was changed, if they gave a number.

Whoever did not do it themselves then knows at once (OWASP ASVS 2.2.3, 2.5.5).
"""

from __future__ import annotations

import secrets

from sqlalchemy.orm import Session

from kelurahan.store import warga
from kelurahan.store.models_petugas import Petugas
from kelurahan.whatsapp import build, outbox, templates

JENIS = "kabar_akun"  # of the outbox rows
SANDI_DIGANTI = "kata sandinya diganti"
SANDI_DIBUATKAN = "admin membuatkan kata sandi baru"
NOMOR_DIGANTI = "nomor WhatsApp ini tidak dipakai lagi untuk akun itu"


def kabari(s: Session, petugas: Petugas, kejadian: str) -> bool:
    """Write it to the officer's number as it stands; False without one."""
    if not petugas.wa_id:
        return False
    isi = templates.body(templates.AKUN, petugas.nama_pengguna, kejadian)
    return outbox.enqueue(
        s,
        warga.kenali(s, wa_id=petugas.wa_id, bsuid=None),
        build.text_body(templates.words(isi)),
        kind=JENIS,
        template=isi,
        pesan_id=f"akun:{petugas.id}:{secrets.token_hex(8)}",
    )
