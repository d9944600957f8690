"""What becomes of a message that could not be sent, for every class of error."""

from __future__ import annotations

import pytest

from kelurahan.whatsapp import errors
from kelurahan.whatsapp.retry import GIVE_UP_AFTER, Plan, backoff, plan

FIRST = {"attempts": 1, "before": "", "age": 0.0, "template": False}
LATE = {"age": GIVE_UP_AFTER + 1}
PLANS = [
    ("server trouble", errors.TransientError, {}, Plan(1)),
    ("server trouble, third try", errors.TransientError, {"attempts": 3}, Plan(16)),
    ("server trouble, fifth try", errors.TransientError, {"attempts": 5}, Plan(256, alert=True)),
    ("server trouble, for a day", errors.TransientError, LATE, Plan(alert=True)),
    ("our number throttled", errors.ThrottledError, {}, Plan(1, pause=1)),
    ("our number throttled again", errors.ThrottledError, {"attempts": 2}, Plan(4, pause=4)),
    ("one resident throttled", errors.PairThrottledError, {"attempts": 2}, Plan(4)),
    ("unknown outcome", errors.UnknownOutcomeError, {}, Plan(1)),
    (
        "unknown outcome twice",
        errors.UnknownOutcomeError,
        {"attempts": 2, "before": "UnknownOutcomeError"},
        Plan(uncertain=True, alert=True),
    ),
    ("token", errors.CredentialsError, {}, Plan(60, pause=60, counted=False, alert=True)),
    ("token, long", errors.CredentialsError, LATE, Plan(60, pause=60, counted=False, alert=True)),
    ("account", errors.AccountError, {}, Plan(300, pause=300, counted=False, alert=True)),
    ("window", errors.WindowClosedError, {}, Plan(3)),
    (
        "window twice",
        errors.WindowClosedError,
        {"before": "WindowClosedError"},
        Plan(wait_for_resident=True),
    ),
    ("window, template", errors.WindowClosedError, {"template": True}, Plan(0, by_template=True)),
    ("recipient", errors.RecipientError, {}, Plan(alert=True)),
    ("policy", errors.PolicyError, {}, Plan(alert=True)),
    ("our own mistake", errors.RequestError, {}, Plan(alert=True)),
]


@pytest.mark.parametrize(
    ("kind", "case", "expected"), [p[1:] for p in PLANS], ids=[p[0] for p in PLANS]
)
def test_each_error_has_its_plan(kind, case, expected):
    assert plan(kind(1), **{**FIRST, **case}) == expected


def test_every_class_of_error_has_a_case_above():
    kinds = {errors.SendError}
    while new := {sub for kind in kinds for sub in kind.__subclasses__()} - kinds:
        kinds |= new
    # errors of fetching a file stand elsewhere and never come from sending
    of_sending = {kind for kind in kinds if kind.__module__ == errors.__name__}
    assert {case[1] for case in PLANS} == of_sending - {errors.SendError}


def test_pauses_grow_as_meta_asks_and_stop_growing_after_four_minutes():
    assert [backoff(n) for n in range(1, 8)] == [1, 4, 16, 64, 256, 256, 256]
    assert backoff(10_000) == 256
