"""What happened in a stretch of time: counted by the database, put into WIB hours here.

WIB is a whole number of hours from UTC, so the database counts by UTC hour, which both kinds of
database can, and the hour is moved afterwards. Residents who had their data erased stay counted:
their rows have lost only who they are (an erased application stands on the first of its month).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Float, String, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from kelurahan.store import status
from kelurahan.store.models import Inbox, Outbox, Permohonan, RiwayatStatus
from kelurahan.store.models_petugas import Serahan
from kelurahan.store.waktu import wib

TUNTAS = (status.SELESAI, status.DITOLAK, status.DIBATALKAN)
BELUM_TUNTAS = tuple(satu for satu in status.SEMUA if satu not in TUNTAS)
_DILIHAT = tuple(satu for satu in status.SEMUA if satu not in (status.BARU, status.DIBATALKAN))
PerJam = dict[datetime, int]  # start of an hour, WIB -> how many


@dataclass(frozen=True)
class Rentang:
    """From `mulai` up to, but not including, `akhir`; moments with a zone."""

    mulai: datetime
    akhir: datetime

    def memuat(self, saat: datetime) -> bool:
        """Whether that moment lies in it."""
        return self.mulai <= saat < self.akhir

    def jumlah(self, per_jam: PerJam) -> int:
        """How many of the counted hours' events lie in it."""
        return sum(n for jam, n in per_jam.items() if self.memuat(jam))


@dataclass(frozen=True)
class Penyerahan:
    """One conversation that was handed to a human."""

    sebab: str
    dibuat: datetime
    tunggu: float | None  # seconds until an officer took it; None: nobody has
    terbuka: bool


def pesan_masuk(s: Session, rentang: Rentang) -> PerJam:
    """Messages of residents."""
    return _per_jam(s, Inbox.received_at, rentang)


def permohonan_masuk(s: Session, rentang: Rentang) -> PerJam:
    """Applications filed."""
    return _per_jam(s, Permohonan.dibuat, rentang)


def permohonan_tuntas(s: Session, rentang: Rentang) -> dict[str, PerJam]:
    """Applications that came to an end, by the status they ended in."""
    r = RiwayatStatus
    return {ke: _per_jam(s, r.pada, rentang, r.ke == ke) for ke in TUNTAS}


def surat_keluar(s: Session, rentang: Rentang) -> Counter[tuple[str, str | None]]:
    """What went to residents: (kind, service) -> how many; the first part of each counts."""
    kunci = (Outbox.kind, Outbox.layanan)
    return _menurut(s, kunci, _dalam(Outbox.created_at, rentang), Outbox.part <= 0)


def permohonan_menurut(s: Session, kolom: str, rentang: Rentang) -> Counter[str]:
    """Applications filed, by `rw` or `layanan`."""
    kunci = {"rw": Permohonan.rw, "layanan": Permohonan.layanan}[kolom]
    hasil = _menurut(s, (kunci,), _dalam(Permohonan.dibuat, rentang))
    return Counter({satu: n for (satu,), n in hasil.items()})


def tunggu_dilihat(s: Session, rentang: Rentang) -> list[float]:
    """Seconds from filing to an officer's first look, of those looked at in this time."""
    return _tunggu(s, rentang, RiwayatStatus.ke.in_(_DILIHAT), RiwayatStatus.dari == status.BARU)


def tunggu_siap(s: Session, rentang: Rentang) -> list[float]:
    """Seconds from filing until it could be fetched (or was done), of those ready in this time."""
    r = RiwayatStatus
    langsung = and_(r.ke == status.SELESAI, r.dari != status.SIAP_DIAMBIL)
    # `in_` besides: the index begins with `ke`
    return _tunggu(
        s,
        rentang,
        r.ke.in_((status.SIAP_DIAMBIL, status.SELESAI)),
        or_(r.ke == status.SIAP_DIAMBIL, langsung),
    )


def belum_tuntas(s: Session, kini: datetime, hari: Sequence[int]) -> Counter[tuple[str, int]]:
    """Open applications now: (status, place in the age classes) -> how many.

    `hari` are the classes' upper bounds in days, ascending; the last class has none.
    """
    p = Permohonan
    kelas = case(
        *((p.dibuat > kini - timedelta(days=batas), n) for n, batas in enumerate(hari)),
        else_=len(hari),
    ).label("kelas")
    return _menurut(s, (p.status, kelas), p.status.in_(BELUM_TUNTAS))


