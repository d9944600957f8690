"""The inbox: each message once, floods held back, nothing half written, spoilt events alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError
from whatsapp_channel_world import play
from whatsapp_store_world import (
    OTHER,
    Clock,
    at_once,
    ledger,
    letter,
    message,
    receive,
    rows,
    value,
)
from whatsapp_world import BSUID, NOW, NUMBER, envelope, load, text

from kelurahan.store import StoreBusyError
from kelurahan.whatsapp import inbox
from kelurahan.whatsapp import ledger as ledger_module
from kelurahan.whatsapp.events import (
    Batch,
    Choice,
    Content,
    Media,
    Outcome,
    Sender,
    Status,
    fingerprint,
)
from kelurahan.whatsapp.inbox import FLOOD_MESSAGES, FLOOD_SECONDS, decode, encode

pytestmark = pytest.mark.kedua_basis_data


@pytest.fixture
def clock(basis_data, monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def one(clock):
    return ledger()


def states() -> list[str]:
    return [state for (state,) in rows("SELECT state FROM inbox ORDER BY id")]


# what is written down


def test_a_message_is_written_with_its_resident_and_taken_at_once(one, clock):
    (turn,) = receive(one, message("wamid.A"))
    assert turn.first_time
    assert turn.pesan_id == fingerprint("wamid.A")
    clock.pass_(7)
    assert turn.age == 7
    assert rows("SELECT kind, sent_at, state, warga_id FROM inbox") == [
        ("text", int(NOW), "running", turn.resident)
    ]
    assert value("SELECT terakhir_menulis FROM warga") == int(NOW)


def test_the_wamid_is_not_kept_once_the_message_is_answered_since_it_holds_the_number(one):
    (turn,) = receive(one, message("wamid.NjI4MTIwMDAwMDAwMDE"))
    one.finish_turn(turn, [], "x", go_on=False)
    assert "wamid" not in str(rows("SELECT * FROM inbox"))


def test_neither_number_nor_words_are_in_any_repr(one):
    (turn,) = receive(one, message("wamid.A"))
    for shown in (repr(turn), repr(turn.claim), repr(turn.message)):
        for secret in (NUMBER, "wamid.A", "menu"):
            assert secret not in shown


def test_a_message_seen_before_is_acknowledged_and_changes_nothing(one, clock):
    first = message("wamid.A")
    receive(one, first)
    before = rows("SELECT * FROM inbox")
    clock.pass_(3600)
    assert receive(one, first, replace(first, timestamp=first.timestamp + 9)) == []
    assert rows("SELECT * FROM inbox") == before


def test_the_same_message_twice_in_one_webhook_is_one_row(one):
    assert len(receive(one, message("wamid.A"), message("wamid.A"))) == 1
    assert len(states()) == 1


def test_the_same_message_eight_times_at_once_is_one_row_and_one_turn(one):
    got = at_once(lambda n: receive(ledger(f"pekerja{n}"), message("wamid.A")))
    assert sum(len(turns) for turns in got) == len(states()) == 1


def test_the_same_webhook_of_many_residents_at_once_is_recorded_once_without_a_deadlock(one):
    batch = [message(f"wamid.{n}", f"62812000{n:05}") for n in range(12)]
    got = at_once(lambda n: receive(ledger(f"pekerja{n}"), *batch[n:], *batch[:n]))
    assert sum(len(turns) for turns in got) == len(states()) == 12


UNANSWERED = {
    "too old": ({"old": True, "content": Content(Outcome.RECORD_ONLY)}, "expired"),
    "only noted": ({"content": Content(Outcome.RECORD_ONLY)}, "done"),
}


@pytest.mark.parametrize(("more", "state"), UNANSWERED.values(), ids=UNANSWERED.keys())
def test_what_is_not_answered_is_marked_as_seen_and_not_kept(one, more, state):
    assert receive(one, message(**more)) == []
    assert rows("SELECT state, content FROM inbox") == [(state, None)]


def test_a_message_beyond_the_free_places_waits_and_the_process_knows(one):
    batch = Batch((message(), message(sender=OTHER)))
    intake = one.receive(batch, 1)
    assert (len(intake.turns), intake.waiting) == (1, True)
    assert sorted(states()) == ["running", "waiting"]
    assert one.receive(Batch((message(sender="6281200000003"),)), 5).waiting is False


# floods


def flood(one, many, sender=NUMBER, start=int(NOW), step=0):
    for n in range(many):
        receive(one, message(sender=sender, stamp=start + n * step))


def test_a_flood_is_held_back_after_thirty_messages_and_its_resident_told_once(one):
    flood(one, FLOOD_MESSAGES + 15)
    held = [("running", 1), ("limited", 15), ("waiting", FLOOD_MESSAGES - 1)]
    assert sorted(rows("SELECT state, count(*) FROM inbox GROUP BY state")) == sorted(held)
    assert rows("SELECT kind, state, wa_id FROM outbox") == [("terlalu_cepat", "waiting", NUMBER)]
    assert rows("SELECT content FROM inbox WHERE state = 'limited' AND content > ''") == []


def test_a_flood_of_one_resident_touches_nobody_else(one):
    flood(one, FLOOD_MESSAGES + 5)
    assert len(receive(one, message(sender=OTHER))) == 1


def test_each_flood_is_told_once(one, clock):
    for _ in range(2):
        flood(one, FLOOD_MESSAGES + 3, start=int(clock.time()))
        clock.pass_(FLOOD_SECONDS + 1)
    assert value("SELECT count(*) FROM outbox") == 2


def test_after_the_minute_the_resident_is_read_again(one, clock):
    flood(one, FLOOD_MESSAGES + 1)
    receive(one, message(stamp=int(NOW) + FLOOD_SECONDS))
    assert states()[-1] == "waiting"


def test_messages_that_piled_up_during_an_outage_of_ours_are_no_flood(one):
    """WhatsApp delivers in a second what the resident wrote over ten minutes."""
    flood(one, 100, start=int(NOW) - 600, step=6)
    assert set(states()) == {"running", "waiting"}


def test_a_flood_delivered_again_is_neither_read_nor_told_again(one):
    batch = [message(f"wamid.{n}") for n in range(FLOOD_MESSAGES + 2)]
    for _ in range(2):
        receive(one, *batch)
    assert (len(states()), value("SELECT count(*) FROM outbox")) == (len(batch), 1)


# the 24-hour window


def test_a_message_opens_the_window_for_what_waited_and_an_old_one_does_not(one, clock):
    receive(one, message(stamp=int(NOW)))
    resident = value("SELECT id FROM warga")
    letter(resident)
    clock.pass_(25 * 3600)
    (waiting,) = one.take_letters(1, ())
    one.give_up(waiting, "window", "WindowClosedError", 131047, go_on=False)
    receive(one, message(stamp=int(NOW) - 5))
    assert value("SELECT state FROM outbox") == "window"
    receive(one, message(stamp=int(clock.time())))
    assert value("SELECT state FROM outbox") == "waiting"
    assert value("SELECT terakhir_menulis FROM warga") == int(clock.time())


# what is in a row


MESSAGES = {
    "odd characters": {"content": Content(Outcome.TO_RASA, text='é👍\u202e\x00\ud83d "\\\n</b>')},
    "a choice": {"content": Content(Outcome.TO_RASA, choice=Choice("b:1", "Ya, kirim 👍"))},
    "media": {"content": Content(Outcome.FIXED_REPLY, "foto", media=Media("1", "image/jpeg"))},
    "a reason": {"content": Content(Outcome.RECORD_ONLY, reason="reaction"), "old": True},
    "by user id": {"sender": Sender(None, BSUID)},
    "by both": {"sender": Sender(NUMBER, BSUID)},
    "long": {"content": Content(Outcome.TO_RASA, text="👍" * 4096)},
}


@pytest.mark.parametrize("more", MESSAGES.values(), ids=MESSAGES.keys())
def test_a_message_comes_out_as_it_went_in(one, more):
    given = message(**more)
    assert decode(encode(given)) == given
    assert encode(given).isascii()
    for turn in receive(one, given):
        assert turn.message == given


# when something fails


def status(wamid="wamid.out", name="sent"):
    return Status(wamid, name, int(NOW))


def spoilt(real, wamid):
    """Recording as it is, but for one message that breaks it."""

    def store(s, given, worker=None):
        if given.wamid == wamid:
            raise OverflowError(f"Budi {NUMBER}")
        return real(s, given, worker)

    return store


def test_one_spoilt_event_does_not_take_its_webhook_with_it(one, monkeypatch, caplog):
    monkeypatch.setattr(inbox, "store_message", spoilt(inbox.store_message, "wamid.rusak"))
    batch = [message("wamid.a"), message("wamid.rusak", OTHER), status(), message("wamid.b")]
    assert len(receive(one, *batch)) == 1
    assert states() == ["running", "waiting"]
    assert rows("SELECT jenis, jumlah FROM peringatan") == [("pesan_rusak", 1)]
    assert NUMBER not in caplog.text
    assert "Budi" not in caplog.text


def test_a_webhook_with_a_spoilt_event_keeps_to_the_free_places(one, monkeypatch):
    monkeypatch.setattr(inbox, "store_message", spoilt(inbox.store_message, "wamid.rusak"))
    batch = [message("wamid.rusak"), *(message(sender=f"62812000{n:05}") for n in range(4))]
    intake = one.receive(Batch(tuple(batch)), 2)
    assert (len(intake.turns), intake.waiting) == (2, True)


def test_a_text_that_the_database_itself_refuses_is_the_spoilt_event(one):
    batch = (message("wamid.a"), message("wamid.b", "6281\x00200"), message("wamid.c", OTHER))
    receive(one, *batch)
    known = {sha for (sha,) in rows("SELECT pesan_id FROM inbox")}
    assert {fingerprint("wamid.a"), fingerprint("wamid.c")} <= known


@pytest.mark.parametrize("alone", [True, False], ids=["at once", "after a spoilt event"])
def test_a_busy_database_is_told_so_that_whatsapp_delivers_again(one, monkeypatch, alone):
    def busy(s, given, worker):
        if alone or given.wamid == "wamid.b":
            raise StoreBusyError("database: locked; try again")
        raise OverflowError

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "store_message", busy)
        with pytest.raises(StoreBusyError):
            receive(one, message("wamid.a"), message("wamid.b"))
    assert states() == []
    assert len(receive(one, message("wamid.a"), message("wamid.b"))) == 1


def test_a_webhook_is_written_down_whole_or_not_at_all(one, monkeypatch):
    real, seen = inbox.store_message, []

    def fails_at_the_third(s, given, worker):
        seen.append(given)
        if len(seen) == 3:
            raise OperationalError("INSERT", {}, Exception("disk I/O error"))
        return real(s, given, worker)

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "store_message", fails_at_the_third)
        with pytest.raises(StoreBusyError):
            receive(one, *(message() for _ in range(4)))
    assert states() == []
    assert value("SELECT count(*) FROM warga") == 0


def test_a_webhook_that_finds_the_database_busy_gets_503_and_its_redelivery_is_answered(
    basis_data, monkeypatch
):
    async def scene(world):
        with monkeypatch.context() as patch:
            patch.setattr(ledger_module.store, "sesi", locked)
            first = await world.deliver(load("text"))
        return first, await world.deliver(load("text")), await world.deliver(load("text"))

    statuses, world = play(scene)
    assert statuses == (503, 200, 200)
    assert world.client.texts() == ["jawab: #2"]


def locked():
    raise StoreBusyError("database: database is locked; try again")


def test_webhooks_of_many_residents_at_the_same_time_are_all_answered(basis_data):
    async def scene(world):
        posts = [
            world.post(envelope(text(f"{n}", sender=f"62812000{who:05}", stamp=int(NOW) - 9 + n)))
            for n in range(3)
            for who in range(12)
        ]
        statuses = await asyncio.gather(*posts)
        await world.idle()
        await world.office.turns.take_waiting()
        await world.idle()
        return statuses

    statuses, world = play(scene)
    assert set(statuses) == {200}
    assert len(world.client.sent) == world.count("inbox") == world.count("outbox") == 36


@pytest.mark.parametrize(("days", "kept"), [(29, True), (31, False)])
def test_what_a_parked_message_said_is_forgotten_after_a_month(one, clock, days, kept):
    (turn,) = receive(one, message())
    one.park_turn(turn, {}, "x", go_on=False)
    clock.pass_(days * 24 * 3600)
    one.tidy()
    assert (value("SELECT content FROM inbox") is not None) is kept
