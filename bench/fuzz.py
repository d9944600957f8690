"""Damaged webhooks by the hundred thousand: `python -m bench.fuzz --cases 100000 [--seed N]`.

Recorded payloads (tests/data/whatsapp) are changed at random and posted, signed, over loopback to
the real channel, with a Rasa and a Graph API that answer at once. Every payload counts as a case;
most travel several to a request, as Meta sends them too. A case that breaks something is found
again with its seed: but for the time, the payloads depend on nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bench.mutator import CANARY, PAYLOADS, PHONE_ID, Mutator
from simulator.signing import meta_bytes, signature

Json = Any
APP_SECRET, VERIFY, ACCESS = "rahasia-fuzz", "kata-fuzz", "EAAGfuzz0000000000000000"
CONNECTIONS = 6
MOST_TOGETHER = 20  # cases in one request
BACKLOG = 500  # open rows above which posting pauses, or the run would only pile messages up
GROWTH_BOUND = 40.0  # MB of resident memory from the second tenth to the last
LEAK = re.compile(rf"{APP_SECRET}|{VERIFY}|{ACCESS}|62812\d|wamid\.\w|ID\.[0-9a-f]{{6}}|{CANARY}")


class Watch(logging.Handler):
    """Sees every log record and what asyncio complains about."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines = 0
        self.errors: Counter[str] = Counter()
        self.leaks: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count a record; the line itself is shown only when it is a finding."""
        self.lines += 1
        line = f"{record.name}: {record.getMessage()}"
        if record.levelno >= logging.ERROR or record.exc_text:
            self.errors[f"{line} {record.exc_text or ''}"[:400]] += 1
        if LEAK.search(f"{line} {record.exc_text or ''} {record.exc_info or ''}"):
            self.leaks[line[:200]] += 1

    def complain(self, _loop: Any, told: dict[str, Any]) -> None:
        """The event loop's exception handler."""
        self.errors[f"asyncio: {told.get('message')} {told.get('exception')!r}"[:300]] += 1


class Graph:
    """Accepts everything at once."""

    def __init__(self) -> None:
        self.sent = 0

    async def send(self, message: Json) -> str:
        self.sent += 1
        return f"wamid.OUT{self.sent}"

    async def mark_read(self, wamid: str, typing: bool = True) -> None:
        """Blue ticks."""

    async def close(self) -> None:
        """Nothing to close."""


class Rasa:
    """Answers everything at once."""

    def __init__(self) -> None:
        self.asked = 0
        self.lock_store = self.tracker_store = self

    def delete_lock(self, _resident: str) -> None:
        """Nobody holds one."""

    async def retrieve(self, _resident: str) -> None:
        """Nothing has been saved."""

    async def handle_message(self, message: Any) -> None:
        self.asked += 1
        said = {
            "text": f"jawab: {message.text[:50]}",
            "buttons": [{"title": "Ya", "payload": "/ya"}],
        }
        await message.output_channel.send_response(message.sender_id, said)


@dataclass
class Run:
    """What one run has seen."""

    cases: int = 0
    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)  # MB at each tenth
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)


@asynccontextmanager
async def served(rasa: Rasa, graph: Graph) -> AsyncIterator[str]:
    """The channel in a Sanic app, as Rasa registers it."""
    from rasa.core.channels.channel import register
    from sanic import Sanic

    from kelurahan.whatsapp.channel import WhatsAppInput
    from kelurahan.whatsapp.config import Config

    config = Config(APP_SECRET, VERIFY, ACCESS, PHONE_ID, "http://127.0.0.1:9", "v25.0")
    channel = WhatsAppInput(config, client=graph)
    app = Sanic("fuzz", configure_logging=False)
    app.ctx.agent = rasa
    register([channel], app, route="/webhooks/")
    server = await app.create_server("127.0.0.1", 0, return_asyncio_server=True, access_log=False)
    await server.startup()
    await server.start_serving()
    await server.after_start()
    port = server.server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/webhooks/whatsapp/webhook"
    finally:
        await server.before_stop()
        await server.close()
        await server.after_stop()


async def storm(url: str, mutator: Mutator, run: Run, wanted: int, until: float) -> None:
    """Post from several connections until all cases are through or the time is up."""

    async def connection(http: aiohttp.ClientSession) -> None:
        while run.cases < wanted and time.monotonic() < until:
            body, cases = mutator.body(min(MOST_TOGETHER, wanted - run.cases))
            run.cases, run.requests = run.cases + cases, run.requests + 1
            headers = {"X-Hub-Signature-256": signature(APP_SECRET, body)}
            async with http.post(url, data=body, headers=headers) as answer:
                run.statuses[answer.status] += 1
            if run.requests % 20 == 0:
                await settle(BACKLOG)
            if run.cases * 10 // wanted >= len(run.memory) + 1:
                gc.collect()
                run.memory.append(resident())

    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*(connection(http) for _ in range(CONNECTIONS)))


