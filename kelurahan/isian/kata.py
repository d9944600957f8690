"""Telling a sentence from a name, by the words of kata_umum.txt."""

from __future__ import annotations

import re
from functools import lru_cache
from os.path import commonprefix
from pathlib import Path

from kelurahan.isian.teks import kata, kumpulan, lipat

_BERKAS = Path(__file__).with_name("kata_umum.txt")
_TAWA = re.compile(r"(?:wk){2,}w?k?|(?:ha|he|hi|hu){2,}h?|x+d+|z{2,}")
_AKHIRAN = ("nya", "kah", "lah", "na", "in", "kan", "keun", "pun")
_PANJANG_NYA = 5  # "kantornya" is no name; Anya, Sonya, Vanya and Lavanya are
_PANJANG_MIRIP = 7  # shorter words have names for neighbours: Mulyani, Bayari
_RAMAI = 4  # this many everyday words around a field make a story of it
_RAMAI_JAWABAN = 15
# Words that a correction may contain beside the value; anything else makes it another matter.
IZIN = kumpulan(
    "maaf maap maf mohon tolong tlg eh oh aduh salah keliru kliru typo ketik tulis nulis ngetik "
    "ketikan ralat koreksi ganti diganti gantikan ubah rubah diubah dirubah perbaiki harusnya "
    "seharusnya harus mestinya maksudnya maksud bukan tapi tetapi tp tpi jadi menjadi ke yang yg "
    "benar bener betul itu tadi ini nya na lah dong ya yaa kak kaka min admin pak bu saya sy data "
    "isian lengkap sori sorry punten hapunten lepat leres kedahna kuduna lupa baru dan di pada "
    "isi adalah dari gentos sebenarnya barusan oke ok deh nih aja saja yah terima kasih makasih "
    "nama nami tanggal tgl bulan bln tahun thn lahir lahirnya rt rw tanggalnya bulannya tahunnya "
    "namanya abdi"
)


@lru_cache(maxsize=1)
def kata_umum() -> dict[str, frozenset[str]]:
    """Return the word list by heading."""
    hasil: dict[str, set[str]] = {}
    isi: set[str] = set()
    for baris in _BERKAS.read_text(encoding="utf-8").splitlines():
        baris = baris.split("# ")[0].strip()
        if baris.startswith("["):
            isi = hasil.setdefault(baris.strip("[]"), set())
        else:
            isi.update(lipat(satu) for satu in baris.split())
    return {judul: frozenset(isi) for judul, isi in hasil.items()}


@lru_cache(maxsize=4096)
def jenis(satu: str) -> str | None:
    """Return the heading under which a (folded) word stands, or None for an unknown word."""
    daftar = kata_umum()
    for bentuk in _bentuk(satu):
        for judul, isi in daftar.items():
            if bentuk in isi:
                return judul
    if _TAWA.fullmatch(satu) or (satu.endswith("nya") and len(satu) - 3 >= _PANJANG_NYA):
        return "umum"
    return _salah_ketik(satu)


def _salah_ketik(satu: str) -> str | None:
    """Return the heading of a long word with one slip of the finger: "kelurhan", "pengatnar"."""
    if not _PANJANG_MIRIP <= len(satu) <= 2 * _PANJANG_MIRIP:
        return None
    mirip = _kata_panjang().get(satu[0], ())
    return next((judul for kata_lain, judul in mirip if _satu_beda(satu, kata_lain)), None)


@lru_cache(maxsize=1)
def _kata_panjang() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the long words that no name has, by first letter."""
    semua = [
        (satu, judul)
        for judul, isi in kata_umum().items()
        for satu in sorted(isi)
        if judul != "lemah" and len(satu) >= _PANJANG_MIRIP
    ]
    return {awal: tuple(s for s in semua if s[0][0] == awal) for awal in {s[0][0] for s in semua}}


def _satu_beda(satu: str, lain: str) -> bool:
    """True if one letter is wrong, missing or too many, or two neighbours changed places."""
    if abs(len(satu) - len(lain)) > 1:
        return False
    awal = len(commonprefix((satu, lain)))
    akhir = len(commonprefix((satu[awal:][::-1], lain[awal:][::-1])))
    beda = satu[awal : len(satu) - akhir], lain[awal : len(lain) - akhir]
    return max(map(len, beda)) <= 1 or (len(beda[0]) == 2 and beda[0] == beda[1][::-1])


def _bentuk(satu: str):
    """Yield the word, without drawn-out letters ("yaaa"), without an ending ("biayanya")."""
    yield satu
    pendek = re.sub(r"(\w)\1{2,}|(\w)\2$", r"\1\2", satu[:100])
    if pendek != satu:
        yield pendek
    for akhiran in _AKHIRAN:
        pangkal = satu[: -len(akhiran)]
        # Short stems and name-like endings would hit names: Tina, Dina, Karin, Lahkan.
        if satu.endswith(akhiran) and len(pangkal) >= (3 if akhiran == "nya" else 4):
            yield pangkal


def kuat(satu: str) -> bool:
    """True for a word that no name has."""
    return jenis(satu) not in (None, "lemah")


def kalimat(teks: str) -> bool:
    """True if the text is made of everyday words: a sentence, a question, a command."""
    ragam = [jenis(satu) for satu in kata(teks)]
    lemah = ragam.count("lemah")
    return any(r not in (None, "lemah") for r in ragam) or lemah > 1 or 0 < lemah == len(ragam)


def bertanya(sisa: list[str]) -> bool:
    """True if one of the words asks something."""
    return any(jenis(satu) == "tanya" for satu in sisa)


def bercerita(sisa: list[str], *, panjang: bool = False) -> bool:
    """True if the words around a field ask, want or tell something of their own.

    `panjang`: the field answers a question, and an elder's polite answer may be long.
    """
    ragam = [jenis(satu) for satu in sisa]
    if any(r in ("tanya", "niat", "layanan") for r in ragam):
        return True
    return sum(r in ("umum", "sunda") for r in ragam) > (_RAMAI_JAWABAN if panjang else _RAMAI)
