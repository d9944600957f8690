"""Limits of the Cloud API (facts section 6) and how to stay inside them without losing meaning.

Meta does not say what it counts; UTF-16 units are never fewer than code points, so they are safe.
"""

from __future__ import annotations

import logging

logger = logging.getLogger(__name__)

TEXT_BODY = 4096
INTERACTIVE_BODY = 1024  # Meta's docs say 4096 for lists, its OpenAPI 1024: the smaller holds
HEADER = 60
BUTTONS = 3
BUTTON_TITLE = 20
LIST_OPENER = 20
ROWS = 10
ROW_TITLE = 24
ROW_DESCRIPTION = 72
SECTION_TITLE = 24
ID = 200
ELLIPSIS = "…"
JOINERS = "\u200d\ufe0f"  # must not be left dangling at a cut


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def prefix(text: str, limit: int) -> str:
    """The longest start of `text` within `limit` units; never half of a character."""
    if len(text) <= limit // 2 or units(text) <= limit:
        return text
    used = 0
    for index, char in enumerate(text):
        used += 2 if ord(char) > 0xFFFF else 1
        if used > limit:
            return text[:index]
    return text


def shorten(text: str, limit: int, what: str) -> str:
    """Cut to `limit` units with an ellipsis, at a word where possible; log it without the text."""
    if units(text) <= limit:
        return text
    logger.warning("%s shortened: %d units, at most %d", what, units(text), limit)
    cut = prefix(text, limit - 1)
    space = cut.rfind(" ")
    if space > len(cut) * 0.6:
        cut = cut[:space]
    return cut.rstrip(" ,.;:-" + JOINERS) + ELLIPSIS


def split(text: str, limit: int = TEXT_BODY) -> list[str]:
    """Cut into pieces of at most `limit` units: between paragraphs, lines, words, or hard."""
    pieces = []
    rest = text.strip()
    while units(rest) > limit:
        window = prefix(rest, limit)
        end = _last_break(window)
        pieces.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [piece for piece in [*pieces, rest] if piece]


def _last_break(window: str) -> int:
    """Where to end a full window; a break in its first half would waste a message."""
    for mark in ("\n\n", "\n", " "):
        end = window.rfind(mark)
        if end > len(window) // 2:
            return end
    return len(window)
