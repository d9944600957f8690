"""Where calls of the ledger run: at once on a free SQLite, else beside the event loop."""

from __future__ import annotations

import asyncio
import threading

import pytest
from whatsapp_channel_world import play
from whatsapp_world import envelope, text

from kelurahan.store import StoreBusyError, sesi, waktu
from kelurahan.store.models import Warga
from kelurahan.whatsapp import ledger_thread
from kelurahan.whatsapp.ledger import Ledger
from kelurahan.whatsapp.ledger_thread import MOMENTS, LedgerThread
from kelurahan.whatsapp.post_office import FEW_EVENTS


@pytest.mark.parametrize(("at_once", "beside"), [(True, False), (False, True)])
def test_a_short_call_is_made_where_it_is_quickest(basis_data, at_once, beside):
    async def scene():
        return await LedgerThread(at_once=at_once).short(threading.get_ident)

    assert (asyncio.run(scene()) != threading.get_ident()) is beside


@pytest.mark.parametrize(("held", "beside"), [(0.002, False), (0.2, True)])
def test_a_short_call_that_meets_a_writer_lets_the_event_loop_go_on(basis_data, held, beside):
    seen, ticks = [], []

    def write():
        seen.append(threading.get_ident())
        with sesi() as s:
            s.add(Warga(id="a", dibuat=waktu.sekarang()))

    async def tick():
        while True:
            await asyncio.sleep(0.001)
            ticks.append(1)

    async def scene():
        ticking = asyncio.ensure_future(tick())
        with sesi() as s:
            s.connection()
            waiting = asyncio.ensure_future(LedgerThread(at_once=True).short(write))
            await asyncio.sleep(held)
            assert not waiting.done()
        await asyncio.wait_for(waiting, 5)
        ticking.cancel()

    asyncio.run(scene())
    with sesi(baca=True) as s:
        assert s.get(Warga, "a") is not None
    assert len(ticks) > held / 0.01
    assert seen[0] == threading.get_ident(), "tried at once"
    assert (seen[-1] != threading.get_ident()) is beside
    assert len(seen) <= len(MOMENTS) + 1


def test_a_database_that_is_away_is_asked_for_as_long_as_one_has_patience(monkeypatch):
    monkeypatch.setattr(ledger_thread, "AGAIN_AFTER", 0.01)
    asked = []

    def away():
        asked.append(1)
        if len(asked) < 20:
            raise StoreBusyError("away")
        return "back"

    assert asyncio.run(LedgerThread(at_once=True).persist(5, away)) == "back"
    asked.clear()
    with pytest.raises(StoreBusyError):
        asyncio.run(LedgerThread().persist(0.05, away))


def test_ledger_calls_do_not_hold_up_the_event_loop(basis_data):
    async def scene():
        thread, gate = LedgerThread(1), threading.Event()
        waiting = asyncio.ensure_future(thread.run(gate.wait, 10))
        await asyncio.sleep(0)
        gate.set()
        return await waiting

    assert asyncio.run(scene()) is True


@pytest.mark.parametrize(("many", "beside"), [(FEW_EVENTS, False), (FEW_EVENTS + 1, True)])
def test_a_webhook_with_many_messages_is_written_down_beside_the_event_loop(
    basis_data, monkeypatch, many, beside
):
    where, real = [], Ledger.receive

    def receive(*given):
        where.append(threading.get_ident())
        return real(*given)

    monkeypatch.setattr(Ledger, "receive", receive)
    messages = [text(f"pesan {n}", sender=f"62812000{n:05}") for n in range(many)]
    status, world = play(lambda world: world.deliver(envelope(*messages)))
    assert status == 200
    assert (where != [threading.get_ident()]) is beside
    assert len(world.client.sent) == many
