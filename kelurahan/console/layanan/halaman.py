"""The section Layanan: all services, one service, and the paths of what may be changed there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from starlette.responses import Response

from kelurahan.console.halaman import Halaman, Permintaan
from kelurahan.console.keamanan import peran
from kelurahan.console.layanan import dasar, pesan, ubah, versi
from kelurahan.console.layanan.isian import KEYAKINAN
from kelurahan.console.tampilan import tampil
from kelurahan.katalog import Layanan, katalog_berkas
from kelurahan.store import perubahan_layanan as simpanan
from kelurahan.store import sesi, waktu

USANG = timedelta(days=180)  # since a fact was last compared with its source
PERLU = {"ya": "Perlu", "tidak": "Tidak perlu", "mungkin": "Mungkin perlu"}
KABAR = {
    "berlaku": "Tersimpan. Bot menjawab dengan isi ini mulai sekarang.",
    "diusulkan": "Usulan terkirim. Bot memakainya setelah disetujui admin.",
    "ditolak": "Usulan ditolak. Alasannya tercatat di riwayat.",
}


@dataclass(frozen=True)
class Baris:
    """One service in the list, as the bot answers it."""

    layanan: Layanan
    lama: bool
    diubah: bool
    usulan: int
    perlu_diperiksa: bool


def daftar(p: Permintaan) -> Response:
    """All services: how sure, how old, what has been changed here."""
    with sesi(baca=True) as s:
        kini, menunggu = simpanan.semua_kini(s), simpanan.menunggu(s)
    baris = [_baris(x, kini.get(x.slug), menunggu.get(x.slug, 0)) for x in katalog_berkas().layanan]
    return tampil(p, "layanan/daftar.html", baris=baris, usang=USANG.days)


def _baris(berkas: Layanan, kini: simpanan.PerubahanLayanan | None, menunggu: int) -> Baris:
    isi = simpanan.isi(kini)
    satu = dasar.dengan(berkas.slug, isi) if isi else berkas
    perlu = bool(dasar.perlu_diperiksa(berkas, kini))
    return Baris(satu, lama(satu.diperiksa), bool(isi), menunggu, perlu)


def lama(diperiksa: date) -> bool:
    """Whether it is time to look at the sources again."""
    return waktu.wib(waktu.sekarang()).date() - diperiksa > USANG


def rinci(p: Permintaan) -> Response:
    """Everything about one service, its messages, and its versions."""
    berkas = dasar.layanan(p)
    with sesi(baca=True) as s:
        kini, riwayat = dasar.kini(s, berkas.slug), simpanan.riwayat(s, berkas.slug)
    satu = dasar.dengan(berkas.slug, kini.isi)
    return tampil(
        p,
        "layanan/rinci.html",
        x=satu,
        lama=lama(satu.diperiksa),
        usang=USANG.days,
        kini=kini,
        riwayat=riwayat,
        state=dasar.STATE,
        perlu=PERLU,
        keyakinan=KEYAKINAN,
        perlu_diperiksa=dasar.perlu_diperiksa(berkas, kini.baris),
        semua_pesan=pesan.semua(satu),
        kabar=KABAR.get(p.query.get("kabar", ""), ""),
    )


HALAMAN = (
    Halaman("/layanan", daftar, peran.LIHAT),
    Halaman("/layanan/{slug}", rinci, peran.LIHAT),
    Halaman("/layanan/{slug}/ubah", ubah.buka, peran.KERJA),
    Halaman("/layanan/{slug}/ubah", ubah.simpan, peran.KERJA, "POST"),
    Halaman("/layanan/{slug}/pratinjau", ubah.pratinjau, peran.KERJA, "POST"),
    Halaman("/layanan/{slug}/versi/{id:int}", versi.lihat, peran.LIHAT),
    Halaman("/layanan/{slug}/versi/{id:int}/setujui", versi.setujui, peran.KELOLA, "POST"),
    Halaman("/layanan/{slug}/versi/{id:int}/tolak", versi.tolak, peran.KELOLA, "POST"),
    Halaman("/layanan/{slug}/versi/{id:int}/kembali", versi.kembali, peran.KELOLA, "POST"),
    Halaman("/layanan/{slug}/unduh", versi.unduh, peran.KELOLA),
)
