"""Sending: what each error does to the row, who waits for whom, and an outage of ten minutes."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from whatsapp_store_world import Clock, ledger, letter, message, receive, rows, template, value
from whatsapp_world import NUMBER, FakeClient, run

from kelurahan.store import StoreBusyError, sesi
from kelurahan.whatsapp import errors, outbox
from kelurahan.whatsapp.build import text_body
from kelurahan.whatsapp.errors import (
    AccountError,
    CredentialsError,
    PairThrottledError,
    PolicyError,
    RecipientError,
    RequestError,
    ThrottledError,
    TransientError,
    UnknownOutcomeError,
    WindowClosedError,
)
from kelurahan.whatsapp.events import Sender as Address
from kelurahan.whatsapp.ledger_thread import LedgerThread
from kelurahan.whatsapp.sender import PAIR_BURST, PAIR_SECONDS, Pace, Sender


class Post:
    """The sender on a real store, with a clock set by hand and a fake Meta."""

    def __init__(self, monkeypatch) -> None:
        self.clock = Clock(monkeypatch)
        self.client, self.ledger = FakeClient(), ledger()
        self.sender = Sender(
            client=self.client, ledger=self.ledger, thread=LedgerThread(), clock=self.clock.time
        )

    def go(self) -> None:
        """Send whatever may be sent at this moment, as the channel's lanes do."""
        run(self._go())

    async def _go(self) -> None:
        while not self.sender.paused() and (going := self.ledger.take_letters(50, ())):
            for item in going:
                while item is not None:
                    item = await self.sender.serve(item)

    def fail(self, *faults) -> None:
        """Try once with each of these errors, each as soon as the row is due again."""
        for fault in faults:
            self.client.fault = fault(1)
            self.go()
            self.client.fault = None
            self.wait()

    def wait(self) -> None:
        """Until the first row is due and the pause is over, at most a day."""
        due = rows("SELECT 1 FROM outbox WHERE state = 'waiting'")
        for _ in range(2000):
            if not due or (not self.sender.paused() and self.ready()):
                return
            self.clock.pass_(1)

    def ready(self) -> bool:
        with sesi(baca=True) as s:
            pick = outbox.OUTBOX._candidates(s, 1, ())
            return bool(pick)


@pytest.fixture
def post(basis_data, monkeypatch):
    return Post(monkeypatch)


def state(columns="state"):
    (found,) = rows(f"SELECT {columns} FROM outbox")  # noqa: S608
    return found if "," in columns else found[0]


def alerts():
    return rows("SELECT jenis, jumlah FROM peringatan WHERE selesai IS NULL")


def answer(resident="warga", words="halo", number=NUMBER, **more):
    """The answer to a message that came just now."""
    letter(resident, words, Address(number), pesan_id=f"{resident}-{words}", **more)


# what goes out


def test_a_letter_goes_out_with_its_address_and_a_reference_to_its_row(post):
    answer(words="halo")
    post.go()
    (sent,) = post.client.sent
    assert sent["to"].lstrip("+") == NUMBER
    assert sent["biz_opaque_callback_data"] == f"kotak-keluar:{state('id')}"
    assert state("state, attempts, error") == ("done", 1, None)


def test_a_resident_without_an_address_is_a_failure_and_the_lane_goes_on(post):
    with sesi() as s:
        outbox.enqueue(s, "warga", text_body("kabar"), kind="kabar")
    answer(words="jawab")
    post.go()
    assert post.client.texts() == ["jawab"]
    assert rows("SELECT state, error FROM outbox ORDER BY id") == [
        ("failed", "ResidentGone"),
        ("done", None),
    ]


@pytest.mark.parametrize("with_template", [True, False])
def test_outside_the_window_the_template_goes_out_or_the_letter_waits(post, with_template):
    letter("warga", template=template("kabar") if with_template else None)
    post.go()
    assert [m["type"] for m in post.client.sent] == (["template"] if with_template else [])
    assert state() == ("done" if with_template else "window")


def test_what_waited_for_the_resident_goes_out_when_they_write(post):
    receive(post.ledger, message())
    resident = value("SELECT id FROM warga")
    post.clock.pass_(25 * 3600)
    letter(resident, "kabar")
    post.go()
    assert post.client.sent == []
    receive(post.ledger, message(stamp=int(post.clock.time())))
    post.go()
    assert post.client.texts() == ["kabar"]


# each class of error


ONCE = {
    TransientError: ("waiting", 1, 1),
    ThrottledError: ("waiting", 1, 1),
    PairThrottledError: ("waiting", 1, 1),
    UnknownOutcomeError: ("waiting", 1, 1),
    WindowClosedError: ("waiting", 1, 3),
    CredentialsError: ("waiting", 0, 60),
    AccountError: ("waiting", 0, 300),
    RecipientError: ("failed", 1, None),
    PolicyError: ("failed", 1, None),
    RequestError: ("failed", 1, None),
}


