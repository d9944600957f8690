"""The catalogue of services: `layanan/<slug>.yml`, read once and checked whole.

What each key means stands in `layanan/README.md`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from kelurahan.berkas import Bagian, baca_yaml, memuat, tampil
from kelurahan.katalog_periksa import periksa_bersama
from kelurahan.settings import ROOT, settings

# Limits: 24 is WhatsApp's for a list row; the others keep answers readable.
JUDUL, SINGKAT, NAMA, BARIS, KALIMAT, CATATAN, KERAGUAN = 24, 45, 72, 110, 260, 150, 300
KEYAKINAN = ("tinggi", "sedang", "rendah")
PENGANTAR = ("ya", "tidak", "mungkin")
SLUG = r"[a-z][a-z0-9_]*"
SEBUTAN = r"[a-z0-9][a-z0-9 '-]*"


class KatalogError(ValueError):
    """The catalogue is unusable; the message lists every fault with file, key and value."""


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


@dataclass(frozen=True)
class Katalog:
    """All services in menu order, and their groups."""

    layanan: tuple[Layanan, ...]
    kelompok: tuple[Kelompok, ...]

    def ambil(self, slug: str) -> Layanan:
        """Return the service with this slug; an unknown one is a KatalogError."""
        for layanan in self.layanan:
            if layanan.slug == slug:
                return layanan
        mirip = get_close_matches(slug, self.slugs(), 1)
        saran = f"; did you mean {mirip[0]!r}?" if mirip else ""
        raise KatalogError(f"no service {tampil(slug)} in the catalogue{saran}")

    def nomor(self, n: int) -> Layanan | None:
        """Return the service with this menu number, if there is one."""
        return self.layanan[n - 1] if 1 <= n <= len(self.layanan) else None

    def slugs(self) -> tuple[str, ...]:
        """All slugs in menu order."""
        return tuple(layanan.slug for layanan in self.layanan)

    def per_kelompok(self, kunci: str) -> tuple[Layanan, ...]:
        """The services of a group, in menu order."""
        return tuple(layanan for layanan in self.layanan if layanan.kelompok == kunci)

    def sidik(self) -> str:
        """Fingerprint of what the trained model depends on: slugs, aliases and variant words."""
        isi = [(x.slug, x.sebutan, [(v.kunci, v.sebutan) for v in x.varian]) for x in self.layanan]
        return hashlib.sha256(repr(sorted(isi)).encode()).hexdigest()


def muat(folder: Path) -> Katalog:
    """Read and check every file of `folder`; raise KatalogError with all faults."""
    salah: list[str] = []
    kelompok = _kelompok(folder, salah)
    berkas = sorted(p for p in folder.glob("*.y*ml") if not p.name.startswith("_"))
    if not berkas:
        salah.append(f"{folder.name}/: no service file (<slug>.yml)")
    layanan = [x for x in (_layanan(p, kelompok, salah) for p in berkas) if x]
    salah += periksa_bersama(folder.name, layanan, kelompok, lengkap=len(layanan) == len(berkas))
    if salah:
        raise KatalogError("\n".join(salah))
    return Katalog(tuple(sorted(layanan, key=lambda x: x.nomor)), kelompok)


@lru_cache(maxsize=1)
def katalog() -> Katalog:
    """The process's catalogue, from LAYANAN_DIR or `layanan/`."""
    return muat(Path(settings().layanan_dir or ROOT / "layanan"))


def pilih_varian(layanan: Layanan, teks: str) -> Varian | None:
    """Return the variant whose word stands in `teks`; the longest wins, a tie is no choice."""
    cocok = [
        (len(sebutan), varian)
        for varian in layanan.varian
        for sebutan in varian.sebutan
        if memuat(teks, sebutan)
    ]
    terpanjang = max((panjang for panjang, _ in cocok), default=0)
    menang = {varian for panjang, varian in cocok if panjang == terpanjang}
    return menang.pop() if len(menang) == 1 else None


def _kelompok(folder: Path, salah: list[str]) -> tuple[Kelompok, ...]:
    nama = f"{folder.name}/_kelompok.yml"
    isi = baca_yaml(folder / "_kelompok.yml", nama, salah)
    hasil = []
    for b in Bagian(nama, {"kelompok": isi or []}, salah).bagian_bagian("kelompok"):
        b.kenal("kunci", "judul")
        hasil.append(Kelompok(b.teks("kunci", 40, pola=SLUG, bebas=True), b.teks("judul", JUDUL)))
    return tuple(hasil)


def _layanan(path: Path, kelompok: tuple[Kelompok, ...], salah: list[str]) -> Layanan | None:
    nama, slug = f"{path.parent.name}/{path.name}", path.stem
    if not re.fullmatch(SLUG, slug) or path.suffix != ".yml":
        salah.append(f"{nama}: the file name must be <slug>.yml, lower case letters, digits and _")
    if (isi := baca_yaml(path, nama, salah)) is None:
        return None
    b = Bagian(nama, isi, salah)
    b.kenal(*(name for name in Layanan.__dataclass_fields__ if name != "slug"))
    if not b.isi.get("syarat") and not b.isi.get("varian"):
        b.lapor("syarat", "missing; a service needs `syarat` or `varian`")
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
