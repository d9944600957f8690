"""The plots of a summary, each headed by what it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from kelurahan.console.percakapan.daftar import SEBAB
from kelurahan.console.permohonan.saringan import LABEL, UMUR, Saringan
from kelurahan.console.ringkasan import hitung
from kelurahan.console.ringkasan.angka import JAM, angka, lama, persen
from kelurahan.console.ringkasan.hitung import Hitungan, Tunggu
from kelurahan.console.ringkasan.tabel import (
    GARIS,
    REBAH,
    TEGAK,
    TUMPUK,
    Baris,
    Grafik,
    Sel,
    baris,
)
from kelurahan.console.tampilan import nama_layanan
from kelurahan.store import statistik
from kelurahan.store.statistik import Rentang

TERBANYAK, TREN_TERPENDEK = 10, 3
LALU = "Masa sebelumnya"
HASIL = {
    hitung.DIJAWAB: "Dijawab",
    hitung.DITANYA: "Ditanya balik",
    hitung.DISERAHKAN: "Diserahkan ke petugas",
    hitung.DI_LUAR: "Di luar urusan kelurahan",
    hitung.GAGAL: "Gagal dijawab (gangguan)",
}


def pesan(h: Hitungan) -> Grafik:
    """Messages, by hour or day."""
    kapan = max((r for _, r in h.masa.potongan), key=lambda r: r.jumlah(h.masuk))
    banyak = kapan.jumlah(h.masuk)
    judul = f"Paling ramai {h.masa.nama_lengkap(kapan)}: {angka(banyak)} pesan"
    return Grafik(
        judul if banyak else "Belum ada pesan masuk",
        f"Pesan masuk per {satuan(h)}",
        TEGAK,
        satuan(h).capitalize(),
        ["Pesan masuk"],
        _per_potongan(h, lambda r: (r.jumlah(h.masuk),)),
    )


def permohonan(h: Hitungan) -> Grafik:
    """Applications that came and went, by hour or day."""

    def banyaknya(r: Rentang) -> tuple[int, int]:
        return r.jumlah(h.diajukan), sum(r.jumlah(satu) for satu in h.tuntas.values())

    masuk, tuntas = banyaknya(h.masa.rentang)
    beda = masuk - tuntas
    akibat = f"antrean {'bertambah' if beda > 0 else 'berkurang'} {angka(abs(beda))}"
    return Grafik(
        f"{angka(masuk)} masuk, {angka(tuntas)} tuntas: {akibat if beda else 'antrean tetap'}"
        if masuk or tuntas
        else "Belum ada permohonan",
        f"Permohonan per {satuan(h)} (tuntas: selesai, ditolak, atau dibatalkan)",
        TEGAK,
        satuan(h).capitalize(),
        ["Masuk", "Tuntas"],
        _per_potongan(h, banyaknya),
    )


def hasil(h: Hitungan) -> Grafik:
    """What became of the messages that the assistant answered."""
    kini, lalu = h.keluar, h.keluar_lalu
    return Grafik(
        f"{persen(kini.bagian(hitung.DIJAWAB))} langsung terjawab, "
        f"{persen(kini.bagian(hitung.DISERAHKAN))} diserahkan ke petugas"
        if kini.jawaban
        else "Belum ada jawaban",
        "Hasil jawaban asisten",
        REBAH,
        "Hasil",
        ["Jumlah", "Bagian", LALU],
        [
            baris(nama, kini.hasil[satu], _bagian(kini.bagian(satu)), _bagian(lalu.bagian(satu)))
            for satu, nama in HASIL.items()
        ],
        digambar=["Bagian", LALU],
    )


def layanan(h: Hitungan) -> Grafik:
    """What residents ask about most."""
    ditanya, diajukan = h.keluar.layanan, h.layanan_diajukan
    urut = sorted(set(ditanya) | set(diajukan), key=lambda s: (-ditanya[s], -diajukan[s], s))
    teratas = urut[:TERBANYAK]
    judul = f"Paling banyak ditanyakan: {_judul_layanan(teratas[0])}" if teratas else ""
    return Grafik(
        judul or "Belum ada layanan yang ditanyakan",
        f"Layanan menurut jawaban yang diberikan ({TERBANYAK} teratas) dan permohonan yang masuk",
        REBAH,
        "Layanan",
        ["Ditanyakan", "Diajukan"],
        [
            baris(
                _judul_layanan(satu),
                ditanya[satu],
                diajukan[satu],
                tautan=Saringan(status="semua", layanan=satu).alamat(),
            )
            for satu in teratas
        ],
        ukuran="tinggi",
    )


def tunggu(h: Hitungan) -> Grafik:
    """How long applicants waited."""
    if h.dilihat.banyak:
        judul = f"Separuh permohonan mulai diperiksa dalam {lama(h.dilihat.median)}"
    else:
        judul = "Belum ada permohonan yang diperiksa"
    semua = (
        ("Sampai mulai diperiksa", h.dilihat, h.dilihat_lalu),
        ("Sampai siap diambil atau selesai", h.siap, h.siap_lalu),
    )
    return Grafik(
        judul,
        "Lama menunggu sejak permohonan masuk; malam dan hari libur ikut dihitung",
        REBAH,
        "Menunggu",
        ["Separuhnya paling lama", "90 % paling lama", f"{LALU} (separuhnya)", "Permohonan"],
        [
            baris(
                nama,
                _lama(kini.median),
                _lama(kini.sebagian_besar),
                _lama(lalu.median),
                Sel(angka(kini.banyak)),
            )
            for nama, kini, lalu in semua
        ],
        digambar=["Separuhnya paling lama", "90 % paling lama"],
    )


def terbuka(h: Hitungan) -> Grafik:
    """Applications that are not finished now, by status and age."""
    kelas = [f"sampai {UMUR[0]} hari", *_antara(UMUR), f"lebih dari {UMUR[-1]} hari"]
    jumlah = sum(h.terbuka.values())
    tua = sum(n for (_, umur), n in h.terbuka.items() if umur == len(UMUR))
    judul = f"{angka(jumlah)} permohonan belum tuntas, {angka(tua)} lebih dari {UMUR[-1]} hari"
    return Grafik(
        judul if jumlah else "Semua permohonan sudah tuntas",
        "Permohonan yang belum tuntas sekarang, menurut status dan umur",
        TUMPUK,
        "Status",
        kelas,
        [
            baris(
                LABEL[satu],
                *(h.terbuka[(satu, n)] for n in range(len(kelas))),
                tautan=Saringan(status=satu).alamat(),
            )
            for satu in statistik.BELUM_TUNTAS
        ],
    )


def serahan(h: Hitungan) -> Grafik:
    """Conversations that the assistant handed over."""
    kini, lalu = (Counter(satu.sebab for satu in semua) for semua in (h.serahan, h.serahan_lalu))
    ditanggapi = hitung.tunggu([s.tunggu for s in h.serahan if s.tunggu is not None])
    luput = sum(s.tunggu is None and not s.terbuka for s in h.serahan)
    menunggu = sum(s.tunggu is None and s.terbuka for s in h.serahan)
    judul = f"{angka(len(h.serahan))} percakapan diserahkan"
    if ditanggapi.banyak:
        judul += f", separuhnya ditanggapi dalam {lama(ditanggapi.median)}"
    tentang = "Percakapan yang diserahkan ke petugas, menurut sebabnya. " + _tanggapan(ditanggapi)
    return Grafik(
        judul if h.serahan else "Belum ada percakapan yang diserahkan",
        tentang
        + (f" {angka(menunggu)} masih menunggu." if menunggu else "")
        + (f" {angka(luput)} tidak sempat ditanggapi." if luput else ""),
        REBAH,
        "Sebab",
        ["Jumlah", LALU],
        [baris(SEBAB[satu], kini[satu], lalu[satu]) for satu in hitung.MENUNGGU],
    )


def rw(h: Hitungan) -> Grafik:
    """Where applicants live."""
    semua = sorted(set(h.rw) | set(h.rw_lalu))
    teratas = max(semua, key=lambda satu: h.rw[satu], default="")
    ada = bool(h.rw)
    return Grafik(
        f"Paling banyak dari RW {teratas}: {angka(h.rw[teratas])}" if ada else "Belum ada per RW",
        "Permohonan masuk menurut RW",
        TEGAK,
        "RW",
        ["Masuk", LALU],
        [
            baris(
                satu, h.rw[satu], h.rw_lalu[satu], tautan=Saringan(status="semua", rw=satu).alamat()
            )
            for satu in semua
        ],
        ukuran="lebar",
    )


def tren(h: Hitungan) -> list[Grafik]:
    """The last days, weeks or months."""
    semua = [(nama, *n) for (nama, _), n in zip(h.masa.tren, h.tren, strict=True)]
    mulai = next((n for n, (_, *angka_) in enumerate(semua) if any(angka_)), 0)
    semua = semua[min(mulai, len(semua) - TREN_TERPENDEK) :]  # not the time before there was a bot
    ramai = max(semua, key=lambda satu: satu[1])
    banyak = max(semua, key=lambda satu: satu[2])
    apa = h.masa.per
    masa = f"{len(semua)} {apa} terakhir"
    catatan = "; minggu disebut menurut hari Seninnya" if apa == "minggu" else ""
    catatan += "" if h.masa.utuh else "; yang terakhir belum lengkap"
    return [
        Grafik(
            f"{masa.capitalize()}: pesan terbanyak {ramai[0]} ({angka(ramai[1])})"
            if ramai[1]
            else f"Tidak ada pesan dalam {masa}",
            f"Pesan masuk per {apa}{catatan}",
            GARIS,
            apa.capitalize(),
            ["Pesan masuk"],
            [baris(nama, n) for nama, n, _, _ in semua],
            sebagian=not h.masa.utuh,
        ),
        Grafik(
            f"{masa.capitalize()}: permohonan terbanyak {banyak[0]} ({angka(banyak[2])})"
            if banyak[2]
            else f"Tidak ada permohonan dalam {masa}",
            f"Permohonan masuk dan selesai per {apa}{catatan}",
            GARIS,
            apa.capitalize(),
            ["Masuk", "Selesai"],
            [baris(nama, masuk, selesai) for nama, _, masuk, selesai in semua],
            sebagian=not h.masa.utuh,
        ),
    ]


def satuan(h: Hitungan) -> str:
    """What one bar stands for."""
    return "jam" if h.masa.per == "hari" else "hari"


def _per_potongan(h: Hitungan, banyaknya: Callable[[Rentang], tuple[int, ...]]) -> list[Baris]:
    """A line for each hour or day; those to come have no figure."""
    hasil = []
    for nama, potongan in h.masa.potongan:
        nanti = potongan.mulai >= h.masa.rentang.akhir
        sel = (Sel("-") if nanti else n for n in banyaknya(potongan))
        hasil.append(baris(nama, *sel))
    return hasil


def _judul_layanan(slug: str) -> str:
    nama = nama_layanan(slug)
    return nama[:1].upper() + nama[1:] if nama.split()[0].islower() else nama  # "e-KTP" stays


def _bagian(n: float) -> Sel:
    return Sel(persen(n), round(100 * n, 1))


def _lama(detik: float | None) -> Sel:
    return Sel(lama(detik), None if detik is None else round(detik / JAM, 2))


def _antara(batas: tuple[int, ...]) -> list[str]:
    return [f"{kecil}\u2013{besar} hari" for kecil, besar in zip(batas, batas[1:], strict=False)]


def _tanggapan(t: Tunggu) -> str:
    if not t.banyak:
        return "Belum ada yang ditanggapi."
    return f"Ditanggapi {angka(t.banyak)}; 90 % di antaranya dalam {lama(t.sebagian_besar)}."
