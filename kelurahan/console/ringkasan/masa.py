"""The stretch of time a summary is about: a day, a week (from Monday) or a month, in WIB.

A stretch that is not over is compared with as much of the one before: the first 24 days of
November with the first 24 days of October.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kelurahan.console.ringkasan.angka import SPASI
from kelurahan.console.tampilan import BULAN, HARI, tanggal
from kelurahan.replies.dasar import BULAN as NAMA_BULAN
from kelurahan.store.statistik import Rentang
from kelurahan.store.waktu import WIB, wib

SEHARI = timedelta(days=1)
TERTUA = date(2020, 1, 1)  # nothing of ours is older, and a year 1 has no year before
PILIHAN = {"hari": "Hari", "minggu": "Minggu", "bulan": "Bulan"}
TREN = {"hari": 14, "minggu": 12, "bulan": 12}  # how many of them a trend shows
SIBUK = timedelta(days=28)  # a day or a week alone says little about the busiest hours


class MasaError(ValueError):
    """The address names no stretch of time; the message tells the officer what to do."""


@dataclass(frozen=True)
class Masa:
    """One day, week or month, up to the end of `sampai` or to now."""

    per: str
    sampai: date
    kini: datetime

    @property
    def awal(self) -> date:
        """Its first day."""
        return _awal(self.per, self.sampai)

    @property
    def utuh(self) -> bool:
        """Whether all of it is counted."""
        return self.rentang.akhir == _tengah_malam(_awal_berikut(self.per, self.sampai))

    @property
    def rentang(self) -> Rentang:
        """What is counted."""
        akhir = min(_tengah_malam(self.sampai + SEHARI), self.kini)
        return Rentang(_tengah_malam(self.awal), akhir)

    @property
    def sebelum(self) -> Rentang:
        """What it is compared with."""
        ini, mulai = self.rentang, _tengah_malam(self._awal_sebelum)
        akhir = ini.mulai if self.utuh else min(mulai + (ini.akhir - ini.mulai), ini.mulai)
        return Rentang(mulai, akhir)

    @property
    def sibuk(self) -> Rentang:
        """Over what the busiest hours are looked for."""
        ini = self.rentang
        return ini if self.per == "bulan" else Rentang(ini.akhir - SIBUK, ini.akhir)

    @property
    def semua(self) -> Rentang:
        """From the first moment that any of these needs to the last."""
        return Rentang(min(self.sebelum.mulai, self.sibuk.mulai), self.rentang.akhir)

    @property
    def nama(self) -> str:
        """`November 2026`, `16-22 Nov 2026`, `Selasa, 24 Nov 2026`."""
        return _nama(self.per, self.awal, self.sampai)

    @property
    def nama_sebelum(self) -> str:
        """The same of what it is compared with."""
        lalu = self.sebelum
        terakhir = wib(lalu.akhir - timedelta(microseconds=1)).date()
        return _nama(self.per, wib(lalu.mulai).date(), max(terakhir, self._awal_sebelum))

    @property
    def hari_terakhir_sebelum(self) -> date | None:
        """`sampai` of the one before; None when that is too long ago."""
        lalu = self.awal - SEHARI
        return lalu if lalu >= TERTUA else None

    @property
    def hari_terakhir_berikut(self) -> date | None:
        """`sampai` of the next one; None when this is the present one."""
        hari_ini, mulai = wib(self.kini).date(), _awal_berikut(self.per, self.sampai)
        if mulai > hari_ini:
            return None
        return min(_awal_berikut(self.per, mulai) - SEHARI, hari_ini)

    @property
    def potongan(self) -> list[tuple[str, Rentang]]:
        """All its hours or days with their names, those to come too, for the bars of a plot."""
        selang = timedelta(hours=1) if self.per == "hari" else SEHARI
        hasil, mulai = [], self.rentang.mulai
        akhir = _tengah_malam(_awal_berikut(self.per, self.sampai))
        while mulai < akhir:
            hasil.append((self._nama_potongan(wib(mulai)), Rentang(mulai, mulai + selang)))
            mulai += selang
        return hasil

    @property
    def tren(self) -> list[tuple[str, Rentang]]:
        """This one and those before it, the oldest first."""
        hasil, awal, akhir = [], self.awal, self.rentang.akhir
        for _ in range(TREN[self.per]):
            mulai = _tengah_malam(awal)
            hasil.append((_nama_tren(self.per, awal), Rentang(mulai, akhir)))
            awal, akhir = _awal(self.per, awal - SEHARI), mulai
        return hasil[::-1]

    @property
    def _awal_sebelum(self) -> date:
        return _awal(self.per, self.awal - SEHARI)

    def _nama_potongan(self, saat: datetime) -> str:
        if self.per == "hari":
            return f"{saat:%H}"
        return f"{HARI[saat.weekday()][:3]} {saat.day}"

    def nama_lengkap(self, potongan: Rentang) -> str:
        """An hour or a day in a sentence: `pukul 09`, `Senin 9 Nov`."""
        saat = wib(potongan.mulai)
        if self.per == "hari":
            return f"pukul {saat:%H}"
        return f"{HARI[saat.weekday()]} {saat.day} {BULAN[saat.month - 1]}"


def baca(per: str, sampai: str, kini: datetime) -> Masa:
    """What an address asks for; nothing given is this month. Raises MasaError."""
    per = per or "bulan"
    if per not in PILIHAN:
        raise MasaError(f"Masa “{per[:20]}” tidak ada. Pilih hari, minggu, atau bulan.")
    hari_ini = wib(kini).date()
    try:
        hari = date.fromisoformat(sampai) if sampai else hari_ini
    except ValueError:
        raise MasaError(
            f"Tanggal “{sampai[:20]}” tidak terbaca. Tulis seperti {hari_ini.isoformat()}."
        ) from None
    if hari < TERTUA:
        raise MasaError(
            f"Tanggal {tanggal(hari)} terlalu lama. Pilih {TERTUA.year} atau sesudahnya."
        )
    return Masa(per, min(hari, hari_ini), kini)


def _tengah_malam(hari: date) -> datetime:
    return datetime.combine(hari, time(), WIB)


def _awal(per: str, hari: date) -> date:
    if per == "bulan":
        return hari.replace(day=1)
    return hari - SEHARI * hari.weekday() if per == "minggu" else hari


def _awal_berikut(per: str, hari: date) -> date:
    awal = _awal(per, hari)
    if per == "bulan":
        return (awal + 31 * SEHARI).replace(day=1)
    return awal + (7 * SEHARI if per == "minggu" else SEHARI)


def _nama(per: str, awal: date, akhir: date) -> str:
    if per == "hari":
        return f"{HARI[awal.weekday()]}, {tanggal(awal)}"
    if per == "bulan" and akhir == _awal_berikut(per, awal) - SEHARI:
        return f"{NAMA_BULAN[awal.month - 1]} {awal.year}"
    if awal == akhir:
        return tanggal(akhir)
    if awal.month == akhir.month:
        return f"{awal.day}\u2013{tanggal(akhir)}"
    if awal.year == akhir.year:
        return f"{awal.day}{SPASI}{BULAN[awal.month - 1]} \u2013 {tanggal(akhir)}"
    return f"{tanggal(awal)} \u2013 {tanggal(akhir)}"


def _nama_tren(per: str, awal: date) -> str:
    bulan = BULAN[awal.month - 1]
    return f"{bulan} {awal.year}" if per == "bulan" else f"{awal.day} {bulan}"
