"""Application lines and sentences: all fields in one message, in any order, some of them wrong."""

from __future__ import annotations

from datetime import date

import pytest

from kelurahan.isian import Hasil, baca, semua_baris, tampak_isian

HARI_INI = date(2026, 11, 24)
LENGKAP = ("Budi Santoso", date(1990, 5, 3), "003", "005")


def _isi(hasil: Hasil):
    return hasil.nama, hasil.tanggal_lahir, hasil.rt, hasil.rw


SATU_BARIS = [
    "Budi Santoso#3 mei 1990#003/005",
    "Budi Santoso # 3 Mei 1990 # RT 3 RW 5",
    "#Budi Santoso#3 mei 1990#003/005",
    "Budi Santoso#3 mei 1990#003/005#",
    "##Budi Santoso##3 mei 1990##003/005##",
    "Budi Santoso＃3 mei 1990＃003/005",
    "Budi Santoso\n#3 mei 1990\n#003/005",
    "Budi Santoso#\n3 mei 1990#\n003/005",
    "Budi Santoso#3 mei 1990\nRT 3 RW 5",
    "Budi Santoso#003/005#3 mei 1990",
    "003/005#Budi Santoso#3 mei 1990",
    "3 mei 1990#003/005#Budi Santoso",
    "Budi Santoso#03-05-1990#3/5",
    "Budi Santoso#3/5/90#3/5",
    "3/5#3/5/90#Budi Santoso",
    "Budi Santoso#03051990#003/005",
    "Budi Santoso#030590#003/005",
    "Budi Santoso#3 mei 1990#003#005",
    "Budi Santoso#3 mei 1990#RT 3#RW 5",
    "Budi Santoso#3 mei 1990#RW 5#RT 3",
    "Budi Santoso#3 mei 1990#RT 3/5",
    "Budi Santoso#3 mei 1990#3-5",
    "Budi Santoso#3 mei 1990#3 5",
    "Budi Santoso#3 mei 1990 RT 3 RW 5",
    "Budi Santoso 3 mei 1990#RT 3 RW 5",
    "Nama: Budi Santoso # Tgl lahir: 3 mei 1990 # RT/RW: 3/5",
    "nama Budi Santoso#tanggal lahir 3 mei 1990#rt rw 3/5",
    "nama saya Budi Santoso#lahir 3 mei 1990#rt/rw#3/5",
    '"Budi Santoso"#"3 mei 1990"#"003/005"',
    "“Budi Santoso”#“3 mei 1990”#“003/005”",
    "*Budi Santoso*#*3 mei 1990*#*003/005*",
    "*Budi Santoso#3 mei 1990#003/005*",
    "BUDI SANTOSO#3 MEI 1990#RT003/RW005",
    "budi santoso#3mei1990#rt3/rw5",
    "Budi Santoso#Bogor, 3 Mei 1990#003/005",
    "Budi Santoso#Bogor#3 Mei 1990#003/005",
    "Budi Santoso#Kamis 3 Mei 1990#003/005",
    "ktp#Budi Santoso#3 mei 1990#003/005",
    "mau daftar ktp: Budi Santoso#3 mei 1990#003/005",
    "Budi Santoso#3 mei 1990#003/005 🙏",
    "Budi Santoso#3 mei 1990#003/005 makasih min",
    "daftar sktm Budi Santoso#3 mei 1990#003/005",
    "Budi Santoso mau daftar#3 mei 1990#003/005",
    "Budi Santoso#3 mei 1990#003/005 tolong ya pak diproses",
    "Budi Santoso#3 mei 1990#rt 3/rw 5, jl mawar no 5",
    "Bpk. Budi Santoso#3 mei 1990#003/005#ktp",
    "3271010305900001#Budi Santoso#3 mei 1990#003/005",
    "Budi Santoso#3 mei 1990#003/005#081200000001",
    "\u200eBudi Santoso#\u200e3 mei 1990#003/005\u200f",
]
TANPA_PAGAR = [
    "Budi Santoso; 3 mei 1990; 003/005",
    "Budi Santoso | 3 mei 1990 | 003/005",
    "Budi Santoso, 3 mei 1990, 003/005",
    "Budi Santoso, 3-5-1990, RT 3 RW 5",
    "Budi Santoso\n3 mei 1990\nRT 3 RW 5",
    "Budi Santoso\n03-05-1990\n003/005",
    "Budi Santoso - 3 mei 1990 - RT 3 RW 5",
    "Budi Santoso / 3 mei 1990 / RT 3 RW 5",
    "Budi Santoso 3 mei 1990 RT 3 RW 5",
    "Budi Santoso, Bogor, 3 mei 1990, RT 3 RW 5",
    "Budi Santoso, Bogor 3 mei 1990, RT 3 RW 5",
    "3 mei 1990, RT 3 RW 5, Budi Santoso",
    "Nama: Budi Santoso\nTgl lahir: 3 mei 1990\nRT/RW: 003/005",
    "Nama : Budi Santoso, TTL : Bogor, 3 Mei 1990, RT/RW : 3/5",
    "Nama : Budi Santoso\nNIK : 3271010305900001\nTempat/Tgl Lahir : Bogor, 03-05-1990\n"
    "Alamat : Jl Mawar\nRT/RW : 003/005\nAgama : Islam",
]
KALIMAT = [
    "nama saya Budi Santoso, lahir 3 mei 1990, rt 3 rw 5",
    "nama saya Budi Santoso lahir tanggal 3 mei 1990 tinggal di rt 3 rw 5",
    "saya Budi Santoso lahir 3 mei 1990 di rt 3 rw 5",
    "rt 3 rw 5, nama saya Budi Santoso, lahir 3 mei 1990",
    "lahir 3 mei 1990, namanya Budi Santoso, RT 3 RW 5",
    "anak saya Budi Santoso lahir 3 mei 1990 rt 3 rw 5",
    "anak saya yang bernama Budi Santoso lahir 3 mei 1990 rt 3 rw 5",
    "mau bikin ktp, nama saya Budi Santoso, lahir 3 mei 1990, rt 3 rw 5",
    "tolong daftarkan a.n. Budi Santoso lahir 3-5-1990 RT 3/RW 5",
    "almarhum Budi Santoso lahir 3 mei 1990 RT 3 RW 5",
    "untuk bapak Budi Santoso, lahir 3-5-90, RT 3 RW 5",
    "buat tetangga saya namanya Pak Budi Santoso lahir 3 mei 1990 rt 3 rw 5",
    "Nama saya Budi Santoso. Lahir 3 Mei 1990. RT 3 RW 5.",
    "nami abdi Budi Santoso, lahir 3 mei 1990, rt 3 rw 5",
    "Selamat pagi pak, nama saya Budi Santoso, lahirnya di Bogor tanggal 3 mei 1990, "
    "rumah di RT 3 RW 5",
]


