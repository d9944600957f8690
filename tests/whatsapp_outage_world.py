"""A channel world whose surroundings break: what is shared by the tests of outages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from rasa.shared.core.events import BotUttered, UserUttered
from whatsapp_channel_world import World
from whatsapp_world import FakeClient, FakeRasa, envelope, text, until

from kelurahan.store import StoreBusyError
from kelurahan.store.models import TERBUKA
from kelurahan.whatsapp import lanes

RESIDENTS = [f"62812000{n:05d}" for n in range(1, 6)]
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


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch):
    """The ticks of the lanes, in hundredths of a second."""
    monkeypatch.setattr(lanes, "TICK", 0.02)


async def opened(world: World, scene: Callable) -> None:
    """Play in an open world."""
    async with world.open():
        await scene()


async def write(world: World, who: str, body: str) -> int:
    """One message, stamped with the world's clock."""
    return await world.post(envelope(text(body, sender=who, stamp=int(world.now))))


async def redelivered(world: World, webhook: dict) -> None:
    """As Meta does it: again until a 200."""
    for _ in range(50):
        if await world.post(webhook) == 200:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("never accepted")
