"""`python -m simulator`: options, environment, a port in use, stopping."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from simulator import __main__ as command
from simulator import testing
from simulator.config import DEFAULT_WEBHOOK, ENVIRONMENT, Config

ROOT = Path(__file__).parent.parent


def test_a_port_in_use_is_one_sentence_and_exit_1():
    with testing.start() as running:
        port = running.url.rsplit(":", 1)[1]
        done = subprocess.run(
            [sys.executable, "-m", "simulator", "--port", port],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Cannot listen on 127.0.0.1:{port}")
    assert done.stderr.count("\n") == 1


def test_the_command_serves_and_stops_on_interrupt():
    environment = {**os.environ, "WHATSAPP_ACCESS_TOKEN": "rahasia-sekali"}
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--port", "0"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    first = process.stdout.readline()
    address = re.search(r"http://127\.0\.0\.1:\d+", first).group()
    with httpx.Client(transport=httpx.HTTPTransport(retries=5), trust_env=False) as client:
        assert client.get(f"{address}/_sim/state").status_code == 200
    process.send_signal(2)
    rest, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert rest == ""
    assert "rahasia-sekali" not in first + rest


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_options_win_over_the_environment_and_it_over_defaults(name):
    variable = ENVIRONMENT[name]
    assert getattr(Config.from_env({}), name) == getattr(Config, name)
    assert getattr(Config.from_env({variable: ""}), name) == getattr(Config, name)
    assert getattr(Config.from_env({variable: "dari-env"}), name) == "dari-env"
    assert getattr(Config.from_env({variable: "x"}, **{name: "opsi"}), name) == "opsi"


def test_every_option_is_known_to_the_command():
    options = vars(command.parser().parse_args(["--sapaan", "halo", "--contoh", "a"]))
    assert set(ENVIRONMENT) < set(options)
    assert (options["greeting"], options["hints"]) == ("halo", ["a"])
    assert DEFAULT_WEBHOOK == "http://127.0.0.1:5005/webhooks/whatsapp/webhook"