async def settle(most: int = 0, seconds: float = 120.0) -> dict[tuple[str, str], int]:
    """Wait until at most so many rows are open; rows by queue and state."""
    until = time.monotonic() + seconds
    while True:
        rows = counts()
        left = sum(n for (_, state), n in rows.items() if state in ("waiting", "running"))
        if left <= most or time.monotonic() > until:
            return rows
        await asyncio.sleep(0.5)


def counts() -> dict[tuple[str, str], int]:
    """Rows by queue and state, and what stands where it should not."""
    from sqlalchemy import text

    from kelurahan.store import sesi

    unions = [f"SELECT '{t}', state, count(*) FROM {t} GROUP BY state" for t in ("inbox", "outbox")]  # noqa: S608
    unions.append(
        "SELECT 'inbox', 'done with content', count(*) FROM inbox "
        "WHERE state NOT IN ('waiting', 'running', 'parked') AND content IS NOT NULL"
    )
    unions.append("SELECT 'peringatan', jenis, count(*) FROM peringatan GROUP BY jenis")
    with sesi(baca=True) as s:
        return {(a, b): n for q in unions for a, b, n in s.execute(text(q)) if n}


def resident() -> float:
    """Resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def play(options: argparse.Namespace, run: Run, watch: Watch) -> None:
    """The whole run: storm, quiet, one ordinary message, and what is left in the tables."""
    mutator, rasa, graph = Mutator(options.seed), Rasa(), Graph()
    asyncio.get_running_loop().set_exception_handler(watch.complain)
    begun = time.monotonic()
    async with served(rasa, graph) as url:
        await storm(url, mutator, run, options.cases, begun + options.seconds)
        rows = await settle()
        run.seconds = time.monotonic() - begun
        asked = rasa.asked
        plain = json.loads((PAYLOADS / "text.json").read_text(encoding="utf-8"))
        body = meta_bytes(plain)
        body = body.replace(b"1790000000", str(int(time.time())).encode())
        body = re.sub(rb"6281200000001|ID\.4f9a2c", b"6281200100000", body)
        await storm(url, _Once(body), run, run.cases + 1, time.monotonic() + 10)
        await settle()
        if rasa.asked != asked + 1:
            run.findings.append("an ordinary message after the storm was not answered")
    print(f"[fuzz] changes made: {dict(mutator.kinds)}")
    print(f"[fuzz] rows: { {' '.join(k): n for k, n in rows.items()} }")
    print(f"[fuzz] turns {rasa.asked}, sent {graph.sent}, log lines {watch.lines}")
    bad = ("waiting", "running", "parked", "done with content", "pesan_rusak", "aksi_gagal")
    run.findings += [f"rows {' '.join(k)}: {n}" for k, n in rows.items() if k[1] in bad]


class _Once:
    """One payload as it is."""

    def __init__(self, body: bytes) -> None:
        self.body = lambda _most: (body, 1)


def judge(run: Run, watch: Watch) -> None:
    """Turn what was seen into findings."""
    if odd := {s: n for s, n in run.statuses.items() if s != 200}:
        run.findings.append(f"answers other than 200: {odd}")
    run.findings += [f"error, {n} times: {line}" for line, n in watch.errors.most_common(20)]
    run.findings += [f"leak, {n} times: {line}" for line, n in watch.leaks.most_common(20)]
    if len(run.memory) > 2 and (growth := run.memory[-1] - run.memory[1]) > GROWTH_BOUND:
        run.findings.append(f"memory grew by {growth:.0f} MB, more than {GROWTH_BOUND:.0f}")


def table(run: Run, seed: int) -> str:
    """The run in Markdown."""
    memory = " ".join(f"{mb:.0f}" for mb in run.memory)
    rows = [
        ("cases / requests", f"{run.cases} / {run.requests} (seed {seed})"),
        ("seconds, cases per second", f"{run.seconds:.0f}, {run.cases / run.seconds:.0f}"),
        ("answers", ", ".join(f"{s}: {n}" for s, n in sorted(run.statuses.items()))),
        ("memory at each tenth, MB", memory),
        ("findings", str(len(run.findings))),
    ]
    lines = ["| What | Seen |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)]
    return "\n".join([*lines, *(f"FINDING {text}" for text in run.findings)])


def main() -> int:
    """Command line; 1 when anything was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=600.0, help="stop after so long")
    parser.add_argument("--database", default="", help="an empty database; default: a new SQLite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = options.database or f"sqlite:///{folder}/fuzz.db"
        from kelurahan import logs
        from kelurahan.store import engine, siapkan

        run, watch = Run(), Watch()
        siapkan(os.environ["DATABASE_URL"])
        logs.install(secrets=(APP_SECRET, VERIFY, ACCESS))
        logging.getLogger().handlers[:] = [watch]
        logging.getLogger().setLevel(logging.INFO)
        asyncio.run(play(options, run, watch))
        engine.tutup()
    judge(run, watch)
    print(table(run, options.seed))
    return 1 if run.findings else 0


if __name__ == "__main__":
    sys.exit(main())
