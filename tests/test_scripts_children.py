"""The launchers' processes: ready, watched, and gone afterwards, whatever happened."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import children as launching
from scripts.children import Children, LaunchError, Program, check_ports, free_port

ROOT = Path(__file__).resolve().parent.parent
SERVER = """
import http.server, sys
class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *a): pass
print("serving", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Hello).serve_forever()
"""
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True)\n"
SLEEP = "import time; time.sleep(60)"
# a child with a child of its own, whose number it writes down
FAMILY = (
    "import subprocess, sys, time\n"
    f"p = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])\n"
    "open(sys.argv[1], 'w').write(str(p.pid)); time.sleep(60)"
)


def python(name: str, code: str, *arguments: str, health: str = "", broken: str = "") -> Program:
    argv = [sys.executable, "-c", code, *arguments]
    return Program(name, argv, dict(os.environ), health, broken)


def server(name: str = "rasa") -> Program:
    port = free_port()
    return python(name, SERVER, str(port), health=f"http://127.0.0.1:{port}/")


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(true: Callable[[], bool], within: float = 5) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def launched(tmp_path: Path, said: list[str]):
    with Children(tmp_path / "log", said.append) as children:
        yield children


def test_ready_means_that_every_child_answers(launched: Children):
    first, second = launched.start(server("rasa")), launched.start(server("actions"))
    launched.wait_ready(within=20)
    assert all(launching.answers(child.program.health) for child in (first, second))


def test_leaving_the_block_ends_children_and_grandchildren(tmp_path: Path):
    note = tmp_path / "pid"
    with Children(tmp_path / "log") as children:
        child = children.start(python("rasa", FAMILY, str(note)))
        assert eventually(lambda: note.exists() and note.read_text() != "")
        grandchild = int(note.read_text())
        assert alive(grandchild)
    assert not alive(child.process.pid)
    assert eventually(lambda: not alive(grandchild))


def test_a_child_that_ignores_sigterm_is_killed_after_the_grace(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(launching, "GRACE", 0.3)
    with Children(tmp_path / "log") as children:
        child = children.start(python("rasa", STUBBORN + SLEEP))
        assert eventually(lambda: child.log.read_text() == "up\n")
    assert child.process.returncode == -signal.SIGKILL


def test_a_child_that_dies_stops_the_rest_and_names_its_log(tmp_path: Path):
    with (
        pytest.raises(LaunchError, match=r"^actions stopped, so everything stops\. See .*actions"),
        Children(tmp_path / "log") as children,
    ):
        other = children.start(python("rasa", SLEEP))
        children.start(python("actions", "raise SystemExit(3)"))
        children.watch()
    assert not alive(other.process.pid)


def test_a_child_that_dies_before_it_is_ready_is_told_at_once(launched: Children):
    port = free_port()
    launched.start(python("rasa", "boom", health=f"http://127.0.0.1:{port}/"))
    with pytest.raises(LaunchError, match="rasa stopped"):
        launched.wait_ready(within=20)


def test_a_child_killed_from_outside_is_named_with_the_signal(launched: Children):
    child = launched.start(python("simulator", SLEEP))
    child.process.kill()
    child.process.wait()
    with pytest.raises(LaunchError, match="simulator was ended by SIGKILL"):
        launched.look()


def test_a_child_that_never_answers_is_given_up(launched: Children):
    launched.start(python("rasa", SLEEP, health=f"http://127.0.0.1:{free_port()}/"))
    with pytest.raises(LaunchError, match=r"rasa was not ready after 0 s\. See .*rasa\.log"):
        launched.wait_ready(within=0.2)


def test_a_server_that_answers_without_its_model_is_not_ready(launched: Children):
    port = free_port()
    code = "print('ERROR Could not load model due to x', flush=True)\n" + SERVER
    program = python("rasa", code, str(port), health=f"http://127.0.0.1:{port}/", broken="not load")
    launched.start(program)
    with pytest.raises(LaunchError, match="rasa started but cannot work"):
        launched.wait_ready(within=20)


def test_complaints_reach_the_screen_with_the_child_s_name_and_the_rest_only_the_log(
    launched: Children, said: list[str]
):
    code = "print('all is well'); print('2026 ERROR no database'); print('Traceback (most')"
    child = launched.start(python("rasa", code))
    child.process.wait()
    with pytest.raises(LaunchError):
        launched.look()
    assert said == ["rasa | 2026 ERROR no database", "rasa | Traceback (most"]
    assert "all is well" in child.log.read_text()


def test_the_log_of_the_time_before_is_kept(tmp_path: Path):
    for word in ("first", "second"):
        with Children(tmp_path) as children:
            children.finish(python("train", f"print('{word}')"), "failed", print)
    assert (tmp_path / "train.log").read_text() == "second\n"
    assert (tmp_path / "train.log.1").read_text() == "first\n"


def test_a_log_that_is_cut_while_the_child_writes_is_read_on(launched: Children, said: list[str]):
    code = (
        "import sys, time\nfor n in range(1000):\n"
        "    print(n, 'ERROR', 'x' * (100 if n < 9 else 1), flush=True); time.sleep(0.05)"
    )
    child = launched.start(python("rasa", code))
    assert eventually(lambda: child.log.read_text().count("ERROR") >= 9)
    launched.look()
    os.truncate(child.log, 0)
    said.clear()
    assert eventually(lambda: launched.look() or said != [])
    assert not child.log.read_bytes().startswith(b"\0"), "it goes on at the new end"


def test_a_step_that_fails_is_told_with_its_last_line_and_the_log(launched: Children, said):
    program = python("train", "print('step 1'); print('no such intent'); raise SystemExit(1)")
    with pytest.raises(LaunchError) as failure:
        launched.finish(program, "The training failed", said.append)
    sentence, where = str(failure.value).splitlines()
    assert sentence == "The training failed: no such intent"
    assert where.startswith("See ")
    assert where.endswith("train.log.")
    assert said == ["step 1", "no such intent"]


def test_a_taken_port_is_named_with_its_variable():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LaunchError, match=f"Port {port} for Rasa is already in use.*PORT_RASA"):
            check_ports({"PORT_RASA": (port, "Rasa")})


def test_one_port_for_two_is_refused():
    port = free_port()
    with pytest.raises(LaunchError, match=f"PORT_RASA and PORT_ACTIONS are both {port}"):
        check_ports({"PORT_RASA": (port, "Rasa"), "PORT_ACTIONS": (port, "the action server")})


def test_a_free_port_passes():
    check_ports({"PORT_RASA": (free_port(), "Rasa")})


LAUNCHER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from scripts.children import Children, Program, stop_on_signals
stop_on_signals()
try:
    with Children(Path(sys.argv[1])) as children:
        child = children.start(Program("rasa", [sys.executable, "-c", sys.argv[3]], {}))
        print(child.process.pid, flush=True)
        children.watch()
except KeyboardInterrupt as stop:
    print("stopped by", stop, flush=True)
"""
ENDS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


def launcher(tmp_path: Path) -> tuple[subprocess.Popen[str], int]:
    argv = [sys.executable, "-c", LAUNCHER, str(tmp_path), str(ROOT), SLEEP]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    return process, int(process.stdout.readline())


@pytest.mark.parametrize("number", ENDS, ids=lambda n: n.name)
def test_a_signal_to_the_launcher_ends_its_children(tmp_path: Path, number: signal.Signals):
    process, child = launcher(tmp_path)
    process.send_signal(number)
    out, _ = process.communicate(timeout=10)
    assert out == f"stopped by {number.name}\n"
    assert not alive(child)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of such a death")
def test_children_do_not_outlive_a_killed_launcher(tmp_path: Path):
    process, child = launcher(tmp_path)
    assert alive(child)
    process.kill()
    process.communicate(timeout=10)
    assert eventually(lambda: not alive(child))
