"""What the channel itself says when there is nothing for Rasa to answer (residents read this)."""

from __future__ import annotations

_MENU = "Ketik *menu* untuk melihat daftar layanan, atau *petugas* untuk bicara dengan petugas."
_BRING_IT = (
    "Mohon tulis keperluan Bapak/Ibu sebagai teks. Berkas dibawa saat ke kantor.\n\n"
    "Foto syarat bisa dikirim ke sini setelah permohonannya diajukan."
)
_AGAIN = "Kalau tetap tidak bisa, bawa saja saat ke kantor."
_ORIGINAL = "Berkas aslinya tetap mohon ditunjukkan saat ke kantor."
KEPT = "lampiran"  # what the resident hears then names the application, see below

FIXED_REPLIES: dict[str, str] = {
    "suara": "Maaf, pesan suara belum bisa kami dengarkan di sini.\n"
    f"Mohon tulis pertanyaan Bapak/Ibu sebagai teks.\n\n{_MENU}",
    "foto": f"Maaf, foto belum bisa kami baca di sini.\n{_BRING_IT}\n\n{_MENU}",
    "video": "Maaf, video belum bisa kami lihat di sini.\n"
    f"Mohon tulis keperluan Bapak/Ibu sebagai teks.\n\n{_MENU}",
    "dokumen": f"Maaf, berkas belum bisa kami baca di sini.\n{_BRING_IT}\n\n{_MENU}",
    "stiker": f"Terima kasih stikernya. Ada yang bisa kami bantu?\n\n{_MENU}",
    "lokasi": "Maaf, lokasi belum bisa kami pakai di sini.\n"
    f"Kalau ditanya alamat, mohon tulis RT dan RW-nya, contoh: RT 3 RW 5\n\n{_MENU}",
    "kontak": "Maaf, kartu kontak belum bisa kami baca di sini.\n"
    f"Mohon tulis keperluan Bapak/Ibu sebagai teks.\n\n{_MENU}",
    "suntingan": "Maaf, pesan yang diubah (edit) tidak terbaca oleh kami.\n"
    f"Mohon kirim lagi yang benar sebagai pesan baru.\n\n{_MENU}",
    "terlalu_besar": "Maaf, berkasnya terlalu besar sehingga tidak sampai ke kami.\n"
    f"Mohon tulis keperluan Bapak/Ibu sebagai teks.\n\n{_MENU}",
    "tidak_didukung": "Maaf, jenis pesan ini tidak terbaca oleh kami.\n"
    f"Mohon kirim ulang sebagai teks.\n\n{_MENU}",
    "tidak_dikenal": "Maaf, jenis pesan ini tidak terbaca oleh kami.\n"
    f"Mohon kirim ulang sebagai teks.\n\n{_MENU}",
    "kosong": "Maaf, pesan Bapak/Ibu kosong, tidak ada tulisan yang terbaca.\n"
    f"Mohon tulis pertanyaannya.\n\n{_MENU}",
    "tertunda": "Pesan Bapak/Ibu sudah kami terima. Maaf, sistem kami sedang terganggu, jadi "
    "jawabannya terlambat. Tidak perlu dikirim ulang: begitu pulih, langsung kami jawab.",
    "lampiran_penuh": "Maaf, hari ini sudah banyak foto dan berkas Bapak/Ibu yang kami simpan, "
    "jadi yang ini tidak lagi. Mohon selebihnya dibawa saat ke kantor.",
    "lampiran_jenis": "Maaf, berkas yang tadi Bapak/Ibu kirim tidak kami simpan karena jenisnya "
    f"tidak bisa dibuka di sini. Mohon kirim sebagai foto biasa atau PDF. {_AGAIN}",
    "lampiran_besar": "Maaf, berkas yang tadi Bapak/Ibu kirim tidak kami simpan karena terlalu "
    "besar: foto paling besar 5 MB, dokumen paling besar 10 MB. "
    f"Mohon kirim yang lebih kecil, misalnya sebagai foto biasa. {_AGAIN}",
    "lampiran_rusak": "Maaf, foto yang tadi Bapak/Ibu kirim tidak bisa dibuka, mungkin rusak. "
    f"Mohon foto ulang, lalu kirim sekali lagi. {_AGAIN}",
    "lampiran_gagal": "Maaf, foto atau berkas yang tadi Bapak/Ibu kirim gagal kami ambil dari "
    f"WhatsApp. Mohon kirim sekali lagi. {_AGAIN}",
    "terlalu_cepat": "Maaf, pesan Bapak/Ibu masuk terlalu banyak sekaligus, jadi sebagian "
    "tidak kami baca.\nMohon tunggu satu menit, lalu kirim lagi pertanyaan yang belum terjawab.",
    "gangguan": "Maaf, sedang ada gangguan sehingga pesan tadi belum terjawab.\n"
    "Mohon kirim ulang beberapa menit lagi.\n\n"
    "Kalau mendesak, silakan datang ke kantor kelurahan pada jam kerja.",
}

# Seconds in which the same reply is not repeated to the same resident: an album of ten photos
# arrives as ten messages, and an unknown type may come in a burst (facts section 4).
NOT_AGAIN_WITHIN: dict[str, int] = {
    "foto": 5,
    "video": 5,
    "tidak_dikenal": 60,
    **dict.fromkeys(("lampiran_penuh", "lampiran_jenis", "lampiran_besar", "lampiran_rusak"), 60),
    "lampiran_gagal": 600,  # an album fails as a whole, but each photo after its own tries
}


def kept_for_application(what: str, number: str) -> str:
    """A photo or file was kept: for which application, and what it does not replace."""
    return (
        f"{what} Bapak/Ibu kami terima dan kami simpan untuk petugas, untuk permohonan *{number}*. "
        f"Kalau ada lanjutannya, langsung kami simpan juga.\n{_ORIGINAL}"
    )


def kept_for_officer(what: str) -> str:
    """A photo or file was kept for the officer who will answer."""
    return (
        f"{what} Bapak/Ibu kami terima dan kami simpan untuk petugas yang akan menjawab. "
        f"Kalau ada lanjutannya, langsung kami simpan juga.\n{_ORIGINAL}"
    )
