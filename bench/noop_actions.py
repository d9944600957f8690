"""The one action of the bot that does nothing: the least an action server can do."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher


class ActionNoop(Action):
    """Says one word."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_noop"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer without looking at anything."""
        dispatcher.utter_message(text="ya")
        return []
