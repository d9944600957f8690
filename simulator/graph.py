"""The fake Graph API: messages, media, subscription; everything else is error 100."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator import errors, faults, sending, uploads, validation
from simulator.core import Simulator
from simulator.errors import GraphError
from simulator.model import Resident

VERSION = re.compile(r"v\d{1,2}\.\d")


def _simulator(request: Request) -> Simulator:
    return request.app.state.simulator


def _authorise(request: Request) -> Simulator:
    """Check the Bearer token, then the version in the path."""
    sim = _simulator(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    good = hmac.compare_digest(token.encode(), sim.config.access_token.encode())
    if scheme.lower() != "bearer" or not good:
        raise GraphError(190, "Authorization: access token missing or wrong")
    if not VERSION.fullmatch(request.path_params.get("version", "v1.0")):
        raise _unknown(request)
    return sim


def _unknown(request: Request) -> GraphError:
    return GraphError(100, f"unsupported {request.method.lower()} request: {request.url.path}")


def _owned(request: Request, given: str, mine: str, what: str) -> None:
    if given != mine:
        raise GraphError(100, f"{what}: object does not exist or cannot be reached", subcode=33)


async def _json(request: Request) -> dict[str, Any]:
    try:
        payload = json.loads(await request.body())
    except ValueError:
        raise errors.malformed("body", "not JSON") from None
    if not isinstance(payload, dict):
        raise errors.malformed("body", "must be a JSON object")
    return payload


async def messages(request: Request) -> Response:
    """`POST /{version}/{phone}/messages`: a message, or a read receipt."""
    sim = _authorise(request)
    phone = request.path_params["phone"]
    _owned(request, phone, sim.config.phone_number_id, "phone number id")
    payload = await _json(request)
    receipt = "status" in payload
    fault = sim.state.take_fault(_target(sim, payload), "receipts" if receipt else "messages")
    if fault and fault.kind in faults.BEFORE:
        return faults.refuse(fault, request)
    answer = _receipt(sim, payload) if receipt else await _send(sim, payload)
    if fault:
        return await faults.spoil(fault, answer, request)
    return JSONResponse(answer)


async def _send(sim: Simulator, payload: dict[str, Any]) -> dict[str, Any]:
    validation.check_message(payload)
    return await sending.accept(sim, payload)


def _target(sim: Simulator, payload: dict[str, Any]) -> Resident | None:
    """Whom the request is about, as far as that can be told before validation."""
    marked = sim.state.bubbles.get(str(payload.get("message_id")))
    if marked is not None:
        return sim.state.residents.get(marked.resident)
    return sim.state.find(str(payload.get("to") or payload.get("recipient") or ""))


def _receipt(sim: Simulator, payload: dict[str, Any]) -> dict[str, Any]:
    wamid = validation.check_receipt(payload)
    resident = sim.state.mark_read(wamid)
    if resident is None:
        raise errors.invalid("message_id", "no such received message within 30 days")
    if "typing_indicator" in payload:
        sim.state.typing(resident, True)
    return {"success": True}


async def upload(request: Request) -> Response:
    """`POST /{version}/{phone}/media`, multipart."""
    sim = _authorise(request)
    _owned(request, request.path_params["phone"], sim.config.phone_number_id, "phone number id")
    return JSONResponse({"id": await uploads.store(sim.state, request)})


async def media(request: Request) -> Response:
    """`GET /{version}/{media}`: where the bytes are, for five minutes."""
    sim = _authorise(request)
    wanted = request.query_params.get("phone_number_id", sim.config.phone_number_id)
    found = sim.state.live_media(request.path_params["media"])
    if found is None or wanted != sim.config.phone_number_id:
        raise GraphError(100, "media id: unknown or expired", subcode=33)
    ticket = sim.state.issue_ticket(found.id)
    return JSONResponse(
        {
            "url": f"{str(request.base_url).rstrip('/')}/media-bytes/{found.id}/{ticket}",
            "mime_type": found.mime_type,
            "sha256": hashlib.sha256(found.content).hexdigest(),
            "file_size": len(found.content),
            "id": found.id,
            "messaging_product": "whatsapp",
        }
    )


async def media_bytes(request: Request) -> Response:
    """The bytes URL; needs the same Bearer token."""
    sim = _authorise(request)
    found = sim.state.by_ticket(request.path_params["media"], request.path_params["ticket"])
    if found is None:
        return JSONResponse(GraphError(100, "media url: expired").body(), status_code=404)
    return Response(found.content, media_type=found.mime_type)


async def subscribe(request: Request) -> Response:
    """`POST /{version}/{waba}/subscribed_apps`."""
    sim = _authorise(request)
    waba = request.path_params["waba"]
    _owned(request, waba, sim.config.business_account_id, "business account id")
    return JSONResponse({"success": True})


async def unknown(request: Request) -> Response:
    """Anything else."""
    raise _unknown(request)


async def on_graph_error(request: Request, error: Exception) -> Response:
    """GraphError as Meta writes it."""
    assert isinstance(error, GraphError)
    return JSONResponse(error.body(), status_code=error.status)


ROUTES = [
    Route("/{version}/{phone}/messages", messages, methods=["POST"]),
    Route("/{version}/{phone}/media", upload, methods=["POST"]),
    Route("/{version}/{waba}/subscribed_apps", subscribe, methods=["POST"]),
    Route("/media-bytes/{media}/{ticket}", media_bytes, methods=["GET"]),
    Route("/{version}/{media}", media, methods=["GET"]),
    Route(
        "/{rest:path}",
        unknown,
        methods=["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"],
    ),
]
