"""What the channel needs of the store, as a small interface, and the one place that binds it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from kelurahan import store
from kelurahan.store import pesan, warga
from kelurahan.whatsapp.events import Message, SystemChange

Result = TypeVar("Result")


class LedgerThread:
    """Runs blocking ledger calls in one thread, one after another, off the event loop.

    One, because SQLite has one writer: threads that wait for its lock sleep longer than it is held.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "ledger")

    async def run(self, call: Callable[..., Result], *args: object) -> Result:
        """Await `call(*args)`."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, call, *args)


class Ledger(Protocol):
    """Blocking calls; the channel makes them in a `LedgerThread`."""

    def accept(self, message: Message) -> str | None:
        """Record a message; return the resident's id, or None when it was seen before."""

    def move(self, change: SystemChange) -> None:
        """Follow a resident to a new number or user id."""

    def finish(self, message: Message) -> None:
        """Mark a message as dealt with."""


class StoreLedger:
    """The real one: `kelurahan.store`."""

    def accept(self, message: Message) -> str | None:
        """Find or create the resident and claim the message, in one transaction."""
        sender = message.sender
        with store.sesi() as sesi:
            pengirim = warga.kenali(sesi, wa_id=sender.wa_id, bsuid=sender.bsuid)
            baru = pesan.catat_masuk(sesi, message.wamid, pengirim, message.type)
        return pengirim if baru else None

    def move(self, change: SystemChange) -> None:
        """Move the record in one transaction; repeating it changes nothing."""
        with store.sesi() as sesi:
            warga.pindahkan(
                sesi,
                lama_wa_id=change.old.wa_id,
                lama_bsuid=change.old.bsuid,
                wa_id=change.new.wa_id,
                bsuid=change.new.bsuid,
            )

    def finish(self, message: Message) -> None:
        """Set the message's time of completion."""
        with store.sesi() as sesi:
            pesan.tandai_selesai(sesi, message.wamid)
