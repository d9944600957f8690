"""The inbox: a resident's message is written down before WhatsApp hears that it has arrived."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from kelurahan.store import peringatan, waktu, warga
from kelurahan.store.engine import sisip_bila_baru
from kelurahan.store.models import TERBUKA, Inbox, Outbox, Warga
from kelurahan.store.queue import DONE, INBOX, WAITING, Claim, ClaimLostError, Worker, lock
from kelurahan.whatsapp import held, media, outbox
from kelurahan.whatsapp.build import text_body
from kelurahan.whatsapp.events import Choice, Content, Media, Message, Outcome, Sender, fingerprint
from kelurahan.whatsapp.replies import FIXED_REPLIES

LIMITED, PARKED, EXPIRED = "limited", "parked", "expired"
# A person types no more than one message every two seconds for a minute. WhatsApp's own clock is
# counted, so that what piled up during an outage of ours is not taken for a flood.
FLOOD_MESSAGES, FLOOD_SECONDS = 30, 60
FLOOD_NOTICE = "terlalu_cepat"
PARKED_DAYS = 30
_QUIET = {"synchronize_session": False}
_TABLE = Inbox.__table__
_INBOX, _OUTBOX, _WARGA = _TABLE.c, Outbox.__table__.c, Warga.__table__.c
# built once: putting a statement together costs more than running it
_KNOWN = select(_WARGA.dipegang, _WARGA.terakhir_menulis).where(_WARGA.id == bindparam("who"))
_TAKEN = (
    select(_INBOX.state, _WARGA.dipegang)
    .select_from(_TABLE.outerjoin(Warga.__table__, _INBOX.warga_id == _WARGA.id))
    .where(_INBOX.id == bindparam("row"))
)
_RECENT = select(func.count()).where(
    _INBOX.warga_id == bindparam("who"), _INBOX.sent_at > bindparam("since")
)
_WROTE = (
    update(Warga.__table__)
    .where(_WARGA.id == bindparam("who"))
    .values(terakhir_menulis=bindparam("stamp"))
)
_RELEASE = (
    update(Outbox.__table__)
    .where(_OUTBOX.warga_id == bindparam("who"), _OUTBOX.state == outbox.WINDOWED)
    .values(state=WAITING, due_at=None)
)


@dataclass(frozen=True)
class Turn:
    """A claimed message, with the resident whose turn it is."""

    claim: Claim
    message: Message = field(repr=False)

    @property
    def resident(self) -> str:
        """The opaque id that Rasa sees."""
        return self.claim.warga_id

    @property
    def pesan_id(self) -> str:
        """The hash of the wamid, by which everything this message causes is known."""
        return self.claim.row["pesan_id"]

    @property
    def first_time(self) -> bool:
        """Whether nobody has worked on this message before."""
        return self.claim.attempts == 1

    @property
    def age(self) -> float:
        """Seconds since we received it."""
        return (waktu.sekarang() - self.claim.row["received_at"]).total_seconds()


def store_message(s: Session, message: Message) -> str | None:
    """Write a message down; the resident's id when it is to be answered, None otherwise.

    The same message twice, an old one and one too many are all acknowledged and not answered; what
    goes to an officer is answered there.
    """
    sender = message.sender
    resident = warga.kenali(s, wa_id=sender.wa_id, bsuid=sender.bsuid)
    lock(s, resident)
    # not before the lane is ours: an officer may just have taken the conversation over
    is_held, wrote = s.connection().execute(_KNOWN, {"who": resident}).one()
    state = _state(s, resident, message, is_held)
    purpose = None
    if message.content.media is not None and state != LIMITED:
        message, purpose = media.look(s, resident, message)
    now = waktu.sekarang()
    new = sisip_bila_baru(
        s,
        Inbox,
        pesan_id=fingerprint(message.wamid),
        warga_id=resident,
        kind=message.type[:32],
        sent_at=message.timestamp,
        received_at=now,
        content=encode(message) if state == WAITING else None,
        state=state,
        attempts=0,
        finished_at=None if state == WAITING else now,
    )
    if not new:
        return None
    _open_window(s, resident, wrote, message.timestamp)
    if purpose is not None:
        media.keep(s, resident, message, purpose)
    if state == LIMITED:
        _tell_once(s, resident, message)
    elif is_held:
        _tell_officer(s, resident, message, state)
    return resident if state == WAITING else None


def _tell_officer(s: Session, resident: str, message: Message, state: str) -> None:
    """A message of a resident whose conversation an officer holds."""
    if state == held.HANDED:
        hand_over(s, resident)  # merging two records of a resident may have left some
        held.take_in(s, resident, message)
    elif state == WAITING:
        held.give_back(s, resident)


def _state(s: Session, resident: str, message: Message, is_held: bool) -> str:
    """What becomes of a message."""
    if message.content.outcome not in (Outcome.TO_RASA, Outcome.FIXED_REPLY):
        return EXPIRED if message.old else DONE
    if _flooded(s, resident, message.timestamp):
        return LIMITED
    return held.HANDED if is_held and not held.wants_erasure(message) else WAITING


def hand_over(s: Session, resident: str) -> None:
    """Give the officer who holds the conversation what waits for the bot or is in work.

    The caller holds the lane. Whoever works on a message finds the claim lost: the answer is not
    sent.
    """
    mine = select(_TABLE).where(_INBOX.warga_id == resident, TERBUKA)
    waiting = s.connection().execute(mine.order_by(_INBOX.sent_at, _INBOX.id)).mappings()
    for row in waiting.all():
        try:
            text = held.words(decode(row["content"]))
        except (ValueError, KeyError, TypeError):
            text = held.UNREADABLE
        held.note(s, resident, text, row["pesan_id"], row["received_at"])
        free = {"claimed_by": None, "claimed_until": None, "due_at": None, "content": None}
        done = {"state": held.HANDED, "finished_at": waktu.sekarang(), **free}
        s.connection().execute(_TABLE.update().where(_INBOX.id == row["id"]).values(done))


def close(s: Session, turn: Turn) -> None:
    """Close an answered message.

    Raises ClaimLostError, also when an officer has taken the message over meanwhile; unless they
    have let go again, or the answer is that everything has been erased.
    """
    try:
        INBOX.finish(s, turn.claim, content=None)
    except ClaimLostError:
        state, is_held = s.execute(_TAKEN, {"row": turn.claim.id}).one()
        if state != held.HANDED or is_held:
            raise


def claim(s: Session, resident: str, worker: Worker) -> Turn | None:
    """The resident's next message, if it may be worked on now; the lane is locked by the caller."""
    return turn_of(s, INBOX.claim(s, resident, worker))