@pytest.mark.parametrize("teks", [*SATU_BARIS, *TANPA_PAGAR, *KALIMAT])
@pytest.mark.parametrize("diminta", [None, "nama", "rt_rw"])
def test_all_fields_of_one_message_are_found_in_any_order(teks, diminta):
    hasil = baca(teks, diminta=diminta, hari_ini=HARI_INI)
    assert (_isi(hasil), hasil.salah) == (LENGKAP, ())


@pytest.mark.parametrize("teks", [*SATU_BARIS, *TANPA_PAGAR, *KALIMAT])
def test_an_application_in_one_message_looks_like_one(teks):
    assert tampak_isian(teks)


SEBAGIAN = [
    ("Budi Santoso#3 mei 1990", ("Budi Santoso", date(1990, 5, 3), None, None)),
    ("Budi Santoso#003/005", ("Budi Santoso", None, "003", "005")),
    ("3 mei 1990#003/005", (None, date(1990, 5, 3), "003", "005")),
    ("#3 mei 1990#003/005", (None, date(1990, 5, 3), "003", "005")),
    ("Budi Santoso##003/005", ("Budi Santoso", None, "003", "005")),
    ("Budi Santoso#3 mei 1990#RT 3", ("Budi Santoso", date(1990, 5, 3), "003", None)),
    ("nama saya Budi, lahir 3 mei 1990", ("Budi", date(1990, 5, 3), None, None)),
    ("nama saya Budi, mau bikin ktp, lahir 3 mei 1990", ("Budi", date(1990, 5, 3), None, None)),
    ("Budi Santoso, 3 mei 1990", ("Budi Santoso", date(1990, 5, 3), None, None)),
    ("nama saya Budi, rt 3 rw 5", ("Budi", None, "003", "005")),
    ("lahir 3 mei 1990 rt 3 rw 5", (None, date(1990, 5, 3), "003", "005")),
    ("nama saya Budi", ("Budi", None, None, None)),
    ("Rani#2-1-2020#2/4", ("Rani", date(2020, 1, 2), "002", "004")),
    ("anak saya Rani lahir 2 januari 2020 rt 2 rw 4", ("Rani", date(2020, 1, 2), "002", "004")),
    (
        "Hj. Siti Nur'aini, S.Pd.#9 nop 1960#12/3",
        ("Hj. Siti Nur'aini, S.Pd.", date(1960, 11, 9), "012", "003"),
    ),
    (
        "Hj. Siti Nur'aini, S.Pd., 9 nop 1960, RT 12 RW 3",
        ("Hj. Siti Nur'aini, S.Pd.", date(1960, 11, 9), "012", "003"),
    ),
    (
        "nama Hj. Siti Nur'aini, S.Pd., lahir 9 nop 1960, RT 12 RW 3",
        ("Hj. Siti Nur'aini, S.Pd.", date(1960, 11, 9), "012", "003"),
    ),
    ("Agus Juli#3 juni 1990#3/5", ("Agus Juli", date(1990, 6, 3), "003", "005")),
    ("Mei Lani 3 juni 1990 RT 3 RW 5", ("Mei Lani", date(1990, 6, 3), "003", "005")),
]


