"""What can be watched from outside, as Prometheus metrics; no label holds anything personal."""

from __future__ import annotations

import time
from collections import OrderedDict

from prometheus_client import Counter, Histogram

RECEIVED = Counter("kelurahan_messages_received", "Webhook events by kind", ["kind"])
REFUSED = Counter("kelurahan_webhook_refused", "Webhook calls refused, by reason", ["reason"])
TURNS = Counter("kelurahan_turns", "Turns by how they ended", ["outcome"])
SENT = Counter("kelurahan_messages_sent", "Messages that WhatsApp accepted")
FAILED = Counter("kelurahan_send_failures", "Failed tries to send, by class of error", ["error"])
ATTACHMENTS = Counter("kelurahan_attachments", "Residents' files by what became", ["outcome"])
WEBHOOK = Histogram(
    "kelurahan_webhook_seconds",
    "From a webhook's first byte to our answer",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)
LATENCY = Histogram(
    "kelurahan_reply_seconds",
    "From a message's arrival to WhatsApp's acceptance of the reply",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300),
)

_REMEMBERED = 10_000
_arrived: OrderedDict[str, float] = OrderedDict()


def arrived(pesan_id: str) -> None:
    """A message has come in; its reply is timed from here."""
    _arrived[pesan_id] = time.perf_counter()
    while len(_arrived) > _REMEMBERED:
        _arrived.popitem(last=False)


def answered(pesan_id: str) -> None:
    """The reply has been accepted; what came in before this process started is not timed."""
    start = _arrived.pop(pesan_id, None)
    if start is not None:
        LATENCY.observe(time.perf_counter() - start)
