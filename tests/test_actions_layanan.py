"""Menu, numbers, questions about services and the office, small talk, and asking back."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from pelacak import Warga

from actions.info import AksiInfo, AksiKeluhan, AksiLuarTopik, AksiPetugas, AksiRtRw
from actions.layanan import AksiJawabLayanan, AksiMenu, AksiPilihNomor
from actions.obrolan import AksiBasaBasi, AksiKlarifikasi, AksiSalam
from kelurahan.katalog import katalog
from kelurahan.store import waktu

pytestmark = pytest.mark.usefixtures("basis_data")


# menu and numbers


def test_the_menu_holds_every_service_and_its_groups_as_a_list():
    jawab = Warga().tulis("menu", "minta_menu").jalankan(AksiMenu())
    assert jawab.jenis == "menu"
    assert all(f"#{satu.nomor} {satu.judul}" in jawab.teks for satu in katalog().layanan)
    assert jawab.pilihan == [satu.judul for satu in katalog().kelompok]
    assert jawab.pesan[0]["daftar"]


@pytest.mark.parametrize("kelompok", katalog().kelompok, ids=lambda k: k.kunci)
def test_a_group_lists_its_services_to_tap(kelompok):
    warga = Warga().tulis("/minta_menu{}", "minta_menu", kelompok=kelompok.kunci)
    pesan = warga.jalankan(AksiMenu()).pesan[0]
    isi = katalog().per_kelompok(kelompok.kunci)
    assert [satu["payload"] for satu in pesan["buttons"]] == [
        f'/tanya_syarat{{"layanan": "{satu.slug}"}}' for satu in isi
    ]


def test_an_unknown_group_gives_the_whole_menu():
    jawab = Warga().tulis("x", "minta_menu", kelompok="hapusan").jalankan(AksiMenu())
    assert "#20" in jawab.teks


@pytest.mark.parametrize("layanan", katalog().layanan, ids=lambda s: s.slug)
def test_a_number_gives_the_requirements_and_offers_to_apply(layanan):
    warga = Warga().tulis(f"#{layanan.nomor}", "pilih_nomor", layanan.slug)
    jawab = warga.jalankan(AksiPilihNomor())
    assert jawab.jenis == "syarat"
    assert jawab.pesan[0]["layanan"] == jawab.slots["layanan"] == layanan.slug
    assert jawab.slots["pertanyaan"] == "ajukan"


@pytest.mark.parametrize("mentah", ["#25", "#0", "#", "#-1", "#99999999999999999999"])
def test_a_number_that_does_not_exist_is_told_with_the_range(mentah):
    jawab = Warga().tulis(mentah, "pilih_nomor", nomor_menu=mentah).jalankan(AksiPilihNomor())
    assert jawab.jenis == "klarifikasi"
    assert all(satu in jawab.teks for satu in ("*#1*", "*#20*", "*menu*"))
    assert "layanan" not in jawab.slots


# questions


@pytest.mark.parametrize(
    ("intent", "jenis"),
    [
        ("tanya_syarat", "syarat"),
        ("tanya_biaya", "biaya"),
        ("tanya_lama", "lama"),
        ("tanya_alur", "alur"),
    ],
)
def test_a_question_is_answered_for_the_service_in_context(intent, jenis):
    jawab = Warga(slots={"layanan": "sktm"}).tulis("?", intent).jalankan(AksiJawabLayanan())
    assert (jawab.jenis, jawab.pesan[0]["layanan"]) == (jenis, "sktm")


def test_the_service_named_now_comes_before_the_one_in_context():
    jawab = Warga(slots={"layanan": "sktm"}).tulis("biaya kk", "tanya_biaya", "kk")
    assert jawab.jalankan(AksiJawabLayanan()).slots["layanan"] == "kk"


def test_a_variant_named_gets_its_own_requirements():
    jawab = Warga(slots={"layanan": "ktp"}).tulis("kalau hilang?", "tanya_syarat")
    teks = jawab.jalankan(AksiJawabLayanan()).teks
    assert "kehilangan" in teks
    assert "sidik jari" not in teks


@pytest.mark.parametrize("layanan", katalog().layanan, ids=lambda s: s.slug)
def test_a_tapped_row_is_no_variant_whatever_the_slug_is_called(layanan):
    pesan = f'/tanya_syarat{{"layanan": "{layanan.slug}"}}'
    ketuk = Warga().tulis(pesan, "tanya_syarat", layanan.slug).jalankan(AksiJawabLayanan())
    tulis = Warga().tulis(f"#{layanan.nomor}", "pilih_nomor", layanan.slug)
    assert ketuk.teks == tulis.jalankan(AksiPilihNomor()).teks


def test_two_services_are_both_answered():
    jawab = Warga().tulis("biaya ktp dan kk", "tanya_biaya", "ktp", "kk")
    teks = jawab.jalankan(AksiJawabLayanan()).teks
    assert "e-KTP" in teks
    assert "KK" in teks
    assert "*#1*" in teks


@pytest.mark.parametrize(
    ("intent", "teks", "jenis"),
    [
        ("tanya_syarat", "ktp", "biaya"),
        ("tanya_lama", "lamanya ktp", "lama"),
    ],
    ids=["a bare name keeps the purpose", "another purpose wins"],
)
def test_after_asking_which_service_the_purpose_is_remembered(intent, teks, jenis):
    warga = Warga().tulis("biayanya?", "tanya_biaya").bot("pilih_layanan")
    assert warga.tulis(teks, intent, "ktp").jalankan(AksiJawabLayanan()).jenis == jenis


def test_a_menu_number_always_gives_the_requirements_which_hold_the_fee():
    warga = Warga().tulis("biayanya?", "tanya_biaya").bot("pilih_layanan")
    jawab = warga.tulis("#3", "pilih_nomor", "akta_lahir").jalankan(AksiPilihNomor())
    assert jawab.jenis == "syarat"
    assert katalog().ambil("akta_lahir").biaya in jawab.teks


def test_the_purpose_is_forgotten_once_something_else_was_said():
    warga = Warga().tulis("biayanya?", "tanya_biaya").bot("pilih_layanan")
    warga.tulis("makasih", "terima_kasih").jalankan(AksiBasaBasi())
    assert warga.tulis("ktp", "tanya_syarat", "ktp").jalankan(AksiJawabLayanan()).jenis == "syarat"


def test_a_service_that_left_the_catalogue_is_asked_for_again():
    jawab = Warga(slots={"layanan": "surat_hilang"}).tulis("biaya?", "tanya_biaya")
    assert jawab.jalankan(AksiJawabLayanan()).jenis == "klarifikasi"


# in a form

SELA = [
    (AksiInfo, "tanya_jam"),
    (AksiRtRw, "tanya_rt_rw"),
    (AksiPetugas, "minta_petugas"),
    (AksiKeluhan, "sampaikan_keluhan"),
    (AksiLuarTopik, "luar_topik"),
    (AksiBasaBasi, "terima_kasih"),
    (AksiSalam, "salam"),
    (AksiMenu, "minta_menu"),
    (AksiJawabLayanan, "tanya_biaya"),
]


@pytest.mark.parametrize(("aksi", "intent"), SELA, ids=[i for _, i in SELA])
@pytest.mark.parametrize(
    ("diminta", "kata"),
    [("nama", "*nama lengkap*"), ("tanggal_lahir", "*tanggal lahir*"), ("rt_rw", "*RT/RW*")],
)
def test_every_answer_in_a_form_ends_with_the_field_it_waits_for(aksi, intent, diminta, kata):
    warga = Warga().formulir(diminta, "sku").tulis("x", intent)
    akhir = warga.jalankan(aksi()).teks.split("\n\n")[-1]
    assert "Melanjutkan permohonan" in akhir
    assert "SKU" in akhir
    assert kata in akhir


def test_the_reminder_knows_which_half_is_missing():
    warga = Warga().formulir("rt_rw", "sku", draf={"rt": "003"}).tulis("jam?", "tanya_jam")
    warga.slots["draf"] = {"layanan": "sku", "rt": "003"}
    assert "*RW* berapa" in warga.jalankan(AksiInfo()).teks


@pytest.mark.parametrize(("aksi", "intent"), SELA, ids=[i for _, i in SELA])
def test_outside_a_form_nothing_is_reminded(aksi, intent):
    jawab = Warga(slots={"layanan": "sku"}).tulis("x", intent).jalankan(aksi())
    assert "Melanjutkan" not in jawab.teks


def test_a_question_about_another_service_does_not_change_what_is_applied_for():
    warga = Warga().formulir("nama", "sku").tulis("biaya kk?", "tanya_biaya", "kk")
    jawab = warga.jalankan(AksiJawabLayanan())
    assert "Kartu Keluarga" in jawab.teks
    assert "SKU" in jawab.teks.split("\n\n")[-1]
    assert "draf" not in jawab.slots


# the office


@pytest.mark.parametrize(
    ("intent", "kata"),
    [
        ("tanya_jam", "08.00"),
        ("tanya_lokasi", "Singasari"),
        ("tanya_kontak", "@"),
        ("tanya_bot", "robot"),
        ("minta_bantuan", "*batal*"),
    ],
)
def test_questions_about_the_office_have_their_own_answer(intent, kata):
    assert kata in Warga().tulis("?", intent).jalankan(AksiInfo()).teks


@pytest.mark.parametrize(
    ("jam_utc", "keadaan"),
    [
        (datetime(2026, 11, 24, 3, tzinfo=timezone.utc), "buka"),
        (datetime(2026, 11, 22, 3), "tutup"),
    ],
    ids=["Tuesday 10.00 WIB", "Sunday 10.00 WIB"],
)
def test_asking_for_a_human_says_whether_the_office_is_open(monkeypatch, jam_utc, keadaan):
    monkeypatch.setattr(waktu, "sekarang", lambda: jam_utc.replace(tzinfo=timezone.utc))
    jawab = Warga().tulis("petugas", "minta_petugas").jalankan(AksiPetugas())
    assert f"Kantor sedang {keadaan}" in jawab.teks


@pytest.mark.parametrize(
    ("teks", "kata"),
    [
        ("ada RW berapa saja", "RW 012"),
        ("RT apa saja di RW 5?", "RW 005 terdiri dari RT 001 sampai RT 006"),
        ("rw 05 ketuanya siapa", "RW 005 terdiri"),
        ("di RW 77 ada berapa RT", "RW 077 tidak ada"),
    ],
)
def test_the_directory_is_shown_and_marked_as_a_sample(teks, kata):
    jawab = Warga().tulis(teks, "tanya_rt_rw").jalankan(AksiRtRw())
    assert kata in jawab.teks
    assert "masih contoh" in jawab.teks


def test_a_complaint_about_our_service_goes_to_a_human_with_the_public_channel():
    jawab = Warga().tulis("pelayanan lambat sekali", "sampaikan_keluhan").jalankan(AksiKeluhan())
    assert jawab.jenis == "petugas"
    assert "SiBadra" in jawab.teks


def test_another_matter_is_sent_to_its_office():
    jawab = Warga().tulis("perpanjang sim c", "luar_topik").jalankan(AksiLuarTopik())
    assert jawab.jenis == "luar_topik"
    assert "polres" in jawab.teks.lower()


# small talk and asking back


@pytest.mark.parametrize(
    ("teks", "sapaan"),
    [("Assalamu'alaikum", "Waalaikumsalam"), ("asalamualaikum wr wb", "Waal"), ("pagi", "Halo")],
)
def test_a_greeting_is_returned_with_the_menu(teks, sapaan):
    jawab = Warga().tulis(teks, "salam").jalankan(AksiSalam())
    assert jawab.jenis == "menu"
    assert jawab.teks.startswith(sapaan)


PERINGKAT = (("ktp", 0.4), ("kk", 0.3), ("sku", 0.1), ("sktm", 0.09), ("haji", 0.01))


def test_not_sure_offers_the_three_likeliest_services_and_a_human():
    jawab = Warga().tulis("ngurus surat", peringkat=PERINGKAT).jalankan(AksiKlarifikasi())
    assert jawab.jenis == "klarifikasi"
    tiga = [katalog().ambil(slug) for slug, _ in PERINGKAT[:3]]
    assert jawab.pilihan == [*(f"#{s.nomor} {s.judul}" for s in tiga), "Petugas"]


def test_a_service_that_left_the_catalogue_is_not_offered():
    jawab = Warga().tulis("ngurus surat", peringkat=(("surat_hilang", 0.4), ("ktp", 0.2)))
    assert jawab.jalankan(AksiKlarifikasi()).pilihan == ["#1 e-KTP", "Petugas"]


@pytest.mark.parametrize("peringkat", [(), (("ktp", 0.05), ("kk", 0.04))], ids=["none", "low"])
def test_when_no_service_is_likely_none_is_offered(peringkat):
    jawab = Warga().tulis("ngurus surat", peringkat=peringkat).jalankan(AksiKlarifikasi())
    assert jawab.pilihan == ["Lihat menu", "Petugas"]


def test_nothing_likely_offers_menu_and_human():
    jawab = Warga().tulis("asdf qwer").jalankan(AksiKlarifikasi())
    assert jawab.pilihan == ["Lihat menu", "Petugas"]


def test_the_choices_carry_the_likeliest_purpose():
    warga = Warga().tulis("berapa ya surat", peringkat=PERINGKAT[:2])
    warga.pesan["intent_ranking"] = [{"name": "nlu_fallback"}, {"name": "tanya_biaya"}]
    tombol = warga.jalankan(AksiKlarifikasi()).pesan[0]["buttons"]
    assert tombol[0]["payload"] == '/tanya_biaya{"layanan": "ktp"}'


def test_a_clear_service_with_an_unclear_question_asks_for_the_question():
    jawab = Warga().tulis("ktp zzz", peringkat=(("ktp", 0.9),)).jalankan(AksiKlarifikasi())
    assert jawab.pilihan == ["Syarat", "Alur", "Ajukan"]
    assert jawab.pesan[0]["layanan"] == "ktp"


@pytest.mark.parametrize(
    ("teks", "slot", "yakin", "jenis"),
    [
        ("brp hr ya", "kk", 0.4, "lama"),
        ("brp hr ya", None, 0.4, "klarifikasi"),
        ("brp hr ya", "kk", 0.1, "klarifikasi"),
        ("kalau yang itu kira kira brp hr ya pak", "kk", 0.4, "klarifikasi"),
    ],
    ids=["in context", "no context", "hardly sure", "a long sentence"],
)
def test_a_short_half_understood_question_is_answered_for_the_service_in_context(
    teks, slot, yakin, jenis
):
    warga = Warga(slots={"layanan": slot}).tulis(teks)
    warga.pesan["intent_ranking"].append({"name": "tanya_lama", "confidence": yakin})
    assert warga.jalankan(AksiKlarifikasi()).jenis == jenis


def test_inside_a_form_the_unread_answer_is_quoted_with_what_is_expected():
    warga = Warga().formulir("tanggal_lahir", "sku").tulis("bulan depan " * 20)
    jawab = warga.jalankan(AksiKlarifikasi())
    assert jawab.jenis == "isian_salah"
    assert "…”" in jawab.teks
    assert all(satu in jawab.teks for satu in ("*tanggal lahir*", "*batal*", "*petugas*"))