def turn_of(s: Session, claim: Claim | None) -> Turn | None:
    """Read a claimed row; one that cannot be read is set aside, or it would stop all others."""
    if claim is None:
        return None
    try:
        return Turn(claim, decode(claim.row["content"]))
    except (ValueError, KeyError, TypeError):
        INBOX.finish(s, claim, PARKED)
        peringatan.catat(s, "pesan_rusak", "Satu pesan WhatsApp yang tersimpan tidak terbaca.")
        return None


def _flooded(s: Session, resident: str, stamp: int) -> bool:
    asked = {"who": resident, "since": stamp - FLOOD_SECONDS}
    return (s.connection().scalar(_RECENT, asked) or 0) >= FLOOD_MESSAGES


def _tell_once(s: Session, resident: str, message: Message) -> None:
    """One notice for each flood, however many messages it has."""
    if outbox.said_since(s, resident, FLOOD_NOTICE, FLOOD_SECONDS):
        return
    outbox.enqueue(
        s, resident, text_body(FIXED_REPLIES[FLOOD_NOTICE]), kind=FLOOD_NOTICE, to=message.sender
    )


def _open_window(s: Session, resident: str, before: int | None, stamp: int) -> None:
    """The resident has written: WhatsApp lets us answer for 24 hours, and what waited may go."""
    if before is not None and before >= stamp:
        return
    s.connection().execute(_WROTE, {"who": resident, "stamp": stamp})
    # within the day, too: WhatsApp sometimes claims a closed window that is open
    s.connection().execute(_RELEASE, {"who": resident})


def settle(s: Session, row: int) -> bool:
    """Staff have seen to a parked message: it is done, and its words are forgotten."""
    mine = update(Inbox).where(Inbox.id == row, Inbox.state == PARKED)
    return s.execute(mine.values(state=DONE, content=None), execution_options=_QUIET).rowcount == 1


def empty_old(s: Session) -> int:
    """Forget what parked messages said: after a month, or once their resident had all erased."""
    old = waktu.sekarang() - timedelta(days=PARKED_DAYS)
    forget = update(Inbox).where(Inbox.state == PARKED, Inbox.content.is_not(None))
    gone = Inbox.warga_id.not_in(select(Warga.id))
    forget = forget.where((Inbox.finished_at < old) | gone).values(content=None)
    return s.execute(forget, execution_options=_QUIET).rowcount


def encode(message: Message) -> str:
    """A message as ASCII JSON: any character survives any database."""
    return json.dumps(asdict(message))


def decode(text: str) -> Message:
    """The message that `encode` wrote."""
    raw: dict[str, Any] = json.loads(text)
    content = raw["content"]
    choice, file = content["choice"], content["media"]
    return Message(
        **{
            **raw,
            "sender": Sender(**raw["sender"]),
            "content": Content(
                **{
                    **content,
                    "outcome": Outcome(content["outcome"]),
                    "choice": Choice(**choice) if choice else None,
                    "media": Media(**file) if file else None,
                }
            ),
        }
    )
