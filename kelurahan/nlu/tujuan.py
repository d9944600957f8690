"""What a resident wants of us (requirements, fee, status, ...): the intent classifier."""

from __future__ import annotations

import logging
import math
from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from kelurahan.nlu.bertingkat import Contoh, ModelBertingkat
from kelurahan.nlu.label import TANPA_LAYANAN, sidik_nlu, sudah_jelas
from kelurahan.nlu.salah_ketik import berulang
from kelurahan.nlu.sebutan import baca, samarkan

logger = logging.getLogger(__name__)

# A text of these alone says nothing: numbers that mean something were recognised before.
TANDA = frozenset({"0", "?", "#"})
DIAM_SOAL_LAYANAN = frozenset({"cek_status", "sampaikan_keluhan"})


def bentuk(teks: str, tujuan: str = "", layanan: Optional[str] = None) -> Optional[Contoh]:
    """The message as the models read it; None when it holds no words."""
    daftar, ditemukan = baca(teks)
    if all(k in TANDA for k in daftar):
        return None
    ciri = (
        float(bool(ditemukan)),
        float(len({s.slug for s in ditemukan})),
        float("?" in daftar),
        math.log1p(len(daftar)),
        float(teks.isupper()),
        float(len(daftar) <= 3),
    )
    kata_tujuan = " ".join(samarkan(daftar, ditemukan))
    return Contoh(kata_tujuan, " ".join(daftar), ciri, tujuan, layanan)


def layanan_latih(message: Message) -> Optional[str]:
    """The service a training message teaches: slug, "-" for none, None where it says nothing.

    Complaints and questions about status carry no service in their label but name one as often
    as not: as examples of "no service" they would teach that "KTP saya belum jadi" names none.
    """
    slug = (message.get(INTENT_RESPONSE_KEY) or "").partition("/")[2]
    if not slug and message.get(INTENT) in DIAM_SOAL_LAYANAN:
        return None
    return slug or TANPA_LAYANAN


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KlasifikasiTujuan(GraphComponent):
    """Linear models over character and word n-grams, in two steps (`bertingkat`)."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Inverse regularisation strength, and how many intents the ranking lists."""
        return {"c": 0.7, "peringkat": 10}

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
        try:
            with model_storage.read_from(resource) as folder:
                return cls(config, model_storage, resource, ModelBertingkat.muat(folder))
        except (ValueError, FileNotFoundError) as sebab:
            logger.warning("KlasifikasiTujuan: no stored weights (%s); retrain the model", sebab)
            return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every labelled message that has words."""
        label = [
            (m.get(TEXT), m.get(INTENT), layanan_latih(m))
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
        peluang = self._model.peluang(satu) if self._model and satu else None
        peringkat: list[dict[str, Any]] = []
        if peluang is None:
            logger.warning("KlasifikasiTujuan: nothing to judge in a message, left without intent")
        else:
            urut = (-peluang).argsort()[: self._config["peringkat"]]
            peringkat = [
                {"name": self._model.kelas[i], "confidence": float(peluang[i])} for i in urut
            ]
        utama = peringkat[0] if peringkat else {"name": None, "confidence": 0.0}
        message.set(INTENT, dict(utama), add_to_output=True)
        message.set(INTENT_RANKING_KEY, peringkat, add_to_output=True)
