"""How long a resident waits when nobody else writes: webhook in -> Graph message out.

Starts a bot of its own (`serve-test`) and a Graph stub, each in its own process, and sends messages
one after another. Loopback only; `python -m bench.idle [--n 200]`. See README.md.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from scripts.children import LOOPBACK, Children, LaunchError, Program, free_port, say
from scripts.children import stop_on_signals as end_on_signals
from scripts.serve_test import ACCOUNT
from scripts.surroundings import PYTHON, own_environ
from scripts.train import ensure_model
from simulator import ids, payloads
from simulator.config import Config
from simulator.model import Resident
from simulator.signing import meta_bytes, signature

MOST = 2000
RESIDENTS = 20
START_WITHIN = 180.0
REPLY_WITHIN = 30.0
KINDS = ("menu", "nomor", "tanya", "ajukan")
QUESTIONS = (
    "min syarat bikin ktp hilang apa aja ya",
    "bapak saya meninggal kemarin, harus urus apa",
    "biaya bikin surat usaha berapa",
    "berapa lama surat domisili jadinya",
    "kantor kelurahan buka jam berapa",
    "mau nikah bulan depan suratnya gimana",
    "anak saya baru lahir mau bikin akta",
    "alur pindah ke bandung gimana kak",
)
SYLLABLES = ("ba", "di", "ra", "su", "mi", "no", "la", "ti", "ka", "wi")
# what the reply must hold: a fast wrong answer is not a result
EXPECTED = {"menu": "#20", "nomor": "*Biaya:*", "tanya": "", "ajukan": "Nomor: *"}


@dataclass(frozen=True)
class Sample:
    """One message: kind, seconds until the webhook's 200 and until the reply reached the stub."""

    kind: str
    accepted: float
    replied: float


def messages(count: int) -> Iterator[tuple[int, str, str]]:
    """(resident, kind, text): the residents in turn, each going through the kinds in order."""
    for n in range(count):
        stage, resident = divmod(n, RESIDENTS)
        kind = KINDS[stage % len(KINDS)]
        yield resident, kind, text_of(kind, n)


def text_of(kind: str, n: int) -> str:
    """The text of message `n`; every application is for somebody else."""
    if kind == "menu":
        return "menu"
    if kind == "nomor":
        return f"#{n % 20 + 1}"
    if kind == "tanya":
        return QUESTIONS[n % len(QUESTIONS)]
    return f"{name_of(n)}#{n % 28 + 1}-{n % 12 + 1}-{1950 + n % 50}#{n % 6 + 1}/{n % 12 + 1}"


def name_of(n: int) -> str:
    """A name of letters only, another one for every number."""
    letters = "".join(SYLLABLES[int(digit)] for digit in f"{n:04d}")
    return f"{letters.capitalize()} Contoh"


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


class Client:
    """Meta's part: signed webhooks, and a look at what reached the Graph stub."""

    def __init__(self, bot: str, graph: str) -> None:
        self._webhook, self._graph = f"{bot}/webhooks/whatsapp/webhook", graph
        self._config = Config(
            app_secret=ACCOUNT["whatsapp_app_secret"],
            phone_number_id=ACCOUNT["whatsapp_phone_number_id"],
            business_account_id=ACCOUNT["whatsapp_business_account_id"],
        )
        # trust_env off: a proxy of this machine has no part in this
        self._http = httpx.Client(timeout=REPLY_WITHIN + 10, trust_env=False)
        self._seen = 0

    def ask(self, resident: int, kind: str, text: str) -> Sample:
        """Send one message and wait for the one reply to it."""
        body = self._body(resident, text)
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": signature(self._config.app_secret, body),
        }
        begun = time.monotonic()
        answer = self._http.post(self._webhook, content=body, headers=headers)
        accepted = time.monotonic() - begun
        answer.raise_for_status()
        replies = self._http.get(f"{self._graph}/after/{self._seen}").json()["messages"]
        self._seen += len(replies)
        if len(replies) != 1:
            raise LaunchError(f"{kind} {text!r}: {len(replies)} replies instead of one")
        [reply] = replies
        if EXPECTED[kind] not in body_text(reply["message"]):
            raise LaunchError(f"{kind} {text!r}: unexpected {body_text(reply['message'])[:200]!r}")
        return Sample(kind, accepted, reply["at"] - begun)

    def _body(self, resident: int, text: str) -> bytes:
        number = f"62812009{resident:05d}"
        who = Resident(number, "Warga Contoh", number, ids.bsuid_of(number))
        message = payloads.message(
            who, payloads.text(text), wamid=ids.wamid(number), at=time.time()
        )
        value = payloads.value(self._config, contacts=[payloads.contact(who)], messages=[message])
        return meta_bytes(payloads.envelope(self._config, [value]))


