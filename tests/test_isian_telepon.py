"""WhatsApp numbers as officers write them, and as they come out of Excel."""

from __future__ import annotations

import pytest

from kelurahan.isian import telepon

SAMA = [
    *("0812-3456-7890", "081234567890", "+62 812 3456 7890", "6281234567890", "62-812-3456-7890"),
    *("81234567890", "0062 81234567890", "(0812) 3456.7890", "+62 0812 3456 7890"),
    "0812\u00a03456\u20117890",
]


@pytest.mark.parametrize("teks", SAMA)
def test_every_usual_spelling_is_the_same_number(teks: str):
    assert telepon.baca(teks) == "6281234567890"


SALAH = [
    ("", "kosong"),
    ("   ", "kosong"),
    ("6,28123E+12", "Excel"),
    ("6.28e12", "Excel"),
    ("0812", "4 angka"),
    ("081234567890123", "15 angka"),
    ("021-4567890", "bukan nomor seluler"),
    ("+6591234567", "bukan nomor seluler"),
    ("+81 90 1234 5678", "bukan nomor seluler"),
    ("=HYPERLINK(1)", "selain angka"),
    ("0812-abc-7890", "selain angka"),
    ("081234567890/081234567891", "selain angka"),
    ("٠٨١٢٣٤٥٦٧٨٩٠", "selain angka"),
]


@pytest.mark.parametrize(("teks", "pesan"), SALAH, ids=[s[0] or "-" for s in SALAH])
def test_anything_else_is_refused_with_what_to_do(teks: str, pesan: str):
    with pytest.raises(telepon.TeleponError, match=pesan):
        telepon.baca(teks)


@pytest.mark.parametrize("teks", ["021-4567890", "081234567890123", "0812-abc-7890"])
def test_a_fault_does_not_repeat_the_number(teks: str):
    with pytest.raises(telepon.TeleponError) as info:
        telepon.baca(teks)
    assert teks not in str(info.value)


@pytest.mark.parametrize("nomor", ["6281234567", "628123456789", "6281234567890", "62812345678901"])
def test_what_is_written_is_read_back(nomor: str):
    tertulis = telepon.tulis(nomor)
    assert tertulis.startswith("0812-"), "a spreadsheet must not take it for a number"
    assert telepon.baca(tertulis) == nomor


def test_a_list_shows_only_its_end():
    assert telepon.samarkan("6281234567890") == "…7890"
