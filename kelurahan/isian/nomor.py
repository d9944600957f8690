"""Menu choices ("#3", "nomor tiga") and application numbers ("KDJ-2611-0042")."""

from __future__ import annotations

import re

from kelurahan.isian.angka import POLA_KATA, dari_kata
from kelurahan.isian.model import NomorMenu
from kelurahan.isian.teks import bersihkan, ringkas, siapkan

_MAKS_DIGIT = 9  # longer digit runs are no menu number; int() refuses very long ones
_MAKS_TANPA_TANDA = 3  # a bare "1990" is a year, a bare "250187" a date
_MAKS_PANJANG = 60
_MAKS_TEKS = 5_000

_AWAL = (
    r"(?:(?:saya|sy|aku|mau|minta|coba|info|pilih(?:an)?|yang|yg|menu|layanan|ambil|oke?|klik"
    r"|ketik) )*"
)
_AKHIR = (
    r"(?:[ .,!)]{0,4}(?:ya+h?|kak|ka|min|admin|pak|bu|bang|mbak|mba|dong|aja|saja|deh|nih|kang|teh"
    r"|please|makasih))*"
)
_TUTUP = r"[ .,!)\]#]*"
_NOMOR = r"(?:no(?:mou?r|mer)?|nmr|nmer|angka|num(?:ber)?)\b\.?[ :.]*#?"
_TANDA = re.compile(
    rf"{_AWAL}(?P<tanda>(?:#[ #.:]*)(?:{_NOMOR})?|{_NOMOR}|)[ (\[]*"
    rf"(?P<isi>-?\d+(?:[.,]\d+)?|{POLA_KATA}|){_TUTUP}{_AKHIR}{_TUTUP}",
    re.IGNORECASE,
)
_PILIH = re.compile(r"(?:pilih(?:an)?|menu|layanan)\b", re.IGNORECASE)
_DI_DALAM = re.compile(r"(?<![\w#])# ?(\d{1,2})(?![\w#./-])")


def nomor_menu(teks: str) -> NomorMenu | None:
    """Return the menu choice if the whole message is one, else None."""
    bersih = bersihkan(teks[:_MAKS_TEKS])
    mentah = ringkas(bersih)
    if len(bersih) > _MAKS_PANJANG:
        terlalu = re.fullmatch(r"# ?[\d ]+", bersih)
        return NomorMenu(None, mentah) if terlalu else None
    cocok = _TANDA.fullmatch(re.sub(r"\s+", " ", siapkan(bersih)))
    if not cocok or not bersih:
        return _rusak(bersih, mentah)
    tanda, isi = cocok["tanda"], cocok["isi"]
    if not isi:
        return NomorMenu(None, mentah) if "#" in tanda else None
    return _nilai(isi, bool(tanda), bool(_PILIH.match(bersih)), mentah)


def _nilai(isi: str, bertanda: bool, memilih: bool, mentah: str) -> NomorMenu | None:
    kata = dari_kata(isi)
    if kata is not None:
        return NomorMenu(kata, mentah)
    if not bertanda and not memilih and not (isi.isdecimal() and len(isi) <= _MAKS_TANPA_TANDA):
        return None
    if not isi.isdecimal() or len(isi) > _MAKS_DIGIT:
        return NomorMenu(None, mentah)
    return NomorMenu(int(isi), mentah)


def _rusak(bersih: str, mentah: str) -> NomorMenu | None:
    """'#3a', '#3,5,1': meant as a number, but none."""
    if re.fullmatch(r"#[ #]*-?\d[\w.,-]{0,20}", bersih) and not re.search(
        r"[a-z]{3}", bersih, re.I
    ):
        return NomorMenu(None, mentah)
    return None


def nomor_di_dalam(teks: str) -> int | None:
    """Return a menu number named with '#' inside a sentence: "#3 biayanya berapa" -> 3."""
    cocok = _DI_DALAM.findall(bersihkan(teks[:_MAKS_TEKS]))
    return int(cocok[0]) if len(cocok) == 1 else None


def nomor_permohonan(teks: str, awalan: str) -> str | None:
    """Return the application number named in a text, in the form in which it is stored."""
    bersih = re.sub(r"[\u2010-\u2015\u2212]", "-", bersihkan(teks[:_MAKS_TEKS]))
    sela = r"[ \-_./:#]{0,3}"
    pola = rf"(?<![a-z0-9]){re.escape(awalan)}{sela}(\d{{1,12}})(?:{sela}(\d\w{{0,11}}))?(?!\w)"
    cocok = re.search(pola, bersih, re.IGNORECASE)
    if not cocok:
        return None
    bulan, urut = cocok[1], cocok[2]
    if urut is None:
        bulan, urut = bulan[:4], bulan[4:]
    # Never shortened or padded: a number that is nearly right must not become a right one.
    return "-".join(filter(None, (awalan.upper(), bulan, urut.upper())))
