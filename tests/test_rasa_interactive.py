"""`rasa interactive` from start to export, typed into a pseudo terminal as a maintainer would."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from scripts import serve_test, surroundings
from scripts.children import ROOT, Children
from scripts.surroundings import MODEL, PYTHON

pytestmark = pytest.mark.tumpukan
CONTROL = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|[()][0-9A-Z]|[=>78])|[\r\x08]")
ENTER, CTRL_C, UP = "\r", "\x03", "\x1b[A"
LOADED_WITHIN, ANSWER_WITHIN = 90, 20  # seconds; 15 and 1 on two idle cores


class Terminal:
    """A program in a pseudo terminal: type into it, wait for what it shows."""

    def __init__(self, argv: list[str], folder: Path, environ: dict[str, str]) -> None:
        self.master, slave = pty.openpty()
        # wide enough that no prompt is broken into lines
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 240, 0, 0))
        self.process = subprocess.Popen(
            argv,
            cwd=folder,
            env=environ,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.raw, self.read_to = "", 0

    @property
    def text(self) -> str:
        """Everything shown so far, without colours and cursor movements."""
        return CONTROL.sub("", self.raw)

    def wait(self, wanted: str, within: float = ANSWER_WITHIN) -> None:
        """Return when `wanted` was shown after the text waited for before."""
        end = time.monotonic() + within
        while (found := self.text.find(wanted, self.read_to)) < 0:
            ready, _, _ = select.select([self.master], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{wanted!r} not shown within {within} s:\n{self.text[-3000:]}"
            try:
                shown = os.read(self.master, 65536)
            except OSError:  # Linux: the program has gone
                shown = b""
            assert shown, f"ended before {wanted!r}:\n{self.text[-3000:]}"
            self.raw += shown.decode("utf-8", "replace")
        self.read_to = found + len(wanted)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.master, keys.encode())

    def close(self) -> None:
        """End the program, whatever it waits for."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.master)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """`rasa interactive` on the current model, in a folder of its own, with an action server."""
    if not MODEL.exists():
        subprocess.run([sys.executable, "-m", "scripts.train"], cwd=ROOT, check=True)
    settings = serve_test.settings_for_tests(serve_test.free_port(), tmp_path, {})
    environ = surroundings.environment(settings, tmp_path, surroundings.own_environ())
    # the terminal of this test answers no question about its cursor
    environ |= {"PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm", "PYTHONIOENCODING": "utf-8"}
    argv = [PYTHON, "-m", "rasa", "interactive", "--skip-visualization", "--model", str(MODEL)]
    argv += ["--config", str(ROOT / "config.yml"), "--endpoints", str(ROOT / "endpoints.yml")]
    argv += ["--port", str(settings.port_rasa)]
    folder = tmp_path / "exports"
    folder.mkdir()
    with Children(tmp_path / "log") as children:
        children.finish(surroundings.migrate_program(environ), "no database")
        children.start(surroundings.actions_program(settings, environ))
        children.wait_ready()
        opened = Terminal(argv, folder, environ)
        try:
            yield opened
        finally:
            opened.close()


def say_and_confirm(terminal: Terminal, message: str, intent: str, *actions: str) -> None:
    """One turn in which every prediction is right."""
    terminal.type(message + ENTER)
    terminal.wait(f"intent '{intent}'")
    for action in actions:
        terminal.wait("(Y/n)")
        terminal.type(ENTER)
        terminal.wait(f"The bot wants to run '{action}', correct?")
    terminal.wait("(Y/n)")
    terminal.type(ENTER)
    terminal.wait("Your input ->")


def test_a_session_is_confirmed_and_exported(terminal: Terminal, tmp_path: Path):
    terminal.wait("Your input ->", LOADED_WITHIN)
    say_and_confirm(terminal, "selamat pagi", "salam", "action_salam", "action_listen")
    say_and_confirm(terminal, "#7", "pilih_nomor", "action_pilih_nomor", "action_listen")
    filed = ("form_permohonan", "action_ajukan", "action_listen")
    say_and_confirm(terminal, "Siti Aminah#3 Mei 1990#003/005", "isi_permohonan", *filed)

    # Ctrl-C, then the last entry of the menu, and every file name as Rasa proposes it
    terminal.type(CTRL_C)
    terminal.wait("Export & Quit")
    terminal.type(UP + ENTER)
    for question in ("Export stories to", "Export NLU data to", "Export domain file to"):
        terminal.wait(question)
        terminal.type(ENTER)
    terminal.wait("Successfully wrote stories and NLU data")
    assert terminal.process.wait(ANSWER_WITHIN) == 0
    assert "Traceback" not in terminal.text

    exports = tmp_path / "exports"
    read = YAML(typ="safe").load
    story = read((exports / "data" / "stories.yml").read_text(encoding="utf-8"))["stories"][0]
    told = [next(iter(step.items())) for step in story["steps"]]
    assert [name for kind, name in told if kind in ("intent", "action")] == [
        *("salam", "action_salam", "pilih_nomor", "action_pilih_nomor"),
        *("isi_permohonan", "form_permohonan", "action_ajukan"),
    ]
    assert ("slot_was_set", [{"layanan": "sktm"}]) in told
    messages = read((exports / "data" / "nlu.yml").read_text(encoding="utf-8"))["nlu"]
    assert {"intent": "salam", "examples": "- selamat pagi\n"} in messages
    ours = read((ROOT / "domain.yml").read_text(encoding="utf-8"))
    domain = read((exports / "domain.yml").read_text(encoding="utf-8"))
    assert set(domain["forms"]) == set(ours["forms"])
    assert set(ours["responses"]) < set(domain["responses"])
