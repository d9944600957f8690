"""A WhatsApp connector as it is usually written, for the bots that ours is compared with.

It parses the text, waits for Rasa's turn, posts the reply and answers 200: no signature, no record
of what came in, no order, no limits. `PatchedInput` is the same with all our
patches of Rasa, `FloorInput` with the two that the design's floor has.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import Event
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

Json = dict[str, Any]
GRAPH_TIMEOUT = aiohttp.ClientTimeout(total=15)


class PlainOutput(OutputChannel):
    """Keeps the texts of one turn, buttons left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "whatsapp"

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Every kind of message ends here."""
        self.texts.append(text)

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[Json], **kwargs: Any
    ) -> None:
        """The text alone, so that a reply is one request."""
        self.texts.append(text)


class PlainInput(InputChannel):
    """Webhook in, turn, reply out, then 200."""

    def __init__(self, graph_url: str) -> None:
        self._graph_url = graph_url
        self._session: aiohttp.ClientSession | None = None

    @classmethod
    def name(cls) -> str:
        """Where it is mounted: /webhooks/whatsapp."""
        return "whatsapp"

    @classmethod
    def from_credentials(cls, credentials: Json | None) -> PlainInput:
        """The only key is `graph_url`."""
        return cls((credentials or {})["graph_url"])

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Health and webhook."""
        blueprint = Blueprint("plain_whatsapp")

        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        async def receive(request: Request) -> HTTPResponse:
            if self._session is None:
                self._session = aiohttp.ClientSession(timeout=GRAPH_TIMEOUT)
            for sender, text in texts(request.json):
                output = PlainOutput()
                await on_new_message(UserMessage(text, output, sender, input_channel=self.name()))
                await self._reply(self._session, sender, output.texts)
            return response.text("ok")

        blueprint.add_route(health, "/", methods=["GET"], name="health")
        blueprint.add_route(receive, "/webhook", methods=["POST"], name="receive")
        return blueprint

    async def _reply(self, session: aiohttp.ClientSession, sender: str, replies: list[str]) -> None:
        for text in replies:
            body = {"messaging_product": "whatsapp", "to": sender, "type": "text"}
            async with session.post(self._graph_url, json={**body, "text": {"body": text}}) as sent:
                await sent.read()


class PatchedInput(PlainInput):
    """The same connector on a Rasa with our patches."""

    @classmethod
    def from_credentials(cls, credentials: Json | None) -> PlainInput:
        """Apply the patches, as our own channel does at this place."""
        from kelurahan.whatsapp import rasa_patches  # not for the bot without them

        rasa_patches.apply()
        return super().from_credentials(credentials)


class FloorInput(PlainInput):
    """The same connector on a Rasa with the two patches that the design's floor has.

    Written out here as the design describes them (its section 6: "the patched no-op is the floor to
    compare with"), so that the floor stays where it is whatever our own patches become.
    """

    @classmethod
    def from_credentials(cls, credentials: Json | None) -> PlainInput:
        """Build the validator of action answers once, and the map of event types once."""
        validator = Draft202012Validator(RemoteAction.action_response_format_spec())
        resolve = Event.resolve_by_type
        known: dict[str, Any] = {}

        def validate(_self: RemoteAction, result: Json) -> bool:
            if error := best_match(validator.iter_errors(result)):
                raise error
            return True

        def resolve_once(type_name: str, default: Any = None) -> Any:
            if type_name not in known:
                known[type_name] = resolve(type_name, default)
            return known[type_name]

        RemoteAction._validate_action_result = validate
        Event.resolve_by_type = staticmethod(resolve_once)
        return super().from_credentials(credentials)


def texts(body: Json) -> list[tuple[str, str]]:
    """Sender and text of every text message."""
    return [
        (message["from"], message["text"]["body"])
        for entry in body["entry"]
        for change in entry["changes"]
        for message in change["value"].get("messages", [])
        if message["type"] == "text"
    ]
