"""What the pages about RT and RW show: the directory with its work, and what an import changes."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kelurahan.store import direktori, pengurus, status
from kelurahan.store.models import Permohonan
from kelurahan.store.models_petugas import Pengurus
from kelurahan.wilayah import Direktori, tulis_csv

Pasangan = tuple[str, str]  # RT, RW


@dataclass(frozen=True)
class BarisRt:
    """One RT: applications to be worked on, officers registered."""

    rt: str
    terbuka: int
    pengurus: int


@dataclass(frozen=True)
class BarisRw:
    """One RW with its RT; `pengurus` counts the officers of the RW itself."""

    rw: str
    rt: tuple[BarisRt, ...]
    pengurus: int

    @property
    def terbuka(self) -> int:
        """Applications of the whole RW."""
        return sum(satu.terbuka for satu in self.rt)


@dataclass(frozen=True)
class Susunan:
    """The directory as the page shows it; `luar`: applications from an RT that is not in it."""

    rw: tuple[BarisRw, ...]
    luar: int
    contoh: bool


@dataclass(frozen=True)
class Perubahan:
    """What an import would change, and whom it would leave without an RT."""

    ditambah: tuple[Pasangan, ...]
    dihapus: tuple[Pasangan, ...]
    rw_ditambah: tuple[str, ...]
    rw_dihapus: tuple[str, ...]
    tetap: int
    permohonan: int  # open applications from an RT that goes
    pengurus: int  # registered officers of an RT or RW that goes
    contoh: tuple[bool, bool]  # before, after

    @property
    def ada(self) -> bool:
        """Whether anything changes at all."""
        return bool(self.ditambah or self.dihapus) or self.contoh[0] != self.contoh[1]


def susun(s: Session) -> Susunan:
    """The directory by RW."""
    peta, terbuka, petugas = direktori.baca(s), _terbuka(s), _pengurus(s)
    rw = tuple(
        BarisRw(
            satu,
            tuple(
                BarisRt(rt, terbuka.pop((rt, satu), 0), petugas[rt, satu])
                for rt in peta.rt_di(satu)
            ),
            petugas[None, satu],
        )
        for satu in peta.rw()
    )
    return Susunan(rw, sum(terbuka.values()), peta.contoh)


def bandingkan(s: Session, lama: Direktori, baru: Direktori) -> Perubahan:
    """What replacing the one by the other means."""
    hilang = lama.pasangan - baru.pasangan
    rw_hilang = set(lama.rw()) - set(baru.rw())
    terbuka, petugas = _terbuka(s), _pengurus(s)
    return Perubahan(
        ditambah=_urut(baru.pasangan - lama.pasangan),
        dihapus=_urut(hilang),
        rw_ditambah=tuple(sorted(set(baru.rw()) - set(lama.rw()))),
        rw_dihapus=tuple(sorted(rw_hilang)),
        tetap=len(lama.pasangan & baru.pasangan),
        permohonan=sum(terbuka[pasangan] for pasangan in hilang if pasangan in terbuka),
        pengurus=sum(petugas[pasangan] for pasangan in hilang)
        + sum(petugas[None, rw] for rw in rw_hilang),
        contoh=(lama.contoh, baru.contoh),
    )


def sidik(peta: Direktori) -> str:
    """Tells whether the directory is still the one that a preview was made from."""
    return hashlib.sha256(tulis_csv(peta)).hexdigest()[:16]


def ada_wilayahnya(satu: Pengurus, peta: Direktori) -> bool:
    """Whether the RT or RW of an officer still exists."""
    if satu.jabatan == pengurus.RW:
        return satu.rw in peta.rw()
    return peta.ada(satu.rt or "", satu.rw)


def _urut(pasangan: frozenset[Pasangan]) -> tuple[Pasangan, ...]:
    return tuple(sorted(pasangan, key=lambda p: (p[1], p[0])))


def _terbuka(s: Session) -> dict[Pasangan, int]:
    """Applications to be worked on (what the queue shows), by RT and RW."""
    pilih = select(Permohonan.rt, Permohonan.rw, func.count())
    pilih = pilih.where(Permohonan.status.in_(status.TERBUKA))
    pilih = pilih.group_by(Permohonan.rt, Permohonan.rw)
    return {(rt, rw): jumlah for rt, rw, jumlah in s.execute(pilih)}


def _pengurus(s: Session) -> Counter[tuple[str | None, str]]:
    """Officers by RT and RW; those of a whole RW stand under RT None."""
    return Counter((rt, rw) for rt, rw in s.execute(select(Pengurus.rt, Pengurus.rw)))
