"""Engines and sessions: one engine per URL, SQLite tuned for several processes and threads."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Table, bindparam, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.url import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from kelurahan.settings import settings
from kelurahan.store.errors import StoreBusyError, StoreError, terjemahkan
from kelurahan.store.siap import Siap

TUNGGU_KUNCI_DETIK = 5
TANYA_LAGI_MS = 8  # SQLite sleeps 1, 2 and 5 ms in it
_DRIVER = {"postgres": "postgresql+psycopg2", "postgresql": "postgresql+psycopg2"}


def baca_url(url: str) -> URL:
    """Check a database URL; `postgres://` and `postgresql://` both mean psycopg2."""
    try:
        hasil = make_url(url)
    except ArgumentError:
        raise StoreError(
            "DATABASE_URL: not a URL; use sqlite:///path/to/file.db or postgresql://user@host/name"
        ) from None
    hasil = hasil.set(drivername=_DRIVER.get(hasil.drivername, hasil.drivername))
    if hasil.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(f"DATABASE_URL: {hasil.drivername!r}; use sqlite:/// or postgresql://")
    if hasil.get_backend_name() == "sqlite" and hasil.database in (None, "", ":memory:"):
        raise StoreError(
            "DATABASE_URL: an in-memory database cannot be shared by our processes; "
            "use sqlite:///path/to/file.db"
        )
    return hasil


_seketika: ContextVar[bool] = ContextVar("seketika", default=False)
_mesin: dict[str, Engine] = {}
_kunci = Lock()


def mesin(url: str) -> Engine:
    """The engine for a URL, made once; every thread of the process shares it."""
    with _kunci:
        if url not in _mesin:
            _mesin[url] = _buat(baca_url(url))
        return _mesin[url]


def tutup() -> None:
    """Close every pooled connection and forget the engines (tests; before a fork)."""
    with _kunci:
        for satu in _mesin.values():
            satu.dispose()
        _mesin.clear()


def _buat(url: URL) -> Engine:
    # hide_parameters: exceptions and logs must not show names or phone numbers
    umum: dict[str, Any] = {"future": True, "hide_parameters": True}
    if url.get_backend_name() == "postgresql":
        kait: dict[str, Any] = {"connect_timeout": TUNGGU_KUNCI_DETIK}
        return create_engine(
            url, pool_size=5, max_overflow=15, pool_pre_ping=True, connect_args=kait, **umum
        )
    Path(url.database).expanduser().resolve().parent.mkdir(parents=True, exist_ok=True)
    # no overflow limit: a waiting SQLite thread should wait for the file, not for the pool
    kait = {"check_same_thread": False, "timeout": TUNGGU_KUNCI_DETIK}
    # the connection used last has read most of the file already
    kolam: dict[str, Any] = {"poolclass": QueuePool, "pool_use_lifo": True}
    hasil = create_engine(url, pool_size=8, max_overflow=-1, connect_args=kait, **kolam, **umum)
    event.listen(hasil, "connect", _atur_sqlite)
    event.listen(hasil, "begin", _mulai_sqlite)
    return hasil


def _atur_sqlite(dbapi: Any, _catatan: Any) -> None:
    """Per-connection settings; WAL is a property of the file and is set by `siapkan`."""
    dbapi.isolation_level = None  # or the driver would decide itself when to BEGIN
    for pragma in ("foreign_keys = ON", "synchronous = NORMAL"):
        dbapi.execute(f"PRAGMA {pragma}")


def _mulai_sqlite(koneksi: Connection) -> None:
    """Take the write lock at the start: a reader that turns writer fails at once when overtaken.

    SQLite asks for a lock that is taken after 1, 2, 5, 10 and up to 100 ms; where somebody writes
    every few ms, the one who sleeps longest goes on losing. So writers ask anew from the start.
    """
    asli = koneksi.connection.dbapi_connection  # a tenth of the time that SQLAlchemy takes
    if koneksi.get_execution_options().get("baca", False):
        _kesabaran(koneksi, 1000 * TUNGGU_KUNCI_DETIK)
        asli.execute("BEGIN")
        return
    menunggu = not _seketika.get()
    _kesabaran(koneksi, TANYA_LAGI_MS if menunggu else 0)
    sampai = time.monotonic() + TUNGGU_KUNCI_DETIK
    while time.monotonic() < sampai:
        try:
            asli.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as salah:
            if "locked" not in str(salah):
                break
            if not menunggu:
                raise StoreBusyError("database: locked; try again") from None
    koneksi.exec_driver_sql("BEGIN IMMEDIATE")  # once more, for an error as SQLAlchemy's are


def _kesabaran(koneksi: Connection, milidetik: int) -> None:
    """How long SQLite itself asks for a lock; remembered with the pooled connection."""
    if koneksi.info.get("kesabaran") != milidetik:
        koneksi.connection.dbapi_connection.execute(f"PRAGMA busy_timeout = {milidetik}")
        koneksi.info["kesabaran"] = milidetik


@contextmanager
def seketika() -> Iterator[None]:
    """Inside, a locked SQLite is not waited for: `sesi()` raises StoreBusyError at its start."""
    tanda = _seketika.set(True)
    try:
        yield
    finally:
        _seketika.reset(tanda)


@contextmanager
def sesi(*, baca: bool = False) -> Iterator[Session]:
    """A session on the configured database, committed on success; `baca=True` for reading only."""
    ikatan = mesin(settings().store_url)
    if baca:
        ikatan = ikatan.execution_options(baca=True)
    try:
        with Session(ikatan, future=True, expire_on_commit=False) as s, s.begin():
            yield s
    except DBAPIError as salah:
        raise terjemahkan(salah) from None  # its text could quote a row
    except PoolTimeout:
        raise StoreBusyError("database: all connections are busy; try again") from None


def sisip_bila_baru(s: Session, tabel: Any, **nilai: Any) -> bool:
    """Insert a row unless one with the same key exists; True if it was inserted. Atomic."""
    nilai = {**_bawaan(tabel.__table__), **nilai}
    sisip = _sisip(tabel.__table__, s.connection().dialect.name, tuple(nilai))
    return sisip.banyaknya(s, nilai) == 1


def sisip_bernomor(s: Session, tabel: Table, nilai: dict[str, Any]) -> int | None:
    """The `id` of the row inserted, None if one with the same key exists. Atomic."""
    sisip = _sisip(tabel, s.connection().dialect.name, tuple(nilai), " RETURNING id")
    return next((nomor for (nomor,) in sisip.baris(s, nilai)), None)


@lru_cache(maxsize=32)
def _bawaan(tabel: Table) -> dict[str, Any]:
    """What our models, and not the database, put where nothing is given."""
    return {c.name: c.default.arg for c in tabel.c if c.default is not None and c.default.is_scalar}


@lru_cache(maxsize=128)
def _sisip(tabel: Table, dialek: str, kolom: tuple[str, ...], akhir: str = "") -> Siap:
    """The statement, once: SQLAlchemy 1.4 composes an insert with ON CONFLICT anew at each call."""
    macam = postgresql if dialek == "postgresql" else sqlite
    sisip = macam.insert(tabel).inline().on_conflict_do_nothing()
    tersusun = sisip.compile(dialect=macam.dialect(paramstyle="named"), column_keys=kolom)
    isian = (bindparam(k, type_=tabel.c[k].type) for k in kolom)
    return Siap(text(str(tersusun) + akhir).bindparams(*isian))
