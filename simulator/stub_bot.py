"""A webhook that only records what it gets, and answers as it is told; no bot behind it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATH = "/webhooks/whatsapp/webhook"


@dataclass(frozen=True)
class Received:
    """One POST as it came over the wire."""

    body: bytes
    signature: str | None
    at: float

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    def parts(self, name: str) -> list[dict[str, Any]]:
        """All `messages`, `statuses`, `contacts` or `errors` of all entries and changes."""
        changes = [change for entry in self.json["entry"] for change in entry["changes"]]
        return [part for change in changes for part in change["value"].get(name, [])]


class StubBot:
    """Listens on a free port until `stop`; `statuses` are the next HTTP answers, then 200."""

    def __init__(
        self,
        *,
        verify_token: str = "",
        on_message: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self.verify_token, self.on_message = verify_token, on_message
        self.received: list[Received] = []
        self.statuses: list[int] = []
        self.delay = 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}{PATH}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def parts(self, name: str) -> list[dict[str, Any]]:
        """As `Received.parts`, over everything received so far."""
        return [part for one in list(self.received) for part in one.parts(name)]

    def take(self, received: Received) -> int:
        """Record a POST; the HTTP status to answer with."""
        self.received.append(received)
        if self.delay:
            time.sleep(self.delay)
        return self.statuses.pop(0) if self.statuses else 200

    def follow_up(self, received: Received) -> None:
        """After the answer: hand every message to `on_message`."""
        if self.on_message is not None:
            for message in received.parts("messages"):
                self.on_message(message)


def _handler(bot: StubBot) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            good = query.get("hub.verify_token") == [bot.verify_token]
            self._answer(200 if good else 403, query["hub.challenge"][0] if good else "")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received = Received(body, self.headers.get("X-Hub-Signature-256"), time.monotonic())
            status = bot.take(received)
            self._answer(status, "")
            if status == 200:
                bot.follow_up(received)

        def _answer(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Stay silent: request lines would hold the verify token."""

    return Handler
