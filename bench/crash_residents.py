"""Residents who go on writing while the bot's parts are killed, and what they got to read."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import aiohttp
import httpx

from bench.idle import name_of
from scripts.serve_test import ACCOUNT
from simulator import phone, testing
from simulator.model import BOT, Bubble
from simulator.state import is_bot
from simulator.webhook import Delivery

MOST_RESIDENTS, FEWEST_MESSAGES, MOST_MESSAGES = 2000, 2, 12
SERVICE, LATER = 5, range(7, 21)  # what is applied for, what is asked about afterwards
TICKS_WITHIN, LOOK_EVERY = 240.0, 0.2  # seconds a resident waits for the two ticks
AT_ONCE = 100  # webhooks under way together
# Meta's own pauses grow to hours; a run must end within minutes
RETRIES = (0.5, 1.0, 1.0, 2.0, 2.0, *(3.0,) * 80)
REFERENCE = "kotak-keluar:"


@dataclass(frozen=True)
class Line:
    """A message and a piece of text that only its answer holds."""

    text: str
    mark: str


@dataclass
class Person:
    """One resident: what is to be written, what has been."""

    number: str
    name: str
    lines: list[Line]
    written: list[Bubble] = field(default_factory=list)
    done: bool = False


@dataclass(frozen=True)
class Reply:
    """A bubble of the bot, and the row of the outbox it came from (0: not told)."""

    text: str
    row: int


def person(n: int, messages: int) -> Person:
    """Resident `n`: asks for a service, applies for it, asks about others."""
    name = f"Budi {name_of(n).removesuffix(' Contoh')}"
    lines = [
        Line(f"#{SERVICE}", f"*#{SERVICE} "),
        Line(f"{name}#{n % 28 + 1}-{n % 12 + 1}-{1950 + n % 50}#003/005", f"Nama: {name}"),
        *(Line(f"#{number}", f"*#{number} ") for number in LATER),
    ]
    return Person(f"62812000{n:05d}", name, lines[:messages])


class Wire:
    """Stands for the simulator's httpx client, whose pool works in the square of what waits in it.

    A wave that comes back at one moment would measure that.
    """

    def __init__(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=10)
        self._session = aiohttp.ClientSession(
            timeout=timeout, connector=aiohttp.TCPConnector(limit=AT_ONCE)
        )

    async def post(self, url: str, *, content: bytes, headers: dict[str, str]) -> Any:
        """One POST; what goes wrong is told in httpx's words."""
        try:
            async with self._session.post(url, data=content, headers=headers) as answer:
                await answer.read()
                return SimpleNamespace(status_code=answer.status)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise httpx.TransportError(type(error).__name__) from None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.close()


class Crowd:
    """The residents behind one simulator, which is Meta too; `with` stops it."""

    def __init__(self, residents: int, messages: int) -> None:
        self.people = [person(n, messages) for n in range(residents)]
        account = {
            name.removeprefix("whatsapp_"): value
            for name, value in ACCOUNT.items()
            if name != "whatsapp_app_secret"
        }
        self.sim = testing.start(
            secret=ACCOUNT["whatsapp_app_secret"],
            retry_delays=RETRIES,
            status_delays=(0.1, 0.3, 0.6),
            residents=(),
            **account,
        )
        # a connection that is cut in the middle of a request is an error to uvicorn, here the aim
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self.sim.rules(rate_limits=False)
        self.sim.simulator.courier.deliveries = deque()  # all of them, not the last 5,000
        self.sim.do(self._rewire())

    async def _rewire(self) -> None:
        self.sim.simulator.courier._client = Wire()

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        self.sim.stop()

    @property
    def port(self) -> int:
        """Where the fake Graph API listens."""
        return int(self.sim.url.rpartition(":")[2])

    def start(self, people: Iterable[Person]) -> None:
        """Let them write, all at the same time."""
        for one in people:
            self.sim.call(self.sim.simulator.spawn, self._write(one))

    async def _write(self, one: Person) -> None:
        """The next message once the one before has its two ticks, whether answered or not."""
        try:
            for line in one.lines:
                bubble = await phone.send(self.sim.simulator, one.number, {"text": line.text})
                one.written.append(bubble)
                end = asyncio.get_running_loop().time() + TICKS_WITHIN
                while bubble.status in ("pending", "sent"):
                    if asyncio.get_running_loop().time() > end:
                        return
                    await asyncio.sleep(LOOK_EVERY)
        finally:
            one.done = True

    def bubbles(self) -> list[Bubble]:
        """Everything in all chats, in the order of arrival."""
        return list(self.sim.simulator.state.bubbles.values())

    def unanswered(self) -> int:
        """Messages written less replies shown: about how many are on their way."""
        bubbles = self.bubbles()
        shown = sum(bubble.author == BOT for bubble in bubbles)
        return max(0, len(bubbles) - 2 * shown)

    def first_reply_after(self, moment: float) -> float | None:
        """When the first reply after this moment was shown."""
        return next((b.at for b in self.bubbles() if b.author == BOT and b.at > moment), None)

    def replies(self) -> dict[str, list[Reply]]:
        """What each resident read, in order."""
        read: dict[str, list[Reply]] = {one.number: [] for one in self.people}
        for bubble in self.bubbles():
            if is_bot(bubble):
                read[bubble.resident].append(Reply(bubble.whole, row_of(bubble)))
        return read

    def deliveries(self, kind: str) -> list[Delivery]:
        """Webhook posts of a kind."""
        return self.sim.deliveries(kind)


def row_of(bubble: Bubble) -> int:
    """The number in the reference that goes with every message of ours."""
    number = str(bubble.payload.get("biz_opaque_callback_data", "")).removeprefix(REFERENCE)
    return int(number) if number.isdecimal() else 0
