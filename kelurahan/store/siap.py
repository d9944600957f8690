"""Statements that run for every message: composed once, and on SQLite run by its driver.

SQLite has done so short a statement in a tenth of the time that SQLAlchemy takes around it. What
the tables hold, and what comes back, is the same either way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_Ubah = Callable[[Any], Any] | None  # how a column's value becomes the driver's, or the other way


@dataclass(frozen=True)
class _Sqlite:
    """A statement as the driver takes it."""

    sql: str
    isian: list[tuple[str, _Ubah]]  # its parameters, in order
    tetap: dict[str, Any]  # parameters whose value stands in the statement
    kolom: list[_Ubah]  # of its rows; empty when all are as the driver gives them

    @classmethod
    def susun(cls, pernyataan: Any, dialek: Dialect) -> _Sqlite:
        """Compose it."""
        tersusun = pernyataan.compile(dialect=dialek)
        ikat = tersusun.binds
        ubah = {
            nama: satu.type.dialect_impl(dialek).bind_processor(dialek)
            for nama, satu in ikat.items()
        }
        kolom = [
            satu.type.dialect_impl(dialek).result_processor(dialek, None)
            for satu in getattr(pernyataan, "selected_columns", ())
        ]
        return cls(
            str(tersusun),
            [(nama, ubah[nama]) for nama in tersusun.positiontup],
            {nama: satu.value for nama, satu in ikat.items() if not satu.required},
            kolom if any(kolom) else [],
        )

    def jalankan(self, koneksi: Connection, nilai: Mapping[str, Any]) -> tuple[list[Any], int]:
        """Run it in the connection's transaction: its rows, and how many it changed."""
        nilai = {**self.tetap, **nilai} if self.tetap else nilai
        isi = [ubah(nilai[nama]) if ubah else nilai[nama] for nama, ubah in self.isian]
        try:
            kursor = koneksi.connection.dbapi_connection.execute(self.sql, isi)
            return kursor.fetchall(), kursor.rowcount
        except sqlite3.Error as salah:
            # as SQLAlchemy would raise it, without the values
            raise DBAPIError.instance(self.sql, None, salah, sqlite3.Error, True) from None

    def baca(self, baris: Sequence[Any]) -> Sequence[Any]:
        """A row of the driver with the values that the columns' types stand for."""
        if not self.kolom:
            return baris
        return [ubah(satu) if ubah else satu for ubah, satu in zip(self.kolom, baris, strict=True)]


class Siap:
    """A statement with bound parameters, for any database that we know."""

    def __init__(self, pernyataan: Any) -> None:
        self._pernyataan = pernyataan
        self._sqlite: _Sqlite | None = None

    def baris(self, s: Session, nilai: Mapping[str, Any]) -> list[Sequence[Any]]:
        """Run it in the session's transaction; the rows that it gives."""
        koneksi = s.connection()
        if (sqlite := self._untuk_sqlite(koneksi)) is None:
            return koneksi.execute(self._pernyataan, nilai).all()
        daftar, _ = sqlite.jalankan(koneksi, nilai)
        return [sqlite.baca(satu) for satu in daftar]

    def banyaknya(self, s: Session, nilai: Mapping[str, Any]) -> int:
        """Run it in the session's transaction; how many rows it changed."""
        koneksi = s.connection()
        if (sqlite := self._untuk_sqlite(koneksi)) is None:
            return koneksi.execute(self._pernyataan, nilai).rowcount
        return sqlite.jalankan(koneksi, nilai)[1]

    def _untuk_sqlite(self, koneksi: Connection) -> _Sqlite | None:
        if koneksi.dialect.name != "sqlite":
            return None
        if self._sqlite is None:
            self._sqlite = _Sqlite.susun(self._pernyataan, koneksi.dialect)
        return self._sqlite
