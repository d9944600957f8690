"""Bot utterances of one turn -> Cloud API messages. Pure; every limit is enforced here.

One answer is one message: Meta allows one message per six seconds to one resident
(facts section 7), so the texts of a turn are merged and choices ride on the merged text.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from kelurahan.whatsapp import limits
from kelurahan.whatsapp.limits import shorten, split, units

logger = logging.getLogger(__name__)

Json = dict[str, Any]
# (prefix "b" or "l", payload, position) -> id on the wire
Sign = Callable[[str, str, int], str]

SHORT_BODY = "Silakan pilih:"
OPENER = "Lihat pilihan"
SECTION = "Pilihan"
OTHER_SECTION = "Lainnya"
TYPE_IT = "Ketik nama pilihannya, contoh: {}"
KIND, SERVICE = re.compile(r"[a-z_]{1,36}"), re.compile(r"[a-z0-9_-]{1,64}")
UNNAMED = "balasan"


@dataclass(frozen=True)
class Choice:
    """One button or list row."""

    title: str
    payload: str
    description: str = ""
    section: str = ""


@dataclass(frozen=True)
class Utterance:
    """One thing the bot says in a turn."""

    text: str
    choices: tuple[Choice, ...] = ()
    as_list: bool = False
    opener: str = OPENER
    heading: str = ""


def build(messages: Iterable[Json], sign: Sign) -> list[Json]:
    """Turn Rasa's messages of one turn into message bodies (without an address)."""
    said = [_without_too_many(read_utterance(message)) for message in messages]
    bodies = [body for item in merge(said) for body in _render(item)]
    return [_sign_ids(body, sign) for body in bodies]


def topic(messages: Iterable[Json]) -> tuple[str, str | None]:
    """What the turn's answer was and which service it is about, as its first reply says.

    Later messages of the turn only go on with what was asked before. Actions of ours wrote both
    words, but what stands in a table that everybody counts is checked.
    """
    for message in messages:
        extras = {**_dict(message.get("metadata")), **message}
        kind, service = _word(extras, "balasan"), _word(extras, "layanan")
        if KIND.fullmatch(kind):
            return kind, service if SERVICE.fullmatch(service) else None
    return UNNAMED, None


def text_body(text: str) -> Json:
    """A plain text message."""
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def address(body: Json, wa_id: str | None, bsuid: str | None) -> Json:
    """Add who it goes to; the `+` keeps Meta from putting our own country code in front."""
    to = {"to": f"+{wa_id}"} if wa_id else {"recipient": bsuid}
    return {"messaging_product": "whatsapp", "recipient_type": "individual", **to, **body}


def read_utterance(message: Json) -> Utterance:
    """Read what Rasa hands to an output channel: text, buttons and our extra keywords."""
    extras = {**_dict(message.get("metadata")), **message}  # domain.yml nests its metadata
    daftar = _dict(extras.get("daftar"))
    buttons = message.get("buttons") or message.get("quick_replies") or []
    lines = [message.get("text"), message.get("image"), message.get("attachment")]
    return Utterance(
        text="\n".join(line.strip() for line in lines if isinstance(line, str) and line.strip()),
        choices=_unique(choice for choice in map(_choice, buttons) if choice.title),
        as_list=bool(daftar),
        opener=_word(daftar, "tombol") or OPENER,
        heading=_word(daftar, "judul"),
    )


def merge(utterances: Iterable[Utterance]) -> list[Utterance]:
    """Join neighbours into one message unless both offer choices or the choices no longer fit."""
    merged: list[Utterance] = []
    for item in utterances:
        if not item.text and not item.choices:
            continue
        joined = _joined(merged[-1], item) if merged else None
        merged[-1:] = [joined] if joined else [*merged[-1:], item]
    return merged


def _joined(first: Utterance, second: Utterance) -> Utterance | None:
    if first.choices and second.choices:
        return None
    text = "\n\n".join(part for part in (first.text, second.text) if part)
    chosen = first if first.choices else second
    if chosen.choices and units(text) > limits.INTERACTIVE_BODY:
        return None
    return replace(chosen, text=text)


def _dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _word(source: Json, key: str) -> str:
    value = source.get(key)
    return value.strip() if isinstance(value, str) else ""


def _choice(button: Any) -> Choice:
    source = _dict(button)
    title = " ".join(_word(source, "title").split())
    payload = _word(source, "payload") or title
    return Choice(title, payload, _word(source, "keterangan"), _word(source, "bagian"))


