"""What the database is asked, whoever asks it: SQLAlchemy, or SQLite's driver directly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from kelurahan.settings import settings
from kelurahan.store.engine import mesin


@contextmanager
def pernyataan() -> Iterator[list[str]]:
    """Collects the statements on the configured database, without those around a transaction."""
    semua: list[str] = []

    def catat(_koneksi, _kursor, satu, *_):
        semua.append(satu)

    mesin_ini = mesin(settings().store_url)
    if mesin_ini.dialect.name == "sqlite":
        gabungan = mesin_ini.raw_connection()  # given back, it is the one that is used next
        asli = gabungan.dbapi_connection
        asli.set_trace_callback(semua.append)
        gabungan.close()
    else:
        event.listen(mesin_ini, "before_cursor_execute", catat)
    try:
        yield semua
    finally:
        if mesin_ini.dialect.name == "sqlite":
            asli.set_trace_callback(None)
        else:
            event.remove(mesin_ini, "before_cursor_execute", catat)
        sekitar = ("BEGIN", "COMMIT", "PRAGMA")
        semua[:] = [s for s in semua if not s.startswith(sekitar) and "advisory" not in s]
