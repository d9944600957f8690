"""Clock: UTC inside, WIB (UTC+7, no daylight saving) for people."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

WIB = timezone(timedelta(hours=7), "WIB")


def sekarang() -> datetime:
    """The present moment in UTC; call it as `waktu.sekarang()`, so that tests can set the clock."""
    return datetime.now(timezone.utc)


def wib(saat: datetime) -> datetime:
    """The same moment as Bogor's clocks show it."""
    return saat.astimezone(WIB)


def awal_bulan(saat: datetime) -> datetime:
    """Midnight (WIB) of the first day of that moment's month, in UTC."""
    awal = wib(saat).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return awal.astimezone(timezone.utc)
