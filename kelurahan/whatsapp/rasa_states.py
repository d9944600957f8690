"""Nine more patches of Rasa 3.6.21, for what it works out again and again in one turn.

A turn asks `RulePolicy` two or three times what to do next. Each time Rasa replays the whole
conversation to describe every state it was in, and compares every rule with each of these states.
All give Rasa's own answer here, with less work:

8. `Domain.states_for_tracker_history`: the states so far are kept with their tracker and only what
   happened since is replayed.
9. `RulePolicy._get_possible_keys`: only rules that fit the last action and the purpose of the last
   message are compared, and no state further back than the longest rule left reaches.
10. `DialogueStateTracker.applied_events`: where nothing was taken back and no form ran, the answer
    is what came after the last session start; no event is asked six times what it is. The answer
    is kept until something happens.
11. `Domain.is_empty`: asked for every message, it compares the domain with a newly built one.
12. `DialogueStateTracker.copy`: Rasa copies a conversation for every action and replays all of it;
    what that gives is what the conversation is now.
13. `MessageProcessor` copies events deeply, and `RulePolicy` describes every state in words, for
    debug lines that nobody has asked for.
14. `action.default_actions` makes twelve actions anew whenever one action is looked up.
15. `RulePolicy._find_action_from_rules` looks first for a rule that fits the words of a message.
    Where every rule asks for a purpose there is none, and nothing is looked for.
"""

from __future__ import annotations

import copy
import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rasa.core import processor
from rasa.core.actions import action
from rasa.core.policies import rule_policy
from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import (
    RULES,
    RULES_FOR_LOOP_UNHAPPY_PATH,
    SHOULD_NOT_BE_SET,
    RulePolicy,
)
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    Event,
    LegacyForm,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT
from rasa.utils.endpoints import EndpointConfig

_STATES, _RULES = "_kelurahan_states", "_kelurahan_rules"  # on the tracker, on the policy
_APPLIED = "_kelurahan_applied"  # on the tracker
_EMPTY = "_kelurahan_empty"  # on the domain
_DEFAULTS = "_kelurahan_defaults"  # on the endpoint
_rasas_states = Domain.states_for_tracker_history
_rasas_applied_events = DialogueStateTracker.applied_events
_rasas_is_empty = Domain.is_empty
_rasas_format = Policy.format_tracker_states
_rasas_find_action = RulePolicy._find_action_from_rules
_rasas_default_actions = action.default_actions
_BEGINNINGS = (Restarted, SessionStarted)
_INTRICATE = {ActionReverted, UserUtteranceReverted, ActiveLoop, LegacyForm}


def apply() -> None:
    """Install all; `rasa_patches.apply` has checked the version."""
    Domain.states_for_tracker_history = _states_for_tracker_history
    RulePolicy._get_possible_keys = _get_possible_keys
    RulePolicy._find_action_from_rules = _find_action_from_rules
    DialogueStateTracker.applied_events = _applied_events
    Domain.is_empty = _is_empty
    DialogueStateTracker.copy = _copy
    processor.copy = _DebugCopies()
    Policy.format_tracker_states = staticmethod(_format_tracker_states)
    action.default_actions = _default_actions


@dataclass
class _Kept:
    """How far a conversation has been replayed."""

    domain: Domain
    replayed: DialogueStateTracker
    applied: list[Event] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    now: State | None = None  # the last state, until something happens

    def leads_to(self, domain: Domain, applied: list[Event]) -> bool:
        """Whether these events begin with those replayed; reverted ones make it start anew."""
        return (
            self.domain is domain
            and len(self.applied) <= len(applied)
            and all(old is new for old, new in zip(self.applied, applied, strict=False))
        )


def _states_for_tracker_history(
    self: Domain,
    tracker: DialogueStateTracker,
    omit_unset_slots: bool = False,
    ignore_rule_only_turns: bool = False,
    rule_only_data: dict[str, Any] | None = None,
) -> list[State]:
    if omit_unset_slots or ignore_rule_only_turns:  # training, and policies that we do not use
        return _rasas_states(
            self, tracker, omit_unset_slots, ignore_rule_only_turns, rule_only_data
        )
    applied = tracker.applied_events()
    kept = tracker.__dict__.get(_STATES)
    if kept is None or not kept.leads_to(self, applied):
        kept = tracker.__dict__[_STATES] = _Kept(self, tracker.init_copy())
    for event in applied[len(kept.applied) :]:
        if isinstance(event, ActionExecuted):
            kept.states.append(self.get_active_state(kept.replayed))
        kept.replayed.update(event)
        kept.now = None
    kept.applied = applied
    if kept.now is None:
        kept.now = self.get_active_state(kept.replayed)
    return [_to_give(state) for state in (*kept.states, kept.now)]


def _to_give(state: State) -> State:
    """A copy: featurizers take text, purpose or entities out of the user's part."""
    given = dict(state)
    if USER in given:
        given[USER] = dict(given[USER])
    return given


