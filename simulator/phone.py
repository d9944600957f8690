"""What a resident does on the phone: write, tap, attach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator import ids, payloads
from simulator.attachments import attachment
from simulator.model import BOT, WARGA, Bubble, Choice, Resident
from simulator.samples import SAMPLES
from simulator.signing import meta_bytes

if TYPE_CHECKING:
    from simulator.core import Simulator

Json = dict[str, Any]
SPOKEN = {
    "image": "Foto",
    "video": "Video",
    "document": "Dokumen",
    "audio": "Pesan suara",
    "voice": "Pesan suara",
    "sticker": "Stiker",
    "location": "Lokasi",
    "contacts": "Kontak",
    "reaction": "Reaksi",
}


class NothingToTapError(LookupError):
    """The chat shows no such button or row."""


def compose(sim: Simulator, resident: Resident, spec: Json) -> Json:
    """The content of a message from a short description.

    `{"text": …}`, `{"sample": name}`, `{"attach": "photo"|"pdf"|"voice"|"location"}` (a `caption`
    goes with the first two), `{"attach": "file", "data": base64, "mime", "name"}`,
    `{"tap": title or id, "bubble": wamid or nothing for the newest}`, or `{"content": {…}}`.
    """
    if "text" in spec:
        return payloads.text(str(spec["text"]))
    if "tap" in spec:
        return tap_content(sim, resident, str(spec["tap"]), spec.get("bubble"))
    if "attach" in spec:
        return attachment(sim.state, spec)
    if "sample" in spec:
        return dict(SAMPLES[spec["sample"]].content)
    return dict(spec["content"])


def tap_content(sim: Simulator, resident: Resident, wanted: str, bubble: str | None) -> Json:
    """A tap on the button or row with this title or id, in the newest bubble that has it."""
    for shown in reversed(sim.state.chat(resident.key)):
        if shown.author != BOT or not shown.seen or bubble not in (None, shown.id):
            continue
        for choice in shown.choices:
            if wanted in (choice.id, choice.title):
                return _reply(sim, shown, choice)
    raise NothingToTapError(f"no button or row {wanted!r} in the chat of {resident.key}")


def _reply(sim: Simulator, shown: Bubble, choice: Choice) -> Json:
    kind = "list_reply" if shown.kind == "list" else "button_reply"
    reply = payloads.interactive(
        kind, id=choice.id, title=choice.title, description=choice.description
    )
    context = {"from": sim.config.display_phone_number, "id": shown.id}
    return {"context": context, **reply}


def shown(content: Json) -> tuple[str, str]:
    """(kind, text) of a resident's own bubble."""
    kind = str(content.get("type", "unknown"))
    if kind == "text":
        return kind, content["text"]["body"]
    if kind == "interactive":
        inner = content["interactive"]
        reply = inner.get(inner.get("type", ""), {})
        return "tap", reply.get("title") or reply.get("body") or "[interactive]"
    if kind == "button":
        return "tap", content["button"]["text"]
    part = content.get(kind) or {}
    if isinstance(part, dict):
        said = part.get("caption") or part.get("filename") or part.get("name") or part.get("emoji")
        if said:
            return kind, said
    return kind, "" if kind in SPOKEN else f"[{kind}]"


def note(sim: Simulator, resident: Resident, message: Json) -> Bubble:
    """Put a message into its sender's chat and restart the 24-hour window."""
    kind, text = shown(message)
    part = message.get(kind)
    bubble = Bubble(message["id"], resident.key, WARGA, kind, sim.clock.now(), text)
    bubble.quote = (message.get("context") or {}).get("id")
    bubble.media = part.get("id") if isinstance(part, dict) else None
    bubble.payload = message
    resident.last_inbound = sim.clock.now()
    return sim.state.put(bubble)


async def send(sim: Simulator, who: str, spec: Json) -> Bubble:
    """A resident sends one message: it is in the chat at once, the webhook follows in turn."""
    resident = sim.state.resident(who)
    content = compose(sim, resident, spec)
    wamid = ids.wamid(resident.wa_id or resident.bsuid)
    message = payloads.message(resident, content, wamid=wamid, at=sim.clock.now())
    bubble = note(sim, resident, message)
    sim.spawn(_post(sim, resident, message))
    return bubble


async def _post(sim: Simulator, resident: Resident, message: Json) -> None:
    """First attempts of one resident go out in the order of writing, as they mostly do."""
    value = payloads.value(sim.config, contacts=[payloads.contact(resident)], messages=[message])
    body = meta_bytes(payloads.envelope(sim.config, [value]))
    async with sim.turn(resident.key):
        await sim.courier.deliver(body, kind="messages", ids=[message["id"]])
