"""Liveness, readiness and Prometheus metrics on a private port, off Rasa's event loop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import REGISTRY, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry

from kelurahan.store import StoreError, waktu

if TYPE_CHECKING:
    from kelurahan.whatsapp.post_office import PostOffice

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Depths(Collector):
    """Queue depths, read from the database when somebody asks."""

    def __init__(self, office: PostOffice) -> None:
        self._office = office

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge for each figure; none while the database is away."""
        waiting = GaugeMetricFamily(
            "kelurahan_queue_waiting", "Rows that wait or are in work", labels=["queue"]
        )
        oldest = GaugeMetricFamily(
            "kelurahan_queue_oldest_seconds", "Age of the oldest of them", labels=["queue"]
        )
        aside = GaugeMetricFamily(
            "kelurahan_queue_aside", "Rows set aside for staff or the resident", labels=["queue"]
        )
        up = GaugeMetricFamily("kelurahan_database_up", "Whether the database answers")
        try:
            depths = self._office.ledger.depths()
        except StoreError:
            depths = {}
        up.add_metric([], 1.0 if depths else 0.0)
        for queue, (rows, since, set_aside) in depths.items():
            age = (waktu.sekarang() - since).total_seconds() if since else 0.0
            waiting.add_metric([queue], rows)
            oldest.add_metric([queue], max(0.0, age))
            aside.add_metric([queue], set_aside)
        stopped = GaugeMetricFamily("kelurahan_sender_stopped", "1 while nothing can be sent")
        stopped.add_metric([], 1.0 if self._office.sender.stopped else 0.0)
        yield from (up, waiting, oldest, aside, stopped)


class PrivateServer:
    """The running server and its registration."""

    def __init__(self, office: PostOffice, port: int) -> None:
        self._office = office
        self._depths = Depths(office)
        self._registry = CollectorRegistry()
        self._registry.register(self._depths)
        self._ours = make_wsgi_app(self._registry)
        self._process = make_wsgi_app(REGISTRY)
        self._server = make_server(LOOPBACK, port, self, handler_class=_Silent)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Route the three addresses."""
        path = environ.get("PATH_INFO", "")
        if path == "/live":
            return _text(start, "200 OK", "ok")
        if path == "/ready":
            trouble = self.trouble()
            return _text(start, "503 Service Unavailable" if trouble else "200 OK", trouble or "ok")
        if path == "/metrics":
            return [*self._process(environ, start), *self._ours(environ, lambda *_: None)]
        return _text(start, "404 Not Found", "use /live, /ready or /metrics")

    def trouble(self) -> str:
        """Why no resident can be served at the moment; empty when all is well."""
        if not self._office.rasa.ready():
            return "no model is loaded"
        try:
            self._office.ledger.depths()
        except StoreError:
            return "the database does not answer"
        return f"WhatsApp: {self._office.sender.stopped}" if self._office.sender.stopped else ""

    def stop(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()


class _Silent(WSGIRequestHandler):
    """One probe a second is not worth a log line each."""

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""


def serve(office: PostOffice, port: int) -> PrivateServer | None:
    """Open the private port; a port that is taken costs the metrics, not the bot."""
    try:
        return PrivateServer(office, port)
    except OSError as error:
        logger.error("metrics: port %d cannot be opened: %s", port, error.strerror)
        return None


def _text(start: StartResponse, status: str, text: str) -> Iterable[bytes]:
    start(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{text}\n".encode()]
