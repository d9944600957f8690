"""What a resident wants of us (requirements, fee, status, ...): the intent classifier."""

from __future__ import annotations

import logging
from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from kelurahan.nlu.label import sidik_nlu, sudah_jelas
from kelurahan.nlu.linear import ModelLinear
from kelurahan.nlu.normal import kata
from kelurahan.nlu.sebutan import pencari, samarkan

logger = logging.getLogger(__name__)

# A text of these alone says nothing: numbers that mean something were recognised before.
TANDA = frozenset({"0", "?", "#"})


def bentuk_tujuan(teks: str) -> str:
    """The message as the purpose is judged: plain words, every named service the same."""
    daftar = kata(teks)
    if all(k in TANDA for k in daftar):
        return ""
    return " ".join(samarkan(daftar, pencari().cari(daftar)))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KlasifikasiTujuan(GraphComponent):
    """Balanced logistic regression over character and word n-grams."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Inverse regularisation strength, and how many intents the ranking lists."""
        return {"c": 5.0, "peringkat": 10}

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
        model: Optional[ModelLinear] = None,
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
                return cls(config, model_storage, resource, ModelLinear.muat(folder))
        except (ValueError, FileNotFoundError) as sebab:
            logger.warning("KlasifikasiTujuan: no stored weights (%s); retrain the model", sebab)
            return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every labelled message that has words."""
        contoh = [
            (bentuk_tujuan(m.get(TEXT)), m.get(INTENT))
            for m in training_data.intent_examples
            if m.get(TEXT) and m.get(INTENT)
        ]
        contoh = [(teks, label) for teks, label in contoh if teks]
        if len({label for _, label in contoh}) < 2:
            logger.warning("KlasifikasiTujuan: fewer than two intents with examples, not trained")
            return self._resource
        teks, label = zip(*contoh, strict=True)
        self._model = ModelLinear.latih(list(teks), list(label), c=self._config["c"])
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
        teks = bentuk_tujuan(message.get(TEXT) or "")
        peluang = self._model.peluang(teks) if self._model and teks else None
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
