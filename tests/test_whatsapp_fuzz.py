"""Anything at all through the webhook: no 5xx, nothing raised, nothing lost, nothing in the log.

Always the same cases (`derandomize`), so that a red run can be repeated; `python -m bench.fuzz`
plays new ones for as long as one likes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql
from whatsapp_channel_world import World
from whatsapp_strategies import WEBHOOK, bodies, storm
from whatsapp_world import (
    NOW,
    PHONE_ID,
    SECRET,
    TOKEN,
    VERIFY,
    envelope,
    load,
    meta_bytes,
    sign,
    text,
)

from kelurahan.store import sesi
from kelurahan.store.queue import Worker
from kelurahan.whatsapp.events import Message, Status, SystemChange, fingerprint
from kelurahan.whatsapp.inbox import decode, encode
from kelurahan.whatsapp.ledger import Ledger
from kelurahan.whatsapp.parse import SKEW, parse

INTEGER = 2**31 - 1  # PostgreSQL's


def read(payload):
    return parse(payload, phone_number_id=PHONE_ID, now=NOW)


@storm(120)
@given(WEBHOOK)
def test_whatever_is_parsed_fits_the_tables_and_survives_being_written_down(payload):
    for event in read(json.dumps(payload).encode()).events:
        if isinstance(event, Message | Status | SystemChange):
            assert 0 <= event.timestamp <= NOW + SKEW
            assert 0 < len(event.wamid) <= 255
        if isinstance(event, Status):
            assert all(0 <= code <= INTEGER for code in event.codes)
        if isinstance(event, Message):
            assert decode(encode(event)) == event
            assert len(event.sender.wa_id or "") <= 64
            assert len(event.sender.bsuid or "") <= 160
            assert not re.search(r"62812|ID\.|wamid", repr(event))


@storm(100)
@given(bodies())
def test_no_bytes_at_all_raise(body):
    read(body)


@pytest.mark.parametrize("stamp", [2**31, 10**11 - 1, 10**16 - 1, int(NOW) + SKEW + 1], ids=repr)
def test_a_time_to_come_counts_as_now(stamp):
    (message,) = read(envelope({**text("halo"), "timestamp": str(stamp)})).messages
    assert message.timestamp == int(NOW)


def test_a_clock_a_little_ahead_of_ours_keeps_its_order():
    late, early = (text(t, stamp=int(NOW) + s) for t, s in (("kedua", 9), ("pertama", 8)))
    stamps = [m.timestamp for m in read(envelope(late, early)).messages]
    assert stamps == [int(NOW) + 9, int(NOW) + 8]


def test_a_code_that_cannot_be_metas_is_left_out():
    payload = load("statuses")
    failed = payload["entry"][0]["changes"][0]["value"]["statuses"][1]
    failed["errors"] = [{"code": c} for c in (10**30, 6281200000001, -1, True, 1.5, 131047)]
    assert read(payload).events[1].codes == (131047,)


# the ledger on both databases


@pytest.mark.kedua_basis_data
def test_every_event_that_is_parsed_is_recorded(basis_data, caplog):
    ledger = Ledger(Worker("uji"))

    @storm(40)
    @given(WEBHOOK)
    def weather(payload):
        batch = read(json.dumps(payload).encode())
        intake = ledger.receive(batch, 1_000)
        for turn in intake.turns:
            ledger.finish_turn(turn, [{"type": "text"}], "balasan", go_on=False)
        with sesi(baca=True) as s:
            known = set(s.scalars(sql("SELECT pesan_id FROM inbox")))
        assert {fingerprint(m.wamid) for m in batch.messages} <= known

    weather()
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


@pytest.mark.kedua_basis_data
def test_a_batch_of_a_thousand_messages_is_recorded_whole(basis_data, caplog):
    many = [text("x", sender=f"62812000{n % 300:05d}", wamid=f"wamid.{n}") for n in range(1_000)]
    other = text("y", wamid="wamid.odd", sender="6281200001000")
    odd = {**other, "timestamp": str(10**11 - 1)}
    intake = Ledger(Worker("uji")).receive(read(meta_bytes(envelope(*many, odd))), 1_000)
    assert len(intake.turns) == 300 + 1
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []


# raw bytes through the real channel

SHOWN_NOWHERE = re.compile(rf"{SECRET}|{TOKEN}|{VERIFY}|62812|wamid\.|ID\.4f9a|Siti|hunter2")


class Watch:
    """The channel served on a loop of its own, with everything seen that should not happen."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.world = World(body_patience=0.5)
        self.trouble: list[str] = []
        self.loop.set_exception_handler(lambda _, told: self.trouble.append(told["message"]))

    def run(self, coroutine):
        return self.loop.run_until_complete(asyncio.wait_for(coroutine, 60))

    def answers_still(self) -> None:
        """An ordinary message of a resident who has not written yet gets its reply."""
        before = len(self.world.client.sent)
        sender = f"6281200099{before % 1000:03d}"
        assert self.run(self.world.deliver(envelope(text("apa kabar", sender=sender)))) == 200
        told = [m for m in self.world.client.sent[before:] if m["to"] == f"+{sender}"]
        assert [m["text"]["body"] for m in told] == ["jawab: apa kabar"]


