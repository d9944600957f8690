"""Killed in the middle of its work, the whole bot loses nothing, repeats nothing, keeps the order.

The long version is `python -m bench.crash`; here twenty residents and two deaths.
"""

from __future__ import annotations

import pytest

from bench.crash import Outcome, Plan, run
from bench.crash_residents import Person, Reply, person
from bench.crash_verdict import Verdict, judge
from kelurahan.whatsapp.replies import FIXED_REPLIES


@pytest.fixture(scope="module")
def outcome(tmp_path_factory) -> Outcome:
    """Rasa, then the action server, are killed while residents write; both come back."""
    plan = Plan(residents=20, messages=4, victims=("rasa", "actions"), seconds=150, at_once=True)
    return run(plan, tmp_path_factory.mktemp("logs"), kills=2, database="", redis_url="")


@pytest.mark.tumpukan
def test_both_were_killed_while_messages_waited_for_their_answers(outcome):
    assert [one.victim for one in outcome.kills] == ["rasa", "actions"]
    assert all(one.unanswered > 0 for one in outcome.kills)
    assert outcome.kills[0].first_reply, "Rasa came back and answered"


@pytest.mark.tumpukan
def test_every_message_is_answered_although_rasa_and_the_action_server_were_killed(outcome):
    assert outcome.settled, outcome.left.states
    assert (outcome.verdict.written, outcome.verdict.lost) == (80, [])
    assert outcome.verdict.answered == 80
    assert outcome.never_accepted == 0


@pytest.mark.tumpukan
def test_every_line_is_filed_exactly_once_although_they_were_killed(outcome):
    assert outcome.verdict.not_filed_once == []
    assert sum(outcome.left.filed.values()) == 20


@pytest.mark.tumpukan
def test_nobody_is_answered_out_of_order_or_twice_without_need(outcome):
    assert outcome.verdict.out_of_order == []
    assert outcome.verdict.twice_otherwise == 0
    assert outcome.verdict.strange == 0


# the judge itself: a run that could not fail would prove nothing


def a_chat() -> tuple[Person, list[Reply]]:
    """Three messages and their answers, rows 1 to 3 of the outbox."""
    one = person(7, 3)
    one.written = [None, None, None]
    return one, [Reply(f"… {line.mark}…", row) for row, line in enumerate(one.lines, 1)]


def verdict(replies: list[Reply], one: Person, filed: int = 1, **tries: int) -> Verdict:
    counts = {int(row.removeprefix("row")): count for row, count in tries.items()}
    return judge([one], {one.number: replies}, {one.name: filed}, counts)


def test_a_chat_with_each_answer_once_and_in_order_is_good():
    one, replies = a_chat()
    found = verdict(replies, one)
    assert found.good
    assert (found.written, found.answered, found.twice) == (3, 3, 0)


def test_the_judge_sees_a_message_without_an_answer():
    one, replies = a_chat()
    found = verdict([*replies[:1], Reply(FIXED_REPLIES["gangguan"], 2), replies[2]], one)
    assert found.lost == [f"{one.number}: 1"]
    assert (found.strange, found.good) == (1, False)


def test_the_judge_sees_answers_in_the_wrong_order():
    one, (first, second, third) = a_chat()
    assert verdict([first, third, second], one).out_of_order
    assert verdict([first, second, third, first], one).out_of_order


@pytest.mark.parametrize("filed", [0, 2])
def test_the_judge_sees_a_line_that_was_not_filed_exactly_once(filed):
    one, replies = a_chat()
    assert verdict(replies, one, filed).not_filed_once == [f"{one.number}: {filed}"]


def test_an_answer_read_twice_is_excused_only_when_its_row_had_to_be_sent_again():
    one, (first, second, third) = a_chat()
    again = verdict([first, first, second, third], one, row1=2)
    assert (again.twice, again.twice_in_flight, again.good) == (1, 1, True)
    needless = verdict([first, first, second, third], one, row1=1)
    assert (needless.twice_otherwise, needless.good) == (1, False)
    other_row = verdict([first, Reply(first.text, 9), second, third], one, row1=2, row9=2)
    assert (other_row.twice_otherwise, other_row.good) == (1, False)


def test_a_notice_that_it_takes_longer_is_no_answer_and_no_fault():
    one, replies = a_chat()
    found = verdict([Reply(FIXED_REPLIES["tertunda"], 9), *replies], one)
    assert (found.notices, found.strange, found.good) == (1, 0, True)