@pytest.mark.parametrize(("fault", "after"), ONCE.items(), ids=[f.__name__ for f in ONCE])
def test_after_one_error_the_row_waits_or_is_given_up(post, fault, after):
    answer()
    post.client.fault = fault(1)
    post.go()
    post.client.fault = None
    expected, attempts, pause = after
    assert state("state, attempts, error") == (expected, attempts, fault.__name__)
    assert bool(alerts()) == (expected == "failed" or attempts == 0)
    if pause is None:
        post.clock.pass_(24 * 3600)
        post.go()
        assert post.client.sent == []
        return
    post.clock.pass_(pause - 0.01)
    post.go()
    assert post.client.sent == [], "not before its time"
    post.clock.pass_(0.01)
    post.go()
    assert post.client.texts() == ["halo"]
    assert alerts() == []


def test_every_class_of_error_has_a_case_above():
    subclasses = {kind for kind in vars(errors).values() if isinstance(kind, type)}
    assert {k for k in subclasses if issubclass(k, errors.SendError)} == {
        *ONCE,
        errors.SendError,
    }


ENDS = {
    "unknown outcome twice": ([UnknownOutcomeError] * 2, "uncertain", 2),
    "unknown outcome, then clear": ([UnknownOutcomeError, RecipientError], "failed", 2),
    "window twice": ([WindowClosedError] * 2, "window", 2),
    "trouble, then our mistake": ([TransientError, RequestError], "failed", 2),
}


@pytest.mark.parametrize(("faults", "end", "tries"), ENDS.values(), ids=ENDS.keys())
def test_some_errors_end_the_row_when_they_come_again(post, faults, end, tries):
    answer()
    post.fail(*faults)
    assert state() == end
    assert post.client.order == ["send"] * tries
    post.clock.pass_(3600)
    post.go()
    assert len(post.client.order) == tries


def test_a_message_of_unknown_outcome_is_sent_once_more_at_most(post):
    """The resident gets it twice at worst, and staff hear of it."""
    answer()
    post.fail(*[UnknownOutcomeError] * 5)
    assert post.client.order == ["send"] * 2
    assert alerts() == [("UnknownOutcomeError", 1)]


def test_a_closed_window_sends_the_template_at_once(post):
    answer(template=template("kabar"))
    post.client.fault = WindowClosedError(131047)

    async def send(sent, real=post.client.send):
        if sent["type"] == "template":
            post.client.fault = None
        return await real(sent)

    post.client.send = send
    post.go()
    assert [m["type"] for m in post.client.sent] == ["template"]
    assert state() == "done"


def test_a_trouble_that_lasts_is_told_at_the_fifth_try_and_given_up_after_a_day(post):
    answer()
    post.fail(*[TransientError] * 4)
    assert alerts() == []
    post.fail(TransientError)
    assert alerts() == [("TransientError", 1)]
    post.clock.pass_(21 * 3600)
    post.fail(TransientError)
    assert state() == "failed"


# who waits for whom


def test_a_failing_resident_holds_up_nobody_else(post):
    for resident in "ab":
        answer(resident, "satu", number=f"62812000000{'ab'.index(resident)}")
    real = post.client.send

    async def send(sent):
        if sent["to"].endswith("0"):
            raise PairThrottledError(131056)
        return await real(sent)

    post.client.send = send
    post.go()
    assert post.sender.paused() == 0
    assert rows("SELECT warga_id, state FROM outbox ORDER BY id") == [
        ("a", "waiting"),
        ("b", "done"),
    ]


def test_a_resident_gets_nothing_out_of_order_while_their_first_message_waits(post):
    answer(words="satu")
    answer(words="dua")
    post.fail(TransientError, UnknownOutcomeError)
    post.go()
    assert post.client.texts() == ["satu", "dua"]


def test_a_message_given_up_lets_the_next_one_go(post):
    answer(words="satu")
    answer(words="dua")
    real = post.client.send

    async def send(sent):
        if sent["text"]["body"] == "satu":
            raise RequestError(131009)
        return await real(sent)

    post.client.send = send
    post.go()
    assert post.client.texts() == ["dua"]


@pytest.mark.parametrize(
    ("fault", "pause"), [(ThrottledError, 1), (CredentialsError, 60), (AccountError, 300)]
)
def test_a_trouble_of_our_number_stops_everybody_for_a_while(post, fault, pause):
    for resident in "abc":
        answer(resident)
    post.client.fault = fault(1)
    post.go()
    assert post.client.order == ["send"], "one was tried, the others were spared"
    post.client.fault = None
    assert post.sender.paused() == pause
    post.clock.pass_(pause)
    post.go()
    assert len(post.client.sent) == 3


def test_a_letter_claimed_before_a_pause_goes_back_untried(post):
    answer("a")
    answer("b")
    first, second = post.ledger.take_letters(5, ())
    post.client.fault = ThrottledError(130429)
    run(post.sender.serve(first))
    run(post.sender.serve(second))
    assert post.client.order == ["send"]
    assert rows("SELECT attempts FROM outbox ORDER BY id") == [(1,), (0,)]


