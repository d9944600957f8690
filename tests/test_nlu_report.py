"""The parts of `make nlu-report`: judging, calibration, comparison, and what is written."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from scripts.nlu import banding, gambar, nilai, report
from scripts.nlu.pesan import Uji


def uji(tujuan=("biaya",), layanan=("ktp",), teks="ktp bayar?") -> Uji:
    return Uji(teks, frozenset(layanan), tuple(tujuan), "biasa")


def jawab(intent="tanya_biaya", layanan="ktp", tawaran=("ktp",), ragu=False):
    peringkat = [{"name": intent, "confidence": 0.8}]
    if ragu:
        peringkat.insert(0, {"name": "nlu_fallback", "confidence": 0.45})
    entitas = [{"entity": "layanan", "value": layanan, "confidence_entity": 0.7}]
    return {
        "intent": peringkat[0],
        "intent_ranking": peringkat,
        "entities": entitas if layanan else [],
        "response_selector": {"layanan": [{"slug": s, "confidence": 0.2} for s in tawaran]},
    }


@pytest.mark.parametrize(
    ("ingin", "dapat", "hasil"),
    [
        (uji(), jawab(), "right"),
        (uji(), jawab(layanan="kk"), "half"),
        (uji(), jawab(intent="tanya_lama"), "half"),
        (uji(), jawab(intent="tanya_lama", layanan=None), "wrong"),
        (uji(["salam"], []), jawab(intent="salam", layanan=None), "right"),
        (uji(["salam"], []), jawab(intent="pamit", layanan=None), "wrong"),
        (uji(), jawab(ragu=True), "asks"),
        (uji(["luar_topik"], []), jawab(ragu=True, layanan=None), "right"),
        (uji(["luar_topik"], []), jawab(), "wrong"),
        (uji(["status"], ["ktp"]), jawab(intent="cek_status", layanan=None), "right"),
    ],
    ids=[
        *("both", "service wrong", "purpose wrong", "both wrong", "no service needed"),
        *("another purpose", "unsure", "unsure off topic", "sure off topic", "status"),
    ],
)
def test_a_message_ends_in_one_of_four_ways(ingin, dapat, hasil):
    assert nilai.nilai(ingin, dapat).hasil == hasil


def test_shares_and_refusals_are_counted():
    semua = [
        nilai.nilai(uji(), jawab()),
        nilai.nilai(uji(), jawab(intent="luar_topik", layanan=None)),
        nilai.nilai(uji(["luar_topik"], []), jawab(intent="luar_topik", layanan=None)),
        nilai.nilai(uji(["luar_topik"], []), jawab()),
    ]
    assert nilai.bagian(semua)["right"] == 50
    assert nilai.bagian(semua)["service"] == 50
    assert nilai.penolakan(semua) == {"refused": 50, "wrongly refused": 50}


def test_a_question_back_is_good_when_it_offers_a_right_service_among_three():
    semua = [
        nilai.nilai(uji(), jawab(ragu=True, tawaran=("kk", "sku", "ktp"))),
        nilai.nilai(uji(), jawab(ragu=True, tawaran=("kk", "sku", "nikah", "ktp"))),
        nilai.nilai(uji(["salam"], []), jawab(ragu=True)),
    ]
    assert nilai.tawaran_tepat(semua) == (1, 2)


def test_calibration_is_the_gap_between_confidence_and_being_right():
    assert gambar.galat_kalibrasi([0.75] * 4, [True, True, True, False]) == pytest.approx(0)
    assert gambar.galat_kalibrasi([0.95] * 4, [True, False, True, False]) == pytest.approx(0.45)
    assert gambar.keranjang([0.05, 1.0], [False, True]) == [(0.05, 0.0, 1), (1.0, 1.0, 1)]


def test_two_runs_are_compared_message_by_message():
    lama = [nilai.nilai(uji(teks=t), jawab()) for t in ("a", "b", "c", "lama")]
    baru = [
        nilai.nilai(uji(teks="a"), jawab()),
        nilai.nilai(uji(teks="b"), jawab(layanan="kk")),
        nilai.nilai(uji(teks="c"), jawab(ragu=True)),
        nilai.nilai(uji(teks="baru"), jawab()),
    ]
    hasil = banding.bandingkan(lama, baru)
    assert [b.teks for _, b in hasil.lebih_buruk] == ["b", "c"]
    assert (hasil.lebih_baik, hasil.sama, hasil.lain) == ([], 1, 2)
    kembali = banding.bandingkan(baru, lama)
    assert [b.teks for _, b in kembali.lebih_baik] == ["b", "c"]
    teks = banding.tulis(hasil)
    assert "0 better, 2 worse, 1 same, 2 in only one" in teks
    assert "right 100.0 to 33.3, asks 0.0 to 33.3, half 0.0 to 33.3" in teks
    assert "| b | biaya ktp | right: biaya ktp | half: biaya kk |" in teks


def test_runs_without_a_common_message_are_compared_without_figures():
    satu, lain = (nilai.nilai(uji(teks=t), jawab()) for t in "ab")
    hasil = banding.bandingkan([satu], [lain])
    assert "Per cent" not in banding.tulis(hasil)


def test_predictions_survive_their_file(tmp_path):
    semua = [nilai.nilai(uji(), jawab()), nilai.nilai(uji(["salam"], []), jawab(layanan=None))]
    nilai.simpan(semua, tmp_path / "prediksi.jsonl")
    assert nilai.muat(tmp_path / "prediksi.jsonl") == semua


def test_the_latest_report_of_another_model_is_found(tmp_path):
    for nama in ("20260101-000000-aaaa", "20260102-000000-bbbb", "20260103-000000-bbbb"):
        (tmp_path / nama).mkdir()
        (tmp_path / nama / "prediksi.jsonl").touch()
    assert report.sebelumnya(tmp_path, "bbbb").parent.name == "20260101-000000-aaaa"
    assert report.sebelumnya(tmp_path, "aaaa").parent.name == "20260103-000000-bbbb"
    assert report.sebelumnya(tmp_path / "kosong", "aaaa") is None


def test_a_model_from_other_data_is_another_model(tmp_path, monkeypatch):
    """Adding phrasings changes the data alone: that is what a maintainer wants compared."""
    monkeypatch.setattr(report, "FINGERPRINT", tmp_path / "kelurahan.json")
    tanda = set()
    for isi in ('{"code": "a", "data": "b"}', '{"code": "a", "data": "c"}'):
        report.FINGERPRINT.write_text(isi, encoding="utf-8")
        tanda.add(report.tanda_model())
    assert len(tanda) == 2


def test_rasa_gets_the_first_accepted_label(tmp_path):
    pesan = [
        uji(),
        uji(["status", "lama"], ["kk"], "kk saya\nsudah jadi?"),
        uji(["luar_topik"], [], "sim"),
    ]
    report.data_rasa(pesan, tmp_path / "pesan.yml")
    isi = YAML(typ="safe").load((tmp_path / "pesan.yml").read_text(encoding="utf-8"))
    assert {b["intent"]: b["examples"] for b in isi["nlu"]} == {
        "cek_status": "- kk saya sudah jadi?\n",
        "luar_topik": "- sim\n",
        "tanya_biaya/ktp": "- ktp bayar?\n",
    }


def test_the_summary_and_the_confusions_name_what_they_count(tmp_path):
    model = tmp_path / "model.tar.gz"
    model.write_bytes(b"x" * 1_500_000)
    semua = [
        nilai.nilai(uji(), jawab()),
        nilai.nilai(uji(teks="ktp berapa hari"), jawab(intent="tanya_lama")),
        nilai.nilai(uji(teks="kk bayar?"), jawab(layanan="kk")),
    ]
    teks = report.ringkasan(semua, [1.0, 2.0, 3.0], 100.0, model)
    assert "3 messages: right 33.3 %, asks back 0.0 %, half 66.7 %, wrong 0.0 %" in teks
    assert "model 1.5 MB; trained in 100 s" in teks
    rancu = report.kerancuan(semua)
    assert "## biaya taken for lama: 1" in rancu
    assert "## ktp taken for kk: 1" in rancu
    gambar.reliabilitas(
        tmp_path / "r.png", {"purpose": ([0.8, 0.8], [True, False]), "service": ([0.7], [True])}
    )
    assert (tmp_path / "r.png").stat().st_size > 5_000
