"""Inbox, turns and outbox of one process, wired together: what the channel starts and stops."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol

from kelurahan.settings import settings
from kelurahan.store import StoreError
from kelurahan.store.queue import Worker
from kelurahan.whatsapp import health, media_fetch
from kelurahan.whatsapp.client import GraphClient
from kelurahan.whatsapp.config import Config
from kelurahan.whatsapp.events import Batch
from kelurahan.whatsapp.inbox import Turn
from kelurahan.whatsapp.lanes import Lanes, forever
from kelurahan.whatsapp.ledger import Ledger
from kelurahan.whatsapp.ledger_thread import LedgerThread
from kelurahan.whatsapp.outbox import Letter
from kelurahan.whatsapp.receipts import Receipts
from kelurahan.whatsapp.sender import Sender
from kelurahan.whatsapp.tokens import Tokens
from kelurahan.whatsapp.turns import Rasa, Turns

logger = logging.getLogger(__name__)

# Rasa computes on one core: more turns at once only wait for each other, and webhooks with them.
# With PostgreSQL a webhook waits for the event loop more often: fewer (see bench.waiting).
TURNS_AT_ONCE, POSTGRES_TURNS_AT_ONCE = 4, 2
TURNS_CLAIMED = 48  # taken from the table together; far less than a lease of work
LETTERS_AT_ONCE = 32  # these wait for the network
POSTGRES_THREADS = 6
FEW_EVENTS = 10  # a webhook with more of them is written down beside the event loop
TIDY_EVERY = 3600.0


class Client(Protocol):
    """`GraphClient`, or a fake of it."""

    async def send(self, message: dict[str, Any]) -> str:
        """Send once, or raise a SendError."""

    async def mark_read(self, wamid: str, typing: bool = True) -> None:
        """Blue ticks and the typing indicator."""

    async def fetch(self, media_id: str, limit: int) -> bytes:
        """The bytes of a resident's file, or a SendError or TooLargeError."""

    async def close(self) -> None:
        """Close the connections."""


class PostOffice:
    """Everything between the webhook and the Graph API, for one process."""

    def __init__(
        self,
        config: Config,
        *,
        rasa: Rasa,
        worker: Worker,
        client: Client | None = None,
        after_turn: Callable[[str], Awaitable[None]] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.rasa = rasa
        self.ledger = Ledger(worker)
        postgres = settings().store_url.startswith("postgresql")
        self.thread = LedgerThread(POSTGRES_THREADS) if postgres else LedgerThread(at_once=True)
        self._client = client or graph_client(config)
        self.sender = Sender(
            client=self._client, ledger=self.ledger, thread=self.thread, clock=clock
        )
        self.letters: Lanes[Letter] = Lanes(
            name="outbox",
            slots=LETTERS_AT_ONCE,
            serve=self.sender.serve,
            take=self._take_letters,
        )
        self._receipts = Receipts(self._client)
        self._turns = self._make_turns(Tokens(config.app_secret), after_turn, clock)
        self.turns: Lanes[Turn] = Lanes(
            name="inbox",
            slots=TURNS_CLAIMED,
            at_once=POSTGRES_TURNS_AT_ONCE if postgres else TURNS_AT_ONCE,
            serve=self._turns.serve,
            take=self._take_turns,
        )
        self._fetcher = media_fetch.Fetcher(self._client, self.thread.run)
        self._offered = 0
        self._jobs: list[asyncio.Task[Any]] = []
        self._server: health.PrivateServer | None = None

    def _make_turns(self, tokens: Tokens, after_turn: Any, clock: Callable[[], float]) -> Turns:
        return Turns(
            rasa=self.rasa,
            receipts=self._receipts,
            ledger=self.ledger,
            thread=self.thread,
            tokens=tokens,
            post=self.letters.start,
            after_turn=after_turn,
            clock=clock,
        )

    async def receive(self, batch: Batch) -> None:
        """Write a webhook down and start what can be started; raises StoreError if it cannot be."""
        if not batch.events:
            return
        # webhooks that are being written down at the same time are not offered the same room
        room = self.turns.free - self._offered if self.rasa.ready() else 0
        slots = max(0, min(room, len(batch.messages)))
        self._offered += slots
        try:
            few = len(batch.events) <= FEW_EVENTS
            write = self.thread.short if few else self.thread.run
            intake = await write(self.ledger.receive, batch, slots)
        finally:
            self._offered -= slots
        self.turns.start(intake.turns)
        if intake.waiting:
            self.turns.look()

    async def start(self, metrics_port: int = 0) -> None:
        """Take over what an earlier run of this process held, and work until `stop`."""
        with contextlib.suppress(StoreError):
            if freed := await self.thread.run(self.ledger.release):
                logger.warning("%d rows of an earlier run are taken up again", freed)
        loop = asyncio.get_running_loop()
        tidy = forever(lambda: self.thread.run(self.ledger.tidy), TIDY_EVERY, "tidying up")
        fetch = forever(self._fetcher.look, media_fetch.LOOK_EVERY, "fetching attachments")
        work = (self.turns.keep_looking(), self.letters.keep_looking(), tidy, fetch)
        self._jobs = [loop.create_task(job) for job in work]
        if metrics_port:
            self._server = health.serve(self, metrics_port)

    async def stop(self, patience: float) -> None:
        """Finish what runs, start nothing new; what is left stays in the tables."""
        self._turns.closing = self.sender.closing = True
        for job in self._jobs:
            job.cancel()
        await self.turns.drain(patience)
        await self.letters.drain(patience)
        await self._receipts.close()
        await self._client.close()
        if self._server is not None:
            self._server.stop()

    async def _take_turns(self, limit: int, busy: Collection[str]) -> list[Turn]:
        if not self.rasa.ready():
            return []
        return await self.thread.run(self.ledger.take_turns, limit, busy)

    async def _take_letters(self, limit: int, busy: Collection[str]) -> list[Letter]:
        if self.sender.paused():
            return []
        return await self.thread.run(self.ledger.take_letters, limit, busy)


def graph_client(config: Config) -> GraphClient:
    """The client for the configured number."""
    return GraphClient(
        url=config.graph_api_url,
        version=config.graph_api_version,
        phone_number_id=config.phone_number_id,
        token=config.access_token,
    )
