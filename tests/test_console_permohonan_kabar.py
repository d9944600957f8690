"""What residents are told about their application: by officers' decisions, and when they ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from pelacak import Warga
from test_replies import (
    LAIN,
    SEMUA,
    TAK_DIKETAHUI,
    Isian,
    Langkah,
    bisa_diketik,
    janggal,
    satuan,
)

from actions.permohonan import AksiCekStatus
from kelurahan import permohonan
from kelurahan.katalog import katalog
from kelurahan.permohonan import Data
from kelurahan.replies import kabar
from kelurahan.replies import permohonan as balasan
from kelurahan.store import status
from kelurahan.store.waktu import wib
from kelurahan.whatsapp import templates
from kelurahan.wilayah import kelurahan

CATATAN = "Fotokopi KK belum ada.\nFoto tempat usaha kurang jelas."
BERCATATAN = ("perlu_dilengkapi", "ditolak", "dibatalkan")
BISA = [s for s in status.SEMUA if s != status.BARU]


def semua_kabar(kantor=LAIN):
    """Every message of every service, with and without a note."""
    for satu in SEMUA:
        for ke in BISA:
            for kunci in (None, *(v.kunci for v in satu.varian)):
                isi = Isian(layanan=satu.slug, varian=kunci)
                catatan = ["", CATATAN] if ke not in BERCATATAN else [CATATAN]
                for c in catatan:
                    yield ke, kabar.status(isi, ke, satu, kantor, c)
        ralat = [kabar.Perubahan("Nama", "Siti", "Siti Aminah")]
        yield "koreksi", kabar.koreksi(Isian(), satu, ralat, "sesuai KK")


def test_every_status_an_officer_can_set_has_a_message():
    assert set(kabar.JUDUL) == set(kabar.LANJUT) == set(kabar.SINGKAT) == set(BISA)


@pytest.mark.parametrize("kantor", [LAIN, TAK_DIKETAHUI], ids=["known office", "little known"])
def test_messages_are_tidy_and_say_what_can_be_done_next(kantor):
    for ke, isi in semua_kabar(kantor):
        assert janggal(isi.teks) == [], (ke, isi.teks)
        assert bisa_diketik(isi.teks), isi.teks
        assert "balas" in isi.teks.lower(), isi.teks
        assert satuan(isi.teks) < 2500
        assert janggal(isi.singkat) == [], isi.singkat
        assert satuan(isi.singkat) <= kabar.MUAT == templates.PARAMETER
        assert not isi.singkat.endswith(".")


def test_what_is_not_known_of_the_office_is_not_invented():
    isi = kabar.status(Isian(), "siap_diambil", SEMUA[0], TAK_DIKETAHUI)
    for kata in ("Jam", "WIB", "Jl."):
        assert kata not in isi.teks + isi.singkat
    assert TAK_DIKETAHUI.nama in isi.teks
    assert "KTP asli" in isi.singkat


def test_a_message_tells_for_whom_because_one_number_may_apply_for_many():
    isi = kabar.status(Isian(nama="Budi Santoso"), "diproses", SEMUA[0], LAIN)
    assert "Atas nama: Budi Santoso" in isi.teks
    assert "Budi" not in isi.singkat, "templates stand in Meta's books"


@pytest.mark.parametrize("ke", BERCATATAN)
def test_the_note_stands_in_the_text_and_in_the_template(ke):
    isi = kabar.status(Isian(), ke, SEMUA[0], LAIN, CATATAN)
    assert CATATAN in isi.teks
    assert "Fotokopi KK belum ada. Foto tempat usaha kurang jelas" in isi.singkat


def test_what_must_be_completed_can_be_answered_with_a_photo_or_words():
    isi = kabar.status(Isian(), "perlu_dilengkapi", SEMUA[0], LAIN, CATATAN)
    assert all(f"*{kata}*" in isi.teks for kata in ("foto", "tulisan", "petugas"))


def test_a_long_note_leaves_a_whole_template_that_says_how_to_read_on():
    for ke in BISA:
        isi = kabar.status(Isian(), ke, SEMUA[0], kelurahan(), "Panjang sekali. " * 30)
        assert satuan(isi.singkat) <= kabar.MUAT
        assert isi.singkat.endswith("… Lengkapnya: ketik status")
        templates.status_permohonan("KDJ-2611-0001", "e-KTP", isi.singkat)


def test_a_service_that_is_no_longer_offered_is_not_named():
    isi = kabar.status(Isian(), "siap_diambil", None, LAIN)
    assert "Layanan" not in isi.teks


def test_the_words_a_message_needs_are_those_of_the_resident_in_the_case_chosen():
    ktp = katalog().ambil("ktp")
    rusak, hilang, belum = (
        kabar.pengambilan(LAIN, ktp, kunci) for kunci in ("rusak", "hilang", None)
    )
    assert "KTP yang rusak (diserahkan)" in rusak
    assert "KTP lama atau rusak diserahkan" in hilang
    assert belum == hilang


# when the resident asks


@pytest.mark.parametrize("ke", BISA)
def test_the_status_answer_tells_the_last_note_and_where_to_fetch(ke):
    langkah = (Langkah("diperiksa", "Catatan lama"), Langkah(ke, CATATAN))
    isi = balasan.status(Isian(status=ke, riwayat=langkah), katalog(), wib, LAIN).teks
    assert CATATAN in isi
    assert "Catatan lama" not in isi
    assert ("Ambil di:" in isi) is (ke == "siap_diambil")
    assert janggal(isi) == []


def test_a_status_without_a_note_says_nothing_of_one():
    langkah = (Langkah("perlu_dilengkapi", CATATAN), Langkah("diproses", None))
    isi = Isian(status="diproses", riwayat=langkah)
    teks = balasan.status(isi, katalog(), wib, LAIN).teks
    assert "Catatan" not in teks
    baru = replace(isi, status="baru", riwayat=(Langkah("baru", None),))
    assert "Catatan" not in balasan.status(baru, katalog(), wib, LAIN).teks


def test_the_bot_answers_with_what_the_officer_wrote(basis_data):
    data = Data("sku", "Siti Aminah", date(1990, 5, 3), "003", "005")
    nomor = permohonan.ajukan("warga-a", "p1", data).permohonan.nomor
    permohonan.ubah_status(nomor, "perlu_dilengkapi", "siti", CATATAN)
    bertanya = Warga().tulis(f"status {nomor}", "cek_status", nomor_permohonan=nomor)
    jawab = bertanya.jalankan(AksiCekStatus())
    assert f"*Yang perlu dilengkapi:*\n{CATATAN}" in jawab.teks
    for ke in ("diproses", "siap_diambil"):
        permohonan.ubah_status(nomor, ke, "siti")
    jawab = Warga().tulis("status", "cek_status").jalankan(AksiCekStatus())
    assert kelurahan().alamat in jawab.teks
    assert "KTP asli" in jawab.teks
