"""What a prediction works out with less work is what Rasa works out.

Rasa's own code comes from a second copy of its modules: another test may have patched the first.
"""

from __future__ import annotations

import copy
import importlib.util
import itertools
import json
import logging
import random
import re
import tarfile
from pathlib import Path

import pytest
from rasa.core import processor
from rasa.core.actions import action
from rasa.core.policies import rule_policy
from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.shared.core import events as e
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from kelurahan.whatsapp import rasa_states
from scripts.children import ROOT
from scripts.surroundings import MODEL


def rasas_own(module: str, owner: str, name: str):
    """A function of Rasa's that no patch has touched."""
    spec = importlib.util.find_spec(module)
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    return getattr(getattr(copy, owner), name)


OWN_STATES = rasas_own("rasa.shared.core.domain", "Domain", "states_for_tracker_history")
OWN_APPLIED = rasas_own("rasa.shared.core.trackers", "DialogueStateTracker", "applied_events")
OWN_FIND = rasas_own("rasa.core.policies.rule_policy", "RulePolicy", "_find_action_from_rules")
OWN_KEYS = rasas_own("rasa.core.policies.rule_policy", "RulePolicy", "_get_possible_keys")


@pytest.fixture(autouse=True)
def patched(monkeypatch):
    """Apply the patches for one test only."""
    for owner, name in (
        (Domain, "states_for_tracker_history"),
        (Domain, "is_empty"),
        (RulePolicy, "_get_possible_keys"),
        (RulePolicy, "_find_action_from_rules"),
        (DialogueStateTracker, "applied_events"),
        (DialogueStateTracker, "copy"),
        (Policy, "format_tracker_states"),
        (action, "default_actions"),
    ):
        monkeypatch.setattr(owner, name, owner.__dict__[name])
    monkeypatch.setattr(processor, "copy", copy)
    rasa_states.apply()


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml"))


@pytest.fixture(scope="module")
def lookup() -> dict[str, dict[str, str]]:
    """The rules of the trained model."""
    if not MODEL.exists():
        pytest.skip("no trained model")
    with tarfile.open(MODEL) as archive:
        name = next(n for n in archive.getnames() if n.endswith("rule_policy.json"))
        return json.load(archive.extractfile(name))["lookup"]


def said(domain: Domain, dice: random.Random) -> e.UserUttered:
    """A message with some purpose, with a service or without."""
    intent = {"name": dice.choice(domain.intents), "confidence": 0.9}
    entities = [{"entity": "layanan", "value": "ktp"}] * dice.randint(0, 1)
    return e.UserUttered("x", intent, entities, {"intent": intent, "entities": entities})


def happenings(domain: Domain, dice: random.Random) -> list[e.Event]:
    """One turn, sometimes with a form, a refusal, or something taken back."""
    form = domain.form_names[0]
    actions = [a for a in domain.action_names_or_texts if a not in domain.form_names]
    turn = [said(domain, dice), e.DefinePrevUserUtteredFeaturization(dice.random() < 0.1)]
    for _ in range(dice.randint(1, 3)):
        turn.append(e.ActionExecuted(dice.choice([*actions[-20:], form])))
        turn += dice.choice(
            [
                [],
                [e.ActiveLoop(form), e.SlotSet("requested_slot", "nama")],
                [e.ActiveLoop(None), e.SlotSet("requested_slot", None)],
                [e.LoopInterrupted(True)],
                [e.ActionExecutionRejected(form)],
                [e.SlotSet("layanan", dice.choice(["ktp", "kk", None]))],
                [e.BotUttered("ya")],
                [e.ActionReverted()],
                [e.UserUtteranceReverted()],
                [e.FollowupAction(form)],
                [e.Restarted()] if dice.random() < 0.2 else [],
            ]
        )
    return [*turn, e.ActionExecuted("action_listen")]


@pytest.mark.parametrize("seed", range(25))
def test_the_states_are_rasas_after_every_event(domain: Domain, seed: int):
    dice = random.Random(seed)
    tracker = DialogueStateTracker("warga", domain.slots)
    begin = [e.ActionExecuted("action_session_start"), e.SessionStarted()]
    turns = (happenings(domain, dice) for _ in range(8))
    for event in itertools.chain(begin, [e.ActionExecuted("action_listen")], *turns):
        tracker.update(event, domain)
        assert tracker.applied_events() == OWN_APPLIED(tracker)
        if dice.random() < 0.5:
            states = tracker.past_states(domain)
            assert states == OWN_STATES(domain, tracker)
            for state in states:  # as the featurizer does: what we were given is ours to change
                state.get("user", {}).pop("intent", None)


