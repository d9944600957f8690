"""What a delivery status does to the message that it reports on."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy.orm import Session

from kelurahan.store import peringatan, waktu
from kelurahan.whatsapp import errors, outbox
from kelurahan.whatsapp.events import Status, trace

logger = logging.getLogger(__name__)

LATE_RETRIES = 2  # of a message that WhatsApp accepted and then failed for a passing reason
LATE_PAUSE = timedelta(seconds=4)


def take_in(s: Session, status: Status) -> None:
    """Merge a status; a message that failed late is sent again, or told to staff."""
    row = outbox.merge(s, status)
    if row is None:
        return
    kind = errors.classify(next(iter(status.codes), None))
    logger.warning("sent message %s failed: codes %s", trace(status.wamid), status.codes)
    row.error = kind.__name__
    if issubclass(kind, errors.WindowClosedError):
        row.body, row.template = row.template or row.body, None
        waits = row.error_code is not None and row.body is not None
        has_template = waits and '"type": "template"' in row.body
        row.state = outbox.WAITING if has_template else outbox.WINDOWED
    elif kind.retryable and row.attempts <= LATE_RETRIES and row.body:
        row.state, row.due_at = outbox.WAITING, waktu.sekarang() + LATE_PAUSE
    else:
        row.state = outbox.FAILED
        peringatan.catat(s, kind.__name__, kind.staff, row.error_code or 0)
