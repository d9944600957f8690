"""Work that waits in a table: one lane per resident, one worker per lane, whatever dies meanwhile.

A row is claimed for a limited time (a lease). Whoever finishes it must still hold the claim, so a
worker that was taken for dead and comes back cannot finish a row twice. Lanes are kept apart by
`lock`: PostgreSQL's advisory lock, SQLite's single writer.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, Table, and_, bindparam, func, or_, select, text, update
from sqlalchemy.orm import Session

from kelurahan.store import waktu
from kelurahan.store.engine import sisip_bernomor
from kelurahan.store.errors import StoreError
from kelurahan.store.models import TERBUKA, Inbox, Outbox
from kelurahan.store.siap import Siap

WAITING, RUNNING, DONE = "waiting", "running", "done"
_QUIET = {"synchronize_session": False}


class ClaimLostError(StoreError):
    """Another worker took the row over: what was done for it must not be written down."""


@dataclass(frozen=True)
class Worker:
    """One process that works queues. `place` stays the same over restarts, `name` does not."""

    place: str
    lease: float = 60.0  # seconds
    name: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", f"{self.place[:60]}#{uuid.uuid4().hex[:12]}")


@dataclass(frozen=True)
class Claim:
    """A row that is ours to work on until `until`; `attempts` counts this one."""

    id: int
    warga_id: str
    attempts: int
    worker: str
    row: Mapping[str, Any] = field(repr=False)


class Queue:
    """The lanes of one table; `order` says which row of a lane comes first."""

    def __init__(self, table: Table, order: tuple[str, ...]) -> None:
        self.table = t = table
        self._order = order
        self._blank = dict.fromkeys(t.c.keys())
        # built once: putting a statement together costs more than running it
        lane = select(t).where(t.c.warga_id == bindparam("lane"), TERBUKA).limit(1)
        # a row in work first: while its lease lasts, nobody else may touch the lane
        head = lane.order_by((t.c.state == RUNNING).desc(), *(t.c[name] for name in order))
        self._head = Siap(head)
        self._row = update(t).where(t.c.id == bindparam("row"))
        self._mine = self._row.where(
            t.c.state == RUNNING,
            t.c.claimed_by == bindparam("worker"),
            t.c.attempts == bindparam("tries"),
        )
        self._built: dict[tuple[str, ...], Siap] = {}
        # whether anything in the lane waits or is in work; part of other statements
        self.open = select(t.c.id).where(t.c.warga_id == bindparam("lane"), TERBUKA).exists()

    def claim(self, s: Session, warga_id: str, worker: Worker) -> Claim | None:
        """Take the head of a lane, unless somebody works on the lane or its head must wait.

        The caller holds `lock(s, warga_id)`.
        """
        now = waktu.sekarang()
        found = self._head.baris(s, {"lane": warga_id})
        if not found:
            return None
        row = dict(zip(self._blank, found[0], strict=True))
        if row["state"] == RUNNING and row["claimed_until"] > now:
            return None
        if row["state"] == WAITING and row["due_at"] is not None and row["due_at"] > now:
            return None
        attempts = row["attempts"] + 1
        self._run(s, self._row, {"row": row["id"]}, _taken(worker, attempts, now))
        return Claim(row["id"], warga_id, attempts, worker.name, row)

    def begin(self, s: Session, warga_id: str, worker: Worker, **values: Any) -> Claim | None:
        """Write a row down in a lane where nothing is open, and take it in the same step.

        None if it stood there already. The caller holds `lock(s, warga_id)`.
        """
        values = {**values, "warga_id": warga_id, **_taken(worker, 1, waktu.sekarang())}
        row = sisip_bernomor(s, self.table, values)
        if row is None:
            return None
        return Claim(row, warga_id, 1, worker.name, {**self._blank, **values, "id": row})

    def take(
        self, s: Session, worker: Worker, limit: int, busy: Collection[str] = ()
    ) -> list[Claim]:
        """Claim the heads of up to `limit` lanes nobody works on, the longest waiting first."""
        claims = []
        for warga_id in self._candidates(s, limit, busy):
            if lock(s, warga_id, wait=False) and (claim := self.claim(s, warga_id, worker)):
                claims.append(claim)
        return claims

    def _candidates(self, s: Session, limit: int, busy: Collection[str]) -> list[str]:
        t, now = self.table, waktu.sekarang()
        first, *rest = self._order
        j = t.alias("j")
        earlier = j.c[first] < t.c[first]
        for name in rest:
            earlier = or_(earlier, and_(j.c[first] == t.c[first], j.c[name] < t.c[name]))
        before = select(j.c.id).where(
            j.c.warga_id == t.c.warga_id, text("j.state IN ('waiting', 'running')"), earlier
        )
        due = and_(t.c.state == WAITING, or_(t.c.due_at.is_(None), t.c.due_at <= now))
        abandoned = and_(t.c.state == RUNNING, t.c.claimed_until <= now)
        pick = select(t.c.warga_id).where(
            text(f"{t.name}.state IN ('waiting', 'running')"),
            or_(due, abandoned),
            ~before.exists(),
        )
        if busy:
            pick = pick.where(t.c.warga_id.not_in(list(busy)))
        return list(s.scalars(pick.order_by(t.c.id).limit(limit)))

    def finish(self, s: Session, claim: Claim, state: str = DONE, **values: Any) -> None:
        """Close a claimed row; raises ClaimLostError when it is no longer ours."""
        self._write(s, claim, state=state, finished_at=waktu.sekarang(), **values)

    def postpone(self, s: Session, claim: Claim, due_at: datetime | None, **values: Any) -> None:
        """Put a claimed row back at the head of its lane; raises ClaimLostError."""
        self._write(s, claim, state=WAITING, due_at=due_at, **values)

    def _write(self, s: Session, claim: Claim, **values: Any) -> None:
        who = {"row": claim.id, "worker": claim.worker, "tries": claim.attempts}
        values = {"claimed_by": None, "claimed_until": None, **values}
        if self._run(s, self._mine, who, values) != 1:
            raise ClaimLostError(f"{self.table.name} {claim.id}: taken over by another worker")

    def _run(self, s: Session, base: Any, where: dict, values: dict[str, Any]) -> int:
        """Update the rows of a prepared statement; how many there were."""
        key = (*where, *values)
        if key not in self._built:
            columns = {name: bindparam(f"to_{name}") for name in values}
            self._built[key] = Siap(base.values(columns))
        given = {f"to_{name}": value for name, value in values.items()}
        return self._built[key].banyaknya(s, {**where, **given})

    def release(self, s: Session, worker: Worker) -> int:
        """Free what an earlier process of the same place held when it died; how many rows."""
        t = self.table
        former = update(t).where(
            TERBUKA, t.c.claimed_by.startswith(f"{worker.place[:60]}#", autoescape=True)
        )
        former = former.where(t.c.claimed_by != worker.name)
        freed = s.execute(former.values(claimed_until=waktu.sekarang()), execution_options=_QUIET)
        return freed.rowcount

    def depth(self, s: Session) -> tuple[int, datetime | None, int]:
        """Open rows, the moment the oldest of them came, and rows set aside for staff."""
        t = self.table
        came = t.c.received_at if "received_at" in t.c else t.c.created_at
        waiting, oldest = s.execute(select(func.count(), func.min(came)).where(TERBUKA)).one()
        aside = select(func.count()).select_from(t).where(t.c.state.in_(("parked", "window")))
        return waiting, oldest, s.scalar(aside) or 0


def _taken(worker: Worker, attempts: int, now: datetime) -> dict[str, Any]:
    """What a row says while somebody works on it."""
    return {
        "state": RUNNING,
        "attempts": attempts,
        "due_at": None,
        "claimed_by": worker.name,
        "claimed_until": now + timedelta(seconds=worker.lease),
    }


INBOX = Queue(Inbox.__table__, ("sent_at", "id"))
OUTBOX = Queue(Outbox.__table__, ("id",))


_LANE = func.hashtextextended(bindparam("lane", type_=String), 0)
_LOCK = Siap(select(func.pg_advisory_xact_lock(_LANE)))
_TRY_LOCK = Siap(select(func.pg_try_advisory_xact_lock(_LANE)))


def lock(s: Session, warga_id: str, *, wait: bool = True) -> bool:
    """Hold a resident's lanes until the transaction ends; False when someone else does.

    SQLite has one writer, and `sesi()` takes the write lock at its start: nothing to do there.
    """
    if s.get_bind().dialect.name != "postgresql":
        return True
    [(got,)] = (_LOCK if wait else _TRY_LOCK).baris(s, {"lane": warga_id})
    return wait or bool(got)
