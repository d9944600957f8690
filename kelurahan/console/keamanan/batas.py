"""How often a login may fail: counted in the database, by user, by place, and by both."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from kelurahan.store import waktu
from kelurahan.store.models_petugas import PercobaanMasuk

JENDELA = timedelta(minutes=15)
# Somebody who guesses one user's password from one place; one user from many places (a locked-out
# officer is the price, so it is higher, yet below the 100 an hour of OWASP ASVS 2.2.1); many users
# from one place (an office shares one address).
PALING_BANYAK = {"keduanya": 5, "pengguna": 24, "tempat": 50}
_DIAM = {"synchronize_session": False}


def coba(s: Session, nama_pengguna: str, tempat: str) -> list[int] | None:
    """Count this login as failed, before it is judged; None when it must wait, right or wrong.

    Counted first, so that many at the same moment cannot all slip through.
    """
    kunci, kini = _kunci(nama_pengguna, tempat), waktu.sekarang()
    if any(_sering(s, satu, kini - JENDELA) >= PALING_BANYAK[j] for j, satu in kunci.items()):
        return None
    lama = delete(PercobaanMasuk).where(PercobaanMasuk.pada < kini - JENDELA)
    s.execute(lama, execution_options=_DIAM)
    baru = [PercobaanMasuk(kunci=satu, pada=kini) for satu in kunci.values()]
    s.add_all(baru)
    s.flush()
    return [satu.id for satu in baru]


def _sering(s: Session, kunci: str, sejak: datetime) -> int:
    milik = (PercobaanMasuk.kunci == kunci, PercobaanMasuk.pada > sejak)
    return s.scalar(select(func.count()).select_from(PercobaanMasuk).where(*milik))


def berhasil(s: Session, nama_pengguna: str, tempat: str, dihitung: list[int]) -> None:
    """It was right: it does not count, and this person at this place starts from nought."""
    kunci = _kunci(nama_pengguna, tempat)["keduanya"]
    hapus = delete(PercobaanMasuk).where(
        or_(PercobaanMasuk.kunci == kunci, PercobaanMasuk.id.in_(dihitung))
    )
    s.execute(hapus, execution_options=_DIAM)


def _kunci(nama_pengguna: str, tempat: str) -> dict[str, str]:
    bagian = {"pengguna": (nama_pengguna,), "tempat": (tempat,)}
    bagian["keduanya"] = (nama_pengguna, tempat)
    return {
        jenis: hashlib.sha256(repr((jenis, *isi)).encode()).hexdigest()
        for jenis, isi in bagian.items()
    }
