"""Fetches residents' attachments: from WhatsApp, checked by their bytes, into the folder.

A row of `lampiran` is the work; a claim on it lasts minutes, so that another process takes over
what a dead one had begun. Every outcome is written down in one transaction with what the resident
hears about it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from sqlalchemy.orm import Session

from kelurahan import store
from kelurahan.store import lampiran, lampiran_berkas, peringatan, waktu
from kelurahan.store.lampiran import Ambilan
from kelurahan.store.queue import lock
from kelurahan.whatsapp import media_image, metrics, outbox
from kelurahan.whatsapp.build import text_body
from kelurahan.whatsapp.client import TooLargeError, UntrustedAddressError
from kelurahan.whatsapp.errors import AccountError, CredentialsError, RequestError, SendError
from kelurahan.whatsapp.replies import FIXED_REPLIES, NOT_AGAIN_WITHIN
from kelurahan.whatsapp.retry import backoff

logger = logging.getLogger(__name__)

MB = 1024 * 1024
# WhatsApp passes on no larger photos (facts section 6). It would pass on documents of 100 MB, but
# ten scanned pages fit into 10, an officer has to open them, and the disk is small.
PHOTO_LIMIT, DOCUMENT_LIMIT = 5 * MB, lampiran_berkas.TERBESAR
LOOK_EVERY = 2.0  # seconds; looking costs one small query
AT_ONCE = 2  # each holds up to 10 MB
MOST_TRIES = 60  # with the pauses of `backoff` four hours of an outage of WhatsApp's
HELD_UP = 300.0  # seconds to the next try after a trouble that staff must mend
GIVE_UP_AFTER = timedelta(days=2)  # of such a trouble; WhatsApp forgets the file after seven
UNKNOWN_ID = 100
# One lost photo is bad luck, more within a day are a fault of ours or of the settings.
TOLD_FROM = 3
ALERT = "lampiran"
ANSWER_PART = -2  # beside the parts of the answer to the same message, see `outbox.enqueue`
JPEG, PDF = "image/jpeg", "application/pdf"


class RefusedError(Exception):
    """The file is none we keep; `reason` stands in the table: "jenis", "besar" or "rusak"."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Client(Protocol):
    """What fetching needs of `GraphClient`."""

    async def fetch(self, media_id: str, limit: int) -> bytes:
        """The bytes of a file, or a SendError or TooLargeError."""


def kind_of(content: bytes) -> str:
    """What the bytes are, whatever was announced: a picture to redraw, or a PDF; else RefusedError.

    Nothing else is kept: HTML and SVG could act in an officer's browser, Office files in Word.
    """
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return JPEG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return JPEG
    if content.startswith(b"%PDF-"):
        return PDF
    raise RefusedError("jenis")


