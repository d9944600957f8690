"""Message templates: what may be sent after WhatsApp's 24-hour window has closed (facts section 7).

A template is submitted to Meta once, by hand, and approved there; its text must stay in step with
`TEXTS` here, which docs/operations.md quotes.
"""

from __future__ import annotations

import re
from typing import Any

from kelurahan.whatsapp.limits import shorten

Json = dict[str, Any]
STATUS = "status_permohonan"
LANGUAGE = "id"
# category "utility"; {{1}} number, {{2}} service, {{3}} status
TEXTS = {
    STATUS: "Kabar permohonan {{1}} ({{2}}) di kelurahan: {{3}}. Balas pesan ini untuk bertanya."
}
PARAMETER = 200  # units; Meta allows more, but the whole text must stay readable on a phone
# Meta refuses parameters with line breaks, tabs or more than four spaces in a row (132018)
_SPACES = re.compile(r"\s+")


def status_permohonan(nomor: str, layanan: str, status: str) -> Json:
    """The template that tells how an application stands; a body for `outbox.enqueue`."""
    return body(STATUS, nomor, layanan, status)


def body(name: str, *parameters: str) -> Json:
    """A template message without its address.

    Raises ValueError when a parameter is empty: Meta would refuse the whole message.
    """
    wanted = TEXTS[name].count("{{")
    if len(parameters) != wanted:
        raise ValueError(f"template {name}: {len(parameters)} parameters, needs {wanted}")
    texts = [_SPACES.sub(" ", parameter).strip() for parameter in parameters]
    if not all(texts):
        raise ValueError(f"template {name}: parameter {texts.index('') + 1} is empty")
    values = [{"type": "text", "text": shorten(t, PARAMETER, "template parameter")} for t in texts]
    return {
        "type": "template",
        "template": {
            "name": name,
            "language": {"code": LANGUAGE, "policy": "deterministic"},
            "components": [{"type": "body", "parameters": values}],
        },
    }
