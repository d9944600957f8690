"""The pooled tracker store writes and reads what Rasa's own does, row for row."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import sqlite3

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore, TrackerStore
from rasa.shared.core import events as e
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from kelurahan.whatsapp import erasure, rasa_patches, tracker_store
from kelurahan.whatsapp.tracker_store import PooledTrackerStore

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
OURS, RASAS = "6281200000101", "6281200000102"
TYPE = "kelurahan.whatsapp.tracker_store.PooledTrackerStore"
DOMAIN = Domain.from_dict(
    {
        "intents": ["salam", "tanya_syarat"],
        "entities": ["layanan"],
        "slots": {
            "layanan": {"type": "text", "mappings": [{"type": "custom"}]},
            "isian": {"type": "any", "mappings": [{"type": "custom"}]},
        },
        "actions": ["action_jawab"],
        "forms": {"form_x": {"required_slots": []}},
    }
)


def timed(*turns: list[e.Event]) -> list[list[e.Event]]:
    """The turns with each event a quarter of a second after the one before."""
    clock = itertools.count(1_800_000_000, 0.25)
    for event in itertools.chain.from_iterable(turns):
        event.timestamp = next(clock)
    return list(turns)


def asked(text: str = "syarat ktp?", **parse) -> e.UserUttered:
    """A resident's message as Rasa's processor makes one."""
    intent = {"name": "tanya_syarat", "confidence": 0.9}
    entity = {"entity": "layanan", "value": "ktp", "start": 7, "end": 10}
    parsed = {"intent": intent, "entities": [entity], "text": text, **parse}
    return e.UserUttered(
        text, parsed["intent"], [entity], parsed, None, "whatsapp", "wamid.x", {"nama": "Añi"}
    )


def turn(text: str = "syarat ktp?") -> list[e.Event]:
    """A question, what was done about it, its answer."""
    return [
        asked(text),
        e.SlotSet("layanan", "ktp"),
        e.ActionExecuted("action_jawab", "RulePolicy", 1.0),
        e.BotUttered("Fotokopi KK 🙏", {"custom": None}, {"utter_action": "x"}),
        e.ActionExecuted("action_listen", "RulePolicy", 1.0),
    ]


def session() -> list[e.Event]:
    """What Rasa writes when a session begins, with a slot carried over."""
    begin = [e.ActionExecuted("action_session_start"), e.SessionStarted()]
    return [*begin, e.SlotSet("layanan", "ktp"), e.ActionExecuted("action_listen")]


KINDS = [
    e.ActiveLoop("form_x"),
    e.LegacyForm("form_x"),
    e.LoopInterrupted(True),
    e.ActionExecutionRejected("form_x"),
    e.SlotSet("isian", {"nama": "Ani", "daftar": [1, None, "é"]}),
    e.EntitiesAdded([{"entity": "layanan", "value": "kk"}]),
    e.DefinePrevUserUtteredFeaturization(False),
    e.FollowupAction("action_jawab"),
    e.ReminderCancelled(),
    e.AllSlotsReset(),
    e.ActiveLoop(None),
    e.ConversationPaused(),
    e.ConversationResumed(),
    e.ActionReverted(),
    e.UserUtteranceReverted(),
]
CONVERSATIONS = {
    "one turn": timed(session() + turn()),
    "several turns": timed(session() + turn(), turn("biaya?"), turn("lama?")),
    "no session start at all": timed(turn(), turn()),
    "several sessions": timed(session() + turn(), session() + turn(), turn(), session() + turn()),
    "a session that starts in the middle": timed(session() + turn(), turn() + session() + turn()),
    "two session starts in one turn": timed(session() + turn(), session() + session(), turn()),
    "a restart": timed(session() + turn(), [asked("/restart"), e.Restarted()], turn()),
    "a restart and a session": timed(turn(), [e.Restarted(), *session()], turn()),
    "an empty tracker": [[]],
    "empty turns": timed([], session() + turn(), [], turn()),
    "every kind of event": timed(session(), [asked(), *KINDS], turn()),
}


@pytest.fixture
def stores(basis_kosong):
    """Our store and Rasa's on one table."""
    both = [kind(DOMAIN, host=basis_kosong.url) for kind in (PooledTrackerStore, SQLTrackerStore)]
    yield both
    SQLTrackerStore.Base.metadata.drop_all(both[0].engine)
    for store in both:
        store.engine.dispose()


