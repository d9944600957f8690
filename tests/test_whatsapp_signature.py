"""Meta's signature over the raw body: the test vector of the fact sheet and its neighbours."""

from __future__ import annotations

import json

import pytest

from kelurahan.whatsapp import signature

SECRET = "rahasia-uji"
BODY = (
    rb'{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages",'
    rb'"value":{"t":"RT 3\/5 caf\u00e9 \ud83d\udc4d \u0040"}}]}]}'
)
HEADER = "sha256=7af37f673f830b5a7dd709062238b0805937fe43a876f597789b8ffef34bb1b5"


def test_the_vector_of_the_fact_sheet_is_accepted():
    assert len(BODY) == 146
    assert signature.verify(SECRET, BODY, HEADER)


def test_the_same_json_written_again_is_refused():
    again = json.dumps(json.loads(BODY), separators=(",", ":")).encode()
    assert signature.expected(SECRET, again).startswith("sha256=faae7c3c")
    assert not signature.verify(SECRET, again, HEADER)


@pytest.mark.parametrize(
    ("secret", "header"),
    [
        (SECRET, None),
        (SECRET, ""),
        (SECRET, HEADER.removeprefix("sha256=")),
        (SECRET, HEADER.upper()),
        (SECRET, HEADER[:-1] + "6"),
        (SECRET, "sha1=" + HEADER[7:]),
        (SECRET, "sha256=é👍"),
        ("rahasia-lain", HEADER),
        ("", signature.expected("", BODY)),
    ],
    ids=[
        "missing", "empty", "without its scheme", "upper case", "one digit off", "sha1",
        "not ascii", "another secret", "no secret configured",
    ],
)  # fmt: skip
def test_anything_else_is_refused(secret, header):
    assert not signature.verify(secret, BODY, header)


@pytest.mark.parametrize(
    ("one", "other", "expect"),
    [("kata", "kata", True), ("kata", "katak", False), ("é", "é", True), ("kata", "\ud800", False)],
)
def test_tokens_are_compared_whatever_they_hold(one, other, expect):
    assert signature.same(one, other) is expect
