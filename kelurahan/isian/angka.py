"""Numbers written as words or Roman numerals: "tiga", "dua puluh satu", "tilu", "III"."""

from __future__ import annotations

import re

from kelurahan.isian.teks import senarai

_SATUAN = senarai("nol satu dua tiga empat lima enam tujuh delapan sembilan")
_RAGAM = {
    "hiji": 1, "tilu": 3, "opat": 4, "ampat": 4, "genep": 6, "anem": 6, "dalapan": 8,
    "lapan": 8, "salapan": 9, "sepuluh": 10, "sapuluh": 10, "sebelas": 11, "sabelas": 11,
}  # fmt: skip
_ROMAWI = {
    satu: n
    for n, satu in enumerate(senarai("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv"), 1)
}


def _susun() -> dict[str, int]:
    hasil = {satu: n for n, satu in enumerate(_SATUAN)} | _RAGAM
    for n, satu in enumerate(_SATUAN[2:], 2):
        hasil[f"{satu} belas"] = hasil[f"{satu}belas"] = 10 + n
        for puluh, kelipatan in (("dua puluh", 20), ("duapuluh", 20), ("tiga puluh", 30)):
            hasil[puluh] = kelipatan
            hasil[f"{puluh} {satu}"] = kelipatan + n
    for puluh, kelipatan in (("dua puluh", 20), ("duapuluh", 20), ("tiga puluh", 30)):
        hasil[f"{puluh} satu"] = kelipatan + 1
    return hasil


ANGKA = _susun()
# Longest first, so that "dua puluh satu" is not read as "dua".
POLA_KATA = "|".join(re.escape(satu) for satu in sorted(ANGKA, key=len, reverse=True))


def dari_kata(teks: str) -> int | None:
    """Return the number that a word stands for."""
    return ANGKA.get(" ".join(teks.lower().split()))


def dari_romawi(teks: str) -> int | None:
    """Return the value of a Roman numeral up to XV, as some put on their RT and RW."""
    return _ROMAWI.get(teks.lower())
