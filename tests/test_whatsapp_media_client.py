"""The Graph client fetching files: from whom, how much, how long, and with what it parts."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from whatsapp_world import PHONE_ID, TOKEN, free_port, run

from kelurahan.whatsapp import client as client_module
from kelurahan.whatsapp.client import GraphClient, TooLargeError, UntrustedAddressError
from kelurahan.whatsapp.errors import CredentialsError, RequestError, TransientError

LIMIT = 5 * 2**20


class Meta:
    """The Graph API and its file store on one port; `answer` is what the file store does."""

    def __init__(self, answer=None, info=None, status: int = 200) -> None:
        self.answer, self.info, self.status = answer, info, status
        self.requests: list[web.Request] = []
        self.port = free_port()

    async def graph(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        info = self.info or {"url": f"http://127.0.0.1:{self.port}/file/abc%2Fd?hash=A%2b"}
        return web.json_response(info, status=self.status)

    async def file(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        return await self.answer(request)

    @contextlib.asynccontextmanager
    async def client(self) -> AsyncIterator[GraphClient]:
        app = web.Application()
        app.router.add_get("/v25.0/{id}", self.graph)
        app.router.add_get("/{tail:.*}", self.file)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port, shutdown_timeout=0.1).start()
        client = GraphClient(
            url=f"http://127.0.0.1:{self.port}",
            version="v25.0",
            phone_number_id=PHONE_ID,
            token=TOKEN,
        )
        try:
            yield client
        finally:
            await client.close()
            await runner.cleanup()


def fetch(meta: Meta, limit: int = LIMIT) -> bytes:
    async def scene() -> bytes:
        async with meta.client() as client:
            return await client.fetch("123", limit)

    return run(scene())


def says(status: int = 200, body: bytes = b"isi", **headers):
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, body=body, headers=headers)

    return answer


async def endless(request: web.Request) -> web.StreamResponse:
    """20 MB in pieces, with no word about the size."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(320):
        await answer.write(bytes(65536))
    return answer


