"""The jobs behind the pages: each runs every few seconds, whatever went wrong before."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tugas:
    """What is done every `tiap` seconds; `kerja` must be safe to run in two consoles at once."""

    nama: str
    tiap: float
    kerja: Callable[[], object]


@dataclass
class Pekerja:
    """Runs the jobs until it is stopped."""

    tugas: list[Tugas]
    _jalan: list[asyncio.Task[None]] = field(default_factory=list)

    def mulai(self) -> None:
        """Start all of them on the running event loop."""
        self._jalan = [asyncio.create_task(self._ulang(tugas)) for tugas in self.tugas]

    async def berhenti(self) -> None:
        """Stop after what is under way."""
        for satu in self._jalan:
            satu.cancel()
        await asyncio.gather(*self._jalan, return_exceptions=True)

    async def _ulang(self, tugas: Tugas) -> None:
        while True:
            try:
                await run_in_threadpool(tugas.kerja)
            except Exception as galat:  # noqa: BLE001 - the next round may go better
                logger.error("job %s failed: %s", tugas.nama, type(galat).__name__)
            await asyncio.sleep(tugas.tiap)
