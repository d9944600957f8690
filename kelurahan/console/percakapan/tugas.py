"""What ends by itself: conversations in which nobody writes, requests nobody answered."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from kelurahan.console import audit
from kelurahan.console.pekerja import Tugas
from kelurahan.console.percakapan import pegang
from kelurahan.replies import serahan as teks
from kelurahan.store import serahan, sesi, waktu
from kelurahan.store.models import Warga
from kelurahan.store.models_petugas import BELUM_SELESAI, Serahan
from kelurahan.whatsapp import held

# A resident whose officer has gone to lunch or home must not stay without any answer; most
# counters' questions are settled within minutes.
DIAM_TERLAMA = timedelta(hours=2)
# After a week the matter is settled otherwise, and the page would fill with the past.
MENUNGGU_TERLAMA = timedelta(days=7)
TIAP = 60.0  # seconds
SEKALIGUS = 100


def rapikan() -> int:
    """End what is due, each in a transaction of its own; how many were ended."""
    kini = waktu.sekarang()
    diam = and_(Serahan.dipegang.is_not(None), Serahan.terakhir < kini - DIAM_TERLAMA)
    lama = and_(Serahan.dipegang.is_(None), Serahan.dibuat < kini - MENUNGGU_TERLAMA)
    pilih = select(Serahan.warga_id).where(BELUM_SELESAI, or_(diam, lama))
    with sesi(baca=True) as s:
        semua = list(s.scalars(pilih.order_by(Serahan.terakhir).limit(SEKALIGUS)))
    return sum(_akhiri(warga_id) for warga_id in semua)


def _akhiri(warga_id: str) -> bool:
    with sesi() as s:
        siapa = serahan.kunci(s, warga_id)  # two consoles do this: the second finds it done
        satu = serahan.terbuka(s, siapa.id) if siapa else None
        if satu is None or not _lewat(s, siapa, satu):
            return False
        if satu.dipegang is None:
            penutup, kata = serahan.KEDALUWARSA, teks.KEDALUWARSA
        else:
            penutup, kata = serahan.OTOMATIS, teks.OTOMATIS
        held.end(s, siapa.id, penutup, kata)
        audit.catat(s, audit.SISTEM, f"percakapan_{penutup}", f"serahan:{satu.id}")
        return True


def _lewat(s: Session, siapa: Warga, satu: Serahan) -> bool:
    kini = waktu.sekarang()
    if satu.dipegang is None:
        return kini - satu.dibuat > MENUNGGU_TERLAMA
    # an officer has asked the resident to write again: their answer may take days
    ditunggu = pegang.jendela(siapa) is None and pegang.diundang(s, siapa) is not None
    return kini - satu.terakhir > (MENUNGGU_TERLAMA if ditunggu else DIAM_TERLAMA)


TUGAS = (Tugas("percakapan", TIAP, rapikan),)
