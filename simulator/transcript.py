"""A chat as its resident saw it, for tests and for people."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from simulator.model import BOT, Bubble
from simulator.phone import SPOKEN
from simulator.state import State

WIB = timezone(timedelta(hours=7))


def transcript(state: State, who: str) -> list[dict[str, Any]]:
    """One entry per bubble: who, when, what could be read and tapped, and whether it was seen."""
    resident = state.resident(who, create=False)
    return [_entry(bubble) for bubble in state.chat(resident.key)]


def _entry(bubble: Bubble) -> dict[str, Any]:
    return {
        "id": bubble.id,
        "from": bubble.author,
        "kind": bubble.kind,
        "text": bubble.text,
        "whole": bubble.whole,
        "choices": bubble.titles,
        "at": bubble.at,
        "status": bubble.status,
        "seen": bubble.seen,
        "error": bubble.error,
    }


def as_text(state: State, who: str) -> str:
    """The chat in lines: `[08.15] Bot: …`, choices in brackets."""
    resident = state.resident(who, create=False)
    lines = [line for bubble in state.chat(resident.key) for line in _lines(bubble, resident.name)]
    return "\n".join(lines) + "\n"


def _lines(bubble: Bubble, name: str) -> list[str]:
    clock = datetime.fromtimestamp(bubble.at, WIB).strftime("%H.%M")
    speaker = "Bot" if bubble.author == BOT else name
    parts = [f"({SPOKEN[bubble.kind]})"] if bubble.kind in SPOKEN else []
    parts += [part for part in (bubble.header, bubble.text, bubble.footer) if part]
    said = "\n    ".join("\n".join(parts).split("\n"))
    lines = [f"[{clock}] {speaker}: {said}"]
    if bubble.choices:
        lines.append("    [" + "] [".join(bubble.titles) + "]")
    if not bubble.seen:
        lines.append(f"    (tidak sampai: {bubble.error or 'belum diketahui'})")
    return lines
