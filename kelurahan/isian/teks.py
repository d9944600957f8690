"""Cleaning what arrives: invisible characters, odd spaces, typographic signs."""

from __future__ import annotations

import re
import unicodedata

# Shown as nothing or as blank, but not in the Unicode categories for that.
_TAK_TAMPAK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u20e3")
_BUANG = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_GANTI_BARIS = frozenset("\n\x0b\x0c\x85\u2028\u2029")
_MAKS_TANDA = 2  # more combining marks on one letter are decoration ("zalgo")
_APOSTROF = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u02bb\u00b4\u0060\u2032"), "'")
_STRIP = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_KUTIP = dict.fromkeys(map(ord, '"\u201c\u201d\u201e\u00ab\u00bb'))
_TEBAL = re.compile(r"(?<!\w)[*_~]+|[*_~]+(?!\w)")


def bersihkan(teks: str) -> str:
    """Return the text as a reader sees it: no invisible characters, single spaces, trimmed."""
    teks = teks.replace("\r\n", "\n").replace("\r", "\n")
    if not teks.isascii() or not teks.isprintable():
        teks = "".join(_huruf(unicodedata.normalize("NFC", teks)))
        teks = unicodedata.normalize("NFC", teks)
    baris = (" ".join(satu.split()) for satu in teks.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(baris)).strip()


def _huruf(teks: str):
    """Yield the visible characters in their plain form."""
    tanda = 0
    for huruf in teks:
        jenis = unicodedata.category(huruf)
        tanda = tanda + 1 if jenis == "Mn" else 0
        if huruf in _GANTI_BARIS:
            yield "\n"
        elif huruf.isspace():
            yield " "
        elif not (
            jenis in _BUANG or huruf in _TAK_TAMPAK or _pemilih(huruf) or tanda > _MAKS_TANDA
        ):
            yield _polos(huruf)


def _pemilih(huruf: str) -> bool:
    return "\ufe00" <= huruf <= "\ufe0f"  # variation selectors: emoji or text style


def _polos(huruf: str) -> str:
    """Full-width and decorated letters become plain; signs that would fall apart stay."""
    if huruf.isascii():
        return huruf
    polos = unicodedata.normalize("NFKC", huruf)
    pecah = len(polos) > 4 or any(h.isspace() or h == "\u2044" for h in polos)
    return huruf if pecah else polos


def siapkan(teks: str) -> str:
    """Clean a text for reading fields: plain apostrophes and dashes, no quotes, no *bold*."""
    teks = bersihkan(teks).translate(_APOSTROF | _STRIP | _KUTIP)
    return bersihkan(_TEBAL.sub("", teks))


def lipat(teks: str) -> str:
    """Lower case without accents, for comparing words."""
    if teks.isascii():
        return teks.lower()
    urai = unicodedata.normalize("NFKD", teks.lower())
    return "".join(huruf for huruf in urai if unicodedata.category(huruf) != "Mn")


def kata(teks: str) -> list[str]:
    """Return the words of a text, folded: "Réngséna, RW-nya 5" -> rengsena, rw, nya."""
    return re.findall(r"[^\W\d_]+", lipat(teks))


def ringkas(teks: str, panjang: int = 40) -> str:
    """Return what was typed on one line, short enough to be named in an answer."""
    teks = " ".join(teks.split())
    return teks if len(teks) <= panjang else teks[: panjang - 1].rstrip() + "\u2026"


def senarai(*baris: str) -> list[str]:
    """Return the words of a table written as lines of text."""
    return " ".join(baris).split()


def kumpulan(*baris: str) -> frozenset[str]:
    """Return the words of a table written as lines of text, for looking up."""
    return frozenset(senarai(*baris))
