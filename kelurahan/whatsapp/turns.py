"""One resident's message, from "read" to its reply in the outbox. Knows neither Rasa nor HTTP."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from kelurahan.store.queue import ClaimLostError
from kelurahan.whatsapp import build, metrics
from kelurahan.whatsapp.clean import clean_text
from kelurahan.whatsapp.events import Outcome, trace
from kelurahan.whatsapp.inbox import Turn
from kelurahan.whatsapp.ledger import Done, Ledger
from kelurahan.whatsapp.ledger_thread import LedgerThread
from kelurahan.whatsapp.outbox import BOT, Letter
from kelurahan.whatsapp.receipts import Receipts
from kelurahan.whatsapp.replies import FIXED_REPLIES, KEPT, NOT_AGAIN_WITHIN
from kelurahan.whatsapp.tokens import Tokens

logger = logging.getLogger(__name__)

Json = dict[str, Any]
TURN_LIMIT = 45.0  # Rasa's lock lives 60 s; a longer turn would lose it (rasa-practice section 3)
LETTING_GO = 1.0  # seconds for a turn that was cut off
STORE_PATIENCE = 10.0  # with the turn and this, a claim of 60 s still holds
MOST_TRIES = 4  # of a message whose turn fails; then staff look at it
MOST_DEATHS = 8  # of processes that had it in work; more than a bad night of kills brings
OUTAGE_PATIENCE = 1800.0  # seconds for which a message waits for our own parts to come back
NOTICE_AFTER = 60.0  # of those, after which the resident hears that it takes longer


class TurnFailedError(Exception):
    """The turn raised, was cancelled, or took too long; nothing of it stands."""


class TurnUndoneError(Exception):
    """A part of ours was away (action server, database): the same turn can succeed later."""


@dataclass(frozen=True)
class Question:
    """What Rasa is asked: safe text, and ids that hold no personal data."""

    resident: str
    text: str = field(repr=False)
    message_id: str
    metadata: Json


class Rasa(Protocol):
    """The conversation behind a turn, see `rasa_turn.RasaTurn`."""

    async def ask(self, question: Question) -> list[Json]:
        """Run the turn; the messages it says. Raises TurnUndoneError or anything else."""

    async def recall(self, resident: str, message_id: str) -> list[Json] | None:
        """What was said to this message if its turn has been saved before; None if not."""


class Turns:
    """Serves claimed messages, one call each."""

    def __init__(
        self,
        *,
        rasa: Rasa,
        receipts: Receipts,
        ledger: Ledger,
        thread: LedgerThread,
        tokens: Tokens,
        post: Callable[[list[Letter]], None],
        after_turn: Callable[[str], Awaitable[None]] | None = None,
        clock: Callable[[], float] = time.time,
        turn_limit: float = TURN_LIMIT,
    ) -> None:
        self._rasa = rasa
        self._receipts = receipts
        self._ledger = ledger
        self._thread = thread
        self._tokens = tokens
        self._post = post
        self._after_turn = after_turn
        self._clock = clock
        self._turn_limit = turn_limit
        self.closing = False

    async def serve(self, turn: Turn) -> Turn | None:
        """Deal with one message; return the resident's next one, claimed."""
        try:
            done = await self._serve(turn)
        except ClaimLostError as error:  # another worker has it: what we did is not written down
            logger.warning("message %s: %s", trace(turn.message.wamid), error)
            return None
        if done.letter is not None:
            self._post([done.letter])
        if turn.message.content.outcome is Outcome.TO_RASA:
            await self._run_after_turn(turn)
        return done.turn

    async def _serve(self, turn: Turn) -> Done:
        content = turn.message.content
        if turn.claim.attempts > MOST_DEATHS:  # tries that came back are counted off or parked
            return await self._park(turn, "its turn ends the process again and again")
        if content.outcome is Outcome.FIXED_REPLY:
            return await self._fixed(turn, content.reply or "tidak_dikenal")
        text, chosen = self._text_for_rasa(turn)
        if text is None:
            return await self._fixed(turn, content.reply or "kosong")
        try:
            async with self._receipts.around(turn.resident, turn.message.wamid):
                said = await self._say(turn, text, chosen)
        except TurnUndoneError as error:
            return await self._later(turn, str(error))
        except TurnFailedError as error:
            return await self._again_or_park(turn, str(error))
        if content.note and said:  # about the attachment that this text came with
            said = [{"text": content.note}, *said]
        bodies = self._bodies(turn, said)
        if not bodies:
            return await self._park(turn, "turn without a reply")
        if any(message.get("gangguan") for message in said):
            await self._write(
                self._ledger.alert, "aksi_gagal", "Sebuah jawaban bot gagal dibuat (lihat log)."
            )
        kind, layanan = build.topic(said)
        return await self._finish(turn, bodies, f"{BOT}{kind}", layanan=layanan)

    async def _say(self, turn: Turn, text: str, chosen: bool) -> list[Json]:
        """The turn's messages; a turn that was saved before we died is not run again."""
        metadata = {"jenis": turn.message.type, "pilihan": chosen}
        question = Question(turn.resident, text, turn.pesan_id, metadata)
        job = asyncio.ensure_future(self._ask_or_recall(turn, question))
        # else asyncio itself would log the error, text and all
        job.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.wait([job], timeout=self._turn_limit)
        if not job.done():
            job.cancel()
            await asyncio.wait([job], timeout=LETTING_GO)  # of Rasa's lock
            raise TurnFailedError("turn took too long")
        if job.cancelled():  # by something inside Rasa: our own task goes on
            raise TurnFailedError("turn was cancelled")
        error = job.exception()
        if isinstance(error, TurnUndoneError):
            raise error
        if error:
            raise TurnFailedError(f"turn failed: {where(error)}")
        return job.result()

    async def _ask_or_recall(self, turn: Turn, question: Question) -> list[Json]:
        if not turn.first_time:
            said = await self._rasa.recall(turn.resident, turn.pesan_id)
            if said is not None:
                logger.info("message %s: its turn was saved before", trace(turn.message.wamid))
                return said
        return await self._rasa.ask(question)

    def _text_for_rasa(self, turn: Turn) -> tuple[str | None, bool]:
        """A choice of ours becomes its payload; only here does text with a "/" come to be."""
        content = turn.message.content
        choice = content.choice
        if choice is None:
            return clean_text(content.text), False
        payload = self._tokens.payload(choice.id, turn.resident, self._clock())
        if payload is not None:
            return payload, True
        logger.info("message %s: unknown or expired choice", trace(turn.message.wamid))
        return clean_text(choice.title), False

    def _bodies(self, turn: Turn, said: list[Json]) -> list[Json]:
        try:
            return build.build(said, partial(self._sign, turn.resident))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            wamid = trace(turn.message.wamid)
            logger.error("message %s: reply could not be built: %s", wamid, where(error))
            return []

    def _sign(self, resident: str, kind: str, payload: str, position: int) -> str:
        return self._tokens.issue(kind, resident, payload, position, self._clock())

    # how a turn ends

    async def _fixed(self, turn: Turn, reply: str) -> Done:
        self._receipts.later(turn.resident, turn.message.wamid)
        quiet = NOT_AGAIN_WITHIN.get(reply, 0)
        text = turn.message.content.note if reply == KEPT else FIXED_REPLIES[reply]
        bodies = [build.text_body(text)] if text else []  # the rest of an album is not told again
        return await self._finish(turn, bodies, reply, quiet=quiet)

    async def _finish(self, turn: Turn, bodies: list[Json], kind: str, **more: Any) -> Done:
        metrics.TURNS.labels("answered").inc()
        finish = partial(self._ledger.finish_turn, go_on=not self.closing, **more)
        return await self._write(finish, turn, bodies, kind)

    async def _later(self, turn: Turn, reason: str) -> Done:
        """Our own parts are away: the message waits, and after a minute the resident hears so."""
        wamid, age = trace(turn.message.wamid), turn.age
        if age > OUTAGE_PATIENCE:
            return await self._park(turn, reason)
        logger.warning("message %s: put back, %s", wamid, reason)
        metrics.TURNS.labels("put back").inc()
        notice = build.text_body(FIXED_REPLIES["tertunda"]) if age > NOTICE_AFTER else None
        wait = min(20.0, max(1.0, age / 4))
        return await self._write(self._ledger.postpone_turn, turn, wait, notice, False)

    async def _again_or_park(self, turn: Turn, reason: str) -> Done:
        if turn.claim.attempts >= MOST_TRIES:
            return await self._park(turn, reason)
        logger.error("message %s: %s; tried again", trace(turn.message.wamid), reason)
        metrics.TURNS.labels("tried again").inc()
        wait = 4.0 ** (turn.claim.attempts - 1)
        return await self._write(self._ledger.postpone_turn, turn, wait, None, True)

    async def _park(self, turn: Turn, reason: str) -> Done:
        logger.error("message %s: %s; set aside for staff", trace(turn.message.wamid), reason)
        metrics.TURNS.labels("parked").inc()
        apology = build.text_body(FIXED_REPLIES["gangguan"])
        text = "Ada pesan warga yang tidak terjawab oleh bot; warga sudah diberi tahu."
        park = partial(self._ledger.park_turn, go_on=not self.closing)
        return await self._write(park, turn, apology, text)

    async def _write(self, call: Callable[..., Any], *args: Any) -> Any:
        """Write down how it ended, also when the database is away for a moment."""
        return await self._thread.persist(STORE_PATIENCE, call, *args)

    # around it

    async def _run_after_turn(self, turn: Turn) -> None:
        if self._after_turn is None:
            return
        try:
            await self._after_turn(turn.resident)
        except Exception as error:  # noqa: BLE001 - a hook never spoils the conversation
            wamid = trace(turn.message.wamid)
            logger.error("message %s: after_turn failed: %s", wamid, where(error))


def where(error: BaseException) -> str:
    """Type and place of an error; its text and locals may hold what the resident wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + place
