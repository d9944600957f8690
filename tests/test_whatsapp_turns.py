"""Turns: undone ones come again in order, failing ones are parked, saved ones are not run twice."""

from __future__ import annotations

import asyncio
import json

import pytest
from rasa.core.lock_store import InMemoryLockStore, LockError
from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from redis.exceptions import ConnectionError as RedisConnectionError
from whatsapp_store_world import Clock, ledger, message, receive, rows, value
from whatsapp_world import NOW, SECRET, FakeClient, run

from kelurahan.store import StoreBusyError
from kelurahan.whatsapp import rasa_patches
from kelurahan.whatsapp.events import Content, Outcome
from kelurahan.whatsapp.ledger_thread import LedgerThread
from kelurahan.whatsapp.rasa_turn import RasaTurn, said_to
from kelurahan.whatsapp.receipts import Receipts
from kelurahan.whatsapp.replies import FIXED_REPLIES
from kelurahan.whatsapp.tokens import Tokens
from kelurahan.whatsapp.turns import MOST_TRIES, OUTAGE_PATIENCE, Question, Turns, TurnUndoneError

EXCUSE, DELAYED = FIXED_REPLIES["gangguan"], FIXED_REPLIES["tertunda"]


class Conversation:
    """Rasa's place in a turn: answers, fails by `faults` (one each time), remembers if told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.faults: list[BaseException] = []
        self.saved: dict[str, list] = {}
        self.reply = lambda question: [{"text": f"jawab: {question.text}"}]

    async def ask(self, question):
        self.asked.append(question.text)
        if self.faults:
            raise self.faults.pop(0)
        return self.reply(question)

    async def recall(self, resident, message_id):
        return self.saved.get(message_id)


class Desk:
    """Turns on a real store, with a clock set by hand."""

    def __init__(self, monkeypatch, **options) -> None:
        self.clock, self.ledger, self.rasa = Clock(monkeypatch), ledger(), Conversation()
        self.client, self.posted = FakeClient(), []
        self.turns = Turns(
            rasa=self.rasa,
            receipts=Receipts(self.client),
            ledger=self.ledger,
            thread=LedgerThread(),
            tokens=Tokens(SECRET),
            post=self.posted.extend,
            clock=self.clock.time,
            **options,
        )

    def write(self, words, stamp=0):
        """A resident's message; whatever may start now is served."""
        content = Content(Outcome.TO_RASA, text=words)
        self.serve(receive(self.ledger, message(stamp=int(NOW) + stamp, content=content)))

    def serve(self, turns):
        for turn in turns:
            while turn is not None:
                turn = run(self.turns.serve(turn))

    def later(self, seconds):
        """Time goes by, and what is due is served."""
        self.clock.pass_(seconds)
        self.serve(self.ledger.take_turns(48, ()))

    def said(self):
        """What was written to the resident, in order."""
        found = rows("SELECT body FROM outbox ORDER BY id")
        return [json.loads(body)["text"]["body"] for (body,) in found]


@pytest.fixture
def desk(basis_data, monkeypatch):
    return Desk(monkeypatch)


def states():
    return [state for (state,) in rows("SELECT state FROM inbox ORDER BY id")]


def undone():
    return TurnUndoneError("action server: ClientConnectorError")


# undone turns


@pytest.mark.kedua_basis_data
def test_an_undone_turn_is_answered_once_and_before_later_messages(desk):
    desk.rasa.faults = [undone()] * 3
    desk.write("satu")
    desk.write("dua", stamp=1)
    for _ in range(40):
        desk.later(1)
    assert desk.rasa.asked == ["satu"] * 4 + ["dua"]
    assert desk.said() == ["jawab: satu", "jawab: dua"]
    assert states() == ["done", "done"]


def test_an_undone_turn_never_counts_as_a_failure_of_its_message(desk):
    desk.rasa.faults = [undone()] * (MOST_TRIES * 3)
    desk.write("satu")
    while desk.rasa.faults:
        desk.later(1)
    desk.later(20)
    assert desk.said()[-1] == "jawab: satu"
    assert rows("SELECT attempts FROM inbox") == [(1,)]
    assert value("SELECT count(*) FROM peringatan") == 0


