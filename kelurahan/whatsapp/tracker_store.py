"""Rasa's SQL tracker store with pooled connections and one query less per turn.

Rasa opens and closes an SQLite connection for every read and every write, and each closing one may
checkpoint the whole log; on the event loop every other resident waits for that. Before a save it
also counts what is stored, which the reading of the same turn has just seen. And it goes through
SQLAlchemy's object mapper, which costs more than the statements themselves.

The conversations of the last turns stay in memory: building one again from its rows is a fifth of
a turn. The table stays the truth. A kept conversation is used only while its newest row is the
one that it was saved with, and a turn that is not saved leaves none behind.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from typing import Any

import orjson
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import EntitiesAdded, Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.pool import QueuePool

from kelurahan.whatsapp.quick_json import dumps
from kelurahan.whatsapp.tracker_rows import Row, SqliteTable, SqlTable

BUSY_SECONDS = 5
_STORED = "_kelurahan_stored"  # one worker at a time has a conversation: nobody adds between
_NEWEST = "_kelurahan_newest"  # id of the last row when it was saved
# a session's start cuts off what came before; added entities are read back into their message
_READ_DIFFERENTLY = (SessionStarted, EntitiesAdded)
MOST_KEPT = 64  # conversations in memory, about 100 kB each


class PooledTrackerStore(SQLTrackerStore):
    """`type: kelurahan.whatsapp.tracker_store.PooledTrackerStore` in `endpoints.yml`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        self._table = SqlTable(self.engine, self.SQLEvent.__table__)
        if self.engine.dialect.name != "sqlite":
            return
        url = self.engine.url
        self.engine.dispose()
        connect = {"check_same_thread": False, "timeout": BUSY_SECONDS}
        self.engine = sa.create_engine(url, poolclass=QueuePool, connect_args=connect)
        sa.event.listen(self.engine, "connect", _tune)
        self.sessionmaker.configure(bind=self.engine)
        self._table = SqliteTable(self.engine)

    async def _retrieve(
        self, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> DialogueStateTracker | None:
        """As Rasa's; the tracker remembers how many of its events are in the table."""
        if fetch_events_from_all_sessions:
            return await super()._retrieve(sender_id, True)
        kept = self._kept.pop(sender_id, None)
        with self._table.reading() as rows:
            if kept is not None and rows.newest(sender_id) == getattr(kept, _NEWEST):
                return kept
            found = rows.session(sender_id)
        if not found or not self.domain:
            return None
        events = [orjson.loads(row) for row in found]
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        setattr(tracker, _STORED, len(found))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """As Rasa's, in one statement."""
        await self.stream_events(tracker)
        stored = getattr(tracker, _STORED, None)
        with self._table.writing() as rows:
            if stored is None:
                stored = len(rows.session(tracker.sender_id))
            new = list(itertools.islice(tracker.events, stored, len(tracker.events)))
            newest = rows.insert([_row(tracker.sender_id, event) for event in new]) if new else None
            newest = newest or rows.newest(tracker.sender_id)
        setattr(tracker, _NEWEST, newest)
        setattr(tracker, _STORED, len(tracker.events))
        self._keep(tracker, new)

    def _keep(self, tracker: DialogueStateTracker, new: list[Event]) -> None:
        """Keep it for the next turn, unless its rows would give another tracker."""
        if not tracker.events or any(isinstance(event, _READ_DIFFERENTLY) for event in new):
            return
        self._kept[tracker.sender_id] = tracker
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    def forget(self, sender_id: str) -> None:
        """Drop a conversation from memory: its rows are being erased."""
        self._kept.pop(sender_id, None)


def _row(sender_id: str, event: Event) -> Row:
    """One event as Rasa's table holds it; an intent of None, which Rasa cannot save, is no name."""
    data = event.as_dict()
    intent = data.get("parse_data", {}).get("intent") or {}
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,  # not data["event"]: a legacy form writes another kind there
        "timestamp": data.get("timestamp"),
        "intent_name": intent.get("name"),
        "action_name": data.get("name"),
        "data": dumps(data),
    }


def _tune(connection: Any, _record: Any) -> None:
    """Without a sync at every commit: a power cut may lose a turn, and the inbox runs it again."""
    connection.execute("PRAGMA synchronous = NORMAL")
