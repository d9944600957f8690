"""Cleaning of residents' text: nothing invisible, no way to reach an intent by a slash."""

from __future__ import annotations

import pytest

from kelurahan.whatsapp.clean import CUT_MARK, HEAD, LONGEST, TAIL, clean_text

INTENT = 'ajukan_permohonan{"layanan":"ktp"}'

CASES = {
    "plain": ("syarat KTP", "syarat KTP"),
    "trimmed": ("  \n halo \n", "halo"),
    "newlines stay": ("Budi\n1-2-1990\n3/5", "Budi\n1-2-1990\n3/5"),
    "windows and unicode line ends": ("a\r\nb\rc\u2028d\u2029e\x85f", "a\nb\nc\nd\ne\nf"),
    "tab and exotic spaces": ("a\tb\u00a0c\u2009d\u3000e\u202ff", "a b c d e f"),
    "control characters": ("a\x00b\x07c\x1b[0md\x7f", "abc[0md"),
    "zero width and joiners": ("a\u200bb\u200cc\u200dd\u2060e\ufefff", "abcdef"),
    "bidi controls": ("\u202eabc\u202c\u2066d\u2069\u200f", "abcd"),
    "soft hyphen": ("kar\u00adtu", "kartu"),
    "fillers and blanks": ("a\u3164b\u115f\u2800c", "abc"),
    "lone surrogate": ("a\ud83db", "ab"),
    "private use and noncharacter": ("a\ue000b\uffffc\ufffe", "abc"),
    "accents stay": ("Nur'aini José", "Nur'aini José"),
    "arabic stays": ("السلام عليكم", "السلام عليكم"),
    "full-width hash stays for the recognisers": ("＃3", "＃3"),
    "keycap is its digit": ("3\ufe0f\u20e3", "3"),
    "emoji stay": ("👍👍", "👍👍"),
    "family loses its joiners only": ("👨\u200d👩\u200d👧", "👨👩👧"),
    "emoji newer than Python": ("\U0001fae8", "\U0001fae8"),
    "slash inside stays": ("RT 3/5 atau 3/6", "RT 3/5 atau 3/6"),
    "full-width slash inside stays": ("3／5", "3／5"),
}


@pytest.mark.parametrize(("raw", "expect"), CASES.values(), ids=CASES.keys())
def test_text_is_cleaned(raw, expect):
    assert clean_text(raw) == expect


LEADS = {
    "plain": "/", "twice": "//", "spaced": " / / ", "full width": "／", "mixed": "/／∕⧸⁄/",
    "BOM": "\ufeff/", "NBSP": "\u00a0/", "ZWSP": "\u200b/", "newline": "\n/", "RTL": "\u202e/",
    "word joiner between": "/\u2060/", "blank between": "/\u00a0\u200b/", "NUL": "\x00/",
    "surrogate": "\ud800/", "variation selector": "\ufe0f/", "tab": "\t/", "line sep": "\u2028/",
    "hangul filler": "\u3164/", "tag": "\U000e0041/", "unit separator": "\x1f/",
}  # fmt: skip


@pytest.mark.parametrize("lead", LEADS.values(), ids=LEADS.keys())
@pytest.mark.parametrize("rest", ["restart", INTENT, "session_start", " restart"])
def test_no_leading_slash_survives(lead, rest):
    assert clean_text(lead + rest) == rest.strip()


NOTHING = [None, "", " \n\t", "\u200b\ufeff", "/", " ／ / ", "\u00a0", "\ufe0f", "\u3164", 5, ["x"]]


@pytest.mark.parametrize("raw", NOTHING, ids=[repr(n) for n in NOTHING])
def test_nothing_readable_is_none(raw):
    assert clean_text(raw) is None


def test_a_text_of_the_longest_length_stays_whole():
    assert clean_text("a" * LONGEST) == "a" * LONGEST


def test_a_longer_story_keeps_its_start_and_its_end():
    story = "bapak saya meninggal kemarin " + "lalu " * 1200 + "apa syarat akta kematian?"
    cut = clean_text(story)
    assert cut.startswith("bapak saya meninggal kemarin lalu")
    assert cut.endswith("lalu apa syarat akta kematian?")
    assert len(cut) <= HEAD + TAIL + len(CUT_MARK)
    assert "lal\n" not in cut
    assert "\nalu" not in cut


def test_five_thousand_letters_without_a_space_are_cut_hard():
    assert clean_text("a" * 5000) == "a" * HEAD + CUT_MARK + "a" * TAIL


def test_cutting_uncovers_no_slash():
    assert not clean_text("/" * 3000 + "x" * 3000).startswith("/")
    assert not clean_text("x" * 4000 + " /" * 300).startswith("/")
