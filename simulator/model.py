"""The things the simulator remembers: residents, bubbles, media, scripts and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

WARGA, BOT = "warga", "bot"


@dataclass(frozen=True)
class Script:
    """What becomes of messages to one resident after the API said 200."""

    steps: tuple[str, ...] = ("sent", "delivered", "read")
    early: bool = False  # the first status arrives before the API's own answer
    failure: int = 131026  # the error code of a `failed` step


SCRIPTS: Mapping[str, Script] = {
    "normal": Script(),
    "late_failure": Script(("sent", "failed")),
    "skip_delivered": Script(("sent", "read")),
    "early_status": Script(early=True),
    "no_status": Script(()),
    "read_first": Script(("read", "sent", "delivered")),
    "phone_off": Script(("sent",)),
}


@dataclass
class Resident:
    """Somebody with a phone. `wa_id` is None for users who show only their BSUID."""

    key: str
    name: str
    wa_id: str | None
    bsuid: str
    username: str | None = None
    last_inbound: float | None = None
    typing_until: float = 0.0
    script: str = "normal"


@dataclass(frozen=True)
class Choice:
    """A reply button or a list row."""

    id: str
    title: str
    description: str | None = None
    section: str | None = None


@dataclass
class Bubble:
    """One message as it stands in a resident's chat."""

    id: str
    resident: str
    author: str
    kind: str
    at: float
    text: str = ""
    header: str = ""
    footer: str = ""
    opener: str = ""
    choices: list[Choice] = field(default_factory=list)
    media: str | None = None
    quote: str | None = None
    reaction: str = ""
    status: str = "pending"
    seen: bool = True  # False: the resident's phone never shows it
    error: int | None = None
    payload: dict[str, Any] = field(default_factory=dict)

    @property
    def titles(self) -> list[str]:
        """What the resident can tap."""
        return [choice.title for choice in self.choices]

    @property
    def whole(self) -> str:
        """Every word the resident can read in this bubble."""
        rows = [f"{choice.title} {choice.description or ''}".strip() for choice in self.choices]
        parts = (self.header, self.text, self.footer, self.opener, *rows)
        return "\n".join(part for part in parts if part)

    def as_json(self) -> dict[str, Any]:
        """For the page and the transcript; the raw payload stays behind."""
        return {key: value for key, value in asdict(self).items() if key != "payload"}


@dataclass
class Media:
    """A file the API knows, from a resident (7 days) or uploaded by the bot (30 days)."""

    id: str
    mime_type: str
    content: bytes
    expires: float
    filename: str = ""


@dataclass
class Fault:
    """A way for the next `times` requests to go wrong; see `faults.KINDS`."""

    kind: str
    times: int = 1
    resident: str | None = None
    on: str = "messages"  # or "receipts", or "any"
    seconds: float = 30.0
    code: int = 131000


@dataclass
class Rules:
    """What can be switched while the simulator runs."""

    webhook_url: str
    test_recipients: list[str] | None = None  # None: the number is not in test mode
    templates: dict[str, str] | None = None  # name -> body with {{1}}; None: every name is known
    late_window_error: bool = True  # 131047 as a `failed` status after a 200, as usually seen
    bsuid_supported: bool = True
    rate_limits: bool = True  # False for load tests: no 131056 and no 130429
