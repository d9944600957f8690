"""Which service a message is about: reads the part after the slash of `tanya_biaya/ktp`."""

from __future__ import annotations

import json
import logging
from typing import Any, Dict, List, Optional, Set, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from kelurahan.nlu.label import (
    ENTITAS_LAYANAN,
    LUAR_TOPIK,
    PELUANG_LAYANAN,
    TANPA_LAYANAN,
    TUJUAN_LAYANAN,
    sidik_nlu,
    sudah_jelas,
)
from kelurahan.nlu.linear import ModelLinear
from kelurahan.nlu.salah_ketik import berulang
from kelurahan.nlu.sebutan import baca, pencari, sepasang
from kelurahan.nlu.seleksi import susun_seleksi
from kelurahan.nlu.tujuan import layanan_latih

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class PemilihLayanan(GraphComponent):
    """Fills the `layanan` entity and the structure of Rasa's response selector."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Thresholds are probabilities, chosen on out-of-fold predictions of the training data."""
        return {
            "c": 0.5,
            # where the purpose needs a service, the likeliest is named from this share of all
            # services on; whether that is enough to answer, PenimbangRagu judges ...
            "yakin": 0.12,
            # ... unless "none" is this likely, or so many times likelier: a follow-up
            "tanpa": 0.5,
            "tanpa_kali": 3.0,
            # where the purpose needs none ("ktp saya sudah jadi?"): from this probability on
            "yakin_lain": 0.3,
            # the second of two named services must not be out of the question
            "pasangan": 0.05,
            # a named service this likely is meant, whatever the purpose model says
            "pasti": 0.9,
            "peringkat": 5,
        }

    @staticmethod
    def required_packages() -> List[str]:
        """Packages whose change retrains."""
        return ["sklearn", "spacy"]

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """Services and their names come from the catalogue, which Rasa's cache cannot see."""
        return sidik_nlu()

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[ModelLinear] = None,
        tujuan: Optional[List[str]] = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model
        self._tujuan = tujuan or sorted(TUJUAN_LAYANAN)

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PemilihLayanan:
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
    ) -> PemilihLayanan:
        """The trained component; without stored weights one that names no service."""
        pencari()  # reads the catalogue now, not while the first resident waits
        try:
            with model_storage.read_from(resource) as folder:
                tujuan = json.loads((folder / "tujuan.json").read_text(encoding="utf-8"))
                return cls(config, model_storage, resource, ModelLinear.muat(folder), tujuan)
        except (ValueError, FileNotFoundError) as sebab:
            logger.warning("PemilihLayanan: no stored weights (%s); retrain the model", sebab)
            return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the services, and from every other message what no service looks like."""
        label = [
            (m.get(TEXT), slug)
            for m in training_data.intent_examples
            if m.get(TEXT) and m.get(INTENT) and (slug := layanan_latih(m)) is not None
        ]
        label += zip(berulang([t for t, _ in label]), [slug for _, slug in label], strict=True)
        contoh = [(" ".join(baca(teks)[0]), slug) for teks, slug in label]
        contoh = [(teks, slug) for teks, slug in contoh if teks]
        if len({slug for _, slug in contoh}) < 2:
            logger.warning("PemilihLayanan: no services in the training data, not trained")
            return self._resource
        teks, slug = zip(*contoh, strict=True)
        self._model = ModelLinear.latih(list(teks), list(slug), c=self._config["c"])
        self._tujuan = sorted(training_data.retrieval_intents)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.simpan(folder)
            (folder / "tujuan.json").write_text(json.dumps(self._tujuan), encoding="utf-8")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Add entities and selection, except where a recogniser was sure."""
        for message in messages:
            if not sudah_jelas(message):
                self._nilai(message)
        return messages

    def _nilai(self, message: Message) -> None:
        daftar, ditemukan = baca(message.get(TEXT) or "")
        nilai = self._model.peluang(" ".join(daftar)) if self._model and daftar else None
        peluang = (
            {} if nilai is None else dict(zip(self._model.kelas, map(float, nilai), strict=True))
        )
        self._bukan_luar(message, {s.slug for s in ditemukan}, peluang)
        tujuan = (message.get(INTENT) or {}).get("name")
        terpilih = self._pilih(tujuan, sepasang(daftar, ditemukan), peluang)
        entitas = [_entitas(message.get(TEXT), slug, peluang[slug]) for slug in terpilih]
        message.set(ENTITIES, (message.get(ENTITIES) or []) + entitas, add_to_output=True)
        message.set(PELUANG_LAYANAN, peluang)
        susun_seleksi(
            message, self._tujuan, terpilih[:1], peluang, panjang=self._config["peringkat"]
        )

    def _bukan_luar(self, message: Message, disebut: Set[str], peluang: Dict[str, float]) -> None:
        """A service named and certain is not out of scope when the next purpose fits it."""
        peringkat = message.get(INTENT_RANKING_KEY) or []
        if len(peringkat) < 2 or peringkat[0]["name"] != LUAR_TOPIK:
            return
        pasti = any(peluang.get(s, 0.0) >= self._config["pasti"] for s in disebut)
        kedua = peringkat[1]
        if pasti and kedua["name"] in TUJUAN_LAYANAN and kedua["confidence"] >= 0.2:
            # what was given to "out of scope" goes to the purpose that remains
            utama = {**kedua, "confidence": kedua["confidence"] + peringkat[0]["confidence"]}
            sisa = [{**peringkat[0], "confidence": 0.0}]
            message.set(INTENT, dict(utama), add_to_output=True)
            message.set(INTENT_RANKING_KEY, [utama, *peringkat[2:], *sisa], add_to_output=True)

    def _pilih(
        self,
        tujuan: Optional[str],
        pasangan: Optional[Tuple[str, str]],
        peluang: Dict[str, float],
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
            return [terbaik] if layanan[terbaik] >= self._config["yakin_lain"] else []
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
