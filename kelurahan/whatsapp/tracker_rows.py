"""The rows of Rasa's table `events`: through SQLAlchemy, or for SQLite through the driver itself.

With SQLite so short a statement is done in a fraction of the time that SQLAlchemy takes around it,
and Rasa's event loop is what waits. What stands in the table is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Protocol

import sqlalchemy as sa

Row = dict[str, Any]
COLUMNS = ("sender_id", "type_name", "timestamp", "intent_name", "action_name", "data")
MOST_TOGETHER = 100  # rows of six values; SQLite takes a thousand values in its oldest form

# Rasa's own query: the events since the conversation's last session began
_SESSION = (
    "SELECT data FROM events WHERE sender_id = :sender AND timestamp >= COALESCE("
    "(SELECT max(timestamp) FROM events WHERE sender_id = :sender"
    " AND type_name = 'session_started'), 0) ORDER BY id"
)
_NEWEST = "SELECT max(id) FROM events WHERE sender_id = :sender"
_SESSION_TEXT, _NEWEST_TEXT = sa.text(_SESSION), sa.text(_NEWEST)


class Rows(Protocol):
    """What the store does with the rows of one conversation."""

    def newest(self, sender: str) -> int | None:
        """The id of the last row."""

    def session(self, sender: str) -> list[str]:
        """The events of the latest session, as JSON."""

    def insert(self, rows: Sequence[Row]) -> int | None:
        """Add rows; the id of the last one, where the database says it by the way."""


class SqlRows:
    """Through SQLAlchemy."""

    def __init__(self, connection: Any, table: sa.Table) -> None:
        self._connection, self._table = connection, table

    def newest(self, sender: str) -> int | None:
        """See `Rows`."""
        return self._connection.execute(_NEWEST_TEXT, {"sender": sender}).scalar()

    def session(self, sender: str) -> list[str]:
        """See `Rows`."""
        return self._connection.execute(_SESSION_TEXT, {"sender": sender}).scalars().all()

    def insert(self, rows: Sequence[Row]) -> None:
        """See `Rows`."""
        self._connection.execute(sa.insert(self._table), rows)


class SqliteRows:
    """Through the driver."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def newest(self, sender: str) -> int | None:
        """See `Rows`."""
        return self._connection.execute(_NEWEST, {"sender": sender}).fetchone()[0]

    def session(self, sender: str) -> list[str]:
        """See `Rows`."""
        return [data for (data,) in self._connection.execute(_SESSION, {"sender": sender})]

    def insert(self, rows: Sequence[Row]) -> int | None:
        """All in one statement: SQLite lets other threads in at each, and waits for them."""
        last = None
        for start in range(0, len(rows), MOST_TOGETHER):
            some = rows[start : start + MOST_TOGETHER]
            values = [row[column] for row in some for column in COLUMNS]
            last = self._connection.execute(_insert(len(some)), values).lastrowid
        return last


class SqlTable:
    """Connections for `SqlRows`."""

    def __init__(self, engine: Any, table: sa.Table) -> None:
        self._engine, self._table = engine, table

    @contextmanager
    def reading(self) -> Iterator[Rows]:
        """Rows to read."""
        with self._engine.connect() as connection:
            yield SqlRows(connection, self._table)

    @contextmanager
    def writing(self) -> Iterator[Rows]:
        """Rows to change, in one transaction."""
        with self._engine.begin() as connection:
            yield SqlRows(connection, self._table)


class SqliteTable:
    """One of the pool's connections, kept for the event loop; a new one after any failure."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._pooled: Any = None

    @contextmanager
    def reading(self) -> Iterator[Rows]:
        """Rows to read."""
        if self._pooled is None:
            self._pooled = self._engine.raw_connection()
        try:
            yield SqliteRows(self._pooled.dbapi_connection)
        except BaseException:
            self._pooled.invalidate()  # closed: whatever was begun is undone
            self._pooled = None
            raise

    @contextmanager
    def writing(self) -> Iterator[Rows]:
        """Rows to change, in one transaction."""
        with self.reading() as rows:
            yield rows
            self._pooled.commit()


@lru_cache(maxsize=MOST_TOGETHER)
def _insert(rows: int) -> str:
    """An insert of so many rows."""
    one = "(" + ", ".join("?" * len(COLUMNS)) + ")"
    into = f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES "  # noqa: S608 - constants
    return into + ", ".join([one] * rows)
