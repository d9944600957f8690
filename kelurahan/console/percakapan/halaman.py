"""Placeholder until its section is built."""

from __future__ import annotations

from starlette.responses import Response

from kelurahan.console.halaman import Halaman, Permintaan
from kelurahan.console.keamanan import peran
from kelurahan.console.tampilan import tampil


def daftar(p: Permintaan) -> Response:
    """The section's first page."""
    return tampil(p, "kosong.html")


HALAMAN = (Halaman("/percakapan", daftar, peran.LIHAT),)