def test_after_a_minute_the_resident_hears_once_that_it_takes_longer(desk):
    desk.rasa.faults = [undone()] * 1000
    desk.write("satu")
    for _ in range(50):
        desk.later(1)
    assert desk.said() == []
    for _ in range(120):
        desk.later(1)
    assert desk.said() == [DELAYED]
    desk.rasa.faults = []
    desk.later(20)
    assert desk.said() == [DELAYED, "jawab: satu"]


def test_an_outage_that_lasts_too_long_ends_with_an_apology_and_an_alert(desk):
    desk.rasa.faults = [undone()] * 10_000
    desk.write("satu")
    desk.later(OUTAGE_PATIENCE + 1)
    assert desk.said() == [EXCUSE]
    assert states() == ["parked"]
    assert rows("SELECT jenis FROM peringatan") == [("pesan_diparkir",)]


# failing turns


@pytest.mark.kedua_basis_data
def test_a_failing_turn_is_tried_four_times_then_parked_and_the_lane_goes_on(desk, caplog):
    desk.rasa.faults = [ValueError("Budi")] * MOST_TRIES
    desk.write("satu")
    desk.write("dua", stamp=1)
    for pause in (1, 4, 16):
        desk.later(pause - 0.5)
        assert desk.said() == []
        desk.later(0.5)
    assert desk.rasa.asked == ["satu"] * MOST_TRIES + ["dua"]
    assert desk.said() == [EXCUSE, "jawab: dua"]
    assert states() == ["parked", "done"]
    assert "satu" in value("SELECT content FROM inbox WHERE state = 'parked'")
    assert rows("SELECT jenis, jumlah FROM peringatan") == [("pesan_diparkir", 1)]
    assert "turn failed: ValueError at ask" in caplog.text
    assert "Budi" not in caplog.text


@pytest.mark.kedua_basis_data
def test_a_message_that_kills_the_process_is_parked_after_four_lives(desk):
    """Nobody writes that the turn failed: the claims alone are counted."""
    content = Content(Outcome.TO_RASA, text="mematikan")
    receive(desk.ledger, message(content=content))
    for _ in range(MOST_TRIES - 1):
        desk.clock.pass_(61)
        (turn,) = desk.ledger.take_turns(1, ())
    assert turn.claim.attempts == MOST_TRIES
    desk.rasa.faults = [ValueError()]
    desk.serve([turn])
    assert states() == ["parked"]


@pytest.mark.parametrize(
    "said",
    [[], [{"text": " "}], [{"custom": {"a": 1}}], [{"text": 5}], [{"text": "x", "buttons": 3}]],
    ids=["nothing", "blank", "custom only", "no text", "broken buttons"],
)
def test_a_turn_without_a_usable_reply_is_parked_with_an_apology_and_not_run_again(desk, said):
    desk.rasa.reply = lambda question: said
    desk.write("satu")
    desk.later(100)
    assert len(desk.rasa.asked) == 1
    assert desk.said() in ([EXCUSE], ["x"])  # buttons that cannot be shown may be left out
    assert states() == (["parked"] if desk.said() == [EXCUSE] else ["done"])


def test_an_apology_of_an_action_is_sent_and_told_to_staff(desk):
    desk.rasa.reply = lambda question: [{"text": "Maaf, sistem terganggu.", "gangguan": True}]
    desk.write("satu")
    assert desk.said() == ["Maaf, sistem terganggu."]
    assert rows("SELECT jenis FROM peringatan") == [("aksi_gagal",)]


SAID = {
    "an action's reply": (
        [{"text": "a", "balasan": "syarat", "layanan": "ktp"}],
        "bot:syarat",
        "ktp",
    ),
    "a response of the domain": (
        [{"text": "a", "metadata": {"balasan": "pilih_layanan", "layanan": None}}],
        "bot:pilih_layanan",
        None,
    ),
    "the answer, then the form's question": (
        [
            {"text": "a", "balasan": "biaya", "layanan": "kk"},
            {"text": "b", "balasan": "minta_isian"},
        ],
        "bot:biaya",
        "kk",
    ),
    "words without a kind": ([{"text": "a"}], "bot:balasan", None),
    "a kind nobody could count": ([{"text": "a", "balasan": "x" * 37}], "bot:balasan", None),
    "a kind with other signs": ([{"text": "a", "balasan": "a' OR 1"}], "bot:balasan", None),
    "a service that is none": (
        [{"text": "a", "balasan": "alur", "layanan": {"a": 1}}],
        "bot:alur",
        None,
    ),
}


