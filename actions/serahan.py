"""Handing a conversation over to a human, and what its resident may be told of the queue."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from statistics import median
from typing import Any

from actions.konteks import Konteks, sekarang
from kelurahan import jam_kantor
from kelurahan.replies.serahan import Kabar
from kelurahan.store import serahan
from kelurahan.store.waktu import wib
from kelurahan.wilayah import kelurahan

CUKUP = 5  # of what was answered lately; with fewer nothing is promised
BERUNTUN = 3  # times of asking back in a row, this one included


def serahkan(konteks: Konteks, sebab: str) -> Kabar:
    """Put the sender into the queue (once, however often this runs)."""
    return _kabar(serahan.minta(konteks.pengirim, sebab))


def serahkan_bila_buntu(konteks: Konteks) -> Kabar | None:
    """The same when the bot is asking back for the third time in a row; None when it is not.

    What was asked back before an officer helped does not count.
    """
    sebelumnya = _ditanya_balik(konteks)
    if len(sebelumnya) < BERUNTUN - 1:
        return None
    awal = min(sebelumnya)
    setelah = datetime.fromtimestamp(awal, timezone.utc) if awal else None
    antrean = serahan.minta(konteks.pengirim, serahan.TIDAK_PAHAM, setelah=setelah)
    return _kabar(antrean) if antrean else None


def _ditanya_balik(konteks: Konteks) -> list[float]:
    """When the bot asked back in the turns just before this one, without one in between."""
    saat: list[float] = []
    giliran: dict[str, Any] | None = None  # the first thing the bot said in a turn
    lewat = False  # this turn's own events come first
    for event in reversed(konteks.tracker.events):
        if event.get("event") == "bot" and lewat:
            giliran = event
        elif event.get("event") == "user":
            if lewat and (giliran is None or _jenis(giliran) != "klarifikasi"):
                break
            if lewat:
                saat.append(float(giliran.get("timestamp") or 0))
            giliran, lewat = None, True
    return saat


def _jenis(event: dict[str, Any]) -> str | None:
    luar = event.get("metadata") or {}
    return {**luar, **(luar.get("metadata") or {})}.get("balasan")


def _kabar(antrean: serahan.Antrean) -> Kabar:
    jam, kini = kelurahan().jam, sekarang()
    buka = jam_kantor.buka(jam, kini)
    return Kabar(
        baru=antrean.baru,
        sejak=wib(antrean.sejak),
        dipegang=antrean.dipegang,
        di_depan=antrean.di_depan,
        lama=_lama(antrean),
        kini=kini,
        tutup=jam_kantor.tutup_pada(jam, kini) if buka else None,
        buka=jam_kantor.buka_berikutnya(jam, kini),
    )


def _lama(antrean: serahan.Antrean) -> timedelta | None:
    """The usual wait in office hours: what came at night waits from the next opening."""
    jam = kelurahan().jam
    semua = [(wib(diminta), wib(diambil)) for diminta, diambil in antrean.lama]
    lama = [jam_kantor.lama_kerja(jam, *satu) for satu in semua if jam_kantor.buka(jam, satu[1])]
    return median(lama) if len(lama) >= CUKUP else None
