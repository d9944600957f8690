"""Brings a database to the newest schema and fills an empty RT/RW directory."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import func, insert, inspect, select, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from kelurahan.settings import settings
from kelurahan.store.engine import mesin
from kelurahan.store.errors import StoreError, terjemahkan
from kelurahan.store.models import RtRw

FOLDER = Path(__file__).resolve().parent / "migrations"
# file names carry the revision ("0001_tabel_awal.py"), so the newest is known without Alembic,
# whose import alone takes longer than the whole check
REVISI = tuple(sorted(p.name[:4] for p in (FOLDER / "versions").glob("[0-9]*.py")))
_KUNCI_PG = 0x4B444A31  # any fixed number; advisory locks are told apart by it ("KDJ1")
_TUNGGU_MIGRASI_MS = 60_000


def siapkan(url: str | None = None) -> None:
    """Migrate to the newest schema and seed RT/RW; safe when several processes start at once."""
    engine = mesin(url or settings().store_url)
    try:
        if not _sudah_siap(engine):
            _migrasi_terkunci(engine)
    except DBAPIError as salah:
        raise terjemahkan(salah) from None


def _sudah_siap(engine: Engine) -> bool:
    """The quick look that every start takes: newest schema and a filled directory?"""
    with engine.execution_options(baca=True).connect() as koneksi:
        return _revisi(koneksi) == REVISI[-1] and not _direktori_kosong(koneksi)


def _revisi(koneksi: Connection) -> str | None:
    if not inspect(koneksi).has_table("alembic_version"):
        return None
    revisi = koneksi.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revisi is not None and revisi not in REVISI:
        raise StoreError(
            f"database: revision {revisi!r} is unknown to this program (newest: {REVISI[-1]!r}); "
            "start the newer program that made it, or restore an older backup"
        )
    return revisi


def _direktori_kosong(koneksi: Connection) -> bool:
    return koneksi.execute(select(func.count()).select_from(RtRw.__table__)).scalar() == 0


def _migrasi_terkunci(engine: Engine) -> None:
    """Migrate and seed in one transaction under one lock: whoever comes second finds it done."""
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        _nyalakan_wal(engine)
    with engine.connect() as koneksi:
        if sqlite:  # pragmas work outside transactions only; the driver connection has none open
            koneksi.connection.execute(f"PRAGMA busy_timeout = {_TUNGGU_MIGRASI_MS}")
        with koneksi.begin():  # SQLite: BEGIN IMMEDIATE, the lock itself
            if not sqlite:
                koneksi.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _KUNCI_PG})
            if _revisi(koneksi) != REVISI[-1]:
                _naikkan(koneksi)
            if _direktori_kosong(koneksi):
                _isi_direktori(koneksi)
        koneksi.invalidate()  # do not pool a connection with the long timeout


def _nyalakan_wal(engine: Engine) -> None:
    """Switch the file to WAL; SQLite does not wait for other connections here, so we do."""
    batas = time.monotonic() + _TUNGGU_MIGRASI_MS / 1000
    while True:
        mentah = engine.raw_connection()
        try:
            mentah.execute("PRAGMA journal_mode = WAL")
            return
        except engine.dialect.dbapi.OperationalError as salah:
            if time.monotonic() > batas:
                raise OperationalError("PRAGMA journal_mode = WAL", None, salah) from None
            time.sleep(0.05)
        finally:
            mentah.close()


def _naikkan(koneksi: Connection) -> None:
    from alembic import command  # slow to import, needed only when there is something to do
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = koneksi
    command.upgrade(config, "head")


def _isi_direktori(koneksi: Connection) -> None:
    from kelurahan import wilayah  # only needed for a new database

    try:
        direktori = wilayah.baca_csv(wilayah.folder_wilayah() / "rt_rw.csv")
    except wilayah.WilayahError as salah:
        raise StoreError(f"RT/RW directory cannot be filled: {salah}") from salah
    pasangan = sorted(direktori.pasangan)
    baris = [{"rt": rt, "rw": rw, "contoh": direktori.contoh} for rt, rw in pasangan]
    koneksi.execute(insert(RtRw.__table__), baris)
