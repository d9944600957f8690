"""Runs lanes: one resident's rows strictly in order, different residents side by side.

The order itself is kept by the table (`store.queue`); this is the part that runs in one process.
Rasa's own lock keeps turns apart but not in order, and polls once a second
(facts/rasa-practice.md section 3).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any, Generic, Protocol, TypeVar

from kelurahan.store import StoreError
from kelurahan.store.queue import Claim

logger = logging.getLogger(__name__)

TICK = 1.0  # seconds between two looks for what is due again, or was left by another process


class Claimed(Protocol):
    """A Turn or a Letter."""

    claim: Claim


Item = TypeVar("Item", bound=Claimed)


class Lanes(Generic[Item]):
    """At most `slots` residents claimed and `at_once` of them served at a time.

    `serve` does one item and returns the lane's next.
    """

    def __init__(
        self,
        *,
        name: str,
        slots: int,
        at_once: int | None = None,
        serve: Callable[[Item], Awaitable[Item | None]],
        take: Callable[[int, Collection[str]], Awaitable[list[Item]]],
    ) -> None:
        self.name = name
        self.slots = slots
        # served in the order in which they began to wait: a newcomer does not overtake
        self._turnstile = asyncio.Semaphore(at_once or slots)
        self.closing = False
        self._serve = serve
        self._take = take
        self._running: dict[str, asyncio.Task[None]] = {}
        self._more = asyncio.Event()
        self._backlog = False

    @property
    def free(self) -> int:
        """How many more residents can be served at this moment."""
        return 0 if self.closing else max(0, self.slots - len(self._running))

    def start(self, items: Iterable[Item]) -> None:
        """Begin the lanes of claimed items."""
        for item in items:
            resident = item.claim.warga_id
            before = self._running.get(resident)  # ending, or a lane merged into another
            task = asyncio.get_running_loop().create_task(self._run(item, before))
            self._running[resident] = task
            task.add_done_callback(lambda done, resident=resident: self._ended(resident, done))

    def look(self) -> None:
        """There may be rows that nobody has claimed: look without waiting for the tick."""
        self._backlog = True
        self._more.set()

    async def keep_looking(self) -> None:
        """Take what waits, at every tick and whenever a lane ends while there is a backlog."""
        while not self.closing:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._more.wait(), TICK)
            self._more.clear()
            await self.take_waiting()

    async def take_waiting(self) -> None:
        """One look; a database that is away is looked for again at the next tick."""
        wanted = self.free
        if not wanted:
            return
        try:
            items = await self._take(wanted, tuple(self._running))
        except StoreError as error:
            logger.warning("%s: cannot look for waiting rows: %s", self.name, error)
            return
        except Exception as error:  # noqa: BLE001 - whatever it was, the next look must come
            logger.error("%s: a look failed: %s", self.name, type(error).__name__)
            return
        self._backlog = len(items) >= wanted
        self.start(items)

    async def drain(self, timeout: float | None = None) -> None:
        """Take nothing new and wait until every lane has ended, or the time is up."""
        self.closing = True
        await self.idle(timeout)

    async def idle(self, timeout: float | None = None) -> None:
        """Wait until no lane runs, or the time is up."""
        while self._running:
            _, late = await asyncio.wait(list(self._running.values()), timeout=timeout)
            if late:
                logger.error("%s: %d residents still being served", self.name, len(late))
                return

    async def _run(self, item: Item | None, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        while item is not None:
            async with self._turnstile:
                item = await self._serve(item)

    def _ended(self, resident: str, task: asyncio.Task[None]) -> None:
        if self._running.get(resident) is task:
            del self._running[resident]
        if not task.cancelled() and (error := task.exception()):
            # its claim runs out and the row is taken up again: nothing is lost
            logger.error("%s: a lane broke: %s", self.name, type(error).__name__)
        if self._backlog and self.free >= self.slots // 4:  # several with one look
            self._more.set()


async def forever(job: Callable[[], Awaitable[Any]], seconds: float, what: str) -> None:
    """Run a job at intervals; its failure is logged and the next one comes."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await job()
        except StoreError as error:
            logger.warning("%s: %s", what, error)
