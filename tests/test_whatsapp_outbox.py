"""The outbox: each answer once, delivery statuses in any order, the 24-hour window, forgetting."""

from __future__ import annotations

from itertools import permutations

import pytest
from whatsapp_store_world import (
    Clock,
    at_once,
    ledger,
    letter,
    message,
    receive,
    rows,
    template,
    value,
)
from whatsapp_world import BSUID, NOW, NUMBER

from kelurahan import permohonan
from kelurahan.store import sesi
from kelurahan.whatsapp import outbox
from kelurahan.whatsapp.build import text_body
from kelurahan.whatsapp.events import Sender, Status, fingerprint

pytestmark = pytest.mark.kedua_basis_data

HOUR = 3600


@pytest.fixture
def clock(basis_data, monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def one(clock):
    return ledger()


def take(one):
    """The only letter that may go now."""
    (found,) = one.take_letters(5, ())
    return found


def sent(one, wamid="wamid.A", **more):
    """A letter that WhatsApp has accepted."""
    letter(**more)
    one.sent(take(one), wamid, go_on=False)


def told(one, name, *codes, wamid="wamid.A", reference=""):
    """A status webhook."""
    receive(one, Status(wamid, name, int(NOW), reference, codes))


def state(column="state"):
    return value(f"SELECT {column} FROM outbox")  # noqa: S608


# written down once


def test_an_answer_is_written_once_for_each_message_and_part(clock):
    given = [letter(pesan_id=p, part=n) for p in ("p1", "p1", "p2") for n in (0, 1)]
    assert given == [True, True, False, False, True, True]
    assert [letter() for _ in range(2)] == [True, True], "what answers nothing has no such key"


def test_an_answer_written_by_many_at_once_is_one_row(clock):
    assert sum(at_once(lambda n: letter(words=str(n), pesan_id="p"))) == 1
    assert value("SELECT count(*) FROM outbox") == 1


def test_the_parts_of_an_answer_keep_their_order_and_are_written_once(one):
    bodies = [text_body(words) for words in ("satu", "dua", "tiga")]
    for _ in range(2):
        with sesi() as s:
            assert outbox.answer(s, "a", bodies, kind="x", to=Sender(NUMBER), pesan_id="p") is None
        assert value("SELECT count(*) FROM outbox") == 3
    said, going = [], take(one)
    while going:
        said.append(going.body["text"]["body"])
        going = one.sent(going, f"wamid.{len(said)}", go_on=True)
    assert said == ["satu", "dua", "tiga"]


def test_a_letter_shows_neither_words_nor_address_in_its_repr(one):
    letter(words="Budi")
    shown = repr(take(one))
    assert "Budi" not in shown
    assert NUMBER not in shown


@pytest.mark.parametrize(("age", "said"), [(4, True), (5, False)])
def test_what_was_just_said_is_known(one, clock, age, said):
    letter("a", kind="foto")
    clock.pass_(age)
    with sesi(baca=True) as s:
        assert outbox.said_since(s, "a", "foto", 5) is said
        assert not outbox.said_since(s, "a", "video", 5)
        assert not outbox.said_since(s, "b", "foto", 5)


# where it goes


def test_a_letter_goes_to_where_the_message_came_from(one):
    letter(to=Sender(None, BSUID))
    assert take(one).to == Sender(None, BSUID)


def test_a_letter_without_an_address_goes_to_where_the_resident_is_now(one):
    receive(one, message(sender=Sender(NUMBER, BSUID)))
    resident = value("SELECT id FROM warga")
    with sesi() as s:
        outbox.enqueue(s, resident, text_body("kabar"), kind="kabar")
    assert take(one).to == Sender(NUMBER, BSUID)


def test_a_letter_to_a_resident_who_is_gone_has_nowhere_to_go(one):
    with sesi() as s:
        outbox.enqueue(s, "tidak ada", text_body("kabar"), kind="kabar")
    assert take(one).to is None


def test_an_erased_resident_still_gets_the_answer_that_says_so(one):
    (turn,) = receive(one, message())
    permohonan.hapus_data(turn.resident)
    done = one.finish_turn(turn, [text_body("Sudah dihapus.")], "balasan", go_on=True)
    assert done.letter.to == Sender(NUMBER)
    assert done.letter.window_open
    one.sent(done.letter, "wamid.A", go_on=False)
    one.tidy()
    assert rows("SELECT body, wa_id, bsuid FROM outbox") == [(None, None, None)]


# the 24-hour window


WINDOWS = {
    "an answer": ({"pesan_id": "p"}, 0, None, True),
    "an answer, late": ({"pesan_id": "p"}, 23 * HOUR, None, True),
    "an answer, too late": ({"pesan_id": "p"}, 24 * HOUR, None, False),
    "news, resident just wrote": ({}, 0, 0, True),
    "news, resident wrote nearly a day ago": ({}, 23 * HOUR + 49 * 60, 0, True),
    "news, in the last ten minutes": ({}, 23 * HOUR + 51 * 60, 0, False),
    "news, resident never wrote": ({}, 0, None, False),
    "a notice that must exist once": ({"pesan_id": "rt:KDJ-1", "to": Sender()}, 0, None, False),
    "such a notice, resident just wrote": ({"pesan_id": "rt:KDJ-1", "to": Sender()}, 0, 0, True),
}


@pytest.mark.parametrize(
    ("more", "pause", "wrote", "window_open"), WINDOWS.values(), ids=WINDOWS.keys()
)
def test_the_window_counts_from_the_residents_last_message(
    one, clock, more, pause, wrote, window_open
):
    resident = "warga"
    if wrote is not None:
        receive(one, message(stamp=int(clock.time())))
        resident = value("SELECT id FROM warga")
    letter(resident, **more)
    clock.pass_(pause)
    assert take(one).window_open is window_open


@pytest.mark.parametrize("pause", [HOUR, 25 * HOUR], ids=["within the day", "after a day"])
def test_what_waits_for_the_resident_goes_out_after_their_next_message(one, clock, pause):
    """Also within the day: WhatsApp sometimes claims a closed window that is open."""
    receive(one, message())
    letter(value("SELECT id FROM warga"))
    one.give_up(take(one), outbox.WINDOWED, "WindowClosedError", 131047, go_on=False)
    assert one.take_letters(5, ()) == []
    clock.pass_(pause)
    receive(one, message(stamp=int(clock.time())))
    assert take(one).window_open


def test_after_the_window_has_closed_a_letter_is_its_template(one):
    letter(template=template("kabar"))
    one.by_template(take(one))
    again = take(one)
    assert (again.body, again.template) == (template("kabar"), None)


# statuses


@pytest.mark.parametrize("order", permutations(["sent", "delivered", "read"]), ids="-".join)
@pytest.mark.parametrize("failed", [True, False], ids=["with a failure", "without"])
def test_the_highest_status_stands_in_whatever_order_they_come(one, order, failed):
    sent(one)
    for name in order:
        told(one, name)
        if failed and name != "sent":
            told(one, "failed", 131026)
    assert (state("delivery"), state()) == ("read", "done")
    assert rows("SELECT body, template FROM outbox") == [(None, None)]
    assert value("SELECT count(*) FROM peringatan") == 0


@pytest.mark.parametrize("order", permutations(["sent", "failed", "failed"]), ids="-".join)
def test_a_failure_stands_over_sent_alone_and_is_told_once(one, order):
    sent(one)
    for name in order:
        told(one, name, *([131026] if name == "failed" else []))
    assert rows("SELECT delivery, state, error, error_code FROM outbox") == [
        ("failed", "failed", "RecipientError", 131026)
    ]
    assert rows("SELECT jenis, jumlah FROM peringatan") == [("RecipientError", 1)]


def test_what_arrived_after_all_is_no_failure(one):
    sent(one)
    told(one, "failed", 131026)
    told(one, "delivered")
    assert (state("delivery"), state()) == ("delivered", "done")


LATE = {
    "passing trouble": (131000, "TransientError", "waiting"),
    "throttled": (131056, "PairThrottledError", "waiting"),
    "window": (131047, "WindowClosedError", "window"),
    "recipient": (131026, "RecipientError", "failed"),
    "policy": (131049, "PolicyError", "failed"),
    "payment": (131042, "AccountError", "failed"),
    "our own mistake": (131009, "RequestError", "failed"),
}


@pytest.mark.parametrize(("code", "error", "after"), LATE.values(), ids=LATE.keys())
def test_a_late_failure_is_dealt_with_by_its_class(one, code, error, after):
    sent(one)
    told(one, "sent")
    told(one, "failed", code)
    assert rows("SELECT state, error, error_code FROM outbox") == [(after, error, code)]
    told_staff = [(error, code)] if after == "failed" else []
    assert rows("SELECT jenis, kode FROM peringatan") == told_staff


def test_a_late_failure_without_a_code_is_told_to_staff(one):
    sent(one)
    told(one, "failed")
    assert state() == "failed"
    assert value("SELECT count(*) FROM peringatan") == 1


def test_a_window_that_closed_on_the_way_sends_the_template(one):
    sent(one, template=template("kabar"))
    for _ in range(2):
        told(one, "failed", 131047)
    again = take(one)
    assert again.body == template("kabar")
    one.sent(again, "wamid.B", go_on=False)
    told(one, "failed", 131047)
    assert state() == "done", "the first try's failure, delivered once more"


def test_a_message_that_failed_on_the_way_is_sent_again_twice_at_most(one, clock):
    letter()
    for number in range(4):
        clock.pass_(4)
        letters = one.take_letters(5, ())
        if not letters:
            break
        one.sent(letters[0], f"wamid.{number}", go_on=False)
        told(one, "failed", 131000, wamid=f"wamid.{number}")
    assert number == 3
    assert (state(), state("attempts")) == ("failed", 3)
    assert rows("SELECT jenis FROM peringatan") == [("TransientError",)]


@pytest.mark.parametrize("name", ["sent", "failed"])
@pytest.mark.parametrize("when", ["waiting", "running", "sent"])
def test_statuses_of_a_failed_try_that_come_late_or_twice_change_nothing(one, clock, name, when):
    """WhatsApp repeats webhooks and mixes their order: the second try is made, and made once."""
    letter()
    first = take(one)
    one.sent(first, "wamid.A", go_on=False)
    told(one, "failed", 131000)
    if when == "waiting":
        told(one, name, 131000, reference=first.reference)
    clock.pass_(4)
    again = take(one)
    if when == "running":
        told(one, name, 131000, reference=first.reference)
    one.sent(again, "wamid.B", go_on=False)
    if when == "sent":
        told(one, name, 131000, reference=first.reference)
    clock.pass_(60)
    assert one.take_letters(5, ()) == []
    assert (state(), state("wamid_hash")) == ("done", fingerprint("wamid.B"))


@pytest.mark.parametrize("name", ["sent", "delivered", "read"])
def test_a_status_that_overtakes_the_answer_to_our_request_closes_the_row(one, name):
    letter()
    going = take(one)
    told(one, name, reference=going.reference)
    assert (state(), state("delivery")) == ("done", name)
    assert one.sent(going, "wamid.A", go_on=True) is None
    assert (state(), state("delivery")) == ("done", name)
    assert state("wamid_hash") == fingerprint("wamid.A")


@pytest.mark.parametrize("given_up", [True, False], ids=["given up", "to be tried again"])
def test_a_status_proves_that_a_message_of_unknown_outcome_has_gone_out(one, clock, given_up):
    letter()
    going = take(one)
    if given_up:
        one.give_up(going, outbox.UNCERTAIN, "UnknownOutcomeError", 0, go_on=False)
    else:
        one.postpone_letter(going, 1, "UnknownOutcomeError", 0, counted=True)
    told(one, "sent", reference=going.reference)
    clock.pass_(5)
    assert one.take_letters(5, ()) == []
    assert (state(), state("delivery")) == ("done", "sent")


FOREIGN = ["", "kotak-keluar:", "kotak-keluar:x", "kotak-keluar:-1", "kotak-keluar:99", "lain:1"]


@pytest.mark.parametrize("reference", [*FOREIGN, "kotak-keluar:" + "9" * 30, "kotak-keluar:²"])
def test_a_status_of_a_message_that_is_not_ours_changes_nothing(one, reference):
    sent(one)
    before = rows("SELECT * FROM outbox")
    told(one, "read", wamid="wamid.lain", reference=reference)
    assert rows("SELECT * FROM outbox") == before


def test_a_status_of_an_unknown_kind_changes_nothing(one):
    sent(one)
    told(one, "deleted")
    assert state("delivery") is None


def test_all_statuses_at_once_end_as_they_would_one_by_one(one):
    sent(one)
    names = ["sent", "delivered", "read", "delivered"] * 2
    at_once(lambda n: told(ledger(f"pekerja{n}"), names[n]))
    assert (state("delivery"), state()) == ("read", "done")


# forgetting


FORGET = {
    "sent, an hour ago": ("done", HOUR, False),
    "sent, a day ago": ("done", 24 * HOUR + 1, True),
    "failed, a day ago": ("failed", 24 * HOUR + 1, True),
    "uncertain, a day ago": ("uncertain", 24 * HOUR + 1, True),
    "waits for the resident": ("window", 48 * HOUR, False),
}


@pytest.mark.parametrize(("after", "age", "empty"), FORGET.values(), ids=FORGET.keys())
def test_bodies_that_nobody_needs_are_forgotten(one, clock, after, age, empty):
    receive(one, message())
    letter(value("SELECT id FROM warga"), template=template())
    one.give_up(take(one), after, "X", 0, go_on=False)
    clock.pass_(age)
    one.tidy()
    (kept,) = rows("SELECT body, template, wa_id FROM outbox")
    assert [part is None for part in kept] == [empty] * 3


@pytest.mark.parametrize("taken", [True, False])
def test_what_is_still_to_be_sent_is_never_forgotten(one, clock, taken):
    letter("warga yang sudah dihapus")
    if taken:
        take(one)
    clock.pass_(48 * HOUR)
    one.tidy()
    assert state("body") is not None
