"""The bot's programs as processes that can be killed one by one and started again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

from bench.bots import PRODUCTION, Place
from bench.crash_road import Road
from kelurahan.store import engine
from scripts import surroundings
from scripts.children import Child, Children, LaunchError, Program, answers, free_port
from scripts.train import ensure_model

READY_WITHIN = 120.0
TERMINATE_EVERY = 0.3  # connections come back at once: an outage ends them again and again
NAME = f"crash-{os.getpid()}"  # by which our connections, and nobody else's, are ended


@dataclass
class Left:
    """What the database holds at the end."""

    filed: dict[str, int]  # applications by name
    tries: dict[int, int]  # outbox row -> how often it was taken up for sending
    states: dict[str, int]  # "inbox waiting" -> rows


class Stack:
    """Rasa, action server, the road to Graph, and the database; `rasa` … `postgres` can die."""

    def __init__(self, children: Children, place: Place, road: Road) -> None:
        self._children, self._road = children, road
        self.place = place
        environ = place.environ()
        self._migrate = surroundings.migrate_program(environ)
        rasa = surroundings.rasa_program(place.settings, environ, place.var, PRODUCTION, api=False)
        actions = surroundings.actions_program(place.settings, environ)
        self._programs: dict[str, Program] = {"rasa": rasa, "actions": actions}
        self._running: dict[str, Child] = {}
        self._db: Engine = create_engine(engine.baca_url(_plain(place)), future=True)

    @property
    def victims(self) -> tuple[str, ...]:
        """What can be killed here."""
        postgres = self._db.dialect.name == "postgresql"
        return ("rasa", "actions", "graph", *(("postgres",) if postgres else ()))

    def start_all(self) -> None:
        """From nothing to a bot that answers."""
        ensure_model(self._children)
        self._children.finish(self._migrate, "The database could not be prepared")
        for name in self._programs:
            self.begin(name)
        for name in self._programs:
            self.wait_ready(name)

    def begin(self, name: str) -> None:
        """Start one program; its log goes on."""
        self._running[name] = self._children.start(self._programs[name], again=True)

    def wait_ready(self, name: str) -> None:
        """Return when it answers."""
        end = time.monotonic() + READY_WITHIN
        child = self._running[name]
        while not answers(child.program.health):
            if child.process.poll() is not None or time.monotonic() > end:
                raise LaunchError(f"{name} did not start. See {child.shown_log()}.")
            time.sleep(0.1)

    def outage(self, victim: str, seconds: float) -> None:
        """Kill it without a warning, leave it away for so long, bring it back (or begin to)."""
        if victim == "graph":
            self._road.cut()
            time.sleep(seconds)
            self._road.mend()
        elif victim == "postgres":
            self._terminate(seconds)
        else:
            child = self._running.pop(victim)
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
            self._children.all.remove(child)
            time.sleep(seconds)
            self.begin(victim)

    def check(self) -> None:
        """Raise when a program has ended that nobody killed: it could not start, for one."""
        for name, child in self._running.items():
            if how := child.death():
                raise LaunchError(f"{name} {how} by itself. See {child.shown_log()}.")

    def _terminate(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        ours = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = :name AND pid <> pg_backend_pid()"
        )
        while time.monotonic() < end:
            with self._db.begin() as connection:
                connection.execute(text(ours), {"name": NAME})
            time.sleep(TERMINATE_EVERY)

    def in_work(self) -> int:
        """Messages claimed for a turn at this moment."""
        return len(self._rows("SELECT id FROM inbox WHERE state = 'running'"))

    def open_rows(self) -> int:
        """Rows of both queues that still wait for something."""
        counts = [
            self._rows("SELECT count(*) FROM inbox WHERE state IN ('waiting', 'running')"),
            self._rows("SELECT count(*) FROM outbox WHERE state IN ('waiting', 'running')"),
        ]
        return sum(int(rows[0][0]) for rows in counts)

    def left(self) -> Left:
        """Read the tables."""
        states = {}
        for queue in ("inbox", "outbox"):
            found = self._rows(f"SELECT state, count(*) FROM {queue} GROUP BY state")  # noqa: S608
            states |= {f"{queue} {state}": count for state, count in found}
        filed = self._rows("SELECT nama, count(*) FROM permohonan GROUP BY nama")
        tries = self._rows("SELECT id, attempts FROM outbox")
        return Left(dict(filed), dict(tries), states)

    def _rows(self, sql: str) -> list[tuple]:
        with self._db.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    def close(self) -> None:
        """Let go of the database; the programs are the children's to end."""
        self._db.dispose()


def _plain(place: Place) -> str:
    """Our own connection's URL: without the name by which the others are ended."""
    return place.settings.store_url.replace(f"application_name={NAME}", "application_name=crash")


def named(database: str) -> str:
    """The same PostgreSQL URL, with the name by which its connections can be ended."""
    if not database:
        return ""
    url = engine.baca_url(database).update_query_dict({"application_name": NAME})
    return url.render_as_string(hide_password=False)


@contextmanager
def stack(var: Path, logs: Path, graph_port: int, more: Mapping[str, str]) -> Iterator[Stack]:
    """A bot that runs, behind a road to the fake Graph API on `graph_port`."""
    with Road(graph_port) as road, Children(logs) as children:
        made = Stack(children, Place.make(var, free_port(), road.port, **more), road)
        try:
            made.start_all()
            yield made
        finally:
            made.close()
