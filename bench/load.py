"""Residents who write and wait: signed webhooks out, the bot's messages in, all in one process.

Every resident writes from a number of their own and goes through `MIX` once, each message after the
reply to the one before, so that a reply belongs to the message its number is waiting with.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bench.graph_stub import GraphStub
from bench.idle import body_text, name_of
from scripts.children import LOOPBACK
from scripts.serve_test import ACCOUNT
from simulator import ids, payloads
from simulator.config import Config
from simulator.model import Resident
from simulator.signing import meta_bytes, signature

Json = dict[str, Any]
REPLY_WITHIN = 20.0  # seconds; a resident who waited longer gives up
MOST_MESSAGES, LONGEST = 5000, 120.0
# text, and what our bot's reply to it must hold: a fast wrong answer is no result
MIX = (
    ("menu", "#20"),
    ("#2", "*Biaya:*"),
    ("syarat bikin ktp apa aja", "KTP"),
    ("biaya kk", "Biaya"),
    ("{nama}#{hari}-{bulan}-1990#003/005", "Nomor: *"),
    ("terima kasih", ""),
)


@dataclass(frozen=True)
class Sample:
    """One answered message: when it was sent, how long the reply took, whether it fitted."""

    sent: float
    wait: float
    fits: bool


@dataclass
class Level:
    """What so many residents at once got to see."""

    residents: int
    samples: list[Sample] = field(default_factory=list)
    unanswered: int = 0  # given up, refused by the webhook, or still waiting at the time limit
    extra: int = 0  # messages to a number that was not waiting for one
    seconds: float = 0.0  # of several rounds, without what was between them

    @property
    def waits(self) -> list[float]:
        """Seconds from webhook to Graph message."""
        return [sample.wait for sample in self.samples]

    @property
    def rate(self) -> float:
        """Answered messages per second, from the first webhook to the last reply."""
        return len(self.samples) / self.span if self.samples else 0.0

    @property
    def span(self) -> float:
        """Seconds from the first webhook to the last reply."""
        if self.seconds or not self.samples:
            return self.seconds
        begun = min(sample.sent for sample in self.samples)
        return max(s.sent + s.wait for s in self.samples) - begun

    def __add__(self, later: Level) -> Level:
        """Both as one: a further round with as many residents at once."""
        return Level(
            self.residents,
            self.samples + later.samples,
            self.unanswered + later.unanswered,
            self.extra + later.extra,
            self.span + later.span,
        )

    @property
    def fitting(self) -> float:
        """Share of the replies that hold what ours must."""
        return sum(s.fits for s in self.samples) / len(self.samples) if self.samples else 0.0


class Graph(GraphStub):
    """The Graph API; it hands every message to whoever waits with its number."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[str, asyncio.Future[tuple[float, Json]]] = {}
        self.extra = 0

    async def _posted(self, body: bytes, at: float) -> Json:
        message = json.loads(body)
        if message.get("status") == "read":
            return {"success": True}
        number = str(message.get("to", "")).removeprefix("+")
        future = self.waiting.pop(number, None)
        if future is None or future.done():
            self.extra += 1
        else:
            future.set_result((at, message))
        return {"messaging_product": "whatsapp", "messages": [{"id": ids.wamid(number)}]}

    def expect(self, number: str) -> asyncio.Future[tuple[float, Json]]:
        """What will hold the next message to this number, and when it arrived."""
        future = asyncio.get_running_loop().create_future()
        self.waiting[number] = future
        return future


def conversation(n: int) -> Iterator[tuple[str, str]]:
    """Texts of resident `n` with what the replies must hold; everybody has another name."""
    for text, wanted in MIX:
        yield text.format(nama=name_of(n % 10_000), hari=n % 28 + 1, bulan=n % 12 + 1), wanted


