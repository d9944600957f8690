"""Two Rasa servers behind the front door, sharing PostgreSQL and Redis, as `make run` has them."""

from __future__ import annotations

import os
import re
import signal
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from layanan_uji import Bot, bot

from bench.replicas import own_schema
from scripts.children import free_port
from simulator import testing

pytestmark = [pytest.mark.tumpukan, pytest.mark.postgres, pytest.mark.redis]

PATIENCE = 120.0  # seconds; two cores may be busy with other tests


@dataclass
class Stack:
    """The simulator, the bot, and the private ports: the door's, and one more for each server."""

    sim: testing.RunningSimulator
    bot: Bot
    private: int

    def metric(self, server: int, name: str) -> float:
        """The sum of a metric over its labels; server 0 is the front door."""
        url = f"http://127.0.0.1:{self.private + server}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            text = answer.read().decode()
        return sum(float(n) for n in re.findall(rf"^{name}(?:\{{[^}}]*\}})? (\S+)$", text, re.M))

    def passed(self, server: int) -> float:
        """How many requests the door has handed to a server."""
        port = int(self.bot.url.rsplit(":", 1)[1]) + server
        url = f"http://127.0.0.1:{self.private}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            text = answer.read().decode()
        wanted = rf'outcome="passed",replica="{port}"\}} (\S+)'
        return sum(float(n) for n in re.findall(wanted, text))

    def ask_all(self, residents: list[str]) -> None:
        """One message from each at the same moment."""
        rows = [{"resident": who, "text": "#7"} for who in residents]
        self.sim.play(*rows, concurrent=True)

    def wait_answered(self, residents: list[str]) -> None:
        """Until each has an answer and nothing is left that could bring a second one."""
        for who in residents:
            self.sim.wait_until(
                lambda who=who: self.sim.replies(who),
                lambda who=who: f"no answer\n{self.sim.transcript_text(who)}",
                PATIENCE,
            )
        self.sim.wait_until(
            lambda: self.metric(2, "kelurahan_queue_waiting") == 0, "rows still wait", PATIENCE
        )

    def said(self) -> str:
        """What the launcher told the person at the keyboard."""
        return (self.bot.logs / "serve-test.log").read_text(encoding="utf-8")

    def pid(self, server: int) -> int:
        """The process of one Rasa server."""
        port = int(self.bot.url.rsplit(":", 1)[1]) + server
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"rasa" in words and b"--port" in words and str(port).encode() in words:
                return int(folder.name)
        raise AssertionError(f"no Rasa server on port {port}")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, url_postgres: str) -> Iterator[Stack]:
    redis_url = os.environ.get("TEST_REDIS_URL")
    if not redis_url:
        reason = "Redis not tested: set TEST_REDIS_URL=redis://127.0.0.1:6379/15"
        if os.environ.get("REQUIRE_REDIS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    private = free_port(beside=2)
    # a schema of its own: Rasa adds a table, and what other tests left waiting would be served
    with (
        own_schema(url_postgres) as database,
        testing.start(phone_number_id="100000000000001", access_token="token-uji") as sim,
    ):
        shared = {"DATABASE_URL": database, "REDIS_URL": redis_url, "RASA_REPLICAS": "2"}
        ours = {"GRAPH_API_URL": sim.url, "PORT_METRICS": str(private)}
        with bot(tmp_path_factory.mktemp("bot"), {**shared, **ours}, "--restart") as server:
            sim.set_webhook(server.whatsapp)
            yield Stack(sim, server, private)


def residents(first: int, count: int) -> list[str]:
    return [f"62812000{number:05d}" for number in range(first, first + count)]


def test_twenty_residents_get_one_reply_each_and_both_servers_work(stack: Stack):
    everyone = residents(301, 20)
    stack.ask_all(everyone)
    stack.wait_answered(everyone)
    assert [len(stack.sim.replies(who)) for who in everyone] == [1] * 20
    assert all("Tidak Mampu" in stack.sim.replies(who)[0].text for who in everyone)
    assert stack.passed(1) >= 1
    assert stack.passed(2) >= 1
    turns = [stack.metric(server, "kelurahan_turns_total") for server in (1, 2)]
    assert sum(turns) == 20
    assert min(turns) >= 1
    assert stack.metric(0, "kelurahan_front_replicas_ready") == 2


def test_a_killed_server_costs_no_reply_and_comes_back_at_its_port(stack: Stack):
    everyone = residents(401, 12)
    stack.ask_all(everyone[:6])
    os.kill(stack.pid(1), signal.SIGKILL)
    stack.ask_all(everyone[6:])
    stack.wait_answered(everyone)
    assert [len(stack.sim.replies(who)) for who in everyone] == [1] * 12
    stack.sim.wait_until(lambda: "rasa-1 is back after" in stack.said(), stack.said, PATIENCE)
    assert "rasa-1 was ended by SIGKILL; started again in 1 s" in stack.said()
    stack.sim.wait_until(
        lambda: stack.metric(0, "kelurahan_front_replicas_ready") == 2, stack.said, PATIENCE
    )
