"""`python -m kelurahan.store`: prepare the database, or replace the RT/RW directory."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kelurahan import logs, store
from kelurahan.settings import SettingsError, settings

BERHASIL, BERKAS_SALAH, BASIS_DATA_GAGAL = 0, 1, 3  # 2 is argparse's: wrong arguments


def main(argumen: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    pilihan = _pengurai().parse_args(argumen)
    try:
        logs.install(secrets=(settings().database_url,))
        store.siapkan(settings().store_url)
        if pilihan.perintah == "impor-rt-rw":
            return _impor_rt_rw(pilihan.berkas)
    except (store.StoreError, SettingsError) as salah:
        print(f"Basis data tidak dapat dipakai: {salah}", file=sys.stderr)
        return BASIS_DATA_GAGAL
    print("Basis data siap.")
    return BERHASIL


def _pengurai() -> argparse.ArgumentParser:
    pengurai = argparse.ArgumentParser(
        prog="python -m kelurahan.store", description="Menyiapkan basis data Kelurahan."
    )
    perintah = pengurai.add_subparsers(dest="perintah", metavar="perintah")
    impor = perintah.add_parser(
        "impor-rt-rw", help="ganti direktori RT/RW dengan isi sebuah berkas CSV"
    )
    impor.add_argument("berkas", type=Path, help="berkas CSV dengan kolom rt dan rw")
    return pengurai


def _impor_rt_rw(berkas: Path) -> int:
    from kelurahan import wilayah
    from kelurahan.store import direktori

    try:
        baru = wilayah.baca_csv(berkas)
    except OSError as salah:
        return _tolak(
            f"{berkas.name}: tidak dapat dibaca ({salah.strerror}); periksa nama berkasnya."
        )
    except wilayah.WilayahError as salah:
        return _tolak(str(salah))
    with store.sesi() as sesi:
        direktori.ganti(sesi, baru)
    jumlah_rw = len({rw for _, rw in baru.pasangan})
    contoh = " Berkas ini masih bertanda contoh." if baru.contoh else ""
    print(f"Direktori RT/RW diganti: {len(baru.pasangan)} RT di {jumlah_rw} RW.{contoh}")
    return BERHASIL


def _tolak(alasan: str) -> int:
    print(f"{alasan}\nTidak ada yang diubah.", file=sys.stderr)
    return BERKAS_SALAH


if __name__ == "__main__":
    sys.exit(main())
