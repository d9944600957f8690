"""Application lines: "nama#tanggal lahir#RT/RW", in any order that can be told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from kelurahan.isian import nama, rt_rw, sebagian, tanggal
from kelurahan.isian.kata import kalimat
from kelurahan.isian.model import Salah
from kelurahan.isian.teks import kata
from kelurahan.isian.urai import LAHIR, TEMPAT, Uraian

_LABEL_RT = re.compile(r"\A(?:rt|rw|rt\s?/?\s?rw)[\s:.=]*\Z", re.IGNORECASE)
_LABEL_TANGGAL = re.compile(r"\A(?:tanggal|tgl)[\s:.=]*", re.IGNORECASE)
_MAKS_BAGIAN = 12  # name, place, date, RT, RW, their labels and a little more
_ANGKA = re.compile(r"\d{1,4}")
_LABEL_NAMA = re.compile(rf"\A{nama.LABEL}[\s.:=,-]*", re.IGNORECASE)


@dataclass
class _Lembar:
    """The parts of one line, each used once."""

    bagian: list[str]
    sisa: list[str] = field(default_factory=list)  # words around a value inside its part
    uraian: Uraian = field(default_factory=Uraian)


def pisah(teks: str) -> list[list[str]]:
    """Return the parts of every application line in a text; a text may hold several people."""
    baris = [satu for satu in teks.split("\n") if satu.strip(" #")]
    utuh = [satu for satu in baris if satu.strip(" #").count("#") >= 2]
    if len(utuh) < 2:
        baris = [teks.replace("\n", "#") if _terpotong(baris) else teks.replace("\n", " ")]
    semua = ([bagian.strip() for bagian in satu.split("#") if bagian.strip()] for satu in baris)
    return [lembar for lembar in semua if _lembar(lembar)]


def _terpotong(baris: list[str]) -> bool:
    """True if the line breaks stand between the parts, with or without a '#' beside them."""
    return len(baris) > 1 and all(satu.strip(" #").count("#") < 2 for satu in baris)


def _lembar(bagian: list[str]) -> bool:
    """True if the parts are an application line and not, say, "saya pilih #3"."""
    if not 2 <= len(bagian) <= _MAKS_BAGIAN or not any(kata(satu) for satu in bagian):
        return False
    pasti = any(_pasti(satu) for satu in bagian)
    nama_wajar = any(kata(satu) and not kalimat(nama.kupas(satu)) for satu in bagian)
    return pasti or (len(bagian) > 2 and nama_wajar and any(re.search(r"\d", s) for s in bagian))


def _pasti(bagian: str) -> bool:
    if tanggal.cari(bagian) or rt_rw.utuh(bagian) or re.fullmatch(r"\d{6}|\d{8}", bagian):
        return True
    return rt_rw.ambil(bagian, ketat=True)[0] is not None


def urai(bagian: list[str], hari_ini: date) -> Uraian:
    """Take the parts of one line apart."""
    lembar = _Lembar(_tanpa_label(bagian))
    _rt_rw_bernama(lembar)
    _tanggal(lembar)
    _rt_rw_polos(lembar)
    _sebagian(lembar, hari_ini)
    _nama(lembar)
    _selebihnya(lembar)
    return lembar.uraian


def _tanpa_label(bagian: list[str]) -> list[str]:
    """Drop parts that are a label alone; "RT#3#RW#5" becomes "RT 3" and "RW 5"."""
    hasil: list[str] = []
    awalan = ""
    for satu in bagian:
        if _LABEL_RT.match(satu):
            awalan = satu.strip(" :.=")
        elif (
            re.search(r"\d", satu)
            or kata(LAHIR.sub("", _LABEL_NAMA.sub("", satu)))
            or not kata(satu)
        ):
            hasil.append(f"{awalan} {satu}".strip())
            awalan = ""
    return hasil


def _rt_rw_bernama(lembar: _Lembar) -> None:
    """RT and RW named as such, in one part or in two."""
    gabungan = " | ".join(lembar.bagian)
    nilai, sisa = rt_rw.ambil(gabungan, ketat=True)
    if nilai is None:
        return
    lembar.uraian.rtrw = nilai
    lembar.bagian = [
        satu.strip()
        for satu in sisa.split("|")
        if satu.strip() and not _LABEL_RT.match(satu.strip())
    ]


def _tanggal(lembar: _Lembar) -> None:
    for longgar in (False, True):
        for ke, bagian in enumerate(lembar.bagian):
            daftar = tanggal.cari(bagian, longgar=longgar)
            if daftar:
                satu = daftar[0]
                lembar.uraian.tanggal = satu
                sisa = f"{bagian[: satu.awal]} , {bagian[satu.akhir :]}"
                lembar.sisa = [
                    s
                    for s in re.split(r"[,;|]", _LABEL_TANGGAL.sub("", LAHIR.sub("", sisa)))
                    if kata(s)
                ]
                del lembar.bagian[ke]
                return


def _rt_rw_polos(lembar: _Lembar) -> None:
    """ "003/005" in one part, "003" and "005" in two, "3-5" and "3 5" where a date is known."""
    if lembar.uraian.rtrw:
        return
    utuh = [ke for ke, satu in enumerate(lembar.bagian) if rt_rw.utuh(satu)]
    if utuh and (lembar.uraian.tanggal or len(utuh) > 1 or len(lembar.bagian) == 2):
        # Of two such parts the first stands where the date belongs: "Budi#3/5#003/005".
        lembar.uraian.rtrw = rt_rw.utuh(lembar.bagian.pop(utuh[-1]))
        return
    if utuh:
        lembar.uraian.rtrw = rt_rw.utuh(lembar.bagian.pop(utuh[0]))
        return
    if lembar.uraian.tanggal and _rt_rw_berbuntut(lembar):
        return
    angka = [ke for ke, satu in enumerate(lembar.bagian) if _ANGKA.fullmatch(satu)]
    if len(angka) == 2 and lembar.uraian.tanggal:
        rw, rt = lembar.bagian.pop(angka[1]), lembar.bagian.pop(angka[0])
        lembar.uraian.rtrw = rt_rw.dari_angka(rt, rw)


def _rt_rw_berbuntut(lembar: _Lembar) -> bool:
    """ "003/005 tolong diproses ya pak"."""
    for ke, bagian in enumerate(lembar.bagian):
        nilai, _ = rt_rw.ambil_polos(bagian)
        if nilai and bagian.startswith(nilai.mentah):
            lembar.uraian.rtrw = nilai
            del lembar.bagian[ke]
            return True
    return False


def _sebagian(lembar: _Lembar, hari_ini: date) -> None:
    """A date with a part missing: "mei 1990", "1990", "3/5"."""
    if lembar.uraian.tanggal:
        return
    for ke, bagian in enumerate(lembar.bagian):
        nilai, mentah, sisa = sebagian.cari(bagian, hari_ini, longgar=True)
        utuh = not kata(LAHIR.sub("", sisa)) and (re.search(r"\d", mentah) or ke > 0)
        if nilai and utuh:
            lembar.uraian.sebagian, lembar.uraian.sebagian_tertulis = nilai, bagian
            del lembar.bagian[ke]
            return


def _nama(lembar: _Lembar) -> None:
    """The first part that is a name; words around the date only if no other part is one."""
    berhuruf = [satu for satu in lembar.bagian if kata(satu)]
    for satu in (*berhuruf, *lembar.sisa):
        nilai = nama.periksa(_inti_nama(satu))
        if isinstance(nilai, str) and not set(kata(satu)) <= TEMPAT:
            _pakai(lembar, satu)
            lembar.uraian.nama = nilai
            return
    for satu in lembar.bagian:
        nilai = nama.periksa(_inti_nama(satu))
        if isinstance(nilai, Salah):
            _pakai(lembar, satu)
            lembar.uraian.salah_nama = nilai
            return


def _inti_nama(bagian: str) -> str:
    """ "mau daftar ktp: Budi" -> "Budi"; the part itself where nothing stands before the name."""
    bagian = _LABEL_NAMA.sub("", bagian) or bagian
    if isinstance(nama.periksa(bagian), Salah) or not kalimat(nama.kupas(bagian)):
        return bagian
    for inti in (bagian.rpartition(":")[2], nama.potong(bagian), nama.ekor(bagian)):
        if kata(inti) and not kalimat(inti):
            return inti
    return bagian


def _pakai(lembar: _Lembar, bagian: str) -> None:
    if bagian in lembar.bagian:
        lembar.bagian.remove(bagian)


def _selebihnya(lembar: _Lembar) -> None:
    """A part that nothing could be made of is a wrong value of the field that is missing."""
    uraian = lembar.uraian
    berangka = [satu for satu in lembar.bagian if re.search(r"\d", satu) and not kalimat(satu)]
    if berangka and not uraian.ada_nama:
        nilai = nama.periksa(berangka.pop(0))
        uraian.salah_nama = nilai if isinstance(nilai, Salah) else None
    if berangka and not uraian.tanggal and not uraian.sebagian:
        uraian.salah_tanggal = tanggal.salah(berangka.pop(0))
    if berangka and uraian.rtrw is None:
        uraian.rtrw = rt_rw.diminta(berangka[0], None) or rt_rw.rusak(berangka[0])
