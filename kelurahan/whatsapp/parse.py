"""Webhook body -> events. Pure; a malformed part is counted and skipped, the rest is read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from kelurahan.whatsapp.content import Json, MalformedPartError, content_of, error_codes, part
from kelurahan.whatsapp.events import (
    Batch,
    Content,
    Event,
    Ignored,
    Message,
    Outcome,
    Sender,
    Status,
    SystemChange,
)

OLDEST_ANSWERED = 24 * 3600  # Meta's window: a later answer would be refused anyway (131047)
MILLISECONDS_FROM = 10**11  # a number this large is not seconds
# Seconds by which WhatsApp's clock may be ahead of ours. A time further on would keep the 24-hour
# window and the flood guard busy for years, or not fit its column.
SKEW = 300
OBJECT = "whatsapp_business_account"
WAMID = re.compile(r"[\x21-\x7e]{1,255}")
WA_ID = re.compile(r"\+?([0-9]{5,20})")
BSUID = re.compile(r"[A-Za-z]{2}\.[A-Za-z0-9]{1,128}")
NO_DIGIT = re.compile(r"[^0-9]")
NAME = re.compile(r"[a-z0-9_]{1,40}")


def parse(body: bytes | dict, *, phone_number_id: str, now: float) -> Batch:
    """Read one POST body; foreign numbers, groups, echoes and other fields come out as Ignored."""
    try:
        payload = json.loads(body) if isinstance(body, (bytes, bytearray)) else body
    except (ValueError, RecursionError):
        return Batch(malformed=1)
    return _Reader(phone_number_id, now).read(payload)


class _Reader:
    """Walks entry[] -> changes[] -> messages[]/statuses[]/errors[] and collects events."""

    def __init__(self, phone_number_id: str, now: float) -> None:
        self.phone_number_id = phone_number_id
        self.now = now
        self.events: list[Event] = []
        self.malformed = 0

    def read(self, payload: Any) -> Batch:
        """Return everything one body holds."""
        if isinstance(payload, dict) and payload.get("object", OBJECT) != OBJECT:
            return Batch((Ignored("foreign object"),))
        for entry in self._items(payload, "entry", required=True):
            for change in self._items(entry, "changes", required=True):
                self._each([change], self._change)
        return Batch(tuple(self.events), self.malformed)

    def _items(self, parent: Any, key: str, required: bool = False) -> Iterator[Any]:
        """The items of a list; a missing optional list is empty, a wrong one is malformed."""
        value = parent.get(key) if isinstance(parent, dict) else None
        if isinstance(value, list):
            yield from value
        elif required or value is not None:
            self.malformed += 1

    def _each(self, items: Any, read: Callable[[Any], None]) -> None:
        for item in items:
            try:
                if not isinstance(item, dict):
                    raise MalformedPartError("not an object")
                read(item)
            except MalformedPartError:
                self.malformed += 1

    def _change(self, change: Json) -> None:
        field = change.get("field")
        if field != "messages":
            self.events.append(Ignored(f"field {_name(field)}"))
            return
        value = part(change, "value")
        number = part(value, "metadata")
        if str(number.get("phone_number_id")) != self.phone_number_id:
            self.events.append(Ignored("foreign phone number id"))
            return
        contacts = [_contact(c) for c in self._items(value, "contacts")]
        own = NO_DIGIT.sub("", str(number.get("display_phone_number") or ""))
        read = partial(self._message, contacts=contacts, own=own)
        self._each(self._items(value, "messages"), read)
        self._each(self._items(value, "statuses"), self._status)
        if value.get("errors"):
            self.events.append(Ignored(f"value errors {list(error_codes(value))}"))

    def _message(self, message: Json, contacts: list[Sender], own: str) -> None:
        kind = _name(message.get("type"))
        if message.get("group_id"):
            self.events.append(Ignored("group"))
            return
        wamid, stamp = _wamid(message.get("id")), _seconds(message.get("timestamp"), self.now)
        if kind == "system" and (change := _system_change(wamid, stamp, message)):
            self.events.append(change)
            return
        sender = _sender(message, contacts)
        if own and sender.wa_id == own:
            self.events.append(Ignored("echo of our own number"))
            return
        content = content_of(kind, message)
        if content.outcome is Outcome.IGNORE:
            self.events.append(Ignored(content.reason))
            return
        old = self.now - stamp > OLDEST_ANSWERED
        if old:
            content = Content(Outcome.RECORD_ONLY, reason="old")
        self.events.append(Message(wamid, sender, stamp, kind, content, old))

    def _status(self, status: Json) -> None:
        reference = status.get("biz_opaque_callback_data")
        self.events.append(
            Status(
                wamid=_wamid(status.get("id")),
                status=_name(status.get("status")),
                timestamp=_seconds(status.get("timestamp"), self.now),
                reference=reference if isinstance(reference, str) else "",
                codes=error_codes(status),
            )
        )


def _name(value: Any) -> str:
    """A word of Meta's vocabulary, safe to log; anything else is "?"."""
    return value if isinstance(value, str) and NAME.fullmatch(value) else "?"


def _wamid(value: Any) -> str:
    if not isinstance(value, str) or not WAMID.fullmatch(value):
        raise MalformedPartError("id")
    return value


def _wa_id(value: Any) -> str | None:
    found = WA_ID.fullmatch(value) if isinstance(value, str) else None
    return found.group(1) if found else None


def _bsuid(value: Any) -> str | None:
    return value if isinstance(value, str) and BSUID.fullmatch(value) else None


def _seconds(value: Any, now: float) -> int:
    """Unix seconds; milliseconds are seen in the field; an impossible time counts as now."""
    text = str(value) if isinstance(value, str | int) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        return int(now)
    stamp = int(text) // 1000 if int(text) > MILLISECONDS_FROM else int(text)
    return stamp if stamp <= now + SKEW else int(now)


def _contact(value: Any) -> Sender:
    contact = value if isinstance(value, dict) else {}
    return Sender(_wa_id(contact.get("wa_id")), _bsuid(contact.get("user_id")))


def _sender(message: Json, contacts: list[Sender]) -> Sender:
    """Who wrote; the contact list adds the half (number or BSUID) the message leaves out."""
    origin = message.get("from")
    wa_id, bsuid = _wa_id(origin), _bsuid(message.get("from_user_id")) or _bsuid(origin)
    for contact in contacts:
        same = (wa_id and contact.wa_id == wa_id) or (bsuid and contact.bsuid == bsuid)
        alone = not wa_id and not bsuid and len(contacts) == 1
        if same or alone:
            wa_id, bsuid = wa_id or contact.wa_id, bsuid or contact.bsuid
    if not wa_id and not bsuid:
        raise MalformedPartError("from")
    return Sender(wa_id, bsuid)


def _system_change(wamid: str, stamp: int, message: Json) -> SystemChange | None:
    """A changed number or user id; other system messages give None and are only recorded."""
    system = part(message, "system")
    kind = system.get("type")
    if kind not in ("user_changed_number", "user_changed_user_id"):
        return None
    before = _wa_id(message.get("from"))
    number = _wa_id(system.get("wa_id")) or _wa_id(system.get("new_wa_id"))
    if kind == "user_changed_user_id":
        number = number or before
    user = _bsuid(system.get("user_id")) or _bsuid(message.get("from_user_id"))
    old = Sender(before, _bsuid(system.get("previous_user_id")))
    new = Sender(number, user if user != old.bsuid else None)
    if not (old.wa_id or old.bsuid) or not (new.wa_id or new.bsuid):
        raise MalformedPartError("system")
    return SystemChange(wamid, old, new, stamp)
