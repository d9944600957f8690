"""What staff must see to: written down once per kind and code, counted while it lasts."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kelurahan.store import waktu
from kelurahan.store.engine import sisip_bila_baru
from kelurahan.store.models import Peringatan

_DIAM = {"synchronize_session": False}


def catat(s: Session, jenis: str, pesan: str, kode: int = 0) -> bool:
    """Note an alert; True when it is new, False when it adds to one that is still open."""
    kini = waktu.sekarang()
    baru = sisip_bila_baru(
        s,
        Peringatan,
        jenis=jenis[:40],
        kode=kode,
        pesan=pesan,
        jumlah=1,
        pertama=kini,
        terakhir=kini,
    )
    if not baru:
        lama = update(Peringatan).where(
            Peringatan.jenis == jenis[:40], Peringatan.kode == kode, Peringatan.selesai.is_(None)
        )
        nilai = {"jumlah": Peringatan.jumlah + 1, "terakhir": kini, "pesan": pesan}
        s.execute(lama.values(nilai), execution_options=_DIAM)
    return baru


def selesaikan(s: Session, jenis: str) -> int:
    """Close every open alert of a kind; how many there were."""
    terbuka = update(Peringatan).where(Peringatan.jenis == jenis[:40], Peringatan.selesai.is_(None))
    return s.execute(terbuka.values(selesai=waktu.sekarang()), execution_options=_DIAM).rowcount


def terbuka(s: Session) -> list[Peringatan]:
    """Open alerts, the newest first."""
    pilih = select(Peringatan).where(Peringatan.selesai.is_(None))
    return list(s.scalars(pilih.order_by(Peringatan.terakhir.desc())))
