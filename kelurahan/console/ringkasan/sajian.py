"""A summary as its page shows it: large figures first, then plots."""

from __future__ import annotations

from dataclasses import dataclass

from kelurahan.console.ringkasan import grafik, hitung
from kelurahan.console.ringkasan.angka import angka, banding, lama, persen
from kelurahan.console.ringkasan.hitung import Hitungan, Tunggu
from kelurahan.console.ringkasan.sibuk import PetaPanas, peta
from kelurahan.console.ringkasan.tabel import Grafik
from kelurahan.store import status

SEBELUM_SIBUK = 5  # plots above the table of busy hours
TANDA = {"naik": "▲", "turun": "▼", "sama": "="}


@dataclass(frozen=True)
class Kotak:
    """One large figure, compared with the stretch before."""

    nama: str
    nilai: str
    tanda: str = ""
    beda: str = ""
    catatan: str = ""


@dataclass(frozen=True)
class Sajian:
    """The page."""

    kotak: tuple[Kotak, ...]
    atas: tuple[Grafik, ...]
    sibuk: PetaPanas
    bawah: tuple[Grafik, ...]
    kosong: bool  # nothing has ever happened in what is shown


def saji(h: Hitungan) -> Sajian:
    """Put the figures into words and order."""
    gambar = (
        *(grafik.pesan(h), grafik.permohonan(h)),
        *(grafik.layanan(h), grafik.hasil(h), grafik.tunggu(h)),
        *(grafik.terbuka(h), grafik.serahan(h), grafik.rw(h)),
        *grafik.tren(h),
    )
    sibuk = peta(h.masuk, h.masa.sibuk)
    kosong = not sibuk.baris and all(satu.kosong for satu in gambar)
    return Sajian(_kotak(h), gambar[:SEBELUM_SIBUK], sibuk, gambar[SEBELUM_SIBUK:], kosong)


def _kotak(h: Hitungan) -> tuple[Kotak, ...]:
    ini, lalu = h.masa.rentang, h.masa.sebelum
    selesai = h.tuntas[status.SELESAI]
    lain = [
        f"{angka(ini.jumlah(h.tuntas[satu]))} {satu}"
        for satu in (status.DITOLAK, status.DIBATALKAN)
        if ini.jumlah(h.tuntas[satu])
    ]
    return (
        _banyak("Pesan masuk", ini.jumlah(h.masuk), lalu.jumlah(h.masuk)),
        _banyak("Jawaban asisten", h.keluar.jawaban, h.keluar_lalu.jawaban),
        _terjawab(h),
        _banyak("Diserahkan ke petugas", len(h.serahan), len(h.serahan_lalu)),
        _banyak("Permohonan masuk", ini.jumlah(h.diajukan), lalu.jumlah(h.diajukan)),
        _banyak("Permohonan selesai", ini.jumlah(selesai), lalu.jumlah(selesai), ", ".join(lain)),
        _lama("Sampai mulai diperiksa", h.dilihat, h.dilihat_lalu),
        _lama("Sampai siap diambil", h.siap, h.siap_lalu),
    )


def _banyak(nama: str, kini: int, lalu: int, catatan: str = "") -> Kotak:
    arah, kata = banding(kini, lalu)
    return Kotak(nama, angka(kini), TANDA[arah], f"{kata} ({angka(lalu)})", catatan)


def _terjawab(h: Hitungan) -> Kotak:
    nama, kini, lalu = "Langsung terjawab", h.keluar, h.keluar_lalu
    if not kini.jawaban:
        return Kotak(nama, "-")
    bagian = persen(kini.bagian(hitung.DIJAWAB))
    if not lalu.jawaban:
        return Kotak(nama, bagian)
    beda = kini.bagian(hitung.DIJAWAB) - lalu.bagian(hitung.DIJAWAB)
    arah = "sama" if abs(beda) < 0.0005 else "naik" if beda > 0 else "turun"
    return Kotak(nama, bagian, TANDA[arah], f"sebelumnya {persen(lalu.bagian(hitung.DIJAWAB))}")


def _lama(nama: str, kini: Tunggu, lalu: Tunggu) -> Kotak:
    if kini.median is None:
        return Kotak(nama, "-")
    catatan = f"90 % dalam {lama(kini.sebagian_besar)}"
    if lalu.median is None:
        return Kotak(nama, lama(kini.median), catatan=catatan)
    if lama(kini.median) == lama(lalu.median):
        return Kotak(nama, lama(kini.median), TANDA["sama"], "sama", catatan)
    cepat = kini.median < lalu.median
    beda = f"{'lebih cepat' if cepat else 'lebih lama'} (dulu {lama(lalu.median)})"
    return Kotak(nama, lama(kini.median), TANDA["turun" if cepat else "naik"], beda, catatan)
