"""What a crash run has shown, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.figures import line

if TYPE_CHECKING:
    from bench.crash import Outcome

SHOWN = 10  # of the residents concerned
NOTES = """"Answered twice, reply in flight": it had gone out when the connection to Meta was cut or
Rasa was killed, and its row was sent again because nobody could know. Meta offers no key that would
prevent it. "Otherwise" is the bot's own mistake. First reply: seconds from the restart until any
resident reads an answer; Rasa itself takes most of it to load. "Told that it was recorded before":
the application had been filed, the turn around it had not been saved, and the line was run again
without filing again."""


def markdown(outcome: Outcome, facts: Sequence[str]) -> str:
    """The whole file."""
    head = f"# Killed {len(outcome.kills)} times: {'nothing lost' if outcome.good else 'FAILED'}"
    parts = [head, "\n".join(f"- {fact}" for fact in facts), _totals(outcome), _kills(outcome)]
    return "\n\n".join([*parts, NOTES, *_concerned(outcome)]) + "\n"


def _totals(outcome: Outcome) -> str:
    verdict = outcome.verdict
    rows: list[tuple[str, object]] = [
        ("residents", verdict.residents),
        ("messages written", verdict.written),
        ("answered", verdict.answered),
        ("**lost**", len(verdict.lost)),
        ("answered twice, reply in flight", verdict.twice_in_flight),
        ("**answered twice otherwise**", verdict.twice_otherwise),
        ("applications", sum(outcome.left.filed.values())),
        ("**lines not filed exactly once**", len(verdict.not_filed_once)),
        ("**residents with replies out of order**", len(verdict.out_of_order)),
        ("told that it was recorded before", verdict.told_before),
        ("told that it takes longer", verdict.notices),
        ("replies that answer nothing", verdict.strange),
        ("webhooks with a message delivered again", outcome.redelivered),
        ("of these attempts, answered other than 200", outcome.refused),
        ("webhooks never accepted", outcome.never_accepted),
        ("replies sent in more than one try", sum(n > 1 for n in outcome.left.tries.values())),
        ("queues empty at the end", "yes" if outcome.settled else "**no**"),
        ("seconds in all", f"{outcome.seconds:.0f}"),
    ]
    return "\n".join(["| | |", "|---|--:|", *(line([what, f"{value}"]) for what, value in rows)])


def _kills(outcome: Outcome) -> str:
    head = [
        "| kill | at (s) | unanswered | of these claimed | away (s) | first reply after (s) |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for one in outcome.kills:
        reply = "–" if one.first_reply is None else f"{one.first_reply:.1f}"
        counts = [f"{one.at:.0f}", f"{one.unanswered}", f"{one.in_work}", f"{one.away:.0f}"]
        head.append(line([one.victim, *counts, reply]))
    return "\n".join(head)


def _concerned(outcome: Outcome) -> list[str]:
    verdict = outcome.verdict
    kinds = {
        "Lost (resident: message)": verdict.lost,
        "Out of order (resident: messages answered)": verdict.out_of_order,
        "Not filed once (resident: applications)": verdict.not_filed_once,
    }
    return [f"{name}: {', '.join(found[:SHOWN])}" for name, found in kinds.items() if found]
