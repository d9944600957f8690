"""A turn in which a part of ours fails ends unsaved, in Rasa's own classes."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic, response
from whatsapp_world import free_port, run

from kelurahan.whatsapp import rasa_patches
from kelurahan.whatsapp.rasa_patches import TurnUndoneError, undoable_turn

ACTION = "action_uji"
DOMAIN = Domain.from_dict({"actions": [ACTION], "slots": {}})
PATCHED = [
    (RemoteAction, ("_validate_action_result", "_action_call_format", "run")),
    (EndpointConfig, ("session",)),
    (
        FailSafeTrackerStore,
        ("on_tracker_store_error", "on_tracker_store_retrieve_error"),
    ),
]


@pytest.fixture(autouse=True)
def patched(monkeypatch):
    """Apply the patches for one test only."""
    for owner, names in PATCHED:
        for name in names:
            monkeypatch.setattr(owner, name, getattr(owner, name))
    rasa_patches.apply()


def processor() -> MessageProcessor:
    """Rasa's own, with as much as running an action needs."""
    made = object.__new__(MessageProcessor)
    made.domain, made.tracker_store = DOMAIN, InMemoryTrackerStore(DOMAIN)
    return made


async def run_action(url: str, undoable: bool) -> list:
    """Run one action of the action server as Rasa does; what stands in the tracker afterwards."""
    tracker = DialogueStateTracker.from_events("warga", [])
    endpoint = EndpointConfig(url)
    action = RemoteAction(ACTION, endpoint)
    prediction = PolicyPrediction.for_action_name(DOMAIN, ACTION, "uji")
    nlg = TemplatedNaturalLanguageGenerator({})
    call = processor()._run_action(action, tracker, OutputChannel(), nlg, prediction)
    try:
        with undoable_turn() if undoable else contextlib.nullcontext():
            await call
    finally:
        await endpoint.session().session.close()
    return list(tracker.events)


ANSWERS = {
    "an error": lambda: response.json({"error": "Budi"}, status=500),
    "no JSON": lambda: response.text("<html>"),
    "a wrong shape": lambda: response.json({"events": "x"}),
    "an unreadable refusal": lambda: response.json({}, status=400),
}


async def against(answer, undoable):
    """Against an action server that gives this answer; None: against a closed port."""
    port = free_port()
    if answer is None:
        return await run_action(f"http://127.0.0.1:{port}", undoable)
    app = Sanic(f"aksi_{port}", configure_logging=False)
    app.add_route(route(answer), "/webhook", methods=["POST"])
    Sanic.test_mode = True
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, debug=False)
    await server.startup()
    await server.start_serving()
    try:
        return await run_action(f"http://127.0.0.1:{port}/webhook", undoable)
    finally:
        await server.close()


def route(answer):
    async def handle(request):
        return answer()

    return handle


@pytest.mark.parametrize("answer", [None, *ANSWERS.values()], ids=["closed port", *ANSWERS])
def test_a_failing_action_server_undoes_a_turn_that_can_be_run_again(answer):
    with pytest.raises(TurnUndoneError) as caught:
        run(against(answer, undoable=True))
    assert "action server" in str(caught.value)
    assert "Budi" not in str(caught.value)


@pytest.mark.parametrize("answer", [None, *ANSWERS.values()], ids=["closed port", *ANSWERS])
def test_outside_such_a_turn_rasa_goes_on_as_it_always_did(answer):
    (event,) = run(against(answer, undoable=False))
    assert event == ActionExecuted(ACTION, "uji", 1.0)


@pytest.mark.parametrize("undoable", [True, False])
def test_an_action_that_works_and_one_that_refuses_are_as_in_rasa(undoable):
    good = {"events": [{"event": "slot", "name": "layanan", "value": "ktp"}], "responses": []}
    events = run(against(lambda: response.json(good), undoable))
    assert events[-1] == SlotSet("layanan", "ktp")
    refusal = {"action_name": ACTION, "error": "x"}
    (rejected,) = run(against(lambda: response.json(refusal, status=400), undoable))
    assert rejected.type_name == "action_execution_rejected"
    assert issubclass(ActionExecutionRejection, Exception)


class Away(InMemoryTrackerStore):
    """A tracker store whose database does not answer."""

    async def save(self, tracker):
        raise OSError("connection to database of Budi refused")

    async def retrieve(self, sender_id):
        raise OSError("connection to database of Budi refused")

    retrieve_full_tracker = retrieve


CALLS = {
    "save": lambda store: store.save(DialogueStateTracker.from_events("warga", [])),
    "retrieve": lambda store: store.retrieve("warga"),
    "retrieve whole": lambda store: store.retrieve_full_tracker("warga"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_a_lost_tracker_store_undoes_a_turn_that_can_be_run_again(call):
    async def scene():
        with undoable_turn():
            await call(FailSafeTrackerStore(Away(DOMAIN)))

    with pytest.raises(TurnUndoneError, match="tracker store: OSError") as caught:
        run(scene())
    assert "Budi" not in str(caught.value)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_a_lost_tracker_store_elsewhere_is_replaced_as_in_rasa(call):
    assert run(call(FailSafeTrackerStore(Away(DOMAIN)))) is None


def test_a_broken_sql_database_undoes_the_turn(tmp_path):
    path = tmp_path / "percakapan.db"
    store = SQLTrackerStore(DOMAIN, dialect="sqlite", db=str(path))
    store.engine.dispose()
    path.write_bytes(b"this is no database" * 100)

    async def scene():
        with undoable_turn():
            await FailSafeTrackerStore(store).retrieve("warga")

    with pytest.raises(TurnUndoneError):
        run(scene())


def test_turns_that_run_side_by_side_do_not_undo_each_other():
    async def other():
        await asyncio.sleep(0.01)
        return await CALLS["retrieve"](FailSafeTrackerStore(Away(DOMAIN)))

    async def scene():
        elsewhere = asyncio.ensure_future(other())
        with undoable_turn():
            await asyncio.sleep(0.05)
        return await elsewhere

    assert run(scene()) is None


def test_no_handler_of_rasa_that_goes_on_after_an_exception_can_swallow_it():
    assert not issubclass(TurnUndoneError, Exception)
