"""Section Pengguna: officers and their roles, one's own settings, the audit trail."""

from __future__ import annotations

from kelurahan.console.pengguna import jejak, petugas, setelan

HALAMAN = (*petugas.HALAMAN, *jejak.HALAMAN, *setelan.HALAMAN)
