"""Judges a run from what the residents read and from the rows that were left: no opinion of ours.

A reply belongs to the message whose mark it holds; the bot's own ids are not asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.crash_residents import Person, Reply
from kelurahan.whatsapp.replies import FIXED_REPLIES

BEFORE = "sudah tercatat sebelumnya"


@dataclass
class Verdict:
    """Counts, and for what must not happen the residents concerned."""

    residents: int = 0
    written: int = 0
    answered: int = 0
    lost: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    not_filed_once: list[str] = field(default_factory=list)
    twice: int = 0  # answers that were read more than once ...
    twice_in_flight: int = 0  # ... because the same row was posted again: its answer got lost
    notices: int = 0  # "it takes longer"
    strange: int = 0  # replies that answer nothing that was written
    told_before: int = 0  # "was recorded before" for a line that was sent once

    @property
    def twice_otherwise(self) -> int:
        """Two rows for one message, or one row posted again without need."""
        return self.twice - self.twice_in_flight

    @property
    def good(self) -> bool:
        """Nothing lost, nothing filed twice or never, everything in order."""
        return not (self.lost or self.out_of_order or self.not_filed_once or self.twice_otherwise)


def judge(
    people: Sequence[Person],
    replies: Mapping[str, Sequence[Reply]],
    filed: Mapping[str, int],
    tries: Mapping[int, int],
) -> Verdict:
    """`filed`: applications by name; `tries`: for each row of the outbox, how often it was sent."""
    verdict = Verdict(residents=sum(bool(one.written) for one in people))
    for one in people:
        verdict.written += len(one.written)
        wanted = 1 if len(one.written) > 1 else 0
        if filed.get(one.name, 0) != wanted:
            verdict.not_filed_once.append(f"{one.number}: {filed.get(one.name, 0)}")
        _judge_chat(verdict, one, replies.get(one.number, ()), tries)
    return verdict


def _judge_chat(
    verdict: Verdict, one: Person, replies: Sequence[Reply], tries: Mapping[int, int]
) -> None:
    answers: list[tuple[int, Reply]] = []
    for reply in replies:
        number = answers_to(one, reply.text)
        if number is not None:
            answers.append((number, reply))
        elif reply.text == FIXED_REPLIES["tertunda"]:
            verdict.notices += 1
        else:
            verdict.strange += 1
        verdict.told_before += BEFORE in reply.text
    order = [number for number, _ in answers]
    if order != sorted(order):
        verdict.out_of_order.append(f"{one.number}: {order}")
    counted = Counter(order)
    verdict.answered += len(counted)
    verdict.lost += [f"{one.number}: {n}" for n in range(len(one.written)) if n not in counted]
    for number, times in counted.items():
        rows = [reply.row for at, reply in answers if at == number]
        again = len(set(rows)) == 1 and tries.get(rows[0], 0) >= times
        verdict.twice += times - 1
        verdict.twice_in_flight += (times - 1) * again


def answers_to(one: Person, text: str) -> int | None:
    """Which of the resident's messages this text answers."""
    found = (n for n, line in enumerate(one.lines) if line.mark in text)
    return next(found, None)
