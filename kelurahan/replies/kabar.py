"""News from the office about an application: what officers' decisions become in a chat.

Each is a whole message, and a phrase for the template that goes out once WhatsApp's 24-hour
window has closed (there it stands behind number and service).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kelurahan.katalog import Layanan
from kelurahan.replies.dasar import gabung
from kelurahan.wilayah import Kelurahan

MUAT = 200  # characters of a template's parameter that stay readable on a phone
LENGKAPNYA = "… Lengkapnya: ketik status"
SEPATAH = 30  # a shorter piece of a note says nothing
DISERAHKAN = "diserahkan"  # the catalogue's word for what a resident must hand in
BAWA = "KTP asli (kalau belum punya: KK asli) dan nomor permohonan ini"
# a plain reply is answered by the bot; only after "petugas" does a person read it
TANYA = "Ada yang mau ditanyakan? Balas saja di sini; untuk dijawab petugas, ketik *petugas*."

JUDUL = {
    "diperiksa": "🔎 *Permohonan Anda sedang diperiksa*",
    "perlu_dilengkapi": "⚠️ *Permohonan Anda perlu dilengkapi*",
    "diproses": "⏳ *Permohonan Anda sedang diproses*",
    "siap_diambil": "✅ *Permohonan Anda siap diambil*",
    "selesai": "✅ *Permohonan Anda selesai*",
    "ditolak": "❌ *Maaf, permohonan Anda ditolak*",
    "dibatalkan": "❌ *Permohonan Anda dibatalkan petugas*",
}
JUDUL_CATATAN = {
    "perlu_dilengkapi": "Yang perlu dilengkapi",
    "ditolak": "Alasannya",
    "dibatalkan": "Alasannya",
}
LANJUT = {
    "diperiksa": "Belum ada yang perlu Anda lakukan; kabar berikutnya kami kirim di sini.",
    "perlu_dilengkapi": "Balas di sini dengan *foto* berkasnya, atau bawa ke kantor. Mau menjawab "
    "dengan *tulisan* atau bertanya? Ketik *petugas* dulu, supaya petugas yang membacanya.",
    "diproses": "Belum ada yang perlu Anda lakukan; kami kabari di sini kalau sudah siap.",
    "siap_diambil": "Tidak bisa datang sendiri? Tanyakan dulu syaratnya: ketik *petugas*. Untuk "
    "pertanyaan lain, balas saja di sini.",
    "selesai": "Terima kasih. Ada yang keliru pada hasilnya? Ketik *petugas*. Perlu yang lain? "
    "Balas saja di sini, atau ketik *menu*.",
    "ditolak": f"{TANYA} Kalau syaratnya sudah ada, Anda boleh mengajukan lagi: ketik *ajukan*.",
    "dibatalkan": f"{TANYA} Kalau masih diperlukan, ajukan lagi: ketik *ajukan*.",
}
SINGKAT = {
    "diperiksa": "sedang diperiksa petugas",
    "perlu_dilengkapi": "perlu dilengkapi",
    "diproses": "sedang diproses",
    "siap_diambil": "siap diambil",
    "selesai": "selesai",
    "ditolak": "maaf, ditolak",
    "dibatalkan": "dibatalkan petugas",
}


class Langkah(Protocol):
    """One change of status."""

    ke: str
    catatan: str | None


class Permohonan(Protocol):
    """What the news needs of an application."""

    nomor: str
    nama: str
    varian: str | None
    status: str
    riwayat: Sequence[Langkah]


@dataclass(frozen=True)
class Kabar:
    """One piece of news: the message, and the same in a phrase without a final full stop."""

    teks: str = field(repr=False)
    singkat: str = field(repr=False)


@dataclass(frozen=True)
class Perubahan:
    """One corrected field as residents call it, with values as they are shown."""

    isian: str
    sebelum: str = field(repr=False)
    sesudah: str = field(repr=False)


def status(
    satu: Permohonan, ke: str, layanan: Layanan | None, kantor: Kelurahan, catatan: str = ""
) -> Kabar:
    """An officer has moved the application to `ke`; `layanan` is None if it is offered no more."""
    judul = JUDUL_CATATAN.get(ke, "Catatan petugas")
    ambil = pengambilan(kantor, layanan, satu.varian) if ke == "siap_diambil" else ""
    teks = gabung(
        f"{JUDUL[ke]}\n{_tentang(satu, layanan)}",
        ambil,
        f"*{judul}:*\n{catatan}" if catatan else "",
        LANJUT[ke],
        f"Melihat keadaannya kapan saja: balas *status {satu.nomor}*.",
    )
    frasa = f"{SINGKAT[ke]}. {_singkat_ambil(kantor)}" if ambil else SINGKAT[ke]
    sambung = ": " if ke in JUDUL_CATATAN else ". Catatan petugas: "
    return Kabar(teks, _muat(frasa, f"{sambung}{catatan}" if catatan else ""))


def koreksi(
    satu: Permohonan, layanan: Layanan | None, perubahan: Sequence[Perubahan], alasan: str
) -> Kabar:
    """An officer has corrected what the resident filed."""
    baris = "\n".join(f"• {p.isian}: {p.sebelum} → {p.sesudah}" for p in perubahan)
    teks = gabung(
        f"✏️ *Data permohonan diperbaiki petugas*\n{_tentang(satu, layanan)}",
        f"{baris}\nAlasan: {alasan}",
        "Kalau perbaikan ini keliru, balas di sini dengan mengetik *petugas*.",
    )
    nilai = ", ".join(f"{p.isian} menjadi {p.sesudah}" for p in perubahan)
    return Kabar(teks, _muat("data diperbaiki petugas", f": {nilai}"))


def keadaan(satu: Permohonan, layanan: Layanan, kantor: Kelurahan) -> str:
    """What belongs to its present status: the officer's note, and how it is fetched."""
    catatan = satu.riwayat[-1].catatan if satu.riwayat and satu.status != "baru" else None
    judul = JUDUL_CATATAN.get(satu.status, "Catatan petugas")
    return gabung(
        pengambilan(kantor, layanan, satu.varian) if satu.status == "siap_diambil" else "",
        f"*{judul}:*\n{catatan}" if catatan else "",
        LANJUT["perlu_dilengkapi"] if satu.status == "perlu_dilengkapi" else "",
    )


