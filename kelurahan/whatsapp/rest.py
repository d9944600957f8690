"""The REST channel of `serve-test`: what a test sends meets the same cleaning as on WhatsApp.

Loopback only, never in production: it believes any `sender`. JSON body: `sender`, `message`,
optional `message_id` (to deliver a message twice) and `metadata`.
"""

from __future__ import annotations

import logging
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from kelurahan import logs
from kelurahan.whatsapp import rasa_patches, sanic_patches
from kelurahan.whatsapp.channel import AfterTurn, health, hook, route, run_hook
from kelurahan.whatsapp.clean import clean_text
from kelurahan.whatsapp.rasa_turn import OnNewMessage
from kelurahan.whatsapp.replies import FIXED_REPLIES
from kelurahan.whatsapp.turns import where

logger = logging.getLogger(__name__)


class WholeOutput(CollectingOutputChannel):
    """Collects replies as WhatsApp shows them: not cut at blank lines, extra keywords kept."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep every part that holds something."""
        kept = {key: value for key, value in message.items() if value not in (None, [], {})}
        self.messages.append({"recipient_id": recipient_id, **kept})


class CleanRestInput(RestInput):
    """Rasa's REST channel with the WhatsApp channel's manners; no streaming."""

    def __init__(self, after_turn: AfterTurn | None = None) -> None:
        self.after_turn = after_turn

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> CleanRestInput:
        """The only key is the optional `after_turn`."""
        logs.install()
        rasa_patches.apply()
        sanic_patches.apply()
        return cls(hook((credentials or {}).get("after_turn")))

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Routes: health and messages, at the same paths as Rasa's own."""

        async def receive(request: Request) -> HTTPResponse:
            return await self.receive(request, on_new_message)

        blueprint = Blueprint("clean_rest_webhook")
        blueprint.add_route(route(health), "/", methods=["GET"], name="health")
        blueprint.add_route(receive, "/webhook", methods=["POST"], name="receive")
        return blueprint

    async def receive(self, request: Request, on_new_message: OnNewMessage) -> HTTPResponse:
        """Run one turn and answer with its messages."""
        body = request.json
        if not isinstance(body, dict):
            return response.json({"error": "the body must be a JSON object"}, status=400)
        sender, text = str(body.get("sender") or "default"), clean_text(body.get("message"))
        if text is None:
            return response.json([_fixed(sender, "kosong")])
        output = WholeOutput()
        message = UserMessage(
            text,
            output,
            sender,
            input_channel=self._extract_input_channel(request),
            message_id=body.get("message_id"),
            metadata=self.get_metadata(request),
        )
        try:
            with rasa_patches.undoable_turn():
                await on_new_message(message)
            await run_hook(self.after_turn, getattr(request.app.ctx, "agent", None), sender)
        except (Exception, rasa_patches.TurnUndoneError) as error:  # noqa: BLE001 - as on WhatsApp
            logger.error("REST turn failed: %s", where(error))
        return response.json(output.messages or [_fixed(sender, "gangguan")])


def _fixed(sender: str, reply: str) -> dict[str, str]:
    return {"recipient_id": sender, "text": FIXED_REPLIES[reply]}
