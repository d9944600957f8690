"""What reading a resident's data gives back: values, and what is wrong with the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

NAMA = "nama"
TANGGAL = "tanggal_lahir"
RT_RW = "rt_rw"

CONTOH = {NAMA: "Siti Aminah", TANGGAL: "3 Mei 1990", RT_RW: "003/005"}


@dataclass(frozen=True)
class Salah:
    """One wrong field: what was typed, why it cannot be used, and how it may look.

    `alasan` is a clause without a final full stop, so that a reply can build on it.
    """

    isian: str
    nilai: str
    alasan: str
    contoh: str


@dataclass(frozen=True)
class Hasil:
    """The fields found in one message; what the message does not say is None."""

    nama: str | None = None
    tanggal_lahir: date | None = None
    rt: str | None = None
    rw: str | None = None
    salah: tuple[Salah, ...] = ()
    tanggal_sebagian: dict[str, int] | None = None

    @property
    def kosong(self) -> bool:
        """True if the message held no field at all, neither right nor wrong."""
        nilai = (self.nama, self.tanggal_lahir, self.rt, self.rw, self.tanggal_sebagian)
        return not self.salah and all(isi is None for isi in nilai)

    def isian_salah(self, isian: str) -> Salah | None:
        """Return what is wrong with one field, if anything is."""
        return next((salah for salah in self.salah if salah.isian == isian), None)


@dataclass(frozen=True)
class NomorMenu:
    """A menu choice; `nilai` is None if what was typed is no number of a menu."""

    nilai: int | None
    mentah: str
