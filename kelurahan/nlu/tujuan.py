"""What a resident wants of us (requirements, fee, status, ...), and of which service."""

from __future__ import annotations

import logging
from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from kelurahan.nlu.bertingkat import Contoh, ModelBertingkat
from kelurahan.nlu.label import (
    LUAR_TOPIK,
    PELUANG_LAYANAN,
    TANPA_LAYANAN,
    TUJUAN_LAYANAN,
    sidik_nlu,
    sudah_jelas,
)
from kelurahan.nlu.salah_ketik import berulang
from kelurahan.nlu.sebutan import baca, pencari, samarkan

logger = logging.getLogger(__name__)

# A text of these alone says nothing: numbers that mean something were recognised before.
TANDA = frozenset({"0", "?", "#"})
DIAM_SOAL_LAYANAN = frozenset({"cek_status", "sampaikan_keluhan"})
# A complaint or a question about status of so few words that names no service implies none either.
DIAM_SEJAK = 8


def bentuk(teks: str, tujuan: str = "", layanan: Optional[str] = None) -> Optional[Contoh]:
    """The message as the models read it; None when it holds no words.

    Complaints and questions about status carry no service in their label but name or imply one
    as often as not: they teach the one they name, short ones without ("status") that there is
    none, and long ones nothing.
    """
    daftar, ditemukan = baca(teks)
    if all(k in TANDA for k in daftar):
        return None
    disebut = frozenset(s.slug for s in ditemukan)
    if tujuan in DIAM_SOAL_LAYANAN and not layanan:
        pendek = len(daftar) < DIAM_SEJAK and not disebut
        layanan = TANPA_LAYANAN if pendek else min(disebut) if len(disebut) == 1 else None
    elif tujuan:
        layanan = layanan or TANPA_LAYANAN
    return Contoh(
        kata_tujuan=" ".join(samarkan(daftar, ditemukan)),
        kata_layanan=" ".join(daftar),
        disebut=disebut,
        kapital=teks.isupper(),
        tujuan=tujuan,
        layanan=layanan,
    )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KlasifikasiTujuan(GraphComponent):
    """Sets the intent, and leaves the services' probabilities to `PemilihLayanan`."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Inverse regularisation strength, intents in the ranking, and two probabilities."""
        return {
            "c": 0.7,
            "peringkat": 10,
            # a named service this likely is meant, whatever speaks for "out of scope" ...
            "pasti": 0.8,
            # ... where a purpose that fits it comes second with at least this probability
            "pasti_kedua": 0.1,
        }

    @staticmethod
    def required_packages() -> List[str]:
        """Packages whose change retrains."""
        return ["sklearn"]

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """Names in the catalogue are masked, slang is expanded: both change what is learned."""
        return sidik_nlu()

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[ModelBertingkat] = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> KlasifikasiTujuan:
        """A component that has learned nothing yet."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> KlasifikasiTujuan:
        """The trained component; without stored weights one that is never sure."""
        pencari()  # reads the catalogue now, not while the first resident waits
        try:
            with model_storage.read_from(resource) as folder:
                return cls(config, model_storage, resource, ModelBertingkat.muat(folder))
        except (ValueError, FileNotFoundError) as sebab:
            logger.warning("KlasifikasiTujuan: no stored weights (%s); retrain the model", sebab)
            return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every labelled message that has words."""
        label = [
            (m.get(TEXT), m.get(INTENT), (m.get(INTENT_RESPONSE_KEY) or "").partition("/")[2])
            for m in training_data.intent_examples
            if m.get(TEXT) and m.get(INTENT)
        ]
        pasangan = [
            (satu, bentuk(slip, *isi) or satu)
            for (teks, *isi), slip in zip(label, berulang([t for t, *_ in label]), strict=True)
            if (satu := bentuk(teks, *isi)) is not None
        ]
        contoh = [satu for satu, _ in pasangan]
        if len({c.tujuan for c in contoh}) < 2 or len({c.layanan for c in contoh} - {None}) < 2:
            logger.warning("KlasifikasiTujuan: too few intents or services, not trained")
            return self._resource
        self._model = ModelBertingkat.latih(contoh, [u for _, u in pasangan], self._config["c"])
        with self._model_storage.write_to(self._resource) as folder:
            self._model.simpan(folder)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set intent and ranking, except where a recogniser was sure."""
        for message in messages:
            if not sudah_jelas(message):
                self._nilai(message)
        return messages

    def _nilai(self, message: Message) -> None:
        satu = bentuk(message.get(TEXT) or "")
        dugaan = self._model.duga(satu) if self._model and satu else None
        peringkat: list[dict[str, Any]] = []
        if dugaan is None:
            logger.warning("KlasifikasiTujuan: nothing to judge in a message, left without intent")
        else:
            urut = sorted(dugaan.tujuan.items(), key=lambda isi: -isi[1])
            peringkat = [
                {"name": nama, "confidence": peluang}
                for nama, peluang in urut[: self._config["peringkat"]]
            ]
            if any(dugaan.layanan.get(s, 0.0) >= self._config["pasti"] for s in satu.disebut):
                peringkat = bukan_luar(peringkat, self._config["pasti_kedua"])
        utama = peringkat[0] if peringkat else {"name": None, "confidence": 0.0}
        message.set(INTENT, dict(utama), add_to_output=True)
        message.set(INTENT_RANKING_KEY, peringkat, add_to_output=True)
        message.set(PELUANG_LAYANAN, dugaan.layanan if dugaan else {})


def bukan_luar(peringkat: List[Dict[str, Any]], kedua: float) -> List[Dict[str, Any]]:
    """The ranking of a message that names a certain service: out of scope gives way.

    What was given to "out of scope" goes to the purpose that remains.
    """
    if len(peringkat) < 2 or peringkat[0]["name"] != LUAR_TOPIK:
        return peringkat
    luar, berikut, *sisa = peringkat
    if berikut["name"] not in TUJUAN_LAYANAN or berikut["confidence"] < kedua:
        return peringkat
    utama = {**berikut, "confidence": berikut["confidence"] + luar["confidence"]}
    return [utama, *sisa, {**luar, "confidence": 0.0}]
