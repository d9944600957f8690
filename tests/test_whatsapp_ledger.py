"""The ledger on the real store: residents known again, and what follows a turn or a letter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pernyataan import pernyataan
from sqlalchemy import select
from whatsapp_store_world import Clock, at_once, ledger, letter, receive, rows, template, value
from whatsapp_world import NOW, PHONE_ID, envelope, load, text

from kelurahan.store import StoreBusyError, models, peringatan, sesi, waktu
from kelurahan.store.queue import ClaimLostError, Worker
from kelurahan.whatsapp.build import text_body
from kelurahan.whatsapp.ledger import Ledger
from kelurahan.whatsapp.parse import parse

pytestmark = pytest.mark.kedua_basis_data

EARLIER = int(NOW) - 5
REPLY, SORRY, WAIT = text_body("jawab"), text_body("maaf"), text_body("sebentar")


@pytest.fixture
def clock(basis_data, monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def one(clock):
    return ledger()


def events(payload):
    return parse(payload, phone_number_id=PHONE_ID, now=NOW).events


def turn_of(one, body="menu", **more):
    (turn,) = receive(one, *events(envelope(text(body, **more))))
    return turn


# who wrote


def test_a_message_is_accepted_once_and_its_resident_is_known_again(one):
    (first,) = events(load("text"))
    (turn,) = receive(one, first)
    assert receive(one, first) == []
    one.finish_turn(turn, [REPLY], "balasan", go_on=True)
    assert receive(one, first) == []
    assert turn_of(one, "lagi").resident == turn.resident
    assert "62812" not in turn.resident


def test_a_message_and_its_reply_are_eight_statements(one):
    """Resident; held, flood and lane; inbox. Closed; lanes; outbox. Sent; the lane's next."""
    first = turn_of(one)
    one.sent(one.finish_turn(first, [REPLY], "balasan", go_on=True).letter, "wamid.1", go_on=True)
    second = events(envelope(text("lagi")))
    with pernyataan() as asked:
        (turn,) = receive(one, *second)
        done = one.finish_turn(turn, [REPLY], "balasan", go_on=True)
        one.sent(done.letter, "wamid.2", go_on=True)
    assert len(asked) == 8, asked


def test_a_reply_behind_what_still_goes_to_the_resident_waits_its_turn(one):
    turn = turn_of(one)
    letter(turn.resident, "kabar")
    done = one.finish_turn(turn, [REPLY, SORRY], "balasan", go_on=True)
    said, going = [], done.letter
    while going:
        said.append(going.body["text"]["body"])
        going = one.sent(going, f"wamid.{len(said)}", go_on=True)
    assert said == ["kabar", "jawab", "maaf"]


def test_what_is_taken_as_it_is_written_down_can_be_lost_like_any_claim(one, clock):
    """Its lease runs out: another process takes it over, and ours can no longer finish it."""
    turn = turn_of(one)
    clock.pass_(61)
    (again,) = ledger().take_turns(5, ())
    assert (again.pesan_id, again.claim.attempts) == (turn.pesan_id, 2)
    with pytest.raises(ClaimLostError):
        one.finish_turn(turn, [REPLY], "balasan", go_on=True)


def test_one_of_many_concurrent_deliveries_wins(one):
    (message,) = events(load("text"))
    assert sum(len(turns) for turns in at_once(lambda _: receive(one, message))) == 1
    assert value("SELECT count(*) FROM inbox") == 1


def test_a_resident_keeps_the_id_after_a_change_of_number(one):
    (turn,) = receive(one, *events(load("text")))
    one.finish_turn(turn, [REPLY], "balasan", go_on=False)
    (change,) = events(load("system_number"))
    receive(one, change)
    receive(one, change)
    assert turn_of(one, "halo", sender="6281200000002").resident == turn.resident


def test_a_change_of_an_unknown_number_is_no_trouble(one):
    assert receive(one, *events(load("system_number"))) == []


