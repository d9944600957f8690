"""Starts a child again when it dies after it had been ready; gives up when it dies too often."""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from scripts.children import (
    READY_WITHIN,
    Child,
    Children,
    LaunchError,
    Program,
    answers,
    signal_group,
)

LOOK_EVERY = 0.3
ASK_EVERY = 0.5  # seconds between two questions whether a program is ready again
MOST_DEATHS, WITHIN = 5, 120.0  # as many deaths in as many seconds: starting again helps nobody
SHORTEST_WAIT, LONGEST_WAIT = 1.0, 30.0
STEADY = 120.0  # seconds of work after which an earlier death no longer counts


@dataclass
class Life:
    """What became of one program since its first start; times are the keeper's clock."""

    program: Program
    child: Child | None  # None while it waits to be started again
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_DEATHS))
    in_a_row: int = 0
    started: float = 0.0
    ready: float | None = None  # None until it answers
    due: float = 0.0  # when it is started again
    asked: float = 0.0


class Keeper:
    """Looks after the children of a launcher once all of them have been ready."""

    def __init__(self, children: Children, clock: Callable[[], float] = time.monotonic) -> None:
        self._children, self._clock = children, clock
        now = clock()
        self._lives = [Life(child.program, child, started=now, ready=now) for child in children.all]

    def watch(self, still_wanted: Callable[[], bool] = lambda: True) -> None:
        """Stay until a child cannot be kept alive (an error) or nobody wants the children."""
        while still_wanted():
            self.look()
            time.sleep(LOOK_EVERY)

    def look(self) -> None:
        """One round: bury what died, start what is due, notice what is ready again."""
        for life in self._lives:
            if life.child is None:
                self._start_when_due(life)
            else:
                self._check(life, life.child)

    def _check(self, life: Life, child: Child) -> None:
        self._children.show_trouble(child)
        how = child.death() or ("started but cannot work" if child.broken else "")
        now = self._clock()
        if how:
            self._bury(life, child, how, now)
        elif life.ready is None and now >= life.asked + ASK_EVERY:
            life.asked = now
            if not life.program.health or answers(life.program.health):
                life.ready = now
                self._tell(life, f"is back after {now - life.started:.0f} s")
            elif now > life.started + READY_WITHIN:
                self._bury(life, child, f"was not ready after {READY_WITHIN:.0f} s", now)
        elif life.ready is not None and life.in_a_row and now > life.ready + STEADY:
            life.in_a_row = 0

    def _bury(self, life: Life, child: Child, how: str, now: float) -> None:
        """Note the death, end what is left of the group, and set the time of the next start."""
        signal_group(child, signal.SIGKILL)
        child.process.wait()
        self._children.show_trouble(child)  # its last words
        self._children.all.remove(child)
        life.child, life.ready = None, None
        life.deaths.append(now)
        life.in_a_row += 1
        if len(life.deaths) == MOST_DEATHS and now - life.deaths[0] <= WITHIN:
            raise LaunchError(
                f"{life.program.name} {how}, for the {MOST_DEATHS}th time within "
                f"{now - life.deaths[0]:.0f} s, so everything stops. See {child.shown_log()}."
            )
        wait = min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** min(life.in_a_row - 1, 10))
        life.due = now + wait
        self._tell(life, f"{how}; started again in {wait:.0f} s. See {child.shown_log()}.")

    def _start_when_due(self, life: Life) -> None:
        now = self._clock()
        if now >= life.due:
            life.child = self._children.start(life.program, again=True)
            life.started = life.asked = now

    def _tell(self, life: Life, text: str) -> None:
        self._children.tell(f"{life.program.name} {text}")