class _Rules:
    """The rules of a lookup by what their last state demands."""

    def __init__(self, policy: RulePolicy, lookup: dict[str, str]) -> None:
        self.lookup = lookup
        self.lengths: dict[str, int] = {}
        self._by_demand: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
        self._starts: list[str] = []  # of a conversation: Rasa compares nothing else of them
        for key in lookup:
            states = policy._rule_key_to_state(key)
            self.lengths[key] = len(states)
            last = states[-1] if states else {}
            if last.get(PREVIOUS_ACTION):
                demand = (
                    _demanded(last, PREVIOUS_ACTION, ACTION_NAME),
                    _demanded(last, USER, INTENT),
                )
                self._by_demand[demand].append(key)
            else:
                self._starts.append(key)
        # whether one could fit a message by its text, without a purpose, after a reply
        self.fit_a_text = any(
            intent is None and action in (None, ACTION_LISTEN_NAME)
            for action, intent in self._by_demand
        )

    def candidates(self, state: State) -> Iterable[str]:
        """Every rule that could fit this last state, and a few that do not."""
        action = state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME)
        intent = state.get(USER, {}).get(INTENT)
        yield from self._starts
        for demand in {(action, intent), (action, None), (None, intent), (None, None)}:
            yield from self._by_demand.get(demand, ())


def _demanded(state: State, kind: str, key: str) -> str | None:
    """The value that a rule's state insists on, None if it takes any."""
    value = state.get(kind, {}).get(key)
    return value if isinstance(value, str) and value != SHOULD_NOT_BE_SET and value else None


def _rules(policy: RulePolicy, lookup: dict[str, str]) -> _Rules:
    known = policy.__dict__.setdefault(_RULES, {})
    rules = known.get(id(lookup))
    if rules is None or rules.lookup is not lookup or len(rules.lengths) != len(lookup):
        rules = known[id(lookup)] = _Rules(policy, lookup)
    return rules


def _get_possible_keys(self: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
    if not states:
        return set(lookup)
    rules = _rules(self, lookup)
    possible = set(rules.candidates(states[-1]))
    for i, state in enumerate(reversed(states)):
        if not any(rules.lengths[key] > i for key in possible):
            break
        possible = {key for key in possible if self._is_rule_applicable(key, i, state)}
    return possible


def _find_action_from_rules(
    self: RulePolicy,
    tracker: DialogueStateTracker,
    domain: Domain,
    use_text_for_last_user_input: bool,
) -> tuple[str | None, str | None, bool]:
    if use_text_for_last_user_input and not any(
        _rules(self, self.lookup[kind]).fit_a_text for kind in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)
    ):
        return None, None, False
    return _rasas_find_action(self, tracker, domain, use_text_for_last_user_input)


def _applied_events(self: DialogueStateTracker) -> list[Event]:
    count, last = len(self.events), self.events[-1] if self.events else None
    kept = self.__dict__.get(_APPLIED)
    if kept is None or kept[0] is not self.events or kept[1] != count or kept[2] is not last:
        kept = self.__dict__[_APPLIED] = (self.events, count, last, _applied(self))
    return list(kept[3])


def _applied(self: DialogueStateTracker) -> list[Event]:
    events = list(self.events)
    kinds = {type(event) for event in events}
    if kinds & _INTRICATE:
        return _rasas_applied_events(self)
    if not kinds.isdisjoint(_BEGINNINGS):
        last = max(i for i, event in enumerate(events) if type(event) in _BEGINNINGS)
        return events[last + 1 :]
    return events


def _is_empty(self: Domain) -> bool:
    if _EMPTY not in self.__dict__:
        self.__dict__[_EMPTY] = _rasas_is_empty(self)
    return self.__dict__[_EMPTY]


_OURS = "_kelurahan_"  # what our own modules keep with a tracker


def _copy(self: DialogueStateTracker) -> DialogueStateTracker:
    """The same conversation, to go on with: its events are shared, nothing that changes is."""
    new = DialogueStateTracker.__new__(DialogueStateTracker)
    new.__dict__.update((k, v) for k, v in self.__dict__.items() if not k.startswith(_OURS))
    new.events = self.events.copy()
    new.slots = {name: _copy_of(slot) for name, slot in self.slots.items()}
    new.active_loop = copy.copy(self.active_loop)
    # a replayed one does not know these
    new.sender_source = new.model_id = new.assistant_id = None
    return new


def _copy_of(slot: Slot) -> Slot:
    """As copy.copy, which asks first how."""
    new = object.__new__(type(slot))
    new.__dict__.update(slot.__dict__)
    return new


class _DebugCopies:
    """In the place of the module `copy` in Rasa's processor, which copies for debug lines only."""

    @staticmethod
    def deepcopy(value: Any) -> Any:
        """A deep copy if it will be written, else what was given."""
        return copy.deepcopy(value) if _PROCESSOR_LOG.isEnabledFor(logging.DEBUG) else value


def _format_tracker_states(states: list[State]) -> str:
    return _rasas_format(states) if _RULES_LOG.isEnabledFor(logging.DEBUG) else ""


def _default_actions(action_endpoint: EndpointConfig | None = None) -> list[action.Action]:
    """Made once for an endpoint: none of them remembers anything."""
    if action_endpoint is None:
        return _rasas_default_actions()
    kept = action_endpoint.__dict__
    if _DEFAULTS not in kept:
        kept[_DEFAULTS] = _rasas_default_actions(action_endpoint)
    return list(kept[_DEFAULTS])


_RULES_LOG = logging.getLogger(rule_policy.__name__)
_PROCESSOR_LOG = logging.getLogger(processor.__name__)
