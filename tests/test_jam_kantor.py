"""Opening hours as the wilayah file writes them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from kelurahan.jam_kantor import buka, buka_berikutnya, lama_kerja, tutup_pada
from kelurahan.store.waktu import WIB

JAM = (
    ("Senin-Kamis", "08.00-16.00 WIB"),
    ("Jumat", "08.00-15.00 WIB"),
    ("Sabtu, Minggu, hari libur", "tutup"),
)


@pytest.mark.parametrize(
    ("saat", "terbuka"),
    [
        ("2026-11-23 08:00", True),
        ("2026-11-23 07:59", False),
        ("2026-11-26 15:59", True),
        ("2026-11-26 16:00", False),
        ("2026-11-27 14:59", True),
        ("2026-11-27 15:30", False),
        ("2026-11-28 10:00", False),
        ("2026-11-29 10:00", False),
    ],
    ids=[
        "monday at opening",
        "monday before opening",
        "thursday last minute",
        "thursday at closing",
        "friday afternoon",
        "friday closes earlier",
        "saturday",
        "sunday",
    ],
)
def test_the_office_is_open_within_its_weekly_hours_only(saat, terbuka):
    """Each day follows its own line."""
    assert buka(JAM, datetime.fromisoformat(saat)) is terbuka


def test_without_known_hours_the_office_counts_as_closed():
    """Nothing is invented."""
    assert not buka((), datetime(2026, 11, 23, 10))


def wib(teks: str) -> datetime:
    return datetime.fromisoformat(teks).replace(tzinfo=WIB)


@pytest.mark.parametrize(
    ("saat", "berikut"),
    [
        ("2026-11-23 06:30", "2026-11-23 08:00"),
        ("2026-11-23 08:00", "2026-11-24 08:00"),
        ("2026-11-23 19:00", "2026-11-24 08:00"),
        ("2026-11-27 15:00", "2026-11-30 08:00"),
        ("2026-11-29 23:59", "2026-11-30 08:00"),
    ],
    ids=["before work", "just opened", "in the evening", "friday after work", "sunday night"],
)
def test_the_next_opening_skips_the_days_without_hours(saat, berikut):
    assert buka_berikutnya(JAM, wib(saat)) == wib(berikut)


def test_an_office_that_opens_once_a_week_opens_again_in_a_week():
    sekali = (("Senin", "08.00-09.00"),)
    assert buka_berikutnya(sekali, wib("2026-11-23 10:00")) == wib("2026-11-30 08:00")


def test_closing_time_is_that_of_the_day():
    assert tutup_pada(JAM, wib("2026-11-26 10:00")) == wib("2026-11-26 16:00")
    assert tutup_pada(JAM, wib("2026-11-27 10:00")) == wib("2026-11-27 15:00")
    assert tutup_pada(JAM, wib("2026-11-28 10:00")) is None


@pytest.mark.parametrize(
    ("dari", "sampai", "menit"),
    [
        ("2026-11-23 09:00", "2026-11-23 09:20", 20),
        ("2026-11-23 15:50", "2026-11-24 08:10", 20),
        ("2026-11-27 14:50", "2026-11-30 08:10", 20),
        ("2026-11-28 10:00", "2026-11-30 08:05", 5),
        ("2026-11-28 10:00", "2026-11-29 10:00", 0),
        ("2026-11-23 10:00", "2026-11-23 09:00", 0),
        ("2026-11-23 06:00", "2026-11-27 20:00", (4 * 8 + 7) * 60),
    ],
    ids=[
        *("same day", "over night", "over the weekend", "asked on saturday"),
        *("weekend", "no time", "a whole week"),
    ],
)
def test_only_the_office_hours_between_two_moments_count(dari, sampai, menit):
    assert lama_kerja(JAM, wib(dari), wib(sampai)) == timedelta(minutes=menit)


def test_without_known_hours_nothing_is_said_about_opening():
    kini = wib("2026-11-23 10:00")
    assert buka_berikutnya((), kini) is None
    assert tutup_pada((), kini) is None
    assert lama_kerja((), kini, kini + timedelta(days=1)) == timedelta()