def test_only_what_happened_since_is_replayed(domain: Domain, monkeypatch):
    dice = random.Random(1)
    tracker = DialogueStateTracker("warga", domain.slots)
    for event in happenings(domain, dice):
        tracker.update(event, domain)
    tracker.past_states(domain)
    asked = []
    own = Domain.get_active_state
    monkeypatch.setattr(Domain, "get_active_state", lambda *a, **k: asked.append(1) or own(*a, **k))
    tracker.past_states(domain)
    assert asked == []
    tracker.update(e.BotUttered("ya"), domain)
    tracker.past_states(domain)
    assert len(asked) == 1


def test_training_and_other_policies_get_rasas_own_states(domain: Domain):
    tracker = DialogueStateTracker("warga", domain.slots)
    for event in happenings(domain, random.Random(2)):
        tracker.update(event, domain)
    for options in ({"omit_unset_slots": True}, {"ignore_rule_only_turns": True}):
        options["rule_only_data"] = {"rule_only_slots": [], "rule_only_loops": []}
        assert tracker.past_states(domain, **options) == OWN_STATES(domain, tracker, **options)


@pytest.mark.parametrize("seed", range(25))
def test_the_same_rules_fit(domain: Domain, lookup, seed: int):
    dice = random.Random(seed)
    policy = RulePolicy.__new__(RulePolicy)
    tracker = DialogueStateTracker("warga", domain.slots)
    found = 0
    for _ in range(6):
        for event in happenings(domain, dice):
            tracker.update(event, domain)
            states = tracker.past_states(domain)
            for rules in lookup.values():
                if not isinstance(rules, dict):
                    continue
                keys = policy._get_possible_keys(rules, states)
                assert keys == OWN_KEYS(policy, rules, states)
                found += len(keys)
    assert found > 0
    assert policy._get_possible_keys(lookup["rules"], []) == set(lookup["rules"])


def rule_policy_with(lookup) -> RulePolicy:
    config = {**RulePolicy.get_default_config(), "core_fallback_threshold": 0.3}
    graph = ExecutionContext(GraphSchema({}))
    return RulePolicy(config, None, Resource("rule_policy"), graph, lookup=lookup)


@pytest.mark.parametrize("seed", range(25))
def test_the_same_is_predicted(domain: Domain, lookup, seed: int, monkeypatch):
    dice, policy = random.Random(seed), rule_policy_with(lookup)
    tracker = DialogueStateTracker("warga", domain.slots)
    ours, rasas = [], []
    for event in (x for _ in range(6) for x in happenings(domain, dice)):
        tracker.update(event, domain)
        ours.append(policy._predict(tracker, domain))
        with monkeypatch.context() as own:
            own.setattr(RulePolicy, "_find_action_from_rules", OWN_FIND)
            rasas.append(policy._predict(tracker, domain))
    assert ours == rasas
    assert any(max(prediction.probabilities) == 1 for prediction, _ in ours)


LISTENED = {"prev_action": {"action_name": "action_listen"}}


@pytest.mark.parametrize(
    "state",
    [{**LISTENED, "user": {"text": "x"}}, LISTENED, {**LISTENED, "slots": {"layanan": [1.0]}}],
    ids=["words", "anything", "slot"],
)
@pytest.mark.parametrize("kind", ["rules", "rules_for_loop_unhappy_path"])
def test_a_rule_that_fits_words_is_found(domain: Domain, lookup, state, kind):
    """Ours has none: should somebody write one, it works as in Rasa."""
    value = "action_menu" if kind == "rules" else "loop_was_interrupted"
    key = json.dumps([state], sort_keys=True)
    policy = rule_policy_with({**lookup, kind: {**lookup[kind], key: value}})
    tracker = DialogueStateTracker("warga", domain.slots)
    said_x = e.UserUttered("x", {"name": "terima_kasih", "confidence": 1.0})
    form = domain.form_names[0]
    for event in (
        e.ActiveLoop(form),
        e.ActionExecuted("action_listen"),
        said_x,
        e.SlotSet("layanan", "ktp"),
    ):
        tracker.update(event, domain)
    found = policy._find_action_from_rules(tracker, domain, True)
    assert found == OWN_FIND(policy, tracker, domain, True)
    assert found[0 if kind == "rules" else 2]


PLAIN = (e.ActionReverted, e.UserUtteranceReverted, e.ActiveLoop)


