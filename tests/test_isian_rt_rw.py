"""RT and RW: every way residents write them, halves, and what is said about a wrong one."""

from __future__ import annotations

from datetime import date

import pytest

from kelurahan.isian import Hasil, baca

HARI_INI = date(2026, 11, 24)

SENDIRI = [
    "003/005",
    "3/5",
    "03/05",
    "3 / 5",
    "RT 3 RW 5",
    "rt3 rw5",
    "rt03/rw05",
    "RT03RW05",
    "RT.003/RW.005",
    "RT. 3 / RW. 5",
    "RT:3 RW:5",
    "rt 3, rw 5",
    "RT 3\nRW 5",
    "rt 3/5",
    "rt 3-rw 5",
    "RW 5 RT 3",
    "rw05/rt03",
    "rt/rw 3/5",
    "RT/RW: 003/005",
    "RT/RW 03 05",
    "rtrw 3/5",
    "RW/RT 5/3",
    "rt tiga rw lima",
    "rt III rw V",
    "erte 3 erwe 5",
    "rt nya 3 rw nya 5",
    "RT-nya 3, RW-nya 5",
    "rt saya 3 rw 5",
    "RT saya 3, RW saya 5",
    "RT nomor 3 RW nomor 5",
    "*RT 3 RW 5*",
    "ＲＴ ３ ＲＷ ５",
    "saya di RT 3 RW 5",
    "rumah saya di rt 3 rw 5 pak",
    "rt tilu rw lima",
]
DIMINTA = [
    "3 rw 5",
    "3/rw 5",
    "3 5",
    "03-05",
    "003-005",
    "3.5",
    "3,5",
    "3 & 5",
    "003005",
    "tiga/lima",
    "tiga lima",
    "III/V",
    "3/5 kak",
    "3/5.",
    "di Pelita Jaya, RT 3 RW 5",
    "selamat siang pak, alamat ibu mah di rt 3 rw 5 dekat mushola pak nuhun",
]


@pytest.mark.parametrize("teks", SENDIRI)
@pytest.mark.parametrize("diminta", [None, "rt_rw", "nama"])
def test_rt_and_rw_are_understood_whatever_was_asked(teks, diminta):
    hasil = baca(teks, diminta=diminta, hari_ini=HARI_INI)
    assert (hasil.rt, hasil.rw, hasil.salah) == ("003", "005", ())
    assert (hasil.nama, hasil.tanggal_lahir) == (None, None)


@pytest.mark.parametrize("teks", DIMINTA)
def test_bare_numbers_are_rt_and_rw_where_those_are_asked_for(teks):
    hasil = baca(teks, diminta="rt_rw", hari_ini=HARI_INI)
    assert (hasil.rt, hasil.rw, hasil.salah) == ("003", "005", ())


SEPARUH = [
    ("RT 03", Hasil(), ("003", None)),
    ("rt3", Hasil(), ("003", None)),
    ("RW 05", Hasil(), (None, "005")),
    ("RW 05", Hasil(rt="003"), (None, "005")),
    ("5", Hasil(rt="003"), (None, "005")),
    ("05", Hasil(rt="003"), (None, "005")),
    ("lima", Hasil(rt="003"), (None, "005")),
    ("3", Hasil(rw="005"), ("003", None)),
    ("rt nya 2", Hasil(rt="003", rw="005"), ("002", None)),
]


@pytest.mark.parametrize(("teks", "lama", "harap"), SEPARUH)
def test_one_half_is_kept_and_the_other_left_open(teks, lama, harap):
    hasil = baca(teks, diminta="rt_rw", hari_ini=HARI_INI, lama=lama)
    assert (hasil.rt, hasil.rw) == harap
    assert hasil.salah == ()


DITOLAK = [
    ("RT 0 RW 5", (None, "005"), "RT dimulai dari 1"),
    ("0/5", (None, "005"), "RT dimulai dari 1"),
    ("3/0", ("003", None), "RW dimulai dari 1"),
    ("000/000", (None, None), "dimulai dari 1"),
    ("RT 1234 RW 5", (None, "005"), "paling banyak tiga angka"),
    ("1000/5", (None, "005"), "paling banyak tiga angka"),
    ("RT 3A RW 5", (None, "005"), "dengan angka saja"),
    ("rt a rw b", (None, None), "dengan angka saja"),
    ("ab/cd", (None, None), "dengan angka saja"),
    ("abc/def", (None, None), "dengan angka saja"),
    ("3", (None, None), "perlu dua-duanya"),
    ("3/5/7", (None, None), "dua angka"),
    ("Jl. Mawar no 3", (None, None), "itu alamat"),
    ("Blok C7 nomor 12", (None, None), "itu alamat"),
    ("08123", (None, None), "perlu dua-duanya"),
]


@pytest.mark.parametrize(("teks", "harap", "alasan"), DITOLAK, ids=[t for t, *_ in DITOLAK])
def test_a_wrong_rt_or_rw_is_named_and_the_good_half_kept(teks, harap, alasan):
    hasil = baca(teks, diminta="rt_rw", hari_ini=HARI_INI)
    (salah,) = hasil.salah
    assert (salah.isian, salah.nilai, salah.contoh) == ("rt_rw", teks, "003/005")
    assert alasan in salah.alasan
    assert (hasil.rt, hasil.rw) == harap


BUKAN_RT_RW = [
    "biayanya berapa?",
    "rt saya siapa?",
    "rt 3 rw 5 ketuanya siapa",
    "rt mana ya",
    "harus ke RT atau RW dulu",
    "saya lupa rt nya",
    "ga tau",
    "ya",
    "ok ok",
    "di ga",
    "batal",
    "berapa lama jadinya",
    "jalan ke kantor lewat mana",
    "syarat rt rw apa saja",
    "sabaraha biayana",
    "#3",
]


@pytest.mark.parametrize("teks", BUKAN_RT_RW)
def test_a_sentence_instead_of_rt_and_rw_is_an_interruption(teks):
    assert baca(teks, diminta="rt_rw", hari_ini=HARI_INI).kosong


@pytest.mark.parametrize("teks", ["3/5/90", "03-05-1990", "3 mei 1990", "1990-05-03"])
def test_a_date_is_never_read_as_rt_and_rw(teks):
    hasil = baca(teks, diminta="rt_rw", hari_ini=HARI_INI)
    assert (hasil.rt, hasil.rw) == (None, None)
    assert hasil.tanggal_lahir == date(1990, 5, 3)


@pytest.mark.parametrize(
    "teks",
    [
        "got di belokan RT 3 mampet berminggu-minggu terus baunya menyengat",
        "gapura masjid lapangan voli pos ronda RW 5",
        "pos ronda RT 3 RW 5?",
        "saya ketua RT 03 RW 05, mau bantu warga",
        "ktp 3/5",
        "rumah di rt 3 rw 5 mau urus ktp gimana",
    ],
)
def test_an_rt_named_in_a_story_or_question_is_not_taken_as_data(teks):
    assert baca(teks, hari_ini=HARI_INI).kosong
