"""How quickly the console's queue opens with 50,000 applications, and how heavy its page is."""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import select
from starlette.testclient import TestClient

from bench.console_fill import fill
from bench.measuring import processor_seconds
from bench.replicas import DATABASE, own_schema
from kelurahan import settings as configuration
from kelurahan.console.app import buat
from kelurahan.console.keamanan import masuk, sandi
from kelurahan.store import engine, sesi, siapkan, waktu
from kelurahan.store.models_petugas import Petugas
from scripts.children import Children, Program, free_port

ORIGIN = "http://meja.bench"
OFFICER = "bench"
LINKED = re.compile(r'(?:href|src)="(/statis/[^"]+\.(?:css|js|svg))"')


@dataclass(frozen=True)
class Ask:
    """One request of the queue; `form` makes it a search."""

    name: str
    path: str
    form: dict[str, str] = field(default_factory=dict)


ASKS = (
    Ask("open", "/permohonan"),
    Ask("all", "/permohonan?status=semua"),
    Ask("new", "/permohonan?status=baru"),
    Ask("finished", "/permohonan?status=selesai"),
    Ask("service", "/permohonan?layanan=sku"),
    Ask("service, all", "/permohonan?layanan=skck&status=semua"),
    Ask("RW", "/permohonan?rw=5"),
    Ask("RT and RW", "/permohonan?rt=2&rw=5&status=semua"),
    Ask("older than 7 days", "/permohonan?umur=7"),
    Ask("everything at once", "/permohonan?status=baru&layanan=ktp&rw=3&umur=3"),
    Ask("nothing found", "/permohonan?status=diproses&layanan=haji&rt=999&rw=999"),
    Ask("page in the middle", "/permohonan?status=semua&sesudah=25000"),
    Ask("last page", "/permohonan?status=semua&sesudah=49900"),
    Ask("page before", "/permohonan?sebelum=30000"),
    Ask("name", "/permohonan/cari", {"cari": "siti aminah"}),
    Ask("name, all", "/permohonan/cari", {"cari": "nur'aini", "status": "semua"}),
    Ask("name with an accent", "/permohonan/cari", {"cari": "ZOÉ", "status": "semua"}),
    Ask("name that nobody has", "/permohonan/cari", {"cari": "xyzzy", "status": "semua"}),
    Ask("end of a number", "/permohonan/cari", {"cari": "0042", "status": "semua"}),
)


@dataclass
class Figures:
    """Milliseconds of one way to ask: waited, and of the processor (None: not known one by one)."""

    name: str
    waited: dict[str, list[float]] = field(default_factory=dict)
    worked: list[float] = field(default_factory=list)

    def all(self) -> list[float]:
        """Every time that was waited."""
        return sorted(value for values in self.waited.values() for value in values)

    def line(self) -> str:
        """One line of the table."""
        p50, p95, p99 = (quantile(self.all(), share) for share in (0.5, 0.95, 0.99))
        worked = statistics.fmean(self.worked) if self.worked else 0
        slowest = max(self.waited, key=lambda name: statistics.median(self.waited[name]))
        median = statistics.median(self.waited[slowest])
        return (
            f"| {self.name} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {worked:.0f} "
            f"| {slowest}: {median:.0f} |"
        )


def each(figures: list[Figures]) -> str:
    """The median of every kind of request."""
    head = " | ".join(("ms, median", *(one.name for one in figures)))
    lines = [f"| {head} |", "|---|" + "---|" * len(figures)]
    for ask in ASKS:
        values = [f"{statistics.median(one.waited[ask.name]):.0f}" for one in figures]
        lines.append(f"| {' | '.join((ask.name, *values))} |")
    return "\n".join(lines)


def quantile(values: list[float], share: float) -> float:
    """The value that `share` of the sorted values do not exceed."""
    return values[min(len(values) - 1, int(share * len(values)))]


@contextmanager
def filled(url: str, rows: int) -> Iterator[str]:
    """The configured database, holding `rows` applications and one officer's login; its token."""
    os.environ["DATABASE_URL"] = url
    configuration.settings.cache_clear()
    siapkan(url)
    begun = time.monotonic()
    fill(rows)
    print(f"[bench] {rows} applications written in {time.monotonic() - begun:.0f} s", flush=True)
    try:
        yield login()
    finally:
        engine.tutup()


def login() -> str:
    """A logged-in officer's token; the login itself is slow on purpose and measured nowhere."""
    with sesi() as s:
        officer = s.scalar(select(Petugas).where(Petugas.nama_pengguna == OFFICER))
        if officer is None:
            officer = Petugas(
                nama_pengguna=OFFICER,
                nama="Bench",
                peran="petugas",
                sandi=sandi.acak(sandi.buat()),
                dibuat=waktu.sekarang(),
                wajib_ganti=False,
                aktif=True,
                bunyi=False,
                ringkasan=False,
            )
            s.add(officer)
            s.flush()
        return masuk.buka(s, officer.id)


