"""Is the office open now? Reads the opening hours as `wilayah/kelurahan.yml` writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, time

HARI = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
RENTANG_JAM = re.compile(r"(\d{1,2})[.:](\d{2})\s*-\s*(\d{1,2})[.:](\d{2})")


def buka(jam: Iterable[tuple[str, str]], saat: datetime) -> bool:
    """Whether `saat` (WIB) lies in the weekly hours; public holidays are not known to us."""
    for hari, waktu in jam:
        cocok = RENTANG_JAM.search(waktu)
        if cocok and saat.weekday() in _hari(hari):
            j1, m1, j2, m2 = map(int, cocok.groups())
            return time(j1, m1) <= saat.time() < time(j2, m2)
    return False


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
