"""What the bot and its residents said to each other: Rasa's own table, read only."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from kelurahan.console.tampilan import nama_layanan
from kelurahan.settings import settings
from kelurahan.store import StoreError
from kelurahan.store.engine import baca_url, mesin

logger = logging.getLogger(__name__)
_E = sa.table("events", *(sa.column(k) for k in ("id", "sender_id", "type_name", "data")))
WARGA, BOT = "user", "bot"
_TERAKHIR = (
    sa.select(_E.c.sender_id, _E.c.data)
    .where(_E.c.sender_id == sa.bindparam("siapa"), _E.c.type_name == WARGA)
    .order_by(_E.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Ucapan:
    """One thing said; `pesan_id` names the resident's message that began the turn."""

    saat: datetime
    dari_warga: bool
    teks: str = field(repr=False)
    pesan_id: str | None
    pilihan: tuple[str, ...] = ()


def baca(semua: Collection[str], batas: int) -> list[Ucapan] | None:
    """The last things said in these conversations, in order; None while they cannot be read."""
    terakhir = sa.select(_E.c.data).where(
        _E.c.sender_id.in_(list(semua)), _E.c.type_name.in_((WARGA, BOT))
    )
    baris = _jalankan((terakhir.order_by(_E.c.id.desc()).limit(batas), {}))
    return None if baris is None else _urai([json.loads(data) for (data,) in reversed(baris)])


def terakhir_ditulis(semua: Collection[str]) -> dict[str, tuple[datetime, str]]:
    """When each of these residents wrote to the bot last, and what."""
    # one short look each: a single statement would read whole conversations for their last row
    baris = _jalankan(*((_TERAKHIR, {"siapa": siapa}) for siapa in semua)) or []
    urai = [(siapa, _urai([json.loads(data)])[0]) for siapa, data in baris]
    return {siapa: (satu.saat, satu.teks) for siapa, satu in urai}


def _jalankan(*semua: tuple[Any, dict[str, Any]]) -> list[Any] | None:
    """The rows of these statements; None when there is nothing to read from."""
    try:
        alamat = baca_url(settings().conversations_url)
        if alamat.get_backend_name() == "sqlite" and not Path(alamat.database).is_file():
            return None  # the bot has not been started yet; looking must not make its file
        ikatan = mesin(settings().conversations_url).execution_options(baca=True)
        with ikatan.connect() as koneksi:
            return [baris for satu in semua for baris in koneksi.execute(*satu)]
    except (SQLAlchemyError, StoreError) as galat:  # also before the bot has made its table
        logger.warning("conversations cannot be read: %s", type(galat).__name__)
        return None


def _urai(events: list[dict[str, Any]]) -> list[Ucapan]:
    judul: dict[str, str] = {}  # what stood on the button that sends a payload
    pesan_id = None
    hasil = []
    for event in events:
        saat = datetime.fromtimestamp(event.get("timestamp") or 0, timezone.utc)
        teks = event.get("text") or ""
        if event.get("event") == WARGA:
            pesan_id = event.get("message_id")
            hasil.append(Ucapan(saat, True, _kata(teks, judul), pesan_id))
            continue
        tombol = (event.get("data") or {}).get("buttons") or []
        ditawarkan = {t["payload"]: t["title"] for t in tombol if "payload" in t and "title" in t}
        judul.update(ditawarkan)
        hasil.append(Ucapan(saat, False, teks, pesan_id, tuple(ditawarkan.values())))
    return hasil


def _kata(teks: str, judul: dict[str, str]) -> str:
    """A tapped choice as the resident saw it, else in words: `/tanya_biaya{…}` is ours."""
    if not teks.startswith("/"):
        return teks
    if teks in judul:
        return judul[teks]
    nama, _, isi = teks[1:].partition("{")
    try:
        nilai = json.loads("{" + isi) if isi else {}
    except ValueError:
        nilai = {}
    rinci = [nama_layanan(v) if k == "layanan" else str(v) for k, v in nilai.items()]
    return " ".join(["Pilihan:", nama.replace("_", " "), *rinci])