def measure(client: httpx.Client, csrf: str, requests: int, figures: Figures, clock: Callable):
    """Ask in turn; the first round is not counted."""
    for number in range(-len(ASKS), requests):
        one = ASKS[number % len(ASKS)]
        worked, begun = clock(), time.perf_counter()
        if one.form:
            answer = client.post(one.path, data={"csrf": csrf, **one.form})
        else:
            answer = client.get(one.path)
        waited = (time.perf_counter() - begun) * 1000
        if answer.status_code != 200 or "<h1>Permohonan</h1>" not in answer.text:
            raise SystemExit(f"{one.path} answered {answer.status_code}")
        if number >= 0:
            figures.waited.setdefault(one.name, []).append(waited)
            figures.worked.append((clock() - worked) * 1000)


def in_process(name: str, token: str, requests: int) -> Figures:
    """Through the ASGI application alone; the processor time is that of this process."""
    app = buat(pekerja=False)
    figures = Figures(f"{name}, in process")
    with TestClient(app, base_url=ORIGIN, follow_redirects=False) as client:
        client.cookies.set(app.state.kuki, token)
        client.headers["Origin"] = ORIGIN
        measure(client, masuk.kenali(token).csrf, requests, figures, time.process_time)
    return figures


def served(name: str, token: str, requests: int, logs: Path) -> tuple[Figures, str]:
    """Through `python -m kelurahan.console` and a real connection; and what the page weighs."""
    port = free_port()
    environ = {**os.environ, "PORT_CONSOLE": str(port)}
    command = (sys.executable, "-m", "kelurahan.console")
    figures = Figures(f"{name}, uvicorn")
    with Children(logs) as children:
        base = f"http://127.0.0.1:{port}"
        child = children.start(Program("console", command, environ, health=f"{base}/hidup"))
        children.wait_ready()
        cookies = {"petugas": token}
        with httpx.Client(base_url=base, cookies=cookies, headers={"Origin": base}) as client:
            pid = child.process.pid
            csrf = masuk.kenali(token).csrf
            measure(client, csrf, requests, figures, lambda: processor_seconds(pid))
            return figures, weight(client)


def weight(client: httpx.Client) -> str:
    """The page and everything it loads, as transferred (gzip) and unpacked."""
    page = client.get("/permohonan").text
    paths = ["/permohonan", "/lencana", *sorted(set(LINKED.findall(page)))]
    lines, total = [], [0, 0]
    for path in paths:
        sizes = []
        for coding in ("gzip", "identity"):
            with client.stream("GET", path, headers={"Accept-Encoding": coding}) as answer:
                sizes.append(sum(len(piece) for piece in answer.iter_raw()))
        total = [a + b for a, b in zip(total, sizes, strict=True)]
        lines.append(f"| {path} | {sizes[0] / 1000:.1f} | {sizes[1] / 1000:.1f} |")
    lines.append(f"| all | {total[0] / 1000:.1f} | {total[1] / 1000:.1f} |")
    head = "| kB | transferred (gzip) | unpacked |\n|---|---|---|"
    return "\n".join([head, *lines])


@contextmanager
def databases(postgres: str) -> Iterator[list[tuple[str, str]]]:
    """A SQLite file and a PostgreSQL schema, both gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kelurahan-bench-") as folder:
        lite = f"sqlite:///{folder}/console.db"
        if not postgres:
            yield [("SQLite", lite)]
            return
        with own_schema(postgres) as url:
            yield [("SQLite", lite), ("PostgreSQL", url)]


def main(argv: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.console", description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--requests", type=int, default=200)
    default = os.environ.get("TEST_DATABASE_URL", DATABASE)
    parser.add_argument("--database", default=default, help='PostgreSQL; "" leaves it out')
    chosen = parser.parse_args(argv)
    figures: list[Figures] = []
    with tempfile.TemporaryDirectory() as logs, databases(chosen.database) as places:
        for name, url in places:
            with filled(url, chosen.rows) as token:
                figures.append(in_process(name, token, chosen.requests))
                one, page = served(name, token, chosen.requests, Path(logs) / name)
                figures.append(one)
    print(f"Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {chosen.rows} applications\n")
    print("| ms | p50 | p95 | p99 | CPU, mean | slowest, median |\n|---|---|---|---|---|---|")
    print("\n".join(one.line() for one in figures))
    print(f"\n{each(figures)}\n\n{page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
