"""Webhook bodies of every kind -> events with a defined outcome."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest
from whatsapp_world import BSUID, FIXTURES, NOW, NUMBER, PHONE_ID, envelope, load, meta_bytes, text

from kelurahan.whatsapp.events import Ignored, Message, Outcome, Status, SystemChange
from kelurahan.whatsapp.parse import parse
from kelurahan.whatsapp.replies import FIXED_REPLIES, NOT_AGAIN_WITHIN


def read(payload):
    return parse(payload, phone_number_id=PHONE_ID, now=NOW)


class Case(NamedTuple):
    name: str
    outcome: Outcome
    reply: str | None = None
    text: str | None = None
    title: str | None = None


CASES = [
    Case("text", Outcome.TO_RASA, text="#2"),
    Case("text_forwarded", Outcome.TO_RASA, text="syarat ktp"),
    Case("button_reply", Outcome.TO_RASA, title="Ya, kirim"),
    Case("list_reply", Outcome.TO_RASA, title="Kartu Keluarga"),
    Case("button", Outcome.TO_RASA, title="menu"),
    Case("nfm_reply", Outcome.FIXED_REPLY, "tidak_didukung"),
    Case("interactive_error", Outcome.FIXED_REPLY, "tidak_didukung"),
    Case("image", Outcome.FIXED_REPLY, "foto"),
    Case("image_caption", Outcome.TO_RASA, text="ini KTP saya hilang"),
    Case("video", Outcome.FIXED_REPLY, "video"),
    Case("document", Outcome.FIXED_REPLY, "dokumen"),
    Case("document_caption", Outcome.TO_RASA, text="syarat kk"),
    Case("audio", Outcome.FIXED_REPLY, "suara"),
    Case("voice", Outcome.FIXED_REPLY, "suara"),
    Case("sticker", Outcome.FIXED_REPLY, "stiker"),
    Case("location", Outcome.FIXED_REPLY, "lokasi"),
    Case("contacts", Outcome.FIXED_REPLY, "kontak"),
    Case("reaction", Outcome.RECORD_ONLY),
    Case("reaction_removed", Outcome.RECORD_ONLY),
    Case("request_welcome", Outcome.TO_RASA, text="menu"),
    Case("unsupported", Outcome.FIXED_REPLY, "tidak_didukung"),
    Case("unsupported_edit", Outcome.FIXED_REPLY, "suntingan"),
    Case("unsupported_too_large", Outcome.FIXED_REPLY, "terlalu_besar"),
    Case("edit", Outcome.FIXED_REPLY, "suntingan"),
    Case("revoke", Outcome.RECORD_ONLY),
    Case("unknown_type", Outcome.FIXED_REPLY, "tidak_dikenal"),
    Case("system_identity", Outcome.RECORD_ONLY),
    Case("bsuid_only", Outcome.TO_RASA, text="menu"),
    Case("number_only", Outcome.TO_RASA, text="menu"),
    Case("sender_in_contacts", Outcome.TO_RASA, text="menu"),
    Case("milliseconds", Outcome.TO_RASA, text="menu"),
    Case("old", Outcome.RECORD_ONLY),
]
IGNORED = {
    "group": "group",
    "order": "order",
    "echo": "echo of our own number",
    "foreign_number": "foreign phone number id",
    "echoes_field": "field smb_message_echoes",
    "account_update": "field account_update",
    "value_errors": "value errors [131052]",
    "foreign_object": "foreign object",
}
CHANGES = {
    "system_number": ((NUMBER, BSUID), ("6281200000002", "ID.77aa01")),
    "system_number_old_form": ((NUMBER, None), ("6281200000002", None)),
    "system_user_id": ((None, BSUID), (None, "ID.77aa01")),
}
OTHERS = {"statuses", "mixed_batch"}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_every_message_type_has_its_outcome(case):
    batch = read(meta_bytes(load(case.name)))
    (message,) = batch.events
    assert isinstance(message, Message)
    assert batch.malformed == 0
    content = message.content
    assert (content.outcome, content.reply, content.text) == (case.outcome, case.reply, case.text)
    assert (content.choice and content.choice.title) == case.title
    assert message.timestamp in (1_790_000_000, 1_789_900_000)
    assert message.old is (case.name == "old")


@pytest.mark.parametrize(("name", "reason"), IGNORED.items())
def test_what_is_not_ours_is_ignored_with_its_reason(name, reason):
    batch = read(load(name))
    assert batch.events == (Ignored(reason),)
    assert batch.messages == ()


@pytest.mark.parametrize(("name", "sides"), CHANGES.items())
def test_a_changed_number_or_id_moves_the_record(name, sides):
    (change,) = read(load(name)).events
    assert isinstance(change, SystemChange)
    old, new = change.old, change.new
    assert ((old.wa_id, old.bsuid), (new.wa_id, new.bsuid)) == sides


def test_every_fixture_is_in_a_table():
    tabled = {case.name for case in CASES} | set(IGNORED) | set(CHANGES) | OTHERS
    assert tabled == {file.stem for file in FIXTURES.glob("*.json")}


@pytest.mark.parametrize(
    ("name", "sender"),
    [
        ("text", (NUMBER, BSUID)),
        ("bsuid_only", (None, BSUID)),
        ("number_only", (NUMBER, None)),
        ("sender_in_contacts", (NUMBER, BSUID)),
    ],
)
def test_the_sender_is_known_by_number_or_by_user_id(name, sender):
    (message,) = read(load(name)).messages
    assert (message.sender.wa_id, message.sender.bsuid) == sender


def test_a_bsuid_in_from_is_taken_for_one():
    (message,) = read(envelope(text("halo", sender="ID.4f9a2c"))).messages
    assert (message.sender.wa_id, message.sender.bsuid) == (None, "ID.4f9a2c")


def test_statuses_are_read_and_are_no_messages():
    batch = read(load("statuses"))
    assert batch.messages == ()
    first, second = batch.events
    assert isinstance(first, Status)
    assert (first.status, first.reference, first.codes) == ("delivered", "permohonan:117", ())
    assert (second.status, second.codes) == ("failed", (131047,))


def test_a_batch_with_broken_parts_gives_all_the_good_ones():
    batch = read(load("mixed_batch"))
    said = [(m.sender.wa_id[-1], m.content.text) for m in batch.messages]
    assert said == [("1", "menu"), ("2", "syarat ktp"), ("3", "halo"), ("2", "biaya")]
    assert len([e for e in batch.events if isinstance(e, Status)]) == 2
    assert batch.malformed == 5


BROKEN = {
    "not json": b"{",
    "empty": b"",
    "not utf-8": b"\xff\xfe{}",
    "deep": b"[" * 100_000,
    "null": b"null",
    "a number": b"12",
    "a list": b"[]",
    "empty object": b"{}",
    "entry is no list": b'{"entry":{}}',
    "entry of null": b'{"entry":[null]}',
    "changes missing": b'{"entry":[{}]}',
    "value missing": b'{"entry":[{"changes":[{"field":"messages"}]}]}',
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_body_is_counted_and_never_raises(body):
    batch = read(body)
    assert batch.events == ()
    assert batch.malformed >= 1


def spoilt():
    """Every fixture with every single value replaced by something of another kind."""
    for file in sorted(FIXTURES.glob("*.json")):
        yield from mutants(json.loads(file.read_text(encoding="utf-8")))


def mutants(node):
    wrong = [None, 7, "x", [], {}, [None], {"id": []}, True, "\ud800"]
    if isinstance(node, dict):
        for key, value in node.items():
            yield from ({**node, key: bad} for bad in wrong)
            yield from ({**node, key: child} for child in mutants(value))
            yield {k: v for k, v in node.items() if k != key}
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from ([*node[:index], child, *node[index + 1 :]] for child in mutants(value))


def test_no_single_wrong_value_raises():
    count = 0
    for payload in spoilt():
        read(payload)
        count += 1
    assert count > 5000


@pytest.mark.parametrize(
    "wamid", ["", "x" * 256, "wamid.é", "wamid. x", "wamid.\n", 5, None], ids=repr
)
def test_a_message_without_a_usable_id_is_skipped(wamid):
    batch = read(envelope({**text("halo"), "id": wamid}, text("menu")))
    assert [m.content.text for m in batch.messages] == ["menu"]
    assert batch.malformed == 1


@pytest.mark.parametrize("stamp", ["", "besok", None, -5, "9" * 30, 1.5, True], ids=repr)
def test_an_unreadable_time_counts_as_now(stamp):
    (message,) = read(envelope({**text("halo"), "timestamp": stamp})).messages
    assert message.timestamp == int(NOW)
    assert not message.old


def test_personal_data_is_not_in_a_repr():
    shown = repr(read(load("text"))) + repr(read(load("button_reply"))) + repr(read(load("image")))
    for secret in (NUMBER, BSUID, "wamid", "#2", "Siti", "Ya, kirim", "PALSU"):
        assert secret not in shown


def test_every_fixed_reply_exists_and_says_what_to_do_next():
    used = {case.reply for case in CASES if case.reply} | {"kosong", "gangguan"}
    used |= {"tertunda", "terlalu_cepat"}  # said by turns and inbox
    used |= {f"lampiran_{r}" for r in ("penuh", "jenis", "besar", "rusak", "gagal")}  # media
    assert used == set(FIXED_REPLIES)
    assert set(NOT_AGAIN_WITHIN) <= set(FIXED_REPLIES)
    for reply in FIXED_REPLIES.values():
        assert any(word in reply.lower() for word in ("mohon", "ketik", "tidak perlu"))
        assert "kedung" not in reply.lower()
        assert len(reply) < 400
