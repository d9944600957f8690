"""A message the bot sent, turned into the bubble a resident sees."""

from __future__ import annotations

import re
from typing import Any

from simulator.model import BOT, Bubble, Choice

Json = dict[str, Any]


def bubble(payload: Json, *, wamid: str, resident: str, at: float, template: str | None) -> Bubble:
    """The bubble of a payload that has passed validation."""
    kind = payload.get("type", "text")
    made = Bubble(wamid, resident, BOT, kind, at, payload=payload)
    made.quote = (payload.get("context") or {}).get("message_id")
    part = payload[kind]
    if kind == "text":
        made.text = part["body"]
    elif kind == "interactive":
        _interactive(made, part)
    elif kind == "template":
        made.text = template_text(part, template)
    elif kind == "location":
        made.text = str(part.get("name") or f"{part['latitude']}, {part['longitude']}")
    elif kind == "contacts":
        made.text = ", ".join(card["name"]["formatted_name"] for card in part)
    else:
        made.text = part.get("caption") or part.get("filename") or part.get("link") or ""
        made.media = part.get("id")
    return made


def _interactive(made: Bubble, part: Json) -> None:
    made.kind = part["type"]
    made.text = part["body"]["text"]
    made.footer = (part.get("footer") or {}).get("text", "")
    header = part.get("header") or {}
    made.header = header.get("text", "") or (header.get("document") or {}).get("filename", "")
    made.media = next((v.get("id") for v in header.values() if isinstance(v, dict)), None)
    action = part["action"]
    if made.kind == "button":
        made.choices = [
            Choice(button["reply"]["id"], button["reply"]["title"]) for button in action["buttons"]
        ]
    elif made.kind == "list":
        made.opener = action["button"]
        made.choices = [
            Choice(row["id"], row["title"], row.get("description"), section.get("title"))
            for section in action["sections"]
            for row in section["rows"]
        ]
    else:
        parameters = action.get("parameters") or {}
        made.opener = parameters.get("display_text") or parameters.get("flow_cta") or ""


def body_parameters(part: Json) -> list[str]:
    """The texts put into a template's body."""
    return [
        str(parameter.get("text", ""))
        for component in part.get("components") or []
        if component["type"].lower() == "body"
        for parameter in component.get("parameters") or []
    ]


def places(template: str) -> int:
    """How many parameters a template's body wants."""
    return len(set(re.findall(r"\{\{(\d+)\}\}", template)))


def template_text(part: Json, template: str | None) -> str:
    """The body with its parameters; without a known body, name and parameters."""
    values = body_parameters(part)
    if template is None:
        return " · ".join([f"[{part['name']}]", *values])
    for number, value in enumerate(values, 1):
        template = template.replace(f"{{{{{number}}}}}", value)
    return template
