"""Make a resident's text safe for Rasa: no invisible characters, no leading slash, a sane length.

Rasa takes text that starts with "/" for an intent (facts/whatsapp-cloud-api.md section 10), so the
invisible characters go first and the slash after them; the other order lets a BOM hide the slash.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 4096  # longer than anything the phone sends at once in ordinary use
HEAD, TAIL = 700, 300  # of a longer text: people say what they need at the start or at the very end
CUT_MARK = "\n…\n"

# Not of category C, yet invisible: fillers, Khmer inherent vowels, Mongolian and plain variation
# selectors, braille blank, combining grapheme joiner. U+20E3 turns "3️⃣" into the digit it shows.
INVISIBLE = frozenset(
    [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x20E3, 0x2800]
    + [0x3164, 0xFFA0, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
)
# Control, format (ZWSP, bidi, BOM, tags), private use, lone surrogates. Unassigned (Cn) stays: an
# emoji newer than this Python is unassigned to it. The ZWJ inside emoji goes too, harmlessly: a
# family becomes its members.
DROPPED = frozenset(["Cc", "Cf", "Co", "Cs"])
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
LEADING_SLASHES = re.compile(r"^[\s/／⁄∕⧸]+")


def clean_text(text: str | None) -> str | None:
    """Return the text Rasa may see, or None when nothing readable is left."""
    if not isinstance(text, str):
        return None
    if len(text) > 3 * LONGEST:  # megabytes are not looked at letter by letter
        text = text[: 2 * LONGEST] + text[-LONGEST:]
    visible = "".join(_visible(char) for char in LINE_ENDS.sub("\n", text))
    safe = LEADING_SLASHES.sub("", visible).strip()
    return _shorten(safe) or None


def _visible(char: str) -> str:
    if char == "\n":
        return char
    category = unicodedata.category(char)
    if char == "\t" or category == "Zs":
        return " "
    if category in DROPPED or ord(char) in INVISIBLE or ord(char) & 0xFFFE == 0xFFFE:
        return ""
    return char


def _shorten(text: str) -> str:
    """Cut a text over LONGEST to its start and its end, at white space where there is any."""
    if len(text) <= LONGEST:
        return text
    head, tail = text[:HEAD], text[-TAIL:]
    if (end := max(head.rfind(" "), head.rfind("\n"))) > HEAD // 2:
        head = head[:end]
    if (start := re.search(r"\s|$", tail).start()) < TAIL // 2:
        tail = tail[start:]
    return head.strip() + CUT_MARK + tail.strip()