@pytest.mark.parametrize(("teks", "isi"), SEBAGIAN, ids=[t for t, _ in SEBAGIAN])
def test_what_is_there_is_taken_and_what_is_missing_is_no_fault(teks, isi):
    hasil = baca(teks, hari_ini=HARI_INI)
    assert (_isi(hasil), hasil.salah) == (isi, ())


SATU_SALAH = [
    ("Budi Santoso#31-02-1990#003/005", "tanggal_lahir", "31-02-1990"),
    ("Budi Santoso, 31-02-1990, 003/005", "tanggal_lahir", "31-02-1990"),
    ("Budi Santoso#29 feb 1999#003/005", "tanggal_lahir", "29 feb 1999"),
    ("Budi Santoso#3 mei 2030#003/005", "tanggal_lahir", "3 mei 2030"),
    ("Budi Santoso#1990#003/005", "tanggal_lahir", "1990"),
    ("Budi Santoso#mei 1990#003/005", "tanggal_lahir", "mei 1990"),
    ("Budi Santoso#3 mei#003/005", "tanggal_lahir", "3 mei"),
    ("Budi Santoso#3/5#003/005", "tanggal_lahir", "3/5"),
    ("Budi Santoso#3 foo 1990#003/005", "tanggal_lahir", "3 foo 1990"),
    ("Budi Santoso#12345#003/005", "tanggal_lahir", "12345"),
    (
        "nama saya Budi Santoso, lahir 31 februari 1990, rt 3 rw 5",
        "tanggal_lahir",
        "31 februari 1990",
    ),
    ("12345#3 mei 1990#003/005", "nama", "12345"),
    ("Budi123#3 mei 1990#003/005", "nama", "Budi123"),
    ("<script>alert(1)</script>#3 mei 1990#003/005", "nama", "<script>alert(1)</script>"),
    ("Robert'); DROP TABLE warga;--#3 mei 1990#003/005", "nama", "Robert'); DROP TABLE warga;--"),
    ("😀#3 mei 1990#003/005", "nama", "😀"),
    ("B#3 mei 1990#003/005", "nama", "B"),
    ("nama: 12345, lahir 3 mei 1990, rt 3 rw 5", "nama", "12345"),
    ("12345, 3 mei 1990, RT 3 RW 5", "nama", "12345"),
    ("A" * 5000 + "#3 mei 1990#003/005", "nama", "A" * 39 + "…"),
    ("Budi Santoso#3 mei 1990#0/0", "rt_rw", "0/0"),
    ("Budi Santoso#3 mei 1990#1234/5678", "rt_rw", "1234/5678"),
    ("Budi Santoso#3 mei 1990#RT a RW b", "rt_rw", "RT a RW b"),
    ("Budi Santoso#3 mei 1990#5", "rt_rw", "5"),
    ("Budi Santoso#3 mei 1990#3a/5b", "rt_rw", "3a/5b"),
]


@pytest.mark.parametrize(
    ("teks", "isian", "nilai"), SATU_SALAH, ids=[t[:40] for t, *_ in SATU_SALAH]
)
def test_the_one_wrong_field_is_named_and_the_good_ones_are_kept(teks, isian, nilai):
    hasil = baca(teks, hari_ini=HARI_INI)
    assert [(salah.isian, salah.nilai) for salah in hasil.salah] == [(isian, nilai)]
    harap = {
        "nama": (None, *LENGKAP[1:]),
        "tanggal_lahir": (LENGKAP[0], None, *LENGKAP[2:]),
        "rt_rw": (*LENGKAP[:2], None, None),
    }
    assert _isi(hasil) == harap[isian]


@pytest.mark.parametrize(
    ("teks", "isian", "nilai"), SATU_SALAH, ids=[t[:40] for t, *_ in SATU_SALAH]
)
def test_an_application_with_a_wrong_field_still_looks_like_one(teks, isian, nilai):
    assert tampak_isian(teks)


