"""Which service a message is about: chosen from the probabilities that `KlasifikasiTujuan` left."""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, List, Optional, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from kelurahan.nlu.label import (
    ENTITAS_LAYANAN,
    LUAR_TOPIK,
    PELUANG_LAYANAN,
    TANPA_LAYANAN,
    TUJUAN_LAYANAN,
    sudah_jelas,
)
from kelurahan.nlu.sebutan import baca, sepasang
from kelurahan.nlu.seleksi import susun_seleksi


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PemilihLayanan(GraphComponent):
    """Fills the `layanan` entity and the structure of Rasa's response selector."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Thresholds are probabilities, chosen on messages outside the training data."""
        return {
            # where the purpose needs a service, the likeliest is named from this share of all
            # services on; whether that is enough to answer, PenimbangRagu judges ...
            "yakin": 0.12,
            # ... unless "none" is this likely, or so many times likelier: a follow-up
            "tanpa": 0.5,
            "tanpa_kali": 3.0,
            # where the purpose needs none ("ktp saya sudah jadi?"): from this probability on ...
            "yakin_lain": 0.3,
            # ... and from this one if the message only implies it: a service that comes into the
            # conversation by mistake changes what the next "biayanya?" is about
            "tersirat": 0.6,
            # the second of two named services must not be out of the question
            "pasangan": 0.02,
            "peringkat": 5,
        }

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PemilihLayanan:
        """The component has no state."""
        return cls(config)

    def __init__(self, config: Dict[str, Any]) -> None:
        self._config = config

    def process(self, messages: List[Message]) -> List[Message]:
        """Add entities and selection, except where a recogniser was sure."""
        for message in messages:
            if not sudah_jelas(message):
                self._nilai(message)
        return messages

    def _nilai(self, message: Message) -> None:
        peluang = message.get(PELUANG_LAYANAN) or {}
        tujuan = (message.get(INTENT) or {}).get("name")
        daftar, ditemukan = baca(message.get(TEXT) or "")
        disebut = frozenset(satu.slug for satu in ditemukan)
        terpilih = self.pilih(tujuan, sepasang(daftar, ditemukan), peluang, disebut)
        entitas = [_entitas(message.get(TEXT), slug, peluang[slug]) for slug in terpilih]
        message.set(ENTITIES, (message.get(ENTITIES) or []) + entitas, add_to_output=True)
        susun_seleksi(message, terpilih[:1], peluang, panjang=self._config["peringkat"])

    def pilih(
        self,
        tujuan: Optional[str],
        pasangan: Optional[Tuple[str, str]],
        peluang: Dict[str, float],
        disebut: FrozenSet[str] = frozenset(),
    ) -> List[str]:
        """No service, one, or the two that are asked for side by side."""
        if not peluang or tujuan == LUAR_TOPIK:
            return []
        perlu = tujuan in TUJUAN_LAYANAN
        tanpa = peluang.get(TANPA_LAYANAN, 0.0)
        layanan = {s: p for s, p in peluang.items() if s != TANPA_LAYANAN}
        terbaik = max(layanan, key=layanan.__getitem__)
        if (
            pasangan
            and terbaik in pasangan
            and all(layanan.get(s, 0) >= self._config["pasangan"] for s in pasangan)
        ):
            return list(pasangan)
        if not perlu:
            batas = self._config["yakin_lain" if terbaik in disebut else "tersirat"]
            return [terbaik] if layanan[terbaik] >= batas else []
        lanjutan = tanpa >= min(
            self._config["tanpa"], self._config["tanpa_kali"] * layanan[terbaik]
        )
        # only the services compete: "none" has just been judged
        if lanjutan or layanan[terbaik] < self._config["yakin"] * (1.0 - tanpa):
            return []
        return [terbaik]


def _entitas(teks: str, slug: str, peluang: float) -> dict[str, Any]:
    # The whole message: a service is as often implied by all of it as named in one word.
    return {
        "entity": ENTITAS_LAYANAN,
        "value": slug,
        "start": 0,
        "end": len(teks),
        "confidence_entity": peluang,
        "extractor": PemilihLayanan.__name__,
    }
