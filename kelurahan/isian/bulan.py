"""Month names, full, short, misspelt, English and Sundanese."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from kelurahan.isian.teks import lipat

NAMA_BULAN = (
    "", "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
    "Oktober", "November", "Desember",
)  # fmt: skip

_SEBUTAN = {
    1: "januari jan januwari january jnuari janwari",
    2: "februari feb peb pebruari febuari pebuari february febr pebr peberuari",
    3: "maret mar mrt march maart maert",
    4: "april apr apl avril aprl",
    5: "mei may me'i mey mai",
    6: "juni jun june yuni juny",
    7: "juli jul july yuli",
    8: "agustus agt ags agus agst agts aug august agust agutus ogos",
    9: "september sep sept septembar",
    10: "oktober okt oct october oktobar",
    11: "november nov nop nopember novembar",
    12: "desember des dec december disember dese",
}
_BULAN = {sebutan: n for n, semua in _SEBUTAN.items() for sebutan in semua.split()}
_MIRIP = 0.78  # "septebmer" is near enough; "market" and "juri" must not pass
_PANJANG_MIRIP = 5


def bulan(teks: str) -> int | None:
    """Return the month that a word names, allowing for a slip of the finger."""
    satu = re.sub(r"(.)\1+", r"\1", lipat(teks[:20])).strip(".")
    if satu in _BULAN:
        return _BULAN[satu]
    if len(satu) < _PANJANG_MIRIP:
        return None
    mirip = [
        (SequenceMatcher(None, satu, lipat(nama)).ratio(), ke)
        for ke, nama in enumerate(NAMA_BULAN)
        if nama[:1].lower() == satu[0]
    ]
    nilai, ke = max(mirip, default=(0.0, 0))
    return ke if nilai >= _MIRIP else None
