"""Texts about talking to a human: the queue, an officer who takes over, and the end of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kelurahan.replies.dasar import Balasan, gabung, tanggal_panjang
from kelurahan.replies.info import saluran_aduan
from kelurahan.wilayah import Kelurahan

HARI = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
SEMENTARA = "Sementara itu saya tetap menjawab; ketik *menu* untuk daftar layanan."
MENIT_PER_JAM = 60


@dataclass(frozen=True)
class Kabar:
    """What is known of a resident's place in the queue; moments in WIB."""

    baru: bool  # just put into the queue; False: was in it before
    sejak: datetime
    dipegang: bool
    di_depan: int
    lama: timedelta | None  # as long as it took lately; None with too little to go by
    kini: datetime
    tutup: datetime | None  # when the office closes; None while it is closed
    buka: datetime | None  # when it opens next; None when no hours are known


def petugas(kelurahan: Kelurahan, kabar: Kabar) -> Balasan:
    """Passed on to a human: how many wait before, how long it takes, or when the office opens."""
    ke_kantor = f"Bisa juga datang langsung: {kelurahan.alamat}." if kelurahan.alamat else ""
    return Balasan(
        gabung(_keadaan(kelurahan, kabar), "" if kabar.dipegang else ke_kantor, SEMENTARA),
        "petugas",
    )


def keluhan(kelurahan: Kelurahan, kabar: Kabar) -> Balasan:
    """A complaint about the office's own services: to a human, with the public channel named."""
    aduan = saluran_aduan(kelurahan)
    return Balasan(
        gabung(
            f"Mohon maaf atas pengalaman Anda. {_keadaan(kelurahan, kabar)}",
            f"Keluhan resmi: {aduan}." if aduan else "",
            SEMENTARA,
        ),
        "petugas",
    )


def tidak_paham(balasan: Balasan, kelurahan: Kelurahan, kabar: Kabar) -> Balasan:
    """Asked back again and again: the question is asked once more, and a human reads along."""
    maaf = "Maaf, saya berulang kali belum paham. " if kabar.baru else ""
    return balasan.ditambah(maaf + _keadaan(kelurahan, kabar))


def _keadaan(kelurahan: Kelurahan, kabar: Kabar) -> str:
    if kabar.dipegang:
        return "Percakapan ini sedang ditangani petugas; tulis saja pesan Anda untuknya."
    if kabar.baru:
        pembuka = f"Pesan Anda sudah saya teruskan ke petugas {kelurahan.nama}."
    else:
        pembuka = f"Anda masih menunggu petugas sejak {_kapan(kabar.sejak, kabar.kini)}."
    return f"{pembuka} {_menunggu(kabar) if kabar.tutup else _di_luar_jam(kabar)}"


def _menunggu(kabar: Kabar) -> str:
    """While the office is open."""
    depan = f"{kabar.di_depan} warga di depan Anda" if kabar.di_depan else "Anda yang berikutnya"
    sampai = f"jam kerja hari ini, sampai {kabar.tutup:%H.%M} WIB"
    if kabar.lama is None:
        kira = f"Lamanya belum bisa diperkirakan; biasanya dijawab pada {sampai}."
    else:
        kira = f"Biasanya dijawab dalam {_lamanya(kabar.lama)}."
    besok = kabar.lama is not None and kabar.kini + kabar.lama > kabar.tutup
    if besok and kabar.buka:
        kira += f" Kalau tidak sempat hari ini, mulai {_kapan(kabar.buka, kabar.kini)}."
    return f"Kantor sedang buka. {depan}. {kira}"


def _di_luar_jam(kabar: Kabar) -> str:
    if kabar.buka is None:
        return "Petugas membalas pada jam kerja."
    mulai = _kapan(kabar.buka, kabar.kini)
    return f"Kantor sedang tutup; petugas membalas mulai {mulai} (kecuali hari libur)."


def _kapan(saat: datetime, kini: datetime) -> str:
    """`hari ini 08.00 WIB`, `Senin 08.00 WIB`, or with the date when it is further away."""
    if saat.date() == kini.date():
        hari = "hari ini"
    elif abs((saat.date() - kini.date()).days) < len(HARI):
        hari = HARI[saat.weekday()]
    else:
        hari = tanggal_panjang(saat.date())
    return f"{hari} {saat:%H.%M} WIB"


def _lamanya(lama: timedelta) -> str:
    """Rounded up: a promise that is kept."""
    menit = -(-int(lama.total_seconds()) // 60)
    if menit <= 5:
        return "5 menit"
    if menit < MENIT_PER_JAM:
        return f"sekitar {-(-menit // 5) * 5} menit"
    return f"sekitar {-(-menit // MENIT_PER_JAM)} jam kerja"


# what officers' doings cause


def diambil(nama: str) -> str:
    """An officer has taken over."""
    return (
        f"Anda sekarang dibantu petugas {nama}. Asisten otomatis berhenti dulu.\n"
        "Ketik *selesai* untuk kembali ke asisten."
    )


def dilepas(nama: str) -> str:
    """The officer cannot go on; a colleague will."""
    return (
        f"Petugas {nama} belum bisa melanjutkan. Anda tetap dalam antrean petugas; sementara itu "
        "asisten otomatis kembali menjawab. Ketik *menu* untuk daftar layanan."
    )


# the assistant asks whether it is meant, and does it
HAPUS_DATA = (
    "Penghapusan data ditangani asisten otomatis, jadi percakapan dengan petugas dijeda. "
    "Kalau tidak jadi menghapus, ketik *petugas*."
)
SELESAI = (
    "Percakapan dengan petugas ditutup; asisten otomatis kembali menjawab. "
    "Ketik *menu* untuk daftar layanan, *petugas* kalau masih perlu bantuan."
)
OTOMATIS = (
    "Karena sudah lama tidak ada pesan, percakapan dengan petugas ditutup; asisten otomatis "
    "kembali menjawab. Ketik *menu* untuk daftar layanan, *petugas* kalau masih perlu bantuan."
)
KEDALUWARSA = (
    "Mohon maaf, permintaan Anda untuk bicara dengan petugas belum terjawab selama seminggu, jadi "
    "kami tutup. Ketik *petugas* kalau masih perlu, atau *menu* untuk daftar layanan."
)
