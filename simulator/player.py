"""Plays inbound messages the way Meta may deliver them at its worst."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from simulator import ids, payloads, phone
from simulator.model import Resident
from simulator.samples import QUOTED, SAMPLES
from simulator.signing import meta_bytes
from simulator.webhook import BAD, GOOD, NONE, Delivery

if TYPE_CHECKING:
    from simulator.core import Simulator

Json = dict[str, Any]
PACKINGS = ("each", "batch", "entries", "with_statuses")


@dataclass(frozen=True)
class Switches:
    """How the messages travel; the defaults are one proper POST per message, in order."""

    duplicate: int = 1  # how often every POST is made
    concurrent: bool = False  # all POSTs at the same time
    swap: bool = False  # the last message first
    packing: str = "each"  # each: one POST each; batch: one change; entries: one entry each;
    # with_statuses: one entry with two changes, statuses before messages
    missing_from: bool = False  # no number anywhere, only BSUIDs
    milliseconds: bool = False  # timestamps in ms
    signature: str = GOOD  # or "bad", or "missing"
    pad_to: int = 0  # make the body at least this long

    @classmethod
    def of(cls, options: Json) -> Switches:
        """From JSON; an unknown switch is an error, since it would silently test nothing."""
        unknown = set(options) - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"unknown switch: {', '.join(sorted(unknown))}")
        switches = cls(**options)
        if switches.packing not in PACKINGS:
            raise ValueError(f"packing {switches.packing!r} is not one of {', '.join(PACKINGS)}")
        if switches.signature not in (GOOD, BAD, NONE):
            raise ValueError(f"signature {switches.signature!r} is not good, bad or missing")
        return switches


async def play(sim: Simulator, specs: list[Json], switches: Switches) -> list[Delivery]:
    """Deliver the messages; returns when every POST has been tried once.

    A spec is what `phone.compose` takes, with `resident`, and perhaps `id` (a wamid of one's own)
    and `age` (seconds before now).
    """
    parts = [_part(sim, spec, switches) for spec in specs]
    if switches.swap:
        parts.reverse()
    posts = [_bytes(envelope, switches) for envelope in _pack(sim, parts, switches)]
    if switches.packing == "each":
        named = list(zip(posts, [[part.id] for part in parts], strict=True))
    else:
        named = [(body, [part.id for part in parts]) for body in posts]
    jobs = [
        sim.courier.deliver(
            body, kind="messages", ids=[i for i in wamids if i], signed=switches.signature
        )
        for body, wamids in named
        for _ in range(switches.duplicate)
    ]
    if switches.concurrent:
        return list(await asyncio.gather(*jobs))
    return [await job for job in jobs]


@dataclass(frozen=True)
class _Part:
    """One message (or one change without messages), ready to be packed."""

    value: Json
    field: str = "messages"
    id: str = ""


def _part(sim: Simulator, spec: Json, switches: Switches) -> _Part:
    sample = SAMPLES.get(spec.get("sample", ""))
    if "sample" in spec and sample is None:
        raise ValueError(f"no sample {spec['sample']!r}; there are {', '.join(SAMPLES)}")
    if sample is not None and sample.value is not None:
        return _Part(payloads.value(sim.config) | sample.value, sample.field)
    resident = sim.state.resident(spec.get("resident") or next(iter(sim.state.residents)))
    message = _message(sim, resident, spec, switches)
    card = (
        _without_number(payloads.contact(resident))
        if switches.missing_from
        else (payloads.contact(resident))
    )
    shows_contact = sample is None or sample.contacts
    value = payloads.value(
        sim.config,
        phone_number_id=sample.phone_number_id if sample else None,
        contacts=[card] if shows_contact else [],
        messages=[message],
    )
    return _Part(value, id=message["id"])


def _message(sim: Simulator, resident: Resident, spec: Json, switches: Switches) -> Json:
    message = payloads.message(
        resident,
        phone.compose(sim, resident, spec),
        wamid=spec.get("id") or ids.wamid(resident.wa_id or resident.bsuid),
        at=sim.clock.now() - float(spec.get("age", 0)),
        milliseconds=switches.milliseconds,
    )
    if message["id"] not in sim.state.bubbles:
        phone.note(sim, resident, message)
    return _without_number(message) if switches.missing_from else message


def _without_number(part: Json) -> Json:
    return {key: value for key, value in part.items() if key not in ("from", "wa_id")}


def _pack(sim: Simulator, parts: list[_Part], switches: Switches) -> list[Json]:
    if switches.packing == "each":
        return [payloads.envelope(sim.config, [part.value], field=part.field) for part in parts]
    if switches.packing == "entries":
        return [payloads.envelope(sim.config, *[[part.value] for part in parts])]
    merged = _merge([part.value for part in parts])
    if switches.packing == "with_statuses":
        return [payloads.envelope(sim.config, [_some_statuses(sim), merged])]
    return [payloads.envelope(sim.config, [merged])]


def _merge(values: list[Json]) -> Json:
    """One change with everybody's messages and each sender's contact once."""
    contacts = {
        value["contacts"][0]["user_id"]: value["contacts"][0]
        for value in values
        if value.get("contacts")
    }
    messages = [message for value in values for message in value.get("messages", [])]
    return {**values[0], "contacts": list(contacts.values()), "messages": messages}


def _some_statuses(sim: Simulator) -> Json:
    resident = next(iter(sim.state.residents.values()))
    states = [
        payloads.status(resident, QUOTED, state, sim.clock.now()) for state in ("sent", "delivered")
    ]
    return payloads.value(sim.config, statuses=states)


def _bytes(envelope: Json, switches: Switches) -> bytes:
    body = meta_bytes(envelope)
    if len(body) < switches.pad_to:
        room = switches.pad_to - len(body) - len(',"padding":""')
        body = meta_bytes({**envelope, "padding": "x" * max(0, room)})
    return body
