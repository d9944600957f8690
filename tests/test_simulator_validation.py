"""Every limit of the fact sheet's section 6: the longest value passes, one more names the field."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import pytest

from simulator.errors import GraphError
from simulator.validation import check_message, check_receipt

TO = {"messaging_product": "whatsapp", "to": "+6281200000001"}
EMOJI = "👍"  # two UTF-16 units


def text(body: Any, **more: Any) -> dict:
    return {**TO, "type": "text", "text": {"body": body}, **more}


def interactive(kind: str, action: dict, **more: Any) -> dict:
    part = {"type": kind, "body": {"text": "Pilih"}, "action": action, **more}
    return {**TO, "type": "interactive", "interactive": part}


def button(number: int, **more: Any) -> dict:
    return {"type": "reply", "reply": {"id": f"b:{number}", "title": f"Tombol {number}", **more}}


def buttons(*made: dict, **more: Any) -> dict:
    return interactive("button", {"buttons": list(made)}, **more)


def row(number: int, **more: Any) -> dict:
    return {"id": f"l:{number}", "title": f"Baris {number}", **more}


def section(*rows: dict, **more: Any) -> dict:
    return {"title": "Bagian", "rows": list(rows), **more}


def listing(*sections: dict, opener: str = "Lihat", **more: Any) -> dict:
    return interactive("list", {"button": opener, "sections": list(sections)}, **more)


def link(**more: Any) -> dict:
    parameters = {"display_text": "Buka", "url": "https://contoh.invalid", **more}
    return interactive("cta_url", {"name": "cta_url", "parameters": parameters})


def flow(**more: Any) -> dict:
    parameters = {"flow_message_version": "3", "flow_cta": "Isi", "flow_id": "1", **more}
    return interactive("flow", {"name": "flow", "parameters": parameters})


def template(name: str = "status_permohonan", **more: Any) -> dict:
    return {
        **TO,
        "type": "template",
        "template": {"name": name, "language": {"code": "id"}, **more},
    }


def image(**part: Any) -> dict:
    return {**TO, "type": "image", "image": part}


def nested(value: Any) -> dict:
    return {"text": value}


def without(payload: dict, *path: str) -> dict:
    made = copy.deepcopy(payload)
    part = made
    for key in path[:-1]:
        part = part[key]
    del part[path[-1]]
    return made


GOOD = {
    "text of 4096": text("x" * 4096),
    "text of 2048 emoji": text(EMOJI * 2048),
    "text with preview": {**TO, "type": "text", "text": {"body": "x", "preview_url": True}},
    "type left out": without(text("x"), "type"),
    "reply to a message": text("x", context={"message_id": "wamid.x"}),
    "callback data of 512": text("x", biz_opaque_callback_data="x" * 512),
    "to a BSUID": {
        "messaging_product": "whatsapp",
        "recipient": "ID.4f9a2c",
        "recipient_type": "individual",
        "type": "text",
        "text": {"body": "x"},
    },
    "one button": buttons(button(1)),
    "three buttons": buttons(button(1), button(2), button(3)),
    "button title of 20": buttons(button(1, title="x" * 20)),
    "button id of 256": buttons(button(1, id="x" * 256)),
    "buttons body of 1024": buttons(button(1), body=nested("x" * 1024)),
    "buttons footer of 60": buttons(button(1), footer=nested("x" * 60)),
    "buttons header of 60": buttons(button(1), header={"type": "text", "text": "x" * 60}),
    "buttons under a picture": buttons(button(1), header={"type": "image", "image": {"id": "1"}}),
    "list of 10 rows": listing(section(*map(row, range(10)))),
    "list of 10 sections": listing(*(section(row(n)) for n in range(10))),
    "list body of 1024": listing(section(row(1)), body=nested("x" * 1024)),
    "list opener of 20": listing(section(row(1)), opener="x" * 20),
    "list section title of 24": listing(section(row(1), title="x" * 24)),
    "list row id of 200": listing(section(row(1, id="x" * 200))),
    "list row title of 24": listing(section(row(1, title="x" * 24))),
    "list row description of 72": listing(section(row(1, description="x" * 72))),
    "list header and footer of 60": listing(
        section(row(1)), header={"type": "text", "text": "x" * 60}, footer=nested("x" * 60)
    ),
    "one section without title": listing({"rows": [row(1)]}),
    "link text of 20": link(display_text="x" * 20),
    "flow": flow(flow_cta="x" * 20, flow_token="t", flow_action="navigate", mode="published"),
    "location request": interactive("location_request_message", {"name": "send_location"}),
    "contact request": interactive("request_contact_info", {"name": "request_contact_info"}),
    "template": template(
        components=[{"type": "body", "parameters": [{"type": "text", "text": "KDJ-0117"}]}]
    ),
    "image with caption of 1024": image(id="1", caption="x" * 1024),
    "location": {**TO, "type": "location", "location": {"latitude": -6.2, "longitude": "106.8"}},
    "reaction": {**TO, "type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": EMOJI}},
    "contact": {**TO, "type": "contacts", "contacts": [{"name": {"formatted_name": "Pak RT"}}]},
}


@pytest.mark.parametrize("payload", GOOD.values(), ids=GOOD.keys())
def test_a_message_within_the_limits_passes(payload):
    assert check_message(payload) == payload.get("type", "text")


@dataclass(frozen=True)
class Bad:
    name: str
    payload: dict
    code: int
    field: str


IN = "interactive"
BAD = [
    Bad("no product", without(text("x"), "messaging_product"), 100, "messaging_product"),
    Bad("wrong product", text("x", messaging_product="sms"), 100, "messaging_product"),
    Bad("group", text("x", recipient_type="group"), 131009, "recipient_type"),
    Bad("no recipient", without(text("x"), "to"), 131008, "to"),
    Bad("to is no number", text("x", to="siti"), 131009, "to"),
    Bad("bad BSUID", {**without(text("x"), "to"), "recipient": "4f9a2c"}, 131009, "recipient"),
    Bad("unknown type", {**TO, "type": "hologram"}, 100, "type"),
    Bad("type is a list", {**TO, "type": ["text"]}, 100, "type"),
    Bad("unknown key", text("x", isi="y"), 100, "isi"),
    Bad("callback data", text("x", biz_opaque_callback_data="x" * 513), 131009, "biz_opaque"),
    Bad("context without id", text("x", context={}), 131008, "context.message_id"),
    Bad("text missing", {**TO, "type": "text"}, 131008, "text"),
    Bad("text is a string", {**TO, "type": "text", "text": "x"}, 100, "text"),
    Bad("text without body", {**TO, "type": "text", "text": {}}, 131008, "text.body"),
    Bad("text empty", text(""), 131009, "text.body"),
    Bad("text blank", text(" \n"), 131009, "text.body"),
    Bad("text of 4097", text("x" * 4097), 131009, "text.body"),
    Bad("text of 2049 emoji", text(EMOJI * 2049), 131009, "text.body"),
    Bad("text is a number", text(5), 100, "text.body"),
    Bad("no buttons", buttons(), 131009, f"{IN}.action.buttons"),
    Bad("four buttons", buttons(*map(button, range(4))), 131009, f"{IN}.action.buttons"),
    Bad("button title", buttons(button(1, title="x" * 21)), 131009, "buttons[0].reply.title"),
    Bad("button emoji", buttons(button(1, title=EMOJI * 11)), 131009, "buttons[0].reply.title"),
    Bad("button id", buttons(button(1, id="x" * 257)), 131009, "buttons[0].reply.id"),
    Bad("button id space", buttons(button(1, id=" x")), 131009, "buttons[0].reply.id"),
    Bad("same ids", buttons(button(1), button(2, id="b:1")), 131009, "reply.id"),
    Bad("same titles", buttons(button(1), button(2, title="Tombol 1")), 131009, "reply.title"),
    Bad("button body", buttons(button(1), body=nested("x" * 1025)), 131009, f"{IN}.body.text"),
    Bad("no body", without(buttons(button(1)), IN, "body"), 131008, f"{IN}.body"),
    Bad("button footer", buttons(button(1), footer=nested("x" * 61)), 131009, f"{IN}.footer.text"),
    Bad(
        "button header",
        buttons(button(1), header={"type": "text", "text": "x" * 61}),
        131009,
        f"{IN}.header.text",
    ),
    Bad(
        "button header kind",
        buttons(button(1), header={"type": "audio", "audio": {"id": "1"}}),
        131009,
        f"{IN}.header.type",
    ),
    Bad("unknown interactive", interactive("poll", {"x": 1}), 131009, f"{IN}.type"),
    Bad("11 rows", listing(section(*map(row, range(11)))), 131009, "sections[].rows"),
    Bad(
        "11 rows in two sections",
        listing(section(*map(row, range(6))), section(*map(row, range(6, 11)))),
        131009,
        "sections[].rows",
    ),
    Bad("11 sections", listing(*(section(row(n)) for n in range(11))), 131009, "action.sections"),
    Bad("no sections", listing(), 131009, "action.sections"),
    Bad("section without rows", listing(section()), 131009, "sections[0].rows"),
    Bad("no opener", without(listing(section(row(1))), IN, "action", "button"), 131008, "button"),
    Bad("list opener", listing(section(row(1)), opener="x" * 21), 131009, "action.button"),
    Bad("list body", listing(section(row(1)), body=nested("x" * 1025)), 131009, f"{IN}.body.text"),
    Bad("section title", listing(section(row(1), title="x" * 25)), 131009, "sections[0].title"),
    Bad(
        "two sections, one untitled",
        listing(section(row(1)), {"rows": [row(2)]}),
        131008,
        "sections[1].title",
    ),
    Bad("row id", listing(section(row(1, id="x" * 201))), 131009, "rows[0].id"),
    Bad("row title", listing(section(row(1, title="x" * 25))), 131009, "rows[0].title"),
    Bad("row description", listing(section(row(1, description="x" * 73))), 131009, "description"),
    Bad("same row ids", listing(section(row(1), row(1))), 131009, "rows[].id"),
    Bad("list footer", listing(section(row(1)), footer=nested("x" * 61)), 131009, "footer.text"),
    Bad(
        "list header",
        listing(section(row(1)), header={"type": "text", "text": "x" * 61}),
        131009,
        f"{IN}.header.text",
    ),
    Bad(
        "list under a picture",
        listing(section(row(1)), header={"type": "image", "image": {"id": "1"}}),
        131009,
        f"{IN}.header.type",
    ),
    Bad("link text", link(display_text="x" * 21), 131009, "parameters.display_text"),
    Bad("link without scheme", link(url="contoh.invalid"), 131009, "parameters.url"),
    Bad("flow version", flow(flow_message_version="2"), 131009, "flow_message_version"),
    Bad("flow cta", flow(flow_cta="x" * 21), 131009, "flow_cta"),
    Bad("flow by id and name", flow(flow_name="f"), 131009, "flow_name"),
    Bad("flow action", flow(flow_action="jump"), 131009, "flow_action"),
    Bad(
        "location request name",
        interactive("location_request_message", {"name": "x"}),
        131009,
        "action.name",
    ),
    Bad("template name", template("Status!"), 131009, "template.name"),
    Bad("no language", without(template(), "template", "language"), 131008, "template.language"),
    Bad(
        "template policy", template(language={"code": "id", "policy": "fallback"}), 131009, "policy"
    ),
    Bad("template component", template(components=[{"type": "footer"}]), 131009, "components[0]"),
    Bad(
        "template parameter with a newline",
        template(components=[{"type": "body", "parameters": [{"type": "text", "text": "a\nb"}]}]),
        131009,
        "parameters[0].text",
    ),
    Bad("caption", image(id="1", caption="x" * 1025), 131009, "image.caption"),
    Bad("media without id", image(caption="x"), 131008, "image.id"),
    Bad("media with id and link", image(id="1", link="https://x.invalid"), 131009, "image.link"),
    Bad(
        "latitude",
        {**TO, "type": "location", "location": {"latitude": 91, "longitude": 0}},
        131009,
        "location.latitude",
    ),
    Bad("contacts is an object", {**TO, "type": "contacts", "contacts": {}}, 100, "contacts"),
]


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_a_message_beyond_a_limit_is_refused_and_the_field_named(case):
    with pytest.raises(GraphError) as refused:
        check_message(case.payload)
    assert refused.value.code == case.code
    error = refused.value.body()["error"]
    assert case.field in error["error_data"]["details"].split(": ")[0]
    assert error["message"].startswith(f"(#{case.code}) ")
    assert refused.value.status == 400


RECEIPT = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"status": "delivered"}, 131009, "status"),
        ({"message_id": None}, 131008, "message_id"),
        ({"typing_indicator": {"type": "audio"}}, 131009, "typing_indicator.type"),
        ({"messaging_product": None}, 100, "messaging_product"),
    ],
)
def test_a_wrong_receipt_is_refused(change, code, field):
    with pytest.raises(GraphError) as refused:
        check_receipt({**RECEIPT, **change})
    assert (refused.value.code, refused.value.details.split(":")[0]) == (code, field)


def test_a_receipt_with_typing_passes():
    assert check_receipt({**RECEIPT, "typing_indicator": {"type": "text"}}) == "wamid.x"
