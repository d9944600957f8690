"""What was measured, as rows of a table: pure functions, and the facts of the machine."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from bench.idle import percentile
from bench.load import Level
from bench.training import Training
from scripts.children import ROOT

HEAD = (
    "| bot | at once | replies | msg/s | p50 ms | p95 ms | p99 ms | as ours | lost | extra |",
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
)
COSTS = (
    "| bot | CPU ms/reply | Rasa + actions | start, s | memory, MB | of which | training, s | on |",
    "|---|--:|---|--:|--:|---|--:|---|",
)


@dataclass
class Result:
    """One bot's figures."""

    key: str
    name: str
    levels: list[Level] = field(default_factory=list)
    start: float = 0.0
    memory: dict[str, int] = field(default_factory=dict)  # program -> kB after the load
    processor: dict[str, float] = field(default_factory=dict)  # program -> seconds of the load
    training: Training | None = None
    judged: bool = True  # whether its replies could be ours


def milliseconds(level: Level) -> list[float]:
    """p50, p95 and p99 of the time from webhook to Graph message."""
    return [1000 * percentile(level.waits, share) for share in (0.5, 0.95, 0.99)]


def level_row(result: Result, level: Level) -> str:
    """One line of the first table."""
    told = [result.name, f"{level.residents}", f"{len(level.samples)}"]
    if level.samples:
        times = [f"{value:.1f}" for value in milliseconds(level)]
        fitting = f"{100 * level.fitting:.0f} %" if result.judged else "–"
        told += [f"{level.rate:.1f}", *times, fitting]
    else:
        told += ["–"] * 5
    return line([*told, f"{level.unanswered}", f"{level.extra}"])


def cost_row(result: Result) -> str:
    """One line of the second table."""
    answered = max(1, sum(len(level.samples) for level in result.levels))
    processor = [1000 * seconds / answered for seconds in result.processor.values()]
    memory = [kilobytes / 1000 for kilobytes in result.memory.values()]
    told = [result.name, *total(processor, 1), f"{result.start:.1f}", *total(memory, 0)]
    return line([*told, *training_cells(result.training)])


def total(values: Sequence[float], digits: int) -> list[str]:
    """The sum, and what it is the sum of."""
    return [f"{sum(values):.{digits}f}", " + ".join(f"{value:.{digits}f}" for value in values)]


def training_cells(training: Training | None) -> list[str]:
    """Seconds, and on what."""
    if training is None:
        return ["–", "–"]
    epochs = f", {training.epochs} epochs" if training.epochs else ""
    return [f"{training.seconds:.0f}", f"{training.messages:,} messages{epochs}"]


def ratio_rows(results: Sequence[Result], of: str = "ours") -> list[str]:
    """How many times the first bot's figure is the other's, level by level."""
    mine = next((result for result in results if result.key == of), None)
    if mine is None:
        return []
    rows = []
    for other in results:
        if other is mine:
            continue
        for here, there in zip(mine.levels, other.levels, strict=False):
            if here.samples and there.samples:
                rows.append(ratio_row(other.name, here, there))
    return rows


def ratio_row(name: str, here: Level, there: Level) -> str:
    """One comparison; above 1 the first bot answers more, below 1 it answers sooner."""
    pairs = zip(milliseconds(here), milliseconds(there), strict=True)
    times = [f"{a / b:.2f}" for a, b in pairs]
    return line([name, f"{here.residents}", f"{here.rate / there.rate:.2f}", *times])


def report(title: str, results: Sequence[Result], facts: Iterable[str], notes: str) -> str:
    """The whole Markdown file."""
    rows = [level_row(result, level) for result in results for level in result.levels]
    parts = [f"# {title}", "\n".join(f"- {fact}" for fact in facts), notes]
    parts += ["\n".join([*HEAD, *rows]), "\n".join([*COSTS, *map(cost_row, results)])]
    if ratios := ratio_rows(results, results[0].key if results else ""):
        head = f"| {results[0].name} : other | at once | msg/s | p50 | p95 | p99 |"
        parts.append("\n".join([head, "|---|--:|--:|--:|--:|--:|", *ratios]))
    return "\n\n".join(parts) + "\n"


def line(cells: Iterable[str]) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def machine(load_before: Sequence[float]) -> list[str]:
    """What the figures belong to."""
    after = os.getloadavg()
    tools = ", ".join(f"{name} {version(name)}" for name in ("rasa", "rasa-sdk", "tensorflow"))
    return [
        f"{os.cpu_count()} cores ({cpu()}), {memory_of_machine()}; {platform.platform()}",
        f"Python {platform.python_version()}, {tools}",
        f"commit {commit()}",
        f"load average {load_before[0]:.1f} before, {after[0]:.1f} after",
    ]


def cpu() -> str:
    """The processor's name, where the system tells it."""
    names = fields(Path("/proc/cpuinfo"), "model name")
    return names or platform.processor() or platform.machine()


def memory_of_machine() -> str:
    """Physical memory."""
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 1e9:.0f} GB"


def commit() -> str:
    """Which state of the project was measured."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


def fields(file: Path, name: str) -> str:
    """The first value of that name in a file of `name: value` lines."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    found = (
        one.partition(":")[2].strip() for one in lines if one.partition(":")[0].strip() == name
    )
    return next(found, "")
