"""Small patches of Rasa 3.6.21: two take dead weight out of every message, two undo a failed turn.

Rasa's open-source line ended with 3.6.21, so none will come from upstream (ADR 6). They refuse to
run on another version. The first two keep Rasa's results exactly:

1. `RemoteAction._validate_action_result` checks the JSON schema itself, again, on every answer of
   the action server (about 36 ms a call). Here the validator is built once.
2. `Event.resolve_by_type` walks the class tree for every stored event of every tracker read.
   The mapping from type name to class never changes after import: it is kept.

The other two matter only inside `undoable_turn()`, where the channel can run the turn again:

3. `RemoteAction.run`: Rasa logs a failed action server, forgets what the action should have done,
   and saves the turn as if it had happened. Here the turn ends without being saved.
4. `FailSafeTrackerStore`: Rasa answers a lost database with an empty conversation in memory. Here,
   too, the turn ends without being saved.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import rasa
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses

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
    RemoteAction.run = _run
    FailSafeTrackerStore.on_tracker_store_error = _on_store_error
    FailSafeTrackerStore.on_tracker_store_retrieve_error = _on_retrieve_error


_validator = Draft202012Validator(RemoteAction.action_response_format_spec())


def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
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
    found = _event_types.get(type_name, default)
    if found is None and type_name != "topic":  # "topic": old trackers, skipped by Rasa too
        raise ValueError(f"Unknown event name '{type_name}'.")
    return found


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
