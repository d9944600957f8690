"""What the queue is narrowed to: status, service, RT/RW, age. It stands in addresses: no names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.sql import ColumnElement

from kelurahan.katalog import katalog
from kelurahan.store import status, waktu
from kelurahan.store.models import Permohonan

SEMUA = "semua"
LABEL = {satu: satu.replace("_", " ").capitalize() for satu in status.SEMUA}
UMUR = (1, 3, 7)  # days
PILIHAN_STATUS = {"": "Perlu dikerjakan", **LABEL, SEMUA: "Semua status"}
TERSISA = tuple(satu for satu in status.SEMUA if satu in status.TERBUKA)


@dataclass(frozen=True)
class Saringan:
    """The filters in force ("" is none; status "": what officers still have to work on)."""

    status: str = ""
    layanan: str = ""
    rt: str = ""
    rw: str = ""
    umur: str = ""
    salah: tuple[str, ...] = ()

    @property
    def isi(self) -> dict[str, str]:
        """The filters by name, without the empty ones."""
        semua = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "salah"}
        return {nama: nilai for nama, nilai in semua.items() if nilai}

    def alamat(self, **lain: Any) -> str:
        """The address of the queue with these filters."""
        isi = {**self.isi, **{nama: nilai for nama, nilai in lain.items() if nilai}}
        return "/permohonan" + (f"?{urlencode(isi)}" if isi else "")

    def syarat(self) -> list[ColumnElement[bool]]:
        """The same as SQL."""
        p = Permohonan
        hasil: list[Any] = []
        if self.status != SEMUA:
            hasil.append(p.status == self.status if self.status else p.status.in_(TERSISA))
        for kolom in ("layanan", "rt", "rw"):
            if nilai := getattr(self, kolom):
                hasil.append(getattr(p, kolom) == nilai)
        if self.umur:
            hasil.append(p.dibuat < waktu.sekarang() - timedelta(days=int(self.umur)))
        return hasil

    def sebutan(self) -> str:
        """The filters in words: "Perlu dikerjakan, RW 005, lebih dari 3 hari"."""
        bagian = [PILIHAN_STATUS[self.status]]
        if self.layanan:
            bagian.append(katalog().ambil(self.layanan).singkat)
        bagian += [
            f"{nama.upper()} {getattr(self, nama)}" for nama in ("rt", "rw") if self.isi.get(nama)
        ]
        if self.umur:
            bagian.append(f"lebih dari {self.umur} hari")
        return ", ".join(bagian)


def baca(sumber: Mapping[str, Any]) -> Saringan:
    """Read the filters of an address or a form; what cannot be used is named and left out."""
    mentah = {nama: str(sumber.get(nama) or "").strip()[:80] for nama in _BACA}
    isi, salah = {}, []
    for nama, tulisan in mentah.items():
        nilai, keluhan = _BACA[nama](tulisan)
        isi[nama] = nilai
        if keluhan:
            salah.append(keluhan)
    return Saringan(**isi, salah=tuple(salah))


def _status(tulisan: str) -> tuple[str, str]:
    if tulisan in PILIHAN_STATUS:
        return tulisan, ""
    return "", f"Status “{tulisan}” tidak ada; yang tampil: {PILIHAN_STATUS[''].lower()}."


def _layanan(tulisan: str) -> tuple[str, str]:
    if not tulisan or tulisan in katalog().slugs():
        return tulisan, ""
    return "", f"Layanan “{tulisan}” tidak ada di katalog; yang tampil semua layanan."


def _umur(tulisan: str) -> tuple[str, str]:
    if not tulisan or tulisan in map(str, UMUR):
        return tulisan, ""
    pilihan = ", ".join(map(str, UMUR))
    return "", f"Umur “{tulisan}” tidak dikenal; pilih {pilihan} hari. Yang tampil semua umur."


def _nomor(sebutan: str):
    def baca_nomor(tulisan: str) -> tuple[str, str]:
        if not tulisan:
            return "", ""
        if tulisan.isascii() and tulisan.isdecimal() and 1 <= int(tulisan) <= 999:
            return f"{int(tulisan):03d}", ""
        return "", f"{sebutan} “{tulisan}” bukan nomor; tulis angka 1 sampai 999, contoh: 5."

    return baca_nomor


_BACA = {
    "status": _status,
    "layanan": _layanan,
    "rt": _nomor("RT"),
    "rw": _nomor("RW"),
    "umur": _umur,
}
