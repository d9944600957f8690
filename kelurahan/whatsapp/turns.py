"""One message of one resident, from "read" to answered. Knows neither Rasa nor HTTP."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from kelurahan.store import StoreError
from kelurahan.whatsapp import build
from kelurahan.whatsapp.clean import clean_text
from kelurahan.whatsapp.errors import SendError
from kelurahan.whatsapp.events import Choice, Message, Outcome, fingerprint, trace
from kelurahan.whatsapp.ledger import Ledger, LedgerThread
from kelurahan.whatsapp.replies import FIXED_REPLIES, NOT_AGAIN_WITHIN
from kelurahan.whatsapp.tokens import Tokens

logger = logging.getLogger(__name__)

Json = dict[str, Any]
TURN_LIMIT = 45.0  # Rasa's lock lives 60 s; a longer turn would lose it (rasa-practice section 3)
RECEIPT_PATIENCE = 1.0  # a reply does not wait longer for the blue ticks
TURNS_AT_ONCE = 32


class Client(Protocol):
    """What a turn needs of `GraphClient`."""

    async def send(self, message: Json) -> str:
        """Send, or raise a SendError."""

    async def mark_read(self, wamid: str, typing: bool = True) -> None:
        """Blue ticks and the typing indicator."""


@dataclass(frozen=True)
class Received:
    """A recorded message with the resident's id, waiting for its turn."""

    message: Message
    resident: str


@dataclass(frozen=True)
class Question:
    """What Rasa is asked: safe text, and ids that hold no personal data."""

    resident: str
    text: str = field(repr=False)
    message_id: str
    metadata: Json


# Ask Rasa and return the messages of its turn, as an output channel gets them.
Ask = Callable[[Question], Awaitable[list[Json]]]


