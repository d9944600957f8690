"""The form that corrects an application: read and judged as the bot judges what residents type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kelurahan import isian
from kelurahan.isian import NAMA, RT_RW, TANGGAL, Hasil, Salah
from kelurahan.isian import peta as _peta
from kelurahan.isian.model import CONTOH
from kelurahan.isian.teks import ringkas
from kelurahan.katalog import Layanan
from kelurahan.replies import tanggal_panjang
from kelurahan.store import waktu
from kelurahan.store.direktori import direktori
from kelurahan.store.models import Permohonan

VARIAN, ALASAN = "varian", "alasan"
SEBUTAN = {
    NAMA: "Nama",
    TANGGAL: "Tanggal lahir",
    RT_RW: "RT/RW",
    VARIAN: "Jenis",
    ALASAN: "Alasan",
}
PANJANG = 300  # characters of a reason
_BACA = (NAMA, TANGGAL, RT_RW)


@dataclass(frozen=True)
class Bacaan:
    """What the form says: values to store, and what is wrong with the others."""

    isian: dict[str, Any] = field(repr=False)
    salah: dict[str, Salah] = field(repr=False)


def tertulis(satu: Permohonan) -> dict[str, str]:
    """The form as it stands for this application."""
    lahir = satu.tanggal_lahir
    return {
        NAMA: satu.nama,
        TANGGAL: tanggal_panjang(lahir) if lahir else "",
        RT_RW: f"{satu.rt}/{satu.rw}",
        VARIAN: satu.varian or "",
        ALASAN: "",
    }


def baca(tulisan: Mapping[str, str], satu: Permohonan, layanan: Layanan | None) -> Bacaan:
    """Read the form; a field that stands as before is not judged again."""
    semula = tertulis(satu)
    hari_ini = waktu.wib(waktu.sekarang()).date()
    nilai: dict[str, Any] = {}
    salah: dict[str, Salah] = {}
    for nama in _BACA:
        if tulisan[nama] == semula[nama]:
            continue
        hasil = _baca_satu(nama, tulisan[nama], hari_ini)
        if isinstance(hasil, Salah):
            salah[nama] = hasil
        else:
            nilai |= hasil
    kunci = {"", *(v.kunci for v in layanan.varian)} if layanan else set()
    if tulisan[VARIAN] != semula[VARIAN]:
        if tulisan[VARIAN] in kunci:
            nilai[VARIAN] = tulisan[VARIAN] or None
        else:
            alasan = "layanan ini tidak mempunyai jenis itu"
            salah[VARIAN] = Salah(VARIAN, ringkas(tulisan[VARIAN]), alasan, "pilih dari daftar")
    if keluhan := _alasan(tulisan[ALASAN]):
        salah[ALASAN] = keluhan
    return Bacaan(nilai, salah)


def _baca_satu(nama: str, teks: str, hari_ini: date) -> dict[str, Any] | Salah:
    hasil = isian.baca(teks, diminta=nama, hari_ini=hari_ini)
    if keliru := hasil.isian_salah(nama):
        return keliru
    nilai = _nilai(nama, hasil)
    if not teks or nilai is None:
        alasan = "isian ini belum diisi" if not teks else f"itu belum {_LENGKAP[nama]}"
        return Salah(nama, ringkas(teks), alasan, CONTOH[nama])
    if any(_nilai(lain, hasil) for lain in _BACA if lain != nama):
        return Salah(nama, ringkas(teks), f"kolom ini hanya untuk {_HANYA[nama]}", CONTOH[nama])
    if nama == RT_RW:
        return _peta.periksa(hasil.rt, hasil.rw, direktori()) or nilai
    return nilai


_HANYA = {NAMA: "nama", TANGGAL: "tanggal lahir", RT_RW: "RT dan RW"}
_LENGKAP = {
    NAMA: "nama orang yang lengkap",
    TANGGAL: "tanggal, bulan, dan tahun yang lengkap",
    RT_RW: "dua angka: RT lalu RW",
}


def _nilai(nama: str, hasil: Hasil) -> dict[str, Any] | None:
    """The field's columns, if the text gives all of it."""
    if nama == RT_RW:
        return {"rt": hasil.rt, "rw": hasil.rw} if hasil.rt and hasil.rw else None
    isi = getattr(hasil, nama)
    return {nama: isi} if isi else None


def _alasan(teks: str) -> Salah | None:
    contoh = "sesuai KK yang dibawa warga"
    if not teks:
        return Salah(ALASAN, "", "alasan belum diisi; alasan ikut dikirim ke warga", contoh)
    if len(teks) > PANJANG:
        alasan = f"{len(teks)} karakter, paling banyak {PANJANG}; ringkaskan"
        return Salah(ALASAN, ringkas(teks), alasan, contoh)
    return None
