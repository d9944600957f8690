"""Checks of the catalogue that need more than one key or more than one file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kelurahan.berkas import Salah, polos

if TYPE_CHECKING:
    from kelurahan.katalog_layanan import Kelompok, Layanan

SEKELOMPOK = 10  # rows of a WhatsApp list
JAWABAN = 3000  # a whole answer about requirements; WhatsApp itself takes 4,096


def periksa_bersama(
    folder: str, layanan: Sequence[Layanan], kelompok: Sequence[Kelompok], *, lengkap: bool
) -> list[str]:
    """Return all faults; `lengkap` says that every file could be read, so that gaps are real."""
    return [
        *_kelompok(folder, layanan, kelompok, lengkap),
        *_nomor(folder, layanan, lengkap),
        *_sebutan(folder, layanan),
        *(
            fault
            for x in layanan
            for fault in periksa_satu(f"{folder}/{x.slug}.yml", x, layanan, lengkap=lengkap)
        ),
    ]


def panjang_jawaban(layanan: Layanan) -> int:
    """Length of a full answer about requirements: all lines, their bullets and the headings."""
    return sum(len(baris) + 3 for baris in layanan.baris()) + 250


def _kelompok(
    folder: str, layanan: Sequence[Layanan], kelompok: Sequence[Kelompok], lengkap: bool
) -> Iterator[str]:
    kunci = [k.kunci for k in kelompok]
    for k in dict.fromkeys(kunci):
        if kunci.count(k) > 1:
            yield f"{folder}/_kelompok.yml: kunci: {k!r} stands there twice"
        isi = sum(x.kelompok == k for x in layanan)
        if isi > SEKELOMPOK or (lengkap and not isi):
            yield f"{folder}/_kelompok.yml: {k}: {isi} services, expected 1 to {SEKELOMPOK}"


def _nomor(folder: str, layanan: Sequence[Layanan], lengkap: bool) -> Iterator[str]:
    pemilik: dict[int, str] = {}
    judul: dict[str, str] = {}
    for x in layanan:
        if x.nomor and pemilik.setdefault(x.nomor, x.slug) != x.slug:
            yield f"{folder}/{x.slug}.yml: nomor: {x.nomor} is used by {pemilik[x.nomor]}.yml too"
        if x.judul and judul.setdefault(x.judul.casefold(), x.slug) != x.slug:
            yield f"{folder}/{x.slug}.yml: judul: {x.judul!r} is used by another service too"
    if lengkap and all(x.nomor for x in layanan):
        for n in sorted(set(range(1, max(pemilik, default=0))) - set(pemilik)):
            yield f"{folder}/: nomor: {n} is missing; numbers run from 1 without a gap"


def _sebutan(folder: str, layanan: Sequence[Layanan]) -> Iterator[str]:
    pemilik: dict[str, str] = {}
    for x in layanan:
        for sebutan in x.sebutan:
            if (lain := pemilik.setdefault(polos(sebutan), x.slug)) != x.slug:
                yield f"{folder}/{x.slug}.yml: sebutan: {sebutan!r} stands in {lain}.yml too"


def periksa_satu(
    nama: str, x: Layanan, layanan: Sequence[Layanan], *, lengkap: bool
) -> Iterator[Salah]:
    """The faults of one service that need more than one of its keys; `nama` is its file."""
    kunci = [v.kunci for v in x.varian]
    for k in sorted({k for k in kunci if kunci.count(k) > 1}):
        yield Salah(nama, "varian", f"kunci {k!r} stands there twice")
    pemilik: dict[str, str] = {}
    for v in x.varian:
        for sebutan in v.sebutan:
            if (lain := pemilik.setdefault(polos(sebutan), v.kunci)) != v.kunci:
                yield Salah(nama, "varian", f"{sebutan!r} stands in {lain!r} and in {v.kunci!r}")
    ada = {y.nomor for y in layanan}
    rujukan = {int(n) for baris in (*x.baris(), *x.alur) for n in re.findall(r"#(\d+)", baris)}
    for n in sorted(rujukan - ada if lengkap else ()):
        pesan = f"text sends residents to #{n}, but there is no service {n}"
        yield Salah(nama, "", pesan, "rujukan", nomor=n)
    if (panjang := panjang_jawaban(x)) > JAWABAN:
        pesan = f"the whole answer has {panjang} characters, at most {JAWABAN}"
        yield Salah(nama, "", pesan, "jawaban_panjang", ada=panjang, maks=JAWABAN)
