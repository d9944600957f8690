"""The picture of a comparison: throughput, waiting time, memory and start."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from bench.figures import Result, milliseconds

COLOURS = ("#1b7837", "#c0504d", "#4f81bd", "#9e9e9e", "#8064a2")


def draw(file: Path, title: str, results: Sequence[Result]) -> None:
    """Four panels side by side."""
    figure = Figure(figsize=(17, 4.8))
    panels = figure.subplots(1, 4)
    figure.suptitle(title)
    bars(panels[0], results, "answered messages per second", lambda level: level.rate)
    waits(panels[1], results)
    costs(panels[2], results, "memory after the load, MB", lambda r: sum(r.memory.values()) / 1000)
    costs(panels[3], results, "start-up, seconds", lambda result: result.start)
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="lower center", ncol=len(results), frameon=False)
    figure.tight_layout(rect=(0, 0.06, 1, 1))
    figure.savefig(file, dpi=110)


def places(results: Sequence[Result], number: int, count: int) -> list[float]:
    """Where bot `number` stands in each of `count` groups."""
    width = 0.8 / len(results)
    return [group - 0.4 + width * (number + 0.5) for group in range(count)]


def bars(panel: Any, results: Sequence[Result], title: str, value: Any) -> None:
    """A group of bars for each number of residents."""
    for number, result in enumerate(results):
        where = places(results, number, len(result.levels))
        heights = [value(level) for level in result.levels]
        drawn = panel.bar(
            where, heights, 0.8 / len(results), color=COLOURS[number % 5], label=result.name
        )
        panel.bar_label(drawn, fmt="%.0f", fontsize=8)
    name_groups(panel, results, title)


def waits(panel: Any, results: Sequence[Result]) -> None:
    """p50 as a dot, the line above it up to p95; logarithmic."""
    for number, result in enumerate(results):
        for group, level in enumerate(result.levels):
            if not level.samples:
                continue
            p50, p95, _ = milliseconds(level)
            where = places(results, number, group + 1)[group]
            colour = COLOURS[number % 5]
            panel.plot([where, where], [p50, p95], color=colour, linewidth=3)
            panel.plot([where], [p50], "o", color=colour)
            panel.annotate(f"{p50:.0f}", (where, p50), xytext=(0, -12), ha="center",
                           textcoords="offset points", fontsize=8)  # fmt: skip
    panel.set_yscale("log")
    panel.margins(y=0.15)
    name_groups(panel, results, "webhook to reply, ms: p50 (dot) to p95")


def costs(panel: Any, results: Sequence[Result], title: str, value: Any) -> None:
    """One bar for each bot."""
    colours = [COLOURS[number % 5] for number in range(len(results))]
    drawn = panel.bar(range(len(results)), [value(result) for result in results], color=colours)
    panel.bar_label(drawn, fmt="%.0f", fontsize=8)
    panel.set_xticks([])
    panel.set_title(title, fontsize=10)


def name_groups(panel: Any, results: Sequence[Result], title: str) -> None:
    """Below each group, how many wrote at once."""
    levels = max((result.levels for result in results), key=len, default=[])
    panel.set_xticks(range(len(levels)), [f"{level.residents}" for level in levels])
    panel.set_xlabel("residents at once")
    panel.set_title(title, fontsize=10)