def body_text(message: dict[str, Any]) -> str:
    """What the resident reads of a Graph message."""
    part = message.get("text") or message.get("interactive", {}).get("body", {})
    return str(part.get("body") or part.get("text") or "")


def first(client: Client) -> list[Sample]:
    """The first message of every kind after the start: it loads what later ones find loaded."""
    return [client.ask(RESIDENTS, kind, text_of(kind, MOST + n)) for n, kind in enumerate(KINDS)]


def measure(client: Client, count: int, gap: float) -> list[Sample]:
    """One message after another; `gap` lets the bot finish a turn before the next begins."""
    samples = []
    for resident, kind, text in messages(count):
        samples.append(client.ask(resident, kind, text))
        time.sleep(gap)
    return samples


def report(started: list[Sample], samples: list[Sample]) -> list[str]:
    """The table, in milliseconds."""
    groups = [(kind, [s for s in samples if s.kind == kind]) for kind in KINDS]
    lines = [f"{'reply':<10}{'n':>5}{'p50':>8}{'p95':>8}{'max':>8}  ms"]
    for name, group in [*groups, ("all", samples)]:
        lines.append(row(name, [sample.replied for sample in group]))
    lines.append(row("200 OK", [sample.accepted for sample in samples]))
    told = ", ".join(f"{sample.kind} {1000 * sample.replied:.0f}" for sample in started)
    return [*lines, f"the very first after the start, not counted: {told}"]


def row(name: str, seconds: list[float]) -> str:
    """One line of the table."""
    if not seconds:
        return f"{name:<10}{0:>5}"
    values = [percentile(seconds, 0.5), percentile(seconds, 0.95), max(seconds)]
    return f"{name:<10}{len(seconds):>5}" + "".join(f"{1000 * value:>8.1f}" for value in values)


def start(children: Children, logs: Path) -> Client:
    """Stub and bot, each its own process; returns when both answer."""
    ensure_model(children)
    port, graph_port = free_port(), free_port()
    bot, graph = f"http://{LOOPBACK}:{port}", f"http://{LOOPBACK}:{graph_port}"
    environ = {**own_environ(), **{name.upper(): value for name, value in ACCOUNT.items()}}
    environ |= {"GRAPH_API_URL": graph, "DATABASE_URL": ""}
    stub = [PYTHON, "-m", "bench.graph_stub", str(graph_port)]
    children.start(Program("graph", stub, environ, f"{graph}/"))
    serve = [PYTHON, "-m", "scripts.serve_test", str(port), "--logs", str(logs / "bot")]
    child = children.start(Program("serve-test", serve, environ))
    end = time.monotonic() + START_WITHIN
    while f"ready {bot}" not in child.log.read_text(encoding="utf-8"):
        children.look()
        if time.monotonic() > end:
            raise LaunchError(f"the bot was not ready after {START_WITHIN:.0f} s")
        time.sleep(0.2)
    children.wait_ready()
    return Client(bot, graph)


def main() -> int:
    """`python -m bench.idle [--n 200] [--gap 0.05]`"""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=200, help=f"messages, at most {MOST}")
    parser.add_argument("--gap", type=float, default=0.05, help="seconds between two messages")
    arguments = parser.parse_args()
    count, gap = min(max(arguments.n, 1), MOST), min(max(arguments.gap, 0.0), 1.0)
    end_on_signals()
    try:
        with tempfile.TemporaryDirectory(prefix="kelurahan-bench-") as folder:
            logs = Path(folder)
            with Children(logs) as children:
                client = start(children, logs)
                before = os.getloadavg()[0]
                started = first(client)
                samples = measure(client, count, gap)
                load = f"load {before:.1f} -> {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        say("\n".join([*report(started, samples), load]))
    except (LaunchError, httpx.HTTPError) as error:
        print(f"[bench] {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("[bench] stopped")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
