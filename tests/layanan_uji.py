"""A running bot for tests: `with bot(folder) as server:` starts `serve-test` and ends it after."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.children import free_port

ROOT = Path(__file__).resolve().parent.parent
START_WITHIN = 900.0  # seconds; the first start trains the model


@dataclass(frozen=True)
class Bot:
    """Where the running bot is reached, and where its logs are."""

    url: str
    logs: Path

    @property
    def whatsapp(self) -> str:
        """The webhook Meta would call."""
        return f"{self.url}/webhooks/whatsapp/webhook"

    @property
    def rest(self) -> str:
        """The REST channel's address."""
        return f"{self.url}/webhooks/rest/webhook"


@contextmanager
def bot(logs: Path, environ: Mapping[str, str] | None = None, *options: str) -> Iterator[Bot]:
    """Start a bot of its own; `environ` adds to the environment (DATABASE_URL, GRAPH_API_URL ...).

    `options` are those of `serve-test` (`--restart`).
    `logs` is a folder, for example pytest's `tmp_path_factory.mktemp("bot")`.
    """
    port = free_port(beside=int((environ or {}).get("RASA_REPLICAS", 0)))
    output = logs / "serve-test.log"
    with output.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.serve_test", str(port), "--logs", str(logs), *options],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(environ or {})},
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_ready(process, output)
        yield Bot(f"http://127.0.0.1:{port}", logs)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def wait_until_ready(process: subprocess.Popen[bytes], output: Path) -> None:
    """Return at the `ready` line; a launcher that ends first fails with what it said."""
    end = time.monotonic() + START_WITHIN
    while "ready http://" not in (said := output.read_text(encoding="utf-8")):
        if process.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"the test bot did not start:\n{said}")
        time.sleep(0.2)
