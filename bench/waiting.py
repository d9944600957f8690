"""How soon webhooks are answered while thousands of messages wait: `python -m bench.waiting`.

The inbox is filled through the ledger before Rasa starts, as an outage leaves it. From the moment
Rasa's webhook answers, other residents write at a fixed rate, however slowly they are answered.
Exit code 1: something lost, doubled or refused. Loopback only; everything started is ended.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import aiohttp
import httpx

from bench.bots import Options, Place, ours
from bench.figures import machine
from bench.idle import START_WITHIN, body_text, percentile
from bench.load import MIX
from bench.replicas import ReplicasError, own_schema
from kelurahan import settings as configuration
from kelurahan.settings import SettingsError
from kelurahan.store import StoreError, engine
from kelurahan.store.queue import Worker
from kelurahan.whatsapp.ledger import Ledger
from kelurahan.whatsapp.parse import parse
from scripts import children as programs
from scripts.children import LOOPBACK, Children, LaunchError, Program, free_port, say
from scripts.serve_test import ACCOUNT
from scripts.surroundings import PYTHON, own_environ
from simulator import ids, payloads
from simulator.config import Config
from simulator.model import Resident
from simulator.signing import meta_bytes, signature

LOGS = programs.ROOT / "results" / "waiting"
GOAL = 50.0  # ms in which 99 of 100 webhooks are to be answered
TOGETHER = 50  # messages of one webhook while the inbox is filled
ALONE = MIX[:4]  # what has its answer without anything said before
OLD, NEW = 0, 50_000_000  # first numbers of those who wait, and of those who write meanwhile
KNOWN = ("app_secret", "phone_number_id", "business_account_id")
CONFIG = Config(**{name: ACCOUNT[f"whatsapp_{name}"] for name in KNOWN})
# default, least, most; `limit`: seconds until everybody must have an answer
OPTIONS = {"rows": (10_000, 1, 20_000), "webhooks": (500, 1, 2000)}
OPTIONS |= {"rate": (20.0, 1, 100), "limit": (300.0, 10, 900)}
Asked = Mapping[str, tuple[str, str]]  # number -> text, and what the answer must hold


@dataclass(frozen=True)
class Post:
    """One webhook."""

    at: float  # seconds from the start of the measuring
    took: float
    status: int  # 0: no answer


@dataclass(frozen=True)
class Run:
    """What was seen."""

    ready: float  # seconds from Rasa's start until its webhook answered
    posts: Sequence[Post]
    before: int  # messages in the inbox that waited at the first webhook
    after: int  # and when the last one was answered
    left: int  # rows of both queues open when all was done or the time was up
    arrived: Sequence[tuple[float, str, str]]  # at (as above), to which number, text

    def unanswered(self, old: Asked) -> int:
        """How many of the old messages still waited when the last webhook was answered."""
        end = max(one.at + one.took for one in self.posts)
        return len(old) - len({n for at, n, _ in self.arrived if n in old and at <= end})


def asked(first: int, count: int) -> dict[str, tuple[str, str]]:
    """Made-up residents; each writes once."""
    return {f"62813{first + n:08d}": ALONE[n % len(ALONE)] for n in range(count)}


def body(said: Asked) -> bytes:
    """A webhook with one message of each."""
    messages, contacts = [], []
    for number, (text, _) in said.items():
        who = Resident(number, "Warga Contoh", number, ids.bsuid_of(number))
        wamid, content = ids.wamid(number), payloads.text(text)
        messages.append(payloads.message(who, content, wamid=wamid, at=time.time()))
        contacts.append(payloads.contact(who))
    value = payloads.value(CONFIG, contacts=contacts, messages=messages)
    return meta_bytes(payloads.envelope(CONFIG, [value]))


def fill(ledger: Ledger, old: Asked) -> None:
    """Write the messages down as their webhooks would have."""
    begun, numbers = time.monotonic(), list(old)
    for start in range(0, len(numbers), TOGETHER):
        webhook = body({number: old[number] for number in numbers[start : start + TOGETHER]})
        ledger.receive(parse(webhook, phone_number_id=CONFIG.phone_number_id, now=time.time()), 0)
    if (rows := ledger.depths()["inbox"][0]) != len(old):
        raise LaunchError(f"{rows} messages wait, {len(old)} were to")
    say(f"[waiting] {rows} messages written down in {time.monotonic() - begun:.0f} s")


def begin(children: Children, bot: Sequence[Program], webhook: str) -> float:
    """Start the bot; seconds until its webhook answers."""
    begun = time.monotonic()
    for program in bot:
        children.start(program)
    while not programs.answers(webhook.removesuffix("webhook")):
        children.look()
        if time.monotonic() > begun + START_WITHIN:
            raise LaunchError(f"the webhook did not answer within {START_WITHIN:.0f} s")
        time.sleep(0.02)
    return time.monotonic() - begun


async def send(webhook: str, new: Asked, rate: float, begun: float) -> list[Post]:
    """One webhook after the other at the rate, whether those before are answered or not."""
    timeout, connector = aiohttp.ClientTimeout(total=30), aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as http:
        posts = []
        for n, number in enumerate(new):
            await asyncio.sleep(max(0.0, begun + n / rate - time.monotonic()))
            content = body({number: new[number]})
            posts.append(asyncio.create_task(post(http, webhook, content, begun)))
        return list(await asyncio.gather(*posts))


async def post(http: aiohttp.ClientSession, webhook: str, content: bytes, begun: float) -> Post:
    """Send one and time its answer."""
    headers = {"X-Hub-Signature-256": signature(CONFIG.app_secret, content)}
    headers["Content-Type"] = "application/json"
    sent, status = time.monotonic(), 0
    try:
        async with http.post(webhook, data=content, headers=headers) as answer:
            await answer.read()
            status = answer.status
    except (aiohttp.ClientError, asyncio.TimeoutError) as error:
        say(f"[waiting] webhook without an answer: {type(error).__name__}")
    return Post(sent - begun, time.monotonic() - sent, status)


def settle(children: Children, ledger: Ledger, end: float) -> int:
    """Wait until both queues are empty or the time is up; rows that are left."""
    while (left := sum(rows for rows, _, _ in ledger.depths().values())) and time.monotonic() < end:
        children.look()
        time.sleep(0.5)
    return left


def measure(chosen: argparse.Namespace, old: Asked, new: Asked, logs: Path) -> Run:
    """Fill, start, send, wait; everything is taken down again."""
    with ExitStack() as around:
        schema = around.enter_context(own_schema(chosen.database)) if chosen.database else ""
        var = around.enter_context(tempfile.TemporaryDirectory(prefix="kelurahan-bench-"))
        place = Place.make(Path(var), free_port(), port := free_port(), DATABASE_URL=schema)
        os.environ["DATABASE_URL"] = place.settings.store_url  # for the ledger of this process
        configuration.settings.cache_clear()
        around.callback(engine.tutup)
        ledger = Ledger(Worker("bench"))
        children = around.enter_context(Children(logs))
        bot, graph = ours(children, place, Options()), f"http://{LOOPBACK}:{port}"
        stub = [PYTHON, "-m", "bench.graph_stub", str(port)]
        children.start(Program("graph", stub, own_environ(), f"{graph}/"))
        for program in bot.first:
            children.finish(program, f"{program.name} failed")
        fill(ledger, old)
        ready, begun = begin(children, bot.programs, place.webhook), time.monotonic()
        before = ledger.depths()["inbox"][0]
        posts = asyncio.run(send(place.webhook, new, chosen.rate, begun))
        after = ledger.depths()["inbox"][0]
        left = settle(children, ledger, begun + chosen.limit)
        told = httpx.get(f"{graph}/after/0", timeout=60, trust_env=False).json()["messages"]
    replies = [(one["at"] - begun, one["message"]) for one in told]
    arrived = [(at, one["to"].removeprefix("+"), body_text(one)) for at, one in replies]
    return Run(ready, posts, before, after, left, arrived)


def faults(run: Run, old: Asked, new: Asked) -> dict[str, int]:
    """What must be 0 for the run to be good."""
    everybody = {**old, **new}
    counts = Counter(number for _, number, _ in run.arrived)
    fitting = [n in everybody and everybody[n][1] in text for _, n, text in run.arrived]
    return {
        "lost": sum(number not in counts for number in everybody),
        "doubled": sum(counts[number] > 1 for number in everybody),
        "not fitting": fitting.count(False),
        "webhooks not 200": sum(one.status != 200 for one in run.posts),
        "still open": run.left,
        "measured while nothing waited": int(not run.unanswered(old)),
    }


def report(run: Run, old: Asked) -> list[str]:
    """The figures, as Markdown."""
    took = [1000 * one.took for one in run.posts]
    times = [percentile(took, share) for share in (0.5, 0.95, 0.99, 1.0)]
    slowest = sorted(run.posts, key=lambda one: -one.took)[:5]
    told = ", ".join(f"{1000 * one.took:.0f} ms at {one.at:.1f} s" for one in slowest)
    first = min((at for at, _, _ in run.arrived), default=0.0)
    end = max((at for at, number, _ in run.arrived if number in old), default=0.0)
    every, olds = sum(at <= end for at, _, _ in run.arrived) / (end or 1), len(old) / (end or 1)
    return [
        "| webhooks | p50 ms | p95 ms | p99 ms | max ms |\n|--:|--:|--:|--:|--:|",
        f"| {len(took)} | {' | '.join(f'{value:.1f}' for value in times)} |\n",
        f"- p99 at most {GOAL:.0f} ms: {'met' if times[2] <= GOAL else 'not met'}; slowest: {told}",
        f"- messages waiting: {run.before} at the first webhook, {run.after} at the last one's 200"
        f" ({run.unanswered(old)} of them old)",
        f"- webhook ready {run.ready:.1f} s after Rasa's start, first answer {first:.1f} s later",
        f"- old rows worked off in {end:.0f} s: {olds:.0f} a second, {every:.0f} with new ones",
    ]


def main() -> int:
    """`python -m bench.waiting [--rows 10000] [--webhooks 500] [--rate 20] [--database URL]`"""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, (usual, least, most) in OPTIONS.items():
        parser.add_argument(f"--{name}", type=type(usual), default=usual, help=f"{least} to {most}")
    parser.add_argument("--database", default="", help="postgresql://...; default: SQLite")
    chosen, loads = parser.parse_args(), os.getloadavg()
    for name, (_, least, most) in OPTIONS.items():
        setattr(chosen, name, min(max(getattr(chosen, name), least), most))
    programs.stop_on_signals()
    old, new = asked(OLD, chosen.rows), asked(NEW, chosen.webhooks)
    try:
        run = measure(chosen, old, new, LOGS / f"{datetime.now(timezone.utc):%Y%m%d-%H%M%S}")
    except (LaunchError, SettingsError, ReplicasError, StoreError, httpx.HTTPError) as error:
        print(f"[waiting] {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("[waiting] stopped")
        return 130
    found = faults(run, old, new)
    facts = [*machine(loads), "PostgreSQL" if chosen.database else "SQLite"]
    judged = ", ".join(f"{name} {count}" for name, count in found.items())
    say("\n".join([*(f"- {fact}" for fact in facts), "", *report(run, old), f"- {judged}"]))
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
