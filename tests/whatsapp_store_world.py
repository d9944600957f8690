"""For tests of inbox and outbox without a channel: a clock set by hand, messages, letters, rows."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from threading import Barrier
from typing import Any

import sqlalchemy
from whatsapp_world import NOW, NUMBER

from kelurahan.store import sesi, waktu
from kelurahan.store.queue import Worker
from kelurahan.whatsapp import outbox
from kelurahan.whatsapp.build import text_body
from kelurahan.whatsapp.events import Batch, Content, Message, Outcome, Sender
from kelurahan.whatsapp.ledger import Ledger

OTHER = "6281200000002"
WORDS = Content(Outcome.TO_RASA, text="menu")


class Clock:
    """The present moment of the store and of the channel, moved by hand."""

    def __init__(self, monkeypatch: Any) -> None:
        self.now = datetime.fromtimestamp(NOW, timezone.utc)
        monkeypatch.setattr(waktu, "sekarang", lambda: self.now)

    def pass_(self, seconds: float) -> None:
        """Let time go by."""
        self.now += timedelta(seconds=seconds)

    def time(self) -> float:
        """Unix seconds, as `time.time` gives them."""
        return self.now.timestamp()


def message(
    wamid: str = "", sender: str | Sender = NUMBER, stamp: int = int(NOW), **more: Any
) -> Message:
    """A text message, or whatever `more` makes of it."""
    who = sender if isinstance(sender, Sender) else Sender(sender)
    values = {"type": "text", "content": WORDS, **more}
    return Message(wamid or f"wamid.{uuid.uuid4().hex}", who, stamp, **values)


def ledger(place: str = "uji", lease: float = 60.0) -> Ledger:
    """The inbox and outbox as one process sees them."""
    return Ledger(Worker(place, lease))


def receive(one: Ledger, *events: Any, slots: int = 48) -> list:
    """Take in a batch; the turns that may start."""
    return one.receive(Batch(tuple(events)), slots).turns


def letter(
    resident: str = "warga", words: str = "halo", to: Sender | None = None, **more: Any
) -> bool:
    """Write a message to a resident down."""
    more = {"kind": "balasan", **more}
    with sesi() as s:
        return outbox.enqueue(s, resident, text_body(words), to=to or Sender(NUMBER), **more)


def template(name: str = "kabar") -> dict:
    """A template message without its address."""
    return {"messaging_product": "whatsapp", "type": "template", "template": {"name": name}}


def rows(sql: str, **values: Any) -> list[tuple]:
    """Read the store."""
    with sesi(baca=True) as s:
        return [tuple(row) for row in s.execute(sqlalchemy.text(sql), values)]


def value(sql: str, **values: Any) -> Any:
    """The first column of the only row."""
    ((found, *_),) = rows(sql, **values)
    return found


def at_once(call: Any, many: int = 8) -> list:
    """Run a function in many threads that start together; what they return."""
    gate = Barrier(many)

    def one(number: int) -> Any:
        gate.wait()
        return call(number)

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(one, range(many)))
