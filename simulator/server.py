"""The web server around the application; can cut a connection and stops with open streams."""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

LOGGING = "warning"  # access logs would hold wamids and numbers


class PortInUseError(RuntimeError):
    """Somebody else listens there already."""


class _Protocol(H11Protocol):
    """Passes its transport to the application, for faults that reset the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class SimulatorServer(uvicorn.Server):
    """Ends the live streams first, since they would keep the server from stopping."""

    def __init__(self, app: Starlette) -> None:
        # ws "none": uvicorn wants a newer websockets than the one Rasa pins, and none is used here
        options = {"ws": "none", "log_level": LOGGING, "timeout_graceful_shutdown": 1}
        super().__init__(uvicorn.Config(app, http=_Protocol, **options))
        self._simulator = app.state.simulator

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._simulator.hub.close()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; PortInUseError with one clear sentence if that is not possible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol must be named: asyncio sets TCP_NODELAY only then, and without it every answer
    # on a kept connection waits 40 ms for the peer's delayed acknowledgement.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise PortInUseError(
            f"Cannot listen on {host}:{port} ({error.strerror}): "
            "stop the other program or choose another --port."
        ) from error
    return bound
