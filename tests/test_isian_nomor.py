"""Menu choices and application numbers."""

from __future__ import annotations

import pytest

from kelurahan.isian import NomorMenu, nomor_di_dalam, nomor_menu, nomor_permohonan

TIGA = [
    "#3", "3", " 3 ", "# 3", "＃3", "＃ ３", "no.3", "No. 3", "no 3", "nomor 3", "Nomor 3",
    "NOMOR 3", "nomer 3", "nmr 3", "nomor: 3", "nomor #3", "#no 3", "#tiga", "nomor tiga", "tiga",
    "pilih 3", "pilih #3", "pilih nomor 3", "yang nomor 3", "menu 3", "layanan 3", "3.", "3)",
    "(3)", "3!", "#3#", "##3", "#03", "03", "*#3*", "#3 kak", "#3 ya min", "3 aja", "3 aja kak",
    "#3, makasih", "saya mau #3", "mau nomor 3 pak", "3️⃣", "#️⃣3", "\u200e#3\u200f", "\ufeff3",
    "#\u00a03", "#tilu", "nomer tilu", "oke #3", "#.3",
]  # fmt: skip


@pytest.mark.parametrize("teks", TIGA)
def test_a_menu_choice_is_understood_however_it_is_typed(teks):
    pilihan = nomor_menu(teks)
    assert pilihan is not None
    assert pilihan.nilai == 3


KATA = [
    ("#satu", 1), ("#hiji", 1), ("nomor dua", 2), ("nomor lima", 5), ("#opat", 4), ("#genep", 6),
    ("no sepuluh", 10), ("#sebelas", 11), ("nomor dua belas", 12), ("#tigabelas", 13),
    ("nomor sembilan belas", 19), ("no dua puluh", 20), ("#duapuluh", 20), ("#dua puluh satu", 21),
    ("1️⃣0️⃣", 10),
]  # fmt: skip


@pytest.mark.parametrize(("teks", "nilai"), KATA)
def test_numbers_may_be_words(teks, nilai):
    assert nomor_menu(teks).nilai == nilai


TIDAK_ADA = [
    ("#0", 0, "#0"),
    ("0", 0, "0"),
    ("#21", 21, "#21"),
    ("nomor 99", 99, "nomor 99"),
    ("123", 123, "123"),
    ("#3.5", None, "#3.5"),
    ("#3,5", None, "#3,5"),
    ("nomor 3.5", None, "nomor 3.5"),
    ("#-1", None, "#-1"),
    ("nomor -1", None, "nomor -1"),
    ("#", None, "#"),
    (" # ", None, "#"),
    ("###", None, "###"),
    ("#3a", None, "#3a"),
    ("#99999999999", None, "#99999999999"),
    ("#99999999999999999999", None, "#99999999999999999999"),
    ("#" + "9" * 5000, None, "#" + "9" * 38 + "…"),
]


@pytest.mark.parametrize(("teks", "nilai", "mentah"), TIDAK_ADA, ids=[m for *_, m in TIDAK_ADA])
def test_a_number_that_no_menu_has_is_still_a_choice_and_keeps_what_was_typed(teks, nilai, mentah):
    assert nomor_menu(teks) == NomorMenu(nilai, mentah)


BUKAN = [
    "", " ", "anak saya 3", "3 anak", "3 hari", "umur 17", "rt 3", "3/5", "003/005", "#3/5",
    "25011987", "250187", "1990", "3 mei 1990", "#3 mei 1990", "03-05-1990", "-1", "3.5",
    "Budi#3 mei 1990#3/5", "#menu", "#ktp", "#halo", "no 3 rt 5", "nomor hp saya 3", "halo",
    "nomor", "no", "pilih", "saya punya 3 anak mau bikin akta", "jl mawar no 3",
    "nomor 3 biayanya berapa", "#3 biayanya berapa", "KDJ-2611-0042", "9" * 5000, "👍", "3 5",
    "menu", "layanan apa",
]  # fmt: skip


@pytest.mark.parametrize("teks", BUKAN, ids=lambda teks: teks[:30])
def test_a_number_inside_another_text_is_not_a_menu_choice(teks):
    assert nomor_menu(teks) is None


DI_DALAM = [
    ("#3 biayanya berapa", 3),
    ("biaya #3?", 3),
    ("syarat ＃12 apa aja", 12),
    ("#3 atau #4 bedanya apa", None),
    ("nomor 3 biayanya", None),
    ("Budi#3 mei 1990#3/5", None),
    ("halo", None),
]


@pytest.mark.parametrize(("teks", "nilai"), DI_DALAM)
def test_a_hash_number_inside_a_question_can_be_looked_up(teks, nilai):
    assert nomor_di_dalam(teks) == nilai


PERMOHONAN = [
    ("KDJ-2611-0042", "KDJ-2611-0042"),
    ("kdj-2611-0042", "KDJ-2611-0042"),
    ("KDJ 2611 0042", "KDJ-2611-0042"),
    ("KDJ2611-0042", "KDJ-2611-0042"),
    ("KDJ26110042", "KDJ-2611-0042"),
    ("kdj.2611.0042", "KDJ-2611-0042"),
    ("KDJ_2611_0042", "KDJ-2611-0042"),
    ("KDJ–2611–0042", "KDJ-2611-0042"),
    ("KDJ - 2611 - 0042", "KDJ-2611-0042"),
    ("ＫＤＪ－２６１１－００４２", "KDJ-2611-0042"),
    ("status KDJ2611-0042", "KDJ-2611-0042"),
    ("  STATUS    kdj-2611-0042 ", "KDJ-2611-0042"),
    ("permohonan saya KDJ-2611-0042 udah jadi belum?", "KDJ-2611-0042"),
    ("*KDJ-2611-0042*", "KDJ-2611-0042"),
    ("nomor:KDJ-2611-0042.", "KDJ-2611-0042"),
    ("KDJ-2611-10000", "KDJ-2611-10000"),
    ("KDJ-2611-004299", "KDJ-2611-004299"),
    ("kdj-2611-42", "KDJ-2611-42"),
    ("KDJ-26-0042", "KDJ-26-0042"),
    ("KDJ 42", "KDJ-42"),
    ("status", None),
    ("KDJ", None),
    ("2611-0042", None),
    ("AKDJ-2611-0042", None),
    ("XYZ-2611-0042", None),
    ("KDJ-2611-0042abc", "KDJ-2611-0042ABC"),
    ("", None),
]


@pytest.mark.parametrize(("teks", "nomor"), PERMOHONAN, ids=[t for t, _ in PERMOHONAN])
def test_an_application_number_is_put_in_order_but_never_shortened_or_padded(teks, nomor):
    assert nomor_permohonan(teks, "KDJ") == nomor


def test_the_prefix_of_another_kelurahan_works_too_even_with_odd_characters():
    assert nomor_permohonan("status s.k+ 2611 0001", "S.K+") == "S.K+-2611-0001"
