"""Start child processes, wait until they answer, and end every one of them, whatever happens.

Each child is the leader of its own process group and writes straight into its log file, so no
thread stands between them; on Linux it is also told by the kernel when its launcher dies.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
GRACE = 10.0  # seconds between SIGTERM and SIGKILL
READY_WITHIN = 180.0  # seconds; Rasa takes 15 to 25 on two cores
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
TROUBLE = re.compile(r"\b(ERROR|CRITICAL)\b|\"level\": \"(error|critical)\"|^Traceback|^\w*Error:")
SHOWN = 160  # characters of a troubled line that reach the screen; the log has all of it


class LaunchError(Exception):
    """The launcher cannot go on; the message is one sentence for the person at the keyboard."""


class Stopped(KeyboardInterrupt):
    """The launcher was asked to stop (Ctrl-C, SIGTERM, a closed terminal)."""


@dataclass(frozen=True)
class Program:
    """One process to run: what it is called, how it starts, where it says that it is ready."""

    name: str
    argv: Sequence[str]
    environ: Mapping[str, str]
    health: str = ""
    broken: str = ""  # a line of the log that means it will never work, though it answers


@dataclass
class Child:
    """A started program and how far its log has been read."""

    program: Program
    process: subprocess.Popen[bytes]
    log: Path
    position: int = 0
    broken: bool = field(default=False)

    def shown_log(self) -> str:
        """The log's path as a person would type it."""
        return os.path.relpath(self.log, ROOT) if self.log.is_relative_to(ROOT) else str(self.log)

    def death(self) -> str:
        """How the process ended, as words for a sentence; empty while it runs."""
        code = self.process.poll()
        if code is None:
            return ""
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else "stopped"


def say(text: str) -> None:
    """One line for the person at the keyboard."""
    print(text, flush=True)


def stop_on_signals() -> None:
    """Turn Ctrl-C, SIGTERM and a closed terminal into `Stopped` in the main thread."""

    def stop(number: int, _frame: object) -> None:
        raise Stopped(signal.Signals(number).name)

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stop)


def check_ports(ports: Mapping[str, tuple[int, str]]) -> None:
    """Refuse ports that are taken; `ports` maps a variable to its port and what needs it."""
    seen: dict[int, str] = {}
    for variable, (port, purpose) in ports.items():
        if port in seen:
            raise LaunchError(f"{seen[port]} and {variable} are both {port}: choose two ports.")
        seen[port] = variable
        if not port_free(port):
            raise LaunchError(
                f"Port {port} for {purpose} is already in use: "
                f"stop what uses it, or set {variable} to another port."
            )


def port_free(port: int) -> bool:
    """Whether nothing listens on this loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise LaunchError(f"Port {port} cannot be used: {error.strerror}.") from error
    return True


def free_port(beside: int = 0) -> int:
    """A loopback port nobody uses at this moment, with `beside` more free ones above it."""
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port = int(probe.getsockname()[1])
        above = range(port + 1, port + 1 + beside)
        if port + beside < 65536 and all(port_free(other) for other in above):
            return port


def answers(url: str) -> bool:
    """Whether the health address answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return 200 <= response.status < 300
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _in_child() -> None:
    """Ask the kernel to end this process when the launcher dies, even by SIGKILL."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Children:
    """The launcher's children; leaving the `with` block ends all of them."""

    def __init__(self, logs: Path, tell: Callable[[str], None] = say) -> None:
        self.logs, self.tell = logs, tell
        self.all: list[Child] = []
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Children:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, program: Program, *, again: bool = False) -> Child:
        """Start a program; its log of the time before is kept as `NAME.log.1`.

        With `again` the log goes on: why the last process died stands in it.
        """
        log = self.logs / f"{program.name}.log"
        if log.exists() and not again:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as sink:
            before = sink.tell()
            process = subprocess.Popen(
                list(program.argv),
                cwd=ROOT,
                env=dict(program.environ),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_in_child,  # safe: the launcher has no other thread
            )
        child = Child(program, process, log, before)
        self.all.append(child)
        return child

    def finish(
        self,
        program: Program,
        trouble: str,
        each_line: Callable[[str], None] = lambda _line: None,
        waiting: Callable[[], None] = lambda: None,
    ) -> None:
        """Run a program to its end; a failure is told with its last line and the log's path."""
        child, last = self.start(program), ""
        running = True
        while running:
            running = child.process.poll() is None
            for line in new_lines(child):
                last = line.strip() or last
                each_line(line)
            waiting()
            time.sleep(0.05 if running else 0)
        self.all.remove(child)
        if child.process.returncode:
            reason = f": {last[:SHOWN]}" if last else "."
            raise LaunchError(f"{trouble}{reason}\nSee {child.shown_log()}.")

    def wait_ready(self, within: float = READY_WITHIN) -> None:
        """Return when every child answers at its health address."""
        end = time.monotonic() + within
        waiting = [child for child in self.all if child.program.health]
        while waiting:
            self.look()
            waiting = [c for c in waiting if not answers(c.program.health)]
            if time.monotonic() > end:
                late = waiting[0]
                raise LaunchError(
                    f"{late.program.name} was not ready after {within:.0f} s. "
                    f"See {late.shown_log()}."
                )
            time.sleep(0.1)
        self.look()  # Rasa answers even when its model could not be loaded; the log says so

    def watch(self, still_wanted: Callable[[], bool] = lambda: True) -> None:
        """Stay until a child dies (an error) or nobody wants the children any more."""
        while still_wanted():
            self.look()
            time.sleep(0.3)

    def look(self) -> None:
        """Show what the children complain about; raise if one has died or cannot work."""
        for child in self.all:
            self.show_trouble(child)
            name, log = child.program.name, child.shown_log()
            if child.broken:
                raise LaunchError(f"{name} started but cannot work. See {log}.")
            if how := child.death():
                raise LaunchError(f"{name} {how}, so everything stops. See {log}.")

    def show_trouble(self, child: Child) -> None:
        """Pass on the child's complaints since the last look, and notice what breaks it."""
        for line in new_lines(child):
            child.broken |= bool(child.program.broken) and child.program.broken in line
            if TROUBLE.search(line):
                self.tell(f"{child.program.name} | {line[:SHOWN]}")

    def stop(self) -> None:
        """SIGTERM to every group, SIGKILL to what is left after the grace (or a second Ctrl-C)."""
        try:
            for child in self.all:
                signal_group(child, signal.SIGTERM)
            end = time.monotonic() + GRACE
            while any(c.process.poll() is None for c in self.all) and time.monotonic() < end:
                time.sleep(0.05)
        finally:
            for child in self.all:
                signal_group(child, signal.SIGKILL)
                child.process.wait()
            self.all.clear()


def signal_group(child: Child, number: signal.Signals) -> None:
    """Send a signal to the child and whatever it started; a group that is gone is fine."""
    try:
        os.killpg(child.process.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def new_lines(child: Child) -> list[str]:
    """The complete lines the child wrote since the last look."""
    with child.log.open("rb") as log:
        if log.seek(0, os.SEEK_END) < child.position:
            child.position = 0  # somebody cut the file, as logrotate does
        log.seek(child.position)
        whole, end, _rest = log.read().rpartition(b"\n")
    child.position += len(whole) + len(end)
    return whole.decode("utf-8", "replace").splitlines() if end else []
