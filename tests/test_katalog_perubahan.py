"""Changes over the files: what they may touch, how they are laid over, when they are asked for."""

from __future__ import annotations

import logging
import time

import pytest

from kelurahan import katalog as modul
from kelurahan.berkas import Bagian
from kelurahan.katalog import katalog_berkas, sumber_perubahan
from kelurahan.katalog_layanan import baca_layanan, tulis_layanan
from kelurahan.katalog_perubahan import (
    gabung,
    nilai,
    periksa,
    selaraskan,
    selisih,
    tempat,
    yang_berlaku,
)

DASAR = katalog_berkas()
SLUGS = DASAR.slugs()


@pytest.mark.parametrize("slug", SLUGS)
def test_a_service_written_as_keys_reads_back_as_the_same(slug):
    salah: list[str] = []
    semula = DASAR.ambil(slug)
    dibaca = baca_layanan(Bagian("", tulis_layanan(semula), salah), slug, DASAR.kelompok)
    assert (dibaca, salah) == (semula, [])


@pytest.mark.parametrize("slug", SLUGS)
def test_the_values_of_the_file_are_no_change(slug):
    semula = DASAR.ambil(slug)
    assert selisih(semula, nilai(semula)) == {}
    hasil, salah = periksa(DASAR, slug, nilai(semula))
    assert (hasil, salah) == (semula, [])


def test_what_the_model_and_the_menu_depend_on_cannot_be_changed():
    for satu in DASAR.layanan:
        kunci = {bagian for jalur in tempat(satu) for bagian in jalur.split(".")}
        assert not kunci & {"slug", "nomor", "sebutan", "kelompok", "judul", "nama", "singkat"}
    semua = {x.slug: {"biaya": "Rp 1.", "sumber": [{"url": "https://a.id"}]} for x in DASAR.layanan}
    hasil = gabung(DASAR, semua)
    assert not hasil.ditolak
    assert hasil.katalog.sidik() == DASAR.sidik()
    assert {x.biaya for x in hasil.katalog.layanan} == {"Rp 1."}


UBAHAN = [
    ("biaya", "Rp 5.000.", lambda x: x.biaya),
    ("lama", "1 hari.", lambda x: x.lama),
    ("syarat", ["Surat baru"], lambda x: list(x.syarat)),
    ("varian.hilang.syarat", ["Surat lain"], lambda x: list(x.varian[1].syarat)),
    ("varian.hilang.catatan", ["Bawa saksi."], lambda x: list(x.varian[1].catatan)),
    ("alur", ["Datang", "Tunggu", "Pulang"], lambda x: list(x.alur)),
    ("catatan", [], lambda x: list(x.catatan)),
    ("pengantar.pesan", "Tidak perlu.", lambda x: x.pengantar.pesan),
    ("sumber", [{"url": "https://a.id", "ket": "loket"}], lambda x: [vars(s) for s in x.sumber]),
    ("diperiksa", "2026-11-25", lambda x: x.diperiksa.isoformat()),
    ("keyakinan", "rendah", lambda x: x.keyakinan),
]


@pytest.mark.parametrize(("satu", "baru", "baca"), UBAHAN, ids=[u[0] for u in UBAHAN])
def test_each_place_can_be_changed_and_the_rest_stays(satu, baru, baca):
    hasil = gabung(DASAR, {"ktp": {satu: baru}})
    ktp = hasil.katalog.ambil("ktp")
    assert hasil.ditolak == {}
    assert baca(ktp) == baru
    assert selisih(DASAR.ambil("ktp"), nilai(ktp)) == {satu: baru}
    assert [x for x in hasil.katalog.layanan if x.slug != "ktp"] == [
        x for x in DASAR.layanan if x.slug != "ktp"
    ]


