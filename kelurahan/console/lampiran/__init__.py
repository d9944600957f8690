"""Attachments as officers see them: the list for an application or a chat.

`{% include "lampiran/daftar.html" %}` shows what `daftar` returns, in the variable `lampiran`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kelurahan.store import lampiran
from kelurahan.store.models import Permohonan
from kelurahan.store.models_petugas import Lampiran

TERBANYAK = 200  # on one page; the newest
_JENIS = {"image": "Foto", "application/pdf": "Dokumen PDF"}
_ALASAN = {
    "jenis": "Tidak disimpan: bukan foto atau PDF. Warga sudah diberi tahu.",
    "besar": "Tidak disimpan: terlalu besar. Warga sudah diberi tahu.",
    "rusak": "Tidak disimpan: rusak, tidak bisa dibuka. Warga sudah diberi tahu.",
}
_MENUNGGU = "Sedang diambil dari WhatsApp."
_GAGAL = "Gagal diambil dari WhatsApp. Warga sudah diminta mengirim lagi."


@dataclass(frozen=True)
class Baris:
    """One attachment; `keadaan` says in words why it cannot be opened, "" when it can."""

    id: int
    jenis: str
    gambar: bool
    ditunggu: bool
    keadaan: str
    ukuran: str
    dibuat: datetime
    nomor: str | None  # the application, where it is not the page's own


def daftar(
    s: Session, *, warga_id: str | None = None, permohonan_id: int | None = None
) -> list[Baris]:
    """The attachments of a resident or of an application, in the order in which they came."""
    if (warga_id is None) == (permohonan_id is None):
        raise ValueError("daftar: give either warga_id or permohonan_id")
    milik: Any = Lampiran.warga_id == warga_id
    if permohonan_id is not None:
        milik = Lampiran.permohonan_id == permohonan_id
    pilih = select(Lampiran, Permohonan.nomor).outerjoin(
        Permohonan, Permohonan.id == Lampiran.permohonan_id
    )
    pilih = pilih.where(milik, Lampiran.state != lampiran.DIHAPUS)
    terbaru = s.execute(pilih.order_by(Lampiran.id.desc()).limit(TERBANYAK)).all()
    return [_baris(satu, nomor if warga_id else None) for satu, nomor in reversed(terbaru)]


def _baris(satu: Lampiran, nomor: str | None) -> Baris:
    keadaan = {
        lampiran.TERSIMPAN: "",
        lampiran.MENUNGGU: _MENUNGGU,
        lampiran.DITOLAK: _ALASAN.get(satu.alasan or "", _ALASAN["jenis"]),
    }.get(satu.state, _GAGAL)
    gambar = satu.mime.startswith("image/")
    jenis = _JENIS.get("image" if gambar else satu.mime, "Berkas")
    return Baris(
        id=satu.id,
        jenis=jenis,
        gambar=gambar,
        ditunggu=satu.state == lampiran.MENUNGGU,
        keadaan=keadaan,
        ukuran=ukuran(satu.ukuran),
        dibuat=satu.dibuat,
        nomor=nomor,
    )


def ukuran(jumlah: int | None) -> str:
    """Bytes in words: `412 kB`, `1,3 MB`; "" while unknown."""
    if jumlah is None:
        return ""
    if jumlah < 999_500:
        return f"{max(1, round(jumlah / 1000))} kB"
    return f"{jumlah / 1_000_000:.1f} MB".replace(".", ",")
