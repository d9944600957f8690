"""The base of every action: one reply per turn, the form's reminder, and errors kept polite."""

from __future__ import annotations

import asyncio
import logging
import traceback
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.konteks import Konteks
from kelurahan import logs
from kelurahan.katalog import katalog, sumber_perubahan
from kelurahan.replies import Balasan
from kelurahan.replies.formulir import pengingat
from kelurahan.settings import settings
from kelurahan.store import perubahan_layanan
from kelurahan.store.errors import StoreBusyError
from kelurahan.wilayah import kelurahan

log = logging.getLogger(__name__)

GANGGUAN = Balasan(
    "Maaf, sistem kami sedang terganggu sehingga permintaan ini belum bisa dilayani. "
    "Data yang sudah Anda tulis tidak hilang. Silakan kirim lagi beberapa menit lagi, "
    "atau ketik *petugas* untuk cara menghubungi petugas.",
    "info",
)
Events = list[dict[str, Any]]


def ucapkan(dispatcher: CollectingDispatcher, balasan: Balasan, **tambahan: Any) -> None:
    """Hand one reply to Rasa, with the metadata that statistics and tests read."""
    ekstra: dict[str, Any] = {"balasan": balasan.jenis, "layanan": balasan.layanan, **tambahan}
    if balasan.nomor:
        ekstra["nomor"] = balasan.nomor
    if balasan.daftar:
        ekstra["daftar"] = balasan.daftar
    dispatcher.utter_message(text=balasan.teks, buttons=list(balasan.pilihan), **ekstra)


class Aksi(Action, ABC):  # abstract, or the action server would register it too
    """An action that answers with one `Balasan`; subclasses write `jawab`."""

    nama: str = ""

    def __init__(self) -> None:
        """Read the facts as the action server starts: no resident waits for it, a fault shows."""
        logs.install(secrets=(settings().database_url, settings().redis_url))
        sumber_perubahan(perubahan_layanan.berlaku)
        katalog()
        kelurahan()

    def name(self) -> str:
        """Return Rasa's name for this action."""
        return self.nama

    @abstractmethod
    def jawab(self, konteks: Konteks) -> tuple[Balasan | None, Events]:
        """Return the reply and the events of this turn (runs in a thread: it may use the store)."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> Events:
        """Answer; a failure is logged without the resident's words and told politely."""
        konteks = Konteks(tracker)
        try:
            balasan, events = await asyncio.to_thread(self.jawab, konteks)
        except StoreBusyError as galat:
            # the database is away for a moment: the channel undoes the turn and asks again later
            log.warning("%s put off: %s", self.nama, galat)
            raise
        except Exception as galat:  # noqa: BLE001 - the edge: silence would be Rasa's default
            log.error("%s failed: %s", self.nama, _tanpa_isi(galat))
            ucapkan(dispatcher, GANGGUAN, gangguan=True)
            return self.saat_gagal(konteks)
        if balasan is not None:
            ucapkan(dispatcher, self.dengan_pengingat(balasan, konteks, events))
        if not any(e.get("name") == "pertanyaan" for e in events):
            # a question of the bot is open for one turn only
            events = [*events, SlotSet("pertanyaan", None)]
        return events

    def saat_gagal(self, konteks: Konteks) -> Events:
        """What stands after a failure: nothing has changed."""
        return []

    @staticmethod
    def dengan_pengingat(balasan: Balasan, konteks: Konteks, events: Events) -> Balasan:
        """While the form waits, end the answer with the field it still needs."""
        selesai = any(e.get("event") == "active_loop" for e in events)
        diminta, layanan = konteks.diminta, konteks.layanan_formulir
        if selesai or diminta in (None, "layanan") or layanan is None:
            return balasan
        if balasan.jenis in ("isian_salah", "minta_isian"):
            return balasan
        if any(e.get("name") == "pertanyaan" and e.get("value") for e in events):
            return balasan  # one question at a time: "ya" must have one meaning
        return balasan.ditambah(pengingat(diminta, layanan, konteks.isian))


def _tanpa_isi(galat: Exception) -> str:
    """Type and traceback for maintainers, but no message: it may quote a resident."""
    jejak = "".join(traceback.format_tb(galat.__traceback__))
    return f"{type(galat).__name__}\n{jejak}".rstrip()
