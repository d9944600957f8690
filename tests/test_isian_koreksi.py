"""Corrections: only what is corrected changes, and talk about mistakes is no correction."""

from __future__ import annotations

from datetime import date

import pytest

from kelurahan.isian import Hasil, baca, tampak_koreksi

HARI_INI = date(2026, 11, 24)
LAMA = Hasil(nama="Budi", tanggal_lahir=date(1990, 5, 3), rt="003", rw="005")

KOREKSI = [
    ("eh salah, lahirnya 1991", {"tanggal_lahir": date(1991, 5, 3)}),
    ("eh salah lahirnya tahun 1991", {"tanggal_lahir": date(1991, 5, 3)}),
    ("lahirnya 1991", {"tanggal_lahir": date(1991, 5, 3)}),
    ("tahunnya 1991", {"tanggal_lahir": date(1991, 5, 3)}),
    ("tahunnya 91", {"tanggal_lahir": date(1991, 5, 3)}),
    ("tahun lahirnya harusnya 1991", {"tanggal_lahir": date(1991, 5, 3)}),
    ("maaf, tahun lahir saya 1991", {"tanggal_lahir": date(1991, 5, 3)}),
    ("tanggalnya 4 bukan 3", {"tanggal_lahir": date(1990, 5, 4)}),
    ("tanggalnya bukan 3 tapi 4", {"tanggal_lahir": date(1990, 5, 4)}),
    ("maaf tanggalnya 4", {"tanggal_lahir": date(1990, 5, 4)}),
    ("bulannya juni", {"tanggal_lahir": date(1990, 6, 3)}),
    ("bulannya juni bukan mei", {"tanggal_lahir": date(1990, 6, 3)}),
    ("bulannya 6", {"tanggal_lahir": date(1990, 6, 3)}),
    ("salah, bulannya harusnya juni", {"tanggal_lahir": date(1990, 6, 3)}),
    ("lahirnya 4 juni", {"tanggal_lahir": date(1990, 6, 4)}),
    ("ralat: 4 mei 1991", {"tanggal_lahir": date(1991, 5, 4)}),
    ("ralat lahirnya 4 mei 1991", {"tanggal_lahir": date(1991, 5, 4)}),
    ("tanggal lahir yang benar 4-5-1991", {"tanggal_lahir": date(1991, 5, 4)}),
    ("bukan 3 mei 1990 tapi 4 mei 1991", {"tanggal_lahir": date(1991, 5, 4)}),
    ("tanggal lahirnya salah, harusnya 4 mei 1991", {"tanggal_lahir": date(1991, 5, 4)}),
    ("ganti tanggal lahir jadi 4 mei 1991", {"tanggal_lahir": date(1991, 5, 4)}),
    ("bukan 1990 tapi 1991", {"tanggal_lahir": date(1991, 5, 3)}),
    ("tahunnya salah, 1991 yang bener", {"tanggal_lahir": date(1991, 5, 3)}),
    ("punten lepat, lahirna 1991", {"tanggal_lahir": date(1991, 5, 3)}),
    ("nami na lepat kedahna Budiman", {"nama": "Budiman"}),
    ("maaf RW 6", {"rw": "006"}),
    ("RW-nya 6", {"rw": "006"}),
    ("rw nya 6 bukan 5", {"rw": "006"}),
    ("bukan RW 5 tapi RW 6", {"rw": "006"}),
    ("bukan rw 5 tapi 6", {"rw": "006"}),
    ("ganti rw jadi 6", {"rw": "006"}),
    ("rw dari 5 diganti jadi 6", {"rw": "006"}),
    ("salah RW nya harusnya 6", {"rw": "006"}),
    ("harusnya RT 4", {"rt": "004"}),
    ("rt nya 2", {"rt": "002"}),
    ("ralat RT 4", {"rt": "004"}),
    ("eh maaf kak, rt 4 rw 6", {"rt": "004", "rw": "006"}),
    ("ganti rt jadi 4 dan rw jadi 6", {"rt": "004", "rw": "006"}),
    ("eh rt 4 deh", {"rt": "004"}),
    ("salah RT nya, yang bener 4", {"rt": "004"}),
    ("punten, RT 4 RW 6", {"rt": "004", "rw": "006"}),
    ("ralat 4/6", {"rt": "004", "rw": "006"}),
    ("namanya Budiman", {"nama": "Budiman"}),
    ("nama saya bukan Budi tapi Budiman", {"nama": "Budiman"}),
    ("namanya Budiman bukan Budi", {"nama": "Budiman"}),
    ("ganti namanya jadi Siti", {"nama": "Siti"}),
    ("ganti nama jadi Siti Aminah", {"nama": "Siti Aminah"}),
    ("salah, nama saya Budiman Santoso", {"nama": "Budiman Santoso"}),
    ("ralat nama: Budiman", {"nama": "Budiman"}),
    ("nama yang benar Budiman", {"nama": "Budiman"}),
    ("salah ketik, harusnya Budiman", {"nama": "Budiman"}),
    ("bukan Budi tapi Budiman", {"nama": "Budiman"}),
    ("maksudnya Budiman", {"nama": "Budiman"}),
]


