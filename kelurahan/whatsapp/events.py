"""What a webhook can tell us, as frozen values; personal data never shows in their `repr`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum


class Outcome(str, Enum):
    """What happens to an inbound message; every message type has exactly one."""

    TO_RASA = "to_rasa"
    FIXED_REPLY = "fixed_reply"
    RECORD_ONLY = "record_only"
    MOVE_RECORD = "move_record"
    IGNORE = "ignore"


@dataclass(frozen=True)
class Sender:
    """Who wrote: a phone number, a business-scoped user id, or both."""

    wa_id: str | None = field(default=None, repr=False)
    bsuid: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Choice:
    """A tapped button or list row: our opaque id and the title the resident saw."""

    id: str = field(repr=False)
    title: str = field(repr=False)


@dataclass(frozen=True)
class Media:
    """A reference to media at Meta; it is fetched when somebody needs it, see `media`."""

    id: str = field(repr=False)
    mime_type: str = ""


@dataclass(frozen=True)
class Content:
    """The part of a message that depends on its type."""

    outcome: Outcome
    reply: str | None = None  # kind of fixed reply, see replies.py
    text: str | None = field(default=None, repr=False)
    choice: Choice | None = None
    media: Media | None = None
    note: str = field(default="", repr=False)  # what the resident hears about the media
    reason: str = ""


@dataclass(frozen=True)
class Message:
    """One message of one resident."""

    wamid: str = field(repr=False)
    sender: Sender
    timestamp: int  # unix seconds
    type: str
    content: Content
    old: bool = False  # too old to be answered as if it were fresh


@dataclass(frozen=True)
class Status:
    """How far one of our own messages came; never reaches Rasa."""

    wamid: str = field(repr=False)
    status: str
    timestamp: int
    reference: str = ""  # biz_opaque_callback_data: names our outbox row
    codes: tuple[int, ...] = ()


@dataclass(frozen=True)
class SystemChange:
    """A resident's number or user id changed: move the record."""

    wamid: str = field(repr=False)
    old: Sender
    new: Sender
    timestamp: int


@dataclass(frozen=True)
class Ignored:
    """Something that is none of our business, with the reason."""

    reason: str


Event = Message | Status | SystemChange | Ignored


@dataclass(frozen=True)
class Batch:
    """All events of one POST, in order of arrival, and how many parts were unreadable."""

    events: tuple[Event, ...] = ()
    malformed: int = 0

    @property
    def messages(self) -> tuple[Message, ...]:
        """Only the messages, in order of arrival."""
        return tuple(e for e in self.events if isinstance(e, Message))


def fingerprint(wamid: str) -> str:
    """SHA-256 of a message id: a wamid holds the phone number in clear, its hash does not."""
    return hashlib.sha256(wamid.encode(errors="replace")).hexdigest()


def trace(wamid: str) -> str:
    """The short form of `fingerprint` for log lines."""
    return fingerprint(wamid)[:10]
