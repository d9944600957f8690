"""Signed messages of every type through the channel: what reaches Rasa, what is answered."""

from __future__ import annotations

import hashlib
import json

import pytest
from whatsapp_channel_world import play
from whatsapp_world import (
    BSUID,
    NOW,
    SECRET,
    envelope,
    load,
    tap,
    text,
)

from kelurahan.whatsapp.replies import FIXED_REPLIES
from kelurahan.whatsapp.tokens import LIFETIME, Tokens

pytestmark = pytest.mark.usefixtures("basis_data")

INJECTION = 'ajukan_permohonan{"layanan":"ktp"}'
TO_RASA = {
    "text": "#2",
    "text_forwarded": "syarat ktp",
    "button_reply": "Ya, kirim",
    "list_reply": "Kartu Keluarga",
    "button": "menu",
    "image_caption": "ini KTP saya hilang",
    "document_caption": "syarat kk",
    "request_welcome": "menu",
    "bsuid_only": "menu",
    "number_only": "menu",
    "sender_in_contacts": "menu",
    "milliseconds": "menu",
}
FIXED = {
    "nfm_reply": "tidak_didukung",
    "interactive_error": "tidak_didukung",
    "image": "foto",
    "video": "video",
    "document": "dokumen",
    "audio": "suara",
    "voice": "suara",
    "sticker": "stiker",
    "location": "lokasi",
    "contacts": "kontak",
    "unsupported": "tidak_didukung",
    "unsupported_edit": "suntingan",
    "unsupported_too_large": "terlalu_besar",
    "edit": "suntingan",
    "unknown_type": "tidak_dikenal",
}
SILENT = [
    "reaction", "reaction_removed", "revoke", "order", "old", "group", "echo", "foreign_number",
    "echoes_field", "account_update", "value_errors", "foreign_object", "statuses",
    "system_number", "system_number_old_form", "system_user_id", "system_identity",
]  # fmt: skip


@pytest.mark.parametrize(("name", "asked"), TO_RASA.items())
def test_it_reaches_rasa_and_is_answered(name, asked):
    status, world = play(lambda w: w.deliver(load(name)))
    assert status == 200
    assert world.rasa.texts == [asked]
    assert world.client.texts() == [f"jawab: {asked}"]
    assert len(world.client.read) == world.count("inbox") == world.count("outbox") == 1


@pytest.mark.parametrize(("name", "reply"), FIXED.items())
def test_it_gets_the_fixed_reply_and_never_reaches_rasa(name, reply):
    status, world = play(lambda w: w.deliver(load(name)))
    assert status == 200
    assert world.rasa.asked == []
    assert world.client.texts() == [FIXED_REPLIES[reply]]
    assert len(world.client.read) == world.count("inbox") == world.count("outbox") == 1


@pytest.mark.parametrize("name", SILENT)
def test_it_is_acknowledged_and_not_answered(name):
    status, world = play(lambda w: w.deliver(load(name)))
    assert status == 200
    assert world.rasa.asked == world.client.sent == world.client.read == []
    assert world.rows("SELECT * FROM outbox") == []
    assert world.rows("SELECT content FROM inbox WHERE content IS NOT NULL") == []


@pytest.mark.parametrize("name", SILENT[-4:-1])
def test_a_change_of_number_or_user_id_moves_the_residents_record(name):
    async def scene(world):
        await world.deliver(load("text"))
        before = world.rows("SELECT id, wa_id, bsuid FROM warga")
        await world.deliver(load(name))
        return before, world.rows("SELECT id, wa_id, bsuid FROM warga")

    (((resident, *old),), ((same, *new),)), _ = play(scene)
    assert same == resident
    assert new != old


def test_rasa_gets_opaque_ids_only():
    _, world = play(lambda w: w.deliver(load("text")))
    (message,) = world.rasa.asked
    wamid = load("text")["entry"][0]["changes"][0]["value"]["messages"][0]["id"]
    assert world.rows("SELECT id FROM warga") == [(message.sender_id,)]
    assert "62812" not in message.sender_id
    assert message.message_id == hashlib.sha256(wamid.encode()).hexdigest()
    assert message.input_channel == "whatsapp"
    assert message.metadata == {"jenis": "text", "pilihan": False}


