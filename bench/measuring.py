"""Start what is measured, load it, weigh it: the same for every bot."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.bots import Plan, Ready
from bench.figures import Result
from bench.load import Level, measure
from scripts.children import Children, say

RESIDENTS_A_ROUND = 1_000_000  # numbers are not used twice


@dataclass
class Bot:
    """One that is measured, from its start to its weighing."""

    children: Children
    result: Result
    ready: Ready
    graph_port: int
    webhooks: Sequence[str]

    def start(self) -> None:
        """Prepare it and wait until it answers."""
        self.result.training = self.ready.training
        self.result.start = start(self.children, self.ready)
        say(f"[bench] {self.result.name}: ready after {self.result.start:.0f} s")

    def load(self, plan: Plan, number: int) -> None:
        """One round: every level, added to those of the rounds before."""
        say(f"[bench] {self.result.name}: loading, round {number + 1} of {plan.rounds} ...")
        processes = {one.program.name: one.process.pid for one in self.children.all}
        spent: dict[str, float] = {}

        def begin() -> None:
            spent.update({name: processor_seconds(pid) for name, pid in processes.items()})

        first = number * RESIDENTS_A_ROUND
        plan_of_one = (plan.levels, plan.messages, plan.limit, begin, first)
        levels = asyncio.run(measure(self.graph_port, self.webhooks, *plan_of_one))
        self.children.look()  # one that has died has no figures
        before = self.result.levels or [Level(level.residents) for level in levels]
        self.result.levels = [old + new for old, new in zip(before, levels, strict=True)]
        for name, pid in processes.items():
            used = processor_seconds(pid) - spent[name]
            self.result.processor[name] = self.result.processor.get(name, 0.0) + used

    def weigh(self) -> Result:
        """Its memory after the load; with it the result is complete."""
        sizes = {one.program.name: one.process.pid for one in self.children.all}
        self.result.memory = {name: resident_kilobytes(pid) for name, pid in sizes.items()}
        return self.result


def load_all(bots: Sequence[Bot], plan: Plan) -> list[Result]:
    """Round by round, one bot after the other: a machine that slows down slows all of them."""
    for bot in bots:
        bot.start()
    for number in range(plan.rounds):
        for bot in bots:
            bot.load(plan, number)
    return [bot.weigh() for bot in bots]


def start(children: Children, ready: Ready) -> float:
    """Prepare, then start everything; seconds until all of it answers."""
    for program in ready.first:
        children.finish(program, f"{program.name} failed")
    begun = time.monotonic()
    for program in ready.programs:
        children.start(program)
    children.wait_ready()
    return time.monotonic() - begun


def processor_seconds(pid: int) -> float:
    """What one process has used of the processor; 0 where the system does not tell."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    user, system = told.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def resident_kilobytes(pid: int) -> int:
    """Memory of one process that is really in use."""
    command = ["ps", "-o", "rss=", "-p", str(pid)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return int(told.stdout.strip() or 0)
