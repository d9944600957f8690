"""Bot utterances -> Cloud API messages: one answer is one message, every limit holds."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from kelurahan.whatsapp.build import OPENER, SHORT_BODY, address, build, text_body
from kelurahan.whatsapp.limits import shorten, split, units


def made(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    return build(messages, lambda kind, payload, position: f"{kind}:{position}:{len(payload)}")


def said(text: str | None, *titles: str, **extras: Any) -> dict[str, Any]:
    buttons = [{"title": title, "payload": f"/pilih_{title}"} for title in titles]
    return {"text": text, "buttons": buttons or None, "timestamp": 1.0, **extras}


def titles(body: dict[str, Any]) -> list[str]:
    action = body["interactive"]["action"]
    if "buttons" in action:
        return [button["reply"]["title"] for button in action["buttons"]]
    return [row["title"] for section in action["sections"] for row in section["rows"]]


def kind(body: dict[str, Any]) -> str:
    return body["interactive"]["type"] if body["type"] == "interactive" else body["type"]


def assert_within_limits(bodies: list[dict[str, Any]]) -> None:
    """Every limit of the fact sheet's section 6, written down again."""
    for body in bodies:
        if body["type"] == "text":
            assert 1 <= units(body["text"]["body"]) <= 4096
            continue
        inner = body["interactive"]
        assert 1 <= units(inner["body"]["text"]) <= 1024
        assert units(inner.get("header", {}).get("text", "")) <= 60
        action = inner["action"]
        if inner["type"] == "button":
            entries = [button["reply"] for button in action["buttons"]]
            assert 1 <= len(entries) <= 3
            assert all(1 <= units(entry["title"]) <= 20 for entry in entries)
        else:
            assert 1 <= units(action["button"]) <= 20
            assert all(1 <= units(section["title"]) <= 24 for section in action["sections"])
            entries = [row for section in action["sections"] for row in section["rows"]]
            assert 1 <= len(entries) <= 10
            assert all(1 <= units(row["title"]) <= 24 for row in entries)
            assert all(1 <= units(row.get("description", "x")) <= 72 for row in entries)
        ids = [entry["id"] for entry in entries]
        assert len(set(ids)) == len(ids)
        assert all(1 <= len(i) <= 200 and i == i.strip() for i in ids)
        names = [entry["title"] for entry in entries]
        assert len(set(names)) == len(names)


LONG = "Kalimat yang cukup panjang untuk diulang-ulang. " * 30
SHAPES = {
    "nothing": ([], []),
    "empty text": ([said(""), said(None), said("  \n")], []),
    "one text": ([said("halo")], ["text"]),
    "texts are merged": ([said("a"), said("b"), said("c")], ["text"]),
    "two buttons": ([said("Benar?", "Ya", "Tidak")], ["button"]),
    "text rides with choices": ([said("Syarat: ..."), said("Benar?", "Ya")], ["button"]),
    "choices, then a text": ([said("Benar?", "Ya"), said("Lanjut?")], ["button"]),
    "two questions stay two": ([said("A?", "Ya"), said("B?", "Tidak")], ["button", "button"]),
    "four choices": ([said("Pilih", "a", "b", "c", "d")], ["list"]),
    "ten choices": ([said("Pilih", *"abcdefghij")], ["list"]),
    "eleven choices": ([said("Pilih", *"abcdefghijk")], ["text"]),
    "long title": ([said("Pilih", "Surat Keterangan Usaha")], ["list"]),
    "asked for as a list": ([said("Pilih", "a", daftar={"tombol": "Buka"})], ["list"]),
    "long body": ([said(LONG, "Ya")], ["text", "button"]),
    "long text, then choices": ([said(LONG), said("Benar?", "Ya")], ["text", "button"]),
    "very long text": ([said(LONG * 4)], ["text", "text"]),
    "choices without text": ([said(None, "Ya")], ["button"]),
    "choices without titles": ([said("Halo", "", " ")], ["text"]),
    "emoji": ([said("👍" * 600, "👍" * 15, "👍" * 14)], ["text", "list"]),
    "an image is its address": ([{"text": None, "image": "https://contoh.id/a.png"}], ["text"]),
    "custom json is not ours": ([{"custom": {"a": 1}}], []),
}


