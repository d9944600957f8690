"""Ids as Meta makes them: wamids that carry the number, media ids, BSUIDs."""

from __future__ import annotations

import base64
import hashlib
import random
import re
import secrets

PHONE = re.compile(r"\d{7,15}")
BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")


def wamid(user: str) -> str:
    """A fresh message id; like Meta's own it holds the user in clear inside its base64."""
    inside = bytes([0x1D, 0x02, len(user)]) + user.encode() + b"\x15\x02\x00\x11\x18\x14"
    return "wamid." + base64.b64encode(inside + secrets.token_hex(10).upper().encode()).decode()


def media_id() -> str:
    """A fresh media id: digits only."""
    return str(random.SystemRandom().randrange(10**15, 10**16))


def bsuid_of(wa_id: str) -> str:
    """A stable invented BSUID for a number."""
    return "ID." + hashlib.sha256(wa_id.encode()).hexdigest()[:12]


def digits(number: str) -> str:
    """A phone number without +, spaces, dashes and brackets."""
    return re.sub(r"[+\s().-]", "", number)
