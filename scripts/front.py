"""The front door of several Rasa servers on one machine: one port, every request to one of them.

Each request goes to the next server in turn. One that refuses the connection, drops it or does not
answer is left aside for a moment and the request goes to another: the webhook may be delivered
twice, since the inbox knows every message again. The body is passed on byte for byte, because its
signature is made over exactly these bytes. Across machines any HTTP load balancer does the same.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import aiohttp
from aiohttp import hdrs, web
from multidict import CIMultiDict, CIMultiDictProxy
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from yarl import URL

LOOPBACK = "127.0.0.1"
WEBHOOK = "/webhooks/whatsapp/webhook"
MOST_BODY = 4 * 1024 * 1024  # Meta sends up to 3 MB; the channel itself refuses what is over that
MOST_DRAINED = 24 * 1024 * 1024  # read and thrown away, so that the sender sees the 413
BODY_PATIENCE = 10.0
CONNECT_PATIENCE = 1.0
WEBHOOK_PATIENCE = 4.0  # a server writes a webhook down in milliseconds; later another one is asked
OTHER_PATIENCE = 120.0  # the HTTP API of a test server answers when a turn has ended
ASIDE = 1.0  # seconds for which a server that could not be reached is not asked first
IDLE = 3.0  # Rasa closes an idle connection after 5 s: ours are closed before
# these concern one connection, not the message (RFC 9110, section 7.6.1)
HOP_BY_HOP = {
    *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"),
    *("te", "trailer", "transfer-encoding", "upgrade", "expect"),
}
GONE = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientPayloadError)


@dataclass
class Replica:
    """One Rasa server behind the door."""

    port: int
    private_port: int
    aside_until: float = field(default=0.0, repr=False)


@dataclass(frozen=True)
class Request:
    """What is passed on."""

    method: str
    path: str  # with the query, as it came
    headers: CIMultiDict[str]
    body: bytes = field(repr=False)

    @property
    def repeatable(self) -> bool:
        """Whether a second delivery does no harm: reading, and the webhook with its inbox."""
        return self.method in ("GET", "HEAD") or self.path.partition("?")[0] == WEBHOOK


class Front:
    """Passes requests on; `aside` and the counts are all that it remembers."""

    def __init__(
        self,
        replicas: Sequence[Replica],
        clock: Callable[[], float] = time.monotonic,
        patience: float = WEBHOOK_PATIENCE,
    ) -> None:
        self.replicas = list(replicas)
        self._clock, self._patience, self._turn = clock, patience, 0
        self._session: aiohttp.ClientSession | None = None
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "kelurahan_front_requests",
            "Requests to a Rasa server by what came of them",
            ["replica", "outcome"],
            registry=self.registry,
        )
        self.ready = Gauge(
            "kelurahan_front_replicas_ready", "Servers that are ready", registry=self.registry
        )

    async def handle(self, incoming: web.BaseRequest) -> web.StreamResponse:
        """Read the request whole and give the answer of the first server that has one."""
        try:
            body = await asyncio.wait_for(read(incoming.content), BODY_PATIENCE)
        except asyncio.TimeoutError:
            return web.Response(status=408, text="request timeout")
        if body is None:
            return web.Response(status=413, text="too large")
        headers = without_hops(incoming.headers)
        request = Request(incoming.method, incoming.raw_path, headers, body)
        for replica in self.order():
            try:
                answer = await self._pass(request, replica)
            except aiohttp.ClientConnectorError:
                self._failed(replica, "refused")
            except GONE:
                self._failed(replica, "dropped")
                if not request.repeatable:
                    return web.Response(status=502, text="the server went away")
            except asyncio.TimeoutError:
                self._failed(replica, "late")
                if not request.repeatable:
                    return web.Response(status=504, text="the server does not answer")
            else:
                self.requests.labels(replica.port, "passed").inc()
                return answer
        return web.Response(status=503, text="try again")

    def order(self) -> list[Replica]:
        """Whom to ask: each in turn, those that could not be reached just now at the end."""
        self._turn = (self._turn + 1) % len(self.replicas)
        around = self.replicas[self._turn :] + self.replicas[: self._turn]
        now = self._clock()
        return sorted(around, key=lambda replica: replica.aside_until > now)

    def _failed(self, replica: Replica, outcome: str) -> None:
        replica.aside_until = self._clock() + ASIDE
        self.requests.labels(replica.port, outcome).inc()

    async def _pass(self, request: Request, replica: Replica) -> web.Response:
        webhook = request.path.partition("?")[0] == WEBHOOK
        total = self._patience if webhook else OTHER_PATIENCE
        async with self._open().request(
            request.method,
            URL(f"http://{LOOPBACK}:{replica.port}{request.path}", encoded=True),
            headers=request.headers,
            data=io.BytesIO(request.body) if request.body else None,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=total, connect=CONNECT_PATIENCE),
        ) as answer:
            body = await answer.read()
            headers = without_hops(answer.headers)
            if request.method != "HEAD":
                headers.popall(hdrs.CONTENT_LENGTH, None)  # aiohttp writes the body's own
            return web.Response(status=answer.status, headers=headers, body=body)

    async def private(self, incoming: web.BaseRequest) -> web.StreamResponse:
        """/live, /ready (at least one server is) and /metrics, as each server has them."""
        if incoming.path == "/live":
            return web.Response(text="ok\n")
        if incoming.path not in ("/ready", "/metrics"):
            return web.Response(status=404, text="use /live, /ready or /metrics\n")
        said = await asyncio.gather(*(self._ask_ready(replica) for replica in self.replicas))
        self.ready.set(said.count("ok"))
        if incoming.path == "/metrics":
            return web.Response(body=generate_latest(self.registry), content_type="text/plain")
        lines = [f"{r.port}: {word}" for r, word in zip(self.replicas, said, strict=True)]
        return web.Response(status=200 if "ok" in said else 503, text="\n".join(lines) + "\n")

    async def _ask_ready(self, replica: Replica) -> str:
        url = f"http://{LOOPBACK}:{replica.private_port}/ready"
        try:
            async with self._open().get(url, timeout=aiohttp.ClientTimeout(total=2)) as answer:
                return (await answer.text()).strip()
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return "does not answer"

    def _open(self) -> aiohttp.ClientSession:
        """Opened on first use, because a session belongs to the running event loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
        return self._session

    async def close(self) -> None:
        """Close the connections to the servers."""
        if self._session is not None:
            await self._session.close()