@pytest.mark.parametrize(("said", "kind", "layanan"), SAID.values(), ids=SAID.keys())
def test_what_an_answer_was_and_its_service_stand_in_the_outbox(desk, said, kind, layanan):
    desk.rasa.reply = lambda question: said
    desk.write("satu")
    assert set(rows("SELECT kind, layanan FROM outbox")) == {(kind, layanan)}


def test_the_channels_own_reply_is_told_from_an_answer_of_the_conversation(desk):
    content = Content(Outcome.FIXED_REPLY, "foto")
    desk.serve(receive(desk.ledger, message(content=content)))
    assert rows("SELECT kind, layanan FROM outbox") == [("foto", None)]


def test_an_endless_turn_is_cut_off_and_counts_as_failed(basis_data, monkeypatch):
    desk = Desk(monkeypatch, turn_limit=0.05)
    ended = []

    async def endless(question):
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(question.text)

    desk.rasa.ask = endless
    desk.write("satu")
    assert ended == ["satu"], "it must let go of Rasa's lock"
    assert rows("SELECT state, attempts FROM inbox") == [("waiting", 1)]


# two workers


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize(
    "fault", [None, ValueError(), undone()], ids=["answered", "failed", "undone"]
)
def test_a_turn_that_another_took_over_writes_nothing_down(desk, fault, caplog):
    real = desk.rasa.ask

    async def slow(question):
        desk.clock.pass_(61)
        assert len(ledger("lain").take_turns(1, ())) == 1
        return await real(question)

    desk.rasa.ask = slow
    desk.rasa.faults = [fault] if fault else []
    desk.write("satu")
    assert desk.said() == desk.posted == []
    assert rows("SELECT state, attempts FROM inbox") == [("running", 2)]
    assert "taken over by another worker" in caplog.text


def test_a_busy_database_at_the_end_of_a_turn_does_not_run_the_turn_again(desk, monkeypatch):
    real, left = desk.ledger.finish_turn, [StoreBusyError("away")] * 2

    def finish(*args, **more):
        if left:
            raise left.pop()
        return real(*args, **more)

    monkeypatch.setattr(desk.ledger, "finish_turn", finish)
    desk.write("satu")
    assert desk.rasa.asked == ["satu"]
    assert desk.said() == ["jawab: satu"]


def test_a_closing_process_ends_its_turn_and_begins_no_other(desk):
    desk.turns.closing = True
    content = Content(Outcome.TO_RASA, text="menu")
    first = receive(desk.ledger, message(content=content), message(content=content))
    assert run(desk.turns.serve(*first)) is None
    assert states() == ["done", "waiting"]


# turns that were saved before a crash


def test_a_turn_saved_before_a_crash_is_not_run_again_and_its_reply_is_sent(desk):
    content = Content(Outcome.TO_RASA, text="ajukan")
    (turn,) = receive(desk.ledger, message(content=content))
    buttons = [{"title": "Ya", "payload": "/setuju"}]
    desk.rasa.saved[turn.pesan_id] = [{"text": "Terkirim.", "buttons": buttons}]
    desk.later(61)
    assert desk.rasa.asked == []
    body = value("SELECT body FROM outbox")
    assert "Terkirim." in body
    assert '"title": "Ya"' in body
    assert states() == ["done"]


def test_the_first_try_of_a_message_does_not_ask_the_tracker_first(desk):
    desk.rasa.recall = None  # calling it would fail
    desk.write("satu")
    assert desk.said() == ["jawab: satu"]


def test_a_tracker_that_cannot_be_read_leaves_the_message_for_later(desk):
    async def recall(resident, message_id):
        raise undone()

    content = Content(Outcome.TO_RASA, text="satu")
    receive(desk.ledger, message(content=content))
    desk.rasa.recall = recall
    desk.later(61)
    assert (desk.rasa.asked, states()) == ([], ["waiting"])