def test_number_and_user_id_are_one_resident(one):
    by_number = turn_of(one).resident
    (by_id,) = events(load("bsuid_only"))
    receive(one, *events(load("text")), replace(by_id, wamid="wamid.lain"))
    assert rows("SELECT DISTINCT warga_id FROM inbox") == [(by_number,)]
    assert value("SELECT count(*) FROM inbox") == 3


# how a turn ends


def test_a_finished_turn_gives_its_first_reply_and_the_next_message_to_go_on_with(one):
    turn = turn_of(one, "satu", stamp=EARLIER)
    receive(one, *events(envelope(text("dua", stamp=EARLIER + 1))))
    done = one.finish_turn(turn, [REPLY, SORRY], "balasan", go_on=True)
    assert done.letter.body == REPLY
    assert done.turn.message.content.text == "dua"
    sent = "SELECT part, state, kind FROM outbox ORDER BY part"
    assert rows(sent) == [(0, "running", "balasan"), (1, "waiting", "balasan")]
    assert rows("SELECT state, content FROM inbox WHERE sent_at < :now", now=EARLIER + 1) == [
        ("done", None)
    ]


def test_a_stopping_process_finishes_its_turn_and_begins_no_other(one):
    turn = turn_of(one, "satu")
    receive(one, *events(envelope(text("dua"))))
    assert one.finish_turn(turn, [REPLY], "balasan", go_on=False).turn is None
    assert value("SELECT count(*) FROM inbox WHERE state = 'waiting'") == 1


def test_a_reply_of_a_kind_is_left_out_when_it_was_just_said(one, clock):
    for pause, outbox_rows in ((0, 1), (4, 1), (6, 2)):
        clock.pass_(pause)
        done = one.finish_turn(turn_of(one), [REPLY], "foto", go_on=False, quiet=5)
        assert value("SELECT count(*) FROM outbox") == outbox_rows
        if done.letter:
            one.sent(done.letter, "wamid.x", go_on=False)
    assert value("SELECT count(*) FROM inbox WHERE state = 'done'") == 3


@pytest.mark.parametrize(("counted", "attempts"), [(True, 1), (False, 0)])
def test_a_turn_put_off_comes_again_when_it_is_due(one, clock, counted, attempts):
    one.postpone_turn(turn_of(one), 10, None, counted)
    assert one.take_turns(5, ()) == []
    clock.pass_(10)
    (again,) = one.take_turns(5, ())
    assert again.claim.attempts == attempts + 1
    assert value("SELECT count(*) FROM outbox") == 0


def test_a_resident_hears_once_that_it_takes_longer_and_then_gets_the_reply(one, clock):
    turn = turn_of(one)
    for _ in range(3):
        one.postpone_turn(turn, 1, WAIT, False)
        clock.pass_(1)
        (turn,) = one.take_turns(1, ())
    one.finish_turn(turn, [REPLY], "balasan", go_on=False)
    kinds = rows("SELECT kind FROM outbox ORDER BY id")
    assert kinds == [("tertunda",), ("balasan",)]


def test_a_turn_set_aside_keeps_its_content_apologises_and_lets_the_lane_go_on(one):
    turn = turn_of(one, "rusak", stamp=EARLIER)
    receive(one, *events(envelope(text("berikut", stamp=EARLIER + 1))))
    done = one.park_turn(turn, SORRY, "Ada pesan tak terjawab.", go_on=True)
    assert done.letter.body == SORRY
    assert done.turn.message.content.text == "berikut"
    assert "rusak" in value("SELECT content FROM inbox WHERE state = 'parked'")
    assert rows("SELECT jenis, pesan FROM peringatan") == [
        ("pesan_diparkir", "Ada pesan tak terjawab.")
    ]