async def silent(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(5)
    return web.Response()


async def trickling(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(50):
        await answer.write(b"x")
        await asyncio.sleep(0.1)
    return answer


async def broken(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": "1000"})
    await answer.prepare(request)
    await answer.write(b"x" * 10)
    request.transport.close()
    return answer


def test_a_file_is_looked_up_and_fetched_with_the_token():
    meta = Meta(says(body=b"foto"))
    assert fetch(meta) == b"foto"
    graph, file = meta.requests
    assert graph.path_qs == f"/v25.0/123?phone_number_id={PHONE_ID}"
    assert file.raw_path == "/file/abc%2Fd?hash=A%2b", "a signed address must not be rewritten"
    assert {r.headers["Authorization"] for r in meta.requests} == {f"Bearer {TOKEN}"}
    assert file.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("size", [LIMIT, LIMIT + 1], ids=["the limit", "one byte more"])
def test_the_limit_is_exact(size):
    meta = Meta(says(body=bytes(size)))
    if size > LIMIT:
        with pytest.raises(TooLargeError):
            fetch(meta)
    else:
        assert len(fetch(meta)) == size


def test_a_stream_that_does_not_say_its_size_is_cut_off_at_the_limit():
    with pytest.raises(TooLargeError):
        fetch(Meta(endless))


def test_what_claims_to_be_compressed_is_not_unpacked():
    bomb = gzip.compress(bytes(50 * 2**20))
    assert fetch(Meta(says(body=bomb, **{"Content-Encoding": "gzip"}))) == bomb


@pytest.mark.parametrize("answer", [silent, trickling, broken], ids=lambda a: a.__name__)
def test_a_slow_or_broken_download_ends_and_is_tried_again(answer, monkeypatch):
    short = aiohttp.ClientTimeout(total=0.5, sock_read=0.3)
    monkeypatch.setattr(client_module, "MEDIA_TIMEOUT", short)
    with pytest.raises(TransientError):
        fetch(Meta(answer))


ANSWERS = {
    "server error": (says(500, b"<html>"), TransientError),
    "address gone stale": (says(404, b'{"error": {"code": 100}}'), TransientError),
    "token refused": (says(401, b'{"error": {"code": 190}}'), CredentialsError),
}


@pytest.mark.parametrize(("answer", "error"), ANSWERS.values(), ids=ANSWERS.keys())
def test_errors_of_the_file_store_say_what_to_do(answer, error):
    with pytest.raises(error):
        fetch(Meta(answer))


LOOKUPS = {
    "unknown id": ({"error": {"code": 100, "message": "x"}}, 400, RequestError),
    "token refused": ({"error": {"code": 190}}, 401, CredentialsError),
    "trouble": ({"error": {"code": 131000}}, 500, TransientError),
    "no address": ({"id": "123"}, 200, TransientError),
    "not an object": (["x"], 200, TransientError),
    "address of another type": ({"url": 7}, 200, TransientError),
    "address with a line break": ({"url": "http://x/\r\nHost: y"}, 200, TransientError),
}


@pytest.mark.parametrize(("info", "status", "error"), LOOKUPS.values(), ids=LOOKUPS.keys())
def test_errors_of_the_lookup_say_what_to_do(info, status, error):
    meta = Meta(says(), info, status)
    with pytest.raises(error):
        fetch(meta)
    assert len(meta.requests) == 1


@contextlib.contextmanager
def stranger():
    """A server that must never hear from us."""
    import socket

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0)
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x"
        with pytest.raises(BlockingIOError):  # nobody has knocked
            server.accept()


def test_a_redirect_is_not_followed_since_the_token_would_go_along():
    with stranger() as elsewhere, pytest.raises(TransientError):
        fetch(Meta(says(302, Location=elsewhere)))


def test_an_address_of_another_server_is_not_asked():
    with stranger() as elsewhere, pytest.raises(UntrustedAddressError):
        fetch(Meta(says(), {"url": elsewhere}))


META, LOCAL = "https://graph.facebook.com", "http://127.0.0.1:8080"
ADDRESSES = [
    (META, "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&hash=x", True),
    (META, "https://LOOKASIDE.fbsbx.com/x", True),
    (META, "https://graph.facebook.com/x", True),
    (META, "http://lookaside.fbsbx.com/x", False),
    (META, "https://lookaside.fbsbx.com:8443/x", False),
    (META, "https://lookaside.fbsbx.com.jahat.example/x", False),
    (META, "https://jahat.example/lookaside.fbsbx.com", False),
    (META, "https://lookaside.fbsbx.com@jahat.example/x", False),
    (META, "https://user:x@lookaside.fbsbx.com/x", False),
    (META, "https://jahat.example\\@lookaside.fbsbx.com/x", False),
    (META, "https://apps.fbsbx.com/x", False),
    (META, "http://127.0.0.1:8080/x", False),
    (META, "file:///etc/passwd", False),
    (META, "//lookaside.fbsbx.com/x", False),
    (META, "https://[::1", False),
    (META, "https://lookaside.fbsbx.com:x/", False),
    (LOCAL, "http://127.0.0.1:8080/media-bytes/1/2", True),
    (LOCAL, "http://127.0.0.1:8081/x", False),
    (LOCAL, "http://localhost:8080/x", False),
    (LOCAL, "https://lookaside.fbsbx.com/x", True),
    ("http://graph.example", "http://graph.example/x", False),
]


@pytest.mark.parametrize(("graph", "address", "trusted"), ADDRESSES, ids=lambda v: str(v)[:60])
def test_the_token_goes_to_meta_alone(graph, address, trusted):
    client = GraphClient(url=graph, version="v25.0", phone_number_id=PHONE_ID, token=TOKEN)
    if trusted:
        assert str(client._trusted(address)) == address
    else:
        with pytest.raises(UntrustedAddressError) as caught:
            client._trusted(address)
        assert TOKEN not in str(caught.value)
