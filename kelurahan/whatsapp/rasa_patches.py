"""Small patches of Rasa 3.6.21: five take dead weight out of every turn, two undo a failed one.

(More, of what a turn works out again and again, stand in `rasa_states`.)

Rasa's open-source line ended with 3.6.21, so none will come from upstream (ADR 6). They refuse to
run on another version. The first five keep Rasa's results:

1. `RemoteAction._validate_action_result` checks the JSON schema itself, again, on every answer of
   the action server (about 36 ms a call), and tries every kind of event on every event. Here the
   validators are built once, and an event is checked as the kind that it says it is.
2. `Event.resolve_by_type` walks the class tree for every stored event of every tracker read.
   The mapping from type name to class never changes after import: it is kept.

3. `EndpointConfig.request` opens a new connection for every action call: one session is kept.
4. `RemoteAction._action_call_format` writes out all events of the conversation for every action.
   Ours look back at what was asked and said just before: the events of the last turns go along,
   and how sure the model was of what else goes with the latest message only. (1, 3 and 4 stand in
   `rasa_calls`.)

5. `DaskGraphRunner.run` plans the same small graph anew for every message and every prediction.
   Here the order is worked out once for each set of targets.

The other two matter only inside `undoable_turn()`, where the channel can run the turn again:

6. `RemoteAction.run`: Rasa logs a failed action server, forgets what the action should have done,
   and saves the turn as if it had happened. Here the turn ends without being saved.
7. `FailSafeTrackerStore`: Rasa answers a lost database with an empty conversation in memory. Here,
   too, the turn ends without being saved.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import rasa
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses

from kelurahan.whatsapp import rasa_calls, rasa_states

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
    Event.resolve_by_type = staticmethod(_resolve_by_type)
    DaskGraphRunner.run = _run_graph
    RemoteAction.run = _run
    FailSafeTrackerStore.on_tracker_store_error = _on_store_error
    FailSafeTrackerStore.on_tracker_store_retrieve_error = _on_retrieve_error
    rasa_calls.apply()
    rasa_states.apply()


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
