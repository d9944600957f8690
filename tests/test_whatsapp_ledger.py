"""The channel's ledger on the real store, in a database of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from whatsapp_world import NOW, PHONE_ID, envelope, load, text

from kelurahan.whatsapp.ledger import StoreLedger
from kelurahan.whatsapp.parse import parse

pytestmark = pytest.mark.kedua_basis_data


@pytest.fixture
def ledger(basis_data):
    return StoreLedger()


def events(payload):
    return parse(payload, phone_number_id=PHONE_ID, now=NOW).events


def test_a_message_is_accepted_once_and_its_resident_is_known_again(ledger):
    (first,) = events(load("text"))
    (second,) = events(envelope(text("lagi")))
    resident = ledger.accept(first)
    assert resident
    assert ledger.accept(first) is None
    ledger.finish(first)
    assert ledger.accept(first) is None
    assert ledger.accept(second) == resident
    assert "62812" not in resident


def test_one_of_many_concurrent_deliveries_wins(ledger):
    (message,) = events(load("text"))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ledger.accept, [message] * 8))
    assert len([a for a in answers if a]) == 1


def test_a_resident_keeps_the_id_after_a_change_of_number(ledger):
    resident = ledger.accept(events(load("text"))[0])
    (change,) = events(load("system_number"))
    ledger.move(change)
    ledger.move(change)
    (later,) = events(envelope(text("halo", sender="6281200000002")))
    assert ledger.accept(later) == resident


def test_a_change_of_an_unknown_number_is_no_trouble(ledger):
    ledger.move(events(load("system_number"))[0])


def test_number_and_user_id_are_one_resident(ledger):
    by_number = ledger.accept(events(envelope(text("a")))[0])
    assert ledger.accept(events(load("text"))[0]) == by_number
    (by_id,) = events({**load("bsuid_only")})
    by_id = type(by_id)(**{**by_id.__dict__, "wamid": "wamid.lain"})
    assert ledger.accept(by_id) == by_number
