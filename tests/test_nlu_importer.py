"""The importer joins retrieval labels to the catalogue."""

from __future__ import annotations

import pytest

from kelurahan.katalog import katalog
from kelurahan.nlu.importer import KatalogImporter, LabelError


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
