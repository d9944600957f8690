"""Blue ticks and "sedang mengetik": neither stands between a message and its reply.

A reply that comes at once needs no "sedang mengetik", and WhatsApp marks a resident's earlier
messages together with a later one. So a message is marked after its reply, and of several within a
second only the last; while an answer takes long, it is marked at once and typing is shown.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Protocol

from kelurahan.whatsapp.errors import SendError
from kelurahan.whatsapp.events import trace

logger = logging.getLogger(__name__)

SLOW = 0.4  # seconds of a turn, after which "sedang mengetik" is worth a request
TOGETHER = 1.0  # seconds from a reply to its tick; later messages until then share the request
PATIENCE, IMPATIENCE = 1.0, 0.1  # seconds that a reply waits for a "sedang mengetik" under way


class Client(Protocol):
    """What receipts need of `GraphClient`."""

    async def mark_read(self, wamid: str, typing: bool = True) -> None:
        """Blue ticks, and typing."""


class Receipts:
    """Those of one process. Nothing is tried twice: without a tick the reply comes all the same."""

    def __init__(self, client: Client, slow: float = SLOW, together: float = TOGETHER) -> None:
        self._client = client
        self._slow, self._together = slow, together
        self._patience = PATIENCE
        self._last: dict[str, str] = {}  # the message to mark, for residents with a tick to come
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._jobs: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def around(self, resident: str, wamid: str) -> AsyncIterator[None]:
        """Around the work on an answer, which is not sent before this has ended."""
        typing: list[asyncio.Task[None]] = []
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._slow, lambda: typing.append(self._start(wamid, True)))
        try:
            yield
        finally:
            timer.cancel()
            if typing:
                await self._settle(typing[0])
            else:
                self.later(resident, wamid)

    def later(self, resident: str, wamid: str) -> None:
        """Mark the message soon, unless a newer one of the same resident is marked instead."""
        self._last[resident] = wamid
        if resident not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[resident] = loop.call_later(self._together, self._due, resident)

    async def close(self, patience: float = PATIENCE) -> None:
        """Send the ticks that are still to come, and give up what takes longer than `patience`."""
        for resident, timer in list(self._timers.items()):
            timer.cancel()
            self._due(resident)
        if self._jobs:
            _, late = await asyncio.wait(self._jobs, timeout=patience)
            for job in late:
                job.cancel()

    def _due(self, resident: str) -> None:
        del self._timers[resident]
        self._start(self._last.pop(resident), False)

    def _start(self, wamid: str, typing: bool) -> asyncio.Task[None]:
        job = asyncio.ensure_future(self._mark(wamid, typing))
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)
        return job

    async def _mark(self, wamid: str, typing: bool) -> None:
        try:
            await self._client.mark_read(wamid, typing=typing)
        except SendError as error:
            logger.info("message %s: not marked as read: %s", trace(wamid), error)

    async def _settle(self, job: asyncio.Task[None]) -> None:
        """Typing goes before the reply: a late "sedang mengetik" would outlive it."""
        await asyncio.wait([job], timeout=self._patience)
        # while receipts hang, replies do not wait a second for each
        self._patience = PATIENCE if job.done() else IMPATIENCE
        job.cancel()
