"""Limits of interactive messages: reply buttons, lists, links, flows, requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator import errors
from simulator.checks import (
    Json,
    either,
    only,
    optional_text,
    required_list,
    required_object,
    text,
    unique,
)

# A list body may be 4096 by the documentation and 1024 by the OpenAPI file: the smaller one holds.
BODY, FOOTER, HEADER = 1024, 60, 60
BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
SECTIONS, ROWS = 10, 10
OPENER, SECTION_TITLE, ROW_ID, ROW_TITLE, ROW_DESCRIPTION = 20, 24, 200, 24, 72


def check_interactive(part: Json, path: str) -> None:
    """Everything inside `interactive`."""
    only(part, path, {"type", "header", "body", "footer", "action"})
    kind = text(part, "type", path, 40)
    if kind not in ACTIONS:
        known = ", ".join(sorted(ACTIONS))
        raise errors.invalid(f"{path}.type", f"{kind!r} is not one of {known}")
    _check_header(part, kind, path)
    body = required_object(part, "body", path)
    only(body, f"{path}.body", {"text"})
    text(body, "text", f"{path}.body", BODY)
    if "footer" in part:
        footer = required_object(part, "footer", path)
        only(footer, f"{path}.footer", {"text"})
        text(footer, "text", f"{path}.footer", FOOTER)
    ACTIONS[kind](required_object(part, "action", path), f"{path}.action")


def _check_header(part: Json, kind: str, path: str) -> None:
    if "header" not in part:
        return
    header, where = required_object(part, "header", path), f"{path}.header"
    allowed = ("text",) if kind == "list" else ("text", "image", "video", "document")
    header_kind = text(header, "type", where, 20)
    if header_kind not in allowed:
        raise errors.invalid(f"{where}.type", f"{header_kind!r} is not one of {', '.join(allowed)}")
    only(header, where, {"type", header_kind})
    if header_kind == "text":
        text(header, "text", where, HEADER)
        return
    media = required_object(header, header_kind, where)
    either(media, f"{where}.{header_kind}", "id", "link")
    text(media, "id" if "id" in media else "link", f"{where}.{header_kind}", 2048)


def _check_buttons(action: Json, path: str) -> None:
    only(action, path, {"buttons"})
    found: list[tuple[str, str]] = []
    for index, button in enumerate(required_list(action, "buttons", path, 1, BUTTONS)):
        where = f"{path}.buttons[{index}]"
        only(button, where, {"type", "reply"})
        if text(button, "type", where, 20) != "reply":
            raise errors.invalid(f"{where}.type", "only 'reply'")
        reply = required_object(button, "reply", where)
        only(reply, f"{where}.reply", {"id", "title"})
        title = text(reply, "title", f"{where}.reply", BUTTON_TITLE)
        button_id = text(reply, "id", f"{where}.reply", BUTTON_ID)
        if button_id != button_id.strip():
            raise errors.invalid(f"{where}.reply.id", "leading or trailing space")
        found.append((button_id, title))
    unique([button_id for button_id, _ in found], f"{path}.buttons[].reply.id")
    unique([title for _, title in found], f"{path}.buttons[].reply.title")


def _check_list(action: Json, path: str) -> None:
    only(action, path, {"button", "sections"})
    text(action, "button", path, OPENER)
    sections = required_list(action, "sections", path, 1, SECTIONS)
    rows: list[str] = []
    for index, section in enumerate(sections):
        where = f"{path}.sections[{index}]"
        only(section, where, {"title", "rows"})
        if len(sections) > 1:
            text(section, "title", where, SECTION_TITLE)
        optional_text(section, "title", where, SECTION_TITLE)
        for number, row in enumerate(required_list(section, "rows", where, 1, 10**6)):
            rows.append(_check_row(row, f"{where}.rows[{number}]"))
    if len(rows) > ROWS:
        raise errors.invalid(f"{path}.sections[].rows", f"{len(rows)} rows in all, at most {ROWS}")
    unique(rows, f"{path}.sections[].rows[].id")


def _check_row(row: Json, path: str) -> str:
    only(row, path, {"id", "title", "description"})
    text(row, "title", path, ROW_TITLE)
    optional_text(row, "description", path, ROW_DESCRIPTION)
    return text(row, "id", path, ROW_ID)


def _named(action: Json, path: str, name: str) -> Any:
    """An action of the form {name, parameters}; returns the parameters."""
    only(action, path, {"name", "parameters"})
    if text(action, "name", path, 40) != name:
        raise errors.invalid(f"{path}.name", f"must be {name!r}")
    return required_object(action, "parameters", path)


def _check_cta_url(action: Json, path: str) -> None:
    parameters, where = _named(action, path, "cta_url"), f"{path}.parameters"
    only(parameters, where, {"display_text", "url"})
    text(parameters, "display_text", where, BUTTON_TITLE)
    if not text(parameters, "url", where, 2000).startswith(("https://", "http://")):
        raise errors.invalid(f"{where}.url", "must begin with http:// or https://")


FLOW_KEYS = {
    *("flow_message_version", "flow_cta", "flow_id", "flow_name", "flow_token", "flow_action"),
    *("flow_action_payload", "mode"),
}


def _check_flow(action: Json, path: str) -> None:
    parameters, where = _named(action, path, "flow"), f"{path}.parameters"
    only(parameters, where, FLOW_KEYS)
    if text(parameters, "flow_message_version", where, 5) != "3":
        raise errors.invalid(f"{where}.flow_message_version", "must be '3'")
    text(parameters, "flow_cta", where, BUTTON_TITLE)
    either(parameters, where, "flow_id", "flow_name")
    for key in ("flow_id", "flow_name", "flow_token"):
        optional_text(parameters, key, where, 200)
    for key, known in (
        ("flow_action", ("navigate", "data_exchange")),
        ("mode", ("draft", "published")),
    ):
        if parameters.get(key, known[0]) not in known:
            raise errors.invalid(f"{where}.{key}", f"not one of {', '.join(known)}")


def _check_request(name: str) -> Callable[[Json, str], None]:
    def check(action: Json, path: str) -> None:
        only(action, path, {"name"})
        if text(action, "name", path, 40) != name:
            raise errors.invalid(f"{path}.name", f"must be {name!r}")

    return check


ACTIONS: dict[str, Callable[[Json, str], None]] = {
    "button": _check_buttons,
    "list": _check_list,
    "cta_url": _check_cta_url,
    "flow": _check_flow,
    "location_request_message": _check_request("send_location"),
    "request_contact_info": _check_request("request_contact_info"),
}
