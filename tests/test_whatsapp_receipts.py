"""Blue ticks come after the reply, "sedang mengetik" before it and only when it takes long."""

from __future__ import annotations

import asyncio

import pytest
from whatsapp_channel_world import play
from whatsapp_world import FakeClient, envelope, load, run, text

from kelurahan.whatsapp import errors, receipts
from kelurahan.whatsapp.receipts import Receipts


class Hanging(FakeClient):
    """A Graph API that does not answer receipts."""

    def __init__(self) -> None:
        super().__init__()
        self.given_up: list[str] = []

    async def mark_read(self, wamid: str, typing: bool = True) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.given_up.append(wamid)
            raise


def took(job) -> float:
    """Seconds by the event loop's clock."""

    async def timed() -> float:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await job()
        return loop.time() - begun

    return run(timed())


def test_a_quick_reply_is_followed_by_its_tick_without_typing():
    client = FakeClient()

    async def story():
        mine = Receipts(client, slow=5, together=0.05)
        async with mine.around("a", "wamid.1"):
            await asyncio.sleep(0)
        assert client.read == []
        await asyncio.sleep(0.1)
        assert client.read == [("wamid.1", False)]

    run(story())


def test_of_several_messages_within_a_moment_the_last_is_marked_and_each_resident_apart():
    client = FakeClient()

    async def story():
        mine = Receipts(client, together=0.05)
        for n in range(4):
            mine.later("a", f"wamid.a{n}")
        mine.later("b", "wamid.b")
        await asyncio.sleep(0.1)
        assert sorted(client.read) == [("wamid.a3", False), ("wamid.b", False)]
        mine.later("a", "wamid.a4")
        await asyncio.sleep(0.1)
        assert client.read[-1] == ("wamid.a4", False)

    run(story())


def test_who_goes_on_writing_is_not_left_without_ticks():
    client = FakeClient()

    async def story():
        mine = Receipts(client, together=0.05)
        for n in range(20):
            mine.later("a", f"wamid.{n}")
            await asyncio.sleep(0.01)
        assert 2 <= len(client.read) <= 5

    run(story())


@pytest.mark.usefixtures("basis_data")
def test_a_slow_reply_shows_typing_before_it_and_needs_no_further_tick():
    async def scene(world):
        world.rasa.delay = receipts.SLOW + 0.2
        for n in range(2):
            await world.deliver(envelope(text(f"pesan {n}")))

    _, world = play(scene)
    assert world.client.order == ["read", "send"] * 2
    assert all(typing for _, typing in world.client.read)


@pytest.mark.usefixtures("basis_data")
def test_a_quick_reply_does_not_wait_for_receipts_and_the_channel_stops_with_all_sent():
    async def scene(world):
        await world.deliver(load("text"))
        return list(world.client.order)

    before, world = play(scene)
    assert before == ["send"]
    assert world.client.order == ["send", "read"]


@pytest.mark.usefixtures("basis_data")
@pytest.mark.parametrize("delay", [0, receipts.SLOW + 0.1])
def test_a_failing_receipt_does_not_stop_the_reply(delay):
    async def scene(world):
        world.client.read_fault = errors.RequestError(131009)
        world.rasa.delay = delay
        await world.deliver(load("text"))

    _, world = play(scene)
    assert world.client.texts() == ["jawab: #2"]
    assert "read" in world.client.order


def test_hanging_typing_holds_a_reply_up_for_a_second_and_the_next_for_less(monkeypatch):
    monkeypatch.setattr(receipts, "PATIENCE", 0.3)
    client = Hanging()
    mine = Receipts(client, slow=0)

    async def slow_turn():
        async with mine.around("a", "wamid.1"):
            await asyncio.sleep(0.05)

    mine._patience = receipts.PATIENCE
    assert 0.3 <= took(slow_turn) < 0.45
    assert took(slow_turn) < 0.25
    assert client.given_up == ["wamid.1"] * 2, "typing must not be shown after the reply"


def test_a_turn_that_breaks_is_marked_all_the_same():
    client = FakeClient()

    async def story():
        mine = Receipts(client)
        with pytest.raises(ValueError, match="x"):
            async with mine.around("a", "wamid.1"):
                raise ValueError("x")
        await mine.close()
        assert client.read == [("wamid.1", False)]

    run(story())


def test_closing_gives_up_what_hangs():
    client = Hanging()

    async def story():
        mine = Receipts(client)
        mine.later("a", "wamid.1")
        await mine.close(0.05)
        await asyncio.sleep(0)
        assert client.given_up == ["wamid.1"]

    run(story())
