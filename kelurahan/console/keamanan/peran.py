"""The roles of the console and what each may do."""

from __future__ import annotations

PETUGAS, PIMPINAN, ADMIN = "petugas", "pimpinan", "admin"
LABEL = {PETUGAS: "Petugas", PIMPINAN: "Pimpinan (hanya melihat)", ADMIN: "Admin"}

LIHAT = frozenset({PETUGAS, PIMPINAN, ADMIN})  # everybody who is logged in
KERJA = frozenset({PETUGAS, ADMIN})  # changes applications, chats, proposals
KELOLA = frozenset({ADMIN})  # users, directory, what the bot answers