def test_bad_credentials_stop_all_are_told_once_and_end_with_the_first_success(post, caplog):
    for resident in "ab":
        answer(resident)
    for _ in range(5):
        post.fail(CredentialsError)
    assert post.sender.stopped == "CredentialsError"
    assert alerts() == [("CredentialsError", 5)]
    assert caplog.text.count("ALERT CredentialsError") == 1
    post.go()
    assert post.sender.stopped is None
    assert alerts() == []
    assert len(post.client.sent) == 2
    assert set(rows("SELECT state, attempts FROM outbox")) == {("done", 1)}


def test_credentials_that_stay_bad_for_days_lose_nothing(post):
    answer("a", template=template("kabar"))
    for _ in range(3):
        post.fail(CredentialsError)
        post.clock.pass_(24 * 3600)
    post.go()
    assert state() == "done"


# pace


def test_a_burst_to_one_resident_then_one_message_each_six_seconds(post):
    pace = Pace(post.clock.time)
    assert [pace.wait("a") for _ in range(PAIR_BURST)] == [0.0] * PAIR_BURST
    assert pace.wait("a") == pytest.approx(PAIR_SECONDS)
    assert pace.wait("b") == 0
    post.clock.pass_(PAIR_SECONDS)
    assert pace.wait("a") == 0
    assert pace.wait("a") > 0
    post.clock.pass_(PAIR_BURST * PAIR_SECONDS)
    assert [pace.wait("a") for _ in range(PAIR_BURST)] == [0.0] * PAIR_BURST


def test_the_pace_forgets_residents_who_have_long_been_quiet(post):
    pace = Pace(post.clock.time)
    for number in range(10_001):
        pace.wait(f"warga{number}")
    post.clock.pass_(PAIR_SECONDS)
    pace.wait("baru")
    assert len(pace._full_at) == 1


def test_more_than_a_burst_arrives_whole_in_order_and_without_an_error(post):
    words = [f"{n:02}" for n in range(PAIR_BURST + 5)]
    for each in words:
        answer(words=each)
    post.go()
    assert len(post.client.sent) == PAIR_BURST
    for _ in range(5):
        post.clock.pass_(PAIR_SECONDS)
        post.go()
    assert post.client.texts() == words
    assert set(rows("SELECT attempts FROM outbox")) == {(1,)}


# outages


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize("fault", [TransientError, CredentialsError, ThrottledError])
def test_after_ten_minutes_without_whatsapp_everything_goes_out_once_and_in_order(post, fault):
    written = {}
    for minute in range(10):
        for resident in "abc":
            answer(resident, f"{resident}{minute}", number=f"62812000000{'abc'.index(resident)}")
            written.setdefault(resident, []).append(f"{resident}{minute}")
        post.client.fault = fault(1)
        for _ in range(60):
            post.go()
            post.clock.pass_(1)
    post.client.fault = None
    for _ in range(600):
        post.go()
        post.clock.pass_(1)
    said = post.client.texts()
    assert {who: [t for t in said if t[0] == who] for who in "abc"} == written
    assert len(said) == 30


def test_a_database_that_is_away_after_sending_is_told_as_soon_as_it_is_back(post, monkeypatch):
    answer()
    real, left = post.ledger.sent, [StoreBusyError("away")] * 2

    def sent(*args, **more):
        if left:
            raise left.pop()
        return real(*args, **more)

    monkeypatch.setattr(post.ledger, "sent", sent)
    post.go()
    assert (state(), len(post.client.sent)) == ("done", 1)


def test_a_letter_that_another_took_over_is_left_to_it(post, caplog):
    answer()
    (mine,) = post.ledger.take_letters(1, ())
    post.clock.pass_(61)
    assert len(ledger("lain").take_letters(1, ())) == 1
    post.client.fault = RequestError(131009)
    assert run(post.sender.serve(mine)) is None
    assert state() == "running"
    assert "taken over" in caplog.text


def test_a_closing_sender_ends_its_letter_and_claims_no_other(post):
    answer(words="satu")
    answer(words="dua")
    post.sender.closing = True
    (mine,) = post.ledger.take_letters(1, ())
    assert run(post.sender.serve(mine)) is None
    assert rows("SELECT state FROM outbox ORDER BY id") == [("done",), ("waiting",)]


def test_a_send_that_is_cut_off_leaves_the_row_to_its_lease(post):
    """The process dies in mid-send: nobody knows whether it went out, so it is sent once more."""
    answer()
    (mine,) = post.ledger.take_letters(1, ())

    async def cut():
        async def hang(sent):
            await asyncio.sleep(60)

        post.client.send = hang
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(post.sender.serve(mine), 0.05)

    run(cut())
    assert state() == "running"
    del post.client.send
    post.clock.pass_(61)
    post.go()
    assert state("state, attempts") == ("done", 2)
