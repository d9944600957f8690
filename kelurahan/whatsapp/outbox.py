"""The outbox: what residents are told is written down before it is sent, and kept until it is.

The console and the actions of staff write here too: `enqueue` in the transaction that makes the
change, and the change is told exactly when it has happened.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.orm import Session

from kelurahan.store import waktu, warga
from kelurahan.store.engine import sisip_bila_baru
from kelurahan.store.models import Outbox, Warga
from kelurahan.store.queue import DONE, OUTBOX, RUNNING, WAITING, Claim, Worker
from kelurahan.whatsapp.events import Sender, Status, fingerprint

Json = dict[str, Any]
WINDOWED, FAILED, UNCERTAIN = "window", "failed", "uncertain"
WINDOW = 24 * 3600  # seconds from the resident's last message in which free text may be sent
MARGIN = 600  # do not start what could arrive after the window has closed
RANK = {"sent": 1, "delivered": 2, "read": 3, "played": 3}
# What the conversation answers has the kind of its reply behind this ("bot:syarat"); everything
# else that residents get is a notice of ours ("foto", "gangguan") or of staff.
BOT = "bot:"
REFERENCE = "kotak-keluar:"
_QUIET = {"synchronize_session": False}
# built once: every message of ours has three statuses
_NUMBERED = select(Outbox).where(Outbox.id == bindparam("number")).with_for_update()
_SENT_AS = select(Outbox).where(Outbox.wamid_hash == bindparam("hash")).with_for_update()


@dataclass(frozen=True)
class Letter:
    """A claimed message on its way out."""

    claim: Claim
    body: Json = field(repr=False)
    template: Json | None = field(repr=False)
    to: Sender | None  # None when nobody is left to send it to
    window_open: bool

    @property
    def reference(self) -> str:
        """What WhatsApp echoes in every status of this message."""
        return f"{REFERENCE}{self.claim.id}"

    @property
    def age(self) -> float:
        """Seconds since it was written down."""
        return (waktu.sekarang() - self.claim.row["created_at"]).total_seconds()


def enqueue(
    s: Session,
    resident: str,
    body: Json,
    *,
    kind: str,
    to: Sender | None = None,
    template: Json | None = None,
    pesan_id: str | None = None,
    part: int = 0,
    layanan: str | None = None,
) -> bool:
    """Write a message to a resident down; False if this answer stood there already.

    `body` is a Cloud API message without its address; `template` is sent in its place once the
    24-hour window has closed; `pesan_id` and `part` name the answer, so that it exists once.
    `kind` and `layanan` (the service it is about) are what statistics count.
    """
    row = _columns(body, kind=kind, to=to, pesan_id=pesan_id, part=part, layanan=layanan)
    if template:
        row["template"] = json.dumps(template)
    return sisip_bila_baru(s, Outbox, warga_id=resident, **row, state=WAITING, attempts=0)


def _columns(body: Json, *, kind: str, to: Sender | None, **more: Any) -> Json:
    address = to or Sender()
    return {
        **more,
        "kind": kind[:40],
        "body": json.dumps(body),
        "wa_id": address.wa_id,
        "bsuid": address.bsuid,
        "created_at": waktu.sekarang(),
    }


def claim(s: Session, resident: str, worker: Worker) -> Letter | None:
    """The resident's next message to send, if it may go now."""
    return letter_of(s, OUTBOX.claim(s, resident, worker))


def letter_of(s: Session, claim: Claim | None) -> Letter | None:
    """Read a claimed row, with the address to send it to."""
    if claim is None:
        return None
    row = claim.row
    to = Sender(row["wa_id"], row["bsuid"])
    fresh = (waktu.sekarang() - row["created_at"]).total_seconds() < WINDOW - MARGIN
    if fresh and row["pesan_id"] and (to.wa_id or to.bsuid):
        # nearly every letter: the answer to a message that came just now
        return Letter(claim, *_content(row), to, True)
    # a notice of staff may have a `pesan_id` too, but no address of its own: it answers nothing
    answers = row["pesan_id"] and (to.wa_id or to.bsuid)
    record = s.get(Warga, warga.id_sekarang(s, claim.warga_id))
    if not (to.wa_id or to.bsuid) and record is not None:
        to = Sender(record.wa_id, record.bsuid)
    wrote = record.terakhir_menulis if record is not None else None
    # an answer is written while its resident's message is fresh: only a later one can be too late
    asked = row["created_at"].timestamp() if answers else 0
    since = waktu.sekarang().timestamp() - max(wrote or 0, asked)
    reachable = to if to.wa_id or to.bsuid else None
    return Letter(claim, *_content(row), reachable, since < WINDOW - MARGIN)


