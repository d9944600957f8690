"""How often a login may fail: counted in the database, by user, by place, and by both."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kelurahan.store import waktu
from kelurahan.store.models_petugas import PercobaanMasuk

JENDELA = timedelta(minutes=15)
# Somebody who guesses one user's password from one place; one user from many places (a locked-out
# officer is the price, so it is higher); many users from one place (an office shares one address).
PALING_BANYAK = {"keduanya": 5, "pengguna": 30, "tempat": 50}


def ditahan(s: Session, nama_pengguna: str, tempat: str) -> bool:
    """Whether this login must wait, right or wrong."""
    sejak = waktu.sekarang() - JENDELA
    return any(
        s.scalar(
            select(func.count())
            .select_from(PercobaanMasuk)
            .where(PercobaanMasuk.kunci == kunci, PercobaanMasuk.pada > sejak)
        )
        >= PALING_BANYAK[jenis]
        for jenis, kunci in _kunci(nama_pengguna, tempat).items()
    )


def gagal(s: Session, nama_pengguna: str, tempat: str) -> None:
    """Count a failed login, and forget the old ones."""
    kini = waktu.sekarang()
    for kunci in _kunci(nama_pengguna, tempat).values():
        s.add(PercobaanMasuk(kunci=kunci, pada=kini))
    lama = delete(PercobaanMasuk).where(PercobaanMasuk.pada < kini - JENDELA)
    s.execute(lama, execution_options={"synchronize_session": False})


def berhasil(s: Session, nama_pengguna: str, tempat: str) -> None:
    """The right person at the right place starts from nought."""
    kunci = _kunci(nama_pengguna, tempat)["keduanya"]
    hapus = delete(PercobaanMasuk).where(PercobaanMasuk.kunci == kunci)
    s.execute(hapus, execution_options={"synchronize_session": False})


def _kunci(nama_pengguna: str, tempat: str) -> dict[str, str]:
    bagian = {"pengguna": (nama_pengguna,), "tempat": (tempat,)}
    bagian["keduanya"] = (nama_pengguna, tempat)
    return {
        jenis: hashlib.sha256(repr((jenis, *isi)).encode()).hexdigest()
        for jenis, isi in bagian.items()
    }