def play(store: TrackerStore, sender: str, turns: list[list[e.Event]]) -> DialogueStateTracker:
    """Have the turns one by one, as Rasa does: read, add, save."""

    async def run() -> DialogueStateTracker:
        for events in turns:
            tracker = await store.retrieve(sender) or store.init_tracker(sender)
            for event in events:
                tracker.update(event, DOMAIN)
            await store.save(tracker)
        return tracker

    return asyncio.run(run())


def rows(store: SQLTrackerStore, sender: str) -> list[tuple]:
    """Everything that the table holds of a conversation but its number and owner."""
    table = store.SQLEvent.__table__
    columns = [c for c in table.c if c.name not in ("id", "sender_id")]
    chosen = sa.select(columns).where(table.c.sender_id == sender).order_by(table.c.id)
    with store.engine.connect() as connection:
        # what is written as JSON may be spaced and escaped in another way than Rasa's
        return [(*row[:-1], json.loads(row[-1])) for row in connection.execute(chosen)]


def state(tracker: DialogueStateTracker | None) -> dict | None:
    """All of a tracker but its owner's name."""
    if tracker is None:
        return None
    found = tracker.current_state(EventVerbosity.ALL)
    return {key: value for key, value in found.items() if key != "sender_id"}


def read(store: TrackerStore, sender: str) -> list[dict | None]:
    """The conversation's last session, then all of it."""
    found = [store.retrieve(sender), store.retrieve_full_tracker(sender)]
    return [state(asyncio.run(tracker)) for tracker in found]


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize("turns", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_a_conversation_is_written_and_read_as_by_rasa(stores, turns):
    ours, rasas = stores
    play(ours, OURS, turns)
    play(rasas, RASAS, turns)
    assert rows(ours, OURS) == rows(rasas, RASAS)
    assert read(ours, OURS) == read(rasas, RASAS)
    # either can take over the other's table
    assert read(ours, RASAS) == read(rasas, OURS) == read(ours, OURS)


@pytest.mark.kedua_basis_data
def test_a_conversation_can_change_from_one_store_to_the_other_and_back(stores):
    ours, rasas = stores
    turns = CONVERSATIONS["several sessions"]
    for number, events in enumerate(turns):
        play(stores[number % 2], OURS, [events])
    play(rasas, RASAS, turns)
    assert rows(ours, OURS) == rows(rasas, RASAS)


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize("turns", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_a_tracker_saved_twice_is_stored_once(stores, turns):
    ours, _ = stores
    tracker = play(ours, OURS, turns)
    once = rows(ours, OURS)
    asyncio.run(ours.save(tracker))
    assert rows(ours, OURS) == once
    tracker.update(e.SlotSet("layanan", "kk", timestamp=1_900_000_000))
    asyncio.run(ours.save(tracker))
    assert rows(ours, OURS)[:-1] == once
    assert rows(ours, OURS)[-1][:2] == ("slot", 1_900_000_000)


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize("stored", [True, False], ids=["known to the table", "new to it"])
def test_of_a_tracker_that_was_not_read_only_the_new_events_are_stored(stores, stored):
    ours, rasas = stores
    first, second = timed(session()[1:] + turn(), turn("biaya?"))
    for store, sender in zip(stores, (OURS, RASAS), strict=True):
        if stored:
            play(store, sender, [first])
        tracker = DialogueStateTracker.from_events(sender, first + second, DOMAIN.slots)
        asyncio.run(store.save(tracker))
    assert rows(ours, OURS) == rows(rasas, RASAS)
    assert len(rows(ours, OURS)) == len(first + second)


@pytest.mark.kedua_basis_data
def test_a_full_tracker_of_one_session_is_saved_as_by_rasa(stores):
    ours, rasas = stores
    first, second = timed(session()[1:] + turn(), turn("biaya?"))
    for store, sender in zip(stores, (OURS, RASAS), strict=True):
        play(store, sender, [first])
        tracker = asyncio.run(store.retrieve_full_tracker(sender))
        for event in second:
            tracker.update(event)
        asyncio.run(store.save(tracker))
    assert rows(ours, OURS) == rows(rasas, RASAS)


@pytest.mark.kedua_basis_data
def test_a_resident_never_seen_is_unknown_and_begins_as_with_rasa(stores):
    ours, rasas = stores
    assert read(ours, OURS) == [None, None]
    assert asyncio.run(ours.exists(OURS)) is False
    for store, sender in zip(stores, (OURS, RASAS), strict=True):
        asyncio.run(store.get_or_create_tracker(sender))
    (ours_row,), (rasas_row,) = rows(ours, OURS), rows(rasas, RASAS)
    assert ours_row[0] == rasas_row[0] == "action"
    assert ours_row[3] == rasas_row[3] == "action_listen"
    assert set(asyncio.run(ours.keys())) == {OURS, RASAS}


@pytest.mark.kedua_basis_data
def test_a_save_that_failed_wrote_nothing_and_can_be_repeated(stores):
    ours, rasas = stores
    first, second = timed(session() + turn(), turn())
    play(ours, OURS, [first])
    tracker = asyncio.run(ours.retrieve(OURS))
    for event in second:
        tracker.update(event)
    second[-1].metadata = {"not JSON": object()}
    with pytest.raises(TypeError):
        asyncio.run(ours.save(tracker))
    assert len(rows(ours, OURS)) == len(first)
    second[-1].metadata = {}
    asyncio.run(ours.save(tracker))
    play(rasas, RASAS, [first, second])
    assert rows(ours, OURS) == rows(rasas, RASAS)


def no_intent(event: e.UserUttered) -> e.UserUttered:
    """The same message without the key."""
    event.parse_data.pop("intent")
    return event


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize(
    ("message", "rasa_saves_it"),
    [
        (lambda: asked(intent={}), True),
        (lambda: asked(intent={"name": None, "confidence": 0.0}), True),
        (lambda: no_intent(asked()), True),
        (lambda: e.UserUttered(None), True),
        (lambda: asked(intent=None), False),
    ],
    ids=["empty intent", "no name", "no intent", "nothing at all", "intent is None"],
)
def test_a_message_without_an_intent_is_saved_also_where_rasa_fails(stores, message, rasa_saves_it):
    ours, rasas = stores
    turns = timed([message()])
    play(ours, OURS, turns)
    ((kind, _, intent, _, _),) = rows(ours, OURS)
    assert (kind, intent) == ("user", None)
    assert read(ours, OURS)[0]["latest_message"]["text"] == turns[0][0].text
    if rasa_saves_it:
        play(rasas, RASAS, turns)
        assert rows(ours, OURS) == rows(rasas, RASAS)
    else:
        with pytest.raises(AttributeError):
            play(rasas, RASAS, turns)


@pytest.fixture
def wrapped(basis_kosong):
    """Our store as Rasa's agent has it, made from `endpoints.yml`."""
    endpoint = EndpointConfig.from_dict({"type": TYPE, "url": basis_kosong.url})
    inner = TrackerStore.create(endpoint, DOMAIN)
    yield FailSafeTrackerStore(inner)
    SQLTrackerStore.Base.metadata.drop_all(inner.engine)
    inner.engine.dispose()


@pytest.mark.kedua_basis_data
def test_rasa_makes_it_from_the_endpoint_and_can_erase_a_conversation(wrapped):
    assert type(erasure.unwrap(wrapped)) is PooledTrackerStore
    play(wrapped, OURS, CONVERSATIONS["several sessions"])
    play(wrapped, RASAS, CONVERSATIONS["one turn"])
    erasure.delete_conversation(wrapped, OURS)
    assert read(wrapped, OURS) == [None, None]
    assert read(wrapped, RASAS)[0] is not None
    play(wrapped, OURS, CONVERSATIONS["one turn"])
    assert read(wrapped, OURS) == read(wrapped, RASAS)


@pytest.mark.kedua_basis_data
def test_what_was_erased_during_a_turn_does_not_come_back_with_its_save(wrapped):
    play(wrapped, OURS, CONVERSATIONS["one turn"])
    tracker = asyncio.run(wrapped.retrieve(OURS))
    erasure.delete_conversation(wrapped, OURS)
    for event in turn("terima kasih"):
        tracker.update(event)
    asyncio.run(wrapped.save(tracker))
    assert len(rows(erasure.unwrap(wrapped), OURS)) == len(turn())


def test_sqlite_connections_are_pooled_and_do_not_sync_at_every_commit(stores):
    ours, _ = stores
    opened = []
    sa.event.listen(ours.engine, "connect", lambda *_: opened.append(1))
    play(ours, OURS, CONVERSATIONS["several sessions"])
    read(ours, OURS)
    assert isinstance(ours.engine.pool, QueuePool)
    assert len(opened) <= 2  # one for the turns, one for what goes through SQLAlchemy
    with ours.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


OUT_OF_REACH = {
    "no server": lambda path: f"postgresql://warga@127.0.0.1:{closed_port()}/tidak_ada",
    "no folder": lambda path: f"sqlite:///{path / 'tidak' / 'ada.db'}",
}


@pytest.mark.parametrize("url", OUT_OF_REACH.values(), ids=OUT_OF_REACH)
def test_a_database_out_of_reach_is_an_error_never_an_empty_conversation(
    url, tmp_path, monkeypatch
):
    for name in ("on_tracker_store_error", "on_tracker_store_retrieve_error"):
        monkeypatch.setattr(FailSafeTrackerStore, name, getattr(FailSafeTrackerStore, name))
    rasa_patches.apply()
    store = PooledTrackerStore(DOMAIN, host=url(tmp_path))
    tracker = DialogueStateTracker.from_events(OURS, [asked()], DOMAIN.slots)
    calls = {
        "retrieve": OURS,
        "retrieve_full_tracker": OURS,
        "save": tracker,
        "get_or_create_tracker": OURS,
    }
    for method, argument in calls.items():
        with pytest.raises((OperationalError, sqlite3.OperationalError)):
            asyncio.run(getattr(store, method)(argument))
        with rasa_patches.undoable_turn(), pytest.raises(rasa_patches.TurnUndoneError):
            asyncio.run(getattr(FailSafeTrackerStore(store), method)(argument))


def test_a_database_that_disappears_between_reading_and_saving_is_an_error(stores):
    ours, _ = stores
    tracker = play(ours, OURS, CONVERSATIONS["one turn"])
    tracker.update(asked())
    ours.SQLEvent.__table__.drop(ours.engine)
    with pytest.raises((OperationalError, sqlite3.OperationalError)):
        asyncio.run(ours.save(tracker))
    ours.SQLEvent.__table__.create(ours.engine)
    asyncio.run(ours.save(DialogueStateTracker.from_events(OURS, [asked()], DOMAIN.slots)))
    assert len(rows(ours, OURS)) == 1  # nothing of the failed one, and the store goes on


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize("turns", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_a_conversation_kept_in_memory_is_the_one_in_the_table(stores, turns):
    ours, _ = stores
    for events in turns:
        play(ours, OURS, [events])
        kept, stored = (asyncio.run(ours.retrieve(OURS)) for _ in range(2))  # taken out, then read
        assert state(kept) == state(stored)
        if kept is not None:
            assert kept.past_states(DOMAIN) == stored.past_states(DOMAIN)
            if hasattr(kept, tracker_store._NEWEST):
                ours._kept[OURS] = kept


def kept(ours: PooledTrackerStore) -> DialogueStateTracker:
    """A conversation that has been kept, taken out and put back."""
    play(ours, OURS, [*CONVERSATIONS["several turns"]])
    return ours._kept[OURS]


@pytest.mark.kedua_basis_data
def test_a_kept_conversation_is_used_again(stores):
    ours, _ = stores
    tracker = kept(ours)
    assert asyncio.run(ours.retrieve(OURS)) is tracker


@pytest.mark.kedua_basis_data
def test_what_another_process_added_is_seen(stores):
    ours, rasas = stores
    kept(ours)
    added = turn("dari server lain")
    for event in added:
        event.timestamp = 1_900_000_000  # after the session's start
    play(rasas, OURS, [added])
    texts = [
        x.text for x in asyncio.run(ours.retrieve(OURS)).events if isinstance(x, e.UserUttered)
    ]
    assert texts[-1] == "dari server lain"


@pytest.mark.kedua_basis_data
def test_an_erased_conversation_is_gone_from_memory_too(stores):
    ours, _ = stores
    kept(ours)
    erasure.delete_conversation(ours, OURS)
    assert OURS not in ours._kept
    assert asyncio.run(ours.retrieve(OURS)) is None


def test_a_turn_that_is_not_saved_leaves_nothing_behind(stores):
    ours, _ = stores
    kept(ours)
    before = state(asyncio.run(ours.retrieve(OURS)))
    kept(ours).update(e.SlotSet("layanan", "kk"), DOMAIN)  # in memory, as a turn that dies has it
    tracker = asyncio.run(ours.retrieve(OURS))
    tracker.update(e.SlotSet("layanan", "kk"), DOMAIN)
    again = state(asyncio.run(ours.retrieve(OURS)))
    assert len(again["events"]) > len(before["events"])
    assert again["slots"]["layanan"] == "ktp"


def test_memory_holds_only_so_many_conversations(stores):
    ours, _ = stores
    for number in range(tracker_store.MOST_KEPT + 5):
        play(ours, f"{OURS}{number}", [*CONVERSATIONS["several turns"]])
    assert len(ours._kept) == tracker_store.MOST_KEPT
