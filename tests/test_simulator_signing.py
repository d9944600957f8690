"""The bytes of a webhook are Meta's, and the signature is over exactly these bytes."""

from __future__ import annotations

import json

import pytest

from simulator.signing import meta_bytes, signature

# the fact sheet's test vector (section 3)
SECRET = "rahasia-uji"
BODY = (
    rb'{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages",'
    rb'"value":{"t":"RT 3\/5 caf\u00e9 \ud83d\udc4d \u0040"}}]}]}'
)
SIGNED = "sha256=7af37f673f830b5a7dd709062238b0805937fe43a876f597789b8ffef34bb1b5"


def test_the_published_vector_has_the_published_signature():
    assert len(BODY) == 146
    assert signature(SECRET, BODY) == SIGNED


def test_the_published_body_is_what_we_write():
    assert meta_bytes(json.loads(BODY)) == BODY


def test_a_reserialised_body_has_another_signature():
    again = json.dumps(json.loads(BODY), separators=(",", ":")).encode()
    assert signature(SECRET, again).startswith("sha256=faae7c3c")


@pytest.mark.parametrize(
    ("plain", "escaped"),
    [("ä", rb"\u00e4"), ("/", rb"\/"), ("<", rb"\u003C"), ("%", rb"\u0025"), ("@", rb"\u0040")],
)
def test_each_character_is_escaped_as_meta_does(plain, escaped):
    body = meta_bytes({"t": plain})
    assert body == b'{"t":"' + escaped + b'"}'
    assert json.loads(body) == {"t": plain}
