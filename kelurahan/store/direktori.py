"""The RT/RW directory as the table holds it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import delete, event, insert, select
from sqlalchemy.orm import Session

from kelurahan.settings import settings
from kelurahan.store.engine import sesi
from kelurahan.store.errors import StoreError
from kelurahan.store.models import RtRw

if TYPE_CHECKING:
    from kelurahan.wilayah import Direktori

SIMPAN_DETIK = 30
_simpanan: dict[str, tuple[float, Direktori]] = {}  # by database URL


def direktori() -> Direktori:
    """The directory; a change made by another process shows after at most 30 seconds."""
    url = settings().store_url
    sampai, isi = _simpanan.get(url, (0.0, None))
    if isi is None or time.monotonic() >= sampai:
        with sesi(baca=True) as s:
            isi = baca(s)
        _simpanan[url] = (time.monotonic() + SIMPAN_DETIK, isi)
    return isi


def baca(s: Session) -> Direktori:
    """The directory as the table holds it now."""
    from kelurahan.wilayah import Direktori  # `python -m kelurahan.store` must start quickly

    baris = s.execute(select(RtRw.rt, RtRw.rw, RtRw.contoh)).all()
    pasangan = frozenset((rt, rw) for rt, rw, _ in baris)
    return Direktori(pasangan=pasangan, contoh=any(contoh for _, _, contoh in baris))


def ganti(s: Session, baru: Direktori) -> None:
    """Replace the whole directory, in the caller's transaction."""
    if not baru.pasangan:
        raise StoreError("RT/RW directory: 0 rows; give at least one RT, nothing was changed")
    s.execute(delete(RtRw.__table__))
    baris = [{"rt": rt, "rw": rw, "contoh": baru.contoh} for rt, rw in sorted(baru.pasangan)]
    s.execute(insert(RtRw.__table__), baris)
    event.listen(s, "after_commit", lambda _: _simpanan.clear(), once=True)
