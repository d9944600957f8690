"""Posting webhooks: signed, recorded attempt by attempt, repeated ever more rarely until a 200."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx

from simulator.clock import Clock
from simulator.config import Config
from simulator.model import Rules
from simulator.signing import signature

REMEMBERED = 5000
GOOD, BAD, NONE = "good", "bad", "missing"


@dataclass
class Attempt:
    """One POST: when (simulator clock), what came back, how long it took (real seconds)."""

    at: float
    status: int | None
    seconds: float
    error: str = ""


@dataclass
class Delivery:
    """One webhook body on its way, with all its attempts."""

    number: int
    kind: str
    body: bytes
    ids: list[str]
    signed: str = GOOD
    retry: bool = True
    attempts: list[Attempt] = field(default_factory=list)
    done: bool = False

    @property
    def accepted(self) -> bool:
        """Whether some attempt was answered with 200."""
        return any(attempt.status == 200 for attempt in self.attempts)

    def as_json(self) -> dict[str, Any]:
        """Without the body, which may be megabytes."""
        plain = ("number", "kind", "ids", "signed", "done", "accepted")
        return {
            **{key: getattr(self, key) for key in plain},
            "attempts": [asdict(attempt) for attempt in self.attempts],
        }


class Courier:
    """Takes bodies to the webhook."""

    def __init__(
        self, config: Config, clock: Clock, rules: Rules, on_change: Callable[[Delivery], None]
    ) -> None:
        self._config, self._clock, self._rules, self._on_change = config, clock, rules, on_change
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: httpx.AsyncClient | None = None
        self.deliveries: deque[Delivery] = deque(maxlen=REMEMBERED)

    async def deliver(
        self, body: bytes, *, kind: str, ids: list[str], signed: str = GOOD
    ) -> Delivery:
        """Make the first attempt; further ones follow in the background."""
        # Nobody repeats a forged request, so only properly signed ones are tried again.
        delivery = Delivery(next(self._numbers), kind, body, ids, signed, retry=signed == GOOD)
        self.deliveries.append(delivery)
        delays = iter(self._config.retry_delays)
        due = await self._attempt(delivery, delays)
        if due is not None:
            task = asyncio.get_running_loop().create_task(self._repeat(delivery, delays, due))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return delivery

    async def _repeat(self, delivery: Delivery, delays: Any, due: float | None) -> None:
        while due is not None:
            await self._clock.sleep_until(due)
            due = await self._attempt(delivery, delays)

    async def _attempt(self, delivery: Delivery, delays: Any) -> float | None:
        """Post once; the moment of the next attempt, or None if there is none."""
        attempt = await self._post(delivery)
        delay = next(delays, None) if delivery.retry and attempt.status != 200 else None
        due = None if delay is None else self._clock.now() + delay
        delivery.done = due is None
        delivery.attempts.append(attempt)
        self._on_change(delivery)
        return due

    async def _post(self, delivery: Delivery) -> Attempt:
        at, begun = self._clock.now(), time.perf_counter()
        status, problem = None, ""
        try:
            answer = await self._http().post(
                self._rules.webhook_url, content=delivery.body, headers=self._headers(delivery)
            )
            status = answer.status_code
        except httpx.HTTPError as error:
            problem = type(error).__name__
        except httpx.InvalidURL:
            problem = "InvalidURL"
        return Attempt(at, status, time.perf_counter() - begun, problem)

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
        if delivery.signed == GOOD:
            headers["X-Hub-Signature-256"] = signature(self._config.app_secret, delivery.body)
        elif delivery.signed == BAD:
            headers["X-Hub-Signature-256"] = signature("bukan rahasianya", delivery.body)
        return headers

    async def handshake(self, token: str, challenge: str) -> tuple[int | None, str]:
        """The GET Meta makes when a callback URL is entered; (status, body)."""
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}
        try:
            answer = await self._http().get(self._rules.webhook_url, params=query)
        except httpx.HTTPError as error:
            return None, type(error).__name__
        return answer.status_code, answer.text

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            # trust_env off: a proxy of this machine must not see what goes to the local bot
            self._client = httpx.AsyncClient(
                timeout=self._config.webhook_timeout,
                trust_env=False,
                limits=httpx.Limits(max_connections=200),
            )
        return self._client

    def forget(self) -> None:
        """Stop all repetitions and drop the record."""
        for task in list(self._tasks):
            task.cancel()
        self.deliveries.clear()

    async def close(self) -> None:
        """Stop for good."""
        self.forget()
        if self._client is not None:
            await self._client.aclose()
            self._client = None
