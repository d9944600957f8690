"""The queue: a page of applications, oldest first, however many there are."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from kelurahan import isian
from kelurahan.console.permohonan.saringan import Saringan
from kelurahan.isian.teks import siapkan
from kelurahan.store import status, waktu
from kelurahan.store.models import Permohonan, Warga
from kelurahan.wilayah import kelurahan

SEHALAMAN = 50
LAMA = timedelta(days=3)  # from here on an application has waited too long
KATA_TERBANYAK = 6
KECIL = str.maketrans(ascii_uppercase, ascii_lowercase)
_P = Permohonan
KOLOM = (
    *(_P.id, _P.nomor, _P.layanan, _P.varian, _P.nama, _P.tanggal_lahir, _P.rt, _P.rw),
    *(_P.status, _P.dibuat, _P.diubah),
)


@dataclass(frozen=True)
class Lembar:
    """One page: its rows, and where they stand among all that match."""

    baris: tuple[Row, ...]
    jumlah: int
    sebelumnya: int  # how many come before the first row

    @property
    def akhir(self) -> int:
        """The place of the last row."""
        return self.sebelumnya + len(self.baris)

    @property
    def ke_depan(self) -> int | None:
        """The id behind which the next page begins."""
        return self.baris[-1].id if self.baris and self.akhir < self.jumlah else None

    @property
    def ke_belakang(self) -> int | None:
        """The id before which the previous page ends."""
        return self.baris[0].id if self.baris and self.sebelumnya else None


def lembar(
    s: Session, saringan: Saringan, cari: str = "", *, sesudah: int = 0, sebelum: int = 0
) -> Lembar:
    """The page behind (or before) an id. Ids grow as applications are filed: no offset to count."""
    syarat = saringan.syarat()
    if cari:
        return _lembar_cari(s, [*syarat, *pencarian(s, cari)], sesudah, sebelum)
    if sebelum:
        mundur = select(_P.id).where(*syarat, _P.id < sebelum).order_by(_P.id.desc())
        halaman = list(s.scalars(mundur.limit(SEHALAMAN)))[::-1]
    else:
        maju = select(_P.id).where(*syarat, _P.id > sesudah).order_by(_P.id)
        halaman = list(s.scalars(maju.limit(SEHALAMAN)))
    awal = halaman[0] if halaman else 0
    hitung = select(func.count(), func.count(case((_P.id < awal, 1))))
    jumlah, sebelumnya = s.execute(hitung.select_from(_P).where(*syarat)).one()
    return Lembar(_baris(s, halaman), jumlah, sebelumnya)


def _lembar_cari(s: Session, syarat: list[Any], sesudah: int, sebelum: int) -> Lembar:
    """Reading every name takes longest, so it is done once: for the page and for the count."""
    semua = list(s.scalars(select(_P.id).where(*syarat).order_by(_P.id)))
    akhir = bisect_left(semua, sebelum)
    awal = max(0, akhir - SEHALAMAN) if sebelum else bisect_right(semua, sesudah)
    halaman = semua[awal : akhir if sebelum else awal + SEHALAMAN]
    return Lembar(_baris(s, halaman), len(semua), awal)


def _baris(s: Session, halaman: list[int]) -> tuple[Row, ...]:
    """The rows of one page, with when their residents wrote last."""
    pilih = select(*KOLOM, Warga.terakhir_menulis).outerjoin(Warga, Warga.id == _P.warga_id)
    return tuple(s.execute(pilih.where(_P.id.in_(halaman)).order_by(_P.id)))


def jumlah(s: Session, saringan: Saringan, cari: str = "") -> int:
    """How many match."""
    syarat = [*saringan.syarat(), *pencarian(s, cari)]
    return s.scalar(select(func.count()).select_from(_P).where(*syarat))


def nomor_persis(s: Session, cari: str) -> str | None:
    """The number that was searched for, written out in full, if it exists."""
    nomor = isian.nomor_permohonan(cari, kelurahan().awalan_nomor)
    return s.scalar(select(_P.nomor).where(_P.nomor == nomor)) if nomor else None


def pencarian(s: Session, cari: str) -> list[ColumnElement[bool]]:
    """A piece of a number if it has digits (no name has), else words that the name must hold."""
    rapi = siapkan(cari)
    if not rapi:
        return []
    if angka := "-".join(re.findall(r"[0-9]+", rapi)):
        return [_P.nomor.like(f"%{_angka(angka)}")]
    # SQLite's LIKE takes no notice of case, and is twice as quick as comparing lower(name)
    tanpa_besar = _P.nama.like if s.get_bind().dialect.name == "sqlite" else _P.nama.ilike
    return [_memuat(tanpa_besar, kata) for kata in rapi.split()[:KATA_TERBANYAK]]


def _angka(angka: str) -> str:
    """`42` is the last number of some month, `26110042` month and number written together."""
    if len(angka) <= 4:
        return f"-{int(angka):04d}" if angka.isdecimal() else f"%{angka}%"
    if angka.isdecimal() and len(angka) >= 8:
        return f"{angka[:4]}-{angka[4:]}"
    return f"%{angka}%"


def _memuat(tanpa_besar: Callable[..., Any], kata: str) -> ColumnElement[bool]:
    """Databases may fold the case of A to Z only: letters with accents are tried both ways."""
    bentuk = {satu.translate(KECIL) for satu in (kata.lower(), kata.upper(), kata.title())}
    aman = (re.sub(r"([%_\\])", r"\\\1", satu) for satu in sorted(bentuk))
    return or_(*(tanpa_besar(f"%{satu}%", escape="\\") for satu in aman))


def menunggu(baris: Row | Permohonan) -> timedelta | None:
    """How long the office has had it; None once it no longer lies with the office."""
    return waktu.sekarang() - baris.dibuat if baris.status in status.TERBUKA else None


def membalas(baris: Row) -> bool:
    """Whether the resident has written since something was asked for."""
    tulis: int | None = baris.terakhir_menulis
    diminta: datetime = baris.diubah
    return baris.status == status.PERLU_DILENGKAPI and (tulis or 0) > diminta.timestamp()