class Fetcher:
    """One process's share of the work; `run` is the store's thread, off the event loop."""

    def __init__(self, client: Client, run: Callable[..., Any]) -> None:
        self._client = client
        self._run = run

    async def look(self) -> None:
        """Fetch everything that is due."""
        try:
            while await self._run(lampiran.ada_yang_menunggu):
                claimed = await self._run(_claim)
                if not claimed:  # another process was faster
                    return
                await asyncio.gather(*map(self._serve, claimed))
        except store.StoreError:
            raise  # told by whoever calls at intervals
        except Exception as error:  # noqa: BLE001 - the claim runs out and the next look must come
            logger.error("attachments: a look failed: %s", type(error).__name__)

    async def _serve(self, one: Ambilan) -> None:
        try:
            kind, size = await self._take_in(one)
        except RefusedError as error:
            await self._end(one, lampiran.DITOLAK, error.reason)
        except SendError as error:
            await self._after(one, error)
        except OSError as error:  # disk, folder, or Pillow: nothing to do with this one file
            logger.error("attachment %d: not stored: %s", one.id, error)
            await self._hold_up(one, "Lampiran warga tidak bisa disimpan: periksa disk dan folder.")
        else:
            if not await self._run(_store, one, kind, size):
                await asyncio.to_thread(lampiran_berkas.hapus, one.berkas)  # erased meanwhile
            metrics.ATTACHMENTS.labels("stored").inc()

    async def _take_in(self, one: Ambilan) -> tuple[str, int]:
        """Fetch, check, write the file; its type and size."""
        await asyncio.to_thread(lampiran_berkas.pastikan_ruang)
        limit = DOCUMENT_LIMIT if one.dokumen else PHOTO_LIMIT
        try:
            content = await self._client.fetch(one.media_id, limit)
        except TooLargeError:
            raise RefusedError("besar") from None
        kind = kind_of(content)
        if kind == JPEG:
            try:
                content = await asyncio.to_thread(media_image.clean, content)
            except media_image.DamagedError as error:
                logger.warning("attachment %d: %s", one.id, error)
                raise RefusedError("rusak") from None
        await asyncio.to_thread(lampiran_berkas.simpan, one.berkas, content)
        return kind, len(content)

    async def _after(self, one: Ambilan, error: SendError) -> None:
        """What an error of the Graph API means for this attachment."""
        logger.warning("attachment %d: %s", one.id, error)
        if isinstance(error, RequestError) and error.code == UNKNOWN_ID:
            await self._end(one, lampiran.GAGAL, "kedaluwarsa")
        elif isinstance(error, CredentialsError | AccountError | UntrustedAddressError):
            await self._hold_up(one, f"Lampiran warga belum bisa diambil. {error.staff}")
        elif one.percobaan >= MOST_TRIES:
            await self._end(one, lampiran.GAGAL, "whatsapp")
        else:
            await self._run(_postpone, one, backoff(one.percobaan), True, None)

    async def _hold_up(self, one: Ambilan, alert: str) -> None:
        """Wait for staff to mend it; the attachment is not to blame."""
        if waktu.sekarang() - one.dibuat > GIVE_UP_AFTER:
            await self._end(one, lampiran.GAGAL, "terlambat")
        else:
            await self._run(_postpone, one, HELD_UP, False, alert)

    async def _end(self, one: Ambilan, state: str, reason: str) -> None:
        metrics.ATTACHMENTS.labels(state).inc()
        await self._run(partial(_close, one, state, reason))


def _claim() -> list[Ambilan]:
    with store.sesi() as s:
        return lampiran.ambil(s, AT_ONCE)


def _store(one: Ambilan, kind: str, size: int) -> bool:
    with store.sesi() as s:
        peringatan.selesaikan(s, ALERT)
        return lampiran.simpan(s, one, mime=kind, ukuran=size)


def _postpone(one: Ambilan, seconds: float, counted: bool, alert: str | None) -> None:
    with store.sesi() as s:
        lampiran.tunda(s, one, seconds, dihitung=counted)
        if alert:
            peringatan.catat(s, ALERT, alert)


def _close(one: Ambilan, state: str, reason: str) -> None:
    """Give it up, and tell the resident, once for all that fail together."""
    kind = f"lampiran_{reason if state == lampiran.DITOLAK else 'gagal'}"
    with store.sesi() as s:
        lock(s, one.warga_id)  # two that fail at once are told once
        if not lampiran.tutup(s, one, state, reason):
            return
        if not outbox.said_since(s, one.warga_id, kind, NOT_AGAIN_WITHIN[kind]):
            _tell(s, one, kind)
        if state == lampiran.GAGAL and lampiran.gagal_sehari(s) >= TOLD_FROM:
            peringatan.catat(s, ALERT, "Beberapa lampiran warga gagal diambil dari WhatsApp.")


def _tell(s: Session, one: Ambilan, kind: str) -> None:
    body = text_body(FIXED_REPLIES[kind])
    outbox.enqueue(s, one.warga_id, body, kind=kind, pesan_id=one.pesan_id, part=ANSWER_PART)
