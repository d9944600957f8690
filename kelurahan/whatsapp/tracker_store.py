"""Rasa's SQL tracker store with pooled connections and one query less per turn.

Rasa opens and closes an SQLite connection for every read and every write, and each closing one may
checkpoint the whole log; on the event loop every other resident waits for that. Before a save it
also counts what is stored, which the reading of the same turn has just seen. And it goes through
SQLAlchemy's object mapper, which costs more than the statements themselves.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.pool import QueuePool

BUSY_SECONDS = 5
_STORED = "_kelurahan_stored"  # one worker at a time has a conversation: nobody adds between


class PooledTrackerStore(SQLTrackerStore):
    """`type: kelurahan.whatsapp.tracker_store.PooledTrackerStore` in `endpoints.yml`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.engine.dialect.name != "sqlite":
            return
        url = self.engine.url
        self.engine.dispose()
        connect = {"check_same_thread": False, "timeout": BUSY_SECONDS}
        self.engine = sa.create_engine(url, poolclass=QueuePool, connect_args=connect)
        sa.event.listen(self.engine, "connect", _tune)
        self.sessionmaker.configure(bind=self.engine)

    async def _retrieve(
        self, sender_id: str, fetch_events_from_all_sessions: bool
    ) -> DialogueStateTracker | None:
        """As Rasa's; the tracker remembers how many of its events are in the table."""
        if fetch_events_from_all_sessions:
            return await super()._retrieve(sender_id, True)
        with self.engine.connect() as connection:
            rows = connection.execute(_LATEST_SESSION, {"sender": sender_id}).scalars().all()
        if not rows or not self.domain:
            return None
        events = [json.loads(row) for row in rows]
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        setattr(tracker, _STORED, len(rows))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """As Rasa's, in one statement."""
        await self.stream_events(tracker)
        stored = getattr(tracker, _STORED, None)
        with self.engine.begin() as connection:
            if stored is None:
                found = connection.execute(_LATEST_SESSION, {"sender": tracker.sender_id})
                stored = len(found.scalars().all())
            new = itertools.islice(tracker.events, stored, len(tracker.events))
            if rows := [_row(tracker.sender_id, event) for event in new]:
                connection.execute(sa.insert(self.SQLEvent.__table__), rows)
        setattr(tracker, _STORED, len(tracker.events))


# Rasa's own query, once per process: the events since the conversation's last session began
_LATEST_SESSION = sa.text(
    "SELECT data FROM events WHERE sender_id = :sender AND timestamp >= COALESCE("
    "(SELECT max(timestamp) FROM events WHERE sender_id = :sender"
    " AND type_name = 'session_started'), 0) ORDER BY id"
)


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    """One event as Rasa's table holds it; an intent of None, which Rasa cannot save, is no name."""
    data = event.as_dict()
    intent = data.get("parse_data", {}).get("intent") or {}
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,  # not data["event"]: a legacy form writes another kind there
        "timestamp": data.get("timestamp"),
        "intent_name": intent.get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _tune(connection: Any, _record: Any) -> None:
    """Without a sync at every commit: a power cut may lose a turn, and the inbox runs it again."""
    connection.execute("PRAGMA synchronous = NORMAL")
