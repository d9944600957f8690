"""What a version changes, place by place, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import ndiff

from kelurahan.console.layanan.isian import judul, tulis
from kelurahan.katalog import Layanan
from kelurahan.katalog_perubahan import Perubahan, nilai


@dataclass(frozen=True)
class Beda:
    """One place that differs; each line with its sign: " " stays, "-" goes, "+" comes."""

    tempat: str
    judul: str
    baris: tuple[tuple[str, str], ...]


def beda(berkas: Layanan, sebelum: Perubahan, sesudah: Perubahan) -> list[Beda]:
    """The places in which two changes over the same file differ, in the order of the form."""
    semula = nilai(berkas)
    semua = dict.fromkeys([*semula, *sebelum, *sesudah])
    hasil = []
    for satu in semua:
        dulu, kini = (_teks(satu, isi, semula) for isi in (sebelum, sesudah))
        if dulu != kini:
            hasil.append(Beda(satu, judul(berkas, satu), _baris(dulu, kini)))
    return hasil


def _teks(satu: str, isi: Perubahan, semula: Perubahan) -> str:
    return tulis(isi.get(satu, semula.get(satu, "")))


def _baris(dulu: str, kini: str) -> tuple[tuple[str, str], ...]:
    """An empty text is no line at all."""
    semua = ndiff(dulu.split("\n") if dulu else [], kini.split("\n") if kini else [])
    return tuple((satu[0], satu[2:]) for satu in semua if satu[0] != "?")
