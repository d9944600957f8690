"""What happens to a valid message: recipient, test list, rates, window, bubble, statuses."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from simulator import errors, ids, outgoing, payloads
from simulator.limits import window_open
from simulator.model import SCRIPTS, Bubble, Resident, Script
from simulator.signing import meta_bytes

if TYPE_CHECKING:
    from simulator.core import Simulator

Json = dict[str, Any]
RANK = {"pending": 0, "accepted": 0, "sent": 1, "delivered": 2, "read": 3, "played": 4}
NO_BSUID_TEMPLATES = 131062
WINDOW_CLOSED = Script(("failed",), failure=131047)


async def accept(sim: Simulator, payload: Json) -> Json:
    """Take a validated message; the API's answer. Raises GraphError where Meta refuses."""
    resident = recipient(sim, payload)
    _check_test_list(sim, resident)
    template = _template(sim, payload)
    if sim.state.rules.rate_limits:
        sim.limits.take(resident, sim.clock.now())
    script = _script(sim, resident, payload)
    if payload.get("type") == "reaction":
        return _react(sim, resident, payload)
    bubble = outgoing.bubble(
        payload,
        wamid=ids.wamid(resident.wa_id or resident.bsuid),
        resident=resident.key,
        at=sim.clock.now(),
        template=template,
    )
    bubble.status, bubble.seen = "accepted", "failed" not in script.steps
    sim.state.put(bubble)
    sim.state.typing(resident, False)
    steps = list(script.steps)
    if script.early and steps:
        await report(sim, bubble, resident, steps.pop(0), script)
    sim.spawn(_progress(sim, bubble, resident, steps, script))
    return _answer(payload, resident, bubble.id)


def recipient(sim: Simulator, payload: Json) -> Resident:
    """Whom a message is for; `to` wins over `recipient`."""
    if "to" in payload:
        return sim.state.resident(ids.digits(payload["to"]))
    if not sim.state.rules.bsuid_supported:
        raise errors.GraphError(NO_BSUID_TEMPLATES, "recipient: this message needs a phone number")
    return sim.state.resident(payload["recipient"])


def _check_test_list(sim: Simulator, resident: Resident) -> None:
    allowed = sim.state.rules.test_recipients
    if allowed is None:
        return
    if not any(sim.state.find(who) is resident for who in allowed):
        raise errors.GraphError(131030, "to: add this number to the list of test recipients")


def _template(sim: Simulator, payload: Json) -> str | None:
    known = sim.state.rules.templates
    if payload.get("type") != "template" or known is None:
        return None
    part = payload["template"]
    code = part["language"]["code"]
    if part["name"] not in known or code != "id":
        raise errors.GraphError(132001, f"template name ({part['name']}) does not exist in {code}")
    body = known[part["name"]]
    given, wanted = len(outgoing.body_parameters(part)), outgoing.places(body)
    if given != wanted:
        raise errors.GraphError(
            132000, f"body: number of localizable_params ({given}) does not match ({wanted})"
        )
    return body


def _script(sim: Simulator, resident: Resident, payload: Json) -> Script:
    """The resident's script, or the window's where it is closed."""
    if payload.get("type") == "template" or window_open(resident, sim.clock.now()):
        return SCRIPTS[resident.script]
    if not sim.state.rules.late_window_error:
        raise errors.GraphError(131047, "more than 24 hours since the user's last message")
    return WINDOW_CLOSED


def _react(sim: Simulator, resident: Resident, payload: Json) -> Json:
    part = payload["reaction"]
    bubble = sim.state.bubbles.get(part["message_id"])
    if bubble is None or bubble.resident != resident.key:
        raise errors.invalid("reaction.message_id", "no such message with this user")
    bubble.reaction = part.get("emoji", "")
    sim.state.put(bubble)
    return _answer(payload, resident, ids.wamid(resident.wa_id or resident.bsuid))


def _answer(payload: Json, resident: Resident, wamid: str) -> Json:
    contact = {"input": payload.get("to") or payload.get("recipient"), "user_id": resident.bsuid}
    if resident.wa_id:
        contact["wa_id"] = resident.wa_id
    message = {"id": wamid}
    if payload.get("type") == "template":
        message["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}


async def _progress(
    sim: Simulator, bubble: Bubble, resident: Resident, steps: list[str], script: Script
) -> None:
    """Go through the script's remaining steps at the configured pace."""
    delays = sim.config.status_delays
    for number, step in enumerate(steps):
        delay = delays[min(number, len(delays) - 1)] if delays else 0.0
        if delay:
            await sim.clock.sleep_until(sim.clock.now() + delay)
        else:
            await asyncio.sleep(0)
        await report(sim, bubble, resident, step, script)


async def report(
    sim: Simulator, bubble: Bubble, resident: Resident, step: str, script: Script
) -> None:
    """Note a status on the bubble and send it as a webhook."""
    if step == "failed":
        bubble.status, bubble.error = step, script.failure
    elif RANK[step] > RANK.get(bubble.status, 99):
        bubble.status = step
    if bubble.id in sim.state.bubbles:
        sim.state.put(bubble)
    data = bubble.payload.get("biz_opaque_callback_data")
    status = payloads.status(resident, bubble.id, step, sim.clock.now(), data=data)
    if step == "failed":
        status["errors"] = [errors.webhook_error(script.failure)]
    body = meta_bytes(
        payloads.envelope(sim.config, [payloads.value(sim.config, statuses=[status])])
    )
    await sim.courier.deliver(body, kind="statuses", ids=[bubble.id])