@pytest.mark.parametrize(("messages", "kinds"), SHAPES.values(), ids=SHAPES.keys())
def test_a_turn_becomes_these_messages_within_all_limits(messages, kinds):
    bodies = made(*messages)
    assert [kind(body) for body in bodies] == kinds
    assert_within_limits(bodies)


def test_merged_texts_are_paragraphs_in_order():
    assert made(said("satu"), said("dua"))[0]["text"]["body"] == "satu\n\ndua"


def test_a_text_after_choices_is_in_the_same_message():
    (body,) = made(said("A?", "Ya"), said("lanjut"))
    assert body["interactive"]["body"]["text"] == "A?\n\nlanjut"
    assert titles(body) == ["Ya"]


def test_the_last_paragraph_of_a_long_text_stays_with_the_choices():
    before, with_choices = made(said(LONG + "\n\nSudah benar?", "Ya"))
    assert before["text"]["body"] == LONG.strip()
    assert with_choices["interactive"]["body"]["text"] == "Sudah benar?"


def test_a_question_of_two_paragraphs_is_not_torn_by_the_long_text_before_it():
    before, with_choices = made(said(LONG), said("Data Anda: ...\n\nSudah benar?", "Ya"))
    assert before["text"]["body"] == LONG.strip()
    assert with_choices["interactive"]["body"]["text"] == "Data Anda: ...\n\nSudah benar?"


def test_a_single_long_paragraph_gets_a_short_question():
    assert made(said(LONG, "Ya"))[1]["interactive"]["body"]["text"] == SHORT_BODY


def test_a_list_carries_opener_header_sections_and_descriptions():
    buttons = [
        {"title": "Kartu Keluarga", "payload": "/a", "keterangan": "Baru", "bagian": "Keluarga"},
        {"title": "e-KTP", "payload": "/b", "bagian": "Identitas"},
        {"title": "Akta", "payload": "/c", "bagian": "Keluarga"},
        {"title": "Lain", "payload": "/d"},
    ]
    daftar = {"tombol": "Lihat layanan", "judul": "Layanan"}
    (body,) = made({"text": "Pilih layanan.", "buttons": buttons, "daftar": daftar})
    inner = body["interactive"]
    assert inner["header"] == {"type": "text", "text": "Layanan"}
    assert inner["action"]["button"] == "Lihat layanan"
    sections = inner["action"]["sections"]
    assert [s["title"] for s in sections] == ["Keluarga", "Identitas", "Lainnya"]
    assert [len(s["rows"]) for s in sections] == [2, 1, 1]
    assert sections[0]["rows"][0]["description"] == "Baru"
    assert "description" not in sections[1]["rows"][0]
    assert_within_limits([body])


def test_a_list_without_wishes_has_defaults():
    (body,) = made(said("Pilih", "a", "b", "c", "d"))
    assert "header" not in body["interactive"]
    assert body["interactive"]["action"]["button"] == OPENER
    assert len(body["interactive"]["action"]["sections"]) == 1


def test_extras_nested_by_a_domain_response_are_found():
    message = said("Pilih", "a", metadata={"daftar": {"tombol": "Buka"}, "balasan": "menu"})
    assert made(message)[0]["interactive"]["action"]["button"] == "Buka"


def test_a_cut_title_is_told_in_full_by_its_description(caplog):
    title = "Surat Keterangan Beda Identitas"
    with caplog.at_level(logging.WARNING):
        (body,) = made(said("Pilih", title))
    (row,) = body["interactive"]["action"]["sections"][0]["rows"]
    assert (row["title"], row["description"]) == ("Surat Keterangan Beda…", title)
    assert "31 units, at most 24" in caplog.text
    assert "Identitas" not in caplog.text


