"""What the channel itself says when there is nothing for Rasa to answer (residents read this)."""

from __future__ import annotations

_MENU = "Ketik *menu* untuk melihat daftar layanan, atau *petugas* untuk bicara dengan petugas."

FIXED_REPLIES: dict[str, str] = {
    "suara": "Maaf, pesan suara belum bisa kami dengarkan di sini.\n"
    f"Mohon tulis pertanyaan Bapak/Ibu sebagai teks.\n\n{_MENU}",
    "foto": "Maaf, foto belum bisa kami baca di sini.\n"
    f"Mohon tulis keperluan Bapak/Ibu sebagai teks. Berkas dibawa saat ke kantor.\n\n{_MENU}",
    "video": "Maaf, video belum bisa kami lihat di sini.\n"
    f"Mohon tulis keperluan Bapak/Ibu sebagai teks.\n\n{_MENU}",
    "dokumen": "Maaf, berkas belum bisa kami baca di sini.\n"
    f"Mohon tulis keperluan Bapak/Ibu sebagai teks. Berkas dibawa saat ke kantor.\n\n{_MENU}",
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
    "terlalu_cepat": "Maaf, pesan Bapak/Ibu masuk terlalu banyak sekaligus, jadi sebagian "
    "tidak kami baca.\nMohon tunggu satu menit, lalu kirim lagi pertanyaan yang belum terjawab.",
    "gangguan": "Maaf, sedang ada gangguan sehingga pesan tadi belum terjawab.\n"
    "Mohon kirim ulang beberapa menit lagi.\n\n"
    "Kalau mendesak, silakan datang ke kantor kelurahan pada jam kerja.",
}

# Seconds in which the same reply is not repeated to the same resident: an album of ten photos
# arrives as ten messages, and an unknown type may come in a burst (facts section 4).
NOT_AGAIN_WITHIN: dict[str, int] = {"foto": 5, "video": 5, "tidak_dikenal": 60}
