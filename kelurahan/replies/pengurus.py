"""Texts for RT and RW officers: greeting, applying for neighbours, news of their residents."""

from __future__ import annotations

from typing import Protocol

from kelurahan.katalog import Layanan
from kelurahan.replies.dasar import FORMAT_ISIAN, gabung

LAGI = (
    f"Untuk warga berikutnya, kirim lagi {FORMAT_ISIAN}; untuk layanan lain, balas #nomor dulu. "
    "Semua yang Anda ajukan: ketik *status*."
)
DIMINTA = {
    "ya": "surat pengantar RT/RW",
    "mungkin": "mungkin surat pengantar RT/RW",
    "tidak": "tidak ada surat",
}


class Pengurus(Protocol):
    """The office of the sender; `rt` is None for an RW officer."""

    jabatan: str
    rt: str | None
    rw: str


class Permohonan(Protocol):
    """What the news of an application tells."""

    nomor: str
    nama: str
    rt: str | None
    rw: str


def wilayah(rt: str | None, rw: str) -> str:
    """`RT 003/RW 005`, or `RW 005`."""
    return f"RT {rt}/RW {rw}" if rt else f"RW {rw}"


def sebutan(satu: Pengurus) -> str:
    """`Ketua RT 003/RW 005`."""
    return f"Ketua {wilayah(satu.rt, satu.rw)}"


def sapaan(satu: Pengurus, salam: str = "") -> str:
    """The opening of the menu: who they are known as and what they can do here."""
    mulai = f"{salam}, selamat datang" if salam else "Selamat datang"
    return (
        f"{mulai}, Bapak/Ibu {sebutan(satu)}. Anda bisa mengajukan untuk warga satu per satu, "
        "dan ketik *status* untuk melihat semua yang Anda ajukan."
    )


def di_luar(satu: Pengurus) -> str:
    """The application just filed is for somebody of another RT or RW: allowed, pointed out."""
    return (
        f"⚠️ Alamat ini di luar wilayah Anda ({wilayah(satu.rt, satu.rw)}). Permohonan tetap "
        "dicatat; kalau keliru, tulis misalnya *ralat RT 4 RW 5*."
    )


def nama_singkat(nama: str) -> str:
    """`Siti A.`: enough to tell neighbours apart; initials in front stay (`M. Rizki P.`)."""
    kata = nama.split()
    depan = next((n for n, satu in enumerate(kata, 1) if len(satu.strip(".,")) > 2), 1)
    awal = " ".join(kata[:depan])[:24]
    huruf = next((h for h in "".join(kata[depan : depan + 1]) if h.isalpha()), "")
    return f"{awal} {huruf.upper()}." if huruf else awal


def kabar(satu: Pengurus, permohonan: Permohonan, layanan: Layanan) -> str:
    """The news of an application from their RT or RW."""
    return gabung(
        f"📌 *Permohonan baru dari {wilayah(permohonan.rt, permohonan.rw)}*\n"
        f"Nomor: *{permohonan.nomor}*\nLayanan: {layanan.nama}\nAtas nama: {permohonan.nama}",
        _akan_meminta(layanan),
        f"Anda dikabari karena terdaftar sebagai {sebutan(satu)}. Tidak ingin dikabari lagi? "
        "Sampaikan ke petugas: ketik *petugas*.",
    )


def _akan_meminta(layanan: Layanan) -> str:
    perlu = layanan.pengantar.perlu
    if perlu == "ya":
        return "Warga ini akan meminta *surat pengantar RT/RW* kepada Anda."
    return "Warga ini mungkin meminta *surat pengantar RT/RW*." if perlu == "mungkin" else ""


def isi_templat(permohonan: Permohonan, layanan: Layanan) -> tuple[str, ...]:
    """The parameters of the template that tells it once the 24-hour window has closed."""
    return (
        wilayah(permohonan.rt, permohonan.rw),
        permohonan.nomor,
        layanan.singkat,
        permohonan.nama,
        DIMINTA[layanan.pengantar.perlu],
    )