TAK_COCOK = [
    ("a variant that is gone", {"varian.dicuri.syarat": ["x"]}, "varian.dicuri.syarat", True),
    ("a key of the menu", {"judul": "KTP baru"}, "judul", True),
    ("the words of the model", {"sebutan": ["x"]}, "sebutan", True),
    ("a fee of the wrong kind", {"biaya": 5000}, "biaya", False),
    ("a fee too long", {"biaya": "x" * 300}, "biaya", False),
    ("no step at all", {"alur": "Datang"}, "alur", False),
    ("a service number that is gone", {"catatan": ["Ketik #99"]}, "", False),
    (
        "an address that is none",
        {"sumber": [{"url": "javascript:alert(1)"}]},
        "sumber[1].url",
        False,
    ),
    ("a date that is none", {"diperiksa": "kemarin"}, "diperiksa", False),
    ("a date of the wrong kind", {"diperiksa": [1]}, "diperiksa", False),
]


@pytest.mark.parametrize(
    ("ubah", "kunci", "sisanya"), [t[1:] for t in TAK_COCOK], ids=[t[0] for t in TAK_COCOK]
)
def test_what_does_not_fit_is_left_out_and_named(ubah, kunci, sisanya):
    hasil = gabung(DASAR, {"ktp": {"lama": "2 hari.", **ubah}, "sku": {"lama": "3 hari."}})
    assert [x.kunci for x in hasil.ditolak.pop("ktp")] == [kunci]
    assert not hasil.ditolak
    ktp = hasil.katalog.ambil("ktp")
    assert (ktp.lama == "2 hari.") is sisanya
    assert ktp.biaya == DASAR.ambil("ktp").biaya
    assert hasil.katalog.ambil("sku").lama == "3 hari."


def test_a_change_of_a_service_that_is_gone_is_left_out():
    hasil = gabung(DASAR, {"surat_hilang": {"biaya": "x"}})
    assert hasil.katalog == DASAR
    assert list(hasil.ditolak) == ["surat_hilang"]


def test_of_a_change_only_holds_what_the_file_does_not_say_itself():
    biaya = DASAR.ambil("ktp").biaya
    ubah = {"biaya": biaya, "lama": "2 hari.", "varian.dicuri.syarat": ["x"]}
    assert yang_berlaku(DASAR, "ktp", ubah) == {"lama": "2 hari."}


SELARAS = [
    ("others elsewhere", {}, {"biaya": "a"}, {"lama": "b"}, {"biaya": "a", "lama": "b"}, []),
    ("the same twice", {}, {"biaya": "a"}, {"biaya": "a"}, {"biaya": "a"}, []),
    ("both differently", {}, {"biaya": "a"}, {"biaya": "b"}, {"biaya": "a"}, ["biaya"]),
    ("untouched here", {"biaya": "a"}, {"biaya": "a"}, {"biaya": "b"}, {"biaya": "b"}, []),
    ("back to the file here", {"biaya": "a"}, {}, {"biaya": "a", "lama": "b"}, {"lama": "b"}, []),
    ("back to the file there", {"biaya": "a"}, {"biaya": "a", "lama": "b"}, {}, {"lama": "b"}, []),
    ("back here, changed there", {"biaya": "a"}, {}, {"biaya": "b"}, {}, ["biaya"]),
    (
        "the later date of checking holds",
        {},
        {"diperiksa": "2026-11-24"},
        {"diperiksa": "2026-11-25"},
        {"diperiksa": "2026-11-25"},
        [],
    ),
]


@pytest.mark.parametrize(
    ("asal", "milik", "kini", "hasil", "bentrok"),
    [s[1:] for s in SELARAS],
    ids=[s[0] for s in SELARAS],
)
def test_two_changes_of_the_same_version_are_brought_together(asal, milik, kini, hasil, bentrok):
    assert selaraskan(asal, milik, kini) == (hasil, bentrok)


class Sumber:
    """A source of changes in memory, as the store is one: counts how often it is asked."""

    def __init__(self) -> None:
        self.versi, self.isi, self.ditanya, self.rusak = 0, {}, 0, False

    def ubah(self, **isi: dict) -> None:
        self.versi, self.isi = self.versi + 1, isi

    def __call__(self, diketahui: object):
        self.ditanya += 1
        if self.rusak:
            raise ConnectionError("Siti 08123456789")
        return None if diketahui == self.versi else (self.versi, self.isi)