# what Rasa's tracker remembers


def uttered(words, **more):
    return BotUttered(words, data=more or None)


BUTTONS = [{"title": "Ya", "payload": "/ya"}]
EVENTS = [
    UserUttered("halo", message_id="p1"),
    uttered("Halo."),
    UserUttered("ajukan", message_id="p2"),
    ActionExecuted("action_ajukan"),
    BotUttered("Sudah.", data={"buttons": BUTTONS}, metadata={"balasan": "terkirim", "nomor": "1"}),
    SlotSet("layanan", "ktp"),
    uttered("Ada lagi?"),
    ActionExecuted("action_listen"),
    UserUttered("tidak", message_id="p3"),
]
REMEMBERED = {
    "the first": ("p1", ["Halo."]),
    "in the middle": ("p2", ["Sudah.", "Ada lagi?"]),
    "saved without a reply": ("p3", []),
    "never saved": ("p4", None),
}


@pytest.mark.parametrize(("message_id", "words"), REMEMBERED.values(), ids=REMEMBERED.keys())
@pytest.mark.parametrize("kind", ["memory", "sql"])
def test_what_was_said_to_a_message_comes_from_the_tracker(tmp_path, message_id, words, kind):
    turn = RasaTurn(None)
    turn.agent = Agent(store_of(kind, tmp_path))
    run(remember(turn.agent.tracker_store))
    said = run(turn.recall("warga", message_id))
    assert words == (said if said is None else [m["text"] for m in said])
    if message_id == "p2":
        assert said[0]["buttons"] == BUTTONS
        assert (said[0]["balasan"], said[0]["nomor"]) == ("terkirim", "1")


class Agent:
    """The two stores of Rasa's agent."""

    def __init__(self, tracker_store, lock_store=None) -> None:
        self.tracker_store, self.lock_store = tracker_store, lock_store or InMemoryLockStore()


def store_of(kind, tmp_path):
    if kind == "memory":
        return InMemoryTrackerStore(Domain.empty())
    return SQLTrackerStore(Domain.empty(), dialect="sqlite", db=str(tmp_path / "percakapan.db"))


async def remember(store):
    await store.save(DialogueStateTracker.from_events("warga", EVENTS))


def test_the_last_of_two_equal_message_ids_counts():
    events = [*EVENTS, UserUttered("ajukan", message_id="p2"), uttered("Kedua.")]
    assert [m["text"] for m in said_to(events, "p2")] == ["Kedua."]


def test_nothing_is_remembered_without_a_model_or_of_an_unknown_resident():
    turn = RasaTurn(None)
    assert run(turn.recall("warga", "p1")) is None
    turn.agent = Agent(InMemoryTrackerStore(Domain.empty()))
    assert run(turn.recall("tidak dikenal", "p1")) is None


def test_a_lock_that_a_dead_process_left_behind_is_removed_before_the_turn_is_run_again():
    locks = InMemoryLockStore()
    lock = locks.create_lock("warga")
    lock.issue_ticket(60)
    locks.save_lock(lock)
    turn = RasaTurn(None)
    turn.agent = Agent(InMemoryTrackerStore(Domain.empty()), locks)
    run(turn.recall("warga", "p1"))
    assert locks.get_lock("warga") is None


FAULTS = {
    "the tracker store or action server": rasa_patches.TurnUndoneError("x"),
    "the lock": LockError("could not lock warga"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_part_that_is_away_undoes_the_turn(fault):
    async def handle(given):
        raise fault

    with pytest.raises(TurnUndoneError) as caught:
        run(RasaTurn(handle).ask(Question("warga", "halo", "p1", {})))
    assert "warga" not in str(caught.value)


def test_a_lock_store_that_is_away_undoes_the_recall():
    class Away:
        def delete_lock(self, resident):
            raise RedisConnectionError("away")

    turn = RasaTurn(None)
    turn.agent = Agent(InMemoryTrackerStore(Domain.empty()), Away())
    with pytest.raises(TurnUndoneError, match="lock store"):
        run(turn.recall("warga", "p1"))
