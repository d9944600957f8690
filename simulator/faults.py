"""Planned misbehaviour of the fake Graph API.

Kinds: `500` and `html` (an error page of a proxy) refuse before accepting, `reset` cuts the
connection before accepting, `error` answers with the Graph error `code`; `hang` and `slow` accept
first (the message has gone out) and then never answer, or trickle the answer over `seconds`.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from simulator.errors import GraphError
from simulator.model import Fault

BEFORE = ("500", "html", "reset", "error")
AFTER = ("hang", "slow")
KINDS = (*BEFORE, *AFTER)
HTML_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>"


def planned(options: dict[str, Any]) -> Fault:
    """A fault from JSON; an unknown kind is an error."""
    fault = Fault(**{**options, "kind": str(options.get("kind"))})
    if fault.kind not in KINDS:
        raise ValueError(f"fault {fault.kind!r} is not one of {', '.join(KINDS)}")
    return fault


def refuse(fault: Fault, request: Request) -> Response:
    """The answer to a request that is not accepted."""
    if fault.kind == "error":
        raise GraphError(fault.code, "fault planned in the simulator")
    if fault.kind == "html":
        return HTMLResponse(HTML_PAGE, status_code=502)
    if fault.kind == "reset":
        cut(request)
        return Response()
    error = {"message": "An unknown error occurred", "type": "OAuthException", "code": 1}
    return JSONResponse({"error": error}, status_code=500)


async def spoil(fault: Fault, answer: dict[str, Any], request: Request) -> Response:
    """The answer to a request that has been accepted, late or never."""
    if fault.kind == "slow":
        return StreamingResponse(
            _trickle(json.dumps(answer).encode(), fault.seconds), media_type="application/json"
        )
    for _ in range(int(fault.seconds * 20)):
        if await request.is_disconnected():
            return Response()
        await asyncio.sleep(0.05)
    cut(request)
    return Response()


async def _trickle(body: bytes, seconds: float) -> AsyncIterator[bytes]:
    for position in range(len(body)):
        yield body[position : position + 1]
        await asyncio.sleep(seconds / len(body))


def cut(request: Request) -> None:
    """Reset the TCP connection; only under `server.SimulatorServer`, which passes it on."""
    transport = request.scope["state"]["transport"]
    connection = transport.get_extra_info("socket")
    # zero linger: the peer gets RST, as when a proxy dies, and not an orderly end
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
