"""Message types of the Cloud API and what each means for us (facts section 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kelurahan.whatsapp.events import Choice, Content, Media, Outcome

Json = dict[str, Any]
MEDIA_TOO_LARGE = 131052
CODE_LIMIT = 10**8  # Meta's have up to seven digits; a longer number could be somebody's


class MalformedPartError(ValueError):
    """A part of a webhook lacks what its type promises; it is counted and skipped."""


def content_of(kind: str, message: Json) -> Content:
    """Read the type-dependent part of a message; a broken one raises MalformedPartError."""
    if message.get("errors") and kind not in ("unsupported", "system"):
        return _unsupported(message)  # e.g. an `interactive` that only carries error 131000
    reader = READERS.get(kind)
    if reader is None:
        return Content(Outcome.FIXED_REPLY, "tidak_dikenal", reason=f"unknown type {kind}")
    return reader(message)


def part(parent: Json, key: str) -> Json:
    """Return `parent[key]` if it is an object, else raise MalformedPartError."""
    value = parent.get(key)
    if not isinstance(value, dict):
        raise MalformedPartError(key)
    return value


def words(parent: Json, key: str) -> str:
    """Return `parent[key]` if it is a string, else raise MalformedPartError."""
    value = parent.get(key)
    if not isinstance(value, str):
        raise MalformedPartError(key)
    return value


def error_codes(parent: Json) -> tuple[int, ...]:
    """The numeric codes of an `errors` list; anything else in it is left out."""
    errors = parent.get("errors")
    items = errors if isinstance(errors, list) else []
    found = [e.get("code") for e in items if isinstance(e, dict)]
    return tuple(code for code in found if type(code) is int and 0 <= code < CODE_LIMIT)


def _text(message: Json) -> Content:
    return Content(Outcome.TO_RASA, text=words(part(message, "text"), "body"))


def _interactive(message: Json) -> Content:
    inner = part(message, "interactive")
    kind = words(inner, "type")
    if kind not in ("button_reply", "list_reply"):
        return Content(Outcome.FIXED_REPLY, "tidak_didukung", reason="interactive of another kind")
    chosen = part(inner, kind)
    choice = Choice(words(chosen, "id"), words(chosen, "title"))
    return Content(Outcome.TO_RASA, choice=choice)


def _button(message: Json) -> Content:
    """A template's quick reply; its payload is ours like any button id."""
    button = part(message, "button")
    payload = button.get("payload")
    choice = Choice(payload if isinstance(payload, str) else "", words(button, "text"))
    return Content(Outcome.TO_RASA, choice=choice)


def _media(kind: str, reply: str) -> Callable[[Json], Content]:
    """A caption is text like any other; without one the fixed reply says what to do."""

    def read(message: Json) -> Content:
        inner = part(message, kind)
        media_id, mime, caption = inner.get("id"), inner.get("mime_type"), inner.get("caption")
        media = Media(str(media_id or ""), mime if isinstance(mime, str) else "")
        if isinstance(caption, str) and caption.strip():
            return Content(Outcome.TO_RASA, text=caption, media=media)
        return Content(Outcome.FIXED_REPLY, reply, media=media)

    return read


def _voice(message: Json) -> Content:
    """Audio, also in its old form `voice`; answered even when its media id is missing."""
    return Content(Outcome.FIXED_REPLY, "suara")


def _fixed(reply: str) -> Callable[[Json], Content]:
    return lambda message: Content(Outcome.FIXED_REPLY, reply)


def _quiet(outcome: Outcome, reason: str) -> Callable[[Json], Content]:
    return lambda message: Content(outcome, reason=reason)


def _unsupported(message: Json) -> Content:
    """Edits on an ordinary Cloud number arrive as `unsupported` too."""
    if MEDIA_TOO_LARGE in error_codes(message):
        return Content(Outcome.FIXED_REPLY, "terlalu_besar")
    inner = message.get("unsupported")
    edited = isinstance(inner, dict) and inner.get("type") == "edit"
    return Content(Outcome.FIXED_REPLY, "suntingan" if edited else "tidak_didukung")


READERS: dict[str, Callable[[Json], Content]] = {
    "text": _text,
    "interactive": _interactive,
    "button": _button,
    "image": _media("image", "foto"),
    "video": _media("video", "video"),
    "document": _media("document", "dokumen"),
    "sticker": _fixed("stiker"),
    "audio": _voice,
    "voice": _voice,
    "location": _fixed("lokasi"),
    "contacts": _fixed("kontak"),
    "reaction": _quiet(Outcome.RECORD_ONLY, "reaction"),
    "order": _quiet(Outcome.IGNORE, "order"),
    # The chat was opened for the first time: greet with the menu.
    "request_welcome": lambda message: Content(Outcome.TO_RASA, text="menu"),
    "system": _quiet(Outcome.RECORD_ONLY, "system"),
    "unsupported": _unsupported,
    # Coexistence numbers only. An edit never re-runs an application by itself.
    "edit": _fixed("suntingan"),
    "revoke": _quiet(Outcome.RECORD_ONLY, "revoke"),
}
