"""The kelurahan itself: who and where it is, whose work other matters are, which RT and RW exist.

Facts come from `wilayah/`; what is not known there is absent here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kelurahan import pemicu as _pemicu
from kelurahan.berkas import Bagian, baca_yaml, polos, tampil
from kelurahan.settings import ROOT, settings
from kelurahan.tabel import Cacat, TabelError, kutip
from kelurahan.tabel import baca as baca_tabel
from kelurahan.tabel import tulis as tulis_tabel

KEYAKINAN = ("tinggi", "sedang", "rendah")
ISI_KANTOR = ("nama", "alamat", "jam", "situs", "surel", "wa", "ket")
SUREL = r"[\w.+-]+@[\w-]+\.[\w.]+"
TELEPON = r"0\d{2,3}-?\d{3,4}-?\d{3,5}"
KOLOM, KETERANGAN = ("rw", "rt"), "keterangan"
CONTOH = "contoh"


class WilayahError(ValueError):
    """A file of `wilayah/` is unusable; the message lists every fault, one a line."""


@dataclass(frozen=True)
class Kantor:
    """Another office and the ways to reach it that are known."""

    nama: str
    alamat: str | None = None
    jam: str | None = None
    situs: str | None = None
    surel: str | None = None
    wa: str | None = None
    ket: str | None = None


@dataclass(frozen=True)
class Rujukan:
    """A matter of another office: what residents call it and where it is done."""

    kunci: str
    kata: tuple[str, ...]
    kantor: str
    pesan: str


@dataclass(frozen=True)
class Kelurahan:
    """Everything the bot may say about the kelurahan; None where nothing is known."""

    nama: str
    nama_pendek: str
    kecamatan: str
    kota: str
    provinsi: str
    awalan_nomor: str
    pemicu: tuple[str, ...]
    pemicu_tempat: tuple[str, ...]
    alamat: str | None
    surel: str | None
    situs: str | None
    jam: tuple[tuple[str, str], ...]
    jam_catatan: str | None
    pengaduan: Kantor | None
    disdukcapil: Kantor | None
    kantor_kecamatan: Kantor | None
    rujukan: tuple[Rujukan, ...]


@dataclass(frozen=True)
class Direktori:
    """The RT and RW that exist; `contoh` says that it is the shipped sample, not the real list."""

    pasangan: frozenset[tuple[str, str]]
    contoh: bool

    def ada(self, rt: str, rw: str) -> bool:
        """Does this RT of this RW exist?"""
        return (rt, rw) in self.pasangan

    def rw(self) -> list[str]:
        """All RW, sorted."""
        return sorted({rw for _, rw in self.pasangan})

    def rt_di(self, rw: str) -> list[str]:
        """The RT of one RW, sorted; empty when there is no such RW."""
        return sorted(rt for rt, milik in self.pasangan if milik == rw)


def folder_wilayah() -> Path:
    """Where the files of this kelurahan are: WILAYAH_DIR or `wilayah/`."""
    return Path(settings().wilayah_dir or ROOT / "wilayah")


@lru_cache(maxsize=1)
def kelurahan() -> Kelurahan:
    """The process's kelurahan."""
    return muat(folder_wilayah())


def adalah_pemicu(teks: str) -> bool:
    """Is this just the kelurahan's name (any spelling, greetings around it), the menu's trigger?"""
    k = kelurahan()
    return _pemicu.cocok(
        teks, k.pemicu, (k.kecamatan, "kecamatan kec", *k.pemicu_tempat, k.kota, k.provinsi)
    )


def cari_rujukan(teks: str) -> Rujukan | None:
    """Return the office whose matter `teks` names; the longest words win."""
    isi = f" {polos(teks)} "
    cocok = [
        (len(kata), -n, rujukan)
        for n, rujukan in enumerate(kelurahan().rujukan)
        for kata in rujukan.kata
        if f" {polos(kata)} " in isi
    ]
    return max(cocok, key=lambda x: x[:2])[2] if cocok else None


def muat(folder: Path) -> Kelurahan:
    """Read and check kelurahan.yml and rujukan.yml; raise WilayahError with all faults."""
    salah: list[str] = []
    nama = f"{folder.name}/kelurahan.yml"
    isi = baca_yaml(folder / "kelurahan.yml", nama, salah)
    if isi is None:
        raise WilayahError("\n".join(salah))
    b = Bagian(nama, isi, salah)
    b.kenal(*(set(Kelurahan.__dataclass_fields__) - {"rujukan", "jam_catatan"}))
    pengaduan = _kantor(b, "pengaduan")
    jam, catatan = _jam(b.bagian("jam", wajib=False))
    hasil = Kelurahan(
        **{k: b.teks(k, 60) for k in ("nama", "nama_pendek", "kecamatan", "kota", "provinsi")},
        awalan_nomor=b.teks("awalan_nomor", 6, pola=r"[A-Z]{2,6}"),
        pemicu=b.daftar("pemicu", 60, paling_sedikit=1, pola=r"[a-z0-9 ]{5,}"),
        pemicu_tempat=b.daftar("pemicu_tempat", 60, pola=r"[a-z0-9 ]+"),
        alamat=_fakta(b, "alamat"),
        surel=_fakta(b, "surel", SUREL),
        situs=_fakta(b, "situs", r"https?://\S+"),
        jam=jam,
        jam_catatan=catatan,
        pengaduan=pengaduan,
        disdukcapil=_kantor(b, "disdukcapil"),
        kantor_kecamatan=_kantor(b, "kantor_kecamatan"),
        rujukan=tuple(_rujukan(folder, pengaduan, salah)),
    )
    if salah:
        raise WilayahError("\n".join(salah))
    return hasil