def pengambilan(kantor: Kelurahan, layanan: Layanan | None, varian: str | None = None) -> str:
    """Where a finished paper is fetched, when, and what to bring; nothing unknown is said."""
    jam = "\n".join(f"{hari}: {waktu}" for hari, waktu in kantor.jam)
    tempat = "\n".join(satu for satu in (f"*Ambil di:* {kantor.nama}", kantor.alamat) if satu)
    return gabung(
        tempat,
        "\n".join(satu for satu in (f"*Jam buka:*\n{jam}", kantor.jam_catatan) if satu)
        if jam
        else "",
        "\n".join([f"*Bawa:* {BAWA}.", *(f"• {b}" for b in _diserahkan(layanan, varian))]),
    )


def _tentang(satu: Permohonan, layanan: Layanan | None) -> str:
    nama = f"\nLayanan: {layanan.nama}" if layanan else ""
    return f"Nomor: *{satu.nomor}*{nama}\nAtas nama: {satu.nama}"


def _diserahkan(layanan: Layanan | None, varian: str | None) -> list[str]:
    """What the catalogue says must be handed in; of the resident's own case if that is known."""
    if layanan is None:
        return []
    milik = [b for v in layanan.varian if v.kunci == varian for b in v.syarat]
    for baris in ((*milik, *layanan.syarat), layanan.alur):
        if ketemu := [satu for satu in baris if DISERAHKAN in satu.lower()]:
            return ketemu
    return []


def _singkat_ambil(kantor: Kelurahan) -> str:
    buka = [f"{hari} {jam}".removesuffix(" WIB") for hari, jam in kantor.jam if jam != "tutup"]
    tempat = ", ".join(satu for satu in (kantor.nama, kantor.alamat) if satu)
    return f"Bawa KTP asli dan nomor ini ke {tempat}" + (f" ({', '.join(buka)})" if buka else "")


def _muat(frasa: str, tambahan: str) -> str:
    """On one line; what makes it too long is cut, and it says how to read the whole."""
    frasa, tambahan = (re.sub(r"\s+", " ", satu).rstrip(" .") for satu in (frasa, tambahan))
    if len(frasa + tambahan) <= MUAT:
        return frasa + tambahan
    if MUAT - len(frasa) - len(LENGKAPNYA) < SEPATAH:
        tambahan = ""
    return (frasa + tambahan)[: MUAT - len(LENGKAPNYA)].rstrip(" ,.:;(") + LENGKAPNYA
