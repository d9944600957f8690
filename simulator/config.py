"""What the simulator is told when it starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.model import Resident

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
DEFAULT_WEBHOOK = "http://127.0.0.1:5005/webhooks/whatsapp/webhook"

# Field of Config -> environment variable. The defaults are no secrets: the simulator made them up.
ENVIRONMENT = {
    "webhook_url": "WEBHOOK_URL",
    "app_secret": "WHATSAPP_APP_SECRET",
    "verify_token": "WHATSAPP_VERIFY_TOKEN",
    "access_token": "WHATSAPP_ACCESS_TOKEN",
    "phone_number_id": "WHATSAPP_PHONE_NUMBER_ID",
    "business_account_id": "WHATSAPP_BUSINESS_ACCOUNT_ID",
}


def default_residents() -> tuple[Resident, ...]:
    """Three invented people; the last one hides the phone number (BSUID only)."""
    return (
        Resident("siti", "Siti Rahmawati", wa_id="6281200000001", bsuid="ID.4f9a2c01"),
        Resident("budi", "Budi Santosa", wa_id="6281200000002", bsuid="ID.4f9a2c02"),
        Resident("rara", "Rara Anjani", wa_id=None, bsuid="ID.4f9a2c03", username="rara.anjani"),
    )


@dataclass(frozen=True)
class Config:
    """Identity of the fake number, where its webhook is, and the pace of things."""

    webhook_url: str = DEFAULT_WEBHOOK
    app_secret: str = "rahasia-simulator"  # noqa: S105
    verify_token: str = "verifikasi-simulator"  # noqa: S105
    access_token: str = "token-simulator"  # noqa: S105
    phone_number_id: str = "1060000000000001"
    business_account_id: str = "1060000000000002"
    display_phone_number: str = "622510000000"
    service_name: str = "Layanan Kelurahan"
    greeting: str = "menu"
    hints: tuple[str, ...] = ("#1", "syarat bikin KTP apa saja?", "jam buka kapan?")
    residents: tuple[Resident, ...] = field(default_factory=default_residents)
    # seconds before each status of a script; the last one counts for any further step
    status_delays: tuple[float, ...] = (0.1, 0.3, 0.6)
    webhook_timeout: float = 5.0
    # Meta: "at once, then ever more rarely for 7 days"; the steps themselves are not published
    retry_delays: tuple[float, ...] = (
        *(0.0, 5.0, 15.0, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR),
        *(DAY,) * 6,
    )
    pair_interval: float = 6.0
    pair_burst: int = 45
    number_rate: int = 80

    @classmethod
    def from_env(cls, environ: Mapping[str, str], **options: object) -> Config:
        """Options win over the environment, the environment over the defaults; empty is unset."""
        values: dict[str, object] = {
            name: environ[key] for name, key in ENVIRONMENT.items() if environ.get(key)
        }
        values.update({name: value for name, value in options.items() if value})
        return cls(**values)  # type: ignore[arg-type]
