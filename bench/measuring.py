"""Start what is measured, load it, weigh it: the same for every bot."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from bench.bots import Plan, Ready
from bench.figures import Result
from bench.load import measure
from scripts.children import Children, say


def load_bot(
    children: Children,
    result: Result,
    ready: Ready,
    graph_port: int,
    webhooks: Sequence[str],
    plan: Plan,
) -> Result:
    """Fill in start, levels and memory of a bot that is not running yet."""
    result.training = ready.training
    result.start = start(children, ready)
    say(f"[bench] {result.name}: ready after {result.start:.0f} s, loading ...")
    spent = {one.process.pid: 0.0 for one in children.all}

    def begin() -> None:
        spent.update({pid: processor_seconds(pid) for pid in spent})

    load = measure(graph_port, webhooks, plan.levels, plan.messages, plan.limit, begin)
    result.levels = asyncio.run(load)
    children.look()  # one that has died has no figures
    result.processor = {
        one.program.name: processor_seconds(one.process.pid) - spent[one.process.pid]
        for one in children.all
    }
    result.memory = {one.program.name: resident_kilobytes(one.process.pid) for one in children.all}
    return result


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
