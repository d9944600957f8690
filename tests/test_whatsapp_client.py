"""The Graph client against a small fake of Meta's server on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from whatsapp_world import PHONE_ID, TOKEN, free_port, run

from kelurahan.whatsapp import errors
from kelurahan.whatsapp.client import GraphClient

MESSAGE = {"messaging_product": "whatsapp", "to": "+6281200000001", "type": "text"}
SENT = {"messaging_product": "whatsapp", "messages": [{"id": "wamid.OUT"}]}


class Graph:
    """Answers with the scripted (status, body) pairs; the last one repeats."""

    def __init__(self, *script) -> None:
        self.script = list(script)
        self.requests: list[tuple[str, dict, dict]] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append((request.path, dict(request.headers), body))
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if step == "reset":
            request.transport.abort()
            return web.Response()
        if step == "hang":
            await asyncio.sleep(5)
        status, content = step if isinstance(step, tuple) else (200, SENT)
        if isinstance(content, str):
            return web.Response(text=content, status=status, content_type="text/html")
        return web.json_response(content, status=status)


@contextlib.asynccontextmanager
async def client_of(graph: Graph | None) -> AsyncIterator[GraphClient]:
    port = free_port()
    runner = None
    if graph:
        app = web.Application()
        app.router.add_post("/{tail:.*}", graph.answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, shutdown_timeout=0.1).start()
    client = GraphClient(
        url=f"http://127.0.0.1:{port}/",
        version="v25.0",
        phone_number_id=PHONE_ID,
        token=TOKEN,
        timeout=aiohttp.ClientTimeout(total=0.3),
    )
    try:
        yield client
    finally:
        await client.close()
        if runner:
            await runner.cleanup()


def failure(code: int, status: int = 400, details: str = "", **more):
    error = {"message": f"(#{code}) {TOKEN}", "code": code, "error_data": {"details": details}}
    return status, {"error": {**error, **more}}


def test_a_message_goes_out_as_meta_wants_it():
    graph = Graph((200, SENT))

    async def play():
        async with client_of(graph) as client:
            return await client.send(MESSAGE)

    assert run(play()) == "wamid.OUT"
    path, headers, body = graph.requests[0]
    assert path == f"/v25.0/{PHONE_ID}/messages"
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert body == MESSAGE


def test_read_receipt_and_typing_are_one_call():
    graph = Graph((200, {"success": True}))

    async def play():
        async with client_of(graph) as client:
            await client.mark_read("wamid.IN")
            await client.mark_read("wamid.IN", typing=False)

    run(play())
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN"}
    bodies = [body for _, _, body in graph.requests]
    assert bodies == [{**read, "typing_indicator": {"type": "text"}}, read]


FAULTS = [
    ("server error", (500, "<html>oops</html>"), errors.TransientError),
    ("code 131000", failure(131000, 500), errors.TransientError),
    ("is_transient", failure(77, is_transient=True), errors.TransientError),
    ("number throttled", failure(130429), errors.ThrottledError),
    ("429 without a code", (429, ""), errors.ThrottledError),
    ("pair throttled", failure(131056), errors.PairThrottledError),
    ("window", failure(131047), errors.WindowClosedError),
    ("no answer", "hang", errors.UnknownOutcomeError),
    ("reset", "reset", errors.UnknownOutcomeError),
    ("token", failure(190, 401), errors.CredentialsError),
    ("rights", failure(200, 403), errors.CredentialsError),
    ("auth exception", failure(0, 401), errors.CredentialsError),
    ("recipient", failure(131026), errors.RecipientError),
    ("payment", failure(131042), errors.AccountError),
    ("our bug", failure(131009), errors.RequestError),
    ("wrong phone id", failure(100, error_subcode=33), errors.RequestError),
    ("unknown code", failure(999999), errors.RequestError),
    ("error inside a 200", failure(131026, 200), errors.RecipientError),
    ("redirect", (302, ""), errors.RequestError),
    ("not an error object", (400, {"error": "x"}), errors.RequestError),
    ("a list", (400, [1]), errors.RequestError),
]


@pytest.mark.parametrize(("step", "kind"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_each_error_has_its_class_and_is_tried_once(step, kind):
    """How often a message is tried again is decided in `retry.plan`, and kept by the outbox."""
    graph = Graph(step)

    async def play():
        async with client_of(graph) as client:
            with pytest.raises(errors.SendError) as caught:
                await client.send(MESSAGE)
            return caught.value

    error = run(play())
    assert type(error) is kind
    assert len(graph.requests) == 1
    assert error.staff


@pytest.mark.parametrize(
    "step", [(500, ""), "hang", failure(131047)], ids=["500", "hang", "window"]
)
def test_a_client_that_met_a_trouble_can_send_the_next_message(step):
    async def play():
        async with client_of(Graph(step, (200, SENT))) as client:
            with pytest.raises(errors.SendError):
                await client.send(MESSAGE)
            return await client.send(MESSAGE)

    assert run(play()) == "wamid.OUT"


@pytest.mark.parametrize("content", ["<html>", {"messages": []}, [], None])
def test_accepted_but_unreadable_counts_as_sent(content):
    async def play():
        async with client_of(Graph((200, content))) as client:
            return await client.send(MESSAGE)

    assert run(play()) == ""


def test_nobody_listening_is_transient():
    async def play():
        async with client_of(None) as client:
            with pytest.raises(errors.TransientError):
                await client.send(MESSAGE)

    run(play())


def test_neither_token_nor_number_nor_text_is_in_errors_and_logs(caplog):
    details = f"Param to: +62 812 0000 0001, token {TOKEN}, field text.body"
    graph = Graph(failure(131000, details=details))

    async def play():
        async with client_of(graph) as client:
            with pytest.raises(errors.SendError) as caught:
                await client.send(MESSAGE)
            return caught.value

    with caplog.at_level(logging.DEBUG):
        error = run(play())
    assert "field text.body" in str(error)
    assert error.__cause__ is None
    for place in (str(error), repr(error), caplog.text):
        assert TOKEN not in place
        assert "0000 0001" not in place
        assert "6281200000001" not in place


def test_every_code_of_the_fact_sheet_has_a_class():
    codes = [1, 2, 3, 4, 10, 190, 200, 299, 368, 80007, 130403, 130429, 130472, 130497, 131000]
    codes += [131005, 131016, 131021, 131026, 131030, 131031, 131042, 131045, 131047, 131048]
    codes += [131049, 131050, 131053, 131056, 131057, 131064, 133010, 133016]
    assert all(errors.classify(code) is not errors.RequestError for code in codes)
    assert errors.classify(100) is errors.RequestError