class Turns:
    """Serves received messages, one call each; nothing it meets is raised to the caller."""

    def __init__(
        self,
        *,
        ask: Ask,
        client: Client,
        ledger: Ledger,
        thread: LedgerThread,
        tokens: Tokens,
        after_turn: Callable[[str], Awaitable[None]] | None = None,
        clock: Callable[[], float] = time.time,
        turn_limit: float = TURN_LIMIT,
    ) -> None:
        self._ask = ask
        self._client = client
        self._ledger = ledger
        self._thread = thread
        self._tokens = tokens
        self._after_turn = after_turn
        self._clock = clock
        self._turn_limit = turn_limit
        self._said: dict[tuple[str, str], float] = {}
        self._slots = asyncio.Semaphore(TURNS_AT_ONCE)

    async def serve(self, received: Received) -> None:
        """Answer one message according to its outcome and mark it as dealt with."""
        content = received.message.content
        if content.outcome is Outcome.TO_RASA:
            await self._serve_by_rasa(received)
        elif content.outcome is Outcome.FIXED_REPLY:
            await self._serve_fixed(received, content.reply or "tidak_dikenal")
        await self._finish(received.message)

    async def _serve_by_rasa(self, received: Received) -> None:
        text, chosen = self._text_for_rasa(received)
        if text is None:
            await self._serve_fixed(received, "kosong")
            return
        receipt = asyncio.ensure_future(self._mark_read(received.message))
        said = await self._ask_rasa(received, text, chosen)
        bodies = self._bodies(received, said)
        if not bodies:
            logger.error("message %s: turn without a reply", trace(received.message.wamid))
            bodies = [build.text_body(FIXED_REPLIES["gangguan"])]
        await self._send(received, bodies, receipt)
        await self._run_after_turn(received)

    def _text_for_rasa(self, received: Received) -> tuple[str | None, bool]:
        """A choice of ours becomes its payload; only here does text with a "/" come to be."""
        content = received.message.content
        choice: Choice | None = content.choice
        if choice is None:
            return clean_text(content.text), False
        payload = self._tokens.payload(choice.id, received.resident, self._clock())
        if payload is not None:
            return payload, True
        logger.info("message %s: unknown or expired choice", trace(received.message.wamid))
        return clean_text(choice.title), False

    async def _ask_rasa(self, received: Received, text: str, chosen: bool) -> list[Json]:
        """Run the turn; a failed or endless one counts as a turn without a reply."""
        message = received.message
        metadata = {"jenis": message.type, "pilihan": chosen}
        question = Question(received.resident, text, fingerprint(message.wamid), metadata)
        async with self._slots:
            turn = asyncio.ensure_future(self._ask(question))
            # else asyncio itself would log the error, text and all
            turn.add_done_callback(lambda task: task.cancelled() or task.exception())
            await asyncio.wait([turn], timeout=self._turn_limit)
        if not turn.done():
            turn.cancel()
            await asyncio.wait([turn], timeout=RECEIPT_PATIENCE)  # to let go of Rasa's lock
            logger.error("message %s: turn took too long", trace(message.wamid))
        elif turn.cancelled():  # by something inside Rasa: our own task goes on
            logger.error("message %s: turn was cancelled", trace(message.wamid))
        elif error := turn.exception():
            logger.error("message %s: turn failed: %s", trace(message.wamid), where(error))
        else:
            return turn.result()
        return []

    def _bodies(self, received: Received, said: list[Json]) -> list[Json]:
        sign = partial(self._sign, received.resident)
        try:
            return build.build(said, sign)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            wamid = trace(received.message.wamid)
            logger.error("message %s: reply could not be built: %s", wamid, where(error))
            return []

    def _sign(self, resident: str, kind: str, payload: str, position: int) -> str:
        return self._tokens.issue(kind, resident, payload, position, self._clock())

    async def _serve_fixed(self, received: Received, reply: str) -> None:
        if self._said_just_now(received.resident, reply):
            return
        receipt = asyncio.ensure_future(self._mark_read(received.message))
        await self._send(received, [build.text_body(FIXED_REPLIES[reply])], receipt)

    def _said_just_now(self, resident: str, reply: str) -> bool:
        pause, now = NOT_AGAIN_WITHIN.get(reply), self._clock()
        if pause is None:
            return False
        longest = max(NOT_AGAIN_WITHIN.values())
        self._said = {key: at for key, at in self._said.items() if now - at < longest}
        before = self._said.get((resident, reply))
        if before is not None and now - before < pause:
            return True
        self._said[resident, reply] = now
        return False

    async def _mark_read(self, message: Message) -> None:
        try:
            await self._client.mark_read(message.wamid, typing=True)
        except SendError as error:
            logger.info("message %s: not marked as read: %s", trace(message.wamid), error)

    async def _send(self, received: Received, bodies: list[Json], receipt: asyncio.Future) -> None:
        """Send in order, after the receipt: a late "sedang mengetik" would outlive the reply."""
        await asyncio.wait([receipt], timeout=RECEIPT_PATIENCE)
        receipt.cancel()
        sender = received.message.sender
        for body in bodies:
            try:
                await self._client.send(build.address(body, sender.wa_id, sender.bsuid))
            except SendError as error:
                wamid = trace(received.message.wamid)
                logger.error("message %s: reply not sent: %s; %s", wamid, error, error.staff)
                return

    async def _finish(self, message: Message) -> None:
        try:
            await self._thread.run(self._ledger.finish, message)
        except StoreError as error:
            logger.error("message %s: not marked as done: %s", trace(message.wamid), where(error))

    async def _run_after_turn(self, received: Received) -> None:
        if self._after_turn is None:
            return
        try:
            await self._after_turn(received.resident)
        except Exception as error:  # noqa: BLE001 - a hook never spoils the conversation
            wamid = trace(received.message.wamid)
            logger.error("message %s: after_turn failed: %s", wamid, where(error))


def where(error: BaseException) -> str:
    """Type and place of an error; its text and locals may hold what the resident wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + place
