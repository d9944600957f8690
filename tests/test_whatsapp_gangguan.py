"""The world around the channel breaks for a while: Meta, the database, the disk, the process.

Fake Rasa and fake Meta, a real database and, where it is about minutes, a clock moved by hand.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from rasa.shared.core.events import BotUttered, UserUttered
from sqlalchemy import event
from whatsapp_channel_world import World
from whatsapp_world import (
    NOW,
    PHONE_ID,
    FakeClient,
    FakeRasa,
    envelope,
    meta_bytes,
    run,
    text,
    until,
)

from bench.crash_road import Road
from bench.idle import percentile
from kelurahan import settings as pengaturan
from kelurahan.store import StoreBusyError, engine, waktu
from kelurahan.store.models import TERBUKA
from kelurahan.store.queue import Worker
from kelurahan.whatsapp import errors, lanes, turns
from kelurahan.whatsapp.ledger import Ledger
from kelurahan.whatsapp.parse import parse

RESIDENTS = [f"62812000{n:05d}" for n in range(1, 6)]
LONG = "kata " * 700
QUEUES = ("inbox", "outbox")


class Memory(FakeRasa):
    """Keeps finished turns as Rasa's tracker store does, so that they can be recalled."""

    def __init__(self) -> None:
        super().__init__()
        self._events: dict[str, list] = {}

    async def handle_message(self, message) -> None:
        await super().handle_message(message)
        said = [BotUttered(part["text"]) for part in self.reply(message)]
        asked = UserUttered(message.text, message_id=message.message_id)
        self._events.setdefault(message.sender_id, []).extend([asked, *said])

    async def retrieve(self, resident: str):
        events = self._events.get(resident)
        return SimpleNamespace(events=events) if events else None


class Quick(FakeClient):
    """Accepts at once, receipts too."""

    async def mark_read(self, wamid: str, typing: bool = True) -> None:
        """Nothing to wait for."""


def a_world() -> World:
    """With a Rasa that remembers, whose looks for waiting rows do not take a second."""
    world = World()
    world.rasa = Memory()
    return world


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch):
    """The ticks of the lanes, in hundredths of a second."""
    monkeypatch.setattr(lanes, "TICK", 0.02)


def answers(world: World) -> dict[str, list[str]]:
    """What each resident was told, in order."""
    told: dict[str, list[str]] = {}
    for message in world.client.sent:
        told.setdefault(message["to"].lstrip("+"), []).append(message["text"]["body"])
    return told


def expected(texts: dict[str, list[str]]) -> dict[str, list[str]]:
    """One answer to each message, in the order of writing."""
    return {who: [f"jawab: {one[:50]}" for one in said] for who, said in texts.items()}


def open_rows(world: World) -> int:
    """Rows of both queues that still wait or are in work; a database that is away hides some."""
    of = "SELECT id FROM {} WHERE {}".format
    counts = " UNION ALL ".join(of(queue, TERBUKA) for queue in QUEUES)
    try:
        return len(world.rows(counts))
    except StoreBusyError:
        return 1


async def settled(world: World, seconds: float = 20) -> None:
    """Wait until nothing waits any more."""
    await until(lambda: not open_rows(world), seconds)
    await world.idle()


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


async def write(world: World, who: str, body: str) -> int:
    """One message, stamped with the world's clock."""
    return await world.post(envelope(text(body, sender=who, stamp=int(world.now))))


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


async def opened(world: World, scene: Callable) -> None:
    """Play in an open world."""
    async with world.open():
        await scene()


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


async def redelivered(world: World, webhook: dict) -> None:
    """As Meta does it: again until a 200."""
    for _ in range(50):
        if await world.post(webhook) == 200:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("never accepted")


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
