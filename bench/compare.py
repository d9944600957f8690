"""`make bench`: this bot beside a stock Rasa bot and the framework's floor, in one run.

    python -m bench.compare                    table and picture in results/bench/TIME/
    python -m bench.compare --replicas         one Rasa server beside two, on PostgreSQL and Redis
    python -m bench.compare --profile ours     where the Rasa server's time goes under a fixed load

Loopback only; everything that is started is ended. See README.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path

from bench import plot, profiling, replicas
from bench.bots import BOTS, Options, Place, Plan
from bench.figures import Result, machine, report
from bench.load import LONGEST, MIX, MOST_MESSAGES
from bench.measuring import Bot, load_all
from kelurahan.settings import SettingsError
from scripts.children import ROOT, Children, LaunchError, free_port, say
from scripts.children import stop_on_signals as end_on_signals

RESULTS = ROOT / "results" / "bench"
MOST_ROUNDS = 10
NOTES = f"""Webhook to reply: from sending the signed webhook until the reply arrives at the fake
Graph API, which runs in the process of the load. A conversation is {len(MIX)} messages from a
number of its own, each sent after the reply to the one before; "at once": so many side by side.
"as ours": replies that hold what ours must (the stock bot learns a sample in few epochs: its
accuracy is not what is compared). Stock and no-op keep conversations in memory, check no signature
and record nothing; ours checks and keeps everything in its database. CPU is what the bot's programs
used of the processor over all levels: other work on the machine moves it far less than the times.
All bots run at once, but one at a time is loaded, round by round: a slow quarter of an hour of the
machine is shared by all.
Training is the whole `rasa train`."""


def built(key: str, plan: Plan, logs: Path, around: ExitStack) -> Bot:
    """One bot: trained if need be, in a place of its own; taken down by `around`."""
    name, build = BOTS[key]
    var = around.enter_context(tempfile.TemporaryDirectory(prefix="kelurahan-bench-"))
    children = around.enter_context(Children(logs / key))
    graph_port = free_port()
    place = Place.make(Path(var), free_port(), graph_port)
    ready = build(children, place, plan.options)
    result = Result(key, name, judged=key in ("ours", "stock"))
    return Bot(children, result, ready, graph_port, [place.webhook])


def compare(keys: Sequence[str], plan: Plan, folder: Path) -> list[Result]:
    """All bots run, one at a time has anything to do."""
    with ExitStack() as around:
        return load_all([built(key, plan, folder / "logs", around) for key in keys], plan)


def write(folder: Path, title: str, results: list[Result], before: Sequence[float]) -> None:
    """table.md, plot.png, and the table on the screen."""
    text = report(title, results, machine(before), NOTES)
    (folder / "table.md").write_text(text, encoding="utf-8")
    plot.draw(folder / "plot.png", title, results)
    say(text)
    say(f"[bench] {folder / 'table.md'}\n[bench] {folder / 'plot.png'}")


def numbers(text: str) -> tuple[int, ...]:
    """`1,8,32` as numbers."""
    found = tuple(int(part) for part in text.split(","))
    if not all(1 <= one <= 256 for one in found):
        raise argparse.ArgumentTypeError("residents at once: 1 to 256")
    return found


def keys(text: str) -> tuple[str, ...]:
    """`ours,stock` as keys of BOTS."""
    found = tuple(text.split(","))
    if unknown := set(found) - set(BOTS):
        raise argparse.ArgumentTypeError(f"unknown {sorted(unknown)}; known: {', '.join(BOTS)}")
    return found


def arguments() -> argparse.Namespace:
    """The command line; README.md explains it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bots", type=keys, default=tuple(BOTS), help="default: all")
    parser.add_argument("--levels", type=numbers, default=(1, 8, 32), help="residents at once")
    parser.add_argument("--messages", type=int, default=96, help="at least, a level and round")
    parser.add_argument("--rounds", type=int, default=3, help="each bot in turn, so many times")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each level")
    parser.add_argument("--learn", type=int, default=Options.messages, help="stock bot: messages")
    parser.add_argument("--epochs", type=int, default=Options.epochs, help="stock bot: epochs")
    parser.add_argument("--replicas", action="store_true", help="one Rasa server beside two")
    parser.add_argument(
        "--database", default=os.environ.get("TEST_DATABASE_URL", replicas.DATABASE)
    )
    parser.add_argument("--redis", default=os.environ.get("TEST_REDIS_URL", replicas.REDIS))
    parser.add_argument("--profile", choices=BOTS, help="profile this bot's Rasa server instead")
    return parser.parse_args()


def run(chosen: argparse.Namespace, folder: Path) -> None:
    """The mode that was asked for."""
    plan = Plan(
        chosen.levels,
        min(max(chosen.messages, 1), MOST_MESSAGES),
        min(max(chosen.limit, 1.0), LONGEST),
        min(max(chosen.rounds, 1), MOST_ROUNDS),
        Options(chosen.learn, chosen.epochs),
    )
    before = os.getloadavg()
    if chosen.profile:
        profiling.profile(chosen.profile, plan, folder)
    elif chosen.replicas:
        results = replicas.compare(plan, folder / "logs", chosen.database, chosen.redis)
        write(folder, "One Rasa server and two", results, before)
    else:
        write(folder, "Webhook to reply", compare(chosen.bots, plan, folder), before)


def main() -> int:
    """`python -m bench.compare [--bots ours,stock,noop,noop-plain] [--levels 1,8,32] ...`"""
    chosen = arguments()
    end_on_signals()
    folder = RESULTS / datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    folder.mkdir(parents=True)
    try:
        run(chosen, folder)
    except (LaunchError, SettingsError, replicas.ReplicasError) as error:
        print(f"[bench] {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("[bench] stopped")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
