"""Received messages: each is processed once, however often WhatsApp delivers it."""

from __future__ import annotations

import hashlib

from sqlalchemy import update
from sqlalchemy.orm import Session

from kelurahan.store import waktu
from kelurahan.store.engine import sisip_bila_baru
from kelurahan.store.models import PesanMasuk


def sidik(wamid: str) -> str:
    """The message id we keep: a hash, since a wamid contains the sender's phone number."""
    return hashlib.sha256(wamid.encode()).hexdigest()


def catat_masuk(sesi: Session, wamid: str, warga_id: str, jenis: str) -> bool:
    """Note a received message; False if it has been seen before."""
    return sisip_bila_baru(
        sesi,
        PesanMasuk,
        pesan_id=sidik(wamid),
        warga_id=warga_id,
        jenis=jenis[:32],
        diterima=waktu.sekarang(),
    )


def tandai_selesai(sesi: Session, wamid: str) -> None:
    """Note that the message has been answered (or deliberately not)."""
    pilih = update(PesanMasuk).where(PesanMasuk.pesan_id == sidik(wamid))
    pilih = pilih.where(PesanMasuk.selesai.is_(None)).values(selesai=waktu.sekarang())
    sesi.execute(pilih, execution_options={"synchronize_session": False})
