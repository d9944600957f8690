"""A turn as Rasa runs it: asked once, undone when a part of ours fails, remembered when saved."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import LockError
from rasa.shared.core.events import BotUttered, UserUttered
from redis.exceptions import RedisError

from kelurahan.whatsapp import rasa_patches
from kelurahan.whatsapp.turns import Json, Question, TurnUndoneError

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


class RasaTurn:
    """Rasa behind the `turns.Rasa` interface; `agent` is filled in once Rasa has loaded it."""

    def __init__(self, on_new_message: OnNewMessage) -> None:
        self._on_new_message = on_new_message
        self.agent: Any = None

    def ready(self) -> bool:
        """Whether there is a model to ask."""
        is_ready = getattr(self.agent, "is_ready", None)
        return self.agent is not None and (is_ready is None or bool(is_ready()))

    async def ask(self, question: Question) -> list[Json]:
        """Run the turn and return what it says.

        Raises:
            TurnUndoneError: the action server, the tracker store or the lock failed; nothing was
                saved.
        """
        output = TurnOutput()
        message = UserMessage(
            question.text,
            output,
            question.resident,
            input_channel=TurnOutput.name(),
            message_id=question.message_id,
            metadata=question.metadata,
        )
        try:
            with rasa_patches.undoable_turn():
                await self._on_new_message(message)
        except rasa_patches.TurnUndoneError as error:
            raise TurnUndoneError(str(error)) from None
        except LockError:  # its text names the conversation; the turn had not begun
            raise TurnUndoneError("lock store: LockError") from None
        return output.messages

    async def recall(self, resident: str, message_id: str) -> list[Json] | None:
        """What Rasa said to this message, if it saved that turn; None if the turn must be run.

        Rasa saves a whole turn at once, so the message stands in the tracker exactly when its turn
        has ended. A process that was killed leaves its lock behind in Redis: our own claim keeps
        others away from this conversation, so the lock can go.
        """
        if self.agent is None:
            return None
        try:
            await asyncio.to_thread(self.agent.lock_store.delete_lock, resident)
        except RedisError as error:
            raise TurnUndoneError(f"lock store: {type(error).__name__}") from None
        try:
            with rasa_patches.undoable_turn():
                tracker = await self.agent.tracker_store.retrieve(resident)
        except rasa_patches.TurnUndoneError as error:
            raise TurnUndoneError(str(error)) from None
        return None if tracker is None else said_to(list(tracker.events), message_id)


def said_to(events: list[Any], message_id: str) -> list[Json] | None:
    """The bot's messages between this user message and the next one; None if it is not there."""
    at = next(
        (
            i
            for i in range(len(events) - 1, -1, -1)
            if isinstance(events[i], UserUttered) and events[i].message_id == message_id
        ),
        None,
    )
    if at is None:
        return None
    said: list[Json] = []
    for event in events[at + 1 :]:
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered):
            said.append(event.message())
    return said
