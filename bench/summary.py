"""How long /ringkasan takes to count with 50,000 applications and 300,000 messages."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence

from starlette.testclient import TestClient

from bench.console import ORIGIN, databases, login, quantile
from bench.demo_console import Dunia, isi
from bench.replicas import DATABASE
from kelurahan import settings as configuration
from kelurahan.console.app import buat
from kelurahan.store import engine

PATHS = ("/ringkasan", "/ringkasan?per=minggu", "/ringkasan?per=hari", "/lencana")


def measure(name: str, requests: int) -> list[str]:
    """Ask for each page through the ASGI application; a line of the table for each."""
    app = buat(pekerja=False)
    lines = []
    with TestClient(app, base_url=ORIGIN, follow_redirects=False) as client:
        client.cookies.set(app.state.kuki, login())
        for path in PATHS:
            waited, worked = _times(client, path, requests)
            figures = (quantile(waited, 0.5), quantile(waited, 0.95), quantile(worked, 0.5))
            lines.append(f"| {name} | {path} | " + " | ".join(f"{n:.0f}" for n in figures) + " |")
    return lines


def _times(client: TestClient, path: str, requests: int) -> tuple[list[float], list[float]]:
    """Milliseconds waited and of this process's CPU, sorted; the first request is not counted."""
    waited, worked = [], []
    for _ in range(requests + 1):
        began, cpu = time.perf_counter(), time.process_time()
        answer = client.get(path)
        waited.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - cpu) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
    return sorted(waited[1:]), sorted(worked[1:])


def main(argv: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.summary", description=__doc__)
    parser.add_argument("--permohonan", type=int, default=50_000)
    parser.add_argument("--pesan", type=int, default=300_000)
    parser.add_argument("--hari", type=int, default=365, help="days over which they are spread")
    parser.add_argument("--requests", type=int, default=40)
    default = os.environ.get("TEST_DATABASE_URL", DATABASE)
    parser.add_argument("--database", default=default, help='PostgreSQL; "" leaves it out')
    chosen = parser.parse_args(argv)
    lines = []
    with databases(chosen.database) as places:
        for name, url in places:
            os.environ["DATABASE_URL"] = url
            configuration.settings.cache_clear()
            isi(Dunia(8000, chosen.pesan, chosen.permohonan, chosen.hari))
            lines += measure(name, chosen.requests)
            engine.tutup()
    print(f"Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| database | page | p50 ms | p95 ms | CPU ms |\n|---|---|---|---|---|")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
