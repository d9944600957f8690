"""The page of figures: stretches of time, numbers in Indonesian, and what the page says."""

from __future__ import annotations

import re
from datetime import date

import pytest
from petugas_dunia import Meja, teks_polos
from ringkasan_dunia import KINI, isi_dunia, pada

from kelurahan.console.keamanan import peran
from kelurahan.console.ringkasan import angka, masa, sibuk
from kelurahan.console.ringkasan.masa import Masa, baca
from kelurahan.store import waktu
from kelurahan.store.statistik import Rentang

KERAS = "\u00a0"


# numbers


@pytest.mark.parametrize(
    ("fungsi", "nilai", "tulisan"),
    [
        (angka.angka, 0, "0"),
        (angka.angka, 1234567, "1.234.567"),
        (angka.persen, 0.125, "12,5 %"),
        (angka.persen, 1, "100 %"),
        (angka.persen, 0, "0 %"),
        (angka.lama, None, "-"),
        (angka.lama, 59.9, "kurang dari 1 menit"),
        (angka.lama, 60, "1 menit"),
        (angka.lama, 3600, "1 jam"),
        (angka.lama, 2 * 3600 + 15 * 60 + 59, "2 jam 15 menit"),
        (angka.lama, 86400 + 4 * 3600, "1 hari 4 jam"),
    ],
)
def test_numbers_are_written_the_indonesian_way(fungsi, nilai, tulisan):
    assert fungsi(nilai).replace(KERAS, " ") == tulisan


BANDING = [
    (12, 10, "naik", "naik 20 %"),
    (9, 10, "turun", "turun 10 %"),
    (0, 10, "turun", "turun 100 %"),
    (10, 10, "sama", "sama"),
    (0, 0, "sama", "sama"),
    (3, 0, "naik", "naik dari 0"),
]


@pytest.mark.parametrize(("kini", "lalu", "arah", "kata"), BANDING)
def test_a_count_is_compared_without_dividing_by_nothing(kini, lalu, arah, kata):
    hasil = angka.banding(kini, lalu)
    assert (hasil[0], hasil[1].replace(KERAS, " ")) == (arah, kata)


# stretches of time: (per, sampai, what is counted, what it is compared with, name, name)

MASA = {
    "today, so far": (
        ("hari", ""),
        (pada(24), pada(24, 14, menit=5)),
        (pada(23), pada(23, 14, menit=5)),
        ("Selasa, 24 Nov 2026", "Senin, 23 Nov 2026"),
    ),
    "a day that is over": (
        ("hari", "2026-11-23"),
        (pada(23), pada(24)),
        (pada(22), pada(23)),
        ("Senin, 23 Nov 2026", "Minggu, 22 Nov 2026"),
    ),
    "this week, so far": (
        ("minggu", ""),
        (pada(23), pada(24, 14, menit=5)),
        (pada(16), pada(17, 14, menit=5)),
        ("23–24 Nov 2026", "16–17 Nov 2026"),
    ),
    "a week over the end of a month": (
        ("minggu", "2026-11-01"),
        (pada(26, bulan=10), pada(2)),
        (pada(19, bulan=10), pada(26, bulan=10)),
        ("26 Okt – 1 Nov 2026", "19–25 Okt 2026"),
    ),
    "this month, so far": (
        ("bulan", ""),
        (pada(1), pada(24, 14, menit=5)),
        (pada(1, bulan=10), pada(24, 14, bulan=10, menit=5)),
        ("1–24 Nov 2026", "1–24 Okt 2026"),
    ),
    "a whole month, longer than the one before": (
        ("bulan", "2026-10-31"),
        (pada(1, bulan=10), pada(1)),
        (pada(1, bulan=9), pada(1, bulan=10)),
        ("Oktober 2026", "September 2026"),
    ),
    "more days than the month before has": (
        ("bulan", "2026-03-30"),
        (pada(1, bulan=3), pada(31, bulan=3)),
        (pada(1, bulan=2), pada(1, bulan=3)),
        ("1–30 Mar 2026", "Februari 2026"),
    ),
    "a day to come is today": (
        ("hari", "2027-01-01"),
        (pada(24), pada(24, 14, menit=5)),
        (pada(23), pada(23, 14, menit=5)),
        ("Selasa, 24 Nov 2026", "Senin, 23 Nov 2026"),
    ),
}


