"""Reading what residents type: names, birth dates, RT/RW, menu and application numbers."""

from __future__ import annotations

from kelurahan.isian.baca import baca, semua_baris, tampak_isian
from kelurahan.isian.koreksi import tampak_koreksi
from kelurahan.isian.model import NAMA, RT_RW, TANGGAL, Hasil, NomorMenu, Salah
from kelurahan.isian.nomor import nomor_di_dalam, nomor_menu, nomor_permohonan
from kelurahan.isian.teks import bersihkan

__all__ = [
    "NAMA",
    "RT_RW",
    "TANGGAL",
    "Hasil",
    "NomorMenu",
    "Salah",
    "baca",
    "bersihkan",
    "nomor_di_dalam",
    "nomor_menu",
    "nomor_permohonan",
    "semua_baris",
    "tampak_isian",
    "tampak_koreksi",
]
