"""Texts about the services: menu, requirements, fee, duration, steps, and asking which one."""

from __future__ import annotations

from collections.abc import Sequence

from kelurahan.katalog import Katalog, Layanan, Varian
from kelurahan.replies.dasar import (
    CONTOH_ISIAN,
    FORMAT_ISIAN,
    Balasan,
    butir,
    gabung,
    tombol,
    urutan,
)
from kelurahan.replies.formulir import Isian, ringkas
from kelurahan.wilayah import Kelurahan

TUJUAN = {
    "tanya_syarat": "syarat",
    "tanya_biaya": "biaya",
    "tanya_lama": "lama",
    "tanya_alur": "alur",
}


def menu(katalog: Katalog, kelurahan: Kelurahan, pembuka: str = "") -> Balasan:
    """The 20 numbers in the body, and a list of groups to tap (10 rows are WhatsApp's limit)."""
    nomor = "\n".join(f"#{satu.nomor} {satu.judul}" for satu in katalog.layanan)
    teks = gabung(
        pembuka,
        f"*Layanan {kelurahan.nama}*\nBalas dengan #nomor, misalnya *#3*, "
        "atau tulis saja keperluan Anda dengan kata sendiri.",
        nomor,
        "Ketik *status* untuk melihat permohonan, *bantuan* untuk cara pakai.",
    )
    baris = tuple(
        tombol(
            kelompok.judul,
            "minta_menu",
            ", ".join(f"#{satu.nomor}" for satu in katalog.per_kelompok(kelompok.kunci)),
            kelompok=kelompok.kunci,
        )
        for kelompok in katalog.kelompok
    )
    return Balasan(teks, "menu", pilihan=baris, daftar={"tombol": "Lihat layanan"})


def menu_kelompok(katalog: Katalog, kunci: str) -> Balasan | None:
    """The services of one group as a list to tap; None when there is no such group."""
    kelompok = next((satu for satu in katalog.kelompok if satu.kunci == kunci), None)
    if kelompok is None:
        return None
    isi = katalog.per_kelompok(kunci)
    baris = tuple(_baris(satu, "tanya_syarat") for satu in isi)
    teks = gabung(
        f"*{kelompok.judul}*",
        "\n".join(f"#{satu.nomor} {satu.judul}" for satu in isi),
        f"Pilih salah satu, atau balas dengan #nomor, misalnya *#{isi[0].nomor}*. "
        "Ketik *menu* untuk semua layanan.",
    )
    return Balasan(teks, "menu", pilihan=baris, daftar={"tombol": "Pilih layanan"})


def nomor_tidak_ada(mentah: str, katalog: Katalog) -> Balasan:
    """A number outside the menu: says so, names the range and where to see it."""
    akhir = katalog.layanan[-1].nomor
    tulisan = mentah if len(mentah) <= 12 else mentah[:12] + "…"
    return Balasan(
        f"Maaf, tidak ada layanan nomor “{tulisan}”. Nomor layanan dari *#1* sampai *#{akhir}*.\n"
        "Ketik *menu* untuk melihat daftarnya.",
        "klarifikasi",
    )


def syarat(layanan: Layanan, varian: Varian | None = None) -> Balasan:
    """Requirements (of one variant if it is known), fee, duration, and how to apply."""
    teks = gabung(
        layanan.pembuka or "",
        f"*#{layanan.nomor} {layanan.nama}*" + (f"\n_{varian.nama}_" if varian else ""),
        _daftar_syarat(layanan, varian),
        _catatan(varian.catatan if varian and varian.catatan else layanan.catatan),
        f"*Biaya:* {layanan.biaya}\n*Lama:* {layanan.lama}",
        f"*Pengantar RT/RW:* {layanan.pengantar.pesan}",
        cara_mengajukan(layanan),
    )
    return Balasan(teks, "syarat", layanan.slug)


def _daftar_syarat(layanan: Layanan, varian: Varian | None) -> str:
    if varian:
        return f"*Yang perlu disiapkan:*\n{butir((*layanan.syarat, *varian.syarat))}"
    bagian = []
    if layanan.syarat:
        bagian.append(f"*Yang perlu disiapkan:*\n{butir(layanan.syarat)}")
    bagian += [f"*{satu.nama}*\n{butir(satu.syarat)}" for satu in layanan.varian]
    return gabung(*bagian)


def _catatan(catatan: Sequence[str]) -> str:
    return f"*Perlu diketahui:*\n{butir(catatan)}" if catatan else ""


def cara_mengajukan(layanan: Layanan) -> str:
    """The invitation that ends an answer about a service."""
    return (
        f"Mau mengajukan? Kirim {FORMAT_ISIAN} ({layanan.data_siapa}),\n"
        f"contoh: {CONTOH_ISIAN}\n"
        "atau ketik *ajukan*. Bisa juga tanya *biaya*, *lama*, *alur*."
    )


