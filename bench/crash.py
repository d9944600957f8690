"""`python -m bench.crash`: residents write while the bot's parts are killed; is anything lost?

    python -m bench.crash --residents 1000 --kills 10               SQLite
    python -m bench.crash --database URL [--redis URL]              PostgreSQL [with Redis locks]

Each wave of residents writes at once, and in the middle of it Rasa, the action server, the road to
Meta or the database's connections are killed and come back one to three seconds later. The
simulator is Meta: it delivers webhooks again until they are accepted, and its transcript is what
the residents got to read. Loopback only, at most 20 minutes; everything started is ended. Exit
code 1 when a message was lost, filed twice, answered twice without need, or out of order.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path

from bench.crash_report import markdown
from bench.crash_residents import FEWEST_MESSAGES, MOST_MESSAGES, MOST_RESIDENTS, Crowd, Person
from bench.crash_stack import Left, Stack, named, stack
from bench.crash_verdict import Verdict, judge
from bench.figures import machine
from bench.replicas import ReplicasError, own_redis, own_schema
from kelurahan.settings import SettingsError
from scripts.children import ROOT, LaunchError, say
from scripts.children import stop_on_signals as end_on_signals

RESULTS = ROOT / "results" / "crash"
MOST_KILLS, MOST_SECONDS = 20, 1200.0
FIRST_REPLY_WITHIN = 60.0  # after the restart; then the run goes on without that figure
WAVE_HEAD_STARTS = (0.6, 1.2, 1.8)  # seconds from a wave's beginning to the kill, in turn
AWAY = (1.0, 2.0, 3.0)  # seconds from the kill to the restart, in turn
LOOK_EVERY = 0.2


@dataclass(frozen=True)
class Plan:
    """How much happens."""

    residents: int = 1000
    messages: int = 3
    victims: Sequence[str] = ()  # in the order of their deaths
    seconds: float = MOST_SECONDS
    at_once: bool = False  # kill at the first sight of an unanswered message


@dataclass
class Kill:
    """One death."""

    victim: str
    at: float  # seconds from the first message
    unanswered: int  # messages on their way when it came
    in_work: int  # messages that were claimed for a turn when it came
    away: float
    first_reply: float | None = None  # seconds from the restart


@dataclass
class Outcome:
    """The whole run."""

    verdict: Verdict
    left: Left
    kills: list[Kill] = field(default_factory=list)
    redelivered: int = 0  # webhooks with messages that were not accepted at the first attempt
    refused: int = 0  # attempts that were answered with something else than 200
    never_accepted: int = 0
    seconds: float = 0.0
    settled: bool = False  # the queues were empty at the end

    @property
    def good(self) -> bool:
        """Nothing lost, nothing repeated, all in order, nothing left over."""
        return self.verdict.good and self.settled and not self.never_accepted


def drill(plan: Plan, bot: Stack, crowd: Crowd) -> Outcome:
    """Waves and kills, then quiet, then the verdict."""
    begun, end = time.time(), time.monotonic() + plan.seconds
    kills = []
    for number, (victim, wave) in enumerate(zip(plan.victims, waves(plan, crowd), strict=True)):
        crowd.start(wave)
        head_start = WAVE_HEAD_STARTS[number % len(WAVE_HEAD_STARTS)]
        strike_when_busy(crowd) if plan.at_once else time.sleep(head_start)
        kills.append(kill(bot, crowd, victim, AWAY[number % len(AWAY)], begun))
        say(f"[crash] {told(kills[-1])}")
        if time.monotonic() > end:
            break
    settled = wait_settled(bot, crowd, end)
    left = bot.left()
    verdict = judge(crowd.people, crowd.replies(), left.filed, left.tries)
    posts = crowd.deliveries("messages")
    return Outcome(
        verdict,
        left,
        kills,
        redelivered=sum(len(one.attempts) > 1 for one in posts),
        refused=sum(a.status not in (200, None) for one in posts for a in one.attempts),
        never_accepted=sum(not one.accepted for one in posts),
        seconds=time.time() - begun,
        settled=settled,
    )


def strike_when_busy(crowd: Crowd, within: float = 10.0) -> None:
    """Return at the first sight of an unanswered message: a small crowd is soon served."""
    end = time.monotonic() + within
    while not crowd.unanswered() and time.monotonic() < end:
        time.sleep(0.005)


def waves(plan: Plan, crowd: Crowd) -> Iterator[list[Person]]:
    """The residents in as many groups as there are kills."""
    count = len(plan.victims)
    for number in range(count):
        yield crowd.people[number::count]


def kill(bot: Stack, crowd: Crowd, victim: str, away: float, begun: float) -> Kill:
    """Kill, bring back, wait for the first reply."""
    record = Kill(victim, time.time() - begun, crowd.unanswered(), bot.in_work(), away)
    bot.outage(victim, away)
    back = time.time()
    while record.first_reply is None and time.time() - back < FIRST_REPLY_WITHIN:
        time.sleep(LOOK_EVERY)
        bot.check()
        shown = crowd.first_reply_after(back)
        record.first_reply = shown - back if shown is not None else None
        if not crowd.unanswered() and record.first_reply is None:
            break  # everybody had been answered before the restart
    return record


def told(one: Kill) -> str:
    """A line for the screen."""
    reply = "none was due" if one.first_reply is None else f"after {one.first_reply:.1f} s"
    return (
        f"{one.at:5.0f} s: {one.victim} killed with {one.unanswered} unanswered, "
        f"away {one.away:.0f} s, first reply {reply}"
    )


def wait_settled(bot: Stack, crowd: Crowd, end: float) -> bool:
    """Everybody has written, every webhook was accepted, both queues are empty and stay so."""
    quiet = 0
    while quiet < 5 and time.monotonic() < end:
        time.sleep(LOOK_EVERY)
        bot.check()
        written = all(one.done for one in crowd.people)
        posted = all(one.done for one in crowd.deliveries("messages"))
        quiet = quiet + 1 if written and posted and not bot.open_rows() else 0
    return quiet >= 5


def run(plan: Plan, logs: Path, kills: int, database: str, redis_url: str) -> Outcome:
    """Build everything up, drill, take everything down."""
    with ExitStack() as around:
        more = {}
        if database:
            more["DATABASE_URL"] = named(around.enter_context(own_schema(database)))
        if redis_url:
            more["REDIS_URL"] = around.enter_context(own_redis(redis_url))
        var = around.enter_context(tempfile.TemporaryDirectory(prefix="kelurahan-crash-"))
        crowd = around.enter_context(Crowd(plan.residents, plan.messages))
        bot = around.enter_context(stack(Path(var), logs, crowd.port, more))
        crowd.sim.set_webhook(bot.place.webhook)
        order = plan.victims or [bot.victims[n % len(bot.victims)] for n in range(kills)]
        return drill(replace(plan, victims=order), bot, crowd)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--residents", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--messages", type=int, default=3, help="from each resident")
    parser.add_argument("--database", default="", help="postgresql://...; default: SQLite")
    parser.add_argument("--redis", default="", help="redis://...; default: locks in memory")
    chosen = parser.parse_args()
    bounds = {
        "residents": (1, MOST_RESIDENTS),
        "kills": (1, MOST_KILLS),
        "messages": (FEWEST_MESSAGES, MOST_MESSAGES),
    }
    for name, (least, most) in bounds.items():
        if not least <= getattr(chosen, name) <= most:
            parser.error(f"--{name}: {least} to {most}")
    return chosen


def main() -> int:
    """`python -m bench.crash [--residents N] [--kills N] [--messages N] [--database URL] ...`"""
    chosen = arguments()
    end_on_signals()
    folder = RESULTS / datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    folder.mkdir(parents=True)
    before = os.getloadavg()
    plan = Plan(chosen.residents, chosen.messages)
    try:
        outcome = run(plan, folder / "logs", chosen.kills, chosen.database, chosen.redis)
    except (LaunchError, SettingsError, ReplicasError) as error:
        print(f"[crash] {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("[crash] stopped")
        return 130
    store = "PostgreSQL" if chosen.database else "SQLite"
    facts = [*machine(before), f"{store}{', Redis locks' if chosen.redis else ''}"]
    text = markdown(outcome, facts)
    (folder / "table.md").write_text(text, encoding="utf-8")
    plain = {"facts": facts, "messages": plan.messages, **asdict(outcome), "good": outcome.good}
    plain["left"]["tries"] = sum(count > 1 for count in outcome.left.tries.values())
    plain["left"]["filed"] = sum(outcome.left.filed.values())
    (folder / "crash.json").write_text(json.dumps(plain, indent=2), encoding="utf-8")
    say(f"{text}\n[crash] {folder / 'table.md'}")
    return 0 if outcome.good else 1


if __name__ == "__main__":
    sys.exit(main())
