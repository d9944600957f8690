"""Erase a resident's conversation after they asked for it.

Rasa saves the tracker at the end of the turn, so an action cannot delete it: the store notes the
wish (`store.penghapusan`) and the channel calls `erase_when_asked` once the turn has been saved.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from kelurahan.store import penghapusan

logger = logging.getLogger(__name__)

# Time for what is under way in that conversation (a repeat of the same message, say) to end first.
WAIT = 60.0
# Turns that end within this time share one look at the store.
LOOK_AFTER = 1.0
_under_way: dict[str, asyncio.Task] = {}
_look: asyncio.Task | None = None


async def erase_when_asked(agent: Any, sender_id: str) -> None:
    """Have every erasure started that is due, also those a crash left behind; returns at once."""
    global _look
    if _look is None or _look.done():
        _look = asyncio.create_task(look(agent))


async def look(agent: Any) -> None:
    """Start what is due."""
    await asyncio.sleep(LOOK_AFTER)
    for due in await asyncio.to_thread(penghapusan.tertunda):
        if due not in _under_way:
            task = asyncio.create_task(erase(agent.tracker_store, due))
            _under_way[due] = task
            task.add_done_callback(lambda _, due=due: _under_way.pop(due, None))


async def erase(tracker_store: Any, sender_id: str) -> None:
    """Wait, delete the conversation, note that it is done; log without the id."""
    await asyncio.sleep(WAIT)
    await asyncio.to_thread(delete_conversation, tracker_store, sender_id)
    await asyncio.to_thread(penghapusan.selesai, sender_id)
    logger.info("a conversation was erased at its resident's request")


def delete_conversation(tracker_store: Any, sender_id: str) -> None:
    """Remove every stored event of one conversation.

    Raises:
        TypeError: when the tracker store is of a kind that we do not know how to erase from.
    """
    store = unwrap(tracker_store)
    if hasattr(store, "session_scope"):  # SQLTrackerStore
        with store.session_scope() as session:
            events = session.query(store.SQLEvent)
            events.filter(store.SQLEvent.sender_id == sender_id).delete(synchronize_session=False)
            session.commit()
        if hasattr(store, "forget"):  # ours keeps conversations in memory, too
            store.forget(sender_id)
    elif isinstance(getattr(store, "store", None), dict):  # InMemoryTrackerStore
        store.store.pop(sender_id, None)
    else:
        raise TypeError(
            f"{type(store).__name__}: erasing a conversation is not written for this tracker store"
        )


def unwrap(tracker_store: Any) -> Any:
    """Return the store behind Rasa's fail-safe and awaitable wrappers."""
    while hasattr(tracker_store, "_tracker_store"):
        tracker_store = tracker_store._tracker_store
    return tracker_store