def test_clashing_titles_are_numbered():
    long = [f"Surat Keterangan Beda Identitas {n}" for n in "abc"]
    assert titles(made(said("Pilih", *long))[0]) == [
        "Surat Keterangan Beda…",
        "Surat Keterangan… (2)",
        "Surat Keterangan… (3)",
    ]
    twice = [{"title": "Ya", "payload": "/a"}, {"title": "ya", "payload": "/b"}]
    assert titles(made({"text": "?", "buttons": twice})[0]) == ["Ya", "ya (2)"]


def test_a_choice_offered_twice_is_one():
    assert titles(made(said("?", "Ya", "Ya"))[0]) == ["Ya"]


def test_too_many_choices_are_all_told_and_not_numbered():
    names = [f"Layanan {n}" for n in range(1, 21)]
    (body,) = made(said("Menu", *names))
    told = body["text"]["body"]
    assert all(f"• {name}\n" in told for name in names)
    assert told.endswith("Ketik nama pilihannya, contoh: Layanan 1")


def test_every_limit_holds_when_everything_is_too_long():
    buttons = [
        {
            "title": f"👍{n}" + "x" * 90,
            "payload": "/p" * 9,
            "keterangan": "k" * 99,
            "bagian": "s" * n,
        }
        for n in range(30, 40)
    ]
    daftar = {"tombol": "t" * 50, "judul": "j" * 99}
    bodies = made({"text": LONG * 8, "buttons": buttons, "daftar": daftar})
    assert_within_limits(bodies)
    assert kind(bodies[-1]) == "list"


def test_no_payload_is_on_the_wire():
    assert "/pilih" not in str(made(said("?", "Ya", "Tidak")) + made(said("?", *"abcdef")))


MALFORMED = [
    {"text": 5, "buttons": "x"},
    {"text": "halo", "buttons": [None, "x", {"title": 5}, {}]},
    {"text": "halo", "daftar": "x", "metadata": 7},
    {"text": "halo", "buttons": [{"title": "Ya"}], "daftar": {"tombol": 5, "judul": None}},
]


@pytest.mark.parametrize("message", MALFORMED, ids=range(len(MALFORMED)))
def test_odd_utterances_do_not_break_the_answer(message):
    assert_within_limits(made(message, said("penutup")))


def test_a_number_gets_its_plus_and_a_bsuid_its_field():
    body = text_body("halo")
    assert address(body, "6281200000001", "ID.1")["to"] == "+6281200000001"
    by_id = address(body, None, "ID.1")
    assert by_id["recipient"] == "ID.1"
    assert "to" not in by_id
    assert by_id["messaging_product"] == "whatsapp"


SPLITS = {
    "at paragraphs": ("a" * 60 + "\n\n" + "b" * 60, ["a" * 60, "b" * 60]),
    "at lines": ("a" * 60 + "\n" + "b" * 60, ["a" * 60, "b" * 60]),
    "at words": ("a" * 60 + " " + "b" * 60, ["a" * 60, "b" * 60]),
    "hard": ("a" * 150, ["a" * 100, "a" * 50]),
    "never inside an emoji": ("x" + "👍" * 60, ["x" + "👍" * 49, "👍" * 11]),
    "an early break is not worth it": ("a\n" + "b" * 120, ["a\n" + "b" * 98, "b" * 22]),
}


@pytest.mark.parametrize(("text", "pieces"), SPLITS.values(), ids=SPLITS.keys())
def test_long_texts_are_split(text, pieces):
    assert split(text, 100) == pieces


@pytest.mark.parametrize(
    ("text", "limit", "expect"),
    [
        ("pas", 3, "pas"),
        ("Surat Keterangan Usaha", 20, "Surat Keterangan…"),
        ("Suratketeranganusaha", 10, "Suratkete…"),
        ("👍👍👍", 5, "👍👍…"),
        ("👍👍👍", 4, "👍…"),
    ],
)
def test_shortening_keeps_words_and_characters_whole(text, limit, expect):
    assert shorten(text, limit, "x") == expect
    assert units(expect) <= limit
