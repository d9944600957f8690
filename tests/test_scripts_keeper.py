"""A child that dies is started again, ever more slowly, until it is clear that this is no use."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import keeper as keeping
from scripts.children import Child, Children, LaunchError, Program, free_port
from scripts.keeper import Keeper

SLEEP = "import time; print('up', flush=True); time.sleep(60)"
SERVER = """
import http.server, sys
class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *a): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Hello).serve_forever()
"""
# a child with a child of its own that outlives it
FAMILY = (
    "import subprocess, sys, time\n"
    "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "open(sys.argv[1], 'w').write(str(p.pid)); time.sleep(60)"
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def python(name: str, code: str, *arguments: str, health: str = "", broken: str = "") -> Program:
    return Program(name, [sys.executable, "-c", code, *arguments], dict(os.environ), health, broken)


def server(name: str = "rasa") -> Program:
    port = free_port()
    return python(name, SERVER, str(port), health=f"http://127.0.0.1:{port}/")


def eventually(true: Callable[[], bool], within: float = 10) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


def kill(child: Child) -> None:
    child.process.kill()
    child.process.wait()


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def launched(tmp_path: Path, said: list[str]):
    with Children(tmp_path / "log", said.append) as children:
        yield children


@pytest.fixture
def clock() -> Clock:
    return Clock()


def die(launched: Children, keeper: Keeper, clock: Clock) -> None:
    """One death and the restart after it, with the wait it takes."""
    kill(launched.all[-1])
    keeper.look()
    clock.now += keeping.LONGEST_WAIT
    keeper.look()


def test_a_dead_child_is_started_again_and_the_others_live_on(launched, said, clock):
    first, other = launched.start(server("rasa")), launched.start(python("actions", SLEEP))
    launched.wait_ready(within=20)
    keeper = Keeper(launched, clock)
    kill(first)
    keeper.look()
    assert said[-1].startswith("rasa was ended by SIGKILL; started again in 1 s. See ")
    clock.now += 0.9
    keeper.look()
    assert launched.all == [other], "not before its time"
    clock.now += 0.2
    keeper.look()
    assert [child.program.name for child in launched.all] == ["actions", "rasa"]
    assert other.process.poll() is None

    def back() -> bool:
        clock.now += 1
        keeper.look()
        return said[-1].startswith("rasa is back after ")

    assert eventually(back)


def test_the_wait_doubles_up_to_half_a_minute_when_deaths_are_far_apart(launched, said, clock):
    launched.start(python("rasa", SLEEP))
    keeper = Keeper(launched, clock)
    for _ in range(7):
        clock.now += 60  # four in two minutes at most
        die(launched, keeper, clock)
        keeper.look()
    waits = [line.split(" again in ")[1].split(" s.")[0] for line in said if "again in" in line]
    assert waits == ["1", "2", "4", "8", "16", "30", "30"]


def test_after_two_minutes_of_work_the_wait_is_short_again(launched, said, clock):
    launched.start(python("rasa", SLEEP))
    keeper = Keeper(launched, clock)
    die(launched, keeper, clock)
    clock.now += 1
    keeper.look()  # it is back
    clock.now += keeping.STEADY + 1
    keeper.look()
    kill(launched.all[-1])
    keeper.look()
    assert "started again in 1 s" in said[-1]


def test_the_fifth_death_within_two_minutes_ends_everything_and_names_the_log(launched, clock):
    launched.start(python("rasa", SLEEP))
    keeper = Keeper(launched, clock)
    for _ in range(4):
        kill(launched.all[-1])
        keeper.look()
        clock.now += 10
        keeper.look()
    kill(launched.all[-1])
    with pytest.raises(
        LaunchError, match=r"rasa was ended by SIGKILL, for the 5th time within 40 s, .* See .*rasa"
    ):
        keeper.look()


def test_the_log_goes_on_so_that_the_last_words_are_kept(launched, said, clock):
    code = "import time; print('Traceback (most', flush=True); time.sleep(60)"
    child = launched.start(python("rasa", code))
    assert eventually(lambda: child.log.read_text() != "")
    keeper = Keeper(launched, clock)
    kill(child)
    keeper.look()
    clock.now += 2
    keeper.look()
    assert eventually(lambda: child.log.read_text().count("Traceback") == 2)
    keeper.look()
    assert said.count("rasa | Traceback (most") == 2, "each is told once"


def test_what_the_dead_child_had_started_ends_with_it(launched, tmp_path, clock):
    note = tmp_path / "pid"
    child = launched.start(python("rasa", FAMILY, str(note)))
    assert eventually(lambda: note.exists() and note.read_text() != "")
    keeper = Keeper(launched, clock)
    kill(child)
    keeper.look()
    assert eventually(lambda: not running(int(note.read_text())))


def test_a_restart_that_comes_up_without_its_model_is_another_death(
    launched, said, tmp_path, clock
):
    note = tmp_path / "second"
    code = (
        "import pathlib, sys, time\nnote = pathlib.Path(sys.argv[1])\n"
        "print('no model' if note.exists() else 'fine', flush=True)\nnote.touch(); time.sleep(60)"
    )
    child = launched.start(python("rasa", code, str(note), broken="no model"))
    assert eventually(lambda: child.log.read_text() == "fine\n")
    keeper = Keeper(launched, clock)
    die(launched, keeper, clock)
    again = launched.all[-1]
    assert eventually(lambda: "no model" in again.log.read_text())
    keeper.look()
    assert said[-1].startswith("rasa started but cannot work; started again in 2 s")
    assert again.process.returncode == -signal.SIGKILL


def test_a_restart_that_never_answers_is_another_death(launched, said, clock):
    program = server("rasa")
    child = launched.start(program)
    launched.wait_ready(within=20)
    keeper = Keeper(launched, clock)
    kill(child)
    keeper.look()
    keeper._lives[0].program = python("rasa", SLEEP, health=program.health)
    clock.now += 2
    keeper.look()
    clock.now += keeping.READY_WITHIN + 1
    keeper.look()
    assert "rasa was not ready after 180 s; started again in 2 s" in said[-1]


def test_watching_ends_when_nobody_wants_the_children_any_more(launched):
    launched.start(python("rasa", SLEEP))
    wanted = iter([True, False])
    Keeper(launched).watch(lambda: next(wanted))
