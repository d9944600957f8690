"""The front door of several Rasa servers: whom it asks, and that it changes nothing on the way."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import io
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from scripts import front as front_door
from scripts.children import free_port
from scripts.front import WEBHOOK, Front, Replica, served

BODY = b'{"object":"whatsapp_business_account"}'


class Backend:
    """A server behind the door that remembers what came; `fault` says how it fails."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, Any, bytes]] = []
        self.fault = ""
        self.ready = "ok"
        self.answer: Callable[[], web.Response] = lambda: web.Response(text="ok")

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.content.read()
        self.seen.append((request.method, request.raw_path, request.headers.copy(), body))
        if self.fault == "dropped":
            request.transport.abort()
        if self.fault == "late":
            await asyncio.sleep(30)
        return self.answer()

    async def private(self, _request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=self.ready, status=200 if self.ready == "ok" else 503)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Replica]:
        runners, ports = [], []
        for handler in (self.handle, self.private):
            runner = web.ServerRunner(web.Server(handler, auto_decompress=False))
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0, shutdown_timeout=0.1).start()
            runners.append(runner)
            ports.append(runner.addresses[0][1])
        try:
            yield Replica(*ports)
        finally:
            for runner in runners:
                await runner.cleanup()


class World:
    """Two backends, the door, and somebody who knocks."""

    def __init__(self) -> None:
        self.backends = [Backend(), Backend()]
        self.now = 100.0
        self.front: Front
        self.url = self.private_url = ""

    @contextlib.asynccontextmanager
    async def open(self, patience: float = 2.0) -> AsyncIterator[World]:
        async with contextlib.AsyncExitStack() as stack:
            replicas = [await stack.enter_async_context(b.open()) for b in self.backends]
            self.front = Front(replicas, clock=lambda: self.now, patience=patience)
            port, private = free_port(), free_port()
            await stack.enter_async_context(served(self.front, port, private))
            self.http = await stack.enter_async_context(
                aiohttp.ClientSession(auto_decompress=False)
            )
            self.url, self.private_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{private}"
            yield self

    async def post(self, path: str = WEBHOOK, body: bytes = BODY, **headers: str) -> int:
        url = URL(self.url + path, encoded=True)
        async with self.http.post(url, data=io.BytesIO(body), headers=headers) as answer:
            return answer.status

    async def read(self, url: str) -> tuple[int, str]:
        async with self.http.get(url) as answer:
            return answer.status, await answer.text()

    def close(self, number: int) -> None:
        """Nobody listens there any more."""
        self.front.replicas[number].port = free_port()

    @property
    def counts(self) -> list[int]:
        return [len(backend.seen) for backend in self.backends]


def play(story: Callable[[World], Coroutine[Any, Any, None]], patience: float = 2.0) -> World:
    async def run() -> World:
        async with World().open(patience) as world:
            await story(world)
            return world

    return asyncio.run(run())


def test_requests_on_one_connection_go_to_each_server_in_turn():
    async def story(world: World) -> None:
        assert [await world.post() for _ in range(6)] == [200] * 6
        assert world.counts == [3, 3]

    play(story)


def test_the_body_arrives_byte_for_byte_with_its_signature():
    body = bytes(range(256)) * 12_000  # 3 MB

    async def story(world: World) -> None:
        await world.post(f"{WEBHOOK}?a=%2Fb&a=c", body, **{"X-Hub-Signature-256": "sha256=abc"})
        [(method, path, headers, got)] = [one for b in world.backends for one in b.seen]
        assert (method, path) == ("POST", f"{WEBHOOK}?a=%2Fb&a=c")
        assert got == body
        assert headers["X-Hub-Signature-256"] == "sha256=abc"
        assert "Transfer-Encoding" not in headers

    play(story)


def test_a_packed_body_stays_packed_since_its_signature_is_over_the_packed_bytes():
    packed = gzip.compress(BODY)

    async def story(world: World) -> None:
        await world.post(body=packed, **{"Content-Encoding": "gzip"})
        [(_, _, headers, got)] = [one for b in world.backends for one in b.seen]
        assert (got, headers["Content-Encoding"]) == (packed, "gzip")

    play(story)


def test_the_answer_comes_back_as_it_was_given():
    async def story(world: World) -> None:
        for backend in world.backends:
            backend.answer = lambda: web.Response(status=403, text="no", headers={"X-A": "1"})
        async with world.http.post(world.url + WEBHOOK, data=BODY) as answer:
            assert (answer.status, await answer.text()) == (403, "no")
            assert answer.headers["X-A"] == "1"
            assert answer.headers.getall("Content-Length") == ["2"]

    play(story)


