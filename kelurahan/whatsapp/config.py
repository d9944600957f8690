"""Settings of the WhatsApp channel: `credentials.yml` first, the environment behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kelurahan.settings import Settings, SettingsError

REQUIRED = ("app_secret", "verify_token", "access_token", "phone_number_id")


@dataclass(frozen=True)
class Config:
    """One WhatsApp number; secrets never show in `repr`."""

    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    access_token: str = field(repr=False)
    phone_number_id: str
    graph_api_url: str
    graph_api_version: str

    @classmethod
    def read(cls, credentials: Mapping[str, Any] | None, settings: Settings) -> Config:
        """Take each value from `credentials`, else from `settings`; name all that are missing."""
        given = {key: _given(value) for key, value in (credentials or {}).items()}
        values = {
            name: given.get(name) or getattr(settings, _setting(name))
            for name in cls.__dataclass_fields__
        }
        missing = [_setting(name).upper() for name in REQUIRED if not values[name]]
        if missing:
            raise SettingsError(
                f"WhatsApp channel: {', '.join(missing)} not set. Put them in .env "
                "(see .env.example), or leave the channel out of credentials.yml."
            )
        return cls(**values)


def _setting(name: str) -> str:
    return name if name.startswith("graph_") else f"whatsapp_{name}"


def _given(value: Any) -> str:
    """A value of `credentials.yml`; a `${VAR}` that nobody filled in counts as not given."""
    text = "" if value is None else str(value).strip()
    return "" if text.startswith("${") else text
