"""What a plot is made of: a heading that says the finding, and a table that a script draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kelurahan.console.ringkasan.angka import angka

# how a table is drawn: upright bars, lying bars, lying bars on top of each other, lines
TEGAK, REBAH, TUMPUK, GARIS = "tegak", "rebah", "tumpuk", "garis"


@dataclass(frozen=True)
class Sel:
    """One figure: as it is read, and as it is drawn (None: nothing to draw)."""

    teks: str
    nilai: float | None = None


@dataclass(frozen=True)
class Baris:
    """One line of the table."""

    nama: str
    sel: tuple[Sel, ...]
    tautan: str = ""  # where the things counted can be looked at


@dataclass(frozen=True)
class Grafik:
    """One plot with its table.

    `digambar`: the columns that the plot shows, if not all; `sebagian`: the last line is not over
    yet; `ukuran`: a class of the page that gives it more room.
    """

    judul: str
    tentang: str
    bentuk: str
    kepala: str
    kolom: Sequence[str]
    baris: Sequence[Baris]
    digambar: Sequence[str] = ()
    sebagian: bool = False
    ukuran: str = ""

    @property
    def kosong(self) -> bool:
        """Whether there is nothing to show."""
        return not any(sel.nilai for baris in self.baris for sel in baris.sel)


def sel(n: float) -> Sel:
    """A count."""
    return Sel(angka(n), n)


def baris(nama: str, *nilai: float | Sel, tautan: str = "") -> Baris:
    """A line of counts; a `Sel` stands as it is."""
    return Baris(nama, tuple(n if isinstance(n, Sel) else sel(n) for n in nilai), tautan)
