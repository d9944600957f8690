"""When is the office open? Reads the opening hours as `wilayah/kelurahan.yml` writes them.

Moments are given in the office's own time (WIB); public holidays are not known to us.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

HARI = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
RENTANG_JAM = re.compile(r"(\d{1,2})[.:](\d{2})\s*-\s*(\d{1,2})[.:](\d{2})")
SEPEKAN = 7
Jam = Iterable[tuple[str, str]]


def buka(jam: Jam, saat: datetime) -> bool:
    """Whether the office is open at that moment."""
    rentang = _rentang(jam, saat.date())
    return rentang is not None and rentang[0] <= saat.time() < rentang[1]


def tutup_pada(jam: Jam, saat: datetime) -> datetime | None:
    """When the office closes today; None on a day without hours."""
    rentang = _rentang(jam, saat.date())
    return rentang and datetime.combine(saat.date(), rentang[1], saat.tzinfo)


def buka_berikutnya(jam: Jam, saat: datetime) -> datetime | None:
    """When the office opens next; None when no hours are known."""
    jam = tuple(jam)
    for hari in (saat.date() + timedelta(days=n) for n in range(SEPEKAN + 1)):
        rentang = _rentang(jam, hari)
        if rentang and (pada := datetime.combine(hari, rentang[0], saat.tzinfo)) > saat:
            return pada
    return None


def lama_kerja(jam: Jam, dari: datetime, sampai: datetime) -> timedelta:
    """How much of the time between two moments the office was open."""
    jam, jumlah = tuple(jam), timedelta()
    hari = dari.date()
    while hari <= sampai.date():
        if rentang := _rentang(jam, hari):
            awal, akhir = (datetime.combine(hari, satu, dari.tzinfo) for satu in rentang)
            jumlah += max(timedelta(), min(akhir, sampai) - max(awal, dari))
        hari += timedelta(days=1)
    return jumlah


def _rentang(jam: Jam, hari: date) -> tuple[time, time] | None:
    """The hours of one day."""
    for nama, waktu in jam:
        cocok = RENTANG_JAM.search(waktu)
        if cocok and hari.weekday() in _hari(nama):
            j1, m1, j2, m2 = map(int, cocok.groups())
            return time(j1, m1), time(j2, m2)
    return None


def _hari(tulisan: str) -> set[int]:
    """`Senin-Kamis` or `Sabtu, Minggu` as weekday numbers (Monday is 0)."""
    hari: set[int] = set()
    for bagian in tulisan.lower().split(","):
        ujung = [HARI.index(kata) for kata in re.findall(r"[a-z]+", bagian) if kata in HARI]
        if len(ujung) == 2 and "-" in bagian:
            hari.update(range(ujung[0], ujung[1] + 1))
        else:
            hari.update(ujung)
    return hari
