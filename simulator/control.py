"""The control API under `/_sim`; every body is JSON. See the package's `testing` for Python.

GET    /_sim/state                        residents, bubbles, rules
GET    /_sim/events                       live updates (Server-Sent Events)
GET    /_sim/transcript/{resident}        the chat; `?format=text` reads like a chat
GET    /_sim/deliveries                   webhook posts with every attempt; `?kind=messages`
GET    /_sim/samples                      names for `sample`
GET    /_sim/media/{id}                   a file's bytes, for the page
POST   /_sim/residents                    {"name", "wa_id"?, "bsuid"?}
DELETE /_sim/residents/{resident}
POST   /_sim/residents/{resident}/send    {"text"} | {"tap", "bubble"?} | {"attach"} | {"sample"}
                                          | {"content"}
POST   /_sim/play                         {"messages": [{"resident", "text" …}], and switches of
                                          `player.Switches`}
POST   /_sim/scripts                      {"resident", "script"}: names in `model.SCRIPTS`
POST   /_sim/faults                       {"kind", "times"?, "resident"?, "on"?, "seconds"?,
                                          "code"?}
DELETE /_sim/faults
PATCH  /_sim/rules                        fields of `model.Rules`: webhook_url, test_recipients, …
POST   /_sim/clock                        {"advance": seconds}: only with a FakeClock
POST   /_sim/handshake                    {"token"?}: the GET of section 2 -> {"ok", "status"}
POST   /_sim/reset
"""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from simulator import faults, phone, player, transcript
from simulator.clock import FakeClock
from simulator.core import Simulator
from simulator.ids import BSUID, PHONE, digits
from simulator.samples import SAMPLES
from simulator.state import UnknownResidentError


class BadRequestError(ValueError):
    """The control request makes no sense; the message says why."""


def _simulator(request: Request) -> Simulator:
    return request.app.state.simulator


async def _body(request: Request) -> dict[str, Any]:
    # JSON only: another site's form cannot reach a simulator that happens to run
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise BadRequestError("Content-Type must be application/json")
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        raise BadRequestError("body is not JSON") from None
    if not isinstance(body, dict):
        raise BadRequestError("body must be a JSON object")
    return body


async def state(request: Request) -> Response:
    """Residents, bubbles, rules and script names."""
    return JSONResponse(_simulator(request).state.snapshot())


async def events(request: Request) -> Response:
    """Live updates until the page goes away."""
    stream = _lines(_simulator(request))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _lines(sim: Simulator) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    async for event in sim.hub.listen():
        yield f"data: {json.dumps(event)}\n\n" if event else ": masih di sini\n\n"


async def show_transcript(request: Request) -> Response:
    """One chat, as JSON or as text."""
    sim, who = _simulator(request), request.path_params["resident"]
    if request.query_params.get("format") == "text":
        return PlainTextResponse(transcript.as_text(sim.state, who))
    return JSONResponse(transcript.transcript(sim.state, who))


async def deliveries(request: Request) -> Response:
    """Webhook posts with their attempts."""
    kind = request.query_params.get("kind")
    found = _simulator(request).courier.deliveries
    return JSONResponse([one.as_json() for one in found if kind in (None, one.kind)])


async def samples(request: Request) -> Response:
    """Names of ready messages."""
    return JSONResponse(list(SAMPLES))


async def media(request: Request) -> Response:
    """A file for the page."""
    found = _simulator(request).state.live_media(request.path_params["media"])
    if found is None:
        return Response(status_code=404)
    # never as a page: an uploaded file must not run in the simulator's own origin
    safe = found.mime_type if found.mime_type.startswith(("image/", "audio/")) else None
    safe = None if safe == "image/svg+xml" else safe
    return Response(found.content, media_type=safe or "application/octet-stream")


async def add_resident(request: Request) -> Response:
    """A new resident, with or without a number."""
    sim, body = _simulator(request), await _body(request)
    name, number = str(body.get("name", "")).strip(), digits(str(body.get("wa_id") or ""))
    bsuid = body.get("bsuid")
    if not name:
        raise BadRequestError("name: isi dulu namanya")
    if number and not PHONE.fullmatch(number):
        raise BadRequestError("wa_id: nomor harus 7 sampai 15 angka, misalnya 6281200000004")
    if bsuid and not BSUID.fullmatch(str(bsuid)):
        raise BadRequestError("bsuid: must look like ID.4f9a2c")
    if any(sim.state.find(str(who)) for who in (number, bsuid) if who):
        raise BadRequestError("nomor ini sudah ada")
    return JSONResponse(asdict(sim.state.add(name, wa_id=number or None, bsuid=bsuid)))


