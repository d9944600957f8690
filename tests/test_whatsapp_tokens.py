"""Opaque ids of choices: bound to one resident, expiring, not to be forged."""

from __future__ import annotations

import pytest

from kelurahan.whatsapp.tokens import LIFETIME, Tokens

NOW = 1_790_000_000
PAYLOAD = '/ajukan_permohonan{"layanan":"beda_identitas"}'
tokens = Tokens("rahasia-uji")
GOOD = tokens.issue("l", "warga-1", PAYLOAD, 3, NOW)


def test_a_tap_gives_the_payload_back():
    assert tokens.payload(GOOD, "warga-1", NOW + LIFETIME - 1) == PAYLOAD


def test_an_id_is_opaque_and_fits():
    assert GOOD.startswith("l:")
    assert len(GOOD) <= 200
    assert not {"/", "{", " ", '"'} & set(GOOD)
    assert "warga-1" not in GOOD


def test_two_rows_with_one_payload_have_two_ids():
    assert tokens.issue("l", "warga-1", PAYLOAD, 4, NOW) != GOOD


BAD = {
    "another resident": (GOOD, "warga-2", NOW),
    "expired": (GOOD, "warga-1", NOW + LIFETIME),
    "altered payload": (GOOD.replace(".3.", ".3.A"), "warga-1", NOW),
    "altered position": (GOOD.replace(".3.", ".4."), "warga-1", NOW),
    "altered expiry": ("l:f" + GOOD[2:], "warga-1", NOW),
    "other prefix": ("b" + GOOD[1:], "warga-1", NOW),
    "without its end": (GOOD[:-1], "warga-1", NOW),
    "empty": ("", "warga-1", NOW),
    "only dots": ("b:...", "warga-1", NOW),
    "an intent": ("/restart", "warga-1", NOW),
    "not ascii": ("b:é.é", "warga-1", NOW),
    "lone surrogate": ("b:\ud800.x", "warga-1", NOW),
    "very long": ("b:" + "A" * 10_000, "warga-1", NOW),
}


@pytest.mark.parametrize(("token", "sender", "now"), BAD.values(), ids=BAD.keys())
def test_anything_else_gives_none(token, sender, now):
    assert tokens.payload(token, sender, now) is None


def test_another_secret_gives_none():
    assert Tokens("lain").payload(GOOD, "warga-1", NOW) is None


def test_a_payload_that_does_not_fit_becomes_an_unknown_id():
    token = tokens.issue("b", "warga-1", "/x" + "y" * 300, 0, NOW)
    assert len(token) <= 200
    assert tokens.payload(token, "warga-1", NOW) is None


def test_what_fits_at_most_is_enough_for_our_payloads():
    payload = '/ajukan_permohonan{"layanan":"beda_identitas","varian":"perubahan_data_anggota"}'
    token = tokens.issue("l", "9" * 32, payload, 9, NOW)
    assert tokens.payload(token, "9" * 32, NOW) == payload
