"""Sends the outbox: one resident's messages in order, at WhatsApp's pace, until all are out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

from kelurahan.store.queue import ClaimLostError
from kelurahan.whatsapp import build, metrics, outbox
from kelurahan.whatsapp.errors import AccountError, CredentialsError, SendError
from kelurahan.whatsapp.ledger import Ledger
from kelurahan.whatsapp.ledger_thread import LedgerThread
from kelurahan.whatsapp.outbox import Letter
from kelurahan.whatsapp.retry import plan

logger = logging.getLogger(__name__)

Json = dict[str, Any]
# Meta: a burst of 45 to one resident, then one message each six seconds (facts section 7)
PAIR_BURST, PAIR_SECONDS = 45, 6.0
STORE_PATIENCE = 25.0  # less than a letter's lease: after it somebody else may send
NO_RESIDENT = "ResidentGone"


class Client(Protocol):
    """What the sender needs of `GraphClient`."""

    async def send(self, message: Json) -> str:
        """Send once; return the wamid or raise a SendError."""


class Pace:
    """A bucket per resident, so that Meta's own limit is hardly ever met."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._full_at: dict[str, float] = {}  # when the bucket of a resident is full again

    def wait(self, resident: str) -> float:
        """Seconds until a message may go to this resident; 0 takes its place in the bucket."""
        now = self._clock()
        full_at = max(self._full_at.get(resident, now), now)
        wait = full_at + PAIR_SECONDS - now - PAIR_BURST * PAIR_SECONDS
        if wait > 0:
            return wait
        if len(self._full_at) > 10_000:
            self._full_at = {who: at for who, at in self._full_at.items() if at > now}
        self._full_at[resident] = full_at + PAIR_SECONDS
        return 0.0


class Sender:
    """Serves claimed letters; nothing it meets is raised to the caller but a lost database."""

    def __init__(
        self,
        *,
        client: Client,
        ledger: Ledger,
        thread: LedgerThread,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._thread = thread
        self._clock = clock
        self._pace = Pace(clock)
        self._paused_until = 0.0
        self._stopped: str | None = None  # the alert that stands while nothing can be sent
        self._has_sent = False
        self.closing = False

    @property
    def stopped(self) -> str | None:
        """The class of the trouble that keeps everything back, if there is one."""
        return self._stopped

    def paused(self) -> float:
        """Seconds for which nothing at all is sent."""
        return max(0.0, self._paused_until - self._clock())

    async def serve(self, letter: Letter) -> Letter | None:
        """Send one letter; return the resident's next one, claimed."""
        if (wait := self.paused() or self._pace.wait(letter.claim.warga_id)) > 0:
            await self._postpone(letter, wait)
            return None
        if letter.to is None:
            return await self._give_up(letter, outbox.FAILED, NO_RESIDENT, 0)
        body = self._body(letter)
        if body is None:
            return await self._give_up(letter, outbox.WINDOWED, "WindowClosedError", 0)
        try:
            wamid = await self._client.send(body)
        except SendError as error:
            return await self._failed(letter, error)
        metrics.SENT.inc()
        if letter.claim.attempts == 1 and letter.claim.row["pesan_id"]:
            metrics.answered(letter.claim.row["pesan_id"])
        # noted before anything else: until then a kill of this process means a second copy
        following = await self._store(
            lambda: self._ledger.sent(letter, wamid, go_on=not self.closing)
        )
        await self._all_clear()
        return following

    async def _all_clear(self) -> None:
        """Sending works: close what said otherwise, at first also alerts of an earlier run."""
        if self._has_sent and not self._stopped:
            return
        self._stopped, self._has_sent = None, True
        for kind in (CredentialsError, AccountError):
            await self._store(self._ledger.all_clear, kind.__name__)

    def _body(self, letter: Letter) -> Json | None:
        """What goes out: free text inside the window, the template outside it, or nothing yet."""
        body = letter.body
        if not letter.window_open and body.get("type") != "template":
            if letter.template is None:
                return None
            body = letter.template
        whole = build.address(body, letter.to.wa_id, letter.to.bsuid)
        return {**whole, "biz_opaque_callback_data": letter.reference}

    async def _failed(self, letter: Letter, error: SendError) -> Letter | None:
        kind = type(error).__name__
        metrics.FAILED.labels(kind).inc()
        made = plan(
            error,
            attempts=letter.claim.attempts,
            before=letter.claim.row["error"] or "",
            age=letter.age,
            template=letter.template is not None,
        )
        logger.warning("outbox %d, try %d: %s", letter.claim.id, letter.claim.attempts, error)
        if made.alert:
            await self._store(self._ledger.alert, kind, error.staff, error.code)
        if made.pause:
            self._paused_until = max(self._paused_until, self._clock() + made.pause)
        if isinstance(error, CredentialsError | AccountError):
            self._stopped = kind
        if made.by_template:
            await self._store(self._ledger.by_template, letter)
            return None
        if made.retry is not None:
            await self._postpone(letter, made.retry, kind, error.code, counted=made.counted)
            return None
        state = outbox.FAILED
        if made.wait_for_resident or made.uncertain:
            state = outbox.WINDOWED if made.wait_for_resident else outbox.UNCERTAIN
        return await self._give_up(letter, state, kind, error.code)

    async def _postpone(
        self,
        letter: Letter,
        seconds: float,
        error: str | None = None,
        code: int = 0,
        *,
        counted: bool = False,
    ) -> None:
        await self._store(
            lambda: self._ledger.postpone_letter(letter, seconds, error, code, counted=counted)
        )

    async def _give_up(self, letter: Letter, state: str, error: str, code: int) -> Letter | None:
        logger.error("outbox %d: given up, %s (%d), now %s", letter.claim.id, error, code, state)
        go_on = not self.closing
        return await self._store(
            lambda: self._ledger.give_up(letter, state, error, code, go_on=go_on)
        )

    async def _store(self, call: Callable[..., Any], *args: Any) -> Any:
        """Write down what has happened, also while the database is away for a moment."""
        try:
            return await self._thread.persist(STORE_PATIENCE, call, *args)
        except ClaimLostError as error:
            logger.warning("%s", error)
        return None
