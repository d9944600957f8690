"""The three brakes of the Cloud API: the 24-hour window, the pair rate and the number's rate."""

from __future__ import annotations

from simulator.config import Config
from simulator.errors import GraphError
from simulator.model import Resident

WINDOW = 24 * 3600.0


def window_open(resident: Resident, now: float) -> bool:
    """Whether the resident wrote within the last 24 hours."""
    return resident.last_inbound is not None and now - resident.last_inbound < WINDOW


class Limits:
    """Rate bookkeeping; the clock's time comes in as `now`."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._pairs: dict[str, PairBucket] = {}
        self._tokens, self._filled = float(config.number_rate), 0.0

    def take(self, resident: Resident, now: float) -> None:
        """Count one message, or refuse it with 130429 (number) or 131056 (this resident)."""
        rate = self._config.number_rate
        self._tokens = min(float(rate), self._tokens + max(0.0, now - self._filled) * rate)
        self._filled = now
        if self._tokens < 1:
            raise GraphError(130429, f"more than {rate} messages per second for this number")
        bucket = self._pairs.setdefault(
            resident.key, PairBucket(self._config.pair_interval, self._config.pair_burst)
        )
        if not bucket.take(now):
            raise GraphError(
                131056, f"too many messages to this user, wait {bucket.wait(now):.0f} s"
            )
        self._tokens -= 1


class PairBucket:
    """One message per interval; a burst borrows from later.

    Meta does not say how the borrowed time is counted while nothing is refused. Here a chat that
    goes on faster than the interval is let through until the whole burst is used up; from then on
    everything is refused until all the borrowed time has been repaid.
    """

    def __init__(self, interval: float, burst: int) -> None:
        self._interval, self._burst = interval, burst
        self._paid_at = 0.0  # the moment at which nothing is borrowed any more
        self._locked = False

    def take(self, now: float) -> bool:
        """Count one message; False if it is refused."""
        if self._paid_at <= now:
            self._locked, self._paid_at = False, now
        full = self._paid_at - now > (self._burst - 1) * self._interval
        if self._locked or full:
            self._locked = True
            return False
        self._paid_at += self._interval
        return True

    def wait(self, now: float) -> float:
        """Seconds until nothing is borrowed."""
        return max(0.0, self._paid_at - now)