def penyerahan(s: Session, rentang: Rentang) -> list[Penyerahan]:
    """Conversations handed over in this time, in order."""
    h = Serahan
    pilih = select(h.sebab, h.dibuat, h.dipegang, h.selesai).where(_dalam(h.dibuat, rentang))
    return [
        Penyerahan(
            sebab,
            dibuat,
            (dipegang - dibuat).total_seconds() if dipegang else None,
            selesai is None,
        )
        for sebab, dibuat, dipegang, selesai in s.execute(pilih.order_by(h.id))
    ]


def banyaknya(s: Session, rentang: Iterable[Rentang]) -> list[tuple[int, int, int]]:
    """For each stretch: messages in, applications filed, applications finished (`selesai`)."""
    selesai = RiwayatStatus.ke == status.SELESAI
    angka = [
        _banyak(kolom, satu, *syarat)
        for satu in rentang
        for kolom, *syarat in (
            (Inbox.received_at,),
            (Permohonan.dibuat,),
            (RiwayatStatus.pada, selesai),
        )
    ]
    # one statement: the way to the database and back costs more than a count along an index
    hasil = list(s.execute(select(*angka)).one()) if angka else []
    return [tuple(hasil[n : n + 3]) for n in range(0, len(hasil), 3)]


def persentil(nilai: Sequence[float], bagian: float) -> float | None:
    """The value below which that part (0 to 1) lies, as PostgreSQL's percentile_cont; None of none.

    Between two values it is interpolated.
    """
    if not nilai:
        return None
    urut = sorted(nilai)
    tempat = (len(urut) - 1) * bagian
    bawah = int(tempat)
    atas = min(bawah + 1, len(urut) - 1)
    return urut[bawah] + (urut[atas] - urut[bawah]) * (tempat - bawah)


def _dalam(kolom: Any, rentang: Rentang) -> ColumnElement[bool]:
    return and_(kolom >= rentang.mulai, kolom < rentang.akhir)


def _banyak(kolom: Any, rentang: Rentang, *syarat: Any) -> Any:
    return select(func.count()).where(_dalam(kolom, rentang), *syarat).scalar_subquery()


def _menurut(s: Session, kunci: Sequence[Any], *syarat: Any) -> Counter[tuple]:
    pilih = select(*kunci, func.count()).where(*syarat).group_by(*kunci)
    return Counter({tuple(satu[:-1]): satu[-1] for satu in s.execute(pilih)})


def _per_jam(s: Session, kolom: Any, rentang: Rentang, *syarat: Any) -> PerJam:
    jam = _jam_utc(s, kolom).label("jam")
    pilih = select(jam, func.count()).where(_dalam(kolom, rentang), *syarat).group_by("jam")
    return {_jam_wib(satu): n for satu, n in s.execute(pilih)}


def _tunggu(s: Session, rentang: Rentang, *syarat: Any) -> list[float]:
    p, r = Permohonan, RiwayatStatus
    pilih = select(_detik(s, p.dibuat, r.pada)).join(p, p.id == r.permohonan_id)
    # on the connection: a session would look at each of thousands of plain numbers
    return s.connection().execute(pilih.where(_dalam(r.pada, rentang), *syarat)).scalars().all()


# where the two databases differ


def _sqlite(s: Session) -> bool:
    return s.get_bind().dialect.name == "sqlite"


def _jam_utc(s: Session, kolom: Any) -> ColumnElement[Any]:
    """The UTC hour of a moment; SQLite keeps moments as text, `2026-11-24 07:51:00.000000`."""
    if _sqlite(s):
        return func.substr(kolom, 1, 13, type_=String)
    return func.date_trunc("hour", func.timezone("UTC", kolom))


def _jam_wib(jam: str | datetime) -> datetime:
    utc = datetime.fromisoformat(jam) if isinstance(jam, str) else jam
    return wib(utc.replace(tzinfo=timezone.utc))


def _detik(s: Session, dari: Any, sampai: Any) -> ColumnElement[Any]:
    """Seconds between two moments."""
    if _sqlite(s):
        return (func.julianday(sampai) - func.julianday(dari)) * 86400
    return cast(func.extract("epoch", sampai - dari), Float)
