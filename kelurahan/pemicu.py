"""The trigger: is this text just the kelurahan's name, however it is spelt?

Greetings and place words around the name are set aside; what remains, written together, must be
one of the names with at most two letters wrong. A remaining word that the name does better without
("rt", "dimana") makes it a question or something else, which is not for the trigger to answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from unicodedata import normalize

PANJANG_MAKS = 160
SALAH_MAKS = 2
# Words that greet, address or ask for the menu; what people put around the name without asking.
_SAPAAN = """
    halo hallo hai hay hi hello helo hey ping p tes test selamat slamat met pagi pgi siang sore
    malam mlm salam sampurasun wilujeng enjing sonten wengi punten permisi misi maaf
    assalamualaikum asalamualaikum assalamualaykum assalammualaikum assalamu alaikum aslm ass
    askum wr wb warahmatullahi wabarakatuh warohmatullohi wabarokatuh
    admin min mimin kak ka kakak pak bu bapak ibu bpk mas mbak mba kang teh teteh neng om tante
    gan bang yth kepada untuk dear dong ya yah y iya nih ok oke tolong mohon
    menu layanan pelayanan
"""
BASA_BASI = frozenset(_SAPAAN.split())


def cocok(teks: str, nama: Iterable[str], tempat: Iterable[str]) -> bool:
    """Does `teks` consist of one of these names, with greetings and place words at most?"""
    if len(teks) > PANJANG_MAKS:
        return False
    dikenal, kata_tempat = _rapat(tuple(nama)), _himpun(tuple(tempat))
    kata = _tanpa(_kata(teks), BASA_BASI)
    # The place words may be part of a name ("Kelurahan Tanah Sareal"): try with and without them.
    return any(_nama(k, dikenal) for k in (kata, _tanpa(kata, kata_tempat)))


@lru_cache(maxsize=8)
def _rapat(nama: tuple[str, ...]) -> list[str]:
    """The names written together. Kept: they are the same for every message."""
    return [re.sub(r"[^a-z0-9]", "", n.casefold()) for n in nama]


@lru_cache(maxsize=8)
def _himpun(tempat: tuple[str, ...]) -> frozenset[str]:
    """The words of the places."""
    return frozenset(_kata(" ".join(tempat)))


def _kata(teks: str) -> list[str]:
    polos = re.sub(r"['’`]", "", normalize("NFKC", teks).casefold())
    # "halooo" and "jayaaaa": three or more of a letter are one
    return re.findall(r"[a-z0-9]+", re.sub(r"([a-z])\1{2,}", r"\1", polos))


def _tanpa(kata: list[str], buang: frozenset[str]) -> list[str]:
    return [k for k in kata if k not in buang and not (len(k) >= 5 and _mirip(k, buang))]


@lru_cache(maxsize=2048)
def _mirip(kata: str, buang: frozenset[str]) -> bool:
    """Is it one of the longer words with a typing error? Remembered: people use the same words."""
    return bool(get_close_matches(kata, [b for b in buang if len(b) >= 5], 1, 0.85))


def _nama(kata: list[str], dikenal: list[str]) -> bool:
    teks = "".join(kata)
    sisa = ["".join(kata[:i] + kata[i + 1 :]) for i in range(len(kata))]
    # short names bear fewer errors: one in five letters
    return any(
        (jauh := jarak(teks, nama)) <= min(SALAH_MAKS, len(nama) // 5)
        and all(jarak(tanpa, nama) >= jauh for tanpa in sisa)
        for nama in dikenal
    )


def jarak(a: str, b: str) -> int:
    """Levenshtein distance, cut off where it can no longer matter."""
    if abs(len(a) - len(b)) > SALAH_MAKS:
        return SALAH_MAKS + 1
    atas = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        baris = [i]
        for j, y in enumerate(b, 1):
            baris.append(min(atas[j] + 1, baris[-1] + 1, atas[j - 1] + (x != y)))
        if min(baris) > SALAH_MAKS:  # no later row is smaller
            return SALAH_MAKS + 1
        atas = baris
    return atas[-1]
