"""One service of the catalogue: its parts, and how they are read from the keys of a file.

What each key means stands in `layanan/README.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from kelurahan.berkas import Bagian

# Limits: 24 is WhatsApp's for a list row; the others keep answers readable.
JUDUL, SINGKAT, NAMA, BARIS, KALIMAT, CATATAN, KERAGUAN = 24, 45, 72, 110, 260, 150, 300
KEYAKINAN = ("tinggi", "sedang", "rendah")
PENGANTAR = ("ya", "tidak", "mungkin")
SLUG = r"[a-z][a-z0-9_]*"
SEBUTAN = r"[a-z0-9][a-z0-9 '-]*"


@dataclass(frozen=True)
class Varian:
    """A case of a service with requirements of its own (new, lost, damaged...)."""

    kunci: str
    nama: str
    sebutan: tuple[str, ...]
    syarat: tuple[str, ...]
    catatan: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pengantar:
    """Whether an RT/RW letter is needed, and what the resident does about it."""

    perlu: str
    pesan: str


@dataclass(frozen=True)
class UsiaMinimal:
    """The age below which the service cannot be applied for."""

    tahun: int
    kecuali_kawin: bool
    pesan: str


@dataclass(frozen=True)
class Sumber:
    """Where a fact was read."""

    url: str
    ket: str = ""


@dataclass(frozen=True)
class Layanan:
    """One service as residents read it, with its sources and doubts."""

    slug: str
    nomor: int
    kelompok: str
    judul: str
    nama: str
    singkat: str
    pembuka: str
    sebutan: tuple[str, ...]
    syarat: tuple[str, ...]
    varian: tuple[Varian, ...]
    biaya: str
    lama: str
    alur: tuple[str, ...]
    penerbit: str
    catatan: tuple[str, ...]
    pengantar: Pengantar
    usia_minimal: UsiaMinimal | None
    data_siapa: str
    rt_rw_mana: str
    dasar_hukum: tuple[str, ...]
    keraguan: tuple[str, ...]
    sumber: tuple[Sumber, ...]
    diperiksa: date
    keyakinan: str

    def baris(self) -> Iterable[str]:
        """Every line a resident may read in an answer about requirements."""
        yield from (
            self.nama,
            self.pembuka,
            self.biaya,
            self.lama,
            self.penerbit,
            self.pengantar.pesan,
        )
        yield from (*self.syarat, *self.catatan)
        for varian in self.varian:
            yield from (varian.nama, *varian.syarat, *varian.catatan)


@dataclass(frozen=True)
class Kelompok:
    """A group of services in the menu list."""

    kunci: str
    judul: str


def baca_layanan(b: Bagian, slug: str, kelompok: Sequence[Kelompok]) -> Layanan:
    """Read one service from its keys; faults go into `b`'s list."""
    b.kenal(*(name for name in Layanan.__dataclass_fields__ if name != "slug"))
    if not b.isi.get("syarat") and not b.isi.get("varian"):
        b.lapor("syarat", "missing; a service needs `syarat` or `varian`", "kosong")
    return Layanan(
        slug=slug,
        nomor=b.bulat("nomor", 1, 99),
        kelompok=b.pilihan("kelompok", [k.kunci for k in kelompok]),
        judul=b.teks("judul", JUDUL),
        nama=b.teks("nama", NAMA),
        singkat=b.teks("singkat", SINGKAT),
        pembuka=b.teks("pembuka", BARIS, wajib=False),
        sebutan=b.daftar("sebutan", 60, paling_sedikit=1, pola=SEBUTAN),
        syarat=b.daftar("syarat", BARIS, paling_banyak=12),
        varian=tuple(_varian(v) for v in b.bagian_bagian("varian")),
        biaya=b.teks("biaya", KALIMAT),
        lama=b.teks("lama", KALIMAT),
        alur=b.daftar("alur", BARIS, paling_sedikit=3, paling_banyak=6),
        penerbit=b.teks("penerbit", BARIS),
        catatan=b.daftar("catatan", CATATAN, paling_banyak=4),
        pengantar=_pengantar(b.bagian("pengantar")),
        usia_minimal=_usia(b.bagian("usia_minimal", wajib=False)),
        data_siapa=b.teks("data_siapa", 40),
        rt_rw_mana=b.teks("rt_rw_mana", 40, wajib=False) or "tempat tinggal",
        dasar_hukum=b.daftar("dasar_hukum", CATATAN),
        keraguan=b.daftar("keraguan", KERAGUAN),
        sumber=tuple(_sumber(s) for s in b.bagian_bagian("sumber", paling_sedikit=1)),
        diperiksa=b.tanggal("diperiksa"),
        keyakinan=b.pilihan("keyakinan", KEYAKINAN),
    )


def tulis_layanan(layanan: Layanan) -> dict[str, Any]:
    """The keys and values a file with this service would hold: the way back."""
    isi = _tulis(asdict(layanan))
    del isi["slug"]
    return isi


def _tulis(nilai: Any) -> Any:
    """Tuples become lists; what is empty is left out, as in the files."""
    if isinstance(nilai, Mapping):
        return {k: _tulis(v) for k, v in nilai.items() if v not in (None, "", ())}
    return [_tulis(satu) for satu in nilai] if isinstance(nilai, tuple) else nilai


def _varian(b: Bagian) -> Varian:
    b.kenal("kunci", "nama", "sebutan", "syarat", "catatan")
    return Varian(
        kunci=b.teks("kunci", 40, pola=SLUG, bebas=True),
        nama=b.teks("nama", NAMA),
        sebutan=b.daftar("sebutan", 60, paling_sedikit=1, pola=SEBUTAN),
        syarat=b.daftar("syarat", BARIS, paling_sedikit=1, paling_banyak=12),
        catatan=b.daftar("catatan", CATATAN, paling_banyak=2),
    )


def _pengantar(b: Bagian | None) -> Pengantar:
    if b is None:
        return Pengantar("", "")
    b.kenal("perlu", "pesan")
    return Pengantar(b.pilihan("perlu", PENGANTAR), b.teks("pesan", KERAGUAN))


def _usia(b: Bagian | None) -> UsiaMinimal | None:
    if b is None:
        return None
    b.kenal("tahun", "kecuali_kawin", "pesan")
    return UsiaMinimal(b.bulat("tahun", 1, 99), b.benar("kecuali_kawin"), b.teks("pesan", CATATAN))


def _sumber(b: Bagian) -> Sumber:
    b.kenal("url", "ket")
    return Sumber(b.url("url"), b.teks("ket", CATATAN, wajib=False))
