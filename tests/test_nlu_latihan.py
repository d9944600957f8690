"""What makes training fast changes nothing of what is learned."""

from __future__ import annotations

import copy
import gc
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.utils.io import deep_container_fingerprint

from kelurahan.nlu import bertingkat
from kelurahan.nlu.bertingkat import CUKUP, ModelBertingkat
from kelurahan.nlu.hitung import ciri_suku
from kelurahan.nlu.linear import _pengubah
from kelurahan.nlu.pesan import Pesan, sidik, tanpa_pemulung
from kelurahan.nlu.salah_ketik import berulang
from kelurahan.nlu.tujuan import bentuk

DATA = {
    "text": "brp biaya ktp 🙏",
    "intent": "tanya_biaya",
    "entities": [{"entity": "layanan", "value": "ktp", "start": 10, "end": 13, "yakin": 0.5}],
    "metadata": {"b": 1, "a": None, "c": [True, ()]},
    "text_tokens": [Token("brp", 0, lemma="berapa"), Token("biaya", 4, data={"x": [1]})],
}


@pytest.mark.parametrize("nilai", [*DATA.values(), DATA, [], {}, "", "é\n", 3, {"b": 1, "a": "ü"}])
def test_a_fingerprint_is_the_one_that_rasa_makes(nilai):
    assert sidik(nilai) == deep_container_fingerprint(nilai)


def test_a_message_has_the_fingerprint_that_rasa_gives_it():
    assert Pesan(DATA).fingerprint() == Message(DATA).fingerprint()
    assert Pesan(DATA) == Message(DATA)


def test_only_a_change_makes_a_message_forget_its_fingerprint():
    pesan = Pesan(DATA)
    semula = pesan.fingerprint()
    pesan.set("intent", "tanya_biaya", add_to_output=True)
    assert pesan._cached_fingerprint == semula
    assert "intent" in pesan.output_properties
    for nama, nilai in (("intent", "salam"), ("baru", "x"), ("metadata", {"b": 2})):
        pesan.set(nama, nilai)
        assert pesan.fingerprint() == Message(pesan.data).fingerprint() != semula


def test_a_copy_of_a_message_shares_nothing_that_can_change():
    pesan = Pesan(copy.deepcopy(DATA))
    salinan = copy.deepcopy(pesan)
    assert type(salinan) is Pesan
    assert salinan == pesan
    salinan.data["entities"][0]["value"] = "kk"
    salinan.data["text_tokens"][0].text = "ganti"
    salinan.set("intent", "salam", add_to_output=True)
    salinan.features.append("ciri")
    assert pesan.data == DATA
    assert not pesan.features
    assert "intent" not in pesan.output_properties


@pytest.mark.parametrize("hidup", [True, False])
def test_the_search_for_cycles_is_afterwards_as_it_was_before(hidup):
    (gc.enable if hidup else gc.disable)()
    try:
        with pytest.raises(ZeroDivisionError), tanpa_pemulung():
            assert not gc.isenabled()
            raise ZeroDivisionError
        assert gc.isenabled() is hidup
    finally:
        gc.enable()


@pytest.mark.parametrize("min_df", [1, 2])
def test_pieces_of_words_are_counted_as_scikit_learn_counts_them(min_df):
    teks = ["biaya ktp ktp ktp", "syarat kk", "a ☀️ ?", "ktp biaya", "akta lahir anak biaya"]
    resmi = _pengubah(True, (2, 5), min_df)
    seharusnya = resmi.fit_transform(teks)
    ciri, kosakata, idf = ciri_suku(teks, _pengubah(True, (2, 5)).build_analyzer(), min_df)
    assert kosakata == resmi.vocabulary_
    assert np.array_equal(idf, resmi.idf_.astype(np.float32))
    for bagian in ("indptr", "indices", "data"):  # the order inside a row too
        assert np.array_equal(getattr(ciri, bagian), getattr(seharusnya, bagian))


def test_processes_learn_what_one_process_learns(monkeypatch):
    pesan = [
        (f"{tanya} {nama} {n}", tujuan, slug)
        for n in ("saya", "kak", "min", "pak", "bu")
        for tanya, tujuan in zip(
            ("brp biaya", "apa syarat", "berapa lama"),
            ("tanya_biaya", "tanya_syarat", "tanya_lama"),
            strict=True,
        )
        for nama, slug in (("ktp", "ktp"), ("kartu keluarga", "kk"), ("akta lahir", "akta_lahir"))
    ] * 5
    contoh = [bentuk(*isi) for isi in pesan]
    slip = berulang([teks for teks, *_ in pesan])
    ulangan = [bentuk(s, *isi) for s, (_, *isi) in zip(slip, pesan, strict=True)]
    assert len(contoh) > CUKUP

    def bobot(banyak):
        monkeypatch.setattr(bertingkat, "BANYAK", banyak)
        model = ModelBertingkat.latih(contoh, ulangan, 0.7)
        return [model.tujuan.bobot, model.layanan.bobot, model.bobot, model.geser]

    for satu, lain in zip(bobot(10**9), bobot(0), strict=True):
        assert np.array_equal(satu, lain)


MATI = """
import os, sys, time
from kelurahan.nlu.proses import serentak

def kerja(n):
    open(os.path.join(sys.argv[1], str(os.getpid())), "w").close()
    time.sleep(60)

serentak(kerja, [(1,), (2,)], banyak=True)
"""


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core: no processes are started")
def test_processes_end_with_the_one_that_started_them(tmp_path):
    induk = subprocess.Popen([sys.executable, "-c", MATI, str(tmp_path)])
    try:
        tunggu(lambda: len(list(tmp_path.iterdir())) == 2)
    finally:
        induk.send_signal(signal.SIGKILL)
        induk.wait()
    tunggu(lambda: not any(hidup(int(berkas.name)) for berkas in tmp_path.iterdir()))


def tunggu(benar, detik=30.0):
    akhir = time.monotonic() + detik
    while not benar():
        assert time.monotonic() < akhir
        time.sleep(0.1)


def hidup(pid):
    keadaan = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return keadaan.stdout.strip()[:1] not in {"", "Z"}
