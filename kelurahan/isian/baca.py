"""The one entry to reading a resident's data, and the test for whether a text is such data."""

from __future__ import annotations

import re
from datetime import date

from kelurahan.isian import baris, koreksi, nama, rt_rw, sebagian, tanggal
from kelurahan.isian.kata import IZIN, bercerita, bertanya, kalimat, kuat
from kelurahan.isian.model import NAMA, RT_RW, TANGGAL, Hasil, Salah
from kelurahan.isian.nomor import nomor_menu
from kelurahan.isian.teks import kata, siapkan
from kelurahan.isian.urai import Uraian, urai

_MAKS_TEKS = 8_000  # more than any form filled in by hand; what is behind it is not read
_RAMAI_RT = 4  # with more words around it, an RT that nobody asked for is part of a story
_UMUR = re.compile(
    r"(?:umur|usia)?\s?\d{1,3}\s?(?:tahun|thn|th|taun)|(?:umur|usia)\s?\d{1,3}", re.I
)
_HARI_NISBI = re.compile(
    r"(?:lahir(?:nya)? )?(?:hari ini|tadi (?:pagi|siang|sore|malam)|kemarin|kemaren|semalam|barusan"
    r"|kamari|minggu lalu|bulan lalu)(?: (?:pagi|siang|sore|malam))?",
    re.IGNORECASE,
)
_ALAMAT = re.compile(
    r"(?:jl|jln|jalan|gang|gg|blok|kp|kampung|perum|komplek)\b\.?\s", re.IGNORECASE
)
_DUA_SISI = re.compile(r"\w{1,8}\s?/\s?\w{1,8}")


def baca(
    teks: str, *, diminta: str | None = None, hari_ini: date, lama: Hasil | None = None
) -> Hasil:
    """Read the fields of one message; `diminta` is the field asked for, `lama` what is known."""
    bersih = siapkan(teks[:_MAKS_TEKS])
    if "#" in bersih:
        lembar = baris.pisah(bersih)
        if lembar:
            return _susun(baris.urai(lembar[0], hari_ini), hari_ini, None)
        if nomor_menu(bersih) and not (diminta == TANGGAL and tanggal.cari(bersih)):
            return Hasil()
        bersih = bersih.replace("#", " ").strip()
    utuh = rt_rw.utuh(bersih) if diminta != TANGGAL else None
    if utuh:
        return _susun(Uraian(rtrw=utuh), hari_ini, lama)
    ubah = koreksi.pisah(bersih)
    uraian = urai(ubah.teks, diminta, hari_ini, koreksi=ubah.bertanda)
    uraian.sisa += [satu for satu in ubah.latar if kalimat(satu)]
    if _terima(uraian, diminta, "?" in bersih):
        return _susun(uraian, hari_ini, lama)
    if lama is not None and lama.nama and not _ada(uraian):
        polos = koreksi.nama_polos(ubah, bersih)
        if polos:
            return Hasil(nama=polos)
    return _tunggal(ubah.teks, diminta, hari_ini, lama)


def semua_baris(teks: str, *, hari_ini: date) -> tuple[Hasil, ...]:
    """Read every '#' line of a message: an RT officer may send several people at once."""
    bersih = siapkan(teks[:_MAKS_TEKS])
    lembar = baris.pisah(bersih) if "#" in bersih else []
    return tuple(_susun(baris.urai(satu, hari_ini), hari_ini, None) for satu in lembar)


def tampak_isian(teks: str) -> bool:
    """True if the text is an application line or sentence, or wholly a date or an RT/RW."""
    bersih = siapkan(teks[:_MAKS_TEKS])
    if not bersih or nomor_menu(bersih):
        return False
    if "#" in bersih and baris.pisah(bersih):
        return True
    bersih = bersih.replace("#", " ").strip()
    utuh = rt_rw.utuh(bersih)
    if utuh:
        return True
    # The day of reading does not matter for what a text is.
    uraian = urai(bersih, None, date(2000, 1, 1))
    if uraian.jumlah >= 2:
        return _terima(uraian, None, "?" in bersih)
    luar = [satu for satu in uraian.sisa if satu not in IZIN]
    return bool(uraian.tanggal or uraian.rtrw) and not luar


def _ada(uraian: Uraian) -> bool:
    return bool(uraian.jumlah or uraian.sebagian)


def _terima(uraian: Uraian, diminta: str | None, tanda_tanya: bool) -> bool:
    """Decide whether the fields found are given as data or only named in a question or story."""
    if not _ada(uraian):
        return False
    sisa = [satu for satu in uraian.sisa if satu not in IZIN]
    if uraian.jumlah == 3:
        return True
    bertanya_ini = bertanya(uraian.sisa) or (tanda_tanya and bool(sisa))
    if uraian.ada_nama and uraian.tanggal:
        return not bertanya_ini
    if bertanya_ini:
        return False
    if uraian.jumlah == 1 and uraian.rtrw and diminta != RT_RW and len(sisa) > _RAMAI_RT:
        return False
    dijawab = {
        NAMA: uraian.ada_nama,
        TANGGAL: bool(uraian.tanggal or uraian.sebagian),
        RT_RW: uraian.rtrw is not None,
    }.get(diminta, False)
    return not bercerita(sisa, panjang=dijawab)


