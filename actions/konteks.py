"""What an action needs to know of the conversation, read once from Rasa's tracker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rasa_sdk import Tracker

from kelurahan import isian
from kelurahan.katalog import Layanan, katalog
from kelurahan.store import waktu

FORMULIR = "form_permohonan"
URUTAN_ISIAN = ("layanan", "nama", "tanggal_lahir", "rt_rw")


def sekarang() -> datetime:
    """The present moment in WIB."""
    return waktu.wib(waktu.sekarang())


@dataclass(frozen=True)
class Konteks:
    """One turn: who writes, what was understood, and what the conversation holds so far."""

    tracker: Tracker

    @property
    def pengirim(self) -> str:
        """Opaque sender id; every store query is bound to it."""
        return self.tracker.sender_id

    @property
    def pesan_id(self) -> str:
        """Id of the message being answered (a hash, for WhatsApp)."""
        return str(self.tracker.latest_message.get("message_id") or "")

    @property
    def teks(self) -> str:
        """The resident's words; a tapped choice (`/intent{…}`) has none."""
        teks = self.tracker.latest_message.get("text") or ""
        # the channels take leading slashes off what residents write
        return "" if teks.startswith("/") else teks

    @property
    def intent(self) -> str:
        """The purpose understood."""
        return (self.tracker.latest_message.get("intent") or {}).get("name") or ""

    @property
    def keyakinan(self) -> float:
        """How sure the purpose is (1.0: recognised by rule)."""
        return float((self.tracker.latest_message.get("intent") or {}).get("confidence") or 0.0)

    def entitas(self, nama: str) -> list[str]:
        """Values of one entity in the message, without repeats, in order."""
        semua = self.tracker.latest_message.get("entities") or []
        return list(dict.fromkeys(e["value"] for e in semua if e.get("entity") == nama))

    def slot(self, nama: str) -> Any:
        """One slot's value."""
        return self.tracker.get_slot(nama)

    @property
    def hari_ini(self) -> date:
        """Today in WIB."""
        return sekarang().date()

    @property
    def layanan_disebut(self) -> list[Layanan]:
        """The services named or implied in this message."""
        kat = katalog()
        return [kat.ambil(slug) for slug in self.entitas("layanan") if slug in kat.slugs()]

    @property
    def layanan(self) -> Layanan | None:
        """The service this turn is about: named now, else the one in context."""
        if self.layanan_disebut:
            return self.layanan_disebut[0]
        return self._ambil(self.slot("layanan"))

    @staticmethod
    def _ambil(slug: str | None) -> Layanan | None:
        # a conversation may outlive a service that was taken out of the catalogue
        return katalog().ambil(slug) if slug in katalog().slugs() else None

    @property
    def formulir_aktif(self) -> bool:
        """Whether the application form is waiting for a field."""
        return (self.tracker.active_loop or {}).get("name") == FORMULIR

    @property
    def diminta(self) -> str | None:
        """The field that the form waits for."""
        return self.slot("requested_slot") if self.formulir_aktif else None

    @property
    def draf(self) -> dict:
        """Half-known form data that is not a finished slot yet (rt alone, the form's service…)."""
        return dict(self.slot("draf") or {})

    @property
    def layanan_formulir(self) -> Layanan | None:
        """The service being applied for; a question about another service does not change it."""
        return self._ambil(self.draf.get("layanan")) or self._ambil(self.slot("layanan"))

    @property
    def isian(self) -> isian.Hasil:
        """The fields known so far."""
        lahir = self.slot("tanggal_lahir")
        rt, _, rw = (self.slot("rt_rw") or "/").partition("/")
        return isian.Hasil(
            nama=self.slot("nama"),
            tanggal_lahir=date.fromisoformat(lahir) if lahir else None,
            rt=rt or self.draf.get("rt"),
            rw=rw or self.draf.get("rw"),
            tanggal_sebagian=self.draf.get("sebagian"),
        )

    @property
    def sudah_dibalas(self) -> bool:
        """Whether the bot has already spoken since the resident's last message."""
        for event in reversed(self.tracker.events):
            if event.get("event") == "user":
                return False
            if event.get("event") == "bot":
                return True
        return False

    def balasan_sebelumnya(self) -> dict:
        """Metadata of the last thing the bot said ({} when it has not spoken yet)."""
        for event in reversed(self.tracker.events):
            if event.get("event") == "bot":
                luar = event.get("metadata") or {}
                return {**luar, **(luar.get("metadata") or {})}
        return {}

    @property
    def pertanyaan(self) -> str | None:
        """The bot's own question, if it was asked in the turn just before this message.

        The slot alone does not tell: texts of domain.yml leave an older question standing.
        """
        giliran = 0
        for event in reversed(self.tracker.events):
            if event.get("event") == "user":
                giliran += 1
                if giliran == 2:
                    return None
            elif giliran and (event.get("event"), event.get("name")) == ("slot", "pertanyaan"):
                return event.get("value")
        return None

    def intent_sebelumnya(self) -> str:
        """The purpose of the resident's message before this one."""
        pesan = [e for e in self.tracker.events if e.get("event") == "user"]
        if len(pesan) < 2:
            return ""
        return ((pesan[-2].get("parse_data") or {}).get("intent") or {}).get("name") or ""
