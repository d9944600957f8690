"""The patches change Rasa's speed, never its answers."""

from __future__ import annotations

import pytest
from jsonschema import ValidationError

rasa_patches = pytest.importorskip("kelurahan.whatsapp.rasa_patches")

from rasa.core.actions.action import RemoteAction  # noqa: E402
from rasa.shared.core.events import Event, SlotSet  # noqa: E402
from rasa.shared.utils.common import all_subclasses  # noqa: E402


@pytest.fixture(autouse=True)
def patched(monkeypatch):
    """Apply the patches for one test only."""
    monkeypatch.setattr(
        RemoteAction, "_validate_action_result", RemoteAction._validate_action_result
    )
    monkeypatch.setattr(Event, "resolve_by_type", staticmethod(Event.resolve_by_type))
    rasa_patches.apply()


def test_a_good_answer_of_the_action_server_is_accepted():
    """Events and responses in Rasa's own format pass."""
    answer = {"events": [{"event": "slot", "name": "layanan", "value": "ktp"}], "responses": [{}]}
    assert RemoteAction("action_x", None)._validate_action_result(answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"events": "no list", "responses": []},
        {"events": [{"no_event": 1}], "responses": []},
        {"events": [], "responses": ["not an object"]},
        [],
    ],
    ids=["events not a list", "event without a type", "response not an object", "a list"],
)
def test_a_bad_answer_is_refused_and_names_the_action(answer):
    """What Rasa refuses stays refused."""
    with pytest.raises(ValidationError, match="action_x"):
        RemoteAction("action_x", None)._validate_action_result(answer)


def test_every_event_type_resolves_to_the_class_rasa_would_pick():
    """The kept mapping equals a walk over the class tree."""
    for cls in all_subclasses(Event):
        first = next(c for c in all_subclasses(Event) if c.type_name == cls.type_name)
        assert Event.resolve_by_type(cls.type_name) is first


def test_an_unknown_event_type_is_an_error_or_the_default():
    """Unknown names behave as in Rasa: default, error, or nothing for the old 'topic'."""
    assert Event.resolve_by_type("no such", SlotSet) is SlotSet
    assert Event.resolve_by_type("topic") is None
    with pytest.raises(ValueError, match="no such"):
        Event.resolve_by_type("no such")


def test_another_rasa_version_is_refused(monkeypatch):
    """A newer Rasa must be read before it is patched."""
    monkeypatch.setattr(rasa_patches.rasa, "__version__", "3.6.22")
    with pytest.raises(rasa_patches.UnsupportedRasaError, match=r"3\.6\.22"):
        rasa_patches.apply()