@pytest.mark.parametrize(("teks", "baru"), KOREKSI, ids=[t for t, _ in KOREKSI])
def test_a_correction_changes_what_it_names_and_nothing_else(teks, baru):
    assert baca(teks, hari_ini=HARI_INI, lama=LAMA) == Hasil(**baru)


@pytest.mark.parametrize(("teks", "baru"), KOREKSI, ids=[t for t, _ in KOREKSI])
def test_a_correction_looks_like_one(teks, baru):
    assert tampak_koreksi(teks)


@pytest.mark.parametrize(
    ("teks", "isian", "alasan"),
    [
        ("eh salah, tanggalnya 32", "tanggal_lahir", "hanya sampai tanggal 31"),
        ("eh salah, lahirnya 2030", "tanggal_lahir", "belum tiba"),
        ("bulannya 13", "tanggal_lahir", "tidak ada bulan ke-13"),
        ("maaf RW 0", "rt_rw", "dimulai dari 1"),
        ("nama saya bukan Budi tapi B3n", "nama", "angka"),
    ],
)
def test_a_wrong_correction_is_named_like_any_wrong_field(teks, isian, alasan):
    (salah,) = baca(teks, hari_ini=HARI_INI, lama=LAMA).salah
    assert salah.isian == isian
    assert alasan in salah.alasan


def test_a_part_of_a_date_without_an_earlier_date_asks_for_the_rest():
    hasil = baca("eh salah, lahirnya 1991", hari_ini=HARI_INI)
    assert hasil.tanggal_sebagian == {"tahun": 1991}
    assert hasil.salah[0].alasan == "tanggal dan bulannya belum ada"


BUKAN_KOREKSI = [
    "",
    "salah nama di ijazah gimana",
    "nama saya salah di kk",
    "ganti nama di ktp syaratnya apa",
    "mau ganti alamat",
    "saya mau benerin tanggal lahir di KTP, ketulis 12 harusnya 21",
    "tanggal lahir di akta salah, harusnya 4 mei 1991, syaratnya apa",
    "di kk tanggal lahir anak saya 3 mei 2020 harusnya 4 mei 2020",
    "nama ibu di akta bukan Siti tapi Sita, cara ubahnya gimana",
    "maaf mau tanya",
    "maaf baru balas",
    "maaf pak rt 3 mana ya",
    "maaf, bukan itu maksud saya",
    "bukan ktp tapi kk",
    "bukan saya tapi suami",
    "salah",
    "salah kirim",
    "eh salah",
    "bukan",
    "RT 3 salah",
    "namanya siapa",
    "nama saya Budi",
    "Budi Santoso#3 mei 1990#003/005",
    "lahir 3 mei 1990",
    "rt nya mana",
    "rw nya lagi ga ada di rumah",
    "ganti jadi layanan kk",
    "mau ganti jadi #3",
    "harusnya berapa hari",
    "kapan jadi?",
    "halo",
    "batal",
    "maaf lama",
]


@pytest.mark.parametrize("teks", BUKAN_KOREKSI)
def test_talk_about_mistakes_elsewhere_is_no_correction(teks):
    assert not tampak_koreksi(teks)
