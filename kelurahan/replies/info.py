"""Texts about the office itself, small talk, and what lies outside its work."""

from __future__ import annotations

from kelurahan.replies.dasar import FORMAT_ISIAN, Balasan, gabung, tombol
from kelurahan.replies.formulir import CATATAN_CONTOH
from kelurahan.wilayah import Direktori, Kelurahan, Rujukan


def jam(kelurahan: Kelurahan) -> Balasan:
    """Opening hours; the chat itself answers at any hour."""
    baris = "\n".join(f"{hari}: {waktu}" for hari, waktu in kelurahan.jam)
    return Balasan(
        gabung(
            f"*Jam layanan {kelurahan.nama}*\n{baris or 'Jam buka kantor belum kami miliki.'}",
            kelurahan.jam_catatan or "",
            "Lewat WhatsApp ini Anda bisa bertanya dan mengajukan kapan saja. Ketik *menu*.",
        ),
        "info",
    )


def lokasi(kelurahan: Kelurahan) -> Balasan:
    """Where the office is."""
    return Balasan(
        f"*Alamat {kelurahan.nama}*\n{kelurahan.alamat or 'Alamat lengkap belum kami miliki.'}\n"
        f"Kecamatan {kelurahan.kecamatan}, {kelurahan.kota}\n\n"
        "Ketik *jam* untuk jam buka, *menu* untuk daftar layanan.",
        "info",
    )


def kontak(kelurahan: Kelurahan) -> Balasan:
    """Contacts that are known; none is invented."""
    baris = [f"Alamat: {kelurahan.alamat}"] if kelurahan.alamat else []
    if kelurahan.surel:
        baris.append(f"Surel: {kelurahan.surel}")
    if kelurahan.situs:
        baris.append(f"Situs: {kelurahan.situs}")
    return Balasan(
        gabung(
            "\n".join((f"*Kontak {kelurahan.nama}*", *baris)),
            "Nomor telepon kantor belum kami miliki. Anda bisa menulis keperluan Anda di sini "
            "kapan saja, atau ketik *menu*.",
        ),
        "info",
    )


def rt_rw(kelurahan: Kelurahan, direktori: Direktori, rw: str | None = None) -> Balasan:
    """Which RT and RW exist, what their letter is for, and that the directory is a sample."""
    semua = direktori.rw()
    if rw and rw not in semua:
        isi = f"RW {rw} tidak ada dalam daftar kami. Yang ada: RW {semua[0]} sampai {semua[-1]}."
    elif rw:
        rt = direktori.rt_di(rw)
        isi = f"RW {rw} terdiri dari RT {rt[0]} sampai RT {rt[-1]}."
    else:
        isi = (
            f"Daftar kami berisi RW {semua[0]} sampai RW {semua[-1]}. "
            f"Untuk melihat RT-nya tanyakan, misalnya: *RT apa saja di RW {int(semua[0])}?*"
        )
    return Balasan(
        gabung(
            f"*RT/RW di {kelurahan.nama}*\n{isi}",
            "Surat pengantar diminta ke Ketua RT tempat tinggal Anda, lalu dicap Ketua RW. "
            "Sebutkan keperluannya dan bawa KTP serta KK. KTP, KK, akta lahir, dan pindah tidak "
            "memerlukannya menurut aturan nasional.",
            "Nama dan nomor ketua RT/RW tidak kami simpan; tanyakan ke tetangga atau kantor "
            "kelurahan.",
            CATATAN_CONTOH if direktori.contoh else "",
            "Ketik *menu* untuk daftar layanan.",
        ),
        "rt_rw",
    )


def bot(kelurahan: Kelurahan) -> Balasan:
    """Is this a robot?"""
    return Balasan(
        f"Saya asisten otomatis (robot) {kelurahan.nama}, bukan orang. Saya menjawab syarat "
        "layanan dan mencatat permohonan 24 jam; suratnya tetap diproses petugas.\n\n"
        "Ketik *menu* untuk layanan, *petugas* kalau ingin bicara dengan orang.",
        "info",
    )


