"""Requests that would stop or upset the server below us: refused, and the next one is answered."""

from __future__ import annotations

import asyncio

import pytest
from sanic import http
from whatsapp_channel_world import play
from whatsapp_world import load

from kelurahan.whatsapp import sanic_patches

pytestmark = pytest.mark.usefixtures("basis_data")

HEADERS = {
    "negative length": "Content-Length: -5",
    "length in words": "Content-Length: abc",
    "two lengths": "Content-Length: 3\r\nContent-Length: 4",
    "unknown coding": "Transfer-Encoding: gzip",
    "coding twice": "Transfer-Encoding: chunked, chunked",
}


@pytest.fixture
def patched(monkeypatch):
    monkeypatch.setattr(http, "Header", http.Header)
    sanic_patches.apply()


async def raw(url: str, header: str) -> bytes:
    """Send one request by hand; the first line of the answer."""
    host, _, path = url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    writer.write(f"POST /{path} HTTP/1.1\r\nHost: {host}\r\n{header}\r\n\r\n".encode())
    try:
        return await asyncio.wait_for(reader.readline(), 5)
    finally:
        writer.close()


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_request_whose_length_cannot_be_told_is_refused_and_the_next_is_answered(patched, header):
    async def scene(world):
        line = await raw(world.url, header)
        return line, await world.deliver(load("text"))

    (line, after), world = play(scene)
    assert line.startswith(b"HTTP/1.1 400")
    assert after == 200
    assert world.client.texts() == ["jawab: #2"]


def test_ordinary_requests_pass(patched):
    assert play(lambda world: world.deliver(load("text")))[0] == 200
