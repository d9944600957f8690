"""Rasa's side of the WhatsApp channel: webhook into the inbox. The logic is in the other modules.

`credentials.yml`:

    kelurahan.whatsapp.channel.WhatsAppInput:
      app_secret: ${WHATSAPP_APP_SECRET}        # any key left out is taken from the settings
      after_turn: some.module.function          # optional: f(agent, sender_id) after each turn
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import inspect
import logging
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from kelurahan import logs
from kelurahan.settings import SettingsError, settings
from kelurahan.store import StoreError
from kelurahan.store.queue import Worker
from kelurahan.whatsapp import metrics, rasa_calls, rasa_patches, sanic_patches, signature
from kelurahan.whatsapp.config import Config
from kelurahan.whatsapp.events import Batch, Ignored, Message, Status, fingerprint
from kelurahan.whatsapp.parse import parse
from kelurahan.whatsapp.post_office import Client, PostOffice
from kelurahan.whatsapp.rasa_turn import OnNewMessage, RasaTurn
from kelurahan.whatsapp.turns import Json

logger = logging.getLogger(__name__)

MAX_BODY = 3 * 1024 * 1024  # Meta's stated maximum
# A larger body is read to its end and thrown away, so that the sender sees the 413 and not a reset.
MAX_DRAINED = 8 * MAX_BODY
BODY_PATIENCE = 10.0  # seconds for a whole body; Meta sends one in milliseconds
SHUTDOWN_PATIENCE = 10.0

AfterTurn = Callable[[Any, str], Any]


class WhatsAppInput(InputChannel):
    """Meta's Cloud API as a Rasa channel, mounted at /webhooks/whatsapp/webhook."""

    def __init__(
        self,
        config: Config,
        *,
        client: Client | None = None,
        worker: Worker | None = None,
        after_turn: AfterTurn | None = None,
        clock: Callable[[], float] = time.time,
        metrics_port: int = 0,
        body_patience: float = BODY_PATIENCE,
    ) -> None:
        self.after_turn = after_turn
        self._config = config
        self._client = client
        self._worker = worker or Worker("rasa")
        self._clock = clock
        self._metrics_port = metrics_port
        self._body_patience = body_patience
        self.office: PostOffice | None = None

    @classmethod
    def name(cls) -> str:
        """Name in the URL and in the tracker."""
        return "whatsapp"

    @classmethod
    def from_credentials(cls, credentials: Json | None) -> WhatsAppInput:
        """Build from `credentials.yml`, falling back to the settings."""
        try:
            config = Config.read(credentials, settings())
        except SettingsError as error:
            raise RasaException(str(error)) from error
        known = settings()
        secrets = (config.app_secret, config.verify_token, config.access_token)
        logs.install(secrets=(*secrets, known.database_url, known.redis_url))
        rasa_patches.apply()
        sanic_patches.apply()
        return cls(
            config,
            worker=Worker(place(known.port_rasa)),
            after_turn=hook((credentials or {}).get("after_turn")),
            metrics_port=known.port_metrics,
        )

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Routes: health, Meta's handshake, events."""
        rasa = RasaTurn(on_new_message)
        self.office = PostOffice(
            self._config,
            rasa=rasa,
            worker=self._worker,
            client=self._client,
            after_turn=lambda resident: run_hook(self.after_turn, rasa.agent, resident),
            clock=self._clock,
        )
        blueprint = Blueprint("whatsapp_webhook")
        blueprint.add_route(route(health), "/", methods=["GET"], name="health")
        blueprint.add_route(route(self.handshake), "/webhook", methods=["GET"], name="handshake")
        blueprint.add_route(
            route(self.receive), "/webhook", methods=["POST"], stream=True, name="receive"
        )
        blueprint.listener("after_server_start")(self._start)
        blueprint.listener("before_server_stop")(self._stop)
        return blueprint

    async def handshake(self, request: Request) -> HTTPResponse:
        """Answer Meta's challenge if the verify token is ours."""
        given = request.args
        challenge = given.get("hub.challenge", "")
        known = signature.same(self._config.verify_token, given.get("hub.verify_token", ""))
        if known and challenge and given.get("hub.mode") == "subscribe":
            return response.text(challenge)
        logger.warning("handshake refused: wrong or missing parameters")
        return response.text("forbidden", status=403)

    async def receive(self, request: Request) -> HTTPResponse:
        """Verify, parse, write down, answer 200; the turns run behind it."""
        with metrics.WEBHOOK.time():
            try:
                body = await asyncio.wait_for(read_body(request), self._body_patience)
            except asyncio.TimeoutError:
                return refuse("slow", "request timeout", 408)
            if body is None:
                return refuse("size", "too large", 413)
            header = request.headers.get("x-hub-signature-256")
            if not signature.verify(self._config.app_secret, body, header):
                return refuse("signature", "forbidden", 403)
            now = self._clock()
            batch = parse(body, phone_number_id=self._config.phone_number_id, now=now)
            log_batch(batch)
            try:
                await self.office.receive(batch)
            except StoreError as error:
                # worth a redelivery; anything else would come back for a week and fail again
                logger.error("webhook not recorded: %s", error)
                return response.text("try again", status=503)
            return response.text("ok")

    async def _start(self, app: Sanic, loop: Any = None) -> None:
        """Take over what an earlier run left, and begin to work the queues."""
        self.office.rasa.agent = getattr(app.ctx, "agent", None)
        app.config.ACCESS_LOG = False  # Sanic makes up a line for each answer; Rasa prints none
        if isinstance(self.office.rasa.agent, Agent):
            leave_out_of_collections()
        await self.office.start(self._metrics_port)

    async def _stop(self, app: Sanic, loop: Any = None) -> None:
        """Let running turns end before the server does."""
        await self.office.stop(SHUTDOWN_PATIENCE)
        await rasa_calls.close(getattr(self.office.rasa.agent, "action_endpoint", None))


