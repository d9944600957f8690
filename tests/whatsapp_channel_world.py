"""The channel under test with a fake Rasa and a fake Meta around it, on a database of its own.

Tests that play here ask for the fixture `basis_data`, which configures the store.
"""

from __future__ import annotations

import contextlib

import aiohttp
from sqlalchemy import text
from whatsapp_world import CONFIG, NOW, FakeClient, FakeRasa, meta_bytes, run, served, sign

from kelurahan.store import sesi
from kelurahan.whatsapp.channel import WhatsAppInput


class World:
    """The channel under test with everything around it."""

    def __init__(self, **options) -> None:
        self.rasa, self.client = FakeRasa(), FakeClient()
        self.now = NOW
        self.channel = WhatsAppInput(CONFIG, client=self.client, clock=lambda: self.now, **options)
        self.url = self.http = None

    @property
    def office(self):
        return self.channel.office

    @contextlib.asynccontextmanager
    async def open(self):
        async with served(self.rasa, self.channel) as url, aiohttp.ClientSession() as http:
            self.url, self.http = f"{url}/whatsapp/webhook", http
            yield self

    async def post(self, payload, signature=None, **headers) -> int:
        body = payload if isinstance(payload, bytes) else meta_bytes(payload)
        headers = {"X-Hub-Signature-256": signature or sign(body), **headers}
        async with self.http.post(self.url, data=body, headers=headers) as answer:
            return answer.status

    async def deliver(self, payload) -> int:
        """Post and wait until everything behind it is done."""
        status = await self.post(payload)
        await self.idle()
        return status

    async def idle(self, seconds: float = 10) -> None:
        """Wait until nothing is in work; what is put off for later stays."""
        await self.office.turns.idle(seconds)
        await self.office.letters.idle(seconds)

    def rows(self, sql: str, **values) -> list[tuple]:
        """Read the store."""
        with sesi(baca=True) as s:
            return [tuple(row) for row in s.execute(text(sql), values)]

    def count(self, table: str, state: str = "done") -> int:
        """Rows of a queue in a state."""
        return self.rows(f"SELECT count(*) FROM {table} WHERE state = :s", s=state)[0][0]  # noqa: S608


def play(scene, world=None):
    world = world or World()

    async def scenario():
        async with world.open():
            return await scene(world)

    return run(scenario()), world
