"""Opening hours as the wilayah file writes them."""

from __future__ import annotations

from datetime import datetime

import pytest

from kelurahan.jam_kantor import buka

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
