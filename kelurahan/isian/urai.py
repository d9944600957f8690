"""Taking a free text apart: which words are a date, RT and RW, a name, and which are not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice

from kelurahan.isian import nama, rt_rw, sebagian, tanggal
from kelurahan.isian.gelar import gelar
from kelurahan.isian.kata import IZIN, bertanya, kuat
from kelurahan.isian.model import NAMA, RT_RW, TANGGAL, Salah
from kelurahan.isian.teks import kata, kumpulan

_TGL = r"(?:tanggal|tgl|tg)\.?(?:nya|na)?"
_LAHIR_SAJA = r"(?:di)?lahir(?:kan|nya|na)?|kelahiran|lhr|dibabarkeun|dob"
LAHIR = re.compile(
    rf"(?<!\w)(?:(?:tempat|tmpt|tpt)\.?\s?(?:,|/|&|dan\s)?\s?)?(?:(?:{_TGL}|bulan(?:nya)?|tahun(?:nya)?|thn)"
    rf"\s?/?\s?(?:{_LAHIR_SAJA})|t\.?t\.?l\.?|{_LAHIR_SAJA})(?!\w)[\s:=]{{0,3}}",
    re.IGNORECASE,
)
_UNSUR = re.compile(
    r"(?<!\w)(?:(?:tanggal|tgl|bulan|bln|tahun|thn)(?:nya|na))(?!\w)", re.IGNORECASE
)
_UNSUR_BIASA = re.compile(r"(?<!\w)(?:tanggal|tgl|bulan|bln|tahun|thn|th)(?!\w)", re.IGNORECASE)
_SISA_LABEL = re.compile(
    rf"(?<!\w)(?:{_TGL}|tempat|rt\s?[/&]?\s?rw|rt|rw|nama(?:nya)?|senin|selasa|rabu|kamis|jum'?at"
    r"|sabtu|minggu|ahad|pada|nya|na|kota|kab|kabupaten|alamat(?:nya)?)(?!\w)\.?[\s:=]{0,3}",
    re.IGNORECASE,
)
_JARAK_LABEL = 60  # "lahir di RS ... tanggal 3 mei 1990": the label may stand this far off
_MAKS_NILAI = 400  # no name is longer; what follows is not looked at
_MAKS_COBA = 20  # so many labels or pieces are looked at, which no honest message exceeds
_BATAS = re.compile(r"[|,;\n#(/]|\s-\s")
_KERABAT = re.compile(
    r"(?<!\w)(?:(?:(?:anak|bayi|putra|putri|istri|suami|ibu|bapak|ayah|adik|adek|kakak|nenek|kakek"
    r"|mertua|cucu|keponakan|pun anak)\s)?(?:saya|sy|kami|aku|gw|gue|abdi|kuring)"
    r"|(?:untuk|utk|buat|bagi)\s(?:ibu|bapak|pak|bu|bpk|sdri?)|alm(?:arhum(?:ah)?)?|almh)(?!\w)"
    r"[\s.,:]{1,3}(?:(?:(?:yang |yg )?bernama|namanya)\s)?",
    re.IGNORECASE,
)
_LABEL_NAMA = re.compile(nama.LABEL + r"[\s.:=,-]{0,3}", re.IGNORECASE)
_LABEL_AN = re.compile(r"\A(?:an|bernama)\.?\s", re.IGNORECASE)
# Birthplaces stand before the date and are not the name.
TEMPAT = kumpulan(
    "bogor jakarta bandung depok tangerang bekasi sukabumi cianjur garut tasikmalaya ciamis "
    "cirebon kuningan majalengka sumedang indramayu subang purwakarta karawang serang pandeglang "
    "lebak cilegon semarang solo surakarta yogyakarta jogja magelang klaten boyolali wonogiri "
    "sragen purwokerto cilacap banyumas tegal brebes pekalongan kebumen purworejo wonosobo kudus "
    "demak jepara pati surabaya malang madiun kediri blitar jember banyuwangi sidoarjo gresik "
    "medan padang palembang pekanbaru jambi bengkulu lampung makassar manado denpasar pontianak "
    "banjarmasin samarinda balikpapan kupang ambon jayapura mataram aceh batam"
)


@dataclass
class Uraian:
    """What a text says, and the words that belong to no field."""

    nama: str | None = None
    salah_nama: Salah | None = None
    tanggal: tanggal.Tertulis | None = None
    salah_tanggal: Salah | None = None
    sebagian: dict[str, int] = field(default_factory=dict)
    sebagian_tertulis: str = ""
    rtrw: rt_rw.RtRw | None = None
    sisa: list[str] = field(default_factory=list)

    @property
    def ada_nama(self) -> bool:
        """True if a name was given, good or bad."""
        return self.nama is not None or self.salah_nama is not None

    @property
    def jumlah(self) -> int:
        """Number of fields with a complete value, good or bad."""
        return self.ada_nama + (self.tanggal is not None) + (self.rtrw is not None)


def urai(teks: str, diminta: str | None, hari_ini: date, *, koreksi: bool = False) -> Uraian:
    """Take a text apart; `diminta` and `koreksi` widen what counts as a value."""
    hasil = Uraian()
    hasil.rtrw, teks = rt_rw.ambil(teks, ketat=diminta == RT_RW)
    teks = _tanggal(hasil, teks, diminta)
    if hasil.tanggal is None:
        teks = _sebagian(hasil, teks, hari_ini, koreksi)
    polos = koreksi and all(satu in IZIN for satu in kata(teks))
    if hasil.rtrw is None and (hasil.tanggal or diminta == RT_RW or polos):
        hasil.rtrw, teks = rt_rw.ambil_polos(teks)
    teks = _nama(hasil, teks, diminta)
    teks = _SISA_LABEL.sub(" | ", LAHIR.sub(" | ", teks))
    hasil.sisa = [satu for satu in kata(teks) if satu not in TEMPAT]
    return hasil


def _tanggal(hasil: Uraian, teks: str, diminta: str | None) -> str:
    daftar = tanggal.cari(teks, longgar=diminta == TANGGAL)
    label = LAHIR.search(teks)
    if label and not daftar:
        # Where a birth date is announced, "250187" and "3 foo 1990" are attempts at one.
        ekor = tanggal.cari(teks[: label.end() + _JARAK_LABEL], longgar=True)
        daftar = [satu for satu in ekor if satu.awal >= label.end() - 1]
    if not daftar:
        return teks
    hasil.tanggal = next((satu for satu in daftar if _berlabel(teks, satu)), daftar[0])
    return _ganti(teks, hasil.tanggal.awal, hasil.tanggal.akhir)


def _berlabel(teks: str, satu: tanggal.Tertulis) -> bool:
    return bool(LAHIR.search(teks[max(0, satu.awal - _JARAK_LABEL) : satu.awal]))


def _sebagian(hasil: Uraian, teks: str, hari_ini: date, koreksi: bool) -> str:
    label = LAHIR.search(teks) or _UNSUR.search(teks)
    label = label or (_UNSUR_BIASA.search(teks) if koreksi else None)
    if label is None and not koreksi:
        return teks
    mulai = label.start() if label else 0
    akhir = min(len(teks), (label.end() if label else 0) + _JARAK_LABEL)
    bagian, mentah, sisa = sebagian.cari(teks[mulai:akhir], hari_ini)
    if not bagian:
        return teks
    hasil.sebagian, hasil.sebagian_tertulis = bagian, mentah
    return teks[:mulai] + sisa + teks[akhir:]


def _nama(hasil: Uraian, teks: str, diminta: str | None) -> str:
    """Find the name by its label, after "anak saya", or as all that is left."""
    for cari in (_berlabel_nama, _setelah_kerabat):
        if cari is _setelah_kerabat and not (hasil.tanggal and (hasil.rtrw or LAHIR.search(teks))):
            continue  # "saya Budi" introduces someone; with a birth date it fills in a form
        nilai, teks = cari(teks)
        if nilai is not None:
            return _catat_nama(hasil, nilai, teks)
    jangkar = hasil.tanggal or (diminta == NAMA and hasil.rtrw)
    if not jangkar or diminta == TANGGAL:
        return teks
    nilai, teks = _sisa_nama(teks, lengkap=bool(hasil.tanggal and hasil.rtrw))
    return _catat_nama(hasil, nilai, teks)


def _catat_nama(hasil: Uraian, nilai: str | Salah | None, teks: str) -> str:
    if isinstance(nilai, Salah):
        hasil.salah_nama = nilai
    else:
        hasil.nama = nilai
    return teks


def _berlabel_nama(teks: str) -> tuple[str | Salah | None, str]:
    semua = chain(_LABEL_AN.finditer(teks), _LABEL_NAMA.finditer(teks))
    for label in islice(semua, _MAKS_COBA):
        ujung = _ujung(teks, label.end())
        mentah = teks[label.end() : ujung]
        isi = nama.potong(mentah)
        nilai = nama.periksa(isi) if isi.strip() else None
        if nilai is not None:
            # What follows the name ("... mau daftar") stays, to be judged with the rest.
            return nilai, _ganti(
                teks, label.start(), label.end() + max(len(isi), mentah.find(isi) + len(isi))
            )
    return None, teks


def _setelah_kerabat(teks: str) -> tuple[str | None, str]:
    for label in islice(_KERABAT.finditer(teks), _MAKS_COBA):
        mentah = teks[label.end() : _ujung(teks, label.end())]
        isi = nama.potong(mentah)
        if not isi or not mentah.startswith(isi) or _berisi_umum(mentah):
            continue
        nilai = nama.periksa(isi)
        if isinstance(nilai, str):
            return nilai, _ganti(teks, label.start(), label.end() + len(isi))
    return None, teks


def _berisi_umum(mentah: str) -> bool:
    """True if the words after "saya" are not all of a name: "saya warga Bogor"."""
    return any(kuat(satu) for satu in kata(mentah))


def _ujung(teks: str, mulai: int) -> int:
    """Return where a value ends: at a separator or at the next label."""
    jauh = min(len(teks), mulai + _MAKS_NILAI)
    lahir = LAHIR.search(teks, mulai, jauh)
    akhir = lahir.start() if lahir else jauh
    return next((batas.start() for batas in _batas(teks, mulai, akhir)), akhir)


def _batas(teks: str, mulai: int, akhir: int) -> Iterator[re.Match]:
    """Yield the separators of a text; the comma before a degree (", S.Pd.") is none."""
    for batas in _BATAS.finditer(teks, mulai, akhir):
        lanjut = re.match(r"\s?([\w.]{2,12})", teks[batas.end() : batas.end() + 14])
        if not (batas.group() == "," and lanjut and gelar(lanjut[1])):
            yield batas


def _potongan(teks: str) -> Iterator[tuple[int, int, str]]:
    """Yield place and text of the first few pieces between separators and labels."""
    # Labels are blanked and not cut, so that places in the text stay the same.
    rata = LAHIR.sub(lambda label: "|" + " " * (len(label.group()) - 1), teks)
    awal = 0
    for batas in islice(_batas(rata, 0, len(rata)), _MAKS_COBA):
        yield awal, batas.start(), rata[awal : batas.start()]
        awal = batas.end()
    yield awal, len(teks), rata[awal:]


def _sisa_nama(teks: str, *, lengkap: bool) -> tuple[str | Salah | None, str]:
    """Judge the pieces between the other fields; the first that is a name is the name."""
    if bertanya(kata(teks)):
        return None, teks
    salah = None
    for awal, akhir, isi in _potongan(teks):
        isi = _SISA_LABEL.sub(" ", isi).lstrip(" .:|-/").rstrip(" :|-/")
        if not isi or set(kata(isi)) <= TEMPAT and kata(isi):
            continue
        nilai = nama.periksa(isi)
        if isinstance(nilai, str):
            sisa = _ganti(teks, awal, akhir)
            cerita = any(kuat(satu) for satu in kata(LAHIR.sub(" ", sisa)) if satu not in IZIN)
            return (None, teks) if cerita and not lengkap else (nilai, sisa)
        salah = salah or (nilai and (nilai, awal, akhir))
    if salah and lengkap:
        return salah[0], _ganti(teks, salah[1], salah[2])
    return None, teks


def _ganti(teks: str, awal: int, akhir: int) -> str:
    return teks[:awal] + " | " + teks[akhir:]
