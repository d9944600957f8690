"""Applications as years of work leave them: for measuring the console, and for looking at it."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert, text

from kelurahan.katalog import katalog
from kelurahan.store import sesi, status, waktu
from kelurahan.store.direktori import direktori
from kelurahan.store.models import Permohonan, RiwayatStatus, UrutanNomor, Warga
from kelurahan.wilayah import kelurahan

CHUNK = 5_000
YEARS = 3
PER_RESIDENT = 2.5  # applications; RT officers, one sender in a hundred, file many more
FIRST = (
    "Siti Budi Dewi Agus Rina Asep Yuni Dedi Ani Ujang Fitri Hendra Lilis Rudi Neneng Iwan Sri Eko "
    "Maya Joko Nurul Dadang Ratna Wahyu Euis Andi Wulan Cecep Indah Tatang Zoé"
).split()
LAST = (
    "Aminah Santoso Lestari Setiawan Kurniasih Hidayat Rahmawati Gunawan Suryani Saputra Nur'aini "
    "Permana Handayani Mulyana Wijaya Marlina Firmansyah Kartika Ramadhan Sopian Anggraeni Siregar"
).split()
# of old applications and of those from the last weeks: a third of the old was never finished
OLD = {"selesai": 58, "ditolak": 5, "dibatalkan": 6, "siap_diambil": 6, "baru": 12}
OLD |= {"diperiksa": 3, "perlu_dilengkapi": 6, "diproses": 4}
FRESH = {"selesai": 25, "ditolak": 4, "dibatalkan": 4, "siap_diambil": 12, "baru": 30}
FRESH |= {"diperiksa": 9, "perlu_dilengkapi": 8, "diproses": 8}
FRESH_DAYS = 21
WAY = {
    "baru": (),
    "diperiksa": ("diperiksa",),
    "perlu_dilengkapi": ("diperiksa", "perlu_dilengkapi"),
    "diproses": ("diperiksa", "diproses"),
    "siap_diambil": ("diperiksa", "diproses", "siap_diambil"),
    "selesai": ("diperiksa", "diproses", "siap_diambil", "selesai"),
    "ditolak": ("diperiksa", "ditolak"),
    "dibatalkan": ("dibatalkan",),
}
NOTE = {"perlu_dilengkapi": "Fotokopi KK belum ada.", "ditolak": "Alamat di luar kelurahan ini."}


def fill(rows: int, seed: int = 7) -> None:
    """Write `rows` applications with residents and history into the configured database."""
    chance = random.Random(seed)
    count = max(1, int(rows / PER_RESIDENT))
    senders = [uuid.UUID(int=chance.getrandbits(128)).hex for _ in range(count)]
    now = waktu.sekarang()
    with sesi() as s:
        for chunk in _chunks(_residents(senders, now, chance)):
            s.execute(insert(Warga.__table__), chunk)
    made = _applications(rows, senders, now, chance)
    for chunk in _chunks(made):
        with sesi() as s:
            s.execute(insert(Permohonan.__table__), [one for one, _ in chunk])
            steps = [step for _, history in chunk for step in history]
            s.execute(insert(RiwayatStatus.__table__), steps)
            newest = chunk[-1][0]["nomor"]
    with sesi() as s:
        _, month, last = newest.split("-")
        s.merge(UrutanNomor(bulan=month, terakhir=int(last)))
        if s.get_bind().dialect.name == "postgresql":
            # rows came with their ids; autovacuum would gather statistics a minute later
            top = "SELECT setval('permohonan_id_seq', (SELECT max(id) FROM permohonan))"
            s.execute(text(top))
            s.execute(text("ANALYZE"))


def _chunks(items: Iterator[Any]) -> Iterator[list[Any]]:
    while chunk := list(islice(items, CHUNK)):
        yield chunk


def _residents(senders: list[str], now: datetime, chance: random.Random) -> Iterator[dict]:
    for number, sender in enumerate(senders):
        wrote = now - timedelta(hours=chance.expovariate(1 / 2000))
        yield {
            "id": sender,
            "wa_id": f"628990{number:07d}",
            "dibuat": now - timedelta(days=365 * YEARS),
            "terakhir_menulis": int(wrote.timestamp()),
            "dipegang": False,
        }


def _applications(
    rows: int, senders: list[str], now: datetime, chance: random.Random
) -> Iterator[tuple[dict, list[dict]]]:
    places = sorted(direktori().pasangan)
    services = list(katalog().slugs())
    weights = [3 if number < 8 else 1 for number in range(len(services))]
    officers = senders[: max(1, len(senders) // 100)]
    moments = sorted(
        now - timedelta(days=365 * YEARS * chance.random() ** 1.3) for _ in range(rows)
    )
    month, last = "", 0
    for number, filed in enumerate(moments, 1):
        this = f"{waktu.wib(filed):%y%m}"
        month, last = this, last + 1 if this == month else 1
        rt, rw = chance.choice(places)
        state = _state(now - filed, chance)
        history = list(_history(number, filed, state, now, chance))
        yield (
            {
                "id": number,
                "nomor": f"{kelurahan().awalan_nomor}-{month}-{last:04d}",
                "warga_id": chance.choice(officers if chance.random() < 0.2 else senders),
                "pesan_id": f"bench-{number}",
                "layanan": chance.choices(services, weights)[0],
                "nama": f"{chance.choice(FIRST)} {chance.choice(LAST)}",
                "tanggal_lahir": date(1950, 1, 1) + timedelta(days=chance.randrange(21_000)),
                "rt": rt,
                "rw": rw,
                "status": state,
                "dibuat": filed,
                "diubah": history[-1]["pada"],
            },
            history,
        )


def _state(age: timedelta, chance: random.Random) -> str:
    shares = FRESH if age.days < FRESH_DAYS else OLD
    return chance.choices(list(shares), list(shares.values()))[0]


def _history(
    number: int, filed: datetime, state: str, now: datetime, chance: random.Random
) -> Iterator[dict]:
    at, before = filed, None
    for step in (status.BARU, *WAY[state]):
        yield {
            "permohonan_id": number,
            "dari": before,
            "ke": step,
            "pada": at,
            "oleh": "warga" if step == status.BARU else "siti",
            "catatan": NOTE.get(step),
        }
        before, at = step, min(now, at + timedelta(hours=chance.expovariate(1 / 30)))
