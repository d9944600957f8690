"""The made-up way of one application through the office: a step at a time, in office hours."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from kelurahan.store import status, waktu

PETUGAS = ("budi", "rina", "siti")
BUKA, TUTUP = 8, 16  # office hours, WIB, Monday to Friday
# from a status: (next status, weight, hours of the office's time until then)
LALU = {
    status.BARU: (
        (status.DIPERIKSA, 80, 2.5),
        (status.DIPROSES, 12, 3),
        (status.DIBATALKAN, 4, 5),
        (status.DITOLAK, 4, 4),
    ),
    status.DIPERIKSA: (
        (status.DIPROSES, 78, 3),
        (status.PERLU_DILENGKAPI, 17, 3),
        (status.DITOLAK, 5, 4),
    ),
    status.PERLU_DILENGKAPI: ((status.DIPROSES, 88, 14), (status.DIBATALKAN, 12, 30)),
    status.DIPROSES: ((status.SIAP_DIAMBIL, 98, 9), (status.DITOLAK, 2, 8)),
    status.SIAP_DIAMBIL: ((status.SELESAI, 97, 10), (status.DIBATALKAN, 3, 60)),
}


def langkah(dadu: random.Random, mulai: datetime, kini: datetime) -> list[dict[str, Any]]:
    """The history of an application filed at `mulai`, up to `kini`."""
    hasil = [{"dari": None, "ke": status.BARU, "pada": mulai, "oleh": "warga", "catatan": None}]
    while hasil[-1]["ke"] in LALU:
        dari, pada = hasil[-1]["ke"], hasil[-1]["pada"]
        ke, _, jam = dadu.choices(LALU[dari], [bobot for _, bobot, _ in LALU[dari]])[0]
        pada = _sesudah(pada, dadu.expovariate(1 / jam))
        if pada > kini:
            break
        oleh = "warga" if ke == status.DIBATALKAN else dadu.choice(PETUGAS)
        catatan = "Fotokopi KK belum ada." if ke == status.PERLU_DILENGKAPI else None
        hasil.append({"dari": dari, "ke": ke, "pada": pada, "oleh": oleh, "catatan": catatan})
    return hasil


def _sesudah(saat: datetime, jam: float) -> datetime:
    """That many hours later, when only the office's hours count."""
    saat, sisa = waktu.wib(saat), timedelta(hours=jam)
    while True:
        tutup = saat.replace(hour=TUTUP, minute=0, second=0)
        buka = max(saat, saat.replace(hour=BUKA, minute=0, second=0))
        if saat.weekday() < 5 and tutup > buka:
            if sisa < tutup - buka:
                return buka + sisa
            sisa -= tutup - buka
        saat = (saat + timedelta(days=1)).replace(hour=0, minute=0, second=0)