@pytest.mark.parametrize(("alamat", "ini", "lalu", "nama"), MASA.values(), ids=MASA.keys())
def test_a_stretch_is_compared_with_as_much_of_the_one_before(alamat, ini, lalu, nama):
    satu = baca(*alamat, KINI)
    assert satu.rentang == Rentang(*ini)
    assert satu.sebelum == Rentang(*lalu)
    assert (satu.nama.replace(KERAS, " "), satu.nama_sebelum.replace(KERAS, " ")) == nama


@pytest.mark.parametrize(
    ("per", "sampai", "sebelum", "berikut"),
    [
        ("hari", "2026-11-24", "2026-11-23", None),
        ("hari", "2026-11-22", "2026-11-21", "2026-11-23"),
        ("minggu", "2026-11-18", "2026-11-15", "2026-11-24"),
        ("bulan", "2026-10-05", "2026-09-30", "2026-11-24"),
        ("bulan", "2026-08-05", "2026-07-31", "2026-09-30"),
        ("bulan", "2020-01-05", None, "2020-02-29"),
    ],
)
def test_the_neighbours_of_a_stretch_can_be_reached(per, sampai, sebelum, berikut):
    satu = baca(per, sampai, KINI)
    hari = (satu.hari_terakhir_sebelum, satu.hari_terakhir_berikut)
    assert [h.isoformat() if h else None for h in hari] == [sebelum, berikut]


@pytest.mark.parametrize(("per", "bagian", "pertama", "terakhir"), [
    ("hari", 24, "00", "23"), ("minggu", 7, "Sen 23", "Min 29"), ("bulan", 30, "Min 1", "Sen 30"),
])  # fmt: skip
def test_a_stretch_is_cut_into_hours_or_days(per, bagian, pertama, terakhir):
    potongan = baca(per, "", KINI).potongan
    assert (len(potongan), potongan[0][0], potongan[-1][0]) == (bagian, pertama, terakhir)
    tepi = [(a.akhir, b.mulai) for (_, a), (_, b) in zip(potongan, potongan[1:], strict=False)]
    assert all(akhir == mulai for akhir, mulai in tepi)


@pytest.mark.parametrize("per", masa.PILIHAN)
def test_a_trend_ends_with_the_stretch_itself_and_has_no_gaps(per):
    satu = baca(per, "", KINI)
    assert len(satu.tren) == masa.TREN[per]
    assert satu.tren[-1][1] == satu.rentang
    tepi = [(a.akhir, b.mulai) for (_, a), (_, b) in zip(satu.tren, satu.tren[1:], strict=False)]
    assert all(akhir == mulai for akhir, mulai in tepi)


# busy hours


def test_the_busiest_hour_is_named_and_shaded_darkest():
    per_jam = {pada(2, 9): 6, pada(9, 9): 4, pada(3, 10): 1, pada(30, 9): 99}
    peta = sibuk.peta(per_jam, Rentang(pada(1), pada(30)))
    assert peta.judul == "Paling sibuk: Senin 09–10"
    jam = dict(peta.baris)
    assert list(jam)[0] == "08–09"  # office hours are always shown
    assert list(jam)[-1] == "15–16"
    assert [(k.banyak, k.kelas) for k in jam["09–10"][:2]] == [("10", 5), ("", 0)]
    assert jam["10–11"][1] == sibuk.Kotak("1", 1)


def test_hours_outside_the_office_are_shown_when_somebody_wrote():
    peta = sibuk.peta({pada(2, 5): 1, pada(2, 23): 1}, Rentang(pada(1), pada(30)))
    assert [peta.baris[0][0], peta.baris[-1][0]] == ["05–06", "23–24"]


def test_without_messages_there_is_no_busy_hour():
    peta = sibuk.peta({}, Rentang(pada(1), pada(30)))
    assert (peta.judul, peta.baris) == ("Belum ada jam sibuk", ())


# the page


@pytest.fixture
def meja(basis_data, monkeypatch) -> Meja:
    monkeypatch.setattr(waktu, "sekarang", lambda: KINI)
    return Meja()


def tabel(html: str, judul: str) -> list[list[str]]:
    """The lines of the table below a heading that contains these words."""
    bagian = next(b for b in html.split("<section")[1:] if judul in b.split("</h2>")[0])
    isi = bagian.split("<tbody>")[1].split("</tbody>")[0]
    baris = re.findall(r"<tr>(.*?)</tr>", isi, re.S)
    return [
        [teks_polos(sel).strip() for sel in re.findall(r"<t[hd].*?</t[hd]>", b, re.S)]
        for b in baris
    ]


