"""What the WhatsApp tests share: payloads, Meta's signature and escaping, hand-written fakes."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import socket
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from kelurahan.whatsapp.config import Config

FIXTURES = Path(__file__).parent / "data" / "whatsapp"
SECRET, VERIFY, TOKEN = "rahasia-uji", "kata-uji", "EAAGtokenuji0000000000000000"
PHONE_ID = "1060000000000001"
NUMBER, BSUID = "6281200000001", "ID.4f9a2c"
NOW = 1_790_000_010.0
CONFIG = Config(SECRET, VERIFY, TOKEN, PHONE_ID, "http://127.0.0.1:9", "v25.0")


def load(name: str) -> dict[str, Any]:
    """A fixture by its name."""
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def envelope(*messages: dict[str, Any]) -> dict[str, Any]:
    """A webhook with these messages in one change."""
    value = {"metadata": {"phone_number_id": PHONE_ID}, "messages": list(messages)}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }


def text(body: Any, wamid: str = "", sender: str = NUMBER, stamp: int = 1_790_000_000) -> dict:
    """One text message."""
    return {
        "from": sender,
        "id": wamid or f"wamid.{uuid.uuid4().hex}",
        "timestamp": str(stamp),
        "type": "text",
        "text": {"body": body},
    }


def tap(choice_id: str, title: str, sender: str = NUMBER) -> dict[str, Any]:
    """A tapped button."""
    reply = {"type": "button_reply", "button_reply": {"id": choice_id, "title": title}}
    return {**text("", sender=sender), "type": "interactive", "interactive": reply}


def meta_bytes(payload: Any) -> bytes:
    """JSON as Meta writes it: ASCII only, with escaped slashes and some escaped punctuation."""
    raw = json.dumps(payload, separators=(",", ":"), ensure_ascii=True).replace("/", r"\/")
    for char in "<%@":
        raw = raw.replace(char, f"\\u{ord(char):04X}")
    return raw.encode()


def sign(body: bytes, secret: str = SECRET) -> str:
    """The signature header, computed without the code under test."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class FakeClient:
    """Records what would go to Meta; `fault` is raised by `send`."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.read: list[tuple[str, bool]] = []
        self.order: list[str] = []
        self.fault: Exception | None = None
        self.read_fault: Exception | None = None

    async def send(self, message: dict[str, Any]) -> str:
        self.order.append("send")
        if self.fault:
            raise self.fault
        self.sent.append(message)
        return f"wamid.OUT{len(self.sent)}"

    async def mark_read(self, wamid: str, typing: bool = True) -> None:
        await asyncio.sleep(0.01)
        self.order.append("read")
        if self.read_fault:
            raise self.read_fault
        self.read.append((wamid, typing))

    async def close(self) -> None:
        """Nothing to close."""

    def texts(self) -> list[str]:
        """Bodies of everything sent, in order."""
        return [
            m["text"]["body"] if m["type"] == "text" else m["interactive"]["body"]["text"]
            for m in self.sent
        ]


class FakeRasa:
    """Stands for the agent: remembers what it was asked, answers by `reply`."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.fault: BaseException | None = None
        self.delay = 0.0
        self.reply: Callable[[Any], list[dict]] = lambda m: [{"text": f"jawab: {m.text[:50]}"}]
        self.lock_store, self.tracker_store = self, self

    def delete_lock(self, resident: str) -> None:
        """Nobody holds one."""

    async def retrieve(self, resident: str) -> None:
        """Nothing has been saved."""

    async def handle_message(self, message: Any) -> None:
        self.asked.append(message)
        await asyncio.sleep(self.delay)
        if self.fault:
            raise self.fault
        for said in self.reply(message):
            await message.output_channel.send_response(message.sender_id, said)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.asked]


def free_port() -> int:
    """A loopback port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.asynccontextmanager
async def served(rasa: FakeRasa, *channels: Any) -> AsyncIterator[str]:
    """Run channels in a Sanic app as Rasa registers them; yield the base address."""
    from rasa.core.channels.channel import register
    from sanic import Sanic

    Sanic.test_mode = True  # several apps in one process
    app = Sanic(f"uji_{uuid.uuid4().hex}", configure_logging=False)
    app.ctx.agent = rasa
    register(list(channels), app, route="/webhooks/")
    port = free_port()
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, debug=False)
    await server.startup()
    await server.start_serving()
    await server.after_start()
    try:
        yield f"http://127.0.0.1:{port}/webhooks"
    finally:
        await server.before_stop()
        await server.close()
        await server.after_stop()


@contextlib.contextmanager
def everything_logged(caplog: Any) -> Iterator[list[str]]:
    """Collect log lines of every logger at every level, with their tracebacks."""
    lines: list[str] = []
    with caplog.at_level("DEBUG"):
        yield lines
    lines += [f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records]


async def until(condition: Callable[[], Any], seconds: float = 3.0) -> None:
    """Wait for something that happens behind the answer."""
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("did not happen in time")


def run(coroutine: Awaitable[Any]) -> Any:
    """Run an async test."""
    return asyncio.run(asyncio.wait_for(coroutine, 30))
