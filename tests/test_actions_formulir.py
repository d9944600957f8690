"""The application form as an action: reading, keeping, asking again, stepping aside, filing."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest
from pelacak import Warga

from actions.formulir import AksiAjukan, ValidasiFormPermohonan
from actions.layanan import AksiPilihNomor
from kelurahan import permohonan
from kelurahan.replies.formulir import PRIVASI_AWAL
from kelurahan.store import direktori, sesi, waktu
from kelurahan.wilayah import Direktori

pytestmark = pytest.mark.usefixtures("basis_data")

LAHIR = "1990-05-03"
LENGKAP = {"nama": "Siti Aminah", "tanggal_lahir": LAHIR, "rt_rw": "003/005"}


@pytest.fixture(autouse=True)
def jam(monkeypatch):
    """It is 24 November 2026, 10.00 WIB."""
    saat = datetime(2026, 11, 24, 3, 0, tzinfo=timezone.utc)
    monkeypatch.setattr(waktu, "sekarang", lambda: saat)


def validasi(warga: Warga):
    return warga.jalankan(ValidasiFormPermohonan())


def menunggu(diminta: str, teks: str, intent: str = "nlu_fallback", layanan="sku", **slots):
    """A form for `layanan` that waits for `diminta` and gets this message."""
    warga = Warga().formulir(diminta, layanan, **slots)
    return validasi(warga.tulis(teks, intent))


# starting


@pytest.mark.parametrize(
    ("teks", "intent", "layanan", "diminta", "berisi"),
    [
        ("ajukan ktp", "ajukan_permohonan", ["ktp"], "nama", ["e-KTP", "*nama lengkap*"]),
        ("mau ngajuin", "ajukan_permohonan", [], "layanan", ["*layanan yang mana*", "*menu*"]),
        ("Siti#3 mei 1990#3/5", "isi_permohonan", [], "layanan", ["Siti", "3 Mei 1990", "003"]),
        ("Siti#3 mei 1990#3/5", "isi_permohonan", ["sku"], None, []),
        ("ajukan sku Siti#3 mei 1990#3/5", "ajukan_permohonan", ["sku"], None, []),
        ("nama saya Siti, rt 3 rw 5", "isi_permohonan", ["sku"], "tanggal_lahir", ["Siti"]),
        ("saya ketua RT 03 RW 05 mau bantu", "ajukan_permohonan", ["sktm"], "nama", ["nama"]),
        ("", "setuju", ["sku"], "nama", ["nama lengkap"]),
    ],
    ids=[
        "service named",
        "no service",
        "whole line without service",
        "whole line",
        "whole line beside a wish",
        "two fields of three",
        "an officer introducing himself",
        "yes to the offer",
    ],
)
def test_the_form_starts_with_what_the_message_gives(teks, intent, layanan, diminta, berisi):
    jawab = validasi(Warga().tulis(teks, intent, *layanan))
    assert jawab.slots["requested_slot"] == diminta
    assert all(satu in jawab.teks for satu in berisi)
    assert jawab.jenis == {None: None, "layanan": "pilih_layanan"}.get(diminta, "minta_isian")


def test_the_first_question_tells_how_to_stop_and_how_to_send_all_at_once():
    jawab = validasi(Warga().tulis("ajukan", "ajukan_permohonan", "sku"))
    assert "*batal*" in jawab.teks
    assert "*nama#tanggal lahir#RT/RW*" in jawab.teks


def test_the_first_question_says_what_the_answers_are_for():
    """Before the first personal data (ASVS 8.3.3), and not again with every field."""
    jawab = validasi(Warga().tulis("ajukan", "ajukan_permohonan", "sku"))
    assert jawab.teks.endswith(PRIVASI_AWAL)
    assert PRIVASI_AWAL not in menunggu("nama", "Suparman").teks


# one field after another

BENAR = [
    ("nama", "Hj. Siti Nur'aini, S.Pd.", "nama", "Hj. Siti Nur'aini, S.Pd.", "tanggal_lahir"),
    ("nama", "Suparman", "nama", "Suparman", "tanggal_lahir"),
    ("tanggal_lahir", "25011987", "tanggal_lahir", "1987-01-25", "nama"),
    ("tanggal_lahir", "17-Agt-90", "tanggal_lahir", "1990-08-17", "nama"),
    ("rt_rw", "rt03/rw05", "rt_rw", "003/005", "nama"),
    ("rt_rw", "RT 3 RW 5", "rt_rw", "003/005", "nama"),
]


@pytest.mark.parametrize(("diminta", "teks", "slot", "nilai", "berikut"), BENAR)
def test_a_right_answer_is_kept_and_the_next_field_asked(diminta, teks, slot, nilai, berikut):
    jawab = menunggu(diminta, teks)
    assert jawab.slots[slot] == nilai
    assert jawab.slots["requested_slot"] == berikut
    assert jawab.jenis == "minta_isian"


SALAH = [
    ("nama", "123456", ["123456", "Nama", "Siti Aminah"]),
    ("nama", "<b>Robert</b>", ["Nama", "Siti Aminah"]),
    ("tanggal_lahir", "30-02-1980", ["30-02-1980", "Tanggal lahir"]),
    ("tanggal_lahir", "1 januari 2099", ["2099"]),
    ("tanggal_lahir", "umur 30 tahun", ["umur"]),
    ("rt_rw", "3", ["RT", "003/005"]),
    ("rt_rw", "RT 9 RW 5", ["RT 009", "RW 005", "sampai RT 006"]),
    ("rt_rw", "RT 1 RW 77", ["RW 077", "sampai RW 012"]),
    ("rt_rw", "RW 77", ["RW 077", "sampai RW 012"]),
]


@pytest.mark.parametrize(("diminta", "teks", "berisi"), SALAH)
def test_a_wrong_answer_is_named_with_value_reason_and_example(diminta, teks, berisi):
    jawab = menunggu(diminta, teks)
    assert jawab.jenis == "isian_salah"
    assert jawab.slots[diminta] is None
    assert all(satu in jawab.teks for satu in [*berisi, "Contoh:"])


def test_only_the_wrong_field_is_asked_again_and_the_good_ones_are_kept():
    jawab = validasi(Warga().tulis("Asep#30-02-1980#3/5", "isi_permohonan", "keramaian"))
    assert jawab.slots["nama"] == "Asep"
    assert jawab.slots["rt_rw"] == "003/005"
    assert jawab.slots["requested_slot"] == "tanggal_lahir"
    assert "Nama: Asep" in jawab.teks
    assert "RT 003 / RW 005" in jawab.teks


def test_a_new_wrong_value_does_not_leave_the_older_right_one_standing():
    jawab = menunggu("rt_rw", "lahirnya 31-02-1990", "perbaiki_isian", **{**LENGKAP, "rt_rw": None})
    assert jawab.slots["tanggal_lahir"] is None
    assert jawab.slots["nama"] == "Siti Aminah"


def test_half_of_rt_rw_is_kept_until_the_other_half_comes():
    warga = Warga().formulir("rt_rw", "sku", **{**LENGKAP, "rt_rw": None})
    pertama = validasi(warga.tulis("RT 3"))
    assert "RT 003 sudah saya catat" in pertama.teks
    assert "*RW* berapa" in pertama.teks
    kedua = validasi(warga.tulis("5", "pilih_nomor", "sku"))  # service 5, had nobody asked
    assert kedua.slots["rt_rw"] == "003/005"
    assert kedua.jenis is None


def test_half_of_rt_rw_given_before_it_is_asked_for_is_acknowledged():
    warga = Warga().formulir("tanggal_lahir", "sku", nama="Siti")
    assert "RW 005" in validasi(warga.tulis("rw 5", "isi_permohonan")).teks
    assert "RW 005 sudah saya catat" in validasi(warga.tulis("3 mei 1990", "isi_permohonan")).teks


def test_half_a_date_is_kept_until_the_other_half_comes():
    warga = Warga().formulir("tanggal_lahir", "sku", nama="Deden")
    assert validasi(warga.tulis("mei 1988")).jenis == "isian_salah"
    assert validasi(warga.tulis("tanggal 9")).slots["tanggal_lahir"] == "1988-05-09"


@pytest.mark.parametrize(
    ("teks", "slot", "nilai"),
    [
        ("eh salah, lahirnya 1991", "tanggal_lahir", "1991-05-03"),
        ("nama saya bukan Siti tapi Sinta", "nama", "Sinta"),
        ("namanya Sinta Aminah", "nama", "Sinta Aminah"),
    ],
)
def test_a_field_can_be_corrected_before_the_form_is_complete(teks, slot, nilai):
    jawab = menunggu("rt_rw", teks, "perbaiki_isian", **{**LENGKAP, "rt_rw": None})
    assert jawab.slots[slot] == nilai
    assert jawab.slots["requested_slot"] == "rt_rw"
    assert jawab.jenis == "minta_isian"


def test_a_message_with_everything_completes_the_form_without_a_word():
    jawab = menunggu("nama", "rt 1 rw 2\nNurul Hidayah\n17-Agt-98", "isi_permohonan")
    assert jawab.slots["requested_slot"] is None
    assert jawab.jenis is None, "action_ajukan speaks next"


# the directory


def test_the_sample_directory_is_marked_where_it_is_named(basis_data):
    for teks in ("RT 9 RW 5", "RT 1 RW 77"):
        assert "masih contoh" in menunggu("rt_rw", teks).teks
        tanpa_layanan = validasi(Warga().tulis(f"Siti#3 mei 1990#{teks}", "isi_permohonan"))
        assert "masih contoh" in tanpa_layanan.teks
        assert "*#1*" in tanpa_layanan.teks


def test_a_real_directory_is_not_called_a_sample(basis_data):
    with sesi() as s:
        direktori.ganti(s, Direktori(frozenset({("001", "001"), ("002", "001")}), contoh=False))
    jawab = menunggu("rt_rw", "RT 9 RW 1")
    assert "contoh, belum data resmi" not in jawab.teks
    assert "RT 001 sampai RT 002" in jawab.teks


# the age of a service


def test_a_birth_date_too_young_for_the_service_is_explained_and_not_kept():
    jawab = validasi(Warga().tulis("Rangga#2-2-2015#3/5", "isi_permohonan", "ktp"))
    assert jawab.jenis == "isian_salah"
    assert "11 tahun" in jawab.teks
    assert "*sudah menikah*" in jawab.teks
    assert jawab.slots["tanggal_lahir"] is None
    assert jawab.slots["rt_rw"] == "003/005"


def test_the_same_birth_date_is_right_for_a_service_without_an_age():
    jawab = validasi(Warga().tulis("Rangga#2-2-2015#3/5", "isi_permohonan", "akta_lahir"))
    assert jawab.slots["tanggal_lahir"] == "2015-02-02"


@pytest.mark.parametrize(
    "lahir", ["24-11-2009", "25-11-2009"], ids=["17 today", "17 only tomorrow"]
)
def test_the_seventeenth_birthday_counts(lahir):
    jawab = validasi(Warga().tulis(f"Rangga#{lahir}#3/5", "isi_permohonan", "ktp"))
    assert (jawab.jenis is None) == lahir.startswith("24")


MUDA = {"draf": {"muda": "2012-02-02"}, "nama": "Lina", "rt_rw": "003/005"}


@pytest.mark.parametrize(
    "teks", ["dia sudah menikah pak", "udah nikah", "sudah pernah kawin", "sudah kok", "iya, sudah"]
)
def test_somebody_married_may_be_younger(teks):
    jawab = menunggu("tanggal_lahir", teks, layanan="ktp", **MUDA)
    assert jawab.slots["tanggal_lahir"] == "2012-02-02"
    assert jawab.slots["requested_slot"] is None


@pytest.mark.parametrize(
    "teks", ["apa harus sudah menikah?", "kalau sudah nikah gimana", "belum menikah"]
)
def test_asking_about_marriage_is_not_being_married(teks):
    assert menunggu("tanggal_lahir", teks, layanan="ktp", **MUDA).events == []


def test_a_corrected_birth_date_is_not_undone_by_a_later_yes():
    slots = {**LENGKAP, "rt_rw": None, "draf": {"muda": "2012-02-02"}}
    assert menunggu("rt_rw", "sudah", layanan="ktp", **slots).events == []


# what is not for the form


@pytest.mark.parametrize("diminta", ["nama", "tanggal_lahir", "rt_rw"])
@pytest.mark.parametrize(
    ("teks", "intent"),
    [
        ("menu", "minta_menu"),
        ("batal", "batal"),
        ("status", "cek_status"),
        ("petugas", "minta_petugas"),
        ("hapus data saya", "data_pribadi"),
        ("#3", "pilih_nomor"),
        ("#25", "pilih_nomor"),
        ("kantornya buka jam berapa?", "tanya_jam"),
        ("biayanya berapa?", "tanya_biaya"),
        ("makasih", "terima_kasih"),
        ("ya", "setuju"),
        ("/setuju", "setuju"),
        ('/tanya_syarat{"layanan":"ktp"}', "tanya_syarat"),
    ],
)
def test_the_form_steps_aside_for_what_is_no_answer(diminta, teks, intent):
    jawab = menunggu(diminta, teks, intent)
    assert jawab.events == [], "only without events Rasa lets the rule of the intent answer"
    assert jawab.jenis is None


def test_returning_from_an_interruption_says_nothing():
    warga = Warga().formulir("nama", "sku").tulis("jam buka?", "tanya_jam").bot("info")
    jawab = validasi(warga)
    assert (jawab.jenis, jawab.events) == (None, [])


@pytest.mark.parametrize(
    ("teks", "intent", "layanan"),
    [
        ("#7", "pilih_nomor", "sktm"),
        ("7", "pilih_nomor", "sktm"),
        ("sktm", "tanya_syarat", "sktm"),
        ("sktm pak", "nlu_fallback", "sktm"),
        ("ajukan sktm", "ajukan_permohonan", "sktm"),
        ('/ajukan_permohonan{"layanan": "sktm"}', "ajukan_permohonan", "sktm"),
    ],
)
def test_the_service_asked_for_is_taken_by_number_or_name(teks, intent, layanan):
    warga = Warga().formulir("layanan", **LENGKAP).tulis(teks, intent, layanan)
    jawab = validasi(warga)
    assert jawab.slots["draf"] == {"layanan": layanan}
    assert jawab.slots["layanan"] == layanan
    assert jawab.slots["requested_slot"] is None


@pytest.mark.parametrize(
    ("teks", "intent"),
    [("bikin visa", "nlu_fallback"), ("#25", "pilih_nomor"), ("biayanya berapa", "tanya_biaya")],
)
def test_an_unknown_service_leaves_the_question_open(teks, intent):
    warga = Warga().formulir("layanan", **LENGKAP).tulis(teks, intent)
    assert validasi(warga).events == []


@pytest.mark.parametrize(
    ("teks", "intent", "jenis"),
    [
        ("berapa biaya sktm?", "tanya_biaya", "biaya"),
        ("syarat sktm apa saja", "tanya_syarat", "syarat"),
    ],
)
def test_a_question_about_a_service_is_answered_before_one_is_chosen(teks, intent, jenis):
    warga = Warga().formulir("layanan", **LENGKAP).tulis(teks, intent, "sktm")
    jawab = validasi(warga)
    assert jawab.jenis == jenis
    assert "*#7*" in jawab.teks
    assert jawab.slots["requested_slot"] == "layanan"


def test_data_still_counts_while_the_service_is_missing():
    warga = Warga().formulir("layanan", nama="Siti").tulis("3 mei 1990", "isi_permohonan")
    jawab = validasi(warga)
    assert jawab.slots["tanggal_lahir"] == LAHIR
    assert jawab.jenis == "pilih_layanan"


def test_applying_for_another_service_midway_goes_on_with_that_one():
    warga = Warga().formulir("tanggal_lahir", "sku", nama="Siti")
    jawab = validasi(warga.tulis("ajukan kk saja", "ajukan_permohonan", "kk"))
    assert jawab.slots["draf"] == {"layanan": "kk"}
    assert jawab.slots["layanan"] == "kk", "a follow-up question is about the new service"
    assert jawab.slots["requested_slot"] == "tanggal_lahir"


def test_the_number_of_another_service_ends_the_form_and_keeps_what_was_typed():
    warga = Warga().formulir("tanggal_lahir", "sku", nama="Siti").tulis("#2", "pilih_nomor", "kk")
    jawab = warga.jalankan(AksiPilihNomor())
    assert jawab.selesai
    assert jawab.slots["layanan"] == "kk"
    assert "Nama: Siti" in jawab.teks
    assert validasi(warga.tulis("ajukan", "ajukan_permohonan")).slots["nama"] == "Siti"


def test_half_of_a_field_survives_the_change_of_service_too():
    draf = {"rt": "003", "sebagian": {"bulan": 5, "tahun": 1988}, "muda": "2012-02-02"}
    warga = Warga().formulir("rt_rw", "sku", draf=draf).tulis("#2", "pilih_nomor", "kk")
    jawab = warga.jalankan(AksiPilihNomor())
    assert jawab.slots["draf"] == {"rt": "003", "sebagian": {"bulan": 5, "tahun": 1988}}


def test_the_number_of_the_same_service_leaves_the_form_waiting():
    warga = Warga().formulir("tanggal_lahir", "sku", nama="Siti").tulis("#5", "pilih_nomor", "sku")
    jawab = warga.jalankan(AksiPilihNomor())
    assert not jawab.selesai
    assert jawab.slots["pertanyaan"] is None, "'ya' must not open the form a second time"
    assert jawab.teks.count("Melanjutkan permohonan") == 1


# filing


def siap(pengirim: str = "warga-a", pesan_id: str = "p1", layanan: str = "sku", **beda) -> Warga:
    warga = Warga(pengirim).formulir("rt_rw", layanan, **{**LENGKAP, **beda})
    warga.aktif = False
    return warga.tulis("3/5", "isi_permohonan", pesan_id=pesan_id)


def test_filing_tells_number_service_and_whom_to_see_first():
    jawab = siap().jalankan(AksiAjukan())
    satu = permohonan.terakhir("warga-a")
    assert jawab.jenis == "permohonan_tercatat"
    assert jawab.pesan[0]["nomor"] == satu.nomor
    assert (satu.nama, satu.tanggal_lahir, satu.rt, satu.rw) == (
        "Siti Aminah",
        date(1990, 5, 3),
        "003",
        "005",
    )
    for berisi in (satu.nomor, "Usaha", "RT 003", "RW 005", f"*status {satu.nomor}*", "contoh"):
        assert berisi in jawab.teks


def test_filing_empties_the_form_and_keeps_the_service_in_context():
    jawab = siap().jalankan(AksiAjukan())
    assert jawab.selesai
    assert all(jawab.slots[s] is None for s in ("nama", "tanggal_lahir", "rt_rw", "draf"))
    assert jawab.slots["layanan"] == "sku"


def test_the_same_message_filed_twice_is_one_application():
    pertama, kedua = siap().jalankan(AksiAjukan()), siap().jalankan(AksiAjukan())
    assert len(permohonan.daftar("warga-a")) == 1
    assert kedua.pesan[0]["nomor"] == pertama.pesan[0]["nomor"]
    # a turn that was cut off runs again: nobody has read the first answer, notice and all
    assert kedua.teks == pertama.teks


def test_the_same_application_in_another_message_is_said_to_stand_already():
    pertama, kedua = (siap(pesan_id=p).jalankan(AksiAjukan()) for p in ("p1", "p2"))
    assert len(permohonan.daftar("warga-a")) == 1
    assert kedua.pesan[0]["nomor"] == pertama.pesan[0]["nomor"]
    assert "sebelumnya" in kedua.teks


def test_another_person_right_after_is_another_application():
    siap().jalankan(AksiAjukan())
    siap(pesan_id="p2", nama="Darman").jalankan(AksiAjukan())
    assert len(permohonan.daftar("warga-a")) == 2


def test_the_privacy_notice_comes_once():
    pertama = siap(pesan_id="p1").jalankan(AksiAjukan())
    kedua = siap(pesan_id="p2", nama="Darman").jalankan(AksiAjukan())
    assert "*hapus data saya*" in pertama.teks
    assert "UU 27/2022" in pertama.teks
    assert "hapus data saya" not in kedua.teks


def test_an_application_that_is_not_complete_is_never_filed():
    jawab = siap(tanggal_lahir=None).jalankan(AksiAjukan())
    assert jawab.jenis == "info"
    assert permohonan.daftar("warga-a") == []
