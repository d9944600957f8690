"""Two small patches of Rasa 3.6.21 that take dead weight out of the path of every message.

Rasa's open-source line ended with 3.6.21, so neither will come from upstream (ADR 6). Both keep
Rasa's results exactly and refuse to run on another version:

1. `RemoteAction._validate_action_result` checks the JSON schema itself, again, on every answer of
   the action server (about 36 ms a call). Here the validator is built once.
2. `Event.resolve_by_type` walks the class tree for every stored event of every tracker read.
   The mapping from type name to class never changes after import: it is kept.
"""

from __future__ import annotations

from typing import Any

import rasa
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses

SUPPORTED = "3.6.21"


class UnsupportedRasaError(RuntimeError):
    """Rasa is not the version that these patches were read against."""


def apply() -> None:
    """Install both patches; applying them twice changes nothing.

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