def test_every_wrong_field_of_a_line_is_named():
    hasil = baca("12345#31-02-1990#0/5", hari_ini=HARI_INI)
    assert [salah.isian for salah in hasil.salah] == ["nama", "tanggal_lahir", "rt_rw"]
    assert hasil.rw == "005"


def test_several_people_in_one_message_are_read_one_by_one():
    teks = "Suparno#1 Juli 1960#03/05\nSutarmi#17-Agt-65#03/05\n\nKasiman#31-2-1950#03/05"
    semua = semua_baris(teks, hari_ini=HARI_INI)
    assert [hasil.nama for hasil in semua] == ["Suparno", "Sutarmi", "Kasiman"]
    assert [bool(hasil.salah) for hasil in semua] == [False, False, True]
    assert baca(teks, hari_ini=HARI_INI) == semua[0]


@pytest.mark.parametrize("teks", ["Budi Santoso\n#3 mei 1990\n#003/005", "halo", "#3"])
def test_one_person_or_none_is_not_several(teks):
    assert len(semua_baris(teks, hari_ini=HARI_INI)) <= 1


UTUH = [
    "3 mei 1990", "03-05-1990", "25011987", "Bogor, 3 Mei 1990", "lahir 3 mei 1990", "31-02-1990",
    "RT 3 RW 5", "3/5", "003/005", "rt03/rw05", "RT 03", "RW 05", "saya RT 3 RW 5", "rt 3 rw 5 kak",
    "RT 99/RW 77", "#RT 3 RW 5",
]  # fmt: skip


@pytest.mark.parametrize("teks", UTUH)
def test_a_text_that_is_wholly_a_date_or_an_rt_rw_looks_like_data(teks):
    assert tampak_isian(teks)


BUKAN_ISIAN = [
    "", "#", "#3", "3", "nomor 3", "saya pilih #3", "#3 ktp", "ktp #3 berapa lama", "#menu #batal",
    "nama#tanggal lahir#RT/RW", "halo", "menu", "Budi Santoso", "nama saya Budi", "1990", "batal",
    "saya ketua RT 03 RW 05, mau bantu warga mengajukan SKTM",
    "rumah saya di rt 3 rw 5 mau urus ktp gimana",
    "ktp 3/5",
    "rt 3 rw 5 ketuanya siapa",
    "pak rw 5 minta nomornya dong",
    "surat pengantar dari RT 3 RW 5 sudah ada, terus kemana",
    "anak saya lahir 2 januari 2020, syarat akta apa saja",
    "anak saya lahir 2 januari 2020 di rt 3 rw 5 kapan bisa urus akta",
    "acara tanggal 5 desember 2026 di rt 3 rw 5, izin keramaian gimana",
    "tanggal 3 mei 2026 kantor buka ga",
    "nama saya Budi dari RT 3 RW 5 mau tanya syarat ktp",
    "eh salah, lahirnya 1991",
    "nama di ktp Budi di kk Budiman, RT 3 RW 5, gimana",
    "bapak saya meninggal tanggal 3 mei 2026, apa yang harus disiapkan",
    "no hp saya 081200000001",
    "KDJ-2611-0042",
    "jam 8/9 buka?",
    "3/5 orang",
]  # fmt: skip


@pytest.mark.parametrize("teks", BUKAN_ISIAN)
def test_questions_and_stories_do_not_look_like_an_application(teks):
    assert not tampak_isian(teks)


@pytest.mark.parametrize("teks", ["saya pilih #3", "#3 ktp", "#3", "nama#tanggal lahir#RT/RW"])
@pytest.mark.parametrize("diminta", [None, "nama", "tanggal_lahir", "rt_rw"])
def test_a_menu_number_or_the_bare_template_gives_no_fields(teks, diminta):
    assert baca(teks, diminta=diminta, hari_ini=HARI_INI).kosong


def test_a_birthplace_is_not_the_name():
    hasil = baca("Bogor, 3 mei 1990", hari_ini=HARI_INI)
    assert (hasil.nama, hasil.tanggal_lahir) == (None, date(1990, 5, 3))


@pytest.mark.parametrize(
    ("teks", "isi"),
    [
        ("Budi Santoso, 3 mei 1990", ("Budi Santoso", date(1990, 5, 3), None, None)),
        ("Budi Santoso RT 3 RW 5", ("Budi Santoso", None, "003", "005")),
        ("Budi Santoso lahir 3 mei 1990", ("Budi Santoso", date(1990, 5, 3), None, None)),
    ],
)
def test_other_fields_beside_the_name_asked_for_are_taken_too(teks, isi):
    assert _isi(baca(teks, diminta="nama", hari_ini=HARI_INI)) == isi
