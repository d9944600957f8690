"""Importing the RT/RW directory: read, show what would change, replace after a yes."""

from __future__ import annotations

from starlette.responses import Response

from kelurahan.console import audit
from kelurahan.console.halaman import Halaman, Permintaan, pindah
from kelurahan.console.keamanan import peran
from kelurahan.console.tampilan import tampil
from kelurahan.console.wilayah import data
from kelurahan.store import direktori, sesi
from kelurahan.tabel import BARIS_TERBANYAK, Cacat, TabelError
from kelurahan.wilayah import Direktori, tulis_csv, urai_csv

ISI_TERPANJANG = 200_000  # characters of a checked table on its way back: BARIS_TERBANYAK rows
KOSONG = (Cacat("belum ada berkas; pilih berkas CSV dulu"),)


def halaman_impor(p: Permintaan) -> Response:
    """The form for a file."""
    return _formulir(p)


def periksa(p: Permintaan) -> Response:
    """Read the file; show every fault, or what would change. Nothing is stored yet."""
    isi = p.berkas("berkas")
    if not isi:
        return _formulir(p, KOSONG)
    try:
        baru = urai_csv("berkas", isi)
    except TabelError as galat:
        return _formulir(p, galat.cacat)
    return _pratinjau(p, baru)


def simpan(p: Permintaan) -> Response:
    """Replace the directory by what the preview showed."""
    try:
        baru = urai_csv("berkas", p.isi("isi", ISI_TERPANJANG).encode())
    except TabelError as galat:
        return _formulir(p, galat.cacat)
    with sesi() as s:
        lama = direktori.baca(s)
        sama = data.sidik(lama) == p.isi("sidik", 64)
        if sama:
            direktori.ganti(s, baru)
            audit.catat(
                s, p.pengguna.nama_pengguna, "impor_rt_rw", "wilayah", _ukuran(lama), _ukuran(baru)
            )
    if not sama:
        return _pratinjau(p, baru, berubah=True)
    return pindah(p.mentah, "/wilayah?ok=1")


def _ukuran(peta: Direktori) -> dict[str, object]:
    return {"rt": len(peta.pasangan), "rw": len(peta.rw()), "contoh": peta.contoh}


def _formulir(p: Permintaan, cacat: tuple[Cacat, ...] = ()) -> Response:
    status = 422 if cacat else 200
    return tampil(p, "wilayah/impor.html", status=status, cacat=cacat, terbanyak=BARIS_TERBANYAK)


def _pratinjau(p: Permintaan, baru: Direktori, berubah: bool = False) -> Response:
    with sesi(baca=True) as s:
        lama = direktori.baca(s)
        perubahan = data.bandingkan(s, lama, baru)
    return tampil(
        p,
        "wilayah/pratinjau.html",
        status=409 if berubah else 200,
        perubahan=perubahan,
        isi=tulis_csv(baru).decode("utf-8-sig"),
        sidik=data.sidik(lama),
        berubah=berubah,
    )


HALAMAN = (
    Halaman("/wilayah/impor", halaman_impor, peran.KELOLA),
    Halaman("/wilayah/impor", periksa, peran.KELOLA, "POST", berkas=1),
    Halaman("/wilayah/impor/simpan", simpan, peran.KELOLA, "POST"),
)
