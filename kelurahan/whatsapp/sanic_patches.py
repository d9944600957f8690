"""One patch of Sanic 21.12, which Rasa pins: a request that would stop the server is refused.

Sanic reads `Content-Length: -5` as a number and then waits for ever, on the event loop, for every
resident. It needs no signature, only the open port (found by tests/test_whatsapp_fuzz.py).
"""

from __future__ import annotations

from typing import Any

import sanic
from sanic import http
from sanic.compat import Header
from sanic.exceptions import InvalidUsage

SUPPORTED = "21.12."


class BodyHeader(Header):
    """Headers from which the length of the body can be told; InvalidUsage (400) otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lengths, codings = self.getall("content-length", []), self.getall("transfer-encoding", [])
        sound = all(one.isascii() and one.isdigit() for one in lengths) and len(set(lengths)) < 2
        if not sound or codings not in ([], ["chunked"]):
            raise InvalidUsage("Bad Request")


def apply() -> None:
    """Install it; twice changes nothing. Later versions of Sanic check for themselves."""
    if sanic.__version__.startswith(SUPPORTED):
        http.Header = BodyHeader
