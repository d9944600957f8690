"""Birth dates: every way residents write them, and what is said about a wrong one."""

from __future__ import annotations

from datetime import date

import pytest

from kelurahan.isian import Hasil, baca

HARI_INI = date(2026, 11, 24)
TIGA_MEI = date(1990, 5, 3)

DITERIMA = [
    ("3 mei 1990", TIGA_MEI),
    ("3 Mei 1990", TIGA_MEI),
    ("03 MEI 1990", TIGA_MEI),
    ("03-05-1990", TIGA_MEI),
    ("3/5/1990", TIGA_MEI),
    ("3/5/90", TIGA_MEI),
    ("3.5.1990", TIGA_MEI),
    ("3 - 5 - 1990", TIGA_MEI),
    ("3–5–1990", TIGA_MEI),
    ("3 5 1990", TIGA_MEI),
    ("3 5 90", TIGA_MEI),
    ("3,5,1990", TIGA_MEI),
    ("1990-05-03", TIGA_MEI),
    ("1990/5/3", TIGA_MEI),
    ("03051990", TIGA_MEI),
    ("030590", TIGA_MEI),
    ("19900503", TIGA_MEI),
    ("3mei1990", TIGA_MEI),
    ("3-mei-1990", TIGA_MEI),
    ("3/mei/1990", TIGA_MEI),
    ("3 Mei '90", TIGA_MEI),
    ("3 Mei ’90", TIGA_MEI),
    ("3 mei, 1990", TIGA_MEI),
    ("Mei 3, 1990", TIGA_MEI),
    ("tiga mei 1990", TIGA_MEI),
    ("tgl 3 bulan mei tahun 1990", TIGA_MEI),
    ("tgl 3 bln 5 thn 1990", TIGA_MEI),
    ("tanggal lahir saya 3 bulan 5 tahun 90", TIGA_MEI),
    ("Bogor, 3 Mei 1990", TIGA_MEI),
    ("Bogor 3 Mei 1990", TIGA_MEI),
    ("Kota Bogor, 03-05-1990", TIGA_MEI),
    ("Bojonggede, 3 Mei 1990", TIGA_MEI),
    ("Kamis, 3 Mei 1990", TIGA_MEI),
    ("hari kamis tanggal 3 mei 1990", TIGA_MEI),
    ("ttl: Bogor, 3 Mei 1990", TIGA_MEI),
    ("Tempat/Tgl Lahir : Bogor, 03-05-1990", TIGA_MEI),
    ("tgl lahir 3 mei 1990", TIGA_MEI),
    ("lahir 3 mei 1990 pak", TIGA_MEI),
    ("saya lahir tanggal 3 mei 1990", TIGA_MEI),
    ("3 mei 1990 kak 🙏", TIGA_MEI),
    ("3 mei 1990.", TIGA_MEI),
    ("*3 mei 1990*", TIGA_MEI),
    ("３ mei １９９０", TIGA_MEI),
    ("3 May 1990", TIGA_MEI),
    ("17-Agt-90", date(1990, 8, 17)),
    ("17 agustus 1945", date(1945, 8, 17)),
    ("tujuh belas agustus 1945", date(1945, 8, 17)),
    ("17 Ags 90", date(1990, 8, 17)),
    ("17 agus 1990", date(1990, 8, 17)),
    ("17 aug 1990", date(1990, 8, 17)),
    ("17 agutus 1990", date(1990, 8, 17)),
    ("25011987", date(1987, 1, 25)),
    ("250187", date(1987, 1, 25)),
    ("25 januwari 1987", date(1987, 1, 25)),
    ("25 Jan 87", date(1987, 1, 25)),
    ("1 pebruari 1980", date(1980, 2, 1)),
    ("1 peb 1980", date(1980, 2, 1)),
    ("1 febuari 1980", date(1980, 2, 1)),
    ("9 nop 1979", date(1979, 11, 9)),
    ("9 Nopember 1979", date(1979, 11, 9)),
    ("9 des 2000", date(2000, 12, 9)),
    ("9 dec 2000", date(2000, 12, 9)),
    ("9 september 2000", date(2000, 9, 9)),
    ("9 sept. 2000", date(2000, 9, 9)),
    ("9 oktobr 2000", date(2000, 10, 9)),
    ("29-02-2000", date(2000, 2, 29)),
    ("24-11-26", date(2026, 11, 24)),
    ("25-11-26", date(1926, 11, 25)),
    ("1-1-26", date(2026, 1, 1)),
    ("1-1-27", date(1927, 1, 1)),
    ("24-11-1906", date(1906, 11, 24)),
    ("assalamualaikum pak, ibu saya lahirnya di Bogor pada tanggal 3 mei 1990 ya pak", TIGA_MEI),
]


