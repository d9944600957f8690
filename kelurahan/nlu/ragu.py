"""Ask back instead of guessing: turns an unsure understanding into `nlu_fallback`."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from kelurahan.nlu.label import (
    ENTITAS_LAYANAN,
    PELUANG_LAYANAN,
    TANPA_LAYANAN,
    TUJUAN_LAYANAN,
    sudah_jelas,
)

# Understood only by their exact form; a statistical guess at them has nothing to act on.
HANYA_PASTI = frozenset({"pilih_nomor"})
# A need ("mau bikin ktp") is answered well by each of these: where the service is known, asking
# which of them is meant costs the resident more than the other answer would.
SEKELUARGA = frozenset({"tanya_syarat", "tanya_alur", "ajukan_permohonan"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class PenimbangRagu(GraphComponent):
    """Weighs purpose and service together; Rasa's FallbackClassifier sees only the purpose."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Probabilities, chosen on held-out messages: wrong costs three questions (docs/nlu.md)."""
        return {
            # purpose: at least this sure ...
            "tujuan": 0.45,
            # ... and this far ahead of the second
            "jarak": 0.10,
            # service: at least this share of all services
            "layanan": 0.5,
        }

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PenimbangRagu:
        """The component has no state."""
        return cls(config)

    def __init__(self, config: Dict[str, Any]) -> None:
        self._config = config

    def process(self, messages: List[Message]) -> List[Message]:
        """Put `nlu_fallback` first in the ranking of messages that are not sure."""
        for message in messages:
            if not sudah_jelas(message) and self.ragu(message):
                utama = {
                    "name": DEFAULT_NLU_FALLBACK_INTENT_NAME,
                    "confidence": self._config["tujuan"],
                }
                peringkat = [dict(utama), *(message.get(INTENT_RANKING_KEY) or [])]
                message.set(INTENT, utama, add_to_output=True)
                message.set(INTENT_RANKING_KEY, peringkat, add_to_output=True)
        return messages

    def ragu(self, message: Message) -> bool:
        """Is the purpose unsure, or the service among several?"""
        peringkat = message.get(INTENT_RANKING_KEY) or []
        if not peringkat:
            return True
        utama = peringkat[0]
        sekelompok = {utama["name"]}
        if utama["name"] in SEKELUARGA and _layanan(message):
            sekelompok |= SEKELUARGA
        peluang = sum(p["confidence"] for p in peringkat if p["name"] in sekelompok)
        lain = (p["confidence"] for p in peringkat if p["name"] not in sekelompok)
        if utama["name"] in HANYA_PASTI or peluang < self._config["tujuan"]:
            return True
        if peluang - max(lain, default=0.0) < self._config["jarak"]:
            return True
        return utama["name"] in TUJUAN_LAYANAN and self._layanan_kabur(message)

    def _layanan_kabur(self, message: Message) -> bool:
        peluang = message.get(PELUANG_LAYANAN) or {}
        tanpa = peluang.get(TANPA_LAYANAN, 1.0)
        disebut = _layanan(message)
        if len(disebut) != 1:  # a follow-up; or two, asked for side by side by name
            return False
        return peluang.get(disebut[0], 0.0) < self._config["layanan"] * (1.0 - tanpa)


def _layanan(message: Message) -> List[str]:
    """The services chosen so far."""
    return [e["value"] for e in message.get(ENTITIES) or [] if e.get("entity") == ENTITAS_LAYANAN]
