"""What may stand in a log line: patterns of what may not, and exceptions without their texts."""

from __future__ import annotations

import re
import traceback
from collections import deque
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
GONE, WITHHELD = "[…]", "[text withheld]"
FRAMES, CHAIN = 20, 5  # at most so many places per exception, and exceptions that led to it
SHORTEST_SECRET = 4  # replacing anything shorter would only spoil the lines
NUMBER_LIMIT = 1_000_000  # a longer number may be somebody's

_secrets: list[str] = []  # longest first: one may be part of another
# Guards first: most lines hold neither, and a search is cheaper than the patterns below.
_HINTS = ("@", "?", "wamid", "eaa", "bearer", "token", "secret", "passw", "authori", "api")
_MANY_DIGITS = re.compile(r"\d(?:[\s().-]{0,3}\d){7}")
_BORN = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d\d\b")
_USER_ID = re.compile(r"[A-Z]{2}\.[0-9A-Za-z]{4,}\b")  # business-scoped, like ID.4f9a2c

_WORDS = re.compile(
    r"""
    (?<=://)[^\s'"]+@                                     # user:password@host
    |\?[^\s'"<>?=]*=[^\s'"<>]*                            # an address's query
    |wamid\.[\w+/=.:-]*                                   # base64 of a phone number
    |(?i:(?:token|secret|password|passwd|authorization|api_?key)["']?\s*[=:]\s*["']?
        (?:bearer\s+)?|bearer\s+)[^\s"',;&}]+
    |EAA[\w-]{8,}                                         # Meta's access tokens
    |(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.\w+
    """,
    re.VERBOSE,
)
_NUMBERS = re.compile(
    r"""
    (?P<kept>\b(?:(?=\d*[a-f])[0-9a-f]{10}|[0-9a-f]{32}|[0-9a-f]{64}   # our own fingerprints, ids
        |[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\b)
    |\+?\d{9,}
    |(?<!\d)\+?(?:62|0)[\s().-]*8(?:[\s().-]{0,3}\d){7,}             # mobile, with separators
    |(?<!\d)\(?0\d{2,3}[)\s-]{1,3}\d{3,4}[\s-]?\d{3,4}              # landline
    |(?<!\d)\d(?:[ -]?\d){11,}|\d{4}(?:\.\d{4}){2,}                 # NIK in groups
    """,
    re.VERBOSE,
)


def keep_out(secrets: Iterable[str]) -> None:
    """Remember these secrets; from now on they never show."""
    wanted = {s for s in secrets if len(s) >= SHORTEST_SECRET}
    _secrets[:] = sorted({*_secrets, *wanted}, key=len, reverse=True)


def redact(text: str) -> str:
    """Replace numbers, message and user ids, addresses' secrets and the secrets we know."""
    for secret in _secrets:
        text = text.replace(secret, GONE)
    lower = text.lower()
    if any(hint in lower for hint in _HINTS):
        text = _WORDS.sub(GONE, text)
    if _MANY_DIGITS.search(text):
        text = _NUMBERS.sub(lambda found: found["kept"] or GONE, text)
    return _USER_ID.sub(GONE, _BORN.sub(GONE, text))


def is_small(value: Any) -> bool:
    """Whether a value is nothing, yes or no, or a number too short to be a person's."""
    return value is None or (isinstance(value, bool | int | float) and abs(value) < NUMBER_LIMIT)


def exception_text(error: BaseException, about: str = WITHHELD) -> str:
    """Type and places, innermost last, of an exception and before it of those that led to it."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < CHAIN:
        chain.append(cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    blocks = [[*_places(e.__traceback__), f"{type(e).__name__}: {WITHHELD}"] for e in chain]
    blocks[0][-1] = f"{type(error).__name__}: {about}"
    return "\n".join(line for block in reversed(blocks) for line in block)


def _places(trace: TracebackType | None) -> list[str]:
    last = deque(traceback.walk_tb(trace), maxlen=FRAMES)
    return [f"  {short(f.f_code.co_filename)}:{line} {f.f_code.co_name}" for f, line in last]


@lru_cache(maxsize=2048)
def short(file: str) -> str:
    """A path from its package on; the folders before it belong to one machine."""
    path = Path(file)
    if "site-packages" in path.parts:
        return "/".join(path.parts[path.parts.index("site-packages") + 1 :])
    if path.is_relative_to(ROOT):
        return path.relative_to(ROOT).as_posix()
    return "/".join(path.parts[-2:])
