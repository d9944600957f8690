"""The trained components on a small training set: learn, store, load, judge, ask back."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.training.fingerprinting import calculate_fingerprint_key
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from kelurahan import katalog as modul_katalog
from kelurahan.nlu import normal
from kelurahan.nlu.bertingkat import SUHU, ModelBertingkat, ingat, kata_umum, suhu_terbaik
from kelurahan.nlu.label import PELUANG_LAYANAN, TUJUAN_LAYANAN
from kelurahan.nlu.layanan import PemilihLayanan
from kelurahan.nlu.linear import Pandangan, _pengubah
from kelurahan.nlu.pengenal import PengenalPasti
from kelurahan.nlu.ragu import PenimbangRagu
from kelurahan.nlu.salah_ketik import berulang
from kelurahan.nlu.sebutan import baca, pencari, sepasang
from kelurahan.nlu.tokenizer import IndonesianTokenizer
from kelurahan.nlu.tujuan import KlasifikasiTujuan, bentuk, bukan_luar

TANYA = {
    "tanya_syarat": [
        "syarat {}",
        "{} syaratnya apa saja",
        "berkas buat {} apa",
        "mau bikin {} bawa apa",
    ],
    "tanya_biaya": ["biaya {}", "{} bayar berapa", "{} gratis atau bayar"],
}
NAMA = {
    "ktp": ["ktp", "ktp hilang", "kartu tanda penduduk"],
    "kk": ["kk", "kartu keluarga", "pisah kk"],
    "akta_lahir": ["akta lahir", "akte kelahiran anak", "akta bayi"],
}
UMUM = {
    "salam": ["halo", "selamat pagi", "assalamualaikum"],
    "luar_topik": ["resep rendang", "harga emas hari ini", "perpanjang sim c"],
    "tanya_biaya": ["biayanya?", "bayar berapa", "gratis?"],
    "tanya_syarat": ["syaratnya?", "bawa apa saja", "kalau hilang?"],
}


def contoh():
    for tujuan, pola in TANYA.items():
        for slug, nama in NAMA.items():
            for p in pola:
                for n in nama:
                    yield p.format(n), tujuan, slug
    for tujuan, kalimat in UMUM.items():
        for k in kalimat:
            yield k, tujuan, None


def pesan_latih(teks, tujuan, slug):
    isi = {"text": teks, "intent": tujuan}
    return Message(data={**isi, "intent_response_key": f"{tujuan}/{slug}"} if slug else isi)


def latih(kelas, folder, data):
    folder.mkdir()
    simpanan, tempat = LocalModelStorage.create(folder), Resource("uji")
    konteks = ExecutionContext(GraphSchema({}), node_name="uji")
    config = kelas.get_default_config()
    kelas.create(config, simpanan, tempat, konteks).train(training_data=data)
    return kelas.load(config, simpanan, tempat, konteks)


@pytest.fixture(scope="module")
def jalur(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nlu")
    data = TrainingData([pesan_latih(*c) for c in contoh()])
    komponen = [
        IndonesianTokenizer(IndonesianTokenizer.get_default_config()),
        PengenalPasti(),
        latih(KlasifikasiTujuan, folder / "tujuan", data),
        PemilihLayanan(PemilihLayanan.get_default_config()),
        PenimbangRagu(PenimbangRagu.get_default_config()),
    ]

    def urai(teks):
        pesan = [Message.build(teks)]
        for k in komponen:
            pesan = k.process(pesan)
        return pesan[0]

    return urai


def layanan(pesan):
    return [e["value"] for e in pesan.get("entities") or [] if e["entity"] == "layanan"]


@pytest.mark.parametrize(
    ("teks", "tujuan", "slug"),
    [
        ("ktp bayar berapa", "tanya_biaya", ["ktp"]),
        ("berkas buat pisah kk apa", "tanya_syarat", ["kk"]),
        ("syarat ktp sama kk", "tanya_syarat", ["ktp", "kk"]),
        ("syarat akta lahir bawa ktp", "tanya_syarat", ["akta_lahir"]),
        ("biayanya?", "tanya_biaya", []),
        ("kalau hilang?", "tanya_syarat", []),
        ("selamat pagi", "salam", []),
        ("resep rendang", "luar_topik", []),
    ],
)
def test_purpose_and_services_of_a_message(jalur, teks, tujuan, slug):
    pesan = jalur(teks)
    dugaan = [i["name"] for i in pesan.get("intent_ranking") if i["name"] != "nlu_fallback"]
    assert dugaan[0] == tujuan
    assert layanan(pesan) == slug


@pytest.mark.parametrize(
    ("peringkat", "tujuan"),
    [
        ([("luar_topik", 0.7), ("tanya_syarat", 0.2), ("salam", 0.1)], "tanya_syarat"),
        ([("luar_topik", 0.95), ("tanya_syarat", 0.05)], "luar_topik"),
        ([("luar_topik", 0.7), ("salam", 0.3)], "luar_topik"),
        ([("salam", 0.7), ("luar_topik", 0.3)], "salam"),
        ([("luar_topik", 1.0)], "luar_topik"),
    ],
    ids=["a purpose that fits", "it is far off", "it does not fit", "not out of scope", "alone"],
)
def test_a_named_and_certain_service_is_not_out_of_scope(peringkat, tujuan):
    urut = [{"name": n, "confidence": c} for n, c in peringkat]
    hasil = bukan_luar(urut, kedua=0.1)
    assert hasil[0]["name"] == tujuan
    assert sum(p["confidence"] for p in hasil) == pytest.approx(1.0)
    assert {p["name"] for p in hasil} == {n for n, _ in peringkat}


def test_a_short_message_means_what_it_was_taught_to_mean(jalur):
    for teks, tujuan, slug in contoh():
        pesan = jalur(teks.upper() + " !!")
        assert pesan.get("intent")["name"] == tujuan, teks
        assert pesan.get("intent")["confidence"] >= 0.9
        assert layanan(pesan) == ([slug] if slug else [])


def test_what_is_taught_both_ways_is_not_remembered():
    satu = [bentuk("boleh difoto saja?", t) for t in ("tanya_syarat", "minta_bantuan")]
    assert ingat([*satu, bentuk("buka jam berapa", "tanya_jam")]) == {
        "buka jam berapa": ("tanya_jam", "-")
    }


@pytest.mark.parametrize(
    ("teks", "tujuan", "slug"),
    [
        ("ktp saya belum jadi", "cek_status", "ktp"),
        ("kk dan ktp saya belum jadi", "cek_status", None),
        ("berkas saya belum jadi", "sampaikan_keluhan", "-"),
        (
            "suami sudah sebulan pergi selamanya dan suratnya masih saja belum ada",
            "cek_status",
            None,
        ),
        ("ktp ketinggalan di angkot", "luar_topik", "-"),
        ("biayanya?", "tanya_biaya", "-"),
    ],
    ids=[
        "it names one",
        "it names two",
        "short, names none",
        "long, implies one",
        "not our work",
        "a follow-up",
    ],
)
def test_what_a_message_without_a_service_label_teaches_about_services(teks, tujuan, slug):
    assert bentuk(teks, tujuan).layanan == slug


@pytest.mark.parametrize(
    ("peluang", "disebut", "terpilih"),
    [(0.4, {"ktp"}, ["ktp"]), (0.4, set(), []), (0.8, set(), ["ktp"]), (0.8, {"kk"}, ["ktp"])],
    ids=["named", "hardly implied", "implied", "another is named"],
)
def test_status_and_complaints_take_an_implied_service_only_when_it_is_clear(
    peluang, disebut, terpilih
):
    pemilih = PemilihLayanan(PemilihLayanan.get_default_config())
    bagi = {"ktp": peluang, "kk": 0.1, "-": 0.9 - peluang}
    assert pemilih.pilih("cek_status", None, bagi, frozenset(disebut)) == terpilih


def test_words_of_follow_ups_are_no_subject():
    pesan = [bentuk(t, "tanya_biaya") for t in ("bayar berapa", "bayar berapa ya", "bayar?")]
    umum = kata_umum([*pesan, bentuk("harga emas", "luar_topik")])
    assert "bayar" in umum
    assert "berapa" not in umum
    assert "emas" not in umum


def test_the_selection_has_an_entry_per_purpose_and_ranks_services(jalur):
    pilihan = jalur("ktp bayar berapa").get("response_selector")
    assert pilihan["all_retrieval_intents"] == sorted(TUJUAN_LAYANAN)
    for kunci, label in [
        ("default", "tanya_biaya/ktp"),
        ("tanya_biaya", "tanya_biaya/ktp"),
        ("tanya_syarat", "tanya_syarat/ktp"),
    ]:
        assert pilihan[kunci]["response"]["intent_response_key"] == label
        assert pilihan[kunci]["response"]["utter_action"] == f"utter_{label}"
    assert pilihan["layanan"][0]["slug"] == "ktp"
    urut = [s["confidence"] for s in pilihan["layanan"]]
    assert urut == sorted(urut, reverse=True)


def test_without_a_service_the_selection_is_the_bare_purpose(jalur):
    pilihan = jalur("biayanya?").get("response_selector")
    assert pilihan["default"]["response"]["utter_action"] == "utter_tanya_biaya"


def test_what_a_recogniser_settled_is_not_overwritten(jalur):
    pesan = jalur("#1")
    assert pesan.get("intent") == {"name": "pilih_nomor", "confidence": 1.0}
    assert layanan(pesan) == ["ktp"]
    assert pesan.get("response_selector") is None


@pytest.mark.parametrize("teks", ["", "   ", "😀😀", "дом купить", "5" * 400, "???", "z"], ids=repr)
def test_nothing_to_understand_asks_back_and_names_no_service(jalur, teks):
    pesan = jalur(teks)
    assert pesan.get("intent")["name"] == "nlu_fallback"
    assert layanan(pesan) == []


def test_without_stored_weights_the_bot_asks_back_instead_of_failing(tmp_path):
    konteks = ExecutionContext(GraphSchema({}), node_name="uji")
    simpanan, pesan = LocalModelStorage.create(tmp_path), [Message.build("syarat ktp")]
    config = KlasifikasiTujuan.get_default_config()
    pesan = KlasifikasiTujuan.load(config, simpanan, Resource("kosong"), konteks).process(pesan)
    pesan = PemilihLayanan(PemilihLayanan.get_default_config()).process(pesan)
    (satu,) = PenimbangRagu(PenimbangRagu.get_default_config()).process(pesan)
    assert satu.get("intent")["name"] == "nlu_fallback"


@pytest.mark.parametrize(
    ("peringkat", "tanpa", "entitas", "ragu"),
    [
        ([("tanya_biaya", 0.9), ("salam", 0.05)], 0.1, ["ktp"], False),
        ([("tanya_biaya", 0.9), ("salam", 0.05)], 0.95, [], False),
        ([("tanya_biaya", 0.3), ("salam", 0.05)], 0.1, ["ktp"], True),
        ([("tanya_biaya", 0.5), ("tanya_lama", 0.4)], 0.1, ["ktp"], True),
        ([("tanya_alur", 0.45), ("tanya_syarat", 0.4), ("salam", 0.15)], 0.1, ["ktp"], False),
        ([("tanya_alur", 0.45), ("tanya_syarat", 0.4), ("salam", 0.15)], 0.9, [], True),
        ([("tanya_alur", 0.42), ("luar_topik", 0.41), ("tanya_syarat", 0.08)], 0.1, ["ktp"], True),
        ([("salam", 0.9), ("tanya_biaya", 0.05)], 0.1, [], False),
        ([("tanya_biaya", 0.9), ("salam", 0.05)], 0.8, ["kk"], True),
        ([("tanya_biaya", 0.9), ("salam", 0.05)], 0.1, ["kk", "ktp"], False),
        ([("pilih_nomor", 0.99)], 1.0, [], True),
        ([], 1.0, [], True),
    ],
    ids=[
        "sure of both",
        "a follow-up",
        "purpose too weak",
        "two purposes too close",
        "two purposes that answer the same need",
        "the same without a service",
        "both together too close to another",
        "no service needed",
        "a service too weak among the services",
        "two services by name",
        "a number only guessed at",
        "no intent at all",
    ],
)
def test_when_the_bot_asks_back(peringkat, tanpa, entitas, ragu):
    pesan = Message.build("x")
    pesan.set("intent_ranking", [{"name": n, "confidence": c} for n, c in peringkat])
    pesan.set("entities", [{"entity": "layanan", "value": e} for e in entitas])
    pesan.set(PELUANG_LAYANAN, {"-": tanpa, "ktp": 1 - tanpa})
    PenimbangRagu(PenimbangRagu.get_default_config()).process([pesan])
    assert ((pesan.get("intent") or {}).get("name") == "nlu_fallback") is ragu
    if ragu:  # rasa test takes the fallback off to see the guess below it
        assert pesan.get("intent_ranking")[1:] == [
            {"name": n, "confidence": c} for n, c in peringkat
        ]


@pytest.mark.parametrize(
    ("teks", "pasangan"),
    [
        ("syarat ktp sama kk apa aja", ("ktp", "kk")),
        ("bikin sku dan skdu", ("sku", "skdu")),
        ("bawa ktp sama kk", None),
        ("ktp sama ktp anak", None),
        ("syarat akta lahir apa perlu ktp ortu", None),
    ],
)
def test_two_services_are_a_pair_only_side_by_side(teks, pasangan):
    kata = normal.kata(teks)
    assert sepasang(kata, pencari().cari(kata)) == pasangan


@pytest.mark.parametrize(
    ("teks", "tersisa"),
    [
        ("bukan KTP, tapi KK yang rusak", ["kk"]),
        ("sktm bukan sktt ya", ["sktm"]),
        ("surat kelahiran eh maaf surat kematian", ["kematian"]),
        ("ga usah KK nya, cukup akta lahir dulu", ["akta_lahir"]),
        ("ini bukan ktp", ["ktp"]),
        ("ktp sama kk", ["ktp", "kk"]),
        ("ktp hilang, kk masih ada", ["ktp", "kk"]),
    ],
)
def test_a_service_that_the_message_takes_back_is_dropped(teks, tersisa):
    daftar, ditemukan = baca(teks)
    assert [s.slug for s in ditemukan] == tersisa
    for s in ditemukan:  # places fit the words that are left
        assert pencari().cari(daftar[s.awal : s.akhir])[0].slug == s.slug


def test_typing_slips_are_the_same_for_the_same_seed_and_leave_short_words_alone():
    teks = ["syarat bikin kartu keluarga baru apa saja", "kk 3/5"]
    assert berulang(teks) == berulang(teks)
    assert berulang(teks)[0] != teks[0]
    assert berulang(teks)[1] == "kk 3/5"


def test_a_stored_model_judges_as_before(tmp_path):
    pesan = [bentuk(*c) for c in contoh()] * 6  # enough for the second step
    model = ModelBertingkat.latih(pesan, pesan, c=0.7)
    assert model.bobot is not None
    model.simpan(tmp_path)
    lagi = ModelBertingkat.muat(tmp_path)
    assert lagi.ingatan == model.ingatan
    assert lagi.umum == model.umum
    assert lagi.suhu == model.suhu
    for teks in ("ktp saya hilang di pasar", "biaya kartu keluarga berapa pak", "rendang enak"):
        semula, kini = (m.duga(bentuk(teks)) for m in (model, lagi))
        assert kini.tujuan == pytest.approx(semula.tujuan, abs=0.01)
        assert kini.layanan == pytest.approx(semula.layanan, abs=0.01)


def test_margins_become_probabilities_at_the_temperature_that_fits_them():
    pesan = [bentuk("x y z", "tanya_biaya", "ktp")] * 100
    tajam = np.tile(np.array([[0.5, -0.5]], dtype=np.float32), (100, 1))
    assert suhu_terbaik(pesan, tajam, ["ktp", "kk"]) == min(SUHU)
    separuh = tajam * np.where(np.arange(100)[:, None] % 2, 1, -1)
    assert suhu_terbaik(pesan, separuh, ["ktp", "kk"]) == max(SUHU)


def test_fast_features_equal_those_trained_on():
    teks = ["biaya ktp ktp ktp", "syarat kk", "akta lahir anak"]
    for huruf, panjang in ((True, (2, 5)), (False, (1, 2))):
        pengubah = _pengubah(huruf, panjang)
        resmi = pengubah.fit_transform(teks).toarray()
        milik = Pandangan(huruf, panjang, pengubah.vocabulary_, pengubah.idf_)
        for n, t in enumerate(teks):
            tempat, nilai = milik.ciri(t)
            baris = np.zeros(resmi.shape[1])
            baris[tempat] = nilai
            assert np.allclose(baris, resmi[n], atol=1e-5)


@pytest.mark.parametrize("kelas", [KlasifikasiTujuan, IndonesianTokenizer])
def test_a_changed_catalogue_or_slang_table_retrains(kelas, monkeypatch, tmp_path):
    def sidik():
        return calculate_fingerprint_key(kelas, kelas.get_default_config(), {})

    semula, isi = sidik(), modul_katalog.katalog()
    assert sidik() == semula
    baru = dataclasses.replace(isi.layanan[0], sebutan=(*isi.layanan[0].sebutan, "kartu baru"))
    lain = dataclasses.replace(isi, layanan=(baru, *isi.layanan[1:]))
    with monkeypatch.context() as m:
        m.setattr(modul_katalog, "katalog", lambda: lain)
        assert sidik() != semula
    # a dearer fee or another requirement is no reason to train again
    mahal = dataclasses.replace(isi.layanan[0], biaya="Rp 1", syarat=("x",))
    with monkeypatch.context() as m:
        m.setattr(
            modul_katalog,
            "katalog",
            lambda: dataclasses.replace(isi, layanan=(mahal, *isi.layanan[1:])),
        )
        assert sidik() == semula


def test_tokens_know_their_place_and_their_plain_spelling():
    pesan = Message.build("gmn  bikin katepe?")
    IndonesianTokenizer(IndonesianTokenizer.get_default_config()).process([pesan])
    token = pesan.get("text_tokens")
    assert [(t.text, t.start, t.lemma) for t in token] == [
        ("gmn", 0, "bagaimana"),
        ("bikin", 5, "bikin"),
        ("katepe", 11, "ktp"),
        ("?", 17, "?"),
    ]
