"""The measuring itself: honest percentiles, messages that mean what they should, a prompt stub."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import date

import httpx
import pytest

from bench import idle
from bench.graph_stub import GraphStub
from kelurahan import isian
from scripts.children import free_port


@pytest.mark.parametrize(
    ("values", "share", "wanted"),
    [([3, 1, 2], 0.5, 2), ([1, 2, 3, 4], 0.5, 2), (range(1, 101), 0.95, 95), ([7], 0.95, 7)],
)
def test_a_percentile_is_a_value_that_occurred(values, share, wanted):
    assert idle.percentile(list(values), share) == wanted


def test_every_resident_goes_through_all_kinds_in_order():
    kinds = {}
    for resident, kind, _ in idle.messages(4 * idle.RESIDENTS):
        kinds.setdefault(resident, []).append(kind)
    assert set(map(tuple, kinds.values())) == {idle.KINDS}
    assert len(kinds) == idle.RESIDENTS


def test_every_application_is_readable_and_for_somebody_else():
    lines = [text for _, kind, text in idle.messages(idle.MOST) if kind == "ajukan"]
    read = [isian.baca(line, hari_ini=date(2026, 11, 24)) for line in lines]
    assert all(one.nama and one.tanggal_lahir and one.rt and one.rw for one in read)
    assert Counter(one.nama for one in read).most_common(1)[0][1] == 1


def test_the_stub_notes_when_a_message_arrived_and_ignores_read_receipts():
    async def scene() -> list[dict]:
        port = free_port()
        server = await asyncio.start_server(GraphStub().serve, "127.0.0.1", port)
        url = f"http://127.0.0.1:{port}"
        async with server, httpx.AsyncClient(trust_env=False) as client:
            waiting = asyncio.create_task(client.get(f"{url}/after/0"))
            await client.post(f"{url}/v25.0/1/messages", json={"status": "read"})
            sent = await client.post(f"{url}/v25.0/1/messages", json={"text": {"body": "ya"}})
            assert sent.json()["messages"][0]["id"]
            return (await waiting).json()["messages"]

    before = time.monotonic()
    [arrived] = asyncio.run(asyncio.wait_for(scene(), 10))
    assert before < arrived["at"] < time.monotonic()
    assert idle.body_text(arrived["message"]) == "ya"
