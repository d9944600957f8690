"""What the bot made of each held-out message, and how good that was."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scripts.nlu.pesan import INTENT, Uji

PENDEK = {intent: tujuan for tujuan, intent in INTENT.items()}
RAGU = "nlu_fallback"
# right: purpose and service accepted; asks: the bot asks back; half: one of the two; wrong: neither
HASIL = ("right", "asks", "half", "wrong")


@dataclass(frozen=True)
class Nilai:
    """One message, what was wanted, what came, and the judgement."""

    teks: str
    ragam: str
    ingin_tujuan: list[str]
    ingin_layanan: list[str]
    tujuan: str  # the bot's purpose, also where it asks back
    layanan: str | None
    hasil: str
    yakin_tujuan: float
    yakin_layanan: float
    tawaran: list[str]  # services that a question back would offer
    tujuan_benar: bool
    layanan_benar: bool | None  # None: the message needs no service


def nilai(uji: Uji, jawab: dict[str, Any]) -> Nilai:
    """Judge one answer of Rasa's parser by what a careful officer would accept."""
    ragu = jawab["intent"].get("name") in (RAGU, None)
    peringkat = [p for p in jawab.get("intent_ranking", []) if p["name"] != RAGU]
    utama = peringkat[0] if peringkat else {"name": RAGU, "confidence": 0.0}
    tujuan = PENDEK.get(utama["name"], utama["name"])
    entitas = [e for e in jawab["entities"] if e["entity"] == "layanan"]
    layanan = entitas[0]["value"] if entitas else None
    tujuan_benar = tujuan in uji.tujuan
    layanan_benar = layanan in uji.layanan if uji.perlu_layanan else None
    return Nilai(
        teks=uji.teks,
        ragam=uji.ragam,
        ingin_tujuan=list(uji.tujuan),
        ingin_layanan=sorted(uji.layanan),
        tujuan=tujuan,
        layanan=layanan,
        hasil=_hasil(uji, ragu, tujuan_benar, layanan_benar),
        yakin_tujuan=utama["confidence"],
        yakin_layanan=entitas[0].get("confidence_entity", 1.0) if entitas else 0.0,
        tawaran=_tawaran(jawab),
        tujuan_benar=tujuan_benar,
        layanan_benar=layanan_benar,
    )


def _hasil(uji: Uji, ragu: bool, tujuan: bool, layanan: bool | None) -> str:
    if ragu:  # being unsure of what is not our work is the right thing to be
        return "right" if uji.tujuan == ("luar_topik",) else "asks"
    if tujuan and layanan is not False:
        return "right"
    return "half" if layanan is not None and (tujuan or layanan) else "wrong"


def _tawaran(jawab: dict[str, Any]) -> list[str]:
    """The services that the selector ranks, likeliest first."""
    return [s["slug"] for s in jawab.get("response_selector", {}).get("layanan", [])]


def bagian(semua: Iterable[Nilai]) -> dict[str, float]:
    """Share of each outcome in per cent, `service`, and how many messages they are."""
    semua = list(semua)
    jumlah = Counter(satu.hasil for satu in semua)
    persen = {h: 100 * jumlah[h] / max(1, len(semua)) for h in HASIL}
    perlu = [satu.layanan_benar for satu in semua if satu.layanan_benar is not None]
    service = 100 * sum(perlu) / len(perlu) if perlu else float("nan")
    return {**persen, "service": service, "messages": len(semua)}


def penolakan(semua: Iterable[Nilai]) -> dict[str, float]:
    """Per cent: out of scope that is not answered as ours, and ours that is refused."""
    semua = list(semua)
    luar = [s for s in semua if s.ingin_tujuan == ["luar_topik"]]
    dalam = [s for s in semua if "luar_topik" not in s.ingin_tujuan]
    ditolak = [s for s in luar if s.hasil == "right"]
    salah_tolak = [s for s in dalam if s.tujuan == "luar_topik" and s.hasil != "asks"]
    return {
        "refused": 100 * len(ditolak) / max(1, len(luar)),
        "wrongly refused": 100 * len(salah_tolak) / max(1, len(dalam)),
    }


def tawaran_tepat(semua: Iterable[Nilai], banyak: int = 3) -> tuple[int, int]:
    """Of the questions back that need a service: how many offer an accepted one, and all."""
    tanya = [s for s in semua if s.hasil == "asks" and s.layanan_benar is not None]
    return sum(bool({*s.tawaran[:banyak]} & {*s.ingin_layanan}) for s in tanya), len(tanya)


def urai_semua(model: Path, teks: list[str]) -> tuple[list[dict[str, Any]], list[float]]:
    """Rasa's own parse of every text, and the milliseconds of each."""
    from rasa.core.agent import Agent  # seconds: only when messages are parsed
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)  # or every parse is a line on the screen
    logging.getLogger("kelurahan.nlu").setLevel(logging.ERROR)
    agen = Agent.load(str(model))
    waktu, hasil = [], []

    async def semua() -> None:
        for satu in teks[:20]:
            await agen.parse_message(satu)  # the first ones load lazily
        for satu in teks:
            mulai = time.perf_counter()
            hasil.append(await agen.parse_message(satu))
            waktu.append(1000 * (time.perf_counter() - mulai))

    asyncio.run(semua())
    return hasil, waktu


def simpan(semua: Iterable[Nilai], berkas: Path) -> None:
    """One JSON object a line."""
    baris = [json.dumps(asdict(satu), ensure_ascii=False) for satu in semua]
    berkas.write_text("\n".join(baris) + "\n", encoding="utf-8")


def muat(berkas: Path) -> list[Nilai]:
    """Read what `simpan` wrote."""
    return [Nilai(**json.loads(b)) for b in berkas.read_text(encoding="utf-8").splitlines()]
