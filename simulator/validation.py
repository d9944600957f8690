"""Whether the Cloud API would take a message: envelope, text, media, template, small types.

Interactive messages have a module of their own. Lengths are counted in UTF-16 units, the strictest
reading of limits whose unit Meta does not state. The first fault found is raised as a GraphError.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from simulator import errors, ids
from simulator.checks import (
    Json,
    either,
    only,
    optional_text,
    required_list,
    required_object,
    text,
)
from simulator.interactive import check_interactive

TEXT_BODY, CAPTION, CALLBACK_DATA = 4096, 1024, 512
ENVELOPE = {
    *("messaging_product", "recipient_type", "to", "recipient", "type", "context"),
    *("biz_opaque_callback_data", "messaging_account_id"),
}


def check_message(payload: Json) -> str:
    """Raise the GraphError Meta would answer with; return the message's type."""
    _check_envelope(payload)
    kind = payload.get("type", "text")
    check = CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise errors.malformed("type", f"{kind!r} is not one of {', '.join(sorted(CHECKS))}")
    only(payload, "", {*ENVELOPE, kind})
    check(required_object(payload, kind, ""), kind)
    return str(kind)


def check_receipt(payload: Json) -> str:
    """A read receipt, with or without a typing indicator; returns the message id."""
    _check_product(payload)
    only(payload, "", {"messaging_product", "status", "message_id", "typing_indicator"})
    if payload["status"] != "read":
        raise errors.invalid("status", f"{payload['status']!r} is not 'read'")
    if "typing_indicator" in payload:
        indicator = required_object(payload, "typing_indicator", "")
        if text(indicator, "type", "typing_indicator", 20) != "text":
            raise errors.invalid("typing_indicator.type", "only 'text'")
    return text(payload, "message_id", "", 255)


def _check_product(payload: Json) -> None:
    product = payload.get("messaging_product")
    if product != "whatsapp":
        raise errors.malformed("messaging_product", f"must be 'whatsapp', not {product!r}")


def _check_envelope(payload: Json) -> None:
    _check_product(payload)
    if payload.get("recipient_type", "individual") != "individual":
        raise errors.invalid("recipient_type", "only 'individual'")
    if "to" in payload:
        number = ids.digits(text(payload, "to", "", 40))
        if not ids.PHONE.fullmatch(number):
            raise errors.invalid("to", "not a phone number")
    elif "recipient" in payload:
        if not ids.BSUID.fullmatch(text(payload, "recipient", "", 131)):
            raise errors.invalid("recipient", "not a business-scoped user id (CC.xxxx)")
    else:
        raise errors.missing("to")
    optional_text(payload, "biz_opaque_callback_data", "", CALLBACK_DATA)
    if "context" in payload:
        text(required_object(payload, "context", ""), "message_id", "context", 255)


def _check_text(part: Json, path: str) -> None:
    only(part, path, {"body", "preview_url"})
    text(part, "body", path, TEXT_BODY)
    if not isinstance(part.get("preview_url", False), bool):
        raise errors.malformed(f"{path}.preview_url", "must be true or false")


MEDIA_KEYS: dict[str, set[str]] = {
    "image": {"id", "link", "caption"},
    "video": {"id", "link", "caption"},
    "document": {"id", "link", "caption", "filename"},
    "audio": {"id", "link", "voice"},
    "sticker": {"id", "link"},
}


def check_media(part: Json, path: str) -> None:
    """A media object, in a message or in a header: an id or a link, perhaps a caption."""
    only(part, path, MEDIA_KEYS[path.rsplit(".", 1)[-1]])
    either(part, path, "id", "link")
    text(part, "id" if "id" in part else "link", path, 2048)
    optional_text(part, "caption", path, CAPTION)
    optional_text(part, "filename", path, 240)


def _check_location(part: Json, path: str) -> None:
    only(part, path, {"latitude", "longitude", "name", "address"})
    for key, bound in (("latitude", 90.0), ("longitude", 180.0)):
        if key not in part:
            raise errors.missing(f"{path}.{key}")
        try:
            value = float(part[key])
        except (TypeError, ValueError):
            raise errors.malformed(f"{path}.{key}", "must be a number") from None
        if not -bound <= value <= bound:
            raise errors.invalid(f"{path}.{key}", f"outside ±{bound:.0f}")


def _check_reaction(part: Json, path: str) -> None:
    only(part, path, {"message_id", "emoji"})
    text(part, "message_id", path, 255)
    if not isinstance(part.get("emoji", ""), str):
        raise errors.malformed(f"{path}.emoji", "must be a string")


def _check_contacts(part: Any, path: str) -> None:
    for index, card in enumerate(part):
        name = required_object(card, "name", f"{path}[{index}]")
        text(name, "formatted_name", f"{path}[{index}].name", 1024)


def _check_template(part: Json, path: str) -> None:
    only(part, path, {"name", "language", "components"})
    if not re.fullmatch(r"[a-z0-9_]+", text(part, "name", path, 512)):
        raise errors.invalid(f"{path}.name", "only a-z, 0-9 and _")
    language = required_object(part, "language", path)
    text(language, "code", f"{path}.language", 15)
    if language.get("policy", "deterministic") != "deterministic":
        raise errors.invalid(f"{path}.language.policy", "only 'deterministic'")
    components = required_list(part, "components", path, 1, 20) if "components" in part else []
    for index, component in enumerate(components):
        _check_component(component, f"{path}.components[{index}]")


def _check_component(component: Json, path: str) -> None:
    kind = text(component, "type", path, 20).lower()
    if kind not in ("header", "body", "button"):
        raise errors.invalid(f"{path}.type", f"{kind!r} is not header, body or button")
    if kind == "button":
        text(component, "sub_type", path, 20)
    for index, parameter in enumerate(component.get("parameters") or []):
        where = f"{path}.parameters[{index}]"
        if not isinstance(parameter, dict):
            raise errors.malformed(where, "must be an object")
        if text(parameter, "type", where, 20) == "text":
            value = text(parameter, "text", where, 1024)
            if "\n" in value or "\t" in value or " " * 5 in value:
                raise errors.invalid(f"{where}.text", "no newlines, tabs or five spaces in a row")


CHECKS: dict[str, Callable[[Json, str], None]] = {
    "text": _check_text,
    "interactive": check_interactive,
    "template": _check_template,
    "location": _check_location,
    "reaction": _check_reaction,
    "contacts": _check_contacts,
    **dict.fromkeys(MEDIA_KEYS, check_media),
}
