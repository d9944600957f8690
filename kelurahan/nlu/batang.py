"""The stem of a word, roughly: "diterbitkan", "penerbitannya" and "terbit" are to be one.

A few rules instead of a dictionary: what matters is that the forms of one word meet, not that the
stem is one ("sekarang" becomes "karang" wherever it stands).
"""

from __future__ import annotations

import re
from functools import lru_cache

# Something of three or four letters must remain: "dimana" is "mana", but "berapa" stays.
_PARTIKEL = re.compile(r"(?<=\w{4})(?:nya|lah|kah|pun|ku|mu)$")
_AKHIRAN = re.compile(r"(?<=\w{3})kan$|(?<=\w{4})(?:an|i)$")
# "men-" and "pen-" swallow the first letter of a stem: "menerbitkan" is "terbit".
_AWALAN = [
    (re.compile(rf"^(?:{awalan})(?={berikut})"), ganti)
    for awalan, berikut, ganti in (
        ("(?:mem|di)per", r"\w{4}", ""),
        ("[mp]eny", r"[aeiou]\w{3}", "s"),
        ("[mp]en", r"[aeiou]\w{3}", "t"),
        ("[mp]em", r"[aeiou]\w{3}", "p"),
        ("[mp]eng|di", r"\w{3}", ""),
        ("[mp]en|[mp]em|per|ber|ter|[mp]e|ke|se", r"\w{4}", ""),
    )
]
# ... but not of these, which are too common here to be mistaken for something else.
_LAIN = {
    "meninggal": "meninggal",
    "menikah": "nikah",
    "meminta": "minta",
    "memohon": "mohon",
    "pemohon": "mohon",
}


@lru_cache(maxsize=65_536)
def batang(kata: str) -> str:
    """One word without its endings and its prefix."""
    if not kata.isalpha():
        return kata
    polos = kata if kata in _LAIN else _AKHIRAN.sub("", _PARTIKEL.sub("", kata))
    return _LAIN.get(polos) or _tanpa_awalan(polos)


def _tanpa_awalan(kata: str) -> str:
    for awalan, ganti in _AWALAN:
        if awalan.match(kata):
            return awalan.sub(ganti, kata)
    return kata


def batangkan(teks: str) -> str:
    """A text of plain words, each without its affixes."""
    return " ".join(map(batang, teks.split()))