def _susun(uraian: Uraian, hari_ini: date, lama: Hasil | None) -> Hasil:
    """Check what was taken apart and put it together as a result."""
    hari, salah_tanggal, kurang = _nilai_tanggal(uraian, hari_ini, lama)
    rtrw = uraian.rtrw
    salah = (uraian.salah_nama, salah_tanggal, rtrw.salah if rtrw else None)
    return Hasil(
        nama=uraian.nama,
        tanggal_lahir=hari,
        rt=rtrw.rt if rtrw else None,
        rw=rtrw.rw if rtrw else None,
        salah=tuple(satu for satu in salah if satu),
        tanggal_sebagian=kurang,
    )


def _nilai_tanggal(
    uraian: Uraian, hari_ini: date, lama: Hasil | None
) -> tuple[date | None, Salah | None, dict[str, int] | None]:
    if uraian.tanggal:
        nilai = tanggal.periksa(uraian.tanggal, hari_ini)
        if isinstance(nilai, Salah):
            return None, nilai, sebagian.sisa_benar(uraian.tanggal, hari_ini)
        return nilai, None, None
    if uraian.sebagian:
        return sebagian.gabung(uraian.sebagian, uraian.sebagian_tertulis, hari_ini, lama)
    return None, uraian.salah_tanggal, None


def _tunggal(teks: str, diminta: str | None, hari_ini: date, lama: Hasil | None) -> Hasil:
    """Judge a text without label or pattern as the field that was asked for."""
    if diminta == NAMA:
        nilai = nama.periksa(teks)
        if isinstance(nilai, Salah):
            return Hasil(salah=(nilai,))
        return Hasil(nama=nilai)
    if diminta == TANGGAL:
        return _tunggal_tanggal(teks.strip(" .,!"), hari_ini, lama)
    if diminta == RT_RW:
        return _tunggal_rt_rw(teks.strip(" .,!"), lama)
    return Hasil()


def _tunggal_tanggal(teks: str, hari_ini: date, lama: Hasil | None) -> Hasil:
    bagian = sebagian.angka_kurang(teks, hari_ini, lama)
    mentah, sisa = teks, ""
    if not bagian and not _UMUR.fullmatch(teks):
        bagian, mentah, sisa = sebagian.cari(teks, hari_ini, longgar=True)
    if bagian and not any(kuat(satu) for satu in kata(sisa) if satu not in IZIN):
        hari, salah, kurang = sebagian.gabung(bagian, mentah, hari_ini, lama)
        return Hasil(tanggal_lahir=hari, salah=(salah,) if salah else (), tanggal_sebagian=kurang)
    alasan = _bukan_tanggal(teks)
    return Hasil(salah=(tanggal.salah(teks, alasan),)) if alasan else Hasil()


def _bukan_tanggal(teks: str) -> str | None:
    """Return why an attempt at a date is none; None if the text is about something else."""
    if _UMUR.fullmatch(teks):
        return "itu umur; yang diperlukan tanggal, bulan, dan tahun lahir"
    if _HARI_NISBI.fullmatch(teks):
        return "tanggal, bulan, dan tahunnya perlu ditulis"
    if _kebanyakan_angka(teks) and not kalimat(teks):
        return "itu belum tanggal yang lengkap"
    return None


def _tunggal_rt_rw(teks: str, lama: Hasil | None) -> Hasil:
    nilai = rt_rw.diminta(teks, lama)
    if nilai is None and "?" not in teks and not kalimat(teks) and _DUA_SISI.fullmatch(teks):
        nilai = rt_rw.rusak(teks, "nomor RT dan RW ditulis dengan angka saja")
    elif nilai is None and _alamat(teks):
        nilai = rt_rw.rusak(teks, "itu alamat; yang diperlukan hanya RT dan RW")
    elif nilai is None and _kebanyakan_angka(teks) and not kalimat(teks):
        nilai = rt_rw.rusak(teks)
    if nilai is None:
        return Hasil()
    return Hasil(rt=nilai.rt, rw=nilai.rw, salah=(nilai.salah,) if nilai.salah else ())


def _alamat(teks: str) -> bool:
    if "?" in teks or "\n" in teks or not re.search(r"\d", teks):
        return False
    return bool(_ALAMAT.match(teks)) and not bertanya(kata(teks))


def _kebanyakan_angka(teks: str) -> bool:
    """True for something like "12345" or "3/5/7b": an attempt, and not a sentence with a number."""
    angka = sum(huruf.isdigit() for huruf in teks)
    return "?" not in teks and angka > sum(huruf.isalpha() for huruf in teks)
