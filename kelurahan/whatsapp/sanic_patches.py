"""Two patches of Sanic 21.12, which Rasa pins.

A request that would stop the server is refused: Sanic reads `Content-Length: -5` as a number and
then waits for ever, on the event loop, for every resident. It needs no signature, only the open
port (found by tests/test_whatsapp_fuzz.py).

Sanic-CORS works out its headers for every answer. They tell a browser which other sites may ask;
who names no origin (WhatsApp, curl) is no browser that would read them.
"""

from __future__ import annotations

from typing import Any

import sanic
from sanic import http
from sanic.compat import Header
from sanic.exceptions import InvalidUsage
from sanic_cors import extension as cors

SUPPORTED = "21.12."


class BodyHeader(Header):
    """Headers from which the length of the body can be told; InvalidUsage (400) otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lengths, codings = self.getall("content-length", []), self.getall("transfer-encoding", [])
        sound = all(one.isascii() and one.isdigit() for one in lengths) and len(set(lengths)) < 2
        if not sound or codings not in ([], ["chunked"]):
            raise InvalidUsage("Bad Request")


_corss_headers = cors.unapplied_cors_response_middleware


async def _cors_headers(request: Any, answer: Any, context: Any = None) -> Any:
    """Sanic-CORS' own step, for those who ask from another site."""
    if "origin" not in request.headers:
        return None
    return await _corss_headers(request, answer, context=context)


def apply() -> None:
    """Install both; twice changes nothing. Later versions of Sanic check for themselves.

    Rasa sets up Sanic-CORS after its channels, which call this.
    """
    if sanic.__version__.startswith(SUPPORTED):
        http.Header = BodyHeader
        cors.unapplied_cors_response_middleware = _cors_headers
