"""`make run` and `make serve-test` before anything is started: what they decide and refuse."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kelurahan.settings import ROOT, Settings
from scripts import run, serve_test


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture
def unused_ports() -> dict[str, str]:
    names = ("PORT_RASA", "PORT_ACTIONS", "PORT_SIMULATOR", "PORT_METRICS")
    return {name: str(serve_test.free_port()) for name in names}


def launch(module: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a launcher as make does; it must end by itself, at once."""
    return subprocess.run(
        [sys.executable, "-m", f"scripts.{module}", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(
    "variable", ["PORT_RASA", "PORT_ACTIONS", "PORT_SIMULATOR", "PORT_METRICS"]
)
def test_a_taken_port_is_one_sentence_with_port_and_variable(
    taken_port: int, unused_ports: dict[str, str], variable: str
):
    ports = {**unused_ports, variable: str(taken_port)}
    done = launch("run", WHATSAPP_ACCESS_TOKEN="", **ports)
    assert done.returncode == 1
    assert f"Port {taken_port} " in done.stderr
    assert variable in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_taken_port_stops_the_test_server_too(taken_port: int):
    done = launch("serve_test", str(taken_port))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"Port {taken_port} " in done.stderr


def test_a_setting_that_is_no_port_is_one_sentence():
    done = launch("run", PORT_RASA="http")
    assert done.returncode == 1
    assert done.stderr == "[run] PORT_RASA='http': expected a port number, 1 to 65535\n"


def test_half_an_account_is_one_sentence(unused_ports: dict[str, str]):
    done = launch("run", WHATSAPP_ACCESS_TOKEN="x", WHATSAPP_APP_SECRET="", **unused_ports)
    assert done.returncode == 1
    assert "WHATSAPP_APP_SECRET" in done.stderr
    assert done.stderr.count("\n") == 1


def test_with_an_account_the_simulator_s_port_is_not_needed():
    needed = run.needed_ports(Settings(), simulated=False)
    assert set(needed) == {"PORT_RASA", "PORT_METRICS", "PORT_ACTIONS", "PORT_CONSOLE"}


def test_several_servers_without_a_shared_database_are_one_sentence(unused_ports: dict[str, str]):
    done = launch("run", RASA_REPLICAS="2", DATABASE_URL="", REDIS_URL="", **unused_ports)
    assert done.returncode == 1
    assert "DATABASE_URL (postgresql://...) and REDIS_URL (redis://...) must be set" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_number_of_servers_is_announced_with_the_names_of_their_logs(
    capsys: pytest.CaptureFixture[str],
):
    run.announce(Settings(rasa_replicas=2), simulated=False, seconds=30)
    said = capsys.readouterr().out
    assert "Rasa servers    2" in said
    assert "rasa-1, ..., front, actions" in said


def test_the_chat_page_is_announced_first(capsys: pytest.CaptureFixture[str]):
    run.announce(Settings(), simulated=True, seconds=15)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines[0].split() == ["Chat", "page", "http://127.0.0.1:8080/", "<-", "open", "this"]


def test_with_an_account_it_says_that_it_talks_to_meta(capsys: pytest.CaptureFixture[str]):
    run.announce(Settings(), simulated=False, seconds=15)
    said = capsys.readouterr().out
    assert "talks to Meta at https://graph.facebook.com" in said
    assert "Chat page" not in said


def test_the_simulator_is_told_the_webhook_and_the_kelurahan_s_name():
    program = run.simulator_program(Settings(port_rasa=6001), {})
    assert program.environ["WEBHOOK_URL"] == "http://127.0.0.1:6001/webhooks/whatsapp/webhook"
    assert program.argv[program.argv.index("--sapaan") + 1].startswith("Kelurahan ")


def test_a_test_bot_never_meets_the_account_of_a_dotenv(tmp_path: Path):
    settings = serve_test.settings_for_tests(5105, tmp_path, {})
    assert settings.whatsapp_access_token == "token-uji"
    assert settings.graph_api_url == serve_test.NOWHERE
    assert settings.database_url == f"sqlite:///{tmp_path}/kelurahan.db"


def test_a_test_bot_honours_what_the_environment_gives(tmp_path: Path):
    given = {
        "WHATSAPP_APP_SECRET": "s",
        "GRAPH_API_URL": "http://127.0.0.1:1",
        "DATABASE_URL": "postgresql://u@127.0.0.1/x",
        "REDIS_URL": "redis://127.0.0.1",
    }
    settings = serve_test.settings_for_tests(5105, tmp_path, given)
    assert given.items() <= settings.environ().items()