@pytest.fixture
def watch(basis_data, caplog):
    caplog.set_level(logging.DEBUG)
    watch = Watch()
    opened = watch.world.open()
    watch.run(opened.__aenter__())
    yield watch
    watch.answers_still()
    watch.run(opened.__aexit__(None, None, None))
    watch.run(watch.loop.shutdown_default_executor())
    watch.loop.close()
    ours = [r for r in caplog.records if r.name != "hypothesis" and r.name != "asyncio"]
    lines = [f"{r.getMessage()} {r.exc_text or ''}" for r in ours]
    assert watch.trouble == []
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []
    assert [line for line in lines if SHOWN_NOWHERE.search(line)] == []


def test_a_storm_of_signed_bytes_is_acknowledged_and_leaves_nothing_behind(watch):
    @storm(80)
    @given(bodies())
    def weather(body):
        assert watch.run(watch.world.post(body)) == 200

    weather()
    watch.run(watch.world.idle(30))
    watch.run(asyncio.sleep(1.2))  # one look more for what was put off
    watch.run(watch.world.idle(30))
    assert [watch.world.count("inbox", s) for s in ("running", "waiting", "parked")] == [0, 0, 0]
    assert watch.world.rows("SELECT count(*) FROM peringatan WHERE jenis = 'pesan_rusak'") == [(0,)]


# not even HTTP

HEAD = "POST /webhooks/whatsapp/webhook HTTP/1.1\r\nHost: x\r\n"
CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
GZIP = b"\x1f\x8b\x08\x00" + b"\x00" * 20


def signed(body: bytes, *more: str) -> bytes:
    """A signed request as raw bytes, with odd header lines."""
    lines = [f"X-Hub-Signature-256: {sign(body)}", f"Content-Length: {len(body)}", *more]
    return (HEAD + "".join(f"{line}\r\n" for line in lines) + "\r\n").encode("latin-1") + body


def posted(headers: str, body: bytes = b"") -> bytes:
    return (HEAD + headers + "\r\n").encode() + body


async def answer(url: str, raw: bytes, *, endless: bytes = b"") -> int:
    """Send bytes, then `endless` again and again; the status of what comes back, 0 for nothing."""
    port = int(url.split(":")[2].split("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    first = asyncio.ensure_future(reader.readline())
    with contextlib.suppress(ConnectionError, asyncio.TimeoutError):
        writer.write(raw)
        while endless and not first.done():
            writer.write(endless)
            await writer.drain()
            await asyncio.sleep(0)
        line = await asyncio.wait_for(first, 5)
        writer.close()
        return int(line.split()[1]) if line else 0
    writer.close()
    return 0


BODY = meta_bytes(load("text"))
REQUESTS = {
    "as it should be": (signed(BODY), 200),
    "says gzip": (signed(BODY, "Content-Encoding: gzip"), 200),
    "is gzip": (signed(GZIP, "Content-Encoding: gzip"), 200),
    "invalid utf-8": (signed(b'{"entry":"\xff\xc0\x80"}'), 200),
    "another type": (signed(BODY, "Content-Type: multipart/form-data; boundary="), 200),
    "odd headers": (signed(BODY, "X-Odd: \xff\xfe", "Cookie: ;;=;", "Forwarded: for=_x"), 200),
    "signature with an odd letter": (posted("X-Hub-Signature-256: sha256=é\r\n"), 403),
    "no body": (posted(""), 403),
    "a length that is too short": (posted("Content-Length: 3\r\n", b"abcdef"), 403),
    "a chunk that is none": (posted("Transfer-Encoding: chunked\r\n", b"zz\r\nabc"), 400),
    "a body that does not end": (posted("Content-Length: 900\r\n", b"{"), 408),
    "a header without a colon": (posted("nonsense\r\n"), 400),
}


@pytest.mark.parametrize(("raw", "status"), REQUESTS.values(), ids=REQUESTS.keys())
def test_requests_nobody_should_make_are_refused_and_the_next_one_is_served(watch, raw, status):
    assert watch.run(answer(watch.world.url, raw)) == status


def test_a_chunked_body_without_an_end_is_cut_off(basis_data):
    watch = Watch()
    watch.world = World(body_patience=20)

    async def scene():
        async with watch.world.open():
            head = posted("Transfer-Encoding: chunked\r\n")
            got = await answer(watch.world.url, head, endless=CHUNK)
            return got, await watch.world.deliver(load("text"))

    assert watch.run(scene()) == (413, 200)
    assert watch.trouble == []


@storm(40)
@given(query=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
def handshakes(watch, query):
    safe = query.replace("#", "").replace(" ", "")
    line = f"GET /webhooks/whatsapp/webhook?hub.verify_token=hunter2&{safe} HTTP/1.1\r\nHost: x\r\n"
    assert watch.run(answer(watch.world.url, (line + "\r\n").encode())) in (400, 403)


def test_no_query_of_a_handshake_is_a_server_error(watch):
    handshakes(watch)
