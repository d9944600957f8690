"""Erasing a conversation: only the asker's, only when asked, through Rasa's own wrappers."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from rasa.core.tracker_store import (
    AwaitableTrackerStore,
    FailSafeTrackerStore,
    InMemoryTrackerStore,
    SQLTrackerStore,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered

from kelurahan.store import penghapusan
from kelurahan.whatsapp import erasure

STORES = {
    "sqlite": lambda path: SQLTrackerStore(Domain.empty(), host=f"sqlite:///{path / 'p.db'}"),
    "in memory": lambda path: InMemoryTrackerStore(Domain.empty()),
    "wrapped as Rasa does": lambda path: FailSafeTrackerStore(
        AwaitableTrackerStore(SQLTrackerStore(Domain.empty(), host=f"sqlite:///{path / 'p.db'}"))
    ),
}


def talk(store, *senders: str) -> None:
    """Store one message of each sender."""
    for sender in senders:
        tracker = asyncio.run(store.get_or_create_tracker(sender))
        tracker.update(UserUttered("nama saya Ani"))
        asyncio.run(store.save(tracker))


def events_of(store, sender: str) -> int:
    """How many events are stored for a sender."""
    tracker = asyncio.run(store.retrieve(sender))
    return len(tracker.events) if tracker else 0


@pytest.mark.parametrize("make", STORES.values(), ids=STORES)
def test_the_askers_conversation_is_erased_and_no_other(make, tmp_path, monkeypatch):
    """Every event of the asker goes; a neighbour's stay; the wish is noted as fulfilled."""
    store, done = make(tmp_path), []
    talk(store, "a", "b")
    monkeypatch.setattr(erasure, "WAIT", 0)
    monkeypatch.setattr(erasure, "LOOK_AFTER", 0)
    monkeypatch.setattr(penghapusan, "tertunda", lambda: ["a"])
    monkeypatch.setattr(penghapusan, "selesai", done.append)

    async def turn_of_b() -> None:
        # any resident's turn carries out what is due, so that a crash delays it only
        await erasure.erase_when_asked(SimpleNamespace(tracker_store=store), "b")
        await erasure.erase_when_asked(SimpleNamespace(tracker_store=store), "b")
        await erasure._look
        await asyncio.gather(*erasure._under_way.values())

    asyncio.run(turn_of_b())
    assert events_of(store, "a") == 0
    assert events_of(store, "b") > 0
    assert done == ["a"]


def test_an_unknown_tracker_store_is_an_error_not_a_silent_success():
    """Somebody who adds another store learns that erasure needs writing."""
    with pytest.raises(TypeError, match="object"):
        erasure.delete_conversation(object(), "a")