ENDS = {
    "finished": lambda one, turn: one.finish_turn(turn, [REPLY], "balasan", go_on=True),
    "put off": lambda one, turn: one.postpone_turn(turn, 1, WAIT, False),
    "set aside": lambda one, turn: one.park_turn(turn, SORRY, "x", go_on=True),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_a_turn_that_another_took_over_leaves_no_trace(one, clock, end):
    turn = turn_of(one)
    clock.pass_(61)
    (theirs,) = ledger("lain").take_turns(1, ())
    with pytest.raises(ClaimLostError):
        end(one, turn)
    assert value("SELECT count(*) FROM outbox") == value("SELECT count(*) FROM peringatan") == 0
    assert value("SELECT claimed_by FROM inbox") == theirs.claim.worker


# how a letter ends


def test_a_sent_letter_gives_the_residents_next_one(one):
    letter(words="satu", template=template())
    letter(words="dua")
    (first,) = one.take_letters(5, ())
    second = one.sent(first, "wamid.a", go_on=True)
    assert second.body["text"]["body"] == "dua"
    assert one.sent(second, "wamid.b", go_on=False) is None
    kept = "SELECT state, wa_id, bsuid, error FROM outbox"
    assert set(rows(kept)) == {("done", None, None, None)}


def test_a_restart_takes_up_at_once_what_the_former_run_of_the_same_place_held(one):
    turn_of(one)
    letter()
    one.take_letters(1, ())
    assert ledger("tempat lain").release() == 0
    again = ledger()
    assert again.take_turns(1, ()) == again.take_letters(1, ()) == []
    assert again.release() == 2
    assert again.take_turns(1, ())[0].claim.attempts == 2
    assert again.take_letters(1, ())[0].claim.attempts == 2


def test_alerts_are_told_once_while_they_last(one, caplog):
    for _ in range(3):
        one.alert("CredentialsError", "Token ditolak.", 190)
    assert rows("SELECT jenis, kode, jumlah FROM peringatan") == [("CredentialsError", 190, 3)]
    one.all_clear("CredentialsError")
    one.all_clear("CredentialsError")
    assert value("SELECT selesai IS NOT NULL FROM peringatan")
    assert caplog.text.count("ALERT CredentialsError (190)") == 1
    assert caplog.text.count("alert CredentialsError is over") == 1


def test_a_transaction_that_fails_halfway_leaves_message_and_reply_as_they_were(one, monkeypatch):
    turn = turn_of(one)

    def away(*_, **__):
        raise StoreBusyError("away")

    with monkeypatch.context() as broken:
        broken.setattr("kelurahan.whatsapp.outbox.answer", away)
        with pytest.raises(StoreBusyError):
            one.finish_turn(turn, [REPLY], "balasan", go_on=True)
    assert value("SELECT state FROM inbox") == "running"
    assert one.finish_turn(turn, [REPLY], "balasan", go_on=True).letter.body == REPLY


def test_the_store_is_only_changed_by_whole_transactions(one):
    """A reader in between sees either none or all of a webhook."""
    with sesi(baca=True) as s:
        before = s.connection().exec_driver_sql("SELECT count(*) FROM inbox").scalar()
        at_once(lambda n: receive(one, *events(envelope(*(text("x") for _ in range(5))))), 2)
    assert (before, value("SELECT count(*) FROM inbox")) == (0, 10)


def test_a_stored_message_that_cannot_be_read_is_set_aside_and_stops_nobody(basis_data):
    """Claiming it must not fail: every other resident would wait behind it."""
    broken = models.Inbox(
        pesan_id="rusak",
        warga_id="a",
        kind="text",
        sent_at=1,
        received_at=waktu.sekarang(),
        content="bukan json",
        state="waiting",
        attempts=0,
    )
    with sesi() as s:
        s.add(broken)
    assert Ledger(Worker("uji")).take_turns(5, ()) == []
    with sesi(baca=True) as s:
        assert s.scalar(select(models.Inbox.state).where(models.Inbox.pesan_id == "rusak")) == (
            "parked"
        )
        assert [one.jenis for one in peringatan.terbuka(s)] == ["pesan_rusak"]
