"""Who writes while others wait, and when a run counts as good."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from bench import waiting
from bench.load import MIX
from bench.waiting import Post, Run, asked, body, faults
from kelurahan.whatsapp.events import Outcome
from kelurahan.whatsapp.parse import parse

OLD, NEW = asked(waiting.OLD, 5), asked(waiting.NEW, 2)
ANSWERS = [(2.0 + n, who, f"... {OLD[who][1]} ...") for n, who in enumerate(OLD)]
ANSWERS += [(9.0, who, mark) for who, (_, mark) in NEW.items()]
GOOD = Run(16.0, [Post(0.0, 0.01, 200), Post(2.5, 0.02, 200)], 5, 6, 0, ANSWERS)


def test_nobody_both_waits_and_writes_and_everybody_is_made_up():
    most = {name: most for name, (_, _, most) in waiting.OPTIONS.items()}
    old, new = asked(waiting.OLD, most["rows"]), asked(waiting.NEW, most["webhooks"])
    assert not set(old) & set(new)
    assert all(number.startswith("62813") and len(number) == 13 for number in {**old, **new})
    assert set(old.values()) == set(MIX[:4])


def test_a_webhook_holds_one_message_of_each_resident_for_the_conversation():
    known = waiting.CONFIG.phone_number_id
    batch = parse(body(OLD), phone_number_id=known, now=time.time())
    assert batch.malformed == 0
    assert [one.sender.wa_id for one in batch.messages] == list(OLD)
    assert [one.content.text for one in batch.messages] == [text for text, _ in OLD.values()]
    assert {one.content.outcome for one in batch.messages} == {Outcome.TO_RASA}
    assert len({one.wamid for one in batch.messages}) == len(OLD)


CASES = [
    ("all answered once", {}, {}),
    ("one lost", {"arrived": ANSWERS[1:]}, {"lost": 1}),
    ("one twice", {"arrived": [*ANSWERS, ANSWERS[0]]}, {"doubled": 1}),
    ("another text", {"arrived": [(2.0, ANSWERS[0][1], "Maaf"), *ANSWERS[1:]]}, {"not fitting": 1}),
    ("a stranger", {"arrived": [*ANSWERS, (9.0, "628", "ya")]}, {"not fitting": 1}),
    ("refused", {"posts": [Post(0.0, 0.01, 503), GOOD.posts[1]]}, {"webhooks not 200": 1}),
    ("no answer", {"posts": [GOOD.posts[0], Post(2.5, 0.02, 0)]}, {"webhooks not 200": 1}),
    ("rows left", {"left": 3}, {"still open": 3}),
    ("too few rows", {"posts": [Post(7.0, 0.01, 200)]}, {"measured while nothing waited": 1}),
]


@pytest.mark.parametrize(("change", "wanted"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_run_is_judged_by_what_residents_and_meta_got(change: dict, wanted: dict):
    found = faults(replace(GOOD, **change), OLD, NEW)
    assert {name: count for name, count in found.items() if count} == wanted


def test_old_messages_answered_before_the_last_webhook_no_longer_wait():
    assert GOOD.unanswered(OLD) == 4


def test_the_report_counts_answers_until_the_last_old_one():
    [_, row, goal, waited, _, worked_off] = waiting.report(GOOD, OLD)
    assert row == "| 2 | 10.0 | 20.0 | 20.0 | 20.0 |\n"
    assert ": met;" in goal
    assert "5 at the first webhook, 6 at the last one's 200 (4 of them old)" in waited
    assert worked_off == "- old rows worked off in 6 s: 1 a second, 1 with new ones"
