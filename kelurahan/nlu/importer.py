"""Reads the project's training data and joins it to the catalogue."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from difflib import get_close_matches

from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY
from rasa.shared.nlu.training_data.formats import RasaYAMLReader
from rasa.shared.nlu.training_data.loading import RASA_YAML, guess_format, load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method
from rasa.shared.utils.io import read_yaml
from ruamel.yaml import YAMLError

from kelurahan.katalog import katalog
from kelurahan.nlu.label import TUJUAN_LAYANAN
from kelurahan.nlu.pesan import Pesan, tanpa_pemulung

JUDUL = {
    "tanya_syarat": "Syarat",
    "tanya_biaya": "Biaya",
    "tanya_lama": "Lama pengurusan",
    "tanya_alur": "Cara mengurus",
    "ajukan_permohonan": "Permohonan",
}


class LabelError(RasaException):
    """A retrieval label names a purpose or service that does not exist."""


class KatalogImporter(RasaFileImporter):
    """Gives every `purpose/service` label a response, and refuses labels without a service."""

    def get_nlu_data(self, language: str | None = "id") -> TrainingData:
        """The training data, checked, with responses made from the catalogue.

        Rasa asks for "en" and for "id"; its own format is the same in every language.
        """
        return self._data()

    @cached_method
    def _data(self) -> TrainingData:
        _diam_soal_selektor()
        with tanpa_pemulung():
            data = TrainingData().merge(*map(baca_berkas, self._nlu_files))
        label = sorted({m.get(INTENT_RESPONSE_KEY) for m in data.response_examples})
        if salah := [s for s in map(periksa_label, label) if s]:
            raise LabelError("\n".join(self._dengan_berkas(salah)))
        # in place: a merge would copy every message
        data.responses.update(map(tanggapan, label))
        return data

    def _dengan_berkas(self, salah: list[tuple[str, str]]) -> Iterable[str]:
        """Name the file of each fault; files are read again only when there is one."""
        isi = {berkas: baca_berkas(berkas) for berkas in sorted(self._nlu_files)}
        for label, sebab in salah:
            for berkas, data in isi.items():
                if any(_ber(label, m) for m in data.response_examples):
                    yield f"{berkas}: intent '{label}': {sebab}"


class PembacaPolos(RasaYAMLReader):
    """Rasa's reader; a file of nothing but intents and examples needs no schema to be checked.

    Rasa reads every file a second time for that, with line numbers and not in C: two thirds of
    the time that reading takes.
    """

    def validate(self, string: str) -> None:
        """Check anything unusual against Rasa's schema, which names the line of a fault."""
        if not polos(string):
            super().validate(string)


def polos(isi: str) -> bool:
    """Is this a version and a list of intents with their examples as text, nothing else?"""
    try:
        data = read_yaml(isi)
    except YAMLError:
        return False
    if not isinstance(data, dict) or set(data) != {"version", "nlu"}:
        return False
    butir = data["nlu"]
    if not isinstance(butir, list):
        return False
    if not all(isinstance(b, dict) and set(b) == {"intent", "examples"} for b in butir):
        return False
    teks = [data["version"], *(nilai for b in butir for nilai in b.values())]
    return all(isinstance(nilai, str) and nilai for nilai in teks)


def baca_berkas(berkas: str) -> TrainingData:
    """The training data of one file, with messages that are cheap to copy."""
    if guess_format(berkas) == RASA_YAML:
        data = PembacaPolos().read(berkas)
    else:
        data = load_data(berkas, "id")
    data.training_examples = list(map(Pesan.dari, data.training_examples))
    return data


def periksa_label(label: str) -> tuple[str, str] | None:
    """Return label and reason when the label cannot be served."""
    tujuan, _, slug = label.partition("/")
    for jenis, nilai, dikenal in (
        ("purpose", tujuan, tuple(TUJUAN_LAYANAN)),
        ("service", slug, katalog().slugs()),
    ):
        if nilai not in dikenal:
            mirip = get_close_matches(nilai, dikenal, 1, 0.5)
            saran = f", did you mean '{mirip[0]}'?" if mirip else f"; known: {', '.join(dikenal)}"
            return label, f"unknown {jenis} '{nilai}'{saran}"
    return None


def tanggapan(label: str) -> tuple[str, list[dict]]:
    """The response of one label: a pointer to the answer that the actions give in full."""
    tujuan, _, slug = label.partition("/")
    layanan = katalog().ambil(slug)
    return f"utter_{label}", [
        {
            "text": f"{JUDUL[tujuan]} {layanan.singkat}: ketik #{layanan.nomor}.",
            "metadata": {"balasan": TUJUAN_LAYANAN[tujuan], "layanan": slug},
        }
    ]


def _ber(label: str, message: Message) -> bool:
    return bool(message.get(INTENT)) and message.get(INTENT_RESPONSE_KEY) == label


def _diam_soal_selektor() -> None:
    # Rasa looks for its own ResponseSelector class by identity; PemilihLayanan does its work.
    warnings.filterwarnings(
        "ignore", message=r"You have defined training data with examples for training a response"
    )
