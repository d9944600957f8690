"""The catalogue of services: `layanan/<slug>.yml`, read once and checked whole.

What each key means stands in `layanan/README.md`. A process may name a source of changes that lie
over the files (`sumber_perubahan`); Rasa's process names none, its model depends on the files.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from threading import Lock

from kelurahan.berkas import Bagian, baca_yaml, memuat, tampil
from kelurahan.katalog_layanan import JUDUL, SLUG, Kelompok, Layanan, Varian, baca_layanan
from kelurahan.katalog_periksa import periksa_bersama
from kelurahan.katalog_perubahan import Gabungan, Perubahan, gabung
from kelurahan.settings import ROOT, settings

__all__ = [
    *("Katalog", "KatalogError", "Kelompok", "Layanan", "Varian"),
    *("folder_layanan", "gabungan", "katalog", "katalog_berkas", "muat", "pilih_varian"),
    *("segarkan", "sumber_perubahan"),
]

logger = logging.getLogger(__name__)
TANYA_DETIK = 1.0  # how long a change may stay unseen
JEDA_GAGAL_DETIK = 5.0  # after a source failed, which may have taken its time to

# Asked with the version known (None: none yet): the newest version and slug -> change, or None
# when the version known is the newest.
SumberPerubahan = Callable[[object], tuple[object, Mapping[str, Perubahan]] | None]


class KatalogError(ValueError):
    """The catalogue is unusable; the message lists every fault with file, key and value."""


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


def folder_layanan() -> Path:
    """Where the files are: LAYANAN_DIR or `layanan/`."""
    return Path(settings().layanan_dir or ROOT / "layanan")


@lru_cache(maxsize=1)
def katalog_berkas() -> Katalog:
    """The catalogue as the files have it."""
    return muat(folder_layanan())


def katalog() -> Katalog:
    """The process's catalogue: the files, and the changes over them that it was told of."""
    return gabungan().katalog


def gabungan() -> Gabungan:
    """The process's catalogue, with what of the changes did not fit."""
    return _terbaru.gabungan() if _terbaru else Gabungan(katalog_berkas())


def sumber_perubahan(sumber: SumberPerubahan | None) -> None:
    """Name where this process asks for changes, at most once a second; None: the files only."""
    global _terbaru
    if sumber is None:
        _terbaru = None
    elif _terbaru is None or _terbaru.sumber is not sumber:
        _terbaru = _Terbaru(sumber)


def segarkan() -> None:
    """Let the next reader ask at once: this process has just made a change itself."""
    if _terbaru:
        _terbaru.berikut = 0.0


class _Terbaru:
    """The newest catalogue that is known; one thread at a time asks, the others do not wait."""

    def __init__(self, sumber: SumberPerubahan) -> None:
        self.sumber = sumber
        self.berikut = 0.0  # when to ask again, by the monotonic clock
        self._kunci = Lock()
        self._gagal = False
        self._versi: object = None
        self._isi: Gabungan | None = None

    def gabungan(self) -> Gabungan:
        """The catalogue, at most TANYA_DETIK old as long as the source answers."""
        if time.monotonic() >= self.berikut and self._kunci.acquire(blocking=self._isi is None):
            try:
                self._tanya()
            finally:
                self._kunci.release()
        return self._isi or Gabungan(katalog_berkas())

    def _tanya(self) -> None:
        try:
            jawab = self.sumber(self._versi)
            if jawab is not None:
                self._pasang(*jawab)
        except Exception as galat:  # noqa: BLE001 - whatever the source is: residents get answers
            self.berikut = time.monotonic() + JEDA_GAGAL_DETIK
            if not self._gagal:
                # its message could quote what it read
                nama = type(galat).__name__
                logger.warning("catalogue changes unreadable (%s); the last known stay", nama)
            self._gagal, self._isi = True, self._isi or Gabungan(katalog_berkas())
        else:
            self.berikut, self._gagal = time.monotonic() + TANYA_DETIK, False

    def _pasang(self, versi: object, perubahan: Mapping[str, Perubahan]) -> None:
        self._isi = gabung(katalog_berkas(), perubahan)
        self._versi = versi
        for slug, salah in self._isi.ditolak.items():
            logger.warning("catalogue change of %s ignored: %s", slug, "; ".join(salah))


_terbaru: _Terbaru | None = None


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
    return baca_layanan(Bagian(nama, isi, salah), slug, kelompok)
