"""What becomes of a message that could not be sent, by the class of its error (facts section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

from tenacity import wait_exponential

from kelurahan.whatsapp import errors
from kelurahan.whatsapp.errors import SendError

# Meta asks for 4^n seconds; after four minutes a longer pause helps nobody.
BACKOFF = wait_exponential(multiplier=1, exp_base=4, min=1, max=256)
CREDENTIALS_PAUSE = 60.0  # one try a minute: staff mend the token without a restart of ours
ACCOUNT_PAUSE = 300.0
CLOSED_CLOCK_PAUSE = 3.0  # 131047 is sometimes claimed although the window is open
TOLD_AFTER = 5  # tries of a passing trouble before staff hear of it
GIVE_UP_AFTER = 20 * 3600.0  # seconds; a reply of yesterday helps nobody, and the window closes


@dataclass(frozen=True)
class Plan:
    """`retry` and `pause` are seconds: of this message, and of the whole sender."""

    retry: float | None = None
    pause: float = 0.0
    counted: bool = True  # whether this try counts against the message
    by_template: bool = False
    wait_for_resident: bool = False
    uncertain: bool = False
    alert: bool = False


def backoff(attempts: int) -> float:
    """Seconds before try number `attempts + 1`: 1, 4, 16, 64, 256, 256, …"""
    return float(BACKOFF(SimpleNamespace(attempt_number=attempts)))


def plan(error: SendError, *, attempts: int, before: str, age: float, template: bool) -> Plan:
    """Decide; `before` is the class of this message's previous error ("" at its first)."""
    again = type(error).__name__ == before
    if isinstance(error, errors.CredentialsError):
        return Plan(CREDENTIALS_PAUSE, CREDENTIALS_PAUSE, counted=False, alert=True)
    if isinstance(error, errors.AccountError):
        return Plan(ACCOUNT_PAUSE, ACCOUNT_PAUSE, counted=False, alert=True)
    if isinstance(error, errors.WindowClosedError):
        if template:
            return Plan(0.0, by_template=True)
        return Plan(wait_for_resident=True) if again else Plan(CLOSED_CLOCK_PAUSE)
    if isinstance(error, errors.UnknownOutcomeError):
        return Plan(uncertain=True, alert=True) if again else Plan(backoff(1))
    if not error.retryable or age > GIVE_UP_AFTER:
        return Plan(alert=True)
    wait = backoff(attempts)
    whole = isinstance(error, errors.ThrottledError) and not isinstance(
        error, errors.PairThrottledError
    )
    return Plan(wait, wait if whole else 0.0, alert=attempts == TOLD_AFTER)
