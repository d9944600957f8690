"""Live updates: everything that changes is published here and read by the pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

QUEUE = 1000


class Hub:
    """One publisher, any number of listeners; all on the simulator's event loop."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[dict[str, Any] | None]] = set()

    def publish(self, kind: str, **data: Any) -> None:
        """Tell every listener; one that does not keep up is let go and will fetch all anew."""
        for queue in list(self._listeners):
            try:
                queue.put_nowait({"kind": kind, **data})
            except asyncio.QueueFull:
                self._drop(queue)

    async def listen(self) -> AsyncIterator[dict[str, Any] | None]:
        """Events as they come; None now and then, so that a dead connection is noticed."""
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(QUEUE)
        self._listeners.add(queue)
        try:
            while queue in self._listeners:
                try:
                    event = await asyncio.wait_for(queue.get(), timeout=15)
                except asyncio.TimeoutError:
                    event = {}
                if event is None:
                    return
                yield event or None
        finally:
            self._listeners.discard(queue)

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        for queue in list(self._listeners):
            self._drop(queue)

    def _drop(self, queue: asyncio.Queue[dict[str, Any] | None]) -> None:
        self._listeners.discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)
