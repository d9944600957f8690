"""Texts about applications already filed: status, correction, cancelling, erasing data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from kelurahan.katalog import Katalog
from kelurahan.replies import kabar
from kelurahan.replies.dasar import Balasan, gabung, tanggal_panjang, tombol
from kelurahan.replies.formulir import Kesalahan, ringkas, sebutkan
from kelurahan.replies.pengurus import nama_singkat
from kelurahan.wilayah import Kelurahan

CONTOH_RALAT = "*namanya Siti Aminah*, *lahirnya 4 Mei 1990*, atau *ralat RT 4 RW 5*"
TAMPIL, TAMPIL_PENGURUS = 5, 20  # applications in one list
PENGURUS_DIHAPUS = "• nomor Anda tidak lagi terdaftar sebagai pengurus RT/RW;\n"
STATUS = {
    "baru": "baru diterima, menunggu diperiksa petugas",
    "diperiksa": "sedang diperiksa petugas",
    "perlu_dilengkapi": "perlu dilengkapi",
    "diproses": "sedang diproses",
    "siap_diambil": "siap diambil",
    "selesai": "selesai",
    "ditolak": "ditolak",
    "dibatalkan": "dibatalkan",
}


class Permohonan(Protocol):
    """What a status text needs of a filed application."""

    nomor: str
    layanan: str
    nama: str
    status: str
    dibuat: datetime
    varian: str | None
    riwayat: Sequence[kabar.Langkah]


def status(
    satu: Permohonan,
    katalog: Katalog,
    wib: Callable[[datetime], datetime],
    kantor: Kelurahan,
    *,
    bernama: bool = False,
) -> Balasan:
    """The state of one application, with when it was filed (WIB); `bernama`: and for whom."""
    layanan = katalog.ambil(satu.layanan)
    teks = gabung(
        f"*{satu.nomor}*\n{f'Untuk: {nama_singkat(satu.nama)}{chr(10)}' if bernama else ''}"
        f"Layanan: {layanan.nama}\nStatus: *{STATUS[satu.status]}*\n"
        f"Diajukan: {_waktu(wib(satu.dibuat))}",
        kabar.keadaan(satu, layanan, kantor),
        "Ada yang mau ditanyakan lagi? Tulis saja, atau ketik *menu*.",
    )
    return Balasan(teks, "status", satu.layanan, satu.nomor)


def daftar_status(
    semua: Sequence[Permohonan],
    katalog: Katalog,
    wib: Callable[[datetime], datetime],
    *,
    bernama: bool = False,
    masih_ada: bool = False,
) -> Balasan:
    """Several applications of one sender, newest first; older ones are found by their number.

    `bernama`: of an RT/RW officer, so more of them, with whom each is for. `masih_ada`: the sender
    has more than those given.
    """
    tampil = semua[: TAMPIL_PENGURUS if bernama else TAMPIL]
    baris = [
        f"*{satu.nomor}* {f'{nama_singkat(satu.nama)}, ' if bernama else ''}"
        f"{katalog.ambil(satu.layanan).singkat}: {STATUS[satu.status]} "
        f"({tanggal_panjang(wib(satu.dibuat).date())})"
        for satu in tampil
    ]
    lama = len(semua) - len(tampil)
    banyak = f"{'lebih dari ' if masih_ada else ''}{lama} permohonan"
    teks = gabung(
        "*Permohonan dari nomor ini*",
        "\n".join(baris),
        f"Yang lebih lama ({banyak}) bisa dilihat dengan nomornya." if lama else "",
        f"Untuk rinciannya ketik, misalnya, *status {semua[0].nomor}*.",
    )
    return Balasan(teks, "status", semua[0].layanan, semua[0].nomor)


def status_tidak_ada(nomor: str | None, awalan: str) -> Balasan:
    """No such application for this sender; never says whether another sender has it."""
    if nomor:
        teks = (
            f"Maaf, permohonan *{nomor[:24]}* tidak ditemukan untuk nomor WhatsApp ini. "
            f"Periksa lagi nomornya (bentuknya {awalan}-2611-0042). Permohonan hanya bisa dilihat "
            "dari nomor WhatsApp yang mengajukan."
        )
    else:
        teks = (
            "Belum ada permohonan dari nomor WhatsApp ini. Kalau Anda punya nomor permohonan, "
            f"ketik *status* dan nomornya, contoh: *status {awalan}-2611-0042*."
        )
    return Balasan(gabung(teks, "Ketik *menu* untuk mengajukan layanan."), "status_tidak_ada")


def diperbaiki(satu: Permohonan, katalog: Katalog, contoh_catatan: str = "") -> Balasan:
    """A correction was stored in a filed application."""
    layanan = katalog.ambil(satu.layanan)
    teks = gabung(
        f"✅ Sudah diperbaiki di permohonan *{satu.nomor}* ({layanan.singkat}):\n{ringkas(satu)}",
        contoh_catatan,
        "Masih ada yang keliru? Tulis saja, misalnya: *ralat RT 4 RW 5*.",
    )
    return Balasan(teks, "info", satu.layanan, satu.nomor)


def tidak_bisa_diperbaiki(satu: Permohonan | None) -> Balasan:
    """Nothing to correct, or the office already works on it."""
    if satu is None:
        return Balasan(
            "Belum ada permohonan dari nomor ini yang bisa diperbaiki. "
            "Ketik *menu* untuk memilih layanan.",
            "info",
        )
    return Balasan(
        f"Permohonan *{satu.nomor}* sudah {STATUS[satu.status]}, jadi tidak bisa diubah dari sini. "
        "Sampaikan perbaikannya kepada petugas saat datang, atau ketik *petugas*.",
        "info",
        satu.layanan,
        satu.nomor,
    )


def perbaikan_belum_jelas(satu: Permohonan) -> Balasan:
    """A correction was announced but the new value is missing."""
    return Balasan(
        f"Yang mau diperbaiki di permohonan *{satu.nomor}* apanya? Tulis dengan nilai yang benar, "
        f"misalnya: {CONTOH_RALAT}.",
        "klarifikasi",
        satu.layanan,
        satu.nomor,
    )


def perbaikan_salah(
    satu: Permohonan, kesalahan: Sequence[Kesalahan], contoh_catatan: str = ""
) -> Balasan:
    """The new value cannot be used; the application stays as it was."""
    teks = gabung(
        *map(sebutkan, kesalahan),
        # without such a word a date or an RT/RW would open a new application
        f"Permohonan *{satu.nomor}* belum diubah. Tulis lagi, misalnya: {CONTOH_RALAT}.",
        contoh_catatan,
    )
    return Balasan(teks, "isian_salah", satu.layanan, satu.nomor)


def batal_formulir(layanan: str | None) -> Balasan:
    """The form was stopped; nothing was filed."""
    return Balasan(
        "Baik, pengisian dibatalkan dan tidak ada yang diajukan. "
        "Ketik *menu* kalau perlu layanan lain.",
        "batal",
        layanan,
    )


def tanya_batal(satu: Permohonan, katalog: Katalog) -> Balasan:
    """Cancel a filed application? Asks once."""
    return Balasan(
        f"Batalkan permohonan *{satu.nomor}* ({katalog.ambil(satu.layanan).singkat})? "
        "Balas *ya* untuk membatalkan atau *tidak*.",
        "batal",
        satu.layanan,
        satu.nomor,
        pilihan=(tombol("Ya, batalkan", "setuju"), tombol("Tidak", "tolak")),
    )


def dibatalkan(satu: Permohonan | None) -> Balasan:
    """The filed application was cancelled (or no longer can be)."""
    if satu is None:
        return Balasan(
            "Permohonan itu tidak bisa dibatalkan lagi dari sini. Ketik *petugas*.", "batal"
        )
    teks = f"Permohonan *{satu.nomor}* sudah dibatalkan. Ketik *menu* kalau perlu layanan lain."
    return Balasan(teks, "batal", satu.layanan, satu.nomor)


def tidak_ada_yang_dibatalkan() -> Balasan:
    """'batal' with neither a form nor an open application."""
    return Balasan(
        "Baik. Tidak ada pengisian yang sedang berjalan. Ketik *menu* kalau perlu layanan.", "batal"
    )


def tanya_hapus(jumlah: int, pengurus: bool = False) -> Balasan:
    """Erase my data? Says what will happen, asks once; `pengurus`: an RT/RW officer asks."""
    berkas = f" {jumlah} permohonan" if jumlah else ""
    return Balasan(
        f"Anda meminta data Anda dihapus. Kalau dilanjutkan:\n"
        f"• nama, tanggal lahir, dan nomor WhatsApp pada{berkas or ' permohonan Anda'} dihapus;\n"
        "• permohonan yang belum selesai dibatalkan;\n"
        f"{PENGURUS_DIHAPUS if pengurus else ''}"
        "• foto, dokumen, dan isi percakapan ini ikut dihapus beberapa saat kemudian.\n\n"
        "Ini tidak bisa dikembalikan. Balas *ya* untuk menghapus atau *tidak*.",
        "info",
        pilihan=(tombol("Ya, hapus", "setuju"), tombol("Tidak", "tolak")),
    )


def dihapus(sisa: str) -> Balasan:
    """Erased; says what remains and why."""
    ajakan = "Layanan ini tetap bisa dipakai kapan saja: ketik *menu*."
    return Balasan(gabung("Data Anda sudah dihapus.", sisa, ajakan), "info")


def _waktu(saat: datetime) -> str:
    return f"{tanggal_panjang(saat.date())} pukul {saat:%H.%M} WIB"
