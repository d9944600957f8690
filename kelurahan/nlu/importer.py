"""Reads the project's training data and joins it to the catalogue."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from difflib import get_close_matches

from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from kelurahan.katalog import katalog
from kelurahan.nlu.label import TUJUAN_LAYANAN

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

    @cached_method  # Rasa asks three times in one training; reading 30,000 messages takes seconds
    def get_nlu_data(self, language: str | None = "id") -> TrainingData:
        """The training data, checked, with responses made from the catalogue."""
        _diam_soal_selektor()
        data = super().get_nlu_data(language)
        label = sorted({m.get(INTENT_RESPONSE_KEY) for m in data.response_examples})
        if salah := [s for s in map(periksa_label, label) if s]:
            raise LabelError("\n".join(self._dengan_berkas(salah, language)))
        # in place: a merge would copy every message
        data.responses.update(map(tanggapan, label))
        return data

    def _dengan_berkas(self, salah: list[tuple[str, str]], language: str | None) -> Iterable[str]:
        """Name the file of each fault; files are read again only when there is one."""
        isi = {berkas: load_data(berkas, language) for berkas in sorted(self._nlu_files)}
        for label, sebab in salah:
            for berkas, data in isi.items():
                if any(_ber(label, m) for m in data.response_examples):
                    yield f"{berkas}: intent '{label}': {sebab}"


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