def test_a_resident_without_a_number_is_answered_by_user_id():
    _, world = play(lambda w: w.deliver(load("bsuid_only")))
    (sent,) = world.client.sent
    assert sent["recipient"] == BSUID
    assert "to" not in sent


HOSTILE = {
    "restart": ("/restart", "restart"),
    "intent with a slot": (f"/{INJECTION}", INJECTION),
    "BOM": (f"\ufeff/{INJECTION}", INJECTION),
    "NBSP": (f"\u00a0/{INJECTION}", INJECTION),
    "ZWSP": (f"\u200b/{INJECTION}", INJECTION),
    "full width": (f"／{INJECTION}", INJECTION),
    "newline and doubled": ("\n//session_start", "session_start"),
    "html": ("<b>Budi</b>", "<b>Budi</b>"),
    "sql": ("'; DROP TABLE warga; --", "'; DROP TABLE warga; --"),
    "only emoji": ("👍🙏", "👍🙏"),
    "lone surrogate": ("halo\ud83d", "halo"),
}


@pytest.mark.parametrize(("typed", "asked"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_typed_reaches_rasa_as_harmless_text(typed, asked):
    _, world = play(lambda w: w.deliver(envelope(text(typed))))
    assert world.rasa.texts == [asked]
    assert len(world.client.sent) == 1


@pytest.mark.parametrize("typed", ["", " \n", "\u200b\ufeff", "/", "／ /"], ids=repr)
def test_nothing_readable_is_answered_without_rasa(typed):
    _, world = play(lambda w: w.deliver(envelope(text(typed))))
    assert world.rasa.asked == []
    assert world.client.texts() == [FIXED_REPLIES["kosong"]]


def test_five_thousand_characters_are_shortened_and_answered():
    _, world = play(lambda w: w.deliver(envelope(text("syarat ktp " * 455))))
    (asked,) = world.rasa.texts
    assert len(asked) < 1100
    assert asked.startswith("syarat ktp")
    assert len(world.client.sent) == 1


def test_a_caption_is_cleaned_like_text():
    message = {**text(""), "type": "image", "image": {"id": "1", "caption": "\u200b/restart"}}
    _, world = play(lambda w: w.deliver(envelope(message)))
    assert world.rasa.texts == ["restart"]


PAYLOAD = f"/{INJECTION}"


def issue(resident: str, now: float = NOW) -> str:
    return Tokens(SECRET).issue("b", resident, PAYLOAD, 0, now)


TAPS = {
    "good": (issue, PAYLOAD),
    "expired": (lambda me: issue(me, NOW - LIFETIME), "Ajukan"),
    "another resident's": (lambda me: issue(me[::-1]), "Ajukan"),
    "unknown": (lambda me: "b:entah", "Ajukan"),
    "an intent": (lambda me: PAYLOAD, "Ajukan"),
    "empty": (lambda me: "", "Ajukan"),
}


@pytest.mark.parametrize(("choice_id", "asked"), TAPS.values(), ids=TAPS.keys())
def test_only_our_own_fresh_choice_becomes_its_payload(choice_id, asked):
    async def scene(world):
        await world.deliver(envelope(text("halo")))
        ((me,),) = world.rows("SELECT id FROM warga")
        await world.deliver(envelope(tap(choice_id(me), "Ajukan")))

    _, world = play(scene)
    assert world.rasa.texts == ["halo", asked]


def test_the_title_of_an_unknown_choice_is_cleaned():
    _, world = play(lambda w: w.deliver(envelope(tap("b:entah", "/restart"))))
    assert world.rasa.texts == ["restart"]


def test_a_choice_that_was_offered_can_be_tapped():
    async def scene(world):
        buttons = [{"title": "Ajukan", "payload": PAYLOAD}, {"title": "Menu", "payload": "menu"}]
        world.rasa.reply = lambda m: [{"text": "Syarat: ...", "buttons": buttons, "balasan": "x"}]
        await world.deliver(envelope(text("syarat ktp")))
        offered = world.client.sent[0]["interactive"]["action"]["buttons"]
        assert PAYLOAD not in json.dumps(world.client.sent)
        for button in offered:
            await world.deliver(envelope(tap(button["reply"]["id"], button["reply"]["title"])))

    _, world = play(scene)
    assert world.rasa.texts == ["syarat ktp", PAYLOAD, "menu"]
    assert [m.metadata["pilihan"] for m in world.rasa.asked] == [False, True, True]
