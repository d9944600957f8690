"""The chat page and its static files."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

HERE = Path(__file__).parent
TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(default=True)
)
# Nothing from elsewhere, nothing inline: what residents and bots write can never become a script.
POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


async def chat(request: Request) -> Response:
    """The page with all chats; its contents come over the control API."""
    config = request.app.state.simulator.config
    page = TEMPLATES.get_template("chat.html").render(
        service=config.service_name, greeting=config.greeting, hints=config.hints
    )
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(page, headers=headers)


ROUTES = [
    Route("/", chat),
    Mount("/static", StaticFiles(directory=HERE / "static")),
]
