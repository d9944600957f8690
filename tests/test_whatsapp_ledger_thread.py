"""Where calls of the ledger run: at once on a free SQLite, else beside the event loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from kelurahan.store import sesi
from kelurahan.whatsapp.ledger_thread import LedgerThread


@pytest.mark.parametrize(("at_once", "beside"), [(True, False), (False, True)])
def test_a_short_call_is_made_where_it_is_quickest(basis_data, at_once, beside):
    async def scene():
        return await LedgerThread(at_once=at_once).short(threading.get_ident)

    assert (asyncio.run(scene()) != threading.get_ident()) is beside


def test_a_short_call_that_meets_a_writer_waits_beside_the_event_loop(basis_data):
    seen, written = [], threading.Event()

    def write():
        seen.append(threading.get_ident())
        with sesi() as s:
            s.connection()
        written.set()

    async def scene():
        with sesi() as s:
            s.connection()
            waiting = asyncio.ensure_future(LedgerThread(at_once=True).short(write))
            await asyncio.sleep(0.05)  # the loop goes on
            assert not written.is_set()
        await asyncio.wait_for(waiting, 5)

    asyncio.run(scene())
    assert written.is_set()
    assert seen[0] == threading.get_ident() != seen[1]


def test_ledger_calls_do_not_hold_up_the_event_loop(basis_data):
    async def scene():
        thread, gate = LedgerThread(1), threading.Event()
        waiting = asyncio.ensure_future(thread.run(gate.wait, 10))
        await asyncio.sleep(0)
        gate.set()
        return await waiting

    assert asyncio.run(scene()) is True