@pytest.mark.parametrize(("teks", "hari"), DITERIMA, ids=[teks for teks, _ in DITERIMA])
def test_a_date_asked_for_is_understood_however_it_is_written(teks, hari):
    hasil = baca(teks, diminta="tanggal_lahir", hari_ini=HARI_INI)
    assert (hasil.tanggal_lahir, hasil.salah) == (hari, ())
    assert hasil.nama is None


DITOLAK = [
    ("31-02-1990", "31-02-1990", "Februari 1990 hanya sampai tanggal 28"),
    ("30 februari 2000", "30 februari 2000", "Februari 2000 hanya sampai tanggal 29"),
    ("29-02-1999", "29-02-1999", "Februari 1999 hanya sampai tanggal 28"),
    ("31 april 1990", "31 april 1990", "April hanya sampai tanggal 30"),
    ("32 mei 1990", "32 mei 1990", "Mei hanya sampai tanggal 31"),
    ("0 mei 1990", "0 mei 1990", "dimulai dari 1"),
    ("3-13-1990", "3-13-1990", "tidak ada bulan ke-13"),
    ("3-0-1990", "3-0-1990", "tidak ada bulan ke-0"),
    ("5/25/1990", "5/25/1990", "tidak ada bulan ke-25"),
    ("3 mei 2030", "3 mei 2030", "belum tiba"),
    ("25-11-2026", "25-11-2026", "belum tiba"),
    ("3 mei 1850", "3 mei 1850", "lebih dari 120 tahun"),
    ("23-11-1906", "23-11-1906", "lebih dari 120 tahun"),
    ("3 mei 199", "3 mei 199", "empat angka"),
    ("03-05-19900", "03-05-19900", "empat angka"),
    ("3 mie 1990", "3 mie 1990", "“mie” tidak kami kenal"),
    ("3 foo 1990", "3 foo 1990", "“foo” tidak kami kenal"),
    ("1990", "1990", "tanggal dan bulannya belum ada"),
    ("tahun 1990", "tahun 1990", "tanggal dan bulannya belum ada"),
    ("mei 1990", "mei 1990", "tanggalnya belum ada"),
    ("05-1990", "05-1990", "tanggalnya belum ada"),
    ("3 mei", "3 mei", "tahunnya belum ada"),
    ("3/5", "3/5", "tahunnya belum ada"),
    ("3-5", "3-5", "tahunnya belum ada"),
    ("juni", "juni", "tanggal dan tahunnya belum ada"),
    ("25", "25", "belum tanggal yang lengkap"),
    ("umur 25 tahun", "umur 25 tahun", "itu umur"),
    ("25 th", "25 th", "itu umur"),
    ("kemarin", "kemarin", "perlu ditulis"),
    ("3271012503900001", "3271012503900001", "belum tanggal yang lengkap"),
    ("99999999", "99999999", "tidak ada bulan ke-99"),
]


@pytest.mark.parametrize(("teks", "nilai", "alasan"), DITOLAK, ids=[t for t, *_ in DITOLAK])
def test_a_wrong_date_comes_back_as_typed_with_a_plain_reason(teks, nilai, alasan):
    hasil = baca(teks, diminta="tanggal_lahir", hari_ini=HARI_INI)
    assert hasil.tanggal_lahir is None
    (salah,) = hasil.salah
    assert salah.isian == "tanggal_lahir"
    assert salah.nilai == nilai
    assert alasan in salah.alasan
    assert not salah.alasan.endswith(".")