@pytest.mark.parametrize("seed", range(25))
def test_a_conversation_without_forms_is_applied_as_by_rasa(domain: Domain, seed: int):
    dice = random.Random(seed)
    tracker = DialogueStateTracker("warga", domain.slots)
    begin = [e.ActionExecuted("action_session_start"), e.SessionStarted()]
    for event in (x for _ in range(6) for x in [*begin, *happenings(domain, dice)]):
        if not isinstance(event, PLAIN):
            tracker.update(event, domain)
            assert tracker.applied_events() == OWN_APPLIED(tracker)


def test_no_kind_of_event_is_a_kind_of_another():
    """Types are compared, where Rasa asks `isinstance`."""
    for kind in (*rasa_states._BEGINNINGS, *rasa_states._INTRICATE):
        assert set(kind.__subclasses__()) <= rasa_states._INTRICATE


def test_whether_a_domain_is_empty_is_worked_out_once(domain: Domain, monkeypatch):
    nothing = Domain.empty()
    assert (domain.is_empty(), nothing.is_empty()) == (False, True)
    monkeypatch.setattr(Domain, "as_dict", None)
    assert (domain.is_empty(), nothing.is_empty()) == (False, True)


def content(tracker: DialogueStateTracker) -> dict:
    """All that a conversation holds, but what our own modules keep with it."""
    held = {k: v for k, v in tracker.__dict__.items() if not k.startswith("_kelurahan_")}
    held["slots"] = {name: (type(slot), slot.__dict__) for name, slot in tracker.slots.items()}
    return held


@pytest.mark.parametrize("seed", range(25))
def test_a_copy_is_what_rasas_replay_gives_and_leaves_the_original_alone(domain, seed):
    dice = random.Random(seed)
    tracker = DialogueStateTracker("warga", domain.slots)
    tracker.update_with_events([e.ActionExecuted("action_listen")], domain)
    for _ in range(6):
        turn = happenings(domain, dice)
        for event in turn:
            tracker.update(event, domain)
            if dice.random() < 0.3:
                tracker.past_states(domain)  # leaves something of ours with the tracker
            ours, rasas = tracker.copy(), tracker.travel_back_in_time(float("inf"))
            assert content(ours) == content(rasas)
            assert ours.past_states(domain) == OWN_STATES(domain, rasas)
        before = copy.deepcopy(content(tracker))
        ours.update_with_events(happenings(domain, dice), domain)
        if ours.active_loop:
            ours.interrupt_loop(True)
        assert content(tracker) == before


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
def test_the_processor_copies_for_debug_lines_only(level, caplog):
    value = [{"a": 1}]
    with caplog.at_level(level, logger="rasa.core.processor"):
        copied = processor.copy.deepcopy(value)
    assert copied == value
    assert (copied is not value) == (level == logging.DEBUG)


def test_the_processor_uses_nothing_else_of_copy():
    """What stands in the place of the module has one function."""
    source = Path(processor.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r"\bcopy\.(\w+)", source)) == {"deepcopy"}


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
def test_states_are_put_into_words_for_debug_lines_only(level, caplog):
    states = [{"user": {"intent": "salam"}, "prev_action": {"action_name": "action_listen"}}]
    with caplog.at_level(level, logger=rule_policy.__name__):
        told = RulePolicy.format_tracker_states(states)
    assert ("salam" in told) == (level == logging.DEBUG)


def test_default_actions_are_rasas_and_belong_to_their_endpoint():
    own = rasas_own("rasa.core.actions.action", "ActionListen", "name").__globals__
    first, second = EndpointConfig("http://a"), EndpointConfig("http://b")
    for endpoint in (first, second, None):
        ours = action.default_actions(endpoint)
        rasas = own["default_actions"](endpoint)
        assert [type(a).__name__ for a in ours] == [type(a).__name__ for a in rasas]
        assert [a.__dict__ for a in ours] == [a.__dict__ for a in rasas]
    assert action.default_actions(first)[0] is action.default_actions(first)[0]
    assert action.default_actions(first)[0] is not action.default_actions(second)[0]
    action.default_actions(first).clear()
    assert action.default_actions(first)


def test_what_applies_is_found_anew_when_events_are_put_in_the_place_of_others(domain):
    tracker = DialogueStateTracker("warga", domain.slots)
    tracker.update_with_events([e.ActionExecuted("action_listen"), e.BotUttered("a")], domain)
    before = tracker.applied_events()
    before.clear()  # what a caller does with the answer is its own affair
    assert len(tracker.applied_events()) == 2
    tracker.events = tracker.events.copy()
    tracker.events[1] = e.BotUttered("b")
    assert tracker.applied_events() == OWN_APPLIED(tracker)
