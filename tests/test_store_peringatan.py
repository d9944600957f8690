"""Alerts for staff: one row for each trouble while it lasts, and a new one when it comes again."""

from __future__ import annotations

import pytest
from whatsapp_store_world import Clock, at_once, rows

from kelurahan.store import peringatan, sesi

pytestmark = pytest.mark.kedua_basis_data


@pytest.fixture
def clock(basis_data, monkeypatch):
    return Clock(monkeypatch)


def note(jenis="TokenError", pesan="Token ditolak.", kode=190) -> bool:
    with sesi() as s:
        return peringatan.catat(s, jenis, pesan, kode)


def end(jenis="TokenError") -> int:
    with sesi() as s:
        return peringatan.selesaikan(s, jenis)


def open_alerts() -> list[tuple]:
    with sesi(baca=True) as s:
        return [(a.jenis, a.kode, a.jumlah) for a in peringatan.terbuka(s)]


def test_a_trouble_is_new_once_and_then_counted(clock):
    start = clock.now
    assert note()
    clock.pass_(60)
    assert not note(pesan="Token masih ditolak.")
    with sesi(baca=True) as s:
        (alert,) = peringatan.terbuka(s)
    assert (alert.pertama, alert.terakhir, alert.jumlah) == (start, clock.now, 2)
    assert alert.pesan == "Token masih ditolak."


@pytest.mark.parametrize(
    "other", [{"jenis": "LainError"}, {"kode": 10}], ids=["another kind", "another code"]
)
def test_another_trouble_is_a_row_of_its_own(clock, other):
    note()
    clock.pass_(1)
    assert note(**other)
    assert open_alerts() == [
        (other.get("jenis", "TokenError"), other.get("kode", 190), 1),
        ("TokenError", 190, 1),
    ]


def test_a_trouble_that_ended_is_new_when_it_comes_again(clock):
    note()
    note(kode=10)
    note("LainError")
    assert end() == 2
    assert end() == 0
    assert open_alerts() == [("LainError", 190, 1)]
    assert note()
    assert rows("SELECT count(*) FROM peringatan WHERE jenis = 'TokenError'") == [(3,)]


def test_a_trouble_that_many_meet_at_once_is_one_row(clock):
    assert sorted(at_once(lambda _: note())) == [False] * 7 + [True]
    assert open_alerts() == [("TokenError", 190, 8)]


def test_a_long_kind_is_cut_alike_when_it_is_noted_and_counted(clock):
    assert note("x" * 60)
    assert not note("x" * 60)
    assert open_alerts() == [("x" * 40, 190, 2)]


def test_a_long_kind_can_be_ended(clock):
    note("x" * 60)
    assert end("x" * 60) == 1


def test_an_alert_shows_no_text_in_its_repr(clock):
    note(pesan="Budi")
    with sesi(baca=True) as s:
        assert repr(peringatan.terbuka(s)[0]) == "<Peringatan TokenError 190>"
