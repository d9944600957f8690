"""Bring a resident's message to one plain spelling before anything is counted in it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

BERKAS_SINGKATAN = Path(__file__).with_name("singkatan.txt")
# Longer texts are stories or pasted pages: their beginning and end say what is wanted.
PANJANG_MAKSIMAL = 1200

_ULANG = re.compile(r"([^\W\d_])\1{2,}")
_DUA = re.compile(r"\b([^\W\d_]{3,})2(nya|an|in)?\b")
_LEET = re.compile(r"(?<=[a-z])[013457](?=[a-z])")
_ANGKA = re.compile(r"\d+(?:[.,]\d+)*")
_KATA = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[?#]|[\U0001F300-\U0001F3FA\U0001F400-\U0001FAFF]")
_HURUF_MIRIP = str.maketrans("013457", "oieast")


class SingkatanError(ValueError):
    """A line of the slang table is unusable; the message names the line."""


def baca_singkatan(isi: str) -> dict[str, str]:
    """Return form -> plain word from the table's text."""
    tabel: dict[str, str] = {}
    for nomor, baris in enumerate(isi.splitlines(), 1):
        baris = baris.strip()
        if not baris or baris.startswith("#"):
            continue
        baku, tanda, bentuk = baris.partition(":")
        if not tanda or not baku.strip() or not bentuk.split():
            raise SingkatanError(f"singkatan.txt baris {nomor}: expected 'plain: form form'")
        for kata in bentuk.split():
            if tabel.setdefault(kata, baku.strip()) != baku.strip():
                raise SingkatanError(f"singkatan.txt baris {nomor}: '{kata}' stands in two lines")
    return tabel


@lru_cache(maxsize=1)
def singkatan() -> dict[str, str]:
    """The slang table, read once per process."""
    return baca_singkatan(BERKAS_SINGKATAN.read_text(encoding="utf-8"))


def ratakan(teks: str) -> str:
    """Lower case, one form of each letter, no elongation, no leetspeak, digits folded to 0."""
    teks = unicodedata.normalize("NFKD", teks).casefold()
    teks = "".join(c for c in teks if not unicodedata.combining(c))
    teks = _ULANG.sub(r"\1", teks)
    teks = _DUA.sub(r"\1\2", teks)
    teks = _LEET.sub(lambda m: m.group().translate(_HURUF_MIRIP), teks)
    return _ANGKA.sub("0", teks)


def kata(teks: str) -> list[str]:
    """Plain words of a message in order, with `?` and `#` as words of their own."""
    tabel = singkatan()
    return [tabel.get(k, k) for k in _KATA.findall(ratakan(_potong(teks)))]


def normalkan(teks: str) -> str:
    """The message as the classifiers see it."""
    return " ".join(kata(teks))


def _potong(teks: str) -> str:
    if len(teks) <= PANJANG_MAKSIMAL:
        return teks
    separuh = PANJANG_MAKSIMAL // 2
    return teks[:separuh] + " " + teks[-separuh:]
