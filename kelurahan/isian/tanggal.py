"""Birth dates as people write them: finding them in a text and checking them."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from kelurahan.isian.angka import POLA_KATA, dari_kata
from kelurahan.isian.bulan import NAMA_BULAN, bulan
from kelurahan.isian.kata import jenis
from kelurahan.isian.model import CONTOH, TANGGAL, Salah
from kelurahan.isian.teks import lipat, ringkas

UMUR_TERTUA = 120

_SELA = r"[\s./,-]{0,3}"
_HARI = rf"(?<!\w)(?<!\d[/.-])(?P<h>\d{{1,2}}|{POLA_KATA})"
_BULAN = r"(?P<b>[a-z]{3,12})\.?"
_TAHUN = r"(?:tahun|thn|th)?\.?\s?'?(?P<t>\d{2,6})(?!\d|\s?/\s?\d)"
_POLA = tuple(
    re.compile(pola, re.IGNORECASE)
    for pola in (
        # 3 mei 1990, 17-Agt-90, 3mei1990, tgl 3 bulan mei tahun 1990
        rf"{_HARI}{_SELA}(?:(?:bulan|bln)\s)?{_BULAN}{_SELA}{_TAHUN}",
        # 1990-05-03
        r"(?<![\d/.-])(?P<t>\d{4})\s?[/.-]\s?(?P<b>\d{1,2})\s?[/.-]\s?(?P<h>\d{1,2})(?![\d/]|-\d)",
        # 03-05-1990, 3/5/90, 3.5.1990
        r"(?<![\d/.-])(?P<h>\d{1,2})\s?[/.-]\s?(?P<b>\d{1,2})\s?[/.-]\s?'?(?P<t>\d{2,6})(?!\d|[/-]\d)",
        # 3 5 1990, tgl 3 bln 5 thn 1990
        r"(?<![\d/.-])(?P<h>\d{1,2})[\s,](?:(?:bulan|bln)\s)?(?P<b>\d{1,2})[\s,](?:(?:tahun|thn|th)\s)?"
        r"(?P<t>\d{4})(?![\d/]|-\d)",
        # tgl 3 bulan 5 tahun 90
        r"(?<![\d/.-])(?P<h>\d{1,2})\s(?:bulan|bln)\s(?P<b>\d{1,2})\s(?:tahun|thn|th)\s"
        r"(?P<t>\d{2,4})(?![\d/]|-\d)",
        # 1990 mei 3
        rf"(?<![\w/.-])(?P<t>\d{{4}})[\s/-]{_BULAN}[\s/-](?P<h>\d{{1,2}})(?!\w)",
        # Mei 3, 1990
        rf"(?<!\w){_BULAN}\s(?P<h>\d{{1,2}})(?:,\s?|\s)(?P<t>\d{{4}})(?!\d)",
    )
)
_RAPAT = re.compile(r"(?<![\w/.-])(\d{8}|\d{6})(?![\w/]|-\d)")
_PENDEK = re.compile(r"(?<![\d/.-])(?P<h>\d{1,2})[\s,](?P<b>\d{1,2})[\s,]'?(?P<t>\d{2})(?![\d/])")


@dataclass(frozen=True)
class Tertulis:
    """A date as typed, with its place in the text; nothing checked yet."""

    hari: int
    bulan: int | None  # None: a month name that nobody knows
    tahun: str
    mentah: str
    awal: int
    akhir: int
    bulan_tertulis: str = ""


def cari(teks: str, *, longgar: bool = False) -> list[Tertulis]:
    """Return the complete dates of a text in order; `longgar` adds forms that may be else."""
    hasil = _cari(teks, (*_POLA, *((_PENDEK,) if longgar else ())))
    if not hasil:
        hasil = [rapat for cocok in _RAPAT.finditer(teks) if (rapat := _rapat(cocok, longgar))]
    if not hasil and longgar:
        hasil = _cari(teks, _POLA[:1], bulan_asing=True)
    return sorted(hasil, key=lambda satu: satu.awal)


def _cari(teks: str, semua: tuple[re.Pattern, ...], *, bulan_asing: bool = False) -> list[Tertulis]:
    """Return what the first pattern that fits finds; they go from the surest to the least sure."""
    for pola in semua:
        hasil = [satu for cocok in pola.finditer(teks) if (satu := _tertulis(cocok, bulan_asing))]
        if hasil:
            return hasil
    return []


def _tertulis(cocok: re.Match, bulan_asing: bool) -> Tertulis | None:
    tulis_hari, tulis_bulan = cocok["h"], cocok["b"]
    hari = int(tulis_hari) if tulis_hari.isdecimal() else dari_kata(tulis_hari)
    angka = tulis_bulan.isdecimal()
    ke = int(tulis_bulan) if angka else bulan(tulis_bulan)
    if ke is None and (not bulan_asing or jenis(lipat(tulis_bulan))):
        return None
    mentah = cocok.group().strip(" ,.")
    return Tertulis(
        hari, ke, cocok["t"], mentah, cocok.start(), cocok.end(), "" if angka else tulis_bulan
    )


def _rapat(cocok: re.Match, longgar: bool) -> Tertulis | None:
    """25011987, 250187 (only where a date is due) and 19870125."""
    angka = cocok[1]
    bagian = (angka[:2], angka[2:4], angka[4:])
    if len(angka) == 8 and angka[:2] in ("19", "20") and not 1 <= int(angka[2:4]) <= 12:
        bagian = (angka[6:], angka[4:6], angka[:4])
    hari, ke, tahun = bagian
    wajar = (
        len(angka) == 8
        and 1 <= int(hari) <= 31
        and 1 <= int(ke) <= 12
        and tahun[:2] in ("19", "20")
    )
    if not wajar and not longgar:
        return None
    return Tertulis(int(hari), int(ke), tahun, angka, cocok.start(), cocok.end())


def salah(tulisan: str, alasan: str = "itu belum tanggal yang lengkap") -> Salah:
    """Return the wrong field for a text that should be a date and holds none."""
    return Salah(TANGGAL, ringkas(tulisan), alasan, CONTOH[TANGGAL])


def tahun_penuh(tahun: str, hari: int, ke: int, hari_ini: date) -> int:
    """Return the year; of two digits, the last one in which the day is not yet to come."""
    if len(tahun) != 2:
        return int(tahun)
    penuh = hari_ini.year // 100 * 100 + int(tahun)
    return (
        penuh if (penuh, ke, hari) <= (hari_ini.year, hari_ini.month, hari_ini.day) else penuh - 100
    )


def periksa(tertulis: Tertulis, hari_ini: date) -> date | Salah:
    """Return the date if there was such a day and someone alive can be born on it."""
    hari, ke, contoh = tertulis.hari, tertulis.bulan, CONTOH[TANGGAL]
    if ke is None:
        alasan = f"nama bulan \u201c{ringkas(tertulis.bulan_tertulis, 15)}\u201d tidak kami kenal"
    elif not 1 <= ke <= 12:
        alasan = f"tidak ada bulan ke-{ke}; urutannya tanggal, bulan, lalu tahun"
        if 1 <= hari <= 12 and 13 <= ke <= 31 and len(tertulis.tahun) == 4:
            contoh = f"{ke} {NAMA_BULAN[hari]} {tertulis.tahun}"
    elif len(tertulis.tahun) not in (2, 4):
        alasan = "tahunnya perlu empat angka"
    else:
        tahun = tahun_penuh(tertulis.tahun, hari, ke, hari_ini)
        nilai = _hari_nyata(hari, ke, tahun, hari_ini)
        if isinstance(nilai, date):
            return nilai
        alasan = nilai
    return Salah(TANGGAL, ringkas(tertulis.mentah), alasan, contoh)


def _hari_nyata(hari: int, ke: int, tahun: int, hari_ini: date) -> date | str:
    """Return the date, or the reason why it cannot be one."""
    if tahun < 1:
        return f"tidak ada tahun {tahun:04d}"
    terakhir = calendar.monthrange(tahun, ke)[1]
    if hari < 1:
        return "tanggal dimulai dari 1"
    if hari > terakhir:
        sebut = f"{NAMA_BULAN[ke]} {tahun}" if ke == 2 else NAMA_BULAN[ke]
        return f"{sebut} hanya sampai tanggal {terakhir}"
    nilai = date(tahun, ke, hari)
    if nilai > hari_ini:
        return "tanggal itu belum tiba"
    if (tahun + UMUR_TERTUA, ke, hari) < (hari_ini.year, hari_ini.month, hari_ini.day):
        return f"itu lebih dari {UMUR_TERTUA} tahun yang lalu"
    return nilai