async def remove_resident(request: Request) -> Response:
    """Take a resident away."""
    state = _simulator(request).state
    state.remove(state.resident(request.path_params["resident"], create=False).key)
    return JSONResponse({"ok": True})


async def send(request: Request) -> Response:
    """A resident sends one message; 202 before the webhook has been called."""
    sim, spec = _simulator(request), await _body(request)
    bubble = await phone.send(sim, request.path_params["resident"], spec)
    return JSONResponse(bubble.as_json(), status_code=202)


async def play(request: Request) -> Response:
    """Deliver messages with switches; answers when each POST was tried once."""
    body = await _body(request)
    messages = body.pop("messages", None)
    if not isinstance(messages, list) or not messages:
        raise BadRequestError("messages: a list with at least one message")
    made = await player.play(_simulator(request), messages, player.Switches.of(body))
    return JSONResponse([one.as_json() for one in made])


async def scripts(request: Request) -> Response:
    """Choose a resident's status script."""
    body = await _body(request)
    _simulator(request).state.set_script(str(body["resident"]), str(body["script"]))
    return JSONResponse({"ok": True})


async def add_fault(request: Request) -> Response:
    """Plan a fault."""
    fault = faults.planned(await _body(request))
    _simulator(request).state.faults.append(fault)
    return JSONResponse(asdict(fault))


async def clear_faults(request: Request) -> Response:
    """Forget planned faults."""
    _simulator(request).state.faults.clear()
    return JSONResponse({"ok": True})


async def rules(request: Request) -> Response:
    """Change rules."""
    return JSONResponse(asdict(_simulator(request).set_rules(await _body(request))))


async def clock(request: Request) -> Response:
    """Move a fake clock."""
    sim, body = _simulator(request), await _body(request)
    if not isinstance(sim.clock, FakeClock):
        raise BadRequestError("the simulator runs on real time")
    sim.clock.advance(float(body["advance"]))
    return JSONResponse({"now": sim.clock.now()})


async def handshake(request: Request) -> Response:
    """Do the verification GET."""
    sim, body = _simulator(request), await _body(request)
    challenge = secrets.token_hex(5)
    status, answer = await sim.courier.handshake(
        str(body.get("token", sim.config.verify_token)), challenge
    )
    return JSONResponse({"ok": status == 200 and answer == challenge, "status": status})


async def reset(request: Request) -> Response:
    """Start anew."""
    await _body(request)
    _simulator(request).reset()
    return JSONResponse({"ok": True})


async def on_mistake(request: Request, error: Exception) -> Response:
    """A wrong control request: 404 for somebody unknown, otherwise 400 with the reason."""
    if not request.url.path.startswith("/_sim"):
        raise error  # a mistake of the simulator itself must not look like Meta's answer
    unknown = isinstance(error, UnknownResidentError)
    text = f"no such resident: {error.args[0]}" if unknown else f"{error}"
    return JSONResponse({"error": text}, status_code=404 if unknown else 400)


ROUTES = Mount(
    "/_sim",
    routes=[
        Route("/state", state),
        Route("/events", events),
        Route("/transcript/{resident}", show_transcript),
        Route("/deliveries", deliveries),
        Route("/samples", samples),
        Route("/media/{media}", media),
        Route("/residents", add_resident, methods=["POST"]),
        Route("/residents/{resident}", remove_resident, methods=["DELETE"]),
        Route("/residents/{resident}/send", send, methods=["POST"]),
        Route("/play", play, methods=["POST"]),
        Route("/scripts", scripts, methods=["POST"]),
        Route("/faults", add_fault, methods=["POST"]),
        Route("/faults", clear_faults, methods=["DELETE"]),
        Route("/rules", rules, methods=["PATCH"]),
        Route("/clock", clock, methods=["POST"]),
        Route("/handshake", handshake, methods=["POST"]),
        Route("/reset", reset, methods=["POST"]),
    ],
)