def angka_utama(html: str) -> dict[str, str]:
    """The large figures by name."""
    pasang = re.findall(r"<dt>(.*?)</dt>\s*<dd><strong>(.*?)</strong>", html)
    return {nama: nilai.replace(KERAS, " ") for nama, nilai in pasang}


def test_the_large_figures_of_a_month(meja: Meja):
    isi_dunia()
    assert angka_utama(meja.masuk().buka("/ringkasan").text) == {
        "Pesan masuk": "4",
        "Jawaban asisten": "5",
        "Langsung terjawab": "60 %",
        "Diserahkan ke petugas": "1",
        "Permohonan masuk": "2",
        "Permohonan selesai": "0",
        "Sampai mulai diperiksa": "3 jam",
        "Sampai siap diambil": "1 hari",
    }


def test_each_table_says_what_it_found(meja: Meja):
    isi_dunia()
    html = meja.masuk().buka("/ringkasan").text
    pesan = tabel(html, "Paling ramai Senin 23 Nov: 2 pesan")
    assert (pesan[22], pesan[23], pesan[24]) == (["Sen 23", "2"], ["Sel 24", "0"], ["Rab 25", "-"])
    assert tabel(html, "Paling banyak ditanyakan: Kartu Keluarga") == [
        ["Kartu Keluarga (KK)", "2", "2"],
        ["e-KTP", "1", "0"],
    ]
    hasil = tabel(
        html, "60 % langsung terjawab, 20 % diserahkan ke petugas".replace(" %", KERAS + "%")
    )
    assert hasil[1] == ["Ditanya balik", "1", "20 %", "0 %"]
    assert tabel(html, "1 percakapan diserahkan, separuhnya ditanggapi dalam")[0][1:] == ["1", "0"]
    assert tabel(html, "Paling banyak dari RW 001: 1") == [["001", "1", "0"], ["012", "1", "0"]]
    terbuka = tabel(html, "2 permohonan belum tuntas, 1 lebih dari 7 hari")
    assert ["Siap diambil", "0", "0", "0", "1"] in terbuka
    assert ["Diperiksa", "0", "1", "0", "0"] in terbuka
    assert "Paling sibuk: Selasa 09–10" in html


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize("per", masa.PILIHAN)
def test_it_opens_for_every_stretch_on_both_databases(meja: Meja, per: str):
    isi_dunia()
    html = meja.masuk().buka(f"/ringkasan?per={per}").text
    pesan = {"hari": "0", "minggu": "2", "bulan": "4"}[per]
    assert angka_utama(html)["Pesan masuk"] == pesan


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize("per", masa.PILIHAN)
def test_an_empty_database_gets_a_friendly_word(meja: Meja, per: str):
    teks = meja.masuk().buka(f"/ringkasan?per={per}").text
    assert "Belum ada yang bisa dihitung" in teks
    assert "<table" not in teks


def test_figures_of_the_past_alone_are_shown_with_zeros(meja: Meja):
    isi_dunia()
    html = meja.masuk().buka("/ringkasan?per=bulan&sampai=2026-09-30").text
    assert "Belum ada pesan masuk" in html
    assert angka_utama(html)["Langsung terjawab"] == "-"


@pytest.mark.parametrize("siapa", [peran.PETUGAS, peran.PIMPINAN, peran.ADMIN])
def test_everybody_who_is_logged_in_may_look(meja: Meja, siapa: str):
    meja.masuk("orang", siapa).buka("/ringkasan")


@pytest.mark.parametrize(
    ("alamat", "kata"),
    [
        ("per=tahun", "“tahun” tidak ada. Pilih hari, minggu, atau bulan"),
        ("sampai=kemarin", "“kemarin” tidak terbaca. Tulis seperti 2026-11-24"),
        ("sampai=0001-01-01", "terlalu lama"),
        ("sampai=<script>", "&lt;script&gt;"),
    ],
)
def test_an_address_that_names_nothing_is_explained(meja: Meja, alamat: str, kata: str):
    assert kata in meja.masuk().buka(f"/ringkasan?{alamat}", 422).text


def test_a_stretch_far_back_is_no_trouble(meja: Meja):
    isi_dunia()
    for per in masa.PILIHAN:
        meja.masuk().buka(f"/ringkasan?per={per}&sampai={masa.TERTUA}")
    assert Masa("bulan", date(2020, 1, 31), KINI).utuh
