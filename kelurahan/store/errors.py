"""Errors of the store; their messages never carry names, phone numbers or statement parameters."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError


class StoreError(RuntimeError):
    """The database refused a statement or is not in a usable state."""


class StoreBusyError(StoreError):
    """The database is locked or out of reach; the same call may succeed a little later."""


_TABLE_MISSING = "42P01"  # PostgreSQL: undefined_table


def terjemahkan(salah: DBAPIError) -> StoreError:
    """Turn a driver error into a StoreError without the row values drivers put into messages."""
    asal = salah.orig
    kode = getattr(asal, "pgcode", None) or type(asal).__name__
    if kode == _TABLE_MISSING or str(asal).startswith("no such table"):
        return StoreError("database: tables are missing; run `python -m kelurahan.store`")
    if isinstance(salah, OperationalError | InterfaceError):
        return StoreBusyError(
            f"database: {_alasan(salah)}; check that it runs, that DATABASE_URL is right and that "
            "nothing holds it locked, then try again"
        )
    batasan = getattr(getattr(asal, "diag", None), "constraint_name", None)
    bagian = f", constraint {batasan}" if batasan else ""
    pernyataan = " ".join((salah.statement or "").split())[:120]
    return StoreError(f"database refused ({kode}{bagian}): {pernyataan or 'no statement'}")


def _alasan(salah: DBAPIError) -> str:
    """First line of the driver's message: connection and lock errors hold no row values."""
    return (str(salah.orig).strip().splitlines() or [type(salah.orig).__name__])[0]