def bantuan(kelurahan: Kelurahan) -> Balasan:
    """How this works, in five lines."""
    return Balasan(
        f"*Cara pakai layanan WhatsApp {kelurahan.nama}*\n"
        "• Ketik *menu*, lalu balas #nomor layanan, misalnya *#3*\n"
        "• Atau tanya bebas, misalnya: _syarat KTP hilang apa saja?_\n"
        f"• Mengajukan: pilih layanannya, lalu kirim {FORMAT_ISIAN}\n"
        "• Melihat permohonan: ketik *status*\n"
        "• Berhenti mengisi: *batal*. Bicara dengan orang: *petugas*\n\n"
        "Tidak punya WhatsApp? Ketua RT/RW bisa mengajukan untuk Anda.",
        "info",
    )


def saluran_aduan(kelurahan: Kelurahan) -> str:
    """The city's complaint channel in one phrase ("" when none is known)."""
    kanal = kelurahan.pengaduan
    if kanal is None:
        return ""
    cara = [f"WhatsApp {kanal.wa}" if kanal.wa else "", kanal.situs or ""]
    return ", ".join(satu for satu in (kanal.nama, *cara) if satu)


def keluhan_lain(kelurahan: Kelurahan, rujukan: Rujukan | None) -> Balasan:
    """A complaint about another matter: says where it belongs."""
    aduan = saluran_aduan(kelurahan)
    tujuan = rujukan.pesan if rujukan else f"Silakan sampaikan ke {aduan}." if aduan else ""
    maaf = "Mohon maaf atas ketidaknyamanannya. Aduan tidak dicatat di layanan ini."
    return Balasan(
        gabung(
            f"{maaf} {tujuan}".strip(),
            "Kalau ada surat yang perlu diurus di kelurahan, ketik *menu*.",
        ),
        "luar_topik",
    )


def luar_topik(kelurahan: Kelurahan, rujukan: Rujukan | None) -> Balasan:
    """Not the kelurahan's work: says so, and names the right office where it is known."""
    # the referral says itself that the matter is another office's
    pembuka = rujukan.pesan if rujukan else f"Maaf, itu di luar layanan {kelurahan.nama}."
    return Balasan(
        gabung(
            pembuka,
            "Yang bisa saya bantu: surat dan dokumen warga, dari KTP sampai surat nikah. "
            "Ketik *menu* untuk daftarnya.",
        ),
        "luar_topik",
    )


def data_pribadi(kelurahan: Kelurahan) -> Balasan:
    """What is stored, why, how long, and how to have it erased."""
    return Balasan(
        f"*Data Anda di layanan {kelurahan.nama}*\n"
        "• Disimpan: nomor WhatsApp, isi percakapan, dan untuk permohonan: nama, tanggal lahir, "
        "RT/RW, foto atau PDF yang Anda kirim.\n"
        "• Gunanya: hanya untuk menjawab Anda dan mengurus permohonan.\n"
        "• Lamanya: selama diperlukan untuk pelayanan dan arsipnya; foto dan PDF 90 hari setelah "
        "permohonan selesai.\n"
        "• Yang melihat: petugas kelurahan. Ketua RT dan RW Anda bisa dikabari bahwa Anda "
        "mengajukan (nama, RT/RW, layanan). Tidak dibagikan ke warga lain.\n"
        "• Hak Anda (UU 27/2022): melihat, memperbaiki, dan menghapus.\n\n"
        "Jangan kirim NIK atau kata sandi di sini; foto KTP hanya kalau petugas memintanya.\n"
        "Ketik *status* untuk melihat permohonan Anda, *hapus data saya* untuk menghapus semuanya.",
        "info",
        pilihan=(
            tombol("Hapus data saya", "data_pribadi", tindakan="hapus"),
            tombol("Menu", "minta_menu"),
        ),
    )


def basa_basi(teks: str, layanan: str | None) -> Balasan:
    """Small talk."""
    return Balasan(teks, "basa_basi", layanan)
