"""The inbox: a resident's message is written down before WhatsApp hears that it has arrived."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from kelurahan.store import peringatan, waktu, warga
from kelurahan.store.engine import sisip_bila_baru
from kelurahan.store.models import TERBUKA, Inbox, Outbox, Warga
from kelurahan.store.queue import DONE, INBOX, WAITING, Claim, ClaimLostError, Worker, lock
from kelurahan.store.siap import Siap
from kelurahan.whatsapp import held, media, outbox
from kelurahan.whatsapp.build import text_body
from kelurahan.whatsapp.events import Choice, Content, Media, Message, Outcome, Sender, fingerprint
from kelurahan.whatsapp.replies import FIXED_REPLIES

Json = dict[str, Any]
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
_TAKEN = (
    select(_INBOX.state, _WARGA.dipegang)
    .select_from(_TABLE.outerjoin(Warga.__table__, _INBOX.warga_id == _WARGA.id))
    .where(_INBOX.id == bindparam("row"))
)
_RECENT = select(func.count()).where(
    _INBOX.warga_id == bindparam("lane"), _INBOX.sent_at > bindparam("since")
)
_KNOWN = Siap(
    select(_WARGA.dipegang, _WARGA.terakhir_menulis, _RECENT.scalar_subquery(), INBOX.open).where(
        _WARGA.id == bindparam("lane")
    )
)
_WROTE = Siap(
    update(Warga.__table__)
    .where(_WARGA.id == bindparam("who"))
    .values(terakhir_menulis=bindparam("stamp"))
)
_RELEASE = Siap(
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


class Stored(NamedTuple):
    """What became of a message: whether it waits for the bot, and its turn if that can begin."""

    waits: bool = False
    turn: Turn | None = None


def store_message(s: Session, message: Message, worker: Worker | None = None) -> Stored:
    """Write a message down; `worker`, if there is one to spare, takes what the resident waits for.

    The same message twice, an old one and one too many are all acknowledged and not answered; what
    goes to an officer is answered there.
    """
    sender = message.sender
    resident = warga.kenali(s, wa_id=sender.wa_id, bsuid=sender.bsuid)
    lock(s, resident)
    # not before the lane is ours: an officer may just have taken the conversation over
    asked = {"lane": resident, "since": message.timestamp - FLOOD_SECONDS}
    [(is_held, wrote, recent, is_open)] = _KNOWN.baris(s, asked)
    state = _state(message, is_held, recent)
    purpose = None
    if message.content.media is not None and state != LIMITED:
        message, purpose = media.look(s, resident, message)
    at_once = worker is not None and state == WAITING and not is_open
    claimed = _begin(s, resident, message, worker) if at_once else None
    if claimed is None and not _write(s, resident, message, state):
        return Stored()
    _open_window(s, resident, wrote, message.timestamp)
    if purpose is not None:
        media.keep(s, resident, message, purpose)
    if state == LIMITED:
        _tell_once(s, resident, message)
    elif is_held:
        _tell_officer(s, resident, message, state)
    if claimed is not None:
        return Stored(turn=Turn(claimed, message))
    turn = claim(s, resident, worker) if worker is not None and state == WAITING else None
    return Stored(state == WAITING and turn is None, turn)


def _columns(message: Message) -> Json:
    return {
        "pesan_id": fingerprint(message.wamid),
        "kind": message.type[:32],
        "sent_at": message.timestamp,
        "received_at": waktu.sekarang(),
    }


def _begin(s: Session, resident: str, message: Message, worker: Worker) -> Claim | None:
    return INBOX.begin(s, resident, worker, **_columns(message), content=encode(message))


def _write(s: Session, resident: str, message: Message, state: str) -> bool:
    row = {**_columns(message), "warga_id": resident, "state": state, "attempts": 0}
    if state == WAITING:
        return sisip_bila_baru(s, Inbox, **row, content=encode(message))
    return sisip_bila_baru(s, Inbox, **row, finished_at=row["received_at"])


def _tell_officer(s: Session, resident: str, message: Message, state: str) -> None:
    """A message of a resident whose conversation an officer holds."""
    if state == held.HANDED:
        hand_over(s, resident)  # merging two records of a resident may have left some
        held.take_in(s, resident, message)
    elif state == WAITING:
        held.give_back(s, resident)


def _state(message: Message, is_held: bool, recent: int) -> str:
    """What becomes of a message."""
    if message.content.outcome not in (Outcome.TO_RASA, Outcome.FIXED_REPLY):
        return EXPIRED if message.old else DONE
    if recent >= FLOOD_MESSAGES:
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
    _WROTE.banyaknya(s, {"who": resident, "stamp": stamp})
    # within the day, too: WhatsApp sometimes claims a closed window that is open
    _RELEASE.banyaknya(s, {"who": resident})


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
    return json.dumps(message, default=vars)


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
