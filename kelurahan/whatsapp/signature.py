"""Is a webhook really from Meta? HMAC-SHA256 over the raw body, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac

SCHEME = "sha256="


def expected(secret: str, raw_body: bytes) -> str:
    """Return the header value Meta would send for this body."""
    return SCHEME + hmac.new(secret.encode(), raw_body, hashlib.sha256).hexdigest()


def verify(secret: str, raw_body: bytes, header: str | None) -> bool:
    """Say whether `header` (X-Hub-Signature-256) signs exactly these bytes."""
    if not secret or not header:
        return False
    return same(expected(secret, raw_body), header)


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time, whatever characters they hold."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))
