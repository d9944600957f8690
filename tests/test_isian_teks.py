"""Cleaning, and that no input whatever breaks or slows the reading of fields."""

from __future__ import annotations

import time
from datetime import date

import pytest

from kelurahan.isian import (
    baca,
    bersihkan,
    nomor_di_dalam,
    nomor_menu,
    nomor_permohonan,
    semua_baris,
    tampak_isian,
    tampak_koreksi,
)

HARI_INI = date(2026, 11, 24)

BERSIH = [
    ("  halo   pak ", "halo pak"),
    ("a\tb", "a b"),
    ("a\r\nb\rc", "a\nb\nc"),
    ("a\n\n\n\nb", "a\n\nb"),
    (" a \n b ", "a\nb"),
    ("a\u00a0b\u2003c", "a b c"),
    ("ha\u200blo\ufeff", "halo"),
    ("\u202ehalo\u202c", "halo"),
    ("ha\x00lo\x07", "halo"),
    ("ha\ud800lo", "halo"),
    ("\u2800\u3164", ""),
    ("＃３", "#3"),
    ("𝐁𝐮𝐝𝐢", "Budi"),
    ("ﬁ", "fi"),
    ("½ hari", "½ hari"),
    ("Nur´aini", "Nur´aini"),
    ("re\u0301ngse\u0301na", "réngséna"),
    ("a\u0301\u0302\u0303\u0304\u0305b", "á\u0302\u0303b"),
    ("a\u2028b", "a\nb"),
    ("👍🏽 oke", "👍🏽 oke"),
    ("3\ufe0f\u20e3", "3"),
    ("", ""),
]


@pytest.mark.parametrize(("teks", "harap"), BERSIH, ids=[ascii(t) for t, _ in BERSIH])
def test_a_text_is_cleaned_to_what_a_reader_sees(teks, harap):
    assert bersihkan(teks) == harap


@pytest.mark.parametrize(("teks", "harap"), BERSIH, ids=[ascii(t) for t, _ in BERSIH])
def test_cleaning_twice_changes_nothing_more(teks, harap):
    assert bersihkan(bersihkan(teks)) == harap


JAHAT = {
    "nothing": "",
    "spaces": " " * 20_000,
    "one letter": "a" * 20_000,
    "one digit": "9" * 20_000,
    "digits and spaces": "3 " * 10_000,
    "digits and slashes": "3/" * 10_000,
    "digits and dashes": "03-05-" * 4_000,
    "dots": "." * 20_000,
    "hashes": "#" * 20_000,
    "hashes and letters": "a#" * 10_000,
    "hashes and digits": "3#" * 10_000,
    "newlines": "a\n" * 10_000,
    "commas": "Budi," * 4_000,
    "label of the name": "nama " * 4_000,
    "label of the name, short": "a.n. " * 4_000,
    "relatives": "anak saya " * 2_000,
    "label of the date": "lahir " * 4_000,
    "date labels": "tanggal lahir tahun " * 1_000,
    "dates": "lahir 3 mei 1990 " * 1_200,
    "half dates": "3 mei " * 3_000,
    "months": "mei " * 5_000,
    "rt": "rt " * 7_000,
    "rt and rw": "rt 3 rw 5 " * 2_000,
    "rt without number": "rt/rw " * 3_000,
    "rttt": "rt" * 10_000,
    "not but": "bukan tapi " * 2_000,
    "changes": "ganti jadi " * 2_000,
    "polite": "maaf ya pak " * 2_000,
    "polite end": "Budi" + " ya" * 7_000,
    "polite start": "ya " * 7_000 + "Budi",
    "quotes": "'" * 20_000,
    "brackets": "(" * 10_000 + ")" * 10_000,
    "tags": "<b>" * 7_000,
    "select": "select " * 3_000,
    "prefix": "KDJ-" * 5_000,
    "names": "Budi Santoso " * 1_600,
    "degrees": "S.Pd., " * 3_000,
    "combining marks": "a" + "\u0301" * 20_000,
    "right to left": "\u202e" * 10_000 + "Budi",
    "null bytes": "\x00" * 20_000,
    "emoji": "👨‍👩‍👧‍👦" * 2_000,
    "surrogates": "\ud83d" * 5_000,
    "arabic": "بودي " * 4_000,
    "number words": "dua puluh " * 2_000,
    "vowels drawn out": "maaaaaf " * 2_500,
    "json": '{"a":' * 4_000,
    "command": '/ajukan_permohonan{"layanan":"ktp"}',
    "restart": "/restart",
    "words never seen": "xq" * 50 + " " + "zv " * 6_000,
}


@pytest.mark.parametrize("teks", JAHAT.values(), ids=JAHAT)
def test_no_input_breaks_the_reading_or_takes_long(teks):
    mulai = time.process_time()
    for diminta in (None, "nama", "tanggal_lahir", "rt_rw"):
        baca(teks, diminta=diminta, hari_ini=HARI_INI)
    semua_baris(teks, hari_ini=HARI_INI)
    for fungsi in (bersihkan, tampak_isian, tampak_koreksi, nomor_menu, nomor_di_dalam):
        fungsi(teks)
    nomor_permohonan(teks, "KDJ")
    assert time.process_time() - mulai < 3  # about 0.1 s each; a runaway pattern takes minutes


@pytest.mark.parametrize("teks", JAHAT.values(), ids=JAHAT)
@pytest.mark.parametrize("diminta", ["nama", "tanggal_lahir", "rt_rw"])
def test_what_is_named_as_wrong_is_short_enough_for_an_answer(teks, diminta):
    for salah in baca(teks, diminta=diminta, hari_ini=HARI_INI).salah:
        assert len(salah.nilai) <= 40
        assert "\n" not in salah.nilai
