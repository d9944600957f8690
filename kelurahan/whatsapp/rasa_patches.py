"""Small patches of Rasa 3.6.21: five take dead weight out of every turn, two undo a failed one.

(Two more, of what a prediction works out, stand in `rasa_states`.)

Rasa's open-source line ended with 3.6.21, so none will come from upstream (ADR 6). They refuse to
run on another version. The first five keep Rasa's results:

1. `RemoteAction._validate_action_result` checks the JSON schema itself, again, on every answer of
   the action server (about 36 ms a call), and tries every kind of event on every event. Here the
   validators are built once, and an event is checked as the kind that it says it is.
2. `Event.resolve_by_type` walks the class tree for every stored event of every tracker read.
   The mapping from type name to class never changes after import: it is kept.

3. `EndpointConfig.request` opens a new connection for every action call: one session is kept.
4. `RemoteAction._action_call_format` writes out all events of the conversation for every action.
   Ours look back at what was asked and said just before: the events of the last turns go along.

5. `DaskGraphRunner.run` plans the same small graph anew for every message and every prediction.
   Here the order is worked out once for each set of targets.

The other two matter only inside `undoable_turn()`, where the channel can run the turn again:

6. `RemoteAction.run`: Rasa logs a failed action server, forgets what the action should have done,
   and saves the turn as if it had happened. Here the turn ends without being saved.
7. `FailSafeTrackerStore`: Rasa answers a lost database with an empty conversation in memory. Here,
   too, the turn ends without being saved.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import aiohttp
import rasa
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.utils.common import all_subclasses
from rasa.shared.utils.schemas.events import EVENT_SCHEMA
from rasa.utils.endpoints import DEFAULT_REQUEST_TIMEOUT, EndpointConfig

from kelurahan.whatsapp import rasa_states

SUPPORTED = "3.6.21"


class UnsupportedRasaError(RuntimeError):
    """Rasa is not the version that these patches were read against."""


class TurnUndoneError(BaseException):
    """A turn in which something of ours failed; Rasa has saved nothing of it.

    Not an Exception: Rasa catches those and goes on.
    """


_undoable: ContextVar[bool] = ContextVar("undoable", default=False)


@contextlib.contextmanager
def undoable_turn() -> Iterator[None]:
    """Inside, a failing action server or tracker store raises TurnUndoneError."""
    token = _undoable.set(True)
    try:
        yield
    finally:
        _undoable.reset(token)


def apply() -> None:
    """Install all patches; applying them twice changes nothing.

    Raises:
        UnsupportedRasaError: when another Rasa version is installed.
    """
    if rasa.__version__ != SUPPORTED:
        raise UnsupportedRasaError(
            f"rasa {rasa.__version__} is installed, the patches in {__name__} were written for "
            f"{SUPPORTED}: read them against the new source, or remove their call"
        )
    RemoteAction._validate_action_result = _validate_action_result
    Event.resolve_by_type = staticmethod(_resolve_by_type)
    EndpointConfig.session = _session
    RemoteAction._action_call_format = _action_call_format
    DaskGraphRunner.run = _run_graph
    RemoteAction.run = _run
    FailSafeTrackerStore.on_tracker_store_error = _on_store_error
    FailSafeTrackerStore.on_tracker_store_retrieve_error = _on_retrieve_error
    rasa_states.apply()


_validator = Draft202012Validator(RemoteAction.action_response_format_spec())
_ANY_EVENT = {key: rule for key, rule in EVENT_SCHEMA.items() if key != "oneOf"}
_KINDS = {
    kind["properties"]["event"]["const"]: Draft202012Validator({**_ANY_EVENT, "allOf": [kind]})
    for kind in EVENT_SCHEMA["oneOf"]
}


def _valid(result: Any) -> bool:
    """The quick look that nearly every answer passes; what it refuses, the whole schema judges."""
    if not isinstance(result, dict):
        return False
    events, responses = result.get("events", []), result.get("responses", [])
    return (
        isinstance(events, list)
        and isinstance(responses, list)
        and all(isinstance(response, dict) for response in responses)
        and all(
            isinstance(event, dict)
            and isinstance(event.get("event"), str)
            and event["event"] in _KINDS
            and _KINDS[event["event"]].is_valid(event)
            for event in events
        )
    )


def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    if _valid(result):
        return True
    error = best_match(_validator.iter_errors(result))
    if error is None:
        return True
    raise ValidationError(
        f"{error.message}. The action server's answer to '{self.name()}' is not valid."
    )


_event_types: dict[str, type[Event]] = {}


def _resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    if type_name not in _event_types:
        # first class wins, as in Rasa's own loop
        for cls in reversed(all_subclasses(Event)):
            _event_types[cls.type_name] = cls
    if type_name == "topic" and type_name not in _event_types:
        return None  # old trackers; skipped by Rasa too
    found = _event_types.get(type_name, default)
    if found is None:
        raise ValueError(f"Unknown event name '{type_name}'.")
    return found


class KeptSession:
    """A client session in the place of one that is closed after each request."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self.session

    async def __aexit__(self, *_: object) -> None:
        """It stays open; the server's end closes it."""


