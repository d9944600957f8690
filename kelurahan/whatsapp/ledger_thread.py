"""Where calls of the ledger run: beside the event loop, short ones on SQLite in it (ADR 11)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from kelurahan.store import StoreBusyError
from kelurahan.store.engine import seketika

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
AGAIN_AFTER = 0.25  # seconds
# From others' writing to the next look; then a thread waits for the lock. Not at once: while it
# holds the lock, it waits for the event loop to let it go on, which meets the lock again.
MOMENTS = (0.001, 0.002, 0.004, 0.008, 0.016)


class LedgerThread:
    """Runs blocking ledger calls in few threads, off the event loop.

    One for SQLite, which has one writer: threads that wait for its lock sleep longer than it is
    held. `at_once` is for SQLite, too: what it does in a quarter of a millisecond takes several
    times as long in a thread that the event loop has to hand Python over to, and back.
    """

    def __init__(self, threads: int = 1, *, at_once: bool = False) -> None:
        self._pool = ThreadPoolExecutor(threads, "ledger")
        self._at_once = at_once

    async def run(self, call: Callable[..., Result], *args: object) -> Result:
        """Await `call(*args)`, beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, call, *args)

    async def short(self, call: Callable[..., Result], *args: object) -> Result:
        """Await `call(*args)`: few rows, and nothing amiss if it is called again after failing.

        On SQLite it is called here and now, or in a moment when somebody else is writing.
        """
        for moment in MOMENTS if self._at_once else ():
            try:
                with seketika():
                    return call(*args)
            except StoreBusyError:
                await asyncio.sleep(moment)
        return await self.run(call, *args)

    async def persist(self, patience: float, call: Callable[..., Result], *args: object) -> Result:
        """Await a `short` call, again and again for `patience` seconds while the database is away.

        Raises StoreBusyError when it is still away then.
        """
        try:
            return await self.short(call, *args)
        except StoreBusyError:
            logger.info("database away; tried again for %.0f s", patience)
            await asyncio.sleep(AGAIN_AFTER)
        away = retry_if_exception_type(StoreBusyError)
        end = stop_after_delay(patience)
        trying = AsyncRetrying(wait=wait_fixed(AGAIN_AFTER), stop=end, retry=away, reraise=True)
        return await trying(self.run, call, *args)
