"""The world around the channel is away for a while: Meta, then the database.

Fake Rasa and fake Meta, a real database and, where it is about minutes, a clock moved by hand.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone

import pytest
from whatsapp_channel_world import World
from whatsapp_outage_world import (
    RESIDENTS,
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
from whatsapp_world import NOW, envelope, run, text, until

from bench.crash_road import Road
from kelurahan import settings as pengaturan
from kelurahan.store import engine, waktu
from kelurahan.store.queue import Worker
from kelurahan.whatsapp import errors, turns

__all__ = ["quick_looks"]  # a fixture for every test here


# Meta is away


OUTAGES = [
    errors.TransientError(0, "ClientConnectorError"),
    errors.TransientError(131000),
    errors.ThrottledError(130429),
    errors.CredentialsError(190),
    errors.AccountError(131042),
]


@pytest.fixture
def world_in_time(basis_data, monkeypatch) -> World:
    """A world whose clock, the store's too, stands still until `pass_time`."""
    world = a_world()
    clock = lambda: datetime.fromtimestamp(world.now, timezone.utc)  # noqa: E731
    monkeypatch.setattr(waktu, "sekarang", clock)
    return world


async def pass_time(world: World, seconds: float, step: float = 5.0) -> None:
    """Move the clock on; at every step the lanes take what has become due."""
    end = world.now + seconds
    while world.now < end:
        world.now += step
        await world.office.turns.take_waiting()
        await world.office.letters.take_waiting()
        await world.idle()


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize("fault", OUTAGES, ids=lambda f: f"{type(f).__name__}-{f.code}")
def test_after_ten_minutes_without_meta_everybody_is_answered_once_and_in_order(
    fault, world_in_time
):
    texts: dict[str, list[str]] = {who: [] for who in RESIDENTS}
    world = world_in_time

    async def scene():
        world.client.fault = fault
        for minute in range(10):
            for who in RESIDENTS[: minute % 5 + 1]:
                texts[who].append(f"menit {minute} dari {who[-1]}")
                assert await write(world, who, texts[who][-1]) == 200
            await pass_time(world, 60)
        assert world.client.sent == []
        world.client.fault = None
        await pass_time(world, 600)

    run(opened(world, scene))
    assert answers(world) == expected(texts)
    assert open_rows(world) == 0
    assert world.count("outbox") == sum(len(said) for said in texts.values())


# the database is away


@dataclass
class Database:
    """Can go away and come back."""

    gone: Callable[[], None]
    back: Callable[[], None]


@pytest.fixture
def database(basis_data, monkeypatch) -> Iterator[Database]:
    """SQLite: locked by another program beyond our patience. PostgreSQL: cut off."""
    monkeypatch.setattr(engine, "TUNGGU_KUNCI_DETIK", 0.05)
    engine.tutup()
    outage = locked_file if basis_data.jenis == "sqlite" else cut_off
    with outage(basis_data.url, monkeypatch) as found:
        yield found
        engine.tutup()


@contextmanager
def locked_file(url: str, _monkeypatch) -> Iterator[Database]:
    path = engine.baca_url(url).database
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    gone = lambda: other.execute("BEGIN EXCLUSIVE")  # noqa: E731
    try:
        yield Database(gone, lambda: other.execute("ROLLBACK"))
    finally:
        other.close()


@contextmanager
def cut_off(url: str, monkeypatch) -> Iterator[Database]:
    whole = engine.baca_url(url)
    with Road(whole.port or 5432, whole.host or "127.0.0.1") as road:
        detour = whole.set(host="127.0.0.1", port=road.port)
        monkeypatch.setenv("DATABASE_URL", detour.render_as_string(hide_password=False))
        monkeypatch.setattr(engine, "TUNGGU_KUNCI_DETIK", 2)  # whole seconds, and it must connect
        pengaturan.settings.cache_clear()
        yield Database(road.cut, road.mend)


@pytest.mark.kedua_basis_data
def test_a_webhook_that_finds_no_database_is_refused_and_its_redelivery_answered_once(database):
    world = a_world()
    webhook = envelope(text("halo", sender=RESIDENTS[0]))

    async def scene():
        database.gone()
        assert [await world.post(webhook) for _ in range(3)] == [503] * 3
        assert world.rasa.asked == []
        database.back()
        await redelivered(world, webhook)
        await redelivered(world, webhook)
        await settled(world)

    run(opened(world, scene))
    assert answers(world) == expected({RESIDENTS[0]: ["halo"]})
    assert world.rasa.texts == ["halo"]


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize("patience", [10.0, 0.1], ids=["short", "longer than the turn waits"])
def test_a_database_that_goes_away_in_mid_turn_loses_and_repeats_nothing(
    patience, database, monkeypatch
):
    """Beyond the patience the claim runs out, and the saved turn is recalled, not run again."""
    monkeypatch.setattr(turns, "STORE_PATIENCE", patience)
    world = a_world()
    world.channel._worker = Worker("rasa", lease=1.0)
    world.rasa.delay = 0.3
    texts = {who: ["satu", "dua"] for who in RESIDENTS}

    async def scene():
        for who in RESIDENTS:
            both = [text(body, sender=who, stamp=int(NOW) + n) for n, body in enumerate(texts[who])]
            assert await world.post(envelope(*both)) == 200
        await until(lambda: world.rasa.asked)
        database.gone()
        await asyncio.sleep(0.8)
        database.back()
        await settled(world)

    run(opened(world, scene))
    assert answers(world) == expected(texts)
    assert len(world.rasa.asked) == sum(len(said) for said in texts.values())


@pytest.mark.kedua_basis_data
def test_a_database_that_goes_away_while_a_reply_is_sent_does_not_send_it_again(database):
    world = a_world()

    async def scene():
        accept = world.client.send

        async def send_and_lose_the_database(message):
            wamid = await accept(message)
            if len(world.client.sent) == 1:
                database.gone()
                asyncio.get_running_loop().call_later(0.6, database.back)
            return wamid

        world.client.send = send_and_lose_the_database
        both = [text(body, stamp=int(NOW) + n, sender=RESIDENTS[0]) for n, body in enumerate("ab")]
        await world.post(envelope(*both))
        await settled(world)

    run(opened(world, scene))
    assert answers(world) == expected({RESIDENTS[0]: ["a", "b"]})