class Load:
    """Sends to the webhook addresses in turn; one object serves all levels of a bot."""

    def __init__(
        self, graph: Graph, http: aiohttp.ClientSession, webhooks: Sequence[str], first: int = 0
    ) -> None:
        self._graph, self._http = graph, http
        self._webhooks, self._resident = itertools.cycle(webhooks), itertools.count(first)
        self._config = Config(
            app_secret=ACCOUNT["whatsapp_app_secret"],
            phone_number_id=ACCOUNT["whatsapp_phone_number_id"],
            business_account_id=ACCOUNT["whatsapp_business_account_id"],
        )
        self._posts: set[asyncio.Task[bool]] = set()

    async def level(self, residents: int, messages: int, limit: float) -> Level:
        """`residents` at once until `messages` are sent or `limit` seconds have passed."""
        level, before = Level(residents), self._graph.extra
        left = itertools.chain(range(min(messages, MOST_MESSAGES)))
        places = [asyncio.create_task(self._place(level, left)) for _ in range(residents)]
        done, late = await asyncio.wait(places, timeout=min(limit, LONGEST))
        for place in late:
            place.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for place in done:
            place.result()
        level.unanswered += len(late) + await self._refused()
        level.extra = self._graph.extra - before
        return level

    async def _place(self, level: Level, left: Iterator[int]) -> None:
        """One resident after another; a conversation that has begun is led to its end."""
        while next(left, None) is not None:
            resident = next(self._resident)
            for position, (text, wanted) in enumerate(conversation(resident)):
                if position and next(left, None) is None:
                    return
                if not await self._ask(level, f"62813{resident:08d}", text, wanted):
                    break

    async def _ask(self, level: Level, number: str, text: str, wanted: str) -> bool:
        body = self._body(number, text)
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": signature(self._config.app_secret, body),
        }
        reply, sent = self._graph.expect(number), time.monotonic()
        # Meta does not wait either: plain bots answer the webhook only after their reply
        post = asyncio.create_task(self._post(next(self._webhooks), body, headers))
        self._posts.add(post)
        try:
            at, message = await asyncio.wait_for(reply, REPLY_WITHIN)
        except asyncio.TimeoutError:
            level.unanswered += 1
            return False
        finally:
            self._graph.waiting.pop(number, None)
        level.samples.append(Sample(sent, at - sent, wanted in body_text(message)))
        return True

    async def _post(self, webhook: str, body: bytes, headers: dict[str, str]) -> bool:
        async with self._http.post(webhook, data=body, headers=headers) as answer:
            await answer.read()
            return answer.status == 200

    async def _refused(self) -> int:
        """Wait for the webhooks' own answers; how many were not "200"."""
        answers = await asyncio.gather(*self._posts, return_exceptions=True)
        self._posts.clear()
        return sum(answer is not True for answer in answers)

    def _body(self, number: str, text: str) -> bytes:
        who = Resident(number, "Warga Contoh", number, ids.bsuid_of(number))
        message = payloads.message(
            who, payloads.text(text), wamid=ids.wamid(number), at=time.time()
        )
        value = payloads.value(self._config, contacts=[payloads.contact(who)], messages=[message])
        return meta_bytes(payloads.envelope(self._config, [value]))


@asynccontextmanager
async def load(
    port: int, webhooks: Sequence[str], ready: Graph | None = None, first: int = 0
) -> AsyncIterator[Load]:
    """A Graph API on the port and a load that is ready to begin."""
    graph = ready or Graph()
    server = await asyncio.start_server(graph.serve, LOOPBACK, port)
    timeout = aiohttp.ClientTimeout(total=REPLY_WITHIN + 10)
    async with aiohttp.ClientSession(
        timeout=timeout, connector=aiohttp.TCPConnector(limit=0)
    ) as http:
        try:
            yield Load(graph, http, webhooks, first)
        finally:
            server.close()
            with suppress(asyncio.TimeoutError):  # the bot keeps its connections open
                await asyncio.wait_for(server.wait_closed(), 1)


async def measure(
    port: int,
    webhooks: Sequence[str],
    levels: Sequence[int],
    messages: int,
    limit: float,
    begin: Callable[[], None] = lambda: None,
    first: int = 0,
) -> list[Level]:
    """Every level after a warming-up that is not counted; `begin` is called between the two.

    `first` numbers the residents: nobody writes again.
    """
    async with load(port, webhooks, first=first) as residents:
        await residents.level(2, 4 * len(MIX), limit)
        begin()
        return [await residents.level(many, enough(messages, many), limit) for many in levels]


def enough(messages: int, residents: int) -> int:
    """At least two whole conversations for every resident at once, else the end falls thin."""
    return max(messages, 2 * len(MIX) * residents)