@pytest.mark.parametrize(("teks", "nilai", "alasan"), DITOLAK, ids=[t for t, *_ in DITOLAK])
def test_the_example_given_with_a_wrong_date_is_itself_accepted(teks, nilai, alasan):
    (salah,) = baca(teks, diminta="tanggal_lahir", hari_ini=HARI_INI).salah
    assert baca(salah.contoh, diminta="tanggal_lahir", hari_ini=HARI_INI).tanggal_lahir


def test_month_and_day_swapped_get_an_example_the_right_way_round():
    (salah,) = baca("05/25/1990", diminta="tanggal_lahir", hari_ini=HARI_INI).salah
    assert salah.contoh == "25 Mei 1990"


BUKAN_TANGGAL = [
    "biayanya berapa?",
    "berapa lama jadinya",
    "3 hari jadi ga?",
    "saya lupa",
    "tidak tahu",
    "sebentar saya lihat KTP dulu",
    "batal",
    "menu",
    "ya",
    "petugas",
    "acara saya tanggal 5 november bisa ga",
    "kalau lahir tahun 2010 udah bisa bikin ktp belum",
    "kantor buka jam 8?",
    "naha kudu tanggal lahir",
    "anak saya 3",
    "#3",
]


@pytest.mark.parametrize("teks", BUKAN_TANGGAL)
def test_a_sentence_instead_of_the_date_is_an_interruption(teks):
    assert baca(teks, diminta="tanggal_lahir", hari_ini=HARI_INI).kosong


MENYUSUL = [
    ("28", {"bulan": 2, "tahun": 1990}, date(1990, 2, 28)),
    ("tanggal 28", {"bulan": 2, "tahun": 1990}, date(1990, 2, 28)),
    ("1990", {"hari": 3, "bulan": 5}, TIGA_MEI),
    ("tahun 1990", {"hari": 3, "bulan": 5}, TIGA_MEI),
    ("90", {"hari": 3, "bulan": 5}, TIGA_MEI),
    ("3 mei", {"tahun": 1990}, TIGA_MEI),
    ("4 mei 1991", {"tahun": 1990}, date(1991, 5, 4)),
]


@pytest.mark.parametrize(("teks", "ada", "hari"), MENYUSUL, ids=[t for t, *_ in MENYUSUL])
def test_a_missing_part_of_a_date_may_follow_in_the_next_message(teks, ada, hari):
    lama = Hasil(tanggal_sebagian=ada)
    hasil = baca(teks, diminta="tanggal_lahir", hari_ini=HARI_INI, lama=lama)
    assert (hasil.tanggal_lahir, hasil.salah) == (hari, ())


def test_what_is_right_in_a_wrong_date_is_kept_for_the_next_message():
    pertama = baca("31-02-1990", diminta="tanggal_lahir", hari_ini=HARI_INI)
    assert pertama.tanggal_sebagian == {"bulan": 2, "tahun": 1990}
    kedua = baca("28", diminta="tanggal_lahir", hari_ini=HARI_INI, lama=pertama)
    assert kedua.tanggal_lahir == date(1990, 2, 28)


@pytest.mark.parametrize("teks", ["rt 3 rw 5", "RT 03/RW 05", "rt 3/5"])
def test_an_rt_and_rw_is_not_taken_for_the_date_asked_for(teks):
    hasil = baca(teks, diminta="tanggal_lahir", hari_ini=HARI_INI)
    assert (hasil.tanggal_lahir, hasil.rt, hasil.rw, hasil.salah) == (None, "003", "005", ())


@pytest.mark.parametrize(
    "teks",
    [
        "dulu itu kami di sini terus anak saya lahir 3 mei 1990 lalu kami semua sama-sama",
        "acara besar di lapangan tanggal 3 mei 2026",
        "saya lahir 3 mei 1990, sudah boleh punya ktp?",
    ],
)
def test_a_date_told_in_a_story_or_question_is_not_taken_as_data(teks):
    assert baca(teks, hari_ini=HARI_INI).kosong
