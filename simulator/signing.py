"""Webhook bytes as Meta writes them, and their signature."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

# Meta escapes these beside everything outside ASCII; in JSON they only occur inside strings.
ESCAPES = str.maketrans({"/": "\\/", "<": "\\u003C", "%": "\\u0025", "@": "\\u0040"})


def meta_bytes(payload: Any) -> bytes:
    """Compact JSON, escaped like Meta's; the signature is over exactly these bytes."""
    plain = json.dumps(payload, ensure_ascii=True, separators=(",", ":"))
    return plain.translate(ESCAPES).encode("ascii")


def signature(secret: str, body: bytes) -> str:
    """The value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