class Jam:
    """The monotonic clock."""

    def __init__(self, monkeypatch) -> None:
        self.kini = time.monotonic()
        monkeypatch.setattr(modul.time, "monotonic", lambda: self.kini)


@pytest.fixture
def sumber() -> Sumber:
    satu = Sumber()
    sumber_perubahan(satu)
    return satu


def biaya() -> str:
    return modul.katalog().ambil("ktp").biaya


def test_without_a_source_the_catalogue_is_the_files():
    assert modul.katalog() is katalog_berkas()
    assert modul.gabungan().ditolak == {}


def test_the_source_is_asked_once_a_second_and_a_change_shows_then(sumber, monkeypatch):
    jam = Jam(monkeypatch)
    sumber.ubah(ktp={"biaya": "Rp 1."})
    assert [biaya() for _ in range(100)] == ["Rp 1."] * 100
    sumber.ubah(ktp={"biaya": "Rp 2."})
    jam.kini += 0.9
    assert (biaya(), sumber.ditanya) == ("Rp 1.", 1)
    jam.kini += 0.2
    assert (biaya(), sumber.ditanya) == ("Rp 2.", 2)


def test_without_news_the_same_catalogue_is_given_again(sumber, monkeypatch):
    jam = Jam(monkeypatch)
    sumber.ubah(ktp={"biaya": "Rp 1."})
    semula = modul.katalog()
    jam.kini += 2
    assert modul.katalog() is semula
    assert sumber.ditanya == 2


def test_ones_own_change_shows_at_once(sumber, monkeypatch):
    Jam(monkeypatch)
    biaya()
    sumber.ubah(ktp={"biaya": "Rp 3."})
    modul.segarkan()
    assert biaya() == "Rp 3."


def test_naming_the_same_source_again_forgets_nothing(sumber, monkeypatch):
    Jam(monkeypatch)
    biaya()
    sumber_perubahan(sumber)
    biaya()
    assert sumber.ditanya == 1


def test_when_the_source_fails_the_last_catalogue_stays_and_is_logged_once(
    sumber, monkeypatch, caplog
):
    jam = Jam(monkeypatch)
    sumber.ubah(ktp={"biaya": "Rp 1."})
    assert biaya() == "Rp 1."
    sumber.rusak = True
    for _ in range(10):
        jam.kini += 2
        assert biaya() == "Rp 1."
    assert sumber.ditanya < 6  # a database that hangs is not asked every second
    assert [r.getMessage() for r in caplog.records] == [
        "catalogue changes unreadable (ConnectionError); the last known stay"
    ]
    sumber.rusak = False
    sumber.ubah(ktp={"biaya": "Rp 2."})
    jam.kini += 6
    assert biaya() == "Rp 2."


def test_a_source_that_fails_from_the_start_leaves_the_files(sumber):
    sumber.rusak = True
    assert modul.katalog() == katalog_berkas()


def test_content_that_cannot_be_read_leaves_the_last_catalogue(sumber, monkeypatch):
    jam = Jam(monkeypatch)
    sumber.ubah(ktp={"biaya": "Rp 1."})
    assert biaya() == "Rp 1."
    sumber.ubah(ktp=["not", "a", "change"])
    jam.kini += 2
    assert biaya() == "Rp 1."


def test_what_does_not_fit_is_logged_once_and_kept_for_the_console(sumber, monkeypatch, caplog):
    caplog.set_level(logging.WARNING)
    jam = Jam(monkeypatch)
    sumber.ubah(ktp={"varian.dicuri.syarat": ["x"], "biaya": "Rp 1."})
    for _ in range(5):
        assert biaya() == "Rp 1."
        jam.kini += 2
    pesan = [r.getMessage() for r in caplog.records]
    assert pesan == ["catalogue change of ktp ignored: varian.dicuri.syarat: no such place"]
    assert [x.kode for x in modul.gabungan().ditolak["ktp"]] == ["tempat_hilang"]
