"""The simulator as one object: state, clock, limits, courier and live updates together."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import fields
from typing import Any

from simulator.clock import Clock
from simulator.config import Config
from simulator.events import Hub
from simulator.limits import Limits
from simulator.model import BOT, Rules
from simulator.state import State
from simulator.webhook import Courier, Delivery


class Simulator:
    """Everything lives on one event loop; nothing here is thread-safe but reading."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        self.config, self.clock, self.hub = config, clock or Clock(), Hub()
        self.state = State(config, self.clock, self.hub)
        self.limits = Limits(config)
        self.courier = Courier(config, self.clock, self.state.rules, self._delivery_changed)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, job: Coroutine[Any, Any, Any]) -> None:
        """Run in the background and keep a reference until done."""
        task = asyncio.get_running_loop().create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def turn(self, key: str) -> asyncio.Lock:
        """Held while a resident's message is posted, so that the next one waits."""
        return self._turns[key]

    def set_rules(self, changes: dict[str, Any]) -> Rules:
        """Change rules by name; an unknown name is an error."""
        known = {field.name for field in fields(Rules)}
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"rule {name!r} is not one of {', '.join(sorted(known))}")
            setattr(self.state.rules, name, value)
        return self.state.rules

    def reset(self) -> None:
        """Forget all chats, deliveries, faults and rates; residents and rules as at the start."""
        self._stop_tasks()
        self.courier.forget()
        self.limits = Limits(self.config)
        for field in fields(Rules):
            if field.name != "webhook_url":
                setattr(self.state.rules, field.name, field.default)
        self.state.clear()

    async def close(self) -> None:
        """Stop everything that runs in the background."""
        self.hub.close()
        self._stop_tasks()
        await self.courier.close()

    def _stop_tasks(self) -> None:
        for task in list(self._tasks):
            task.cancel()

    def _delivery_changed(self, delivery: Delivery) -> None:
        """Two ticks for a resident's message once the webhook has answered 200."""
        if delivery.kind != "messages":
            return
        for wamid in delivery.ids:
            bubble = self.state.bubbles.get(wamid)
            if bubble is None or bubble.author == BOT:
                continue
            if delivery.accepted and bubble.status in ("pending", "sent"):
                bubble.status = "delivered"
                self.state.put(bubble)
            elif bubble.status == "pending":
                bubble.status = "sent"
                self.state.put(bubble)
        self.hub.publish(
            "webhook", ok=delivery.accepted, attempts=len(delivery.attempts), done=delivery.done
        )
