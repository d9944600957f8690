"""One lane per resident: their messages strictly in order, different residents in parallel.

Rasa's own lock keeps turns apart but not in order, and polls once a second
(facts/rasa-practice.md section 3), so the order is made before it. In memory: the durable inbox
of a later issue takes this place.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

logger = logging.getLogger(__name__)


class Lanes:
    """Runs `work(item)` for every item; waiting ones are taken by timestamp, then by arrival."""

    def __init__(self, work: Callable[[Any], Awaitable[None]]) -> None:
        self._work = work
        self._arrival = itertools.count()
        self._waiting: dict[str, list[tuple[int, int, Any]]] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    def put(self, resident: str, timestamp: int, item: Any) -> None:
        """Queue an item; a lane starts with its first item and ends with its last."""
        heapq.heappush(
            self._waiting.setdefault(resident, []), (timestamp, next(self._arrival), item)
        )
        if resident not in self._running:
            self._running[resident] = asyncio.get_running_loop().create_task(self._run(resident))

    async def drain(self, timeout: float | None = None) -> None:
        """Wait until every lane is empty, or the time is up."""
        while self._running:
            _, late = await asyncio.wait(list(self._running.values()), timeout=timeout)
            if late:
                logger.error("%d residents still being served at shutdown", len(late))
                return

    async def _run(self, resident: str) -> None:
        lane = self._waiting[resident]
        try:
            while lane:
                *_, item = heapq.heappop(lane)
                try:
                    await self._work(item)
                except Exception as error:  # noqa: BLE001 - the next message must be served
                    logger.error("a message was dropped: %s", type(error).__name__)
        finally:
            del self._waiting[resident], self._running[resident]
