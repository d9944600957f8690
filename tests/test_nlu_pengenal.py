"""Messages whose form alone says what they are."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message

from kelurahan.katalog import katalog
from kelurahan.nlu.label import sudah_jelas
from kelurahan.nlu.pengenal import PengenalPasti, kenali
from kelurahan.replies import info, layanan
from kelurahan.wilayah import kelurahan

KASUS = [
    ("#3", "pilih_nomor", {"layanan": "akta_lahir", "nomor_menu": "#3"}),
    (" 20 ", "pilih_nomor", {"layanan": "nikah"}),
    ("#tiga", "pilih_nomor", {"layanan": "akta_lahir"}),
    ("#21", "pilih_nomor", {"layanan": None, "nomor_menu": "#21"}),
    ("#", "pilih_nomor", {"layanan": None}),
    ("Kelurahan Kedung Jaya", "minta_menu", {}),
    ("lihat menu dong", "minta_menu", {}),
    ("kdj-2611-0042", "cek_status", {"nomor_permohonan": "KDJ-2611-0042"}),
    ("KDJ 2611 0042 sudah sampai mana?", "cek_status", {"nomor_permohonan": "KDJ-2611-0042"}),
    ("tolong batalkan KDJ-2611-0042", "batal", {"nomor_permohonan": "KDJ-2611-0042"}),
    ("Budi Santoso#3 mei 1990#003/005", "isi_permohonan", {"layanan": None}),
    ("Hj. Siti Aminah#3 mei 1960#3/5", "isi_permohonan", {"layanan": None}),
    ("H. Sulaeman Haji#3 mei 1990#3/5", "isi_permohonan", {"layanan": None}),
    (
        "mau bikin ktp, nama saya Budi, lahir 3 mei 1990, rt 3 rw 5",
        "isi_permohonan",
        {"layanan": "ktp"},
    ),
    ("eh salah, lahirnya 1991", "perbaiki_isian", {}),
    ("batal", "batal", {}),
    ("batalin aja min", "batal", {}),
    ("ga jadi", "batal", {}),
    ("Cancel!!", "batal", {}),
    ("hapus data saya", "data_pribadi", {"tindakan": "hapus"}),
    ("tolong hapus semua data saya ya pak", "data_pribadi", {"tindakan": "hapus"}),
    ("delete data saya", "data_pribadi", {"tindakan": "hapus"}),
    ("saya mau data saya dihapus", "data_pribadi", {"tindakan": "hapus"}),
]
BUKAN = [
    "*PENTING* ktp saya hilang",
    "mohon *segera* dikirim syaratnya",
    "anak saya 3",
    "kalau batal nikah gimana?",
    "ga jadi?",
    "batal nikah",
    "hapus nama anak dari KK",
    "hapus data saya dari kk",
    "data saya dihapus kapan",
    "sudah jadi",
    "ktp hilang",
    "menu makan siang",
    "",
    "   ",
]


@pytest.mark.parametrize(("teks", "intent", "entitas"), KASUS, ids=[k[0] for k in KASUS])
def test_the_form_of_a_message_settles_it(teks, intent, entitas):
    dikenali, isi = kenali(teks)
    assert dikenali == intent
    assert {k: isi.get(k) for k in entitas} == entitas


@pytest.mark.parametrize("teks", BUKAN)
def test_a_sentence_is_left_to_statistics(teks):
    pesan = Message.build(teks)
    PengenalPasti().process([pesan])
    assert not sudah_jelas(pesan)
    assert pesan.get("intent") is None


def test_a_recognised_message_is_certain_and_marked():
    pesan = Message.build("#3")
    PengenalPasti().process([pesan])
    assert sudah_jelas(pesan)
    assert pesan.get("intent") == {"name": "pilih_nomor", "confidence": 1.0}
    assert [(e["entity"], e["start"], e["end"]) for e in pesan.get("entities")] == [
        ("layanan", 0, 2),
        ("nomor_menu", 0, 2),
    ]


def test_an_internal_payload_is_not_read_as_words():
    pesan = Message.build('/pilih_nomor{"layanan":"ktp"}')
    PengenalPasti().process([pesan])
    assert pesan.get("intent") is None


def balasan_kami() -> list[str]:
    isi = katalog()
    return [
        layanan.menu(isi, kelurahan()).teks,
        *(layanan.syarat(satu).teks for satu in isi.layanan),
        *(layanan.jawab(intent, satu).teks for satu in isi.layanan for intent in layanan.JAWABAN),
        info.bantuan(kelurahan()).teks,
    ]


@pytest.mark.parametrize("teks", balasan_kami(), ids=lambda teks: teks.splitlines()[0])
def test_our_own_reply_sent_back_files_nothing_and_names_no_service(teks):
    """The requirements end with an example application: "Siti Aminah#3 Mei 1990#003/005"."""
    assert kenali(teks) == ("nlu_fallback", {"tindakan": "gema"})


def test_an_application_in_bold_is_still_an_application():
    assert kenali("*Budi Santoso#3 mei 1990#003/005*")[0] == "isi_permohonan"
