"""The audit trail of everything that is not an application's own history. No resident's data."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.orm import Session

from kelurahan.store import waktu
from kelurahan.store.models_petugas import JejakAudit

SISTEM = "sistem"


def catat(
    s: Session,
    oleh: str,
    tindakan: str,
    sasaran: str,
    sebelum: Any = None,
    sesudah: Any = None,
) -> None:
    """Write one line, in the transaction of the change itself: both stand or neither.

    `oleh` is a user name (or "sistem"), `tindakan` a word like "ubah_peran", `sasaran` what it was
    done to ("petugas:3"); `sebelum` and `sesudah` become JSON.
    """
    s.add(
        JejakAudit(
            pada=waktu.sekarang(),
            oleh=oleh[:100],
            tindakan=tindakan[:40],
            sasaran=sasaran[:80],
            sebelum=_json(sebelum),
            sesudah=_json(sesudah),
        )
    )


def _json(nilai: Any) -> str | None:
    return None if nilai is None else json.dumps(nilai, ensure_ascii=False, default=str)
