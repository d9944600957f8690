"""Applications as they leave the store: copies that need no session."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from kelurahan.store import models


@dataclass(frozen=True)
class Langkah:
    """One change of status."""

    dari: str | None
    ke: str
    pada: datetime
    oleh: str
    catatan: str | None = field(repr=False)


@dataclass(frozen=True)
class Koreksi:
    """One corrected field."""

    isian: str
    sebelum: str | None = field(repr=False)
    sesudah: str | None = field(repr=False)
    pada: datetime
    oleh: str


@dataclass(frozen=True)
class Permohonan:
    """An application as it stood when it was read; times in UTC (`wib()` shows them)."""

    nomor: str
    layanan: str
    varian: str | None
    nama: str = field(repr=False)
    tanggal_lahir: date | None = field(repr=False)
    rt: str | None
    rw: str
    status: str
    dibuat: datetime
    diubah: datetime
    riwayat: tuple[Langkah, ...] = ()
    koreksi: tuple[Koreksi, ...] = ()


def salin(c: models.Permohonan) -> Permohonan:
    """Copy a row, history included."""
    riwayat = tuple(Langkah(r.dari, r.ke, r.pada, r.oleh, r.catatan) for r in c.riwayat)
    ralat = tuple(Koreksi(k.isian, k.sebelum, k.sesudah, k.pada, k.oleh) for k in c.koreksi)
    langsung = {n: getattr(c, n) for n in Permohonan.__dataclass_fields__}
    return Permohonan(**{**langsung, "riwayat": riwayat, "koreksi": ralat})
