"""The patches that take time out of a turn give what Rasa's own code gives.

Rasa's own code comes from a second copy of its modules: another test may have patched the first.
"""

from __future__ import annotations

import asyncio
import copy
import importlib.util
import json
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from types import ModuleType

import aiohttp
import jsonschema
import numpy as np
import pytest
from aiohttp import web
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core import events as e
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.exceptions import RasaException
from rasa.shared.utils.common import all_subclasses
from rasa.shared.utils.schemas.events import EVENT_SCHEMA
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from kelurahan.whatsapp import rasa_calls, rasa_patches
from kelurahan.whatsapp.quick_json import dumps
from scripts.children import ROOT
from scripts.nlu.pesan import baca_uji
from scripts.surroundings import MODEL

PATCHED = [
    (RemoteAction, "_validate_action_result _action_call_format run"),
    (e.Event, "resolve_by_type"),
    (EndpointConfig, "session"),
    (DaskGraphRunner, "run"),
    (FailSafeTrackerStore, "on_tracker_store_error on_tracker_store_retrieve_error"),
]


def rasas_own(name: str) -> ModuleType:
    """A copy of one of Rasa's modules that no patch has touched."""
    spec = importlib.util.find_spec(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def own_action() -> type:
    return rasas_own("rasa.core.actions.action").RemoteAction


@pytest.fixture(scope="module")
def own_run():
    return rasas_own("rasa.engine.runner.dask").DaskGraphRunner.run


@pytest.fixture(autouse=True)
def patched(monkeypatch):
    """Apply the patches for one test only."""
    for owner, names in PATCHED:
        for name in names.split():
            monkeypatch.setattr(owner, name, owner.__dict__[name])
    rasa_patches.apply()


# --- 1. the answer of the action server ---------------------------------------------------------

KINDS = [kind["properties"]["event"]["const"] for kind in EVENT_SCHEMA["oneOf"]]
NEEDED = {"slot": {"name": "layanan", "value": "ktp"}, "entities": {"entities": []}}
ODD = [None, True, 1, 1.5, "x", "", [], {}, [1], [{}], {"a": 1}, [{"entity": "x", "value": 1}]]
KEYS = """event timestamp metadata name value text input_channel message_id parse_data policy
confidence hide_rule_turn action_text entities intent unknown_key""".split()
PARSE_KEYS = "text intent intent_ranking entities response_selector unknown_key".split()


def good(kind: str) -> dict:
    """The smallest valid event of a kind."""
    return {"event": kind, **NEEDED.get(kind, {})}


def accepted(action_class: type, answer: object) -> bool:
    """The verdict; anything but a ValidationError is a failure of the test."""
    try:
        return action_class._validate_action_result(RemoteAction("action_x", None), answer)
    except jsonschema.ValidationError:
        return False


ANSWERS = {
    "nothing said": {},
    "empty": {"events": [], "responses": []},
    "extra keys": {"events": [], "responses": [], "more": 1},
    "responses": {"responses": [{}, {"text": "hai", "buttons": [], "custom": None}]},
    "every kind": {"events": [good(kind) for kind in KINDS]},
    "an extra key in an event": {"events": [{**good("slot"), "more": [1]}]},
    "a whole number as float": {
        "events": [{"event": "entities", "entities": [{"entity": "a", "value": 1, "start": 1.0}]}]
    },
    "a bool as time": {"events": [{**good("slot"), "timestamp": True}]},
    "no object": [],
    "None": None,
    "text": "ok",
    "number": 3,
    "events is None": {"events": None},
    "events is an object": {"events": {}},
    "events is text": {"events": "slot"},
    "event is text": {"events": ["slot"]},
    "event is None": {"events": [None]},
    "event without a type": {"events": [{"name": "layanan", "value": "ktp"}]},
    "empty event": {"events": [{}]},
    "unknown kind": {"events": [{"event": "topic"}]},
    "kind is a list": {"events": [{"event": ["slot"]}]},
    "kind is None": {"events": [{"event": None}]},
    "one bad among good": {"events": [good("slot"), {"event": "slot"}, good("bot")]},
    "slot without value": {"events": [{"event": "slot", "name": "x"}]},
    "slot without name": {"events": [{"event": "slot", "value": 1}]},
    "time is text": {"events": [{**good("slot"), "timestamp": "12:00"}]},
    "metadata is a list": {"events": [{**good("bot"), "metadata": []}]},
    "responses is an object": {"events": [], "responses": {}},
    "responses is None": {"events": [], "responses": None},
    "response is text": {"events": [], "responses": ["hai"]},
    "response is a list": {"events": [], "responses": [{}, []]},
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_judged_as_rasa_judges_it(answer, own_action):
    assert accepted(RemoteAction, answer) is accepted(own_action, answer)


def test_both_verdicts_occur_in_the_table():
    verdicts = [accepted(RemoteAction, answer) for answer in ANSWERS.values()]
    assert verdicts.count(True) == 7
    assert len(KINDS) == 23


def altered(kind: str) -> list[dict]:
    """Events of a kind with one key left out, or with an odd value."""
    event = good(kind)
    found = [{k: v for k, v in event.items() if k != key} for key in event]
    found += [{**event, key: odd} for key in KEYS for odd in ODD]
    found += [{**event, "parse_data": {key: odd}} for key in PARSE_KEYS for odd in ODD]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_altered_event_is_judged_as_by_the_schema(kind):
    schema = RemoteAction.action_response_format_spec()
    # what jsonschema.validate takes for it, built once
    rasas = jsonschema.validators.validator_for(schema)(schema)
    assert isinstance(rasas, jsonschema.Draft202012Validator)
    verdicts = set()
    for event in altered(kind):
        answer = {"events": [good("bot"), event], "responses": []}
        verdict = rasas.is_valid(answer)
        verdicts.add(verdict)
        assert accepted(RemoteAction, answer) is verdict, event
    assert verdicts == {True, False}


# --- 2. the class of an event -------------------------------------------------------------------


def test_event_names_resolve_as_in_rasa():
    own = rasas_own("rasa.shared.core.events").Event.resolve_by_type
    # the untouched copy knows its own module's events only, not those of rasa.core.test
    known = [cls for cls in all_subclasses(e.Event) if cls.__module__ == e.__name__]
    names = [cls.type_name for cls in known]
    for name in [*names, "topic", "no such", ""]:
        for default in (None, e.SlotSet):
            assert kind_of(own, name, default) == kind_of(e.Event.resolve_by_type, name, default)


def kind_of(resolve, name: str, default: type | None) -> str | None:
    """The class's name, or the error's text."""
    try:
        found = resolve(name, default)
    except ValueError as error:
        return str(error)
    return found and found.__name__


# --- 3. one session to the action server --------------------------------------------------------


class ActionServer:
    """Answers like the action server, and counts the connections."""

    def __init__(self) -> None:
        self.port, self.runner = 0, None
        self.bodies: list[str] = []
        self.requests: list[web.Request] = []
        self.connections: set[object] = set()

    async def start(self) -> None:
        """Listen, after the first time on the same port."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", self.port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        await self.runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.requests.append(request)
        self.bodies.append(await request.text())
        self.connections.add(request.transport.get_extra_info("peername"))
        if "status" in request.query:
            return web.Response(status=int(request.query["status"]), text='{"error": "x"}')
        response = web.json_response({"events": [], "asked": (await request.json())["n"]})
        response.set_cookie("kuki", "1")
        return response


@asynccontextmanager
async def action_server(**options):
    """A running server and an endpoint that points to it, whose session is closed at the end."""
    server = ActionServer()
    await server.start()
    endpoint = EndpointConfig(f"http://127.0.0.1:{server.port}/webhook", **options)
    try:
        yield server, endpoint
    finally:
        await endpoint.session().session.close()
        await server.stop()


def test_several_calls_share_one_connection():
    async def run() -> None:
        async with action_server() as (server, endpoint):
            for n in range(5):
                answer = await endpoint.request(json={"n": n}, method="post", timeout=300)
                assert answer["asked"] == n
            assert len(server.connections) == 1
            assert [r.headers.get("Cookie") for r in server.requests] == [None] * 5

    asyncio.run(run())


def test_a_closed_session_is_followed_by_a_new_one():
    async def run() -> None:
        async with action_server() as (server, endpoint):
            await endpoint.request(json={"n": 1})
            first = endpoint.session().session
            await rasa_calls.close(endpoint)
            assert first.closed
            await rasa_calls.close(endpoint)
            await rasa_calls.close(None)
            assert (await endpoint.request(json={"n": 2}))["asked"] == 2
            assert len(server.connections) == 2

    asyncio.run(run())


def test_calls_at_the_same_time_get_their_own_answers():
    async def run() -> None:
        async with action_server() as (_, endpoint):
            calls = [endpoint.request(json={"n": n}) for n in range(20)]
            assert [a["asked"] for a in await asyncio.gather(*calls)] == list(range(20))

    asyncio.run(run())


def but_length(headers: object) -> dict:
    """Headers without the length of the body: the same JSON is written more closely."""
    return {name: value for name, value in headers.items() if name != "Content-Length"}


def test_what_is_sent_is_what_rasa_sends():
    """Headers, basic auth, token and parameters; the patched session differs in its life only."""
    own = rasas_own("rasa.utils.endpoints").EndpointConfig
    options = {
        "headers": {"X-Kunci": "a"},
        "basic_auth": {"username": "u", "password": "p"},
        "token": "rahasia",
        "params": {"q": "1"},
    }

    async def run() -> None:
        async with action_server(**options) as (server, endpoint):
            rasas = own(endpoint.url, **options)
            for one in (endpoint, rasas):
                for compress in (False, True):
                    await one.request(json={"n": 1}, headers={"X-B": "b"}, compress=compress)
            assert [json.loads(body) for body in server.bodies] == [{"n": 1}] * 4
            sent = [(r.method, str(r.rel_url), but_length(r.headers)) for r in server.requests]
            assert sent[:2] == sent[2:]
            assert sent[0][2]["Authorization"].startswith("Basic ")
            assert sent[0][1] == "/webhook?q=1&token=rahasia"

    asyncio.run(run())


def test_an_error_answer_is_rasas_error_and_the_connection_stays_usable():
    async def run() -> None:
        async with action_server() as (_, endpoint):
            for status in (400, 500):
                with pytest.raises(ClientResponseError) as caught:
                    await endpoint.request(json={"n": 1}, params={"status": status})
                assert (caught.value.status, caught.value.text) == (status, b'{"error": "x"}')
            assert (await endpoint.request(json={"n": 2}))["asked"] == 2

    asyncio.run(run())


def test_a_closed_session_and_another_event_loop_get_a_new_one():
    endpoint = EndpointConfig("http://127.0.0.1:1/webhook")

    async def sessions() -> list[aiohttp.ClientSession]:
        first = endpoint.session().session
        assert endpoint.session().session is first
        await first.close()
        second = endpoint.session().session
        assert not second.closed
        await second.close()
        return [first, second]

    async def left_open() -> aiohttp.ClientSession:
        return endpoint.session().session

    left = asyncio.run(left_open())  # as at the end of a process
    seen = asyncio.run(sessions()) + asyncio.run(sessions())
    assert len({id(session) for session in [left, *seen]}) == 5
    asyncio.run(left.close())


def test_two_endpoints_do_not_share_a_session():
    async def run() -> None:
        one, other = EndpointConfig("http://127.0.0.1:1"), EndpointConfig("http://127.0.0.1:1")
        assert one == other
        assert one.session().session is not other.session().session
        assert one.copy().__dict__.keys() == other.copy().__dict__.keys()
        for endpoint in (one, other):
            await endpoint.session().session.close()

    asyncio.run(run())


def test_after_a_restart_of_the_action_server_the_next_call_works():
    async def run() -> None:
        async with action_server() as (server, endpoint):
            for n in range(3):
                assert (await endpoint.request(json={"n": n}))["asked"] == n
                await server.stop()
                await server.start()
            assert len(server.connections) == 3

    asyncio.run(run())


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that answers the first request of a connection and drops the second unanswered."""
    with suppress(asyncio.IncompleteReadError):  # the client may close first
        await one_request(reader)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        )
        await one_request(reader)
    writer.close()


async def one_request(reader: asyncio.StreamReader) -> None:
    """Read a request to its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(x for x in head.lower().split(b"\r\n") if x.startswith(b"content-length"))
    await reader.readexactly(int(length.split(b":")[1]))


def test_a_connection_that_drops_during_a_call_is_an_error_that_undoes_the_turn():
    """A kept connection may die just as a call goes out: that call must not count as done."""
    tracker, domain = DialogueStateTracker("6281200000103", []), Domain.empty()

    async def run() -> None:
        server = await asyncio.start_server(hangs_up, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        action = RemoteAction("action_x", EndpointConfig(f"http://127.0.0.1:{port}/webhook"))
        for undoable in (True, False):
            assert await action.run(None, None, tracker, domain) == []
            if undoable:
                with rasa_patches.undoable_turn(), pytest.raises(rasa_patches.TurnUndoneError):
                    await action.run(None, None, tracker, domain)
            else:
                with pytest.raises(RasaException):
                    await action.run(None, None, tracker, domain)
        assert await action.run(None, None, tracker, domain) == []
        await action.action_endpoint.session().session.close()
        server.close()
        await asyncio.sleep(0.01)  # for the transports to close

    asyncio.run(run())


# --- 4. what an action call says ----------------------------------------------------------------

DOMAIN = Domain.from_dict(
    {
        "intents": ["salam"],
        "slots": {"layanan": {"type": "text", "mappings": [{"type": "custom"}]}},
        "actions": ["action_biasa", {"action_perlu_domain": {"send_domain": True}}],
        "forms": {"form_x": {"required_slots": ["layanan"]}},
    }
)
ANSWERED = [
    e.SlotSet("layanan", "ktp"),
    e.ActionExecuted("action_biasa", "RulePolicy", 1.0),
    e.BotUttered("Fotokopi KK", {"custom": {"a": 1}}),
    e.ActionExecuted("action_listen"),
]
SAID = e.UserUttered(
    "syarat", {"name": "salam"}, [{"entity": "layanan", "value": "ktp"}], input_channel="whatsapp"
)
HISTORIES = {
    "nothing yet": [],
    "no message yet": [e.ActionExecuted("action_session_start"), e.SessionStarted()],
    "a first message": [e.ActionExecuted("action_listen"), SAID],
    "in the middle of a turn": [SAID, *ANSWERED, SAID, e.SlotSet("layanan", "kk")],
    "the end of a turn": [SAID, *ANSWERED, SAID, *ANSWERED],
    "a form": [SAID, e.ActiveLoop("form_x"), SAID, e.ActionExecuted("form_x"), *ANSWERED],
    "after a restart": [SAID, *ANSWERED, e.Restarted()],
    "a restart and a message": [SAID, e.Restarted(), SAID, e.FollowupAction("action_biasa")],
    "a new session": [SAID, *ANSWERED, e.SessionStarted(), e.ActionExecuted("action_listen")],
    "a message taken back": [SAID, SAID, e.UserUtteranceReverted()],
    "paused": [SAID, e.ConversationPaused()],
    "many turns": [SAID, *ANSWERED] * 5,
}
RANKING = [{"name": "salam", "confidence": 0.9}, {"name": "nlu_fallback", "confidence": 0.1}]
SELECTED = {"default": {"ranking": []}, "layanan": [{"slug": "ktp", "confidence": 0.7}]}
UNDERSTOOD = e.UserUttered(
    "syarat",
    {"name": "salam"},
    parse_data={
        "intent": {"name": "salam"},
        "entities": [],
        "text": "syarat",
        "intent_ranking": RANKING,
        "response_selector": SELECTED,
    },
)
HISTORIES["how sure of what else"] = [UNDERSTOOD, *ANSWERED, UNDERSTOOD]
HISTORIES["how sure before"] = [UNDERSTOOD, *ANSWERED, SAID]


def lighter(call: dict) -> dict:
    """Rasa's call without what our actions do not read: most rankings, the selector's texts."""
    for event in call["tracker"]["events"]:
        for key in ("intent_ranking", "response_selector"):
            event.get("parse_data", {}).pop(key, None)
    if selected := (call["tracker"]["latest_message"] or {}).get("response_selector"):
        selected.pop("default")
    return call


ENDPOINTS = {
    "selective": lambda: EndpointConfig("http://127.0.0.1:1", enable_selective_domain=True),
    "not selective": lambda: EndpointConfig("http://127.0.0.1:1", enable_selective_domain=False),
    "default": lambda: EndpointConfig("http://127.0.0.1:1"),
    "no endpoint": lambda: None,
}


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=ENDPOINTS)
@pytest.mark.parametrize("name", ["action_biasa", "action_perlu_domain"])
@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_an_action_call_is_rasas_with_only_the_latest_turns(history, name, endpoint, own_action):
    action = RemoteAction(name, endpoint())
    tracker = DialogueStateTracker.from_events("6281200000103", history, DOMAIN.slots)
    ours = action._action_call_format(tracker, DOMAIN)
    before = json.dumps(tracker.current_state(EventVerbosity.ALL))
    ours = copy.deepcopy(ours)
    rasas = lighter(copy.deepcopy(own_action._action_call_format(action, tracker, DOMAIN)))
    assert json.dumps(tracker.current_state(EventVerbosity.ALL)) == before
    recent, everything = ours["tracker"]["events"], rasas["tracker"]["events"]
    messages = [i for i, event in enumerate(everything) if event["event"] == "user"]
    start = messages[-rasa_calls.TURNS_SENT] if len(messages) >= rasa_calls.TURNS_SENT else 0
    rasas["tracker"]["events"] = everything[start:]
    assert recent == rasas["tracker"]["events"]
    assert json.dumps(ours) == json.dumps(rasas)  # so that the order of keys is Rasa's, too


def test_actions_get_the_ranking_of_the_latest_message():
    tracker = DialogueStateTracker.from_events("x", [UNDERSTOOD, UNDERSTOOD], DOMAIN.slots)
    told = RemoteAction("action_biasa", None)._action_call_format(tracker, DOMAIN)["tracker"]
    assert told["latest_message"]["intent_ranking"] == RANKING
    assert told["latest_message"]["response_selector"] == {"layanan": SELECTED["layanan"]}
    assert tracker.latest_message.parse_data["response_selector"] == SELECTED


ODD_TEXTS = ["\ud83d", "😀 Añi", "\u2028", "", 2**70, -(2**70), 1.5, float("nan"), np.float32(0.5)]


@pytest.mark.parametrize("value", ODD_TEXTS, ids=repr)
def test_what_is_written_is_read_as_what_it_was(value):
    read = json.loads(dumps({"nilai": [value]}))["nilai"][0]
    assert read == value or (value != value and read is None)  # no JSON holds "not a number"


def test_the_domain_travels_only_where_asked_for():
    tracker = DialogueStateTracker("6281200000103", [])
    sent = {
        (name, kind): "domain" in RemoteAction(name, make())._action_call_format(tracker, DOMAIN)
        for name in ("action_biasa", "action_perlu_domain")
        for kind, make in ENDPOINTS.items()
    }
    assert [key for key, there in sent.items() if not there] == [("action_biasa", "selective")]


# --- 5. the graph -------------------------------------------------------------------------------


class Part(GraphComponent):
    """Notes that it ran, then adds its inputs and its own number."""

    ran: list[str] = []

    def __init__(self, config: dict, name: str) -> None:
        self.config, self.name = config, name

    @classmethod
    def create(cls, config, model_storage, resource, execution_context) -> Part:
        return cls(config, execution_context.node_name)

    @staticmethod
    def get_default_config() -> dict:
        return {"number": 0}

    def add(self, **inputs: int | None) -> int | None:
        self.ran.append(self.name)
        return sum(value or 0 for value in inputs.values()) + self.config["number"]

    def nothing(self, **inputs: int) -> None:
        self.ran.append(self.name)

    def fail(self, **inputs: int) -> None:
        raise ValueError("part failed")


def node(needs: dict[str, str], number: int = 0, fn: str = "add", **more) -> SchemaNode:
    return SchemaNode(needs, Part, "create", fn, {"number": number}, **more)


def runner(**nodes: SchemaNode) -> DaskGraphRunner:
    """A graph of its own, its parts made at once as in a loaded model."""
    for one in nodes.values():
        one.eager = True
    schema = GraphSchema(nodes)
    return DaskGraphRunner(schema, None, ExecutionContext(schema))


def diamond() -> DaskGraphRunner:
    """top feeds left and right, bottom takes both; aside is asked for by nobody."""
    return runner(
        bottom=node({"l": "left", "r": "right"}, 1000, is_target=True),
        left=node({"x": "top"}, 10),
        right=node({"x": "top"}, 100),
        aside=node({"x": "bottom"}, 5),
        top=node({"x": "__in__"}, 1),
        other=node({"x": "top"}, 7, is_target=True),
        empty=node({}, fn="nothing"),
        after_empty=node({"x": "empty"}, 3),
        broken=node({"x": "top"}, fn="fail"),
        after_broken=node({"x": "broken"}),
    )


def outcome(run, graph: DaskGraphRunner, *args: object) -> tuple[object, list[str]]:
    """The result or the error's kind and text, and what ran, in name order."""
    Part.ran.clear()
    try:
        result = run(graph, *args)
    except (GraphRunError, GraphComponentException, KeyError) as error:
        result = (type(error), str(error))
    return result, sorted(Part.ran)


RUNS = {
    "the schema's targets": ({"__in__": 2}, None, ["bottom", "left", "other", "right", "top"]),
    "no targets named": ({"__in__": 2}, [], ["bottom", "left", "other", "right", "top"]),
    "one target": ({"__in__": 2}, ["other"], ["other", "top"]),
    "two that share a part": ({"__in__": 2}, ["left", "right"], ["left", "right", "top"]),
    "one that needs another": (
        {"__in__": 2},
        ["aside", "top"],
        ["aside", "bottom", "left", "right", "top"],
    ),
    "the same twice": ({"__in__": 2}, ["top", "top"], ["top"]),
    "an input as target": ({"__in__": 2}, ["__in__"], []),
    "no inputs needed": (None, ["after_empty"], ["after_empty", "empty"]),
    "an input nobody needs": ({"__in__": 2, "__x__": 3}, ["top"], ["top"]),
    "an input of None": ({"__in__": None}, ["top"], ["top"]),
    "an input missing": ({}, ["top"], []),
    "inputs missing": (None, ["left"], []),
    "a part that fails": ({"__in__": 2}, ["after_broken"], ["top"]),
    "an unknown target": ({"__in__": 2}, ["no such"], []),
}


@pytest.mark.parametrize(("inputs", "targets", "runs"), RUNS.values(), ids=RUNS)
def test_a_graph_gives_what_rasas_own_run_gives(inputs, targets, runs, own_run):
    graph = diamond()
    rasas = outcome(own_run, graph, inputs, targets)
    assert rasas[1] == runs
    for _ in range(2):  # the second time from the kept plan
        assert outcome(DaskGraphRunner.run, graph, inputs, targets) == rasas


def test_a_missing_input_is_an_error_that_names_it():
    with pytest.raises(GraphRunError, match="__in__"):
        diamond().run(inputs={})
    with pytest.raises(GraphComponentException):
        diamond().run(inputs={"__in__": 1}, targets=["broken"])


def test_an_input_with_the_name_of_a_node_is_an_error():
    """Rasa's own message forbids it, but its code would silently take the input for the node."""
    with pytest.raises(GraphRunError, match="left"):
        diamond().run(inputs={"__in__": 1, "left": 5})


@pytest.mark.parametrize("run", ["ours", "rasas"])
def test_a_runtime_error_in_a_node_is_a_graph_error(run, own_run):
    graph = diamond()

    def fails(*_: object) -> None:
        raise RuntimeError("no event loop")

    graph._instantiated_nodes["top"] = fails
    with pytest.raises(GraphRunError) as caught:
        (DaskGraphRunner.run if run == "ours" else own_run)(graph, {"__in__": 1}, ["left"])
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_two_graphs_keep_their_own_plans(own_run):
    small = runner(top=node({"x": "__in__"}, 50, is_target=True))
    for graph in (diamond(), small, diamond()):
        expected = outcome(own_run, graph, {"__in__": 1}, ["top"])
        assert outcome(DaskGraphRunner.run, graph, {"__in__": 1}, ["top"]) == expected


# --- 5, with the trained model ------------------------------------------------------------------

TEXTS = 30
PAYLOADS = ["/salam", "/restart", "/session_start", '/setuju{"layanan": "ktp"}', "🙏", "  "]


@pytest.fixture(scope="module")
def agent():
    """The trained model, loaded once."""
    if not MODEL.exists():
        subprocess.run([sys.executable, "-m", "scripts.train"], cwd=ROOT, check=True)
    return Agent.load(str(MODEL))


def by_both(own_run, make) -> list:
    """What `make()` gives when every graph is run by us, by Rasa, and by us again."""
    with pytest.MonkeyPatch.context() as patch:
        found = [make()]
        patch.setattr(DaskGraphRunner, "run", own_run)
        found.append(make())
    return [*found, make()]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Held-out messages, evenly taken, and what is no sentence."""
    held_out = [one.teks for one in baca_uji()]
    return held_out[:: len(held_out) // TEXTS][:TEXTS] + PAYLOADS


@pytest.mark.tumpukan
def test_the_model_understands_every_message_as_with_rasas_own_run(agent, own_run, texts):
    async def parse() -> list[dict]:
        return [await agent.parse_message(text) for text in texts]

    ours, rasas, again = by_both(own_run, lambda: asyncio.run(parse()))
    assert len(texts) == len(ours) == TEXTS + len(PAYLOADS)
    for text, *three in zip(texts, ours, rasas, again, strict=True):
        assert three[0] == three[1] == three[2], text
    assert len({parsed["intent"]["name"] for parsed in ours}) > 5


def talks(agent: Agent, parsed: list[dict]) -> list[DialogueStateTracker]:
    """A tracker for each message, at its arrival and after one action of ours."""
    found = []
    for said in parsed:
        message = e.UserUttered(said["text"], said["intent"], said["entities"], said)
        begin = [e.ActionExecuted("action_session_start"), e.SessionStarted()]
        begin += [e.ActionExecuted("action_listen"), message]
        more = e.ActionExecuted(agent.domain.action_names_or_texts[-1])
        found += [
            DialogueStateTracker.from_events("6281200000103", events, agent.domain.slots)
            for events in (begin, [*begin, more], begin[:3])
        ]
    return found


@pytest.mark.tumpukan
def test_the_policies_predict_as_with_rasas_own_run(agent, own_run, texts):
    async def parse() -> list[dict]:
        return [await agent.parse_message(text) for text in texts]

    trackers = talks(agent, asyncio.run(parse()))

    def predict() -> list[tuple]:
        found = [agent.processor._predict_next_with_tracker(tracker) for tracker in trackers]
        return [(p, p.max_confidence_index, p.policy_name, p.action_metadata) for p in found]

    ours, rasas, again = by_both(own_run, predict)
    assert ours == rasas == again
    assert len({index for _, index, _, _ in ours}) > 2


@pytest.mark.tumpukan
def test_the_models_graph_is_planned_once_for_each_of_its_two_uses(agent):
    runner_of_model = agent.processor.graph_runner
    runner_of_model.__dict__.pop(rasa_patches._PLANS, None)
    for text in ("syarat ktp apa saja?", "halo", "terima kasih"):
        parsed = asyncio.run(agent.parse_message(text))
        agent.processor._predict_next_with_tracker(talks(agent, [parsed])[0])
    metadata = agent.processor.model_metadata
    plans = runner_of_model.__dict__[rasa_patches._PLANS]
    assert set(plans) == {(metadata.nlu_target,), (metadata.core_target,)}