def test_the_handshake_is_passed_on():
    async def story(world: World) -> None:
        assert await world.read(f"{world.url}{WEBHOOK}?hub.challenge=7") == (200, "ok")
        [(method, path, _, body)] = [one for b in world.backends for one in b.seen]
        assert (method, path, body) == ("GET", f"{WEBHOOK}?hub.challenge=7", b"")

    play(story)


def test_a_server_that_refuses_is_passed_over_and_asked_again_later():
    async def story(world: World) -> None:
        gone = world.front.replicas[0].port
        world.close(0)
        assert [await world.post() for _ in range(4)] == [200] * 4
        assert world.counts == [0, 4]
        world.front.replicas[0].port = gone  # it is back
        assert await world.post() == 200
        assert world.counts == [0, 5], "left aside for a second"
        world.now += front_door.ASIDE
        assert [await world.post() for _ in range(2)] == [200] * 2
        assert world.counts == [1, 6]

    play(story)


def test_when_every_server_was_aside_all_of_them_are_asked_all_the_same():
    async def story(world: World) -> None:
        for replica in world.front.replicas:
            replica.aside_until = world.now + 60
        assert await world.post() == 200

    play(story)


@pytest.mark.parametrize("fault", ["dropped", "late"])
def test_a_webhook_that_a_server_does_not_answer_goes_to_the_other(fault: str):
    async def story(world: World) -> None:
        world.backends[0].fault = fault
        assert [await world.post() for _ in range(4)] == [200] * 4
        assert world.counts == [1, 4], "the other one is asked first from then on"

    play(story, patience=0.3)


@pytest.mark.parametrize(("fault", "status"), [("dropped", 502), ("late", 504)])
def test_what_may_not_happen_twice_is_not_sent_twice(
    monkeypatch: pytest.MonkeyPatch, fault: str, status: int
):
    monkeypatch.setattr(front_door, "OTHER_PATIENCE", 0.3)

    async def story(world: World) -> None:
        for backend in world.backends:
            backend.fault = fault
        assert await world.post("/webhooks/rest/webhook") == status
        assert sum(world.counts) == 1

    play(story)


def test_with_no_server_at_all_the_sender_is_asked_to_come_again():
    async def story(world: World) -> None:
        world.close(0)
        world.close(1)
        assert await world.post() == 503

    play(story)


def test_too_large_a_body_is_read_to_its_end_and_refused():
    async def story(world: World) -> None:
        assert await world.post(body=b"x" * (front_door.MOST_BODY + 1)) == 413
        assert world.counts == [0, 0]

    play(story)


def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(front_door, "BODY_PATIENCE", 0.2)

    async def story(world: World) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(world.url.split(":")[2]))
        writer.write(f"POST {WEBHOOK} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{{".encode())
        assert b" 408 " in await reader.readline()
        writer.close()
        assert world.counts == [0, 0]

    play(story)


def test_the_door_is_ready_while_one_server_is():
    async def story(world: World) -> None:
        assert (await world.read(f"{world.private_url}/live"))[0] == 200
        assert (await world.read(f"{world.private_url}/ready"))[0] == 200
        world.backends[0].ready = "no model is loaded"
        status, text = await world.read(f"{world.private_url}/ready")
        assert status == 200
        assert "no model is loaded" in text
        world.front.replicas[1].private_port = free_port()
        assert (await world.read(f"{world.private_url}/ready"))[0] == 503
        assert (await world.read(f"{world.private_url}/x"))[0] == 404

    play(story)


def test_the_counts_tell_the_servers_apart():
    async def story(world: World) -> None:
        world.close(0)
        await world.post()
        await world.post()
        closed, open_ = world.front.replicas
        _, text = await world.read(f"{world.private_url}/metrics")
        passed = 'kelurahan_front_requests_total{outcome="%s",replica="%d"} %d.0'
        assert passed % ("refused", closed.port, 1) in text
        assert passed % ("passed", open_.port, 2) in text
        assert "kelurahan_front_replicas_ready 2.0" in text

    play(story)


def test_a_connection_that_a_server_closed_while_idle_costs_nothing():
    async def story(world: World) -> None:
        await world.post()
        for kept in list(world.front._session.connector._conns.values()):
            for protocol, _ in kept:
                protocol.transport.abort()
        assert await world.post() == 200

    play(story)


def test_both_ports_are_on_loopback_only():
    async def story(world: World) -> None:
        port = int(world.url.split(":")[2])
        with socket.socket() as probe, pytest.raises(OSError, match="refused"):
            probe.connect(("127.0.0.2", port))

    play(story)
