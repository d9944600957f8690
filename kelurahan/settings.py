"""Every setting of the service, read once from the environment (and from `.env`, if there is one).

`.env.example` lists and explains them; a test keeps the two in step.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_REPLICAS = 64


class SettingsError(ValueError):
    """A setting is missing or unusable; the message names it and says what to do."""


@dataclass(frozen=True)
class Settings:
    """One value per environment variable; secrets never show in `repr`."""

    whatsapp_app_secret: str = field(default="", repr=False)
    whatsapp_verify_token: str = field(default="", repr=False)
    whatsapp_access_token: str = field(default="", repr=False)
    whatsapp_phone_number_id: str = ""
    whatsapp_business_account_id: str = ""
    graph_api_url: str = "https://graph.facebook.com"
    graph_api_version: str = "v25.0"
    database_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    tracker_url: str = field(default="", repr=False)
    wilayah_dir: str = ""
    layanan_dir: str = ""
    rasa_replicas: int = 1
    port_rasa: int = 5005
    port_actions: int = 5055
    port_simulator: int = 8080
    port_metrics: int = 9464
    port_console: int = 8090
    console_url: str = ""
    lampiran_dir: str = ""

    @property
    def store_url(self) -> str:
        """SQLAlchemy URL of our own tables (default: an SQLite file under `var/`)."""
        return self.database_url or f"sqlite:///{ROOT / 'var' / 'kelurahan.db'}"

    @property
    def conversations_url(self) -> str:
        """SQLAlchemy URL of Rasa's conversations (default: beside our own tables)."""
        if self.tracker_url or self.database_url.startswith("postgresql"):
            return self.tracker_url or self.database_url
        return f"sqlite:///{ROOT / 'var' / 'percakapan.db'}"

    @property
    def lampiran(self) -> Path:
        """Where residents' photos and documents are kept (default: a folder under `var/`)."""
        return Path(self.lampiran_dir) if self.lampiran_dir else ROOT / "var" / "lampiran"

    def environ(self) -> dict[str, str]:
        """Every setting as an environment variable, for a child that must see just these."""
        return {name.upper(): str(getattr(self, name)) for name in self.__dataclass_fields__}


def read_env_file(path: Path) -> dict[str, str]:
    """Return the `NAME=value` lines of an env file; quotes are stripped, comments skipped."""
    values: dict[str, str] = {}
    if not path.is_file():
        return values
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        name, sign, value = line.partition("=")
        if not sign:
            raise SettingsError(f"{path.name}:{number}: expected NAME=value, found {line[:20]!r}")
        values[name.strip().removeprefix("export ").strip()] = value.strip().strip("\"'")
    return values


def _value(name: str, text: str) -> str | int:
    """The text of one variable as its setting's type."""
    if name.startswith("port_"):
        if not (text.isdecimal() and 0 < int(text) < 65536):
            raise SettingsError(f"{name.upper()}={text!r}: expected a port number, 1 to 65535")
        return int(text)
    if name == "console_url" and not text.startswith(("http://", "https://")):
        raise SettingsError(f"CONSOLE_URL={text!r}: expected an address like https://...")
    if name == "rasa_replicas":
        if not (text.isdecimal() and 0 < int(text) <= MOST_REPLICAS):
            raise SettingsError(f"{name.upper()}={text!r}: expected a number, 1 to {MOST_REPLICAS}")
        return int(text)
    if name == "database_url" and text.startswith("postgres://"):
        # the short scheme hosting providers hand out; SQLAlchemy 1.4 no longer knows it
        return "postgresql://" + text.removeprefix("postgres://")
    return text


def load(environ: dict[str, str] | None = None, env_file: Path | None = None) -> Settings:
    """Build settings from `environ` (default: the process's own) over `.env`.

    A variable set to nothing hides the line of `.env` and leaves the default.
    """
    file = read_env_file(env_file or ROOT / ".env")
    source = {**file, **(dict(os.environ) if environ is None else environ)}
    known = {name.upper(): name for name in Settings.__dataclass_fields__}
    return Settings(
        **{known[k]: _value(known[k], v) for k, v in source.items() if k in known and v != ""}
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings; tests that change the environment call `settings.cache_clear()`."""
    return load()
