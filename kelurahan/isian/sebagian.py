"""Dates of which a part is missing: "1991", "mei 1990", "tanggalnya 4", "bulannya juni"."""

from __future__ import annotations

import re
from datetime import date

from kelurahan.isian.angka import POLA_KATA, dari_kata
from kelurahan.isian.bulan import NAMA_BULAN, bulan
from kelurahan.isian.model import TANGGAL, Hasil, Salah
from kelurahan.isian.tanggal import Tertulis, periksa, tahun_penuh
from kelurahan.isian.teks import ringkas

_URUTAN = ("hari", "bulan", "tahun")
_SEBUTAN = {"hari": "tanggal", "bulan": "bulan", "tahun": "tahun"}
_T = r"(?P<tahun>(?:19|20)\d\d)"
_T2 = r"(?P<tahun>(?:19|20)\d\d|'?\d\d)"
_H = rf"(?P<hari>\d{{1,2}}|{POLA_KATA})"
_B = r"(?P<bulan>[a-z]{3,12}\.?)"
_TGL, _BLN, _THN = (
    rf"(?:{kata})\.?(?:nya|na)?\s?(?:lahir(?:nya|na)?)?[\s:=]{{0,3}}"
    for kata in ("tanggal|tgl|tg|kaping", "bulan|bln|sasih", "tahun|thn|th|taun")
)
_POLA = tuple(
    re.compile(pola, re.IGNORECASE)
    for pola in (
        rf"(?:{_TGL})?(?<!\w){_H}[\s/.,-]{{0,2}}(?:{_BLN})?{_B}(?![\w])",  # 3 mei
        rf"(?:{_BLN})?(?<!\w){_B}[\s/.,-]{{0,2}}(?:{_THN})?{_T2}(?![\w/])",  # mei 1990, mei '90
        rf"(?<![\w/.-])(?P<bulan>\d{{1,2}})[/.-]{_T}(?![\w/.-])",  # 05-1990
        rf"{_TGL}(?:{_H})(?![\w/.-]\w|\w)",  # tanggalnya 4
        rf"{_BLN}(?P<bulan>\d{{1,2}}|[a-z]{{3,12}})(?![\w/.-]\w|\w)",  # bulannya juni, bulan 6
        rf"{_THN}{_T2}(?![\w/.-]\w|\w)",  # tahunnya 91
        rf"(?<![\w/.-]){_T}(?![\w/.-]\w|\w)",  # 1991
        rf"(?<!\w){_B}(?!\w)",  # juni
    )
)
_HARI_BULAN = re.compile(r"(?<![\w/.-])(?P<hari>\d{1,2})\s?[/.-]\s?(?P<bulan>\d{1,2})(?![\w/-])")
_ANGKA = re.compile(r"(?<![\w/.-])\d{1,2}(?![\w/.-]\w|\w)")


def cari(teks: str, hari_ini: date, *, longgar: bool = False) -> tuple[dict[str, int], str, str]:
    """Return the parts of a date found, how they were typed, and the text around them.

    `longgar`: the text stands where a date is due, so that "3/5" is a day and a month.
    """
    for pola in (*_POLA, *((_HARI_BULAN,) if longgar else ())):
        for cocok in pola.finditer(teks):
            bagian = _baca(cocok.groupdict(), hari_ini)
            if bagian:
                mentah = cocok.group().strip(" ,.")
                return bagian, mentah, teks[: cocok.start()] + " | " + teks[cocok.end() :]
    return {}, "", teks


def _baca(tulisan: dict[str, str | None], hari_ini: date) -> dict[str, int]:
    hasil = {}
    for unsur, isi in tulisan.items():
        if isi is None:
            continue
        nilai = _nilai(unsur, isi, hari_ini)
        if nilai is None:
            return {}
        hasil[unsur] = nilai
    return hasil


def _nilai(unsur: str, isi: str, hari_ini: date) -> int | None:
    isi = isi.strip("'.").lower()
    if unsur == "bulan":
        return int(isi) if isi.isdecimal() else bulan(isi)
    if unsur == "tahun":
        return tahun_penuh(isi, 1, 1, hari_ini)
    return int(isi) if isi.isdecimal() else dari_kata(isi)


def angka_kurang(teks: str, hari_ini: date, lama: Hasil | None) -> dict[str, int]:
    """Read a bare number as the part that is still missing: "28" after "Februari 1990"."""
    ada = (lama and lama.tanggal_sebagian) or {}
    kurang = [unsur for unsur in _URUTAN if unsur not in ada]
    cocok = _ANGKA.fullmatch(teks.strip())
    if not (ada and cocok and len(kurang) == 1):
        return {}
    nilai = _nilai(kurang[0], cocok.group(), hari_ini)
    return {kurang[0]: nilai} if nilai is not None else {}


def gabung(
    bagian: dict[str, int], mentah: str, hari_ini: date, lama: Hasil | None
) -> tuple[date | None, Salah | None, dict[str, int] | None]:
    """Complete the parts from what is known; return the date, or what is missing or wrong."""
    semua = _diketahui(lama) | bagian
    kurang = [unsur for unsur in _URUTAN if unsur not in semua]
    if kurang:
        sebut = " dan ".join(_SEBUTAN[unsur] for unsur in kurang) + "nya"
        salah = Salah(TANGGAL, ringkas(mentah), f"{sebut} belum ada", _contoh(semua))
        return None, salah, semua
    tulisan = mentah if len(bagian) > 1 else _tulis(semua)
    satu = Tertulis(semua["hari"], semua["bulan"], f"{semua['tahun']:04d}", tulisan, 0, 0)
    nilai = periksa(satu, hari_ini)
    if isinstance(nilai, date):
        return nilai, None, None
    return None, nilai, sisa_benar(satu, hari_ini)


def _diketahui(lama: Hasil | None) -> dict[str, int]:
    if lama is None:
        return {}
    if lama.tanggal_lahir:
        nilai = lama.tanggal_lahir
        return {"hari": nilai.day, "bulan": nilai.month, "tahun": nilai.year}
    return dict(lama.tanggal_sebagian or {})


def sisa_benar(tertulis: Tertulis, hari_ini: date) -> dict[str, int] | None:
    """Return month and year of a date whose day alone is wrong, so that a new day will do."""
    if not tertulis.bulan or not 1 <= tertulis.bulan <= 12 or len(tertulis.tahun) not in (2, 4):
        return None
    tahun = tahun_penuh(tertulis.tahun, 1, tertulis.bulan, hari_ini)
    awal = Tertulis(1, tertulis.bulan, f"{tahun:04d}", "", 0, 0)
    if not isinstance(periksa(awal, hari_ini), date):
        return None
    return {"bulan": tertulis.bulan, "tahun": tahun}


def _tulis(semua: dict[str, int]) -> str:
    return f"{semua['hari']}-{semua['bulan']}-{semua['tahun']}"


def _contoh(semua: dict[str, int]) -> str:
    hari, ke, tahun = (
        semua.get(u, bawaan) for u, bawaan in zip(_URUTAN, (3, 5, 1990), strict=True)
    )
    sebut = NAMA_BULAN[ke] if 1 <= ke <= 12 else NAMA_BULAN[5]
    return f"{hari if 1 <= hari <= 31 else 3} {sebut} {tahun}"