def biaya(layanan: Layanan) -> Balasan:
    """What the service costs."""
    teks = gabung(
        f"*Biaya {layanan.singkat}*\n{layanan.biaya}",
        "Ketik *syarat* untuk berkasnya atau *ajukan* untuk mulai mengajukan.",
    )
    return Balasan(teks, "biaya", layanan.slug)


def lama(layanan: Layanan) -> Balasan:
    """How long the service takes."""
    teks = gabung(
        f"*Lama proses {layanan.singkat}*\n{layanan.lama}",
        "Ketik *syarat* untuk berkasnya atau *ajukan* untuk mulai mengajukan.",
    )
    return Balasan(teks, "lama", layanan.slug)


def alur(layanan: Layanan) -> Balasan:
    """Where to go and in which order."""
    teks = gabung(
        layanan.pembuka or "",
        f"*Alur {layanan.singkat}*\n{urutan(layanan.alur)}",
        f"Diterbitkan oleh: {layanan.penerbit}.",
        f"*Pengantar RT/RW:* {layanan.pengantar.pesan}",
        "Ketik *syarat* untuk berkasnya atau *ajukan* untuk mulai mengajukan.",
    )
    return Balasan(teks, "alur", layanan.slug)


JAWABAN = {"tanya_biaya": biaya, "tanya_lama": lama, "tanya_alur": alur}


def jawab(intent: str, layanan: Layanan, varian: Varian | None = None) -> Balasan:
    """The answer to one purpose about one service."""
    return JAWABAN[intent](layanan) if intent in JAWABAN else syarat(layanan, varian)


def jawab_dua(intent: str, pertama: Layanan, kedua: Layanan) -> Balasan:
    """Two services in one message: short answers together, long ones by choice."""
    if intent in ("tanya_biaya", "tanya_lama"):
        bagian = [
            f"*{satu.singkat}*\n{satu.biaya if intent == 'tanya_biaya' else satu.lama}"
            for satu in (pertama, kedua)
        ]
        ajakan = f"Balas *#{pertama.nomor}* atau *#{kedua.nomor}* untuk syaratnya."
        return Balasan(gabung(*bagian, ajakan), TUJUAN[intent], pertama.slug)
    isi = [gabung(f"*#{satu.nomor} {satu.nama}*", _isi(intent, satu)) for satu in (pertama, kedua)]
    teks = gabung(
        *isi, f"Mau diajukan yang mana dulu? Balas *#{pertama.nomor}* atau *#{kedua.nomor}*."
    )
    return Balasan(teks, TUJUAN.get(intent, "syarat"), pertama.slug)


def _isi(intent: str, layanan: Layanan) -> str:
    return urutan(layanan.alur) if intent == "tanya_alur" else _daftar_syarat(layanan, None)


def isian_tersimpan(isian: Isian) -> str:
    """What a change of service keeps ("" when nothing had been typed)."""
    sudah = ringkas(isian)
    pembuka = "Isian tadi tetap tersimpan (ketik *ajukan* untuk melanjutkan):"
    return f"{pembuka}\n{sudah}" if sudah else ""


def layanan_yang_mana(calon: Sequence[Layanan], intent: str = "tanya_syarat") -> Balasan:
    """Not sure which service is meant: the likeliest ones to choose from, and a human."""
    if not calon:
        return Balasan(
            "Maaf, saya belum menangkap maksudnya. Tulis nama suratnya "
            "(misalnya *KTP hilang* atau *surat domisili*), ketik *menu* untuk daftar layanan, "
            "atau *petugas* kalau ingin bicara dengan orang.",
            "klarifikasi",
            pilihan=(tombol("Lihat menu", "minta_menu"), tombol("Petugas", "minta_petugas")),
        )
    baris = "\n".join(f"#{satu.nomor} {satu.nama}" for satu in calon)
    pilihan = [_baris(satu, intent) for satu in calon]
    pilihan.append(tombol("Petugas", "minta_petugas", "Bicara dengan petugas"))
    return Balasan(
        f"Supaya tidak keliru, yang Anda maksud yang mana?\n\n{baris}\n\n"
        "Balas dengan #nomor, atau ketik *petugas* kalau bukan semuanya.",
        "klarifikasi",
        pilihan=tuple(pilihan),
        daftar={"tombol": "Pilih layanan"},
    )


def _baris(layanan: Layanan, intent: str) -> dict:
    """One row of a list message: number and title, the official name below."""
    judul = f"#{layanan.nomor} {layanan.judul}"
    return tombol(judul, intent, layanan.nama, layanan=layanan.slug)


def tujuan_yang_mana(layanan: Layanan) -> Balasan:
    """The service is clear, the question is not."""
    return Balasan(
        f"Tentang *{layanan.nama}*, apa yang ingin Anda ketahui?\n"
        "Ketik *syarat*, *biaya*, *lama*, *alur*, *ajukan*, atau *status*.",
        "klarifikasi",
        layanan.slug,
        pilihan=(
            tombol("Syarat", "tanya_syarat", layanan=layanan.slug),
            tombol("Alur", "tanya_alur", layanan=layanan.slug),
            tombol("Ajukan", "ajukan_permohonan", layanan=layanan.slug),
        ),
    )