def _content(row: Mapping[str, Any]) -> tuple[Json, Json | None]:
    body, template = row["body"], row["template"]
    return json.loads(body) if body else {}, json.loads(template) if template else None


def sent(s: Session, letter: Letter, wamid: str) -> None:
    """WhatsApp has accepted it; the body stays until the message has arrived."""
    hashed = fingerprint(wamid) if wamid else None
    OUTBOX.finish(
        s, letter.claim, wamid_hash=hashed, delivery=None, wa_id=None, bsuid=None, error=None
    )


def said_since(s: Session, resident: str, kind: str, seconds: float) -> bool:
    """Whether a message of this kind was written to the resident in the last seconds."""
    since = waktu.sekarang() - timedelta(seconds=seconds)
    found = exists().where(
        Outbox.warga_id == resident, Outbox.created_at > since, Outbox.kind == kind
    )
    return bool(s.scalar(select(found)))


def merge(s: Session, status: Status) -> Outbox | None:
    """Take in a delivery status, in whatever order they come; a failed row is returned.

    `read` beats `delivered` beats `sent`; `failed` counts only while nothing has arrived. A status
    may overtake the answer to our own request: it proves that the message has gone out.
    """
    row = _row_of(s, status)
    hashed = fingerprint(status.wamid)
    if row is None or (status.status in ("sent", "failed") and _outdated(row, hashed)):
        return None
    if status.status == "failed":
        if RANK.get(row.delivery or "", 0) > 1:
            return None
        row.wamid_hash, row.delivery = hashed, "failed"
        row.error_code = next(iter(status.codes), None)
        return row
    row.wamid_hash = hashed
    if RANK.get(status.status, 0) > RANK.get(row.delivery or "", 0):
        row.delivery = status.status
        if row.state != DONE and row.attempts > 0:
            row.state, row.finished_at = DONE, waktu.sekarang()
        if RANK[status.status] > 1:
            row.body = row.template = row.wa_id = row.bsuid = None
    return None


def _outdated(row: Outbox, hashed: str) -> bool:
    """Whether a status tells of a try known to have failed, or one that another has followed.

    Statuses come more than once and in any order: such a one must neither send the message again
    nor keep it from being sent again.
    """
    if row.wamid_hash is None:
        return False
    if row.wamid_hash == hashed:
        return row.delivery == "failed"
    return row.state == DONE or (row.state == WAITING and row.error != "UnknownOutcomeError")


def _row_of(s: Session, status: Status) -> Outbox | None:
    number = status.reference.removeprefix(REFERENCE)
    ours = status.reference.startswith(REFERENCE) and number.isdecimal() and len(number) < 18
    row = s.scalar(_NUMBERED, {"number": int(number)}) if ours else None
    return row or s.scalars(_SENT_AS, {"hash": fingerprint(status.wamid)}).first()


def empty_old(s: Session) -> int:
    """Forget bodies that nobody needs any more: arrived, a day old, or of an erased resident."""
    old = waktu.sekarang() - timedelta(seconds=WINDOW)
    closed = Outbox.state.not_in((WAITING, RUNNING, WINDOWED))
    gone = Outbox.warga_id.not_in(select(Warga.id))
    forget = update(Outbox).where(closed, Outbox.body.is_not(None))
    forget = forget.where((Outbox.finished_at < old) | gone)
    nothing = {"body": None, "template": None, "wa_id": None, "bsuid": None}
    return s.execute(forget.values(nothing), execution_options=_QUIET).rowcount


def answer(
    s: Session,
    resident: str,
    bodies: Iterable[Json],
    worker: Worker | None = None,
    *,
    to: Sender,
    kind: str,
    pesan_id: str,
    layanan: str | None = None,
) -> Letter | None:
    """Write the parts of one answer down, in order; parts that stood there already stay.

    Where nothing else goes to the resident, `worker` takes the first part in the same step.
    """
    first: Claim | None = None
    more = {"kind": kind, "to": to, "pesan_id": pesan_id, "layanan": layanan}
    for part, body in enumerate(bodies):
        if worker is not None and part == 0:
            first = OUTBOX.begin(s, resident, worker, **_columns(body, part=part, **more))
        else:
            enqueue(s, resident, body, part=part, **more)
    return letter_of(s, first)
