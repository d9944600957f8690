"""The time the simulator lives in: the real one, or one that a test moves by hand."""

from __future__ import annotations

import asyncio
import threading
import time


class Clock:
    """Real time."""

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    async def sleep_until(self, when: float) -> None:
        """Return once `when` has come."""
        await asyncio.sleep(max(0.0, when - self.now()))


class FakeClock(Clock):
    """Time that stands still until `advance` is called, from any thread."""

    def __init__(self, start: float = 1_790_000_000.0) -> None:
        self._now = start
        self._lock = threading.Lock()
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self._now

    async def sleep_until(self, when: float) -> None:
        with self._lock:
            if when <= self._now:
                return
            future = asyncio.get_running_loop().create_future()
            self._sleepers.append((when, future))
        await future

    def advance(self, seconds: float) -> None:
        """Move on and wake whoever was waiting for a moment that has now passed."""
        with self._lock:
            self._now += seconds
            due = [future for when, future in self._sleepers if when <= self._now]
            self._sleepers = [entry for entry in self._sleepers if entry[0] > self._now]
        for future in due:
            future.get_loop().call_soon_threadsafe(_wake, future)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
