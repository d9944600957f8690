"""Which photos and documents are kept, and what their residents hear (data minimisation).

Only what an officer needs is kept: for an open application, or in a conversation that was handed
over. The message itself goes its usual way.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from kelurahan.store import lampiran, waktu
from kelurahan.store.lampiran import Tujuan
from kelurahan.whatsapp.events import Message, fingerprint
from kelurahan.whatsapp.replies import FIXED_REPLIES, KEPT, kept_for_application, kept_for_officer

TYPES = {"image": "Foto", lampiran.DOKUMEN: "Berkas"}
FULL = "lampiran_penuh"
# More than the thickest application needs; beyond it somebody fills our disk.
MOST_PER_DAY = 40
# Seconds: photos of one album come one by one over a slow line, and are answered once.
ALBUM = timedelta(seconds=30)
# It becomes part of an address: Meta's are digits, the simulator's letters and digits.
MEDIA_ID = re.compile(r"[0-9A-Za-z_-]{1,255}")
MIME = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,50}")


def look(s: Session, resident: str, message: Message) -> tuple[Message, Tujuan | None]:
    """What the attachment of a message is to be kept for, and the message with what that means."""
    media = message.content.media
    if media is None or message.type not in TYPES or not MEDIA_ID.fullmatch(media.id):
        return message, None
    purpose = lampiran.tujuan(s, resident, message.content.text or "")
    if purpose is None:
        return message, None
    many, last = lampiran.belakangan(s, resident)
    if many >= MOST_PER_DAY:
        return _told(message, FULL, FIXED_REPLIES[FULL]), None
    album = last is not None and waktu.sekarang() - last < ALBUM
    note = "" if album or purpose.dipegang else _note(message.type, purpose)
    return _told(message, KEPT, note), purpose


def keep(s: Session, resident: str, message: Message, purpose: Tujuan) -> None:
    """Have it fetched; in the transaction that writes its message down."""
    media = message.content.media
    lampiran.catat(
        s,
        resident,
        fingerprint(message.wamid),
        media_id=media.id,
        mime=media.mime_type if MIME.fullmatch(media.mime_type) else "",
        permohonan_id=purpose.permohonan_id,
    )


def _told(message: Message, reply: str, note: str) -> Message:
    return replace(message, content=replace(message.content, reply=reply, note=note))


def _note(kind: str, purpose: Tujuan) -> str:
    if purpose.nomor is None:
        return kept_for_officer(TYPES[kind])
    return kept_for_application(TYPES[kind], purpose.nomor)
