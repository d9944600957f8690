"""Opaque ids of buttons and list rows: signed, bound to one resident, expiring. No state kept.

`b:<expiry>.<position>.<payload>.<mac>`: the payload is only base64, not secret; what counts is
that nobody can make one, or use somebody else's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging

from kelurahan.whatsapp.limits import ID

logger = logging.getLogger(__name__)

LIFETIME = 7 * 24 * 3600
PREFIXES = ("b:", "l:")
MAC_BYTES = 16


class Tokens:
    """Issues and verifies ids with a key derived from the app secret."""

    def __init__(self, secret: str, lifetime: int = LIFETIME) -> None:
        # A key of its own: a webhook signature can never double as a button id.
        self._key = hmac.new(secret.encode(), b"kelurahan/pilihan/1", hashlib.sha256).digest()
        self._lifetime = lifetime

    def issue(self, kind: str, sender: str, payload: str, position: int, now: float) -> str:
        """Return an id that stands for `payload` when this sender taps it within the lifetime."""
        head = f"{kind}:{int(now) + self._lifetime:x}.{position}.{_encode(payload.encode())}"
        token = f"{head}.{self._mac(head, sender)}"
        if len(token) <= ID:
            return token
        # The title is then used as text, as for any id we do not know.
        logger.warning("payload of %d characters does not fit an id", len(payload))
        return f"{kind}:0.{position}"

    def payload(self, token: str, sender: str, now: float) -> str | None:
        """Return the payload, or None for an unknown, foreign, altered or expired id."""
        head, dot, mac = token.rpartition(".")
        if not dot or not token.startswith(PREFIXES) or not token.isascii():
            return None
        if not hmac.compare_digest(mac, self._mac(head, sender)):
            return None
        expiry, _, body = head[2:].split(".", 2)
        return _decode(body) if int(expiry, 16) > now else None

    def _mac(self, head: str, sender: str) -> str:
        signed = f"{sender}\0{head}".encode(errors="replace")
        return _encode(hmac.new(self._key, signed, hashlib.sha256).digest()[:MAC_BYTES])


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
