"""The busiest hours: weekday by hour of the day, WIB."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kelurahan.console.ringkasan.angka import angka
from kelurahan.console.tampilan import HARI, tanggal
from kelurahan.store.statistik import PerJam, Rentang
from kelurahan.store.waktu import wib

SELALU = (8, 15)  # hours that are shown even when nobody wrote
KELAS = 5  # shades


@dataclass(frozen=True)
class Kotak:
    """One hour of one weekday; `kelas` is its shade, 0 (nothing) to KELAS."""

    banyak: str
    kelas: int


@dataclass(frozen=True)
class PetaPanas:
    """The table; empty `baris` when nobody wrote."""

    judul: str
    tentang: str
    hari: tuple[str, ...]
    baris: tuple[tuple[str, tuple[Kotak, ...]], ...]


def peta(masuk: PerJam, rentang: Rentang) -> PetaPanas:
    """Messages of that time by weekday and hour."""
    isi: Counter[tuple[int, int]] = Counter()
    for jam, banyak in masuk.items():
        if rentang.memuat(jam):
            isi[jam.weekday(), jam.hour] += banyak
    mulai, akhir = wib(rentang.mulai).date(), wib(rentang.akhir).date()
    tentang = f"Pesan masuk menurut hari dan jam (WIB), {tanggal(mulai)} sampai {tanggal(akhir)}"
    hari = tuple(nama[:3] for nama in HARI)
    if not isi:
        return PetaPanas("Belum ada jam sibuk", tentang, hari, ())
    (hari_puncak, jam_puncak), puncak = max(isi.items(), key=lambda satu: (satu[1], satu[0]))
    dari = min(SELALU[0], *(jam for _, jam in isi))
    sampai = max(SELALU[1], *(jam for _, jam in isi))
    return PetaPanas(
        f"Paling sibuk: {HARI[hari_puncak]} {_jam(jam_puncak)}",
        tentang,
        hari,
        tuple(
            (_jam(jam), tuple(_kotak(isi[n, jam], puncak) for n in range(len(HARI))))
            for jam in range(dari, sampai + 1)
        ),
    )


def _kotak(banyak: int, puncak: int) -> Kotak:
    # the smallest shade for anything at all, the darkest for the peak alone and what is near it
    return Kotak(angka(banyak) if banyak else "", -(-banyak * KELAS // puncak))


def _jam(mulai: int) -> str:
    return f"{mulai:02d}\u2013{(mulai + 1) % 24 or 24:02d}"
