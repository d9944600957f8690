"""Rasa's response-selector structure, filled from service probabilities.

`rasa test nlu` looks a message up under its *labelled* purpose, so every purpose has an entry
with the same service: the response-selection report then measures services, whatever became of
the purpose.
"""

from __future__ import annotations

from typing import Any

from rasa.nlu.constants import (
    RESPONSE_SELECTOR_DEFAULT_INTENT,
    RESPONSE_SELECTOR_PREDICTION_KEY,
    RESPONSE_SELECTOR_PROPERTY_NAME,
    RESPONSE_SELECTOR_RANKING_KEY,
    RESPONSE_SELECTOR_RESPONSES_KEY,
    RESPONSE_SELECTOR_RETRIEVAL_INTENTS,
    RESPONSE_SELECTOR_UTTER_ACTION_KEY,
)
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message

from kelurahan.nlu.label import ENTITAS_LAYANAN, TANPA_LAYANAN, TUJUAN_LAYANAN


def susun_seleksi(
    message: Message,
    terpilih: list[str],
    peluang: dict[str, float],
    *,
    panjang: int,
) -> None:
    """Write `response_selector` with one entry per purpose and the ranking of services."""
    urut = sorted((s for s in peluang if s != TANPA_LAYANAN), key=peluang.get, reverse=True)
    urut = urut[:panjang]
    utama = (message.get(INTENT) or {}).get("name")
    tujuan = sorted(TUJUAN_LAYANAN)
    hasil: dict[str, Any] = {RESPONSE_SELECTOR_RETRIEVAL_INTENTS: tujuan}
    for t in tujuan:
        hasil[t] = _entri(t, terpilih, peluang, urut[:1])
    utama = utama if utama in TUJUAN_LAYANAN else "tanya_syarat"
    hasil[RESPONSE_SELECTOR_DEFAULT_INTENT] = _entri(utama, terpilih, peluang, urut)
    hasil[ENTITAS_LAYANAN] = [{"slug": s, "confidence": peluang[s]} for s in urut]
    message.set(RESPONSE_SELECTOR_PROPERTY_NAME, hasil, add_to_output=True)


def _entri(
    tujuan: str, terpilih: list[str], peluang: dict[str, float], urut: list[str]
) -> dict[str, Any]:
    # Without a service the bare purpose: its utter_ action asks which service is meant.
    label = f"{tujuan}/{terpilih[0]}" if terpilih else tujuan
    yakin = peluang[terpilih[0]] if terpilih else peluang.get(TANPA_LAYANAN, 0.0)
    return {
        RESPONSE_SELECTOR_PREDICTION_KEY: {
            # Answers come from actions over the catalogue, so no texts travel with each event.
            RESPONSE_SELECTOR_RESPONSES_KEY: [],
            PREDICTED_CONFIDENCE_KEY: yakin,
            INTENT_RESPONSE_KEY: label,
            RESPONSE_SELECTOR_UTTER_ACTION_KEY: f"utter_{label}",
        },
        RESPONSE_SELECTOR_RANKING_KEY: [
            {PREDICTED_CONFIDENCE_KEY: peluang[s], INTENT_RESPONSE_KEY: f"{tujuan}/{s}"}
            for s in urut
        ],
    }
