"""What the channel needs of the store: each method is one transaction, blocking.

Calls are made through a `ledger_thread.LedgerThread`, off the event loop.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select

from kelurahan import store
from kelurahan.store import StoreBusyError, peringatan, waktu, warga
from kelurahan.store.queue import INBOX, OUTBOX, ClaimLostError, Worker, lock
from kelurahan.store.siap import Siap
from kelurahan.whatsapp import inbox, outbox
from kelurahan.whatsapp.events import Batch, Message, Sender, Status, SystemChange
from kelurahan.whatsapp.inbox import Turn
from kelurahan.whatsapp.outbox import Letter
from kelurahan.whatsapp.statuses import take_in

logger = logging.getLogger(__name__)

_OPEN = Siap(select(OUTBOX.open, INBOX.open))  # what waits for the resident, what of theirs waits

Json = dict[str, Any]
Result = TypeVar("Result")


@dataclass
class Intake:
    """What came of one webhook: turns to start now, and whether more wait."""

    turns: list[Turn] = field(default_factory=list)
    waiting: bool = False  # something was left for later, because all workers are busy


@dataclass(frozen=True)
class Done:
    """What comes after a finished turn: its reply to send, the resident's next message."""

    letter: Letter | None = None
    turn: Turn | None = None


class Ledger:
    """Inbox and outbox of one process."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker

    # the inbox

    def receive(self, batch: Batch, slots: int) -> Intake:
        """Write all messages of a webhook down in one transaction, then take in its statuses.

        One spoilt event does not lose the rest. Raises StoreBusyError when the database is away:
        then WhatsApp must deliver again.
        """
        statuses = [event for event in batch.events if isinstance(event, Status)]
        messages = [event for event in batch.events if not isinstance(event, Status)]
        intake = self._receive_together(messages, slots) if messages else Intake()
        for status in statuses:
            # each on its own: a row held while waiting for another is how deadlocks come about
            self._one(lambda s, status=status: take_in(s, status))
        return intake

    def _receive_together(self, events: list[Any], slots: int) -> Intake:
        try:
            with store.sesi() as s:
                return self._receive(s, events, slots)
        except StoreBusyError:
            raise
        except Exception as error:  # noqa: BLE001 - found out below which event it is
            logger.error("webhook: not recorded as a whole: %s", type(error).__name__)
        intake = Intake()
        for event in events:
            free = slots - len(intake.turns)
            one = self._one(lambda s, event=event, free=free: self._receive(s, [event], free))
            if one is not None:
                intake.turns += one.turns
                intake.waiting |= one.waiting
        return intake

    def _one(self, work: Callable[[Any], Result]) -> Result | None:
        """One event in a transaction of its own; a spoilt one is told to staff and left out."""
        try:
            with store.sesi() as s:
                return work(s)
        except StoreBusyError:
            raise
        except Exception as error:  # noqa: BLE001 - repeated for a week it would stay spoilt
            logger.error("webhook: an event cannot be recorded: %s", type(error).__name__)
            self.alert("pesan_rusak", "Satu pesan WhatsApp tidak dapat dicatat.")
            return None

    def _receive(self, s: Any, events: Iterable[Any], slots: int) -> Intake:
        intake = Intake()
        # one order for all: two batches with the same residents must not wait for each other
        for event in sorted(events, key=_sender_key):
            if isinstance(event, SystemChange):
                self._move(s, event)
            elif isinstance(event, Message):
                worker = self.worker if len(intake.turns) < slots else None
                waits, turn = inbox.store_message(s, event, worker)
                intake.waiting |= waits and worker is None
                intake.turns += [turn] if turn else []
        return intake

    def _move(self, s: Any, change: SystemChange) -> None:
        warga.pindahkan(
            s,
            lama_wa_id=change.old.wa_id,
            lama_bsuid=change.old.bsuid,
            wa_id=change.new.wa_id,
            bsuid=change.new.bsuid,
        )

    def take_turns(self, limit: int, busy: Collection[str]) -> list[Turn]:
        """Claim waiting and abandoned messages, one for each of up to `limit` residents."""
        with store.sesi() as s:
            turns = [inbox.turn_of(s, c) for c in INBOX.take(s, self.worker, limit, busy)]
            return [turn for turn in turns if turn is not None]

    def finish_turn(
        self,
        turn: Turn,
        bodies: Sequence[Json],
        kind: str,
        *,
        go_on: bool,
        quiet: float = 0.0,
        layanan: str | None = None,
    ) -> Done:
        """Close a message and write its reply down, in one; claim what comes next if `go_on`.

        With `quiet` the reply is left out when the resident got one of its kind that many seconds
        ago. Raises ClaimLostError when somebody else has taken the message over.
        """
        with store.sesi() as s:
            lock(s, turn.resident)
            inbox.close(s, turn)
            [(going, coming)] = _OPEN.baris(s, {"lane": turn.resident})
            letter = None
            if not (quiet and outbox.said_since(s, turn.resident, kind, quiet)):
                more = {"kind": kind, "pesan_id": turn.pesan_id, "layanan": layanan}
                first = None if going else self.worker
                letter = outbox.answer(
                    s, turn.resident, bodies, first, to=turn.message.sender, **more
                )
            return Done(
                letter or outbox.claim(s, turn.resident, self.worker),
                inbox.claim(s, turn.resident, self.worker) if go_on and coming else None,
            )

    def postpone_turn(self, turn: Turn, seconds: float, notice: Json | None, counted: bool) -> Done:
        """Put a message back for later; `notice` tells the resident, once, that it takes longer.

        `counted`: the try counts towards the number after which the message is set aside.
        """
        attempts = turn.claim.attempts - (0 if counted else 1)
        with store.sesi() as s:
            lock(s, turn.resident)
            INBOX.postpone(s, turn.claim, _in(seconds), attempts=attempts)
            if notice is not None:
                self._notice(s, turn, notice, "tertunda", -1)
            return self._next(s, turn.resident, False)

    def park_turn(self, turn: Turn, apology: Json, reason: str, *, go_on: bool) -> Done:
        """Set a message aside for staff; the resident gets the apology, the lane goes on."""
        with store.sesi() as s:
            lock(s, turn.resident)
            INBOX.finish(s, turn.claim, inbox.PARKED)
            self._notice(s, turn, apology, "gangguan", 0)
            peringatan.catat(s, "pesan_diparkir", reason)
            return self._next(s, turn.resident, go_on)

    def _notice(self, s: Any, turn: Turn, body: Json, kind: str, part: int) -> None:
        to = turn.message.sender
        outbox.enqueue(s, turn.resident, body, kind=kind, to=to, pesan_id=turn.pesan_id, part=part)

    def _next(self, s: Any, resident: str, go_on: bool) -> Done:
        return Done(
            outbox.claim(s, resident, self.worker),
            inbox.claim(s, resident, self.worker) if go_on else None,
        )

    # the outbox

    def take_letters(self, limit: int, busy: Collection[str]) -> list[Letter]:
        """Claim what waits to be sent, one for each of up to `limit` residents."""
        with store.sesi() as s:
            claims = OUTBOX.take(s, self.worker, limit, busy)
            return [outbox.letter_of(s, claim) for claim in claims]

    def sent(self, letter: Letter, wamid: str, *, go_on: bool) -> Letter | None:
        """WhatsApp has accepted it; returns the resident's next one."""
        with store.sesi() as s:
            lock(s, letter.claim.warga_id)
            try:
                outbox.sent(s, letter, wamid)
            except ClaimLostError:  # a status was faster than the answer to our request
                logger.info("outbox %d: was already known to be sent", letter.claim.id)
            return outbox.claim(s, letter.claim.warga_id, self.worker) if go_on else None

    def postpone_letter(
        self, letter: Letter, seconds: float, error: str | None, code: int, *, counted: bool
    ) -> None:
        """Put it back at the head of its lane, to be sent later."""
        attempts = letter.claim.attempts - (0 if counted else 1)
        values = {"attempts": attempts, "error_code": code or None}
        values |= {"error": error} if error else {}
        with store.sesi() as s:
            OUTBOX.postpone(s, letter.claim, _in(seconds), **values)

    def by_template(self, letter: Letter) -> None:
        """From now on this message is its template: the window has closed."""
        with store.sesi() as s:
            values = {"body": letter.claim.row["template"], "template": None}
            OUTBOX.postpone(s, letter.claim, None, **values)

    def give_up(
        self, letter: Letter, state: str, error: str, code: int, *, go_on: bool
    ) -> Letter | None:
        """Set a message aside (`failed`, `uncertain`, `window`); returns the next one."""
        with store.sesi() as s:
            lock(s, letter.claim.warga_id)
            OUTBOX.finish(s, letter.claim, state, error=error, error_code=code or None)
            return outbox.claim(s, letter.claim.warga_id, self.worker) if go_on else None

    # both

    def release(self) -> int:
        """At the start: take over at once what an earlier run of this process left in work."""
        with store.sesi() as s:
            return INBOX.release(s, self.worker) + OUTBOX.release(s, self.worker)

    def alert(self, kind: str, text: str, code: int = 0) -> None:
        """Tell staff, in the log and in a row that the console shows."""
        with store.sesi() as s:
            new = peringatan.catat(s, kind, text, code)
        if new:
            logger.error("ALERT %s (%d): %s", kind, code, text)

    def all_clear(self, kind: str) -> None:
        """The trouble is over."""
        with store.sesi() as s:
            closed = peringatan.selesaikan(s, kind)
        if closed:
            logger.warning("alert %s is over", kind)

    def tidy(self) -> None:
        """Forget what is no longer needed."""
        with store.sesi() as s:
            inbox.empty_old(s)
            outbox.empty_old(s)

    def depths(self) -> dict[str, tuple[int, datetime | None, int]]:
        """For each queue: rows waiting, since when, and rows set aside."""
        with store.sesi(baca=True) as s:
            return {"inbox": INBOX.depth(s), "outbox": OUTBOX.depth(s)}


def _in(seconds: float) -> datetime | None:
    return waktu.sekarang() + timedelta(seconds=seconds) if seconds > 0 else None


def _sender_key(event: Any) -> str:
    sender: Sender | None = getattr(event, "sender", None) or getattr(event, "old", None)
    if isinstance(sender, Sender):
        return sender.wa_id or sender.bsuid or ""
    return ""
