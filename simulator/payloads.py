"""Builders for what Meta sends to a webhook: message contents, messages, statuses, envelopes."""

from __future__ import annotations

import json
from typing import Any

from simulator.config import Config
from simulator.model import Resident

Json = dict[str, Any]


def text(body: str) -> Json:
    """An ordinary text."""
    return {"type": "text", "text": {"body": body}}


def interactive(kind: str, **reply: str | None) -> Json:
    """A tap: `button_reply` or `list_reply` with id, title and perhaps description."""
    given = {key: value for key, value in reply.items() if value is not None}
    return {"type": "interactive", "interactive": {"type": kind, kind: given}}


def nfm_reply(answers: Json, name: str = "flow", body: str = "Sent") -> Json:
    """A completed flow; the answers travel as a JSON string."""
    reply = {"name": name, "body": body, "response_json": json.dumps(answers)}
    return {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": reply}}


def template_button(payload: str, label: str) -> Json:
    """A quick reply under a template."""
    return {"type": "button", "button": {"payload": payload, "text": label}}


def media(kind: str, media_id: str, mime_type: str, **more: object) -> Json:
    """A file; `more` holds caption, filename, voice or animated."""
    sha = "h0mXJGkzB3zZbxkq1Wk5mQ5dZ2JkqkF1s1i0b0c0d0e="
    return {"type": kind, kind: {"id": media_id, "mime_type": mime_type, "sha256": sha, **more}}


def location(latitude: float, longitude: float, **more: str) -> Json:
    """A place; `more` holds name, address, url."""
    return {
        "type": "location",
        "location": {"latitude": latitude, "longitude": longitude, **more},
    }


def reaction(message_id: str, emoji: str | None) -> Json:
    """A reaction; None takes it back."""
    part = {"message_id": message_id, **({"emoji": emoji} if emoji else {})}
    return {"type": "reaction", "reaction": part}


def error(code: int, title: str, details: str) -> Json:
    """One entry of an `errors` list."""
    return {"code": code, "title": title, "message": title, "error_data": {"details": details}}


def unsupported(kind: str | None = None) -> Json:
    """What Meta cannot pass on; edits on an ordinary Cloud number arrive like this too."""
    faults = [error(131051, "Message type unknown", "Message type is currently not supported.")]
    more = {"unsupported": {"type": kind}} if kind else {}
    return {"type": "unsupported", "errors": faults, **more}


def system(kind: str, **more: str) -> Json:
    """A change of number, user id or identity."""
    return {"type": "system", "system": {"type": kind, **more}}


def message(
    sender: Resident, content: Json, *, wamid: str, at: float, milliseconds: bool = False
) -> Json:
    """A message from a resident; without a number only the BSUID fields are there."""
    stamp = int(at * 1000) if milliseconds else int(at)
    who = {"from": sender.wa_id} if sender.wa_id else {}
    return {**who, "from_user_id": sender.bsuid, "id": wamid, "timestamp": str(stamp), **content}


def contact(sender: Resident) -> Json:
    """The card of a sender in `contacts`."""
    profile = {"name": sender.name, **({"username": sender.username} if sender.username else {})}
    number = {"wa_id": sender.wa_id} if sender.wa_id else {}
    return {"profile": profile, **number, "user_id": sender.bsuid}


def value(config: Config, *, phone_number_id: str | None = None, **parts: list[Json]) -> Json:
    """The `value` of a change; parts are contacts, messages, statuses or errors."""
    metadata = {
        "display_phone_number": config.display_phone_number,
        "phone_number_id": phone_number_id or config.phone_number_id,
    }
    filled = {key: part for key, part in parts.items() if part}
    return {"messaging_product": "whatsapp", "metadata": metadata, **filled}


def status(
    recipient: Resident, wamid: str, state: str, at: float, *, data: str | None = None
) -> Json:
    """A status update of a message to `recipient`; `data` is the sender's own reference."""
    who = {"recipient_id": recipient.wa_id} if recipient.wa_id else {}
    pricing = {"billable": False, "pricing_model": "PMP", "category": "service", "type": "regular"}
    return {
        "id": wamid,
        "status": state,
        "timestamp": str(int(at)),
        **who,
        "recipient_user_id": recipient.bsuid,
        **({"biz_opaque_callback_data": data} if data else {}),
        **({"pricing": pricing} if state != "failed" else {}),
    }


def envelope(config: Config, *entries: list[Json], field: str = "messages") -> Json:
    """A whole POST; each entry is the list of its changes' values."""
    return {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "id": config.business_account_id,
                "changes": [{"field": field, "value": one} for one in values],
            }
            for values in entries
        ],
    }
