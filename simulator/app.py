"""The ASGI application: fake Graph API, control API and chat page in one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from simulator import control, graph, pages
from simulator.clock import Clock
from simulator.config import Config
from simulator.core import Simulator
from simulator.errors import GraphError
from simulator.state import UnknownResidentError


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    yield
    await app.state.simulator.close()


def create_app(config: Config | None = None, clock: Clock | None = None) -> Starlette:
    """A simulator of its own; `app.state.simulator` holds the object behind it."""
    mistakes = (UnknownResidentError, ValueError, KeyError, TypeError, LookupError)
    app = Starlette(
        routes=[*pages.ROUTES, control.ROUTES, *graph.ROUTES],
        exception_handlers={
            GraphError: graph.on_graph_error,
            **dict.fromkeys(mistakes, control.on_mistake),
        },
        lifespan=_lifespan,
    )
    app.state.simulator = Simulator(config or Config(), clock)
    return app