def _unique(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """Drop a choice offered twice; the order stays."""
    return tuple({(c.title, c.payload): c for c in choices}.values())


def _without_too_many(item: Utterance) -> Utterance:
    """More choices than a list holds become lines of text, never a list cut at ten.

    They are not numbered: a resident who types "3" chooses service 3 of the menu.
    """
    if len(item.choices) <= limits.ROWS:
        return item
    logger.warning("%d choices become text, a list holds %d", len(item.choices), limits.ROWS)
    lines = [f"• {c.title}" + (f": {c.description}" if c.description else "") for c in item.choices]
    hint = TYPE_IT.format(item.choices[0].title)
    return Utterance("\n\n".join(filter(None, [item.text, "\n".join(lines), hint])))


def _render(item: Utterance) -> list[Json]:
    if not item.choices:
        return [text_body(piece) for piece in split(item.text)]
    before, body = _short_body(item.text)
    interactive = _list(item, body) if _needs_list(item) else _buttons(item, body)
    return [
        *(text_body(piece) for piece in before),
        {"type": "interactive", "interactive": interactive},
    ]


def _short_body(text: str) -> tuple[list[str], str]:
    """A text too long for choices goes ahead as text; its last paragraph stays with them."""
    if units(text) <= limits.INTERACTIVE_BODY:
        return [], text or SHORT_BODY
    before, _, last = text.rpartition("\n\n")
    if before and last.strip() and units(last) <= limits.INTERACTIVE_BODY:
        return split(before), last.strip()
    return split(text), SHORT_BODY


def _needs_list(item: Utterance) -> bool:
    """Buttons only for few and short titles: a list row holds more and can explain itself."""
    long = any(units(choice.title) > limits.BUTTON_TITLE for choice in item.choices)
    return item.as_list or long or len(item.choices) > limits.BUTTONS


def _buttons(item: Utterance, body: str) -> Json:
    titles = _distinct([choice.title for choice in item.choices], limits.BUTTON_TITLE)
    buttons = [
        {"type": "reply", "reply": {"id": choice.payload, "title": title}}
        for choice, title in zip(item.choices, titles, strict=True)
    ]
    return {"type": "button", "body": {"text": body}, "action": {"buttons": buttons}}


def _list(item: Utterance, body: str) -> Json:
    header = {"type": "text", "text": shorten(item.heading, limits.HEADER, "list header")}
    return {
        "type": "list",
        **({"header": header} if item.heading else {}),
        "body": {"text": body},
        "action": {
            "button": shorten(item.opener, limits.LIST_OPENER, "list opener"),
            "sections": _sections(item),
        },
    }


def _sections(item: Utterance) -> list[Json]:
    """Rows under their section titles, in order of first appearance; a title is always sent."""
    titles = _distinct([choice.title for choice in item.choices], limits.ROW_TITLE)
    sections: dict[str, list[Json]] = {}
    for choice, title in zip(item.choices, titles, strict=True):
        sections.setdefault(choice.section, []).append(_row(choice, title))
    fallback = OTHER_SECTION if len(sections) > 1 else item.heading or SECTION
    return [
        {"title": shorten(name or fallback, limits.SECTION_TITLE, "section title"), "rows": rows}
        for name, rows in sections.items()
    ]


def _row(choice: Choice, title: str) -> Json:
    """A title that had to be cut is told in full by the description, if that is free."""
    told = choice.description or (choice.title if title != choice.title else "")
    row = {"id": choice.payload, "title": title}
    if told:
        row["description"] = shorten(told, limits.ROW_DESCRIPTION, "row description")
    return row


def _distinct(titles: list[str], limit: int) -> list[str]:
    """Titles within the limit, made unique by a number at their end where they clash."""
    taken: set[str] = set()
    result = []
    for title in titles:
        fitting, number = shorten(title, limit, "choice title"), 1
        while fitting.casefold() in taken:
            number += 1
            mark = f" ({number})"
            fitting = shorten(title, limit - units(mark), "choice title") + mark
        taken.add(fitting.casefold())
        result.append(fitting)
    return result


def _sign_ids(body: Json, sign: Sign) -> Json:
    """Put opaque ids where the payloads stand; payloads never go over the wire."""
    action = body.get("interactive", {}).get("action", {})
    replies = [button["reply"] for button in action.get("buttons", [])]
    rows = [row for section in action.get("sections", []) for row in section["rows"]]
    for kind, items in (("b", replies), ("l", rows)):
        for position, entry in enumerate(items):
            entry["id"] = sign(kind, entry["id"], position)
    return body
