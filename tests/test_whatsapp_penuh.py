"""A full disk under the channel, and a start with thousands of messages that wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from whatsapp_channel_world import World
from whatsapp_outage_world import (
    Quick,
    a_world,
    answers,
    expected,
    open_rows,
    opened,
    quick_looks,
    redelivered,
    settled,
    write,
)
from whatsapp_world import NOW, PHONE_ID, envelope, meta_bytes, run, text

from bench.idle import percentile
from kelurahan import settings as pengaturan
from kelurahan.store import engine
from kelurahan.store.queue import Worker
from kelurahan.whatsapp.ledger import Ledger
from kelurahan.whatsapp.parse import parse

__all__ = ["quick_looks"]  # a fixture for every test here
LONG = "kata " * 700


# the disk is full


@contextmanager
def full_disk() -> Iterator[None]:
    """No connection may make the SQLite file longer than it is."""
    target = engine.mesin(pengaturan.settings().store_url)

    def limit(connection, _record) -> None:
        [(pages,)] = connection.execute("PRAGMA page_count").fetchall()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(target, "connect", limit)
    target.dispose()
    try:
        yield
    finally:
        event.remove(target, "connect", limit)
        target.dispose()


def test_a_full_disk_refuses_the_webhook_writes_no_half_and_loses_nothing(basis_data):
    world = a_world()
    world.rasa.delay = 0.2
    refused: list[dict] = []
    texts: dict[str, list[str]] = {}

    def message(n: int) -> dict:
        who = f"62812000{n:05d}"
        texts[who] = [f"{n} {LONG}"]
        return envelope(text(texts[who][0], sender=who))

    async def scene():
        assert await world.post(message(1)) == 200
        with full_disk():
            for n in range(2, 60):
                webhook = message(n)
                if await world.post(webhook) == 503:
                    refused.append(webhook)
                if len(refused) == 3:
                    break
            before = world.rows("SELECT count(*) FROM inbox")[0][0]
            await asyncio.sleep(0.6)  # turns end and cannot be written down
            assert (before, len(texts)) == (len(texts) - 3, before + 3)
            assert world.rows("SELECT count(*) FROM warga") == [(before,)]
            assert world.rows("PRAGMA integrity_check") == [("ok",)]
        for webhook in refused:
            await redelivered(world, webhook)
        await settled(world)

    run(opened(world, scene))
    assert answers(world) == expected(texts)
    assert len(world.rasa.asked) == len(texts)


# the process was away


WAITING_RESIDENTS = 500
WAITING_EACH = {"sqlite": 20, "postgres": 4}  # 10,000, and enough to see several threads at work


def fill(each: int) -> dict[str, list[str]]:
    """So many messages of each resident come in while no turn may start."""
    ledger, texts = Ledger(Worker("rasa")), {}
    for first in range(0, WAITING_RESIDENTS, 25):
        people = [f"6281200{n:06d}" for n in range(first, first + 25)]
        messages = [
            text(f"{n} dari {who}", sender=who, stamp=int(NOW) - 600 + 10 * n)
            for who in people
            for n in range(each)
        ]
        batch = parse(meta_bytes(envelope(*messages)), phone_number_id=PHONE_ID, now=NOW)
        assert ledger.receive(batch, 0).turns == []
        texts |= {who: [f"{n} dari {who}" for n in range(each)] for who in people}
    return texts


@pytest.mark.kedua_basis_data
def test_a_start_with_thousands_of_waiting_messages_answers_each_once_and_in_order(basis_data):
    texts = fill(WAITING_EACH[basis_data.jenis])
    waiting = sum(len(said) for said in texts.values())
    world = World()
    world.client = world.channel._client = Quick()
    waits: list[float] = []

    async def scene():
        for n in range(40):  # others write meanwhile
            begun = time.perf_counter()
            assert await write(world, f"62812000{90000 + n}", "baru") == 200
            waits.append(time.perf_counter() - begun)
            texts[f"62812000{90000 + n}"] = ["baru"]
            await asyncio.sleep(0.1)
        assert open_rows(world) > 0, "the webhook was to answer while others wait"
        await settled(world, 240)

    begun = time.perf_counter()
    asyncio.run(asyncio.wait_for(opened(world, scene), 300))
    seconds = time.perf_counter() - begun
    assert answers(world) == expected(texts)
    assert len(world.client.sent) == waiting + 40
    shares = [1000 * percentile(waits, share) for share in (0.5, 0.99)]
    print(f"\n{waiting} waiting: answered in {seconds:.0f} s; webhook p50, p99 (ms): {shares}")
