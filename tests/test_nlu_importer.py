"""The importer joins retrieval labels to the catalogue."""

from __future__ import annotations

import pytest
from rasa.shared.exceptions import YamlException
from rasa.shared.nlu.training_data.loading import load_data

from kelurahan.katalog import katalog
from kelurahan.nlu.importer import KatalogImporter, LabelError, baca_berkas, polos


def tulis(folder, label):
    berkas = folder / "uji.yml"
    berkas.write_text(
        f'version: "3.1"\nnlu:\n- intent: {label}\n  examples: |\n    - halo\n    - hai\n',
        encoding="utf-8",
    )
    return str(berkas)


def test_every_label_has_a_response_from_the_catalogue(tmp_path):
    data = KatalogImporter(training_data_paths=[tulis(tmp_path, "tanya_biaya/ktp")]).get_nlu_data()
    (tanggapan,) = data.responses["utter_tanya_biaya/ktp"]
    assert katalog().ambil("ktp").singkat in tanggapan["text"]
    assert tanggapan["metadata"] == {"balasan": "biaya", "layanan": "ktp"}


def test_a_label_without_service_needs_no_response(tmp_path):
    data = KatalogImporter(training_data_paths=[tulis(tmp_path, "tanya_biaya")]).get_nlu_data()
    assert not data.responses


@pytest.mark.parametrize(
    ("label", "bagian"),
    [
        ("tanya_biaya/akte_lahir", ["'akte_lahir'", "did you mean 'akta_lahir'"]),
        ("tanya_biayanya/ktp", ["'tanya_biayanya'", "did you mean 'tanya_biaya'"]),
        ("salam/ktp", ["unknown purpose 'salam'"]),
    ],
    ids=["unknown service", "unknown purpose", "a purpose without services"],
)
def test_an_unknown_label_is_refused_by_name_of_file_and_label(tmp_path, label, bagian):
    berkas = tulis(tmp_path, label)
    with pytest.raises(LabelError) as salah:
        KatalogImporter(training_data_paths=[berkas]).get_nlu_data()
    for isi in [berkas, label, *bagian]:
        assert isi in str(salah.value)


@pytest.mark.parametrize(
    ("isi", "jawab"),
    [
        ('version: "3.1"\nnlu:\n- intent: salam\n  examples: |\n    - halo\n', True),
        ("version: 3.1\nnlu:\n- intent: salam\n  examples: |\n    - halo\n", False),
        ('version: "3.1"\nnlu:\n- intent: ""\n  examples: |\n    - halo\n', False),
        ('version: "3.1"\nnlu:\n- intent: salam\n  examples:\n  - text: halo\n', False),
        ('version: "3.1"\nnlu:\n- synonym: ktp\n  examples: |\n    - kartu\n', False),
        ('version: "3.1"\nnlu: salam\n', False),
        ('version: "3.1"\nresponses: {}\nnlu: []\n', False),
        ("- salam\n", False),
        ('version: "3.1"\nnlu:\n- intent: "salam\n', False),
    ],
)
def test_only_files_of_intents_and_texts_go_without_the_schema(isi, jawab):
    assert polos(isi) is jawab


def test_a_file_is_read_as_rasa_reads_it(tmp_path):
    berkas = tmp_path / "uji.yml"
    berkas.write_text(
        'version: "3.1"\nnlu:\n- intent: salam\n  examples: |\n    - halo 👋\n    - halo 👋\n'
        "    - bayar [ktp](layanan:kartu)\n- intent: tanya_biaya/ktp\n  examples: |\n    - brp\n",
        encoding="utf-8",
    )
    milik, resmi = baca_berkas(str(berkas)), load_data(str(berkas))
    assert milik.fingerprint() == resmi.fingerprint()
    assert milik.training_examples == resmi.training_examples
    assert milik.entity_synonyms == resmi.entity_synonyms == {"ktp": "kartu"}


def test_a_fault_in_a_file_is_reported_with_its_line(tmp_path):
    berkas = tmp_path / "uji.yml"
    berkas.write_text('version: "3.1"\nnlu:\n- intent: salam\n  examples: 5\n', encoding="utf-8")
    with pytest.raises(YamlException, match=r"uji\.yml:3"):
        KatalogImporter(training_data_paths=[str(berkas)]).get_nlu_data()


def test_the_files_are_read_once_whatever_language_is_asked_for(tmp_path):
    importir = KatalogImporter(training_data_paths=[tulis(tmp_path, "salam")])
    assert importir.get_nlu_data("en") is importir.get_nlu_data(language="id")
