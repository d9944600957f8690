"""Rasa's side of the WhatsApp channel: webhook in, turns out. The logic is in the other modules.

`credentials.yml`:

    kelurahan.whatsapp.channel.WhatsAppInput:
      app_secret: ${WHATSAPP_APP_SECRET}        # any key left out is taken from the settings
      after_turn: some.module.function          # optional: f(agent, sender_id) after each turn
"""

from __future__ import annotations

import importlib
import inspect
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from kelurahan.settings import SettingsError, settings
from kelurahan.whatsapp import rasa_patches, signature
from kelurahan.whatsapp.client import GraphClient
from kelurahan.whatsapp.config import Config
from kelurahan.whatsapp.events import Batch, Ignored, Message, Status, SystemChange, trace
from kelurahan.whatsapp.lanes import Lanes
from kelurahan.whatsapp.ledger import Ledger, LedgerThread, StoreLedger
from kelurahan.whatsapp.parse import parse
from kelurahan.whatsapp.tokens import Tokens
from kelurahan.whatsapp.turns import Client, Json, Question, Received, Turns, where

logger = logging.getLogger(__name__)

MAX_BODY = 3 * 1024 * 1024  # Meta's stated maximum
# A larger body is read to its end and thrown away, so that the sender sees the 413 and not a reset.
MAX_DRAINED = 8 * MAX_BODY
SHUTDOWN_PATIENCE = 10.0

AfterTurn = Callable[[Any, str], Any]
OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


class TurnOutput(OutputChannel):
    """Collects what Rasa says in one turn; sending happens after it, so it cannot fail in Rasa."""

    def __init__(self) -> None:
        self.messages: list[Json] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name, as on the way in."""
        return "whatsapp"

    async def send_response(self, recipient_id: str, message: Json) -> None:
        """Keep the whole message with its extra keywords (`balasan`, `daftar`)."""
        self.messages.append(dict(message))

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """For callers that do not go through `send_response`."""
        self.messages.append({"text": text, **kwargs})


class WhatsAppInput(InputChannel):
    """Meta's Cloud API as a Rasa channel, mounted at /webhooks/whatsapp/webhook."""

    def __init__(
        self,
        config: Config,
        *,
        ledger: Ledger | None = None,
        client: Client | None = None,
        after_turn: AfterTurn | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.after_turn = after_turn
        self._config = config
        self._ledger = ledger or StoreLedger()
        self._thread = LedgerThread()
        self._client = client or GraphClient(
            url=config.graph_api_url,
            version=config.graph_api_version,
            phone_number_id=config.phone_number_id,
            token=config.access_token,
        )
        self._clock = clock
        self._agent: Any = None
        self._lanes: Lanes | None = None

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
        rasa_patches.apply()
        return cls(config, after_turn=hook((credentials or {}).get("after_turn")))

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Routes: health, Meta's handshake, events."""
        self._lanes = Lanes(self._turns(on_new_message).serve)
        blueprint = Blueprint("whatsapp_webhook")
        blueprint.add_route(route(health), "/", methods=["GET"], name="health")
        blueprint.add_route(route(self.handshake), "/webhook", methods=["GET"], name="handshake")
        blueprint.add_route(
            route(self.receive), "/webhook", methods=["POST"], stream=True, name="receive"
        )
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
        """Verify, parse, record, answer 200; the turns run behind it."""
        body = await read_body(request)
        if body is None:
            logger.warning("webhook refused: body over %d bytes", MAX_BODY)
            return response.text("too large", status=413)
        header = request.headers.get("x-hub-signature-256")
        if not signature.verify(self._config.app_secret, body, header):
            logger.warning("webhook refused: signature %s", "wrong" if header else "missing")
            return response.text("forbidden", status=403)
        self._agent = getattr(request.app.ctx, "agent", None)
        batch = parse(body, phone_number_id=self._config.phone_number_id, now=self._clock())
        log_batch(batch)
        received, complete = await self._thread.run(self._record, batch)
        for item in received:
            self._lanes.put(item.resident, item.message.timestamp, item)
        # Only the store failing is worth a redelivery; a body Meta repeats for a week is not.
        return response.text("ok" if complete else "try again", status=200 if complete else 503)

    def _record(self, batch: Batch) -> tuple[list[Received], bool]:
        """Write every message down before it is acknowledged; say whether all could be."""
        received, complete = [], True
        for event in batch.events:
            try:
                if isinstance(event, SystemChange):
                    self._ledger.move(event)
                elif isinstance(event, Message) and (resident := self._ledger.accept(event)):
                    received.append(Received(event, resident))
            except Exception as error:  # noqa: BLE001 - one bad row must not lose the others
                logger.error("message %s: not recorded: %s", trace(event.wamid), where(error))
                complete = False
        return received, complete

    def _turns(self, on_new_message: OnNewMessage) -> Turns:
        async def ask(question: Question) -> list[Json]:
            output = TurnOutput()
            await on_new_message(
                UserMessage(
                    question.text,
                    output,
                    question.resident,
                    input_channel=self.name(),
                    message_id=question.message_id,
                    metadata=question.metadata,
                )
            )
            return output.messages

        return Turns(
            ask=ask,
            client=self._client,
            ledger=self._ledger,
            thread=self._thread,
            tokens=Tokens(self._config.app_secret),
            after_turn=self._run_hook,
            clock=self._clock,
        )

    async def _run_hook(self, sender_id: str) -> None:
        await run_hook(self.after_turn, self._agent, sender_id)

    async def _stop(self, app: Sanic, loop: Any) -> None:
        """Let running turns end before the server does."""
        await self._lanes.drain(SHUTDOWN_PATIENCE)
        if isinstance(self._client, GraphClient):
            await self._client.close()


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
    """Say what was skipped or went wrong, without any content."""
    if batch.malformed:
        logger.warning("webhook: %d unreadable parts skipped", batch.malformed)
    for event in batch.events:
        if isinstance(event, Ignored):
            logger.info("webhook: ignored, %s", event.reason)
        elif isinstance(event, Status) and event.status == "failed":
            logger.warning("sent message %s failed: codes %s", trace(event.wamid), event.codes)


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
