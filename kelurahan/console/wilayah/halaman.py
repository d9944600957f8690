"""Section Wilayah: which RT and RW there are, who leads them, and news for those who want it."""

from __future__ import annotations

from starlette.responses import Response

from kelurahan.console.halaman import Halaman, Permintaan
from kelurahan.console.keamanan import peran
from kelurahan.console.tampilan import tampil
from kelurahan.console.wilayah import data, impor, kabar, pengurus, pengurus_impor
from kelurahan.console.wilayah.unduh import unduhan
from kelurahan.store import direktori, sesi
from kelurahan.wilayah import tulis_csv


def daftar(p: Permintaan) -> Response:
    """The directory by RW, with what is open in each RT."""
    with sesi(baca=True) as s:
        susunan = data.susun(s)
    return tampil(p, "wilayah/daftar.html", susunan=susunan, berhasil=p.query.get("ok") == "1")


def ekspor(_: Permintaan) -> Response:
    """The directory as CSV, which can be imported again unchanged."""
    with sesi(baca=True) as s:
        isi = tulis_csv(direktori.baca(s))
    return unduhan("rt_rw.csv", isi)


HALAMAN = (
    Halaman("/wilayah", daftar, peran.LIHAT),
    Halaman("/wilayah/rt_rw.csv", ekspor, peran.LIHAT),
    *impor.HALAMAN,
    *pengurus.HALAMAN,
    *pengurus_impor.HALAMAN,
)
TUGAS = kabar.TUGAS