async def read(stream: aiohttp.StreamReader) -> bytes | None:
    """The body as it came, or None when it is too large."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in stream.iter_any():
        size += len(chunk)
        if size > MOST_DRAINED:
            break
        if size <= MOST_BODY:
            chunks.append(chunk)
    return b"".join(chunks) if size <= MOST_BODY else None


def without_hops(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """The headers that travel on, in their order, repeated ones included."""
    named = {name.strip().lower() for name in headers.get(hdrs.CONNECTION, "").split(",")}
    dropped = HOP_BY_HOP | named
    kept = [(k, v) for k, v in headers.items() if k.lower() not in dropped]
    return CIMultiDict(kept)


@contextlib.asynccontextmanager
async def served(front: Front, port: int, private_port: int):
    """The two ports, open; at the end what has begun is finished first."""
    runners = []
    try:
        for handler, number in ((front.handle, port), (front.private, private_port)):
            # the body must stay as it was signed, so nothing is unpacked on the way
            server = web.Server(handler, access_log=None, auto_decompress=False)
            runner = web.ServerRunner(server)
            runners.append(runner)
            await runner.setup()
            await web.TCPSite(runner, LOOPBACK, number, shutdown_timeout=WEBHOOK_PATIENCE).start()
        yield
    finally:
        for runner in runners:
            await runner.cleanup()
        await front.close()


async def stay(front: Front, port: int, private_port: int) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    async with served(front, port, private_port):
        await end.wait()


def main() -> None:
    """`python -m scripts.front --port P --private-port M --replicas N`"""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True, help="server n has PORT+n")
    parser.add_argument("--private-port", type=int, required=True, help="server n has PORT+n")
    parser.add_argument("--replicas", type=int, required=True)
    given = parser.parse_args()
    numbers = range(1, given.replicas + 1)
    replicas = [Replica(given.port + n, given.private_port + n) for n in numbers]
    asyncio.run(stay(Front(replicas), given.port, given.private_port))


if __name__ == "__main__":
    main()
