"""Patches of Rasa's call to the action server: three of a turn's dearest habits.

`rasa_patches` says why there are patches at all and installs these (1, 3 and 4 of its list).
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import rasa
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match
from rasa.core.actions.action import RemoteAction
from rasa.nlu.constants import RESPONSE_SELECTOR_PROPERTY_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.utils.schemas.events import EVENT_SCHEMA
from rasa.utils.endpoints import DEFAULT_REQUEST_TIMEOUT, EndpointConfig

from kelurahan.whatsapp.quick_json import dumps

Json = dict[str, Any]


def apply() -> None:
    """Install all; `rasa_patches.apply` has checked the version."""
    RemoteAction._validate_action_result = _validate_action_result
    RemoteAction._action_call_format = _action_call_format
    EndpointConfig.session = _session


_validator = Draft202012Validator(RemoteAction.action_response_format_spec())
_ANY_EVENT = {key: rule for key, rule in EVENT_SCHEMA.items() if key != "oneOf"}
_KINDS = {
    kind["properties"]["event"]["const"]: Draft202012Validator({**_ANY_EVENT, "allOf": [kind]})
    for kind in EVENT_SCHEMA["oneOf"]
}


_TIMES = (float, int, type(None))


def _is_plain_slot(event: Json) -> bool:
    """The event that nearly every answer consists of; its value may be anything."""
    return (
        event["event"] == "slot"
        and "value" in event
        and type(event.get("name")) is str
        and type(event.get("timestamp")) in _TIMES
        and type(event.get("metadata")) in (dict, type(None))
    )


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
            and (_is_plain_slot(event) or _KINDS[event["event"]].is_valid(event))
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
            json_serialize=dumps,
            cookie_jar=aiohttp.DummyCookieJar(),  # a session that ends forgets them, too
        )
        kept = self.__dict__[_KEPT] = (loop, KeptSession(session))
    return kept[1]


async def close(endpoint: EndpointConfig | None) -> None:
    """End the kept session of an endpoint, if there is one."""
    kept = endpoint.__dict__.pop(_KEPT, None) if endpoint else None
    if kept is not None:
        await kept[1].session.close()


TURNS_SENT = 3  # this one, the one before, and one to spare; see actions/konteks.py


_SELECTED, _RANKING = RESPONSE_SELECTOR_PROPERTY_NAME, "layanan"
_WEIGHTY = ("intent_ranking", _SELECTED)  # nine tenths of what was understood of a message


def _as_sent(event: Event) -> Json:
    """An event for our actions, which read the rankings of the latest message only, and there."""
    told = event.as_dict()
    if isinstance(event, UserUttered):
        parsed = told["parse_data"] or {}
        told["parse_data"] = {key: v for key, v in parsed.items() if key not in _WEIGHTY}
    return told


def _action_call_format(
    self: RemoteAction, tracker: DialogueStateTracker, domain: Domain
) -> dict[str, Any]:
    state = tracker.current_state(EventVerbosity.NONE)
    recent: list[dict[str, Any]] = []
    turns = 0
    for event in reversed(tracker.events):
        recent.append(_as_sent(event))
        turns += isinstance(event, UserUttered)
        if turns == TURNS_SENT:
            break
    state["events"] = recent[::-1]
    if selected := (state["latest_message"] or {}).get(_SELECTED):
        ranking = {_RANKING: selected[_RANKING]} if _RANKING in selected else {}
        state["latest_message"] = {**state["latest_message"], _SELECTED: ranking}
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
