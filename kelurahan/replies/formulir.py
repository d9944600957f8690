"""Texts of the application form: asking for a field, naming a wrong one, what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from kelurahan.katalog import Katalog, Layanan
from kelurahan.replies.dasar import (
    CONTOH_ISIAN,
    FORMAT_ISIAN,
    Balasan,
    alamat_rt_rw,
    gabung,
    tanggal_panjang,
)

LABEL = {"nama": "Nama", "tanggal_lahir": "Tanggal lahir", "rt_rw": "RT/RW"}
DI_KALIMAT = {**LABEL, "nama": "nama", "tanggal_lahir": "tanggal lahir"}
PERTANYAAN = {
    "nama": "Siapa *nama lengkap* {siapa}?",
    "tanggal_lahir": "Kapan *tanggal lahir* {siapa}? Contoh: 3 Mei 1990",
    "rt_rw": "*RT/RW* {mana} berapa? Contoh: 003/005 atau RT 3 RW 5",
}
CATATAN_CONTOH = "_Daftar RT/RW di layanan ini masih contoh, belum data resmi kelurahan._"
PRIVASI = (
    "🔒 *Data Anda:* nama, tanggal lahir, RT/RW, nomor WhatsApp, dan foto yang Anda kirim disimpan "
    "kelurahan hanya untuk mengurus permohonan ini, selama diperlukan untuk pelayanan dan "
    "arsipnya (UU 27/2022). "
    "Ketua RT/RW Anda bisa ikut dikabari. Ketik *hapus data saya* kapan saja untuk menghapusnya."
)

PRIVASI_AWAL = (
    "🔒 Data ini hanya dipakai kelurahan dan RT/RW Anda untuk permohonan ini. "
    "Ketik *hapus data saya* kapan saja untuk menghapusnya."
)


class Isian(Protocol):
    """The fields known so far (None where still missing)."""

    nama: str | None
    tanggal_lahir: date | None
    rt: str | None
    rw: str | None


class Kesalahan(Protocol):
    """One wrong field: which, the value as typed, why, and a good example."""

    isian: str
    nilai: str
    alasan: str
    contoh: str


def ringkas(isian: Isian, setengah: bool = False) -> str:
    """The fields already known, one per line; `setengah` also tells half of RT/RW."""
    baris = []
    if isian.nama:
        baris.append(f"Nama: {isian.nama}")
    if isian.tanggal_lahir:
        baris.append(f"Tanggal lahir: {tanggal_panjang(isian.tanggal_lahir)}")
    if isian.rt and isian.rw:
        baris.append(f"Alamat: {alamat_rt_rw(isian.rt, isian.rw)}")
    elif setengah and (isian.rt or isian.rw):
        baris.append(f"Alamat: RT {isian.rt}" if isian.rt else f"Alamat: RW {isian.rw}")
    return "\n".join(baris)


def pertanyaan(diminta: str, layanan: Layanan, isian: Isian) -> str:
    """The question for one field; knows when only half of RT/RW is missing."""
    if diminta == "rt_rw" and isian.rt and not isian.rw:
        return f"RT {isian.rt} sudah saya catat. *RW* berapa? Contoh: RW 5"
    if diminta == "rt_rw" and isian.rw and not isian.rt:
        return f"RW {isian.rw} sudah saya catat. *RT* berapa? Contoh: RT 3"
    return PERTANYAAN[diminta].format(siapa=layanan.data_siapa, mana=layanan.rt_rw_mana)


def minta(diminta: str, layanan: Layanan, isian: Isian, awal: bool = False) -> Balasan:
    """Ask for the next field; the first question also says how to stop or send all at once.

    And what the answers are for: before they are given, not after (`PRIVASI` follows with the
    first application).
    """
    pembuka = f"Baik, permohonan *{layanan.singkat}*." if awal else ""
    sudah = ringkas(isian, setengah=diminta != "rt_rw")
    catatan = f"Boleh juga sekaligus: {FORMAT_ISIAN}. Ketik *batal* untuk berhenti." if awal else ""
    teks = gabung(
        pembuka,
        f"Sudah saya catat:\n{sudah}" if sudah else "",
        pertanyaan(diminta, layanan, isian),
        catatan,
        PRIVASI_AWAL if awal else "",
    )
    return Balasan(teks, "minta_isian", layanan.slug)


def minta_layanan(katalog: Katalog, isian: Isian) -> Balasan:
    """An application without a service: keeps the data, asks which service it is for."""
    sudah = ringkas(isian, setengah=True)
    teks = gabung(
        f"Data Anda sudah saya catat:\n{sudah}" if sudah else "",
        "Permohonan ini untuk *layanan yang mana*? Balas dengan #nomor (contoh: *#1* e-KTP) "
        "atau tulis nama suratnya. Ketik *menu* untuk melihat daftarnya.",
    )
    return Balasan(teks, "pilih_layanan")


def ajakan_pilih(layanan: Layanan) -> str:
    """Ends an answer given while the form still asks which service it is for."""
    return f"📝 Mau mengajukan layanan ini? Balas *#{layanan.nomor}*."


def salah(
    kesalahan: Sequence[Kesalahan], layanan: Layanan | None, isian: Isian, *tambahan: str
) -> Balasan:
    """Name each wrong field with its value, the reason and an example; say what was kept."""
    sudah = ringkas(isian)
    teks = gabung(
        *map(sebutkan, kesalahan),
        f"Yang lain sudah benar dan tersimpan:\n{sudah}" if sudah else "",
        f"Kirim *{DI_KALIMAT[kesalahan[0].isian]}* yang benar saja."
        if len(kesalahan) == 1
        else f"Kirim ulang yang salah saja, atau sekaligus, contoh: *{CONTOH_ISIAN}*",
        *tambahan,
    )
    return Balasan(teks, "isian_salah", layanan.slug if layanan else None)


def sebutkan(satu: Kesalahan) -> str:
    """Name one wrong field with its value, the reason and an example."""
    nilai = f" “{potong(satu.nilai)}”" if satu.nilai else ""
    alasan = satu.alasan.rstrip(".")
    return f"⚠️ *{LABEL[satu.isian]}*{nilai}: {alasan}.\nContoh: {satu.contoh}"


def belum_terbaca(teks: str, diminta: str, layanan: Layanan, isian: Isian) -> Balasan:
    """The form waits for a field and the text is neither that nor anything else we know."""
    return Balasan(
        gabung(
            f"Maaf, “{potong(teks)}” belum bisa saya baca sebagai {DI_KALIMAT[diminta]}.",
            pertanyaan(diminta, layanan, isian),
            "Ketik *batal* untuk berhenti, *petugas* untuk bicara dengan orang.",
        ),
        "isian_salah",
        layanan.slug,
    )


def pengingat(diminta: str, layanan: Layanan, isian: Isian) -> str:
    """The line that brings a resident back to the form after a question in between."""
    return f"📝 Melanjutkan permohonan *{layanan.singkat}*: {pertanyaan(diminta, layanan, isian)}"


def tercatat(
    nomor: str,
    layanan: Layanan,
    isian: Isian,
    baru: bool,
    contoh: bool,
    lagi: str = f"Untuk orang lain, kirim lagi {FORMAT_ISIAN}.",
) -> Balasan:
    """The recorded application: number, service, local RT and RW, what to do before coming.

    `lagi` is the invitation to apply for somebody else.
    """
    judul = "✅ *Permohonan tercatat*" if baru else "✅ *Permohonan ini sudah tercatat sebelumnya*"
    teks = gabung(
        f"{judul}\nNomor: *{nomor}*\nLayanan: {layanan.nama}\n{ringkas(isian)}",
        _sebelum_datang(layanan, isian),
        CATATAN_CONTOH if contoh else "",
        f"Lihat kemajuannya: ketik *status {nomor}*.\n"
        "Ada yang salah? Tulis saja, misalnya: *salah, lahirnya 4 Mei 1990*.\n"
        f"{lagi}",
    )
    return Balasan(teks, "permohonan_tercatat", layanan.slug, nomor)


def _sebelum_datang(layanan: Layanan, isian: Isian) -> str:
    siapa = f"Ketua RT {isian.rt} dan RW {isian.rw}"
    if layanan.pengantar.perlu == "tidak":
        return f"*RT/RW setempat:* {siapa}.\n{layanan.pengantar.pesan}"
    return f"*Sebelum ke kantor, temui {siapa}.*\n{layanan.pengantar.pesan}"


def belum_cukup_umur(layanan: Layanan, lahir: date, umur: int, tercatat: bool) -> str:
    """Why this birth date does not fit this service, and what to answer while the form waits."""
    aturan = layanan.usia_minimal
    teks = f"lahir {tanggal_panjang(lahir)} berarti baru {umur} tahun. {aturan.pesan}"
    if aturan.kecuali_kawin and not tercatat:
        teks += " Kalau sudah menikah, balas *sudah menikah*."
    return teks


def potong(teks: str, panjang: int = 40) -> str:
    """Shorten what a resident typed, for quoting it back on one line."""
    satu_baris = " ".join(teks.split())
    return satu_baris if len(satu_baris) <= panjang else satu_baris[: panjang - 1] + "…"