def leave_out_of_collections() -> None:
    """Never look through what is loaded now for garbage again: the model and its libraries stay.

    Each whole collection would stop everything for a third of a second, webhooks too.
    """
    gc.collect()
    gc.freeze()


def place(port: int) -> str:
    """Where this process runs. A restart there releases what the last run held, so the same port of
    another machine must be another place."""
    return f"rasa:{port}@{socket.gethostname()}"


def refuse(reason: str, text: str, status: int) -> HTTPResponse:
    """Turn a webhook call away, with a word in the log and a count."""
    metrics.REFUSED.labels(reason).inc()
    logger.warning("webhook refused: %s", reason)
    return response.text(text, status=status)


def route(handler: Callable[[Request], Awaitable[HTTPResponse]]) -> Callable[[Request], Any]:
    """A function of its own for each route: Sanic writes attributes on it, a method has none."""

    async def handle(request: Request) -> HTTPResponse:
        return await handler(request)

    return handle


async def health(request: Request) -> HTTPResponse:
    """As Rasa's own channels answer."""
    return response.json({"status": "ok"})


async def read_body(request: Request) -> bytes | None:
    """The raw body, or None when it is over the limit (Sanic's own limit is 100 MB)."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream:
        size += len(chunk)
        if size > MAX_DRAINED:
            break
        if size <= MAX_BODY:
            chunks.append(chunk)
    return b"".join(chunks) if size <= MAX_BODY else None


def log_batch(batch: Batch) -> None:
    """Count what came, and say what was skipped, without any content."""
    if batch.malformed:
        metrics.RECEIVED.labels("malformed").inc(batch.malformed)
        logger.warning("webhook: %d unreadable parts skipped", batch.malformed)
    for event in batch.events:
        if isinstance(event, Ignored):
            metrics.RECEIVED.labels("ignored").inc()
            logger.info("webhook: ignored, %s", event.reason)
        elif isinstance(event, Status):
            metrics.RECEIVED.labels("status").inc()
        elif isinstance(event, Message):
            metrics.RECEIVED.labels("message").inc()
            metrics.arrived(fingerprint(event.wamid))


def hook(path: str | None) -> AfterTurn | None:
    """Load the function named by a dotted path; a wrong one is told when the server starts."""
    if not path:
        return None
    module, _, name = str(path).rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise RasaException(f"credentials.yml: after_turn: '{path}' not found ({error})") from error


async def run_hook(after_turn: AfterTurn | None, agent: Any, sender_id: str) -> None:
    """Call the hook, which may be a plain or an async function."""
    if after_turn is not None:
        result = after_turn(agent, sender_id)
        if inspect.isawaitable(result):
            await result
