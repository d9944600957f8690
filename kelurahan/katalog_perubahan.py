"""Changes that lie over the files of the catalogue: what may be changed, and how it is put in.

A change maps places inside `layanan/<slug>.yml` ("biaya", "pengantar.pesan",
"varian.hilang.syarat") to new values, as JSON holds them; what it does not name stays as in the
file. What the trained model and the menu are made of cannot be changed this way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from kelurahan.berkas import Bagian, Salah
from kelurahan.katalog_layanan import Layanan, baca_layanan, tulis_layanan
from kelurahan.katalog_periksa import periksa_satu

if TYPE_CHECKING:
    from kelurahan.katalog import Katalog

Nilai = Any  # a text, or a list of texts or (sumber) of mappings
Perubahan = Mapping[str, Nilai]
DIPERIKSA = "diperiksa"
_VARIAN = ("syarat", "catatan")
_SESUDAH = ("biaya", "lama", "alur", "catatan", "pengantar.pesan", "sumber", DIPERIKSA, "keyakinan")
_DAFTAR = ("syarat", "alur", "catatan", "sumber")


@dataclass(frozen=True)
class Gabungan:
    """The catalogue with the changes in it, and what of them did not fit: slug -> faults."""

    katalog: Katalog
    ditolak: Mapping[str, tuple[Salah, ...]] = field(default_factory=dict)


def tempat(layanan: Layanan) -> tuple[str, ...]:
    """Every place of this service that may be changed, in the order an answer shows them."""
    varian = (f"varian.{v.kunci}.{bagian}" for v in layanan.varian for bagian in _VARIAN)
    return ("syarat", *varian, *_SESUDAH)


def daftar(tempatnya: str) -> bool:
    """Whether a list stands at this place."""
    return tempatnya.rpartition(".")[2] in _DAFTAR


def nilai(layanan: Layanan) -> dict[str, Nilai]:
    """What stands at every such place, as a change would hold it."""
    isi = tulis_layanan(layanan)
    isi[DIPERIKSA] = layanan.diperiksa.isoformat()
    hasil = {}
    for satu in tempat(layanan):
        wadah, kunci = _wadah(isi, satu)
        hasil[satu] = wadah.get(kunci, [] if daftar(satu) else "")
    return hasil


def selisih(berkas: Layanan, isian: Perubahan) -> dict[str, Nilai]:
    """The change that makes the file's version hold these values: only what differs."""
    semula = nilai(berkas)
    return {satu: isian[satu] for satu in semula if isian.get(satu, semula[satu]) != semula[satu]}


def tempel(isi: MutableMapping[str, Any], ubah: Perubahan) -> None:
    """Put a change into the keys of a file, in place; the places must exist there."""
    for satu, baru in ubah.items():
        wadah, kunci = _wadah(isi, satu)
        if baru in ([], ""):
            wadah.pop(kunci, None)
        else:
            wadah[kunci] = _hari(baru) if satu == DIPERIKSA else baru


def periksa(dasar: Katalog, slug: str, ubah: Perubahan) -> tuple[Layanan, list[Salah]]:
    """One service with this change in it, and every fault that the files' checks find there.

    The places of the change must be places of the service; `kunci` of a fault is such a place,
    followed by [line number] in a list, or "" when it is about the whole answer.
    """
    semula = dasar.ambil(slug)
    isi = tulis_layanan(semula)
    tempel(isi, ubah)
    salah: list[Any] = []
    hasil = baca_layanan(Bagian("", isi, salah), slug, dasar.kelompok)
    semua = tuple(hasil if x.slug == slug else x for x in dasar.layanan)
    salah += periksa_satu("", hasil, semua, lengkap=True)
    return hasil, [_di_tempatnya(semula, satu) for satu in salah]


def gabung(dasar: Katalog, semua: Mapping[str, Perubahan]) -> Gabungan:
    """Lay changes over the files' catalogue; what does not fit any more is left out and named.

    A place that is gone is left out alone. A fault leaves out the service's whole change: half of
    it might say what nobody has read.
    """
    baru: dict[str, Layanan] = {}
    ditolak: dict[str, tuple[Salah, ...]] = {}
    for slug, ubah in semua.items():
        if slug not in dasar.slugs():
            ditolak[slug] = (Salah("", "", "no such service", "layanan_hilang"),)
            continue
        ada = tempat(dasar.ambil(slug))
        hilang = [Salah("", k, "no such place", "tempat_hilang") for k in ubah if k not in ada]
        cocok = {k: v for k, v in ubah.items() if k in ada}
        hasil, salah = periksa(dasar, slug, cocok)
        if not salah:
            baru[slug] = hasil
        if hilang or salah:
            ditolak[slug] = (*hilang, *salah)
    layanan = tuple(baru.get(x.slug, x) for x in dasar.layanan)
    return Gabungan(replace(dasar, layanan=layanan), ditolak)


def yang_berlaku(dasar: Katalog, slug: str, ubah: Perubahan) -> dict[str, Nilai]:
    """What of a change holds over the file of today, without what does not fit or is in it."""
    hasil = gabung(dasar, {slug: ubah}).katalog.ambil(slug)
    return selisih(dasar.ambil(slug), nilai(hasil))


def selaraskan(
    asal: Perubahan, milik: Perubahan, kini: Perubahan
) -> tuple[dict[str, Nilai], list[str]]:
    """Take over what `milik` changed since `asal` into `kini`, which has changed since as well.

    Returns the change, and the places that both changed differently (`milik` is taken there). Of
    two dates of checking the later one holds.
    """
    hasil, bentrok = dict(kini), []
    for satu in {**asal, **milik}:
        sana, sini, dulu = kini.get(satu), milik.get(satu), asal.get(satu)
        if sini in (dulu, sana):
            continue
        if satu == DIPERIKSA and sana and sini:
            hasil[satu] = max(sana, sini)
            continue
        if sana != dulu:
            bentrok.append(satu)
        if sini is None:
            hasil.pop(satu, None)
        else:
            hasil[satu] = sini
    return hasil, bentrok


def _wadah(isi: MutableMapping[str, Any], satu: str) -> tuple[MutableMapping[str, Any], str]:
    """The mapping that holds a place, and the key there."""
    bagian = satu.split(".")
    if bagian[0] == "varian":
        isi = next(v for v in isi["varian"] if v["kunci"] == bagian[1])
    elif len(bagian) == 2:
        isi = isi[bagian[0]]
    return isi, bagian[-1]


def _hari(teks: str) -> date | str:
    """A date as YAML reads it; anything else is left for the checks to refuse."""
    try:
        return date.fromisoformat(teks)
    except (TypeError, ValueError):
        return teks


def _di_tempatnya(layanan: Layanan, salah: Salah) -> Salah:
    """Name the variant instead of counting: varian[2].syarat[3] is varian.hilang.syarat[3]."""
    kunci = re.sub(
        r"^varian\[(\d+)\]",
        lambda m: f"varian.{layanan.varian[int(m[1]) - 1].kunci}",
        salah.kunci,
    )
    return Salah("", kunci, salah.pesan, salah.kode, **salah.rincian)
