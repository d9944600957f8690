"""The vocabulary shared by the components: purposes, message keys, and what retrains a model."""

from __future__ import annotations

import hashlib
from pathlib import Path

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from kelurahan import katalog

# Purpose -> reply kind of the answer (DESIGN section 5). Only these take a service after the slash.
TUJUAN_LAYANAN = {
    "tanya_syarat": "syarat",
    "tanya_biaya": "biaya",
    "tanya_lama": "lama",
    "tanya_alur": "alur",
    "ajukan_permohonan": "minta_isian",
}
ENTITAS_LAYANAN = "layanan"
TANPA_LAYANAN = "-"
LUAR_TOPIK = "luar_topik"
# Message property (never sent out): a deterministic recogniser has settled this message.
DIKENALI = "dikenali"
# Message property (never sent out): service probabilities for the component that weighs doubt.
PELUANG_LAYANAN = "peluang_layanan"


def sudah_jelas(message: Message) -> bool:
    """True when statistics must leave the message alone: recognised, or an internal payload."""
    teks = message.get(TEXT)
    return bool(message.get(DIKENALI)) or (isinstance(teks, str) and teks.lstrip().startswith("/"))


def sidik_nlu() -> str:
    """Hash of the catalogue's names, the slang table and this package's code.

    Rasa's cache looks only at the source of a component's class; everything else that a
    component reads must go through `fingerprint_addon`, or a change would keep the old weights.
    """
    jumlah = hashlib.sha256(katalog.katalog().sidik().encode())
    for berkas in sorted(Path(__file__).parent.iterdir()):
        if berkas.suffix in {".py", ".txt"}:
            jumlah.update(berkas.name.encode() + berkas.read_bytes())
    return jumlah.hexdigest()
