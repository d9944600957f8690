"""Conversations that an officer holds: what the resident writes goes to the officer, not to Rasa.

The caller holds the resident's lane.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kelurahan.replies import serahan as texts
from kelurahan.store import serahan
from kelurahan.store.models import Outbox
from kelurahan.whatsapp import media, outbox
from kelurahan.whatsapp.build import Json, text_body
from kelurahan.whatsapp.clean import clean_text
from kelurahan.whatsapp.events import Message, fingerprint

HANDED = "handed"  # the state of an inbox row that an officer answers
RESIDENT, SYSTEM = "warga", "sistem"
# kinds of outbox rows: what an officer wrote, that they came or went, asking to write again
WORDS, NOTICE, INVITATION = "petugas_pesan", "petugas_kabar", "petugas_undangan"
WITHDRAWN = "withdrawn"  # the state of a notice that nobody heard in time
DONE = re.compile(r"\W*selesai\W*", re.I)
ERASE = re.compile(
    r"\W*((tolong|mohon)\W+)?hapus\W+((semua|seluruh)\W+)?data(\W+(pribadi|diri))?\W+saya\W*", re.I
)
# what stands for a message that has no words; of one that has, the kind stands before them
KINDS = {
    "image": "[foto]",
    "video": "[video]",
    "document": "[berkas]",
    "sticker": "[stiker]",
    "audio": "[pesan suara]",
    "voice": "[pesan suara]",
    "location": "[lokasi]",
    "contacts": "[kartu kontak]",
    "request_welcome": "[membuka percakapan]",
    "edit": "[mengubah pesan sebelumnya]",
}
UNREADABLE, EMPTY = "[pesan yang tidak terbaca]", "[pesan kosong]"
NOT_KEPT = "(tidak disimpan: terlalu banyak hari ini)"
_QUIET = {"synchronize_session": False}


def words(message: Message) -> str:
    """What an officer reads of a message."""
    said, kind = _said(message), KINDS.get(message.type, "")
    text = clean_text(said) or (EMPTY if said is not None and not kind else "")
    if message.type == "request_welcome":
        text = ""  # "menu", which is meant for the bot
    lost = NOT_KEPT if message.content.reply == media.FULL else ""
    return " ".join(part for part in (kind, lost, text) if part) or UNREADABLE


def wants_erasure(message: Message) -> bool:
    """Whether the bot must hear this: only it asks, and erases what there is."""
    return ERASE.fullmatch(_said(message) or "") is not None


def _said(message: Message) -> str | None:
    choice = message.content.choice
    return choice.title if choice else message.content.text


def take_in(s: Session, resident: str, message: Message) -> None:
    """A message for the officer; "selesai" ends the conversation with them."""
    note(s, resident, words(message), fingerprint(message.wamid))
    if DONE.fullmatch(_said(message) or ""):
        end(s, resident, serahan.OLEH_WARGA, texts.SELESAI)


def note(s: Session, resident: str, text: str, pesan_id: str, came: datetime | None = None) -> None:
    """Write a message down where the officer reads it."""
    direction = {"arah": serahan.MASUK, "oleh": RESIDENT}
    serahan.catat(s, resident, text, pesan_id=pesan_id, pada=came, **direction)
    serahan.sentuh(s, resident)


def give_back(s: Session, resident: str) -> None:
    """Let the bot speak, since the resident wants everything erased; they stay in the queue."""
    release(s, resident, serahan.HAPUS_DATA, texts.HAPUS_DATA)


def release(s: Session, resident: str, why: str, text: str) -> int | None:
    """Let go of a held conversation, which waits anew; the id of what ended, or None."""
    who = serahan.kunci(s, resident)
    over = serahan.lepas(s, who, why) if who else None
    if over is None:
        return None
    if not withdraw(s, who.id):
        say(s, who.id, text, key=f"serahan:{over.id}:lepas")
    return over.id


def end(s: Session, resident: str, how: str, text: str) -> int | None:
    """End a hand-over, tell the resident, let the bot speak; the id of what ended, or None.

    Somebody who never heard that an officer had come is not told that the officer has gone.
    """
    who = serahan.kunci(s, resident)
    over = serahan.tutup(s, who, how) if who else None
    if over is None:
        return None
    if not (withdraw(s, who.id) and over.dipegang):
        say(s, who.id, text, key=f"serahan:{over.id}:{how}")
    return over.id


def say(
    s: Session,
    resident: str,
    text: str,
    *,
    key: str,
    by: str = SYSTEM,
    kind: str = NOTICE,
    body: Json | None = None,
) -> bool:
    """Write to a resident, and into what officers read; False when `key` was said before.

    `body`: what is sent when it is not just `text`.
    """
    if not outbox.enqueue(s, resident, body or text_body(text), kind=kind, pesan_id=key):
        return False
    number = s.scalar(select(Outbox.id).where(Outbox.pesan_id == key, Outbox.part == 0))
    serahan.catat(s, resident, text, arah=serahan.KELUAR, oleh=by, outbox_id=number)
    serahan.sentuh(s, resident)
    return True


def withdraw(s: Session, resident: str) -> bool:
    """Take back notices that still wait for the resident to write: they are no longer true."""
    mine = update(Outbox).where(
        Outbox.warga_id == resident, Outbox.state == outbox.WINDOWED, Outbox.kind == NOTICE
    )
    gone = mine.values(state=WITHDRAWN, body=None, template=None)
    return s.execute(gone, execution_options=_QUIET).rowcount > 0
