"""The queue's pages, and every route of this section."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from kelurahan.console.halaman import Halaman, Permintaan, pindah
from kelurahan.console.keamanan import peran
from kelurahan.console.permohonan import antrean, rinci, saringan, tindak
from kelurahan.console.permohonan.ekspor import ekspor
from kelurahan.console.permohonan.saringan import LABEL, PILIHAN_STATUS, SEMUA, UMUR, Saringan
from kelurahan.console.tampilan import tampil
from kelurahan.isian.teks import siapkan
from kelurahan.katalog import katalog
from kelurahan.store import sesi
from kelurahan.store.direktori import direktori

CARI_TERPANJANG = 100


def daftar(p: Permintaan) -> Response:
    """The queue, filtered by the address."""
    return _tampil(p, saringan.baca(p.query), "", p.query)


def cari(p: Permintaan) -> Response:
    """Search by number or name; it arrives in a form, because a name must not stand in an address.

    Without words it only filters, and the filters do stand in the address.
    """
    saring, kata = saringan.baca(p.form), p.isi("cari", CARI_TERPANJANG)
    if not siapkan(kata):
        return pindah(p.mentah, saring.alamat())
    with sesi(baca=True) as s:
        nomor = antrean.nomor_persis(s, kata)
    return pindah(p.mentah, f"/permohonan/{nomor}") if nomor else _tampil(p, saring, kata, p.form)


def kembali(p: Permintaan) -> Response:
    """Whoever reloads the address of a search gets the queue."""
    return pindah(p.mentah, "/permohonan")


def _tampil(p: Permintaan, saring: Saringan, kata: str, sumber) -> Response:
    sesudah, sebelum = (_id(sumber.get(nama)) for nama in ("sesudah", "sebelum"))
    with sesi(baca=True) as s:
        lembar = antrean.lembar(s, saring, kata, sesudah=sesudah, sebelum=sebelum)
        # nothing here: perhaps elsewhere (a search), or in another status
        luar = Saringan(status=SEMUA) if kata else replace(saring, status=SEMUA)
        di_luar = 0 if lembar.jumlah else antrean.jumlah(s, luar, kata)
    return tampil(
        p,
        "permohonan/daftar.html",
        lembar=lembar,
        saring=saring,
        kata=kata,
        di_luar=di_luar,
        label=LABEL,
        pilihan_status=PILIHAN_STATUS,
        pilihan_layanan=katalog().layanan,
        pilihan_umur=UMUR,
        rw=direktori().rw(),
        menunggu=antrean.menunggu,
        membalas=antrean.membalas,
        lama=antrean.LAMA,
        terpanjang=CARI_TERPANJANG,
    )


def _id(tulisan: object) -> int:
    """An id out of an address; anything else begins at the start."""
    teks = tulisan if isinstance(tulisan, str) else ""
    return int(teks) if teks.isascii() and teks.isdecimal() and len(teks) < 10 else 0


HALAMAN = (
    Halaman("/permohonan", daftar, peran.LIHAT),
    Halaman("/permohonan/cari", cari, peran.LIHAT, "POST"),
    Halaman("/permohonan/cari", kembali, peran.LIHAT),
    Halaman("/permohonan/ekspor", ekspor, peran.KERJA, "POST"),
    Halaman("/permohonan/{nomor}", rinci.rinci, peran.LIHAT),
    Halaman("/permohonan/{nomor}/pratinjau", rinci.lihat_pratinjau, peran.KERJA, "POST"),
    Halaman("/permohonan/{nomor}/status", tindak.ubah_status, peran.KERJA, "POST"),
    Halaman("/permohonan/{nomor}/koreksi", tindak.perbaiki, peran.KERJA, "POST"),
)
