"""A resident's turn for tests of actions: builds rasa_sdk's Tracker, runs one action, no server.

warga = Warga("a").tulis("3/5", "isi_permohonan").formulir("rt_rw", nama="Siti", …)
jawab = warga.jalankan(AksiAjukan())
jawab.jenis, jawab.teks, jawab.slot("layanan")
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.dasar import Aksi
from actions.konteks import FORMULIR


@dataclass(frozen=True)
class Jawaban:
    """What one run of an action said and did."""

    pesan: list[dict[str, Any]]
    events: list[dict[str, Any]]

    @property
    def teks(self) -> str:
        """Every word said."""
        return "\n".join(satu["text"] for satu in self.pesan)

    @property
    def jenis(self) -> str | None:
        """The kind of the only reply; None when nothing was said."""
        assert len(self.pesan) <= 1, f"{len(self.pesan)} replies in one turn"
        return self.pesan[0]["balasan"] if self.pesan else None

    @property
    def slots(self) -> dict[str, Any]:
        """The slots that were set."""
        return {e["name"]: e["value"] for e in self.events if e["event"] == "slot"}

    @property
    def pilihan(self) -> list[str]:
        """The titles offered."""
        return [satu["title"] for pesan in self.pesan for satu in pesan["buttons"]]

    @property
    def selesai(self) -> bool:
        """Whether the form was ended."""
        return any(e["event"] == "active_loop" and e["name"] is None for e in self.events)


@dataclass
class Warga:
    """One conversation: what was said so far, the slots, and the message to be answered."""

    pengirim: str = "warga-a"
    slots: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    pesan: dict[str, Any] = field(default_factory=dict)
    aktif: bool = False

    def tulis(
        self,
        teks: str,
        intent: str = "nlu_fallback",
        *layanan: str,
        yakin: float = 1.0,
        pesan_id: str | None = None,
        peringkat: tuple[tuple[str, float], ...] = (),
        **entitas: str,
    ) -> Warga:
        """The next message, as NLU understood it; `peringkat` is the ranking of services."""
        disebut = [("layanan", slug) for slug in layanan] + list(entitas.items())
        self.pesan = {
            "text": teks,
            "intent": {"name": intent, "confidence": yakin},
            "intent_ranking": [{"name": intent, "confidence": yakin}],
            "entities": [{"entity": nama, "value": nilai} for nama, nilai in disebut],
            "message_id": pesan_id or uuid.uuid4().hex,
            "response_selector": {"layanan": [{"slug": s, "confidence": p} for s, p in peringkat]},
        }
        self.events.append({"event": "user", "text": teks, "parse_data": self.pesan})
        if layanan and not self.aktif:
            self.slots["layanan"] = layanan[0]  # the slot's mapping in domain.yml
        return self

    def bot(self, balasan: str, **slots: Any) -> Warga:
        """What the bot said in between, and the slots it set."""
        self._ingat(slots)
        self.events.append({"event": "bot", "text": "…", "metadata": {"balasan": balasan}})
        return self

    def formulir(self, diminta: str, layanan: str | None = None, **slots: Any) -> Warga:
        """The form is active and waits for a field."""
        self.aktif = True
        self.slots |= {"requested_slot": diminta, **slots}
        if layanan:
            draf = {"layanan": layanan, **(slots.get("draf") or {})}
            self.slots |= {"layanan": layanan, "draf": draf}
        return self

    @property
    def tracker(self) -> Tracker:
        """The conversation as the action server receives it."""
        loop = {"name": FORMULIR} if self.aktif else {}
        return Tracker(
            self.pengirim, dict(self.slots), self.pesan, list(self.events), False, None, loop, None
        )

    def jalankan(self, aksi: Aksi) -> Jawaban:
        """Run an action on the latest message and keep what it changed."""
        ucapan = CollectingDispatcher()
        events = asyncio.run(aksi.run(ucapan, self.tracker, {}))
        jawab = Jawaban(ucapan.messages, list(events))
        self._ingat(jawab.slots)
        for satu in ucapan.messages:
            meta = {"balasan": satu["balasan"], "layanan": satu["layanan"]}
            self.events.append({"event": "bot", "text": satu["text"], "metadata": meta})
        self.aktif = self.aktif and not jawab.selesai
        return jawab

    def _ingat(self, slots: dict[str, Any]) -> None:
        self.slots |= slots
        self.events += [{"event": "slot", "name": n, "value": v} for n, v in slots.items()]