def _fakta(b: Bagian, kunci: str, pola: str = "") -> str | None:
    """A single fact: isi, keyakinan, sumber. Absent when unknown."""
    if (f := b.bagian(kunci, wajib=False)) is None:
        return None
    f.kenal("isi", "keyakinan", "sumber")
    _asal(f)
    return f.teks("isi", 150, pola=pola, bebas=True) or None


def _asal(f: Bagian) -> None:
    f.pilihan("keyakinan", KEYAKINAN)
    f.teks("sumber", 600, bebas=True)


def _kantor(b: Bagian, kunci: str) -> Kantor | None:
    if (f := b.bagian(kunci, wajib=False)) is None:
        return None
    f.kenal(*ISI_KANTOR, "keyakinan", "sumber")
    _asal(f)
    pola = {"surel": SUREL, "wa": TELEPON, "situs": r"https?://\S+"}
    isi = {
        k: f.teks(k, 150, wajib=k == "nama", pola=pola.get(k, ""), bebas=True) or None
        for k in ISI_KANTOR
    }
    return Kantor(**{**isi, "nama": isi["nama"] or ""})


def _jam(f: Bagian | None) -> tuple[tuple[tuple[str, str], ...], str | None]:
    if f is None:
        return (), None
    f.kenal("hari", "catatan", "keyakinan", "sumber")
    _asal(f)
    hari = f.isi.get("hari")
    if not isinstance(hari, list) or not all(
        isinstance(h, list) and len(h) == 2 and all(isinstance(x, str) for x in h) for h in hari
    ):
        f.lapor("hari", f"{tampil(hari)} expected lines like [Senin-Kamis, 08.00-16.00 WIB]")
        hari = []
    return tuple((h, j) for h, j in hari), f.teks("catatan", 150, wajib=False) or None


def _rujukan(folder: Path, pengaduan: Kantor | None, salah: list[str]) -> Iterator[Rujukan]:
    nama = f"{folder.name}/rujukan.yml"
    isi = baca_yaml(folder / "rujukan.yml", nama, salah)
    lewat = pengaduan.nama if pengaduan else "Pemerintah Kota"
    if pengaduan and pengaduan.wa:
        lewat = f"{pengaduan.nama.split(' (')[0]}, WhatsApp {pengaduan.wa}"
    pemilik: dict[str, str] = {}
    for b in Bagian(nama, {"rujukan": isi or []}, salah).bagian_bagian("rujukan"):
        b.kenal("kunci", "kata", "kantor", "pesan")
        r = Rujukan(
            b.teks("kunci", 40, bebas=True, pola=r"[a-z][a-z0-9_]*"),
            b.daftar("kata", 60, paling_sedikit=1, pola=r"[a-z0-9][a-z0-9 '-]*"),
            b.teks("kantor", 80),
            b.teks("pesan", 200, bebas=True, pola=r"[^.].*\.").replace("{pengaduan}", lewat),
        )
        for kata in r.kata:
            if (lain := pemilik.setdefault(polos(kata), r.kunci)) != r.kunci:
                b.lapor("kata", f"{kata!r} stands in {lain} too")
        yield r


def baca_csv(path: Path) -> Direktori:
    """Read a directory of RT and RW: columns rw, rt, and keterangan if wanted."""
    try:
        return urai_csv(path.name, path.read_bytes())
    except FileNotFoundError as exc:
        raise WilayahError(f"{path.name}: berkas tidak ada") from exc
    except TabelError as exc:
        raise WilayahError(str(exc)) from exc


def urai_csv(nama: str, isi: bytes) -> Direktori:
    """The directory in the bytes of a file; TabelError names every faulty row."""
    tabel = baca_tabel(nama, isi, KOLOM, (KETERANGAN,))
    salah = list(tabel.cacat)
    pasangan: dict[tuple[str, str], int] = {}
    contoh = False
    for n, nilai in tabel.baris:
        rt, rw = (_angka(n, kolom, nilai[kolom], salah) for kolom in ("rt", "rw"))
        contoh = contoh or nilai.get(KETERANGAN, "").casefold() == CONTOH
        if rt and rw and (lama := pasangan.setdefault((rt, rw), n)) != n:
            pesan = f"rt {rt} rw {rw} sudah ada di baris {lama}; hapus salah satunya"
            salah.append(Cacat(pesan, n))
    if salah:
        raise TabelError(nama, sorted(salah, key=lambda cacat: cacat.baris or 0))
    return Direktori(frozenset(pasangan), contoh)


def tulis_csv(direktori: Direktori) -> bytes:
    """The directory as a file that `urai_csv` reads back unchanged."""
    keterangan = CONTOH if direktori.contoh else ""
    urut = sorted((rw, rt) for rt, rw in direktori.pasangan)
    baris = ({"rw": rw, "rt": rt, KETERANGAN: keterangan} for rw, rt in urut)
    return tulis_tabel((*KOLOM, KETERANGAN), baris)


def _angka(baris: int, kolom: str, nilai: str, salah: list[Cacat]) -> str:
    try:
        return tiga_angka(kolom, nilai)
    except ValueError as exc:
        salah.append(Cacat(str(exc), baris))
        return ""


def tiga_angka(kolom: str, nilai: str) -> str:
    """Return '003' for '3', '03' or '003'; ValueError says what is wrong with anything else."""
    if not nilai:
        raise ValueError(f"{kolom} kosong; isi dengan angka, misalnya 3 atau 003")
    if not re.fullmatch(r"[0-9]+", nilai):
        raise ValueError(f"{kolom} {kutip(nilai)} bukan angka; tulis angkanya saja, misalnya 3")
    if len(nilai) > 9 or not 1 <= int(nilai) <= 999:
        raise ValueError(f"{kolom} {kutip(nilai)} di luar 1 sampai 999; periksa angkanya")
    return f"{int(nilai):03d}"
