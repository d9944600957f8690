"""Where the Rasa server's time goes: cProfile over a fixed load, the dearest functions printed."""

from __future__ import annotations

import asyncio
import io
import pstats
import signal
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bench.bots import BOTS, Place, Plan
from bench.load import MIX, Level, enough, load
from scripts.children import Child, Children, LaunchError, Program, free_port, say

SHOWN = 40
WRITTEN_WITHIN = 20.0


def profile(key: str, plan: Plan, folder: Path) -> None:
    """profile.pstats and profile.txt in the folder; the text on the screen."""
    name, build = BOTS[key]
    stats = folder / "profile.pstats"
    with (
        tempfile.TemporaryDirectory(prefix="kelurahan-bench-") as var,
        Children(folder / "logs") as children,
    ):
        graph_port = free_port()
        place = Place.make(Path(var), free_port(), graph_port)
        ready = build(children, place, plan.options)
        for program in ready.first:
            children.finish(program, f"{program.name} failed")
        started = [children.start(observed(one, stats)) for one in ready.programs]
        children.wait_ready()
        [rasa] = [child for child in started if child.program.name == "rasa"]
        level = asyncio.run(fixed_load(rasa, place, graph_port, plan))
        wait_written(rasa, stats)
    text = told(name, level, stats)
    (folder / "profile.txt").write_text(text, encoding="utf-8")
    say(text)
    say(f"[bench] {stats}")


def observed(program: Program, stats: Path) -> Program:
    """The Rasa server under the profiler; other programs as they are."""
    if program.name != "rasa":
        return program
    python, flag, *module = program.argv
    return replace(program, argv=[python, flag, "bench.profiled", str(stats), *module])


async def fixed_load(rasa: Child, place: Place, graph_port: int, plan: Plan) -> Level:
    """A warming-up, then the first level under the profiler."""
    residents = plan.levels[0]
    async with load(graph_port, [place.webhook]) as loading:
        await loading.level(2, 4 * len(MIX), plan.limit)
        rasa.process.send_signal(signal.SIGUSR1)
        level = await loading.level(residents, enough(plan.messages, residents), plan.limit)
        rasa.process.send_signal(signal.SIGUSR2)
    return level


def wait_written(rasa: Child, stats: Path) -> None:
    """The file is written by the server itself."""
    end = time.monotonic() + WRITTEN_WITHIN
    while not (stats.exists() and stats.stat().st_size):
        if rasa.process.poll() is not None or time.monotonic() > end:
            raise LaunchError(f"No profile was written. See {rasa.shown_log()}.")
        time.sleep(0.1)
    time.sleep(0.5)


def told(name: str, level: Level, stats: Path) -> str:
    """The dearest functions by their own time and with what they call, per message."""
    answered = max(1, len(level.samples))
    head = f"{name}: {answered} messages under cProfile, {level.residents} at once"
    return "\n".join([head, *(table(stats, order, answered) for order in ("tottime", "cumtime"))])


def table(file: Path, order: str, answered: int) -> str:
    """One of pstats' own tables, with the time per message."""
    text = io.StringIO()
    stats = pstats.Stats(str(file), stream=text)
    stats.sort_stats(order).print_stats(SHOWN)
    per_message = 1000 * stats.total_tt / answered
    return f"\nby {order}; {per_message:.1f} ms of the main thread per message\n{text.getvalue()}"