KEPT_IDLE = 3.0  # less than the 5 s after which the action server closes an idle connection
_KEPT = "_kelurahan_session"  # on the endpoint itself, which cannot be hashed


def _session(self: EndpointConfig) -> KeptSession:
    """One session for an endpoint and event loop (a session belongs to its loop)."""
    loop = asyncio.get_running_loop()
    kept = self.__dict__.get(_KEPT)
    if kept is None or kept[0] is not loop or kept[1].session.closed:
        login = self.basic_auth
        session = aiohttp.ClientSession(
            headers=self.headers,
            auth=aiohttp.BasicAuth(login["username"], login["password"]) if login else None,
            timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
            connector=aiohttp.TCPConnector(keepalive_timeout=KEPT_IDLE),
            cookie_jar=aiohttp.DummyCookieJar(),  # a session that ends forgets them, too
        )
        kept = self.__dict__[_KEPT] = (loop, KeptSession(session))
    return kept[1]


TURNS_SENT = 3  # this one, the one before, and one to spare; see actions/konteks.py


def _action_call_format(
    self: RemoteAction, tracker: DialogueStateTracker, domain: Domain
) -> dict[str, Any]:
    state = tracker.current_state(EventVerbosity.NONE)
    recent: list[dict[str, Any]] = []
    turns = 0
    for event in reversed(tracker.events):
        recent.append(event.as_dict())
        turns += isinstance(event, UserUttered)
        if turns == TURNS_SENT:
            break
    state["events"] = recent[::-1]
    call = {
        "next_action": self.name(),
        "sender_id": tracker.sender_id,
        "tracker": state,
        "version": rasa.__version__,
    }
    wanted = domain.does_custom_action_explicitly_need_domain(self.name())
    if wanted or not self._is_selective_domain_enabled():
        call["domain"] = domain.as_dict()
    return call


_PLANS = "_kelurahan_plans"


def _plan(runner: DaskGraphRunner, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """The nodes that the targets need, each after what it needs, with the names of its inputs."""
    schema = runner._graph_schema.minimal_graph_schema(list(targets))
    order: list[tuple[str, tuple[str, ...]]] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        if name in seen or name not in schema.nodes:
            return
        seen.add(name)
        needs = tuple(schema.nodes[name].needs.values())
        for need in needs:
            visit(need)
        order.append((name, needs))

    for target in targets:
        visit(target)
    return order


def _run_graph(
    self: DaskGraphRunner,
    inputs: dict[str, Any] | None = None,
    targets: list[str] | None = None,
) -> dict[str, Any]:
    wanted = tuple(targets or self._graph_schema.target_names)
    plans = self.__dict__.setdefault(_PLANS, {})
    if wanted not in plans:
        plans[wanted] = _plan(self, wanted)
    if clash := next((name for name in inputs or {} if name in self._instantiated_nodes), None):
        raise GraphRunError(f"Input '{clash}' has the name of a node; rename one of them.")
    results: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
    try:
        for name, needs in plans[wanted]:
            results[name] = self._instantiated_nodes[name](
                *(results.get(need, need) for need in needs)
            )
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(results[name] for name in wanted)


_rasas_run = RemoteAction.run


async def _run(self: RemoteAction, *args: Any, **kwargs: Any) -> Any:
    try:
        return await _rasas_run(self, *args, **kwargs)
    except ActionExecutionRejection:
        raise
    except Exception as error:
        if _undoable.get():
            raise TurnUndoneError(f"action server: {type(error).__name__}") from None
        raise


_rasas_on_store_error = FailSafeTrackerStore.on_tracker_store_error
_rasas_on_retrieve_error = FailSafeTrackerStore.on_tracker_store_retrieve_error


def _on_store_error(self: FailSafeTrackerStore, error: Exception) -> None:
    if _undoable.get():
        raise TurnUndoneError(f"tracker store: {type(error).__name__}") from None
    _rasas_on_store_error(self, error)


def _on_retrieve_error(self: FailSafeTrackerStore, error: Exception) -> None:
    if _undoable.get():
        raise TurnUndoneError(f"tracker store: {type(error).__name__}") from None
    _rasas_on_retrieve_error(self, error)
