"""The queue: filters, search, pages, export; what residents typed stays harmless."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from petugas_dunia import Meja, Peramban, ajukan, teks_polos, warga
from sqlalchemy import select, text

from kelurahan import permohonan
from kelurahan.console.keamanan import peran
from kelurahan.console.permohonan import antrean, saringan
from kelurahan.console.permohonan.ekspor import jinak
from kelurahan.store import sesi, status, waktu
from kelurahan.store.models import Permohonan
from kelurahan.store.models_petugas import JejakAudit

HURUF = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.fixture
def meja(basis_data) -> Meja:
    return Meja()


@pytest.fixture
def siti(meja: Meja) -> Peramban:
    return meja.masuk()


def isi_antrean(banyak: int, **isi) -> list[str]:
    """So many applications of one resident, oldest first."""
    pengirim = warga()
    nama = [f"Warga {HURUF[n // 26]}{HURUF[n % 26].lower()}" for n in range(banyak)]
    return [ajukan(pengirim, f"p{n}", nama=satu, **isi) for n, satu in enumerate(nama)]


def geser(nomor: str, hari: float) -> None:
    """As if it had been filed so many days ago."""
    with sesi() as s:
        satu = s.scalar(select(Permohonan).where(Permohonan.nomor == nomor))
        satu.dibuat = satu.diubah = waktu.sekarang() - timedelta(days=hari)


def tulis_nama(nomor: str, nama: str) -> None:
    """A name that the form would refuse."""
    with sesi() as s:
        ubah = text("UPDATE permohonan SET nama = :nama WHERE nomor = :nomor")
        s.execute(ubah, {"nama": nama, "nomor": nomor})


def jalankan(nomor: str, *langkah: str) -> None:
    for ke in langkah:
        permohonan.ubah_status(nomor, ke, "siti")


def lembar(cari: str = "", sesudah: int = 0, sebelum: int = 0, **isi) -> antrean.Lembar:
    with sesi(baca=True) as s:
        return antrean.lembar(s, saringan.baca(isi), cari, sesudah=sesudah, sebelum=sebelum)


def nomor(hasil: antrean.Lembar) -> list[str]:
    return [baris.nomor for baris in hasil.baris]


# filters


@pytest.mark.kedua_basis_data
def test_the_queue_begins_with_the_oldest_that_still_needs_work(basis_data):
    satu, dua, tiga, empat = isi_antrean(4)
    jalankan(dua, "diproses", "siap_diambil")
    jalankan(tiga, "ditolak")
    hasil = lembar()
    assert nomor(hasil) == [satu, empat]
    assert hasil.jumlah == 2


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize(
    ("isi", "cocok"),
    [
        ({"status": "semua"}, "abcd"),
        ({"status": "diperiksa"}, "b"),
        ({"status": "selesai"}, ""),
        ({"layanan": "ktp"}, "b"),
        ({"rw": "1"}, "ab"),
        ({"rw": "001", "rt": " 2 "}, "b"),
        ({"rt": "1"}, "ac"),
        ({"umur": "1"}, "acd"),
        ({"umur": "3"}, "ad"),
        ({"umur": "7"}, "d"),
        ({"umur": "3", "rw": "1"}, "a"),
    ],
    ids=lambda nilai: str(nilai),
)
def test_filters_narrow_the_queue(basis_data, isi, cocok):
    pengirim = warga()
    semua = {
        "a": ajukan(pengirim, "a"),
        "b": ajukan(pengirim, "b", layanan="ktp", rt="002"),
        "c": ajukan(pengirim, "c", rw="002"),
        "d": ajukan(pengirim, "d", rt="003", rw="003"),
    }
    jalankan(semua["b"], "diperiksa")
    for huruf, hari in (("a", 4), ("c", 2), ("d", 8)):
        geser(semua[huruf], hari)
    assert nomor(lembar(**isi)) == [semua[huruf] for huruf in cocok]


@pytest.mark.parametrize(
    ("alamat", "kata"),
    [
        ("status=hilang", "Status “hilang” tidak ada"),
        ("layanan=paspor", "Layanan “paspor” tidak ada"),
        ("rw=lima", "RW “lima” bukan nomor; tulis angka 1 sampai 999, contoh: 5"),
        ("rt=0", "RT “0” bukan nomor"),
        ("rt=١", "bukan nomor"),
        ("umur=2", "Umur “2” tidak dikenal; pilih 1, 3, 7 hari"),
    ],
)
def test_a_filter_that_cannot_be_used_is_named_and_the_others_stay(siti, alamat, kata):
    milik = isi_antrean(1)[0]
    halaman = siti.buka(f"/permohonan?{alamat}&sesudah=x").text
    assert kata in halaman
    assert milik in halaman


def test_filters_arrive_in_the_address_and_a_name_never_does(siti):
    for kosong in ("", "*", "\u200b"):
        jawab = siti.kirim("/permohonan/cari", cari=kosong, status="baru", rw="5", umur="")
        assert jawab.headers["location"] == "/permohonan?status=baru&rw=005"
    isi_antrean(1)
    jawab = siti.kirim("/permohonan/cari", 200, cari="Warga", status="baru", rw="1")
    assert "location" not in jawab.headers
    assert 'name="rw" value="001"' in jawab.text
    assert siti.buka("/permohonan/cari", 303).headers["location"] == "/permohonan"


def test_nothing_found_says_so_and_how_to_get_out(siti):
    assert "Semua permohonan sudah dikerjakan" in siti.buka("/permohonan").text
    ada = isi_antrean(1)[0]
    halaman = siti.buka("/permohonan?status=selesai&rw=1").text
    assert "Tidak ada permohonan yang cocok" in halaman
    assert 'href="/permohonan">Hapus saringan' in halaman
    assert ada in siti.buka("/permohonan?status=semua&rw=001").text
    assert "/permohonan?status=semua&amp;rw=001" in halaman


def test_how_long_it_waits_is_said_and_long_waits_are_marked_in_words(siti):
    lama, baru = isi_antrean(2)
    geser(lama, 5.5)
    halaman = siti.buka("/permohonan").text
    assert "sudah lama:</span> 5 hari" in halaman
    assert halaman.count("sudah lama:") == 1
    assert "baru saja" in halaman
    assert halaman.index(lama) < halaman.index(baru)


def test_an_answer_to_what_was_asked_for_shows_in_the_queue(siti, monkeypatch):
    milik = isi_antrean(1)[0]
    kini = waktu.sekarang()
    monkeypatch.setattr(waktu, "sekarang", lambda: kini + timedelta(minutes=5))
    jalankan(milik, "perlu_dilengkapi")
    assert "warga menulis" not in siti.buka("/permohonan").text
    monkeypatch.setattr(waktu, "sekarang", lambda: kini + timedelta(minutes=10))
    warga()  # writes again
    assert "warga menulis" in siti.buka("/permohonan").text


# pages


@pytest.mark.kedua_basis_data
def test_pages_follow_each_other_without_gap_or_repeat_and_count_all(basis_data, monkeypatch):
    monkeypatch.setattr(antrean, "SEHALAMAN", 3)
    semua = isi_antrean(8)
    for cari in ("", "warga"):
        satu = lembar(cari)
        dua = lembar(cari, sesudah=satu.ke_depan)
        tiga = lembar(cari, sesudah=dua.ke_depan)
        assert nomor(satu) + nomor(dua) + nomor(tiga) == semua
        assert [(x.sebelumnya, x.akhir, x.jumlah) for x in (satu, dua, tiga)] == [
            (0, 3, 8),
            (3, 6, 8),
            (6, 8, 8),
        ]
        assert (satu.ke_belakang, tiga.ke_depan) == (None, None)
        assert nomor(lembar(cari, sebelum=tiga.ke_belakang)) == nomor(dua)
        assert nomor(lembar(cari, sebelum=dua.ke_belakang)) == nomor(satu)


def test_work_done_on_the_first_page_hides_nothing_of_the_second(siti, monkeypatch):
    monkeypatch.setattr(antrean, "SEHALAMAN", 3)
    semua = isi_antrean(6)
    lanjut = siti.buka("/permohonan").text.split('rel="next"')[0].rpartition('href="')[2][:-2]
    for satu in semua[:3]:
        jalankan(satu, "ditolak")
    halaman = siti.buka(lanjut).text
    assert all(satu in halaman for satu in semua[3:])


def test_pages_of_a_search_keep_words_and_filters(siti, monkeypatch):
    monkeypatch.setattr(antrean, "SEHALAMAN", 2)
    semua = isi_antrean(4)
    halaman = siti.kirim("/permohonan/cari", 200, cari="warga", status="baru").text
    assert 'name="sesudah"' in halaman
    id_akhir = halaman.partition('name="sesudah" value="')[2].partition('"')[0]
    dua = siti.kirim("/permohonan/cari", 200, cari="warga", status="baru", sesudah=id_akhir).text
    assert [satu in dua for satu in semua] == [False, False, True, True]
    assert "3–4 dari 4" in dua


# search


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize(
    ("cari", "ketemu"),
    [
        ("siti", "Siti Nur'aini"),
        ("NUR’AINI", "Siti Nur'aini"),
        ("aini siti", "Siti Nur'aini"),
        ("zoé", "Zoé Élise"),
        ("ÉLISE zoé", "Zoé Élise"),
        ("100%", None),
        ("a_i", None),
        ("%", None),
        ("\\", None),
        ("siti budi", None),
        ("'; DROP TABLE warga;--", None),
    ],
)
def test_names_are_found_whatever_their_case(basis_data, cari, ketemu):
    pengirim = warga()
    for n, nama in enumerate(("Siti Nur'aini", "Zoé Élise", "Budi")):
        ajukan(pengirim, f"p{n}", nama=nama)
    assert [b.nama for b in lembar(cari).baris] == ([ketemu] if ketemu else [])


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize("cari", ["2", "0002", "{bulan}-0002", "{bulan}0002"])
def test_a_piece_of_a_number_finds_it(basis_data, cari):
    semua = isi_antrean(3)
    bulan = semua[1].split("-")[1]
    assert semua[1] in nomor(lembar(cari.format(bulan=bulan)))


@pytest.mark.parametrize("tulisan", ["{0}", " {0} ", "kdj {1}/0001", "no. {0}"])
def test_a_whole_number_leads_straight_to_the_application(siti, tulisan):
    ada = isi_antrean(1)[0]
    jalankan(ada, "ditolak")  # whatever the filters say
    cari = tulisan.format(ada, ada.split("-")[1])
    jawab = siti.kirim("/permohonan/cari", cari=cari, status="baru")
    assert jawab.headers["location"] == f"/permohonan/{ada}"


def test_a_search_that_fails_inside_the_filters_offers_all_of_them(siti):
    ada = isi_antrean(1)[0]
    halaman = siti.kirim("/permohonan/cari", 200, cari="warga", status="selesai").text
    assert "Cari di semua permohonan (1 ketemu)" in halaman
    assert ada in siti.kirim("/permohonan/cari", 200, cari="warga", status="semua").text
    kosong = siti.kirim("/permohonan/cari", 200, cari="xyzzy").text
    assert "Di semua permohonan juga tidak ada" in kosong


def test_everybody_may_look_and_search(meja: Meja):
    pimpinan = meja.masuk("kepala", peran.PIMPINAN)
    ada = isi_antrean(1)[0]
    assert ada in pimpinan.buka("/permohonan").text
    assert ada in pimpinan.kirim("/permohonan/cari", 200, cari="warga").text
    assert "ekspor" not in pimpinan.buka("/permohonan").text
    halaman = pimpinan.buka(f"/permohonan/{ada}").text
    assert "Riwayat" in halaman
    assert "<textarea" not in halaman
    for path in ("status", "koreksi", "pratinjau"):
        pimpinan.kirim(f"/permohonan/{ada}/{path}", 403, dari="baru", ke="diperiksa")
    pimpinan.kirim("/permohonan/ekspor", 403)


# hostile input

JAHAT = [
    ("script", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ("attribute", '" onmouseover="x', "&#34; onmouseover=&#34;x"),
    ("template", "{{ 7 * 7 }}{% raw %}", "{{ 7 * 7 }}{% raw %}"),
    ("direction", "Budi\u202e\u2066txt.exe\u200b", "Buditxt.exe"),
    ("length", "Panjang" * 28, "Panjang" * 28),
]


@pytest.mark.parametrize(("nama", "tampil"), [j[1:] for j in JAHAT], ids=[j[0] for j in JAHAT])
def test_names_are_shown_harmlessly_wherever_they_stand(siti, nama, tampil):
    ada = isi_antrean(1)[0]
    tulis_nama(ada, nama)
    halaman = [
        siti.buka("/permohonan").text,
        siti.buka(f"/permohonan/{ada}").text,
        siti.kirim(f"/permohonan/{ada}/pratinjau", 200, ke="diperiksa").text,
    ]
    for isi in halaman:
        assert tampil in isi
        assert "<script>alert" not in isi
        assert '" onmouseover' not in isi
        assert "\u202e" not in isi
        assert "49" not in teks_polos(isi).partition(ada)[2][:40]


def test_what_is_searched_for_is_shown_harmlessly(siti):
    cari = '<img src=x onerror="alert(1)">\u202e'
    halaman = siti.kirim("/permohonan/cari", 200, cari=cari).text
    assert "<img" not in halaman
    assert "\u202e" not in halaman.partition("Tidak ada permohonan")[2]
    siti.kirim("/permohonan/cari", 422, cari="x" * 101)


def test_a_number_that_does_not_exist_is_said_to_be_missing(siti):
    assert "tidak ada" in siti.buka("/permohonan/KDJ-2611-9999", 404).text
    siti.buka("/permohonan/" + "x" * 300, 404)


# export


def unduh(peramban: Peramban, **isi) -> list[list[str]]:
    jawab = peramban.kirim("/permohonan/ekspor", 200, **isi)
    assert jawab.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'attachment; filename="permohonan-' in jawab.headers["content-disposition"]
    assert jawab.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(jawab.content.decode("utf-8-sig")), delimiter=";"))


def test_the_export_holds_what_the_filters_leave(siti, monkeypatch):
    from kelurahan.console.permohonan import ekspor

    monkeypatch.setattr(ekspor, "SEKALI", 2)
    semua = isi_antrean(5)
    jalankan(semua[1], "ditolak")
    baris = unduh(siti)
    assert baris[0][:5] == ["Nomor", "Masuk", "Layanan", "Jenis", "Nama"]
    assert [satu[0] for satu in baris[1:]] == [semua[0], *semua[2:]]
    assert baris[1][4:9] == ["Warga Aa", "03/05/1990", "001", "001", "Baru"]
    assert [satu[0] for satu in unduh(siti, status="ditolak")[1:]] == [semua[1]]
    assert [satu[0] for satu in unduh(siti, cari="ac")[1:]] == [semua[2]]
    assert len(unduh(siti, status="semua", rw="9")) == 1


def test_an_export_is_in_the_trail_without_names(siti):
    isi_antrean(2)
    unduh(siti, cari="Warga Aa", rw="1")
    with sesi(baca=True) as s:
        jejak = s.scalars(select(JejakAudit)).one()
    assert (jejak.oleh, jejak.tindakan, jejak.sasaran) == ("siti", "ekspor", "permohonan")
    assert json.loads(jejak.sesudah) == {
        "saringan": {"rw": "001"},
        "pencarian": True,
        "baris": 1,
    }


RUMUS = [
    ("=1+1", True),
    ("+62811", True),
    ("-2", True),
    ("@SUM(A1)", True),
    ("  =HYPERLINK(1)", True),
    ("\uff1d1", True),
    ("\t=1", True),
    ("\rx", True),
    ("Siti-Aminah", False),
    ("", False),
    ("O'Brien", False),
]


@pytest.mark.parametrize(("sel", "berbahaya"), RUMUS)
def test_cells_that_a_spreadsheet_would_run_are_defused(sel, berbahaya):
    assert jinak(sel) == (f"'{sel}" if berbahaya else sel)


def test_a_name_like_a_formula_arrives_as_text(siti):
    ada = isi_antrean(1)[0]
    tulis_nama(ada, '\u200b=cmd|" /C calc"!A0;x')
    assert unduh(siti)[1][4] == '\'=cmd|" /C calc"!A0;x'


def test_every_status_has_a_name_in_the_list():
    assert set(saringan.LABEL) == set(status.SEMUA)
    assert set(saringan.TERSISA) == status.TERBUKA
