"""The channel under test with a fake Rasa, a fake store and a fake Meta around it."""

from __future__ import annotations

import contextlib

import aiohttp
from whatsapp_world import (
    CONFIG,
    NOW,
    FakeClient,
    FakeLedger,
    FakeRasa,
    meta_bytes,
    run,
    served,
    sign,
)

from kelurahan.whatsapp.channel import WhatsAppInput


class World:
    """The channel under test with everything around it."""

    def __init__(self, **options) -> None:
        self.rasa, self.client, self.ledger = FakeRasa(), FakeClient(), FakeLedger()
        self.now = NOW
        self.channel = WhatsAppInput(
            CONFIG, ledger=self.ledger, client=self.client, clock=lambda: self.now, **options
        )
        self.url = self.http = None

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
        await self.channel._lanes.drain(5)
        return status


def play(scene, world=None):
    world = world or World()

    async def scenario():
        async with world.open():
            return await scene(world)

    return run(scenario()), world
