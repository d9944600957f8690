"""`python -m kelurahan.console`: serve the pages; `... admin NAMA`: make the first admin."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy import select

from kelurahan import logs
from kelurahan.console import audit
from kelurahan.console.keamanan import kabar, masuk, peran, sandi
from kelurahan.settings import settings
from kelurahan.store import StoreError, sesi, siapkan, waktu
from kelurahan.store.models_petugas import Petugas

LOOPBACK = "127.0.0.1"


def serve() -> None:
    """Listen on loopback until stopped; a proxy in front of it speaks HTTPS."""
    import uvicorn

    from kelurahan.console.app import buat

    atur = settings()
    logs.install(secrets=(atur.database_url, atur.redis_url, atur.whatsapp_access_token))
    uvicorn.run(
        buat(),
        host=LOOPBACK,
        port=atur.port_console,
        access_log=False,  # who looks at whose application is nobody's business
        server_header=False,
        log_config=None,
        ws="none",  # Rasa pins an older websockets package, and there are none here
        proxy_headers=True,
        forwarded_allow_ips=LOOPBACK,
        timeout_keep_alive=30,
    )


def buat_admin(nama_pengguna: str, nama: str) -> str:
    """Make an admin, or give an existing one a new password; returns the password, shown once."""
    kata_sandi = sandi.buat()
    acakan = sandi.acak(kata_sandi)
    with sesi() as s:
        petugas = s.scalar(select(Petugas).where(Petugas.nama_pengguna == nama_pengguna))
        tindakan = "admin_sandi_baru" if petugas else "admin_dibuat"
        if petugas is None:
            petugas = Petugas(
                nama_pengguna=nama_pengguna,
                nama=nama or nama_pengguna,
                dibuat=waktu.sekarang(),
                bunyi=True,
                ringkasan=False,
            )
            s.add(petugas)
        petugas.sandi, petugas.peran = acakan, peran.ADMIN
        petugas.wajib_ganti = petugas.aktif = True
        s.flush()
        masuk.keluarkan(s, petugas.id)
        audit.catat(s, audit.SISTEM, tindakan, f"petugas:{petugas.id}")
        kabar.kabari(s, petugas, kabar.SANDI_DIBUATKAN)
    return kata_sandi


def main(argv: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m kelurahan.console")
    perintah = parser.add_subparsers(dest="perintah")
    admin = perintah.add_parser("admin", help="make an admin, or a new password for one")
    admin.add_argument("nama_pengguna", help="what is typed at login, for example: siti")
    admin.add_argument("--nama", default="", help="the name that colleagues see")
    pilih = parser.parse_args(argv)
    if pilih.perintah is None:
        serve()
        return 0
    nama_pengguna = pilih.nama_pengguna.strip().lower()
    if not masuk.NAMA_PENGGUNA.fullmatch(nama_pengguna):
        print(
            f"Nama pengguna {nama_pengguna!r} tidak bisa dipakai: 3 sampai 40 huruf kecil, angka, "
            "titik, garis; dimulai huruf; bukan warga, sistem, bot, asisten. Contoh: siti",
            file=sys.stderr,
        )
        return 2
    try:
        siapkan()
        kata_sandi = buat_admin(nama_pengguna, pilih.nama)
    except StoreError as galat:
        print(f"Basis data tidak bisa dipakai: {galat}", file=sys.stderr)
        return 1
    print(f"Admin: {nama_pengguna}\nKata sandi (tampil sekali ini, harus diganti): {kata_sandi}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
