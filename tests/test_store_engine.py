"""Connections and sessions: URLs, SQLite's settings, commit and rollback, errors without data."""

from __future__ import annotations

import logging
import socket
import threading
import time
import traceback
from datetime import datetime, timezone

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import OperationalError, StatementError

from kelurahan.store import StoreBusyError, StoreError, engine, sesi, waktu
from kelurahan.store.errors import terjemahkan
from kelurahan.store.models import Warga
from kelurahan.store.siap import Siap

NOMOR = "6281200000001"
KINI = datetime(2026, 11, 24, 1, 2, 3, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgres://a@db/x", "postgresql+psycopg2"),
        ("postgresql://a@db/x", "postgresql+psycopg2"),
        ("postgresql+psycopg2://a@db/x?sslmode=require", "postgresql+psycopg2"),
        ("sqlite:///var/x.db", "sqlite"),
    ],
)
def test_usual_spellings_of_a_url_are_understood(url, driver):
    hasil = engine.baca_url(url)
    assert hasil.drivername == driver
    assert dict(hasil.query) == ({"sslmode": "require"} if "?" in url else {})


@pytest.mark.parametrize(
    ("url", "kata"),
    [
        ("mysql://a:rahasia@db/x", "mysql"),
        ("kelurahan.db", "not a URL"),
        ("sqlite://", "in-memory"),
        ("sqlite:///:memory:", "in-memory"),
    ],
)
def test_unusable_urls_are_refused_without_showing_a_password(url, kata):
    with pytest.raises(StoreError, match=kata) as galat:
        engine.baca_url(url)
    assert "rahasia" not in str(galat.value)


@pytest.mark.parametrize(("baca", "kesabaran"), [(True, 5000), (False, engine.TANYA_LAGI_MS)])
def test_sqlite_runs_in_wal_with_foreign_keys_and_a_busy_timeout(basis_data, baca, kesabaran):
    with sesi(baca=not baca):  # the same pooled connection, used the other way before
        pass
    with sesi(baca=baca) as s:
        nilai = {
            p: s.execute(text(f"PRAGMA {p}")).scalar()
            for p in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    assert nilai == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": kesabaran,
        "synchronous": 1,
    }


def test_sqlite_readers_do_not_wait_for_a_writer(basis_data):
    with sesi() as penulis:
        penulis.add(Warga(id="a", dibuat=KINI))
        penulis.flush()
        with sesi(baca=True) as pembaca:
            assert pembaca.scalar(select(Warga)) is None


def test_sqlite_writer_that_waits_too_long_gets_a_retryable_error(basis_data, monkeypatch):
    monkeypatch.setattr(engine, "TUNGGU_KUNCI_DETIK", 0.05)
    engine.tutup()
    with sesi():
        pass
    hasil = []

    def tulis():
        try:
            with sesi() as s:
                s.execute(text("SELECT 1"))
        except StoreBusyError as salah:
            hasil.append(str(salah))

    with sesi() as penulis:
        penulis.execute(text("SELECT 1"))
        utas = threading.Thread(target=tulis)
        utas.start()
        utas.join()
    assert "locked" in hasil[0]


def test_whoever_cannot_wait_hears_of_a_locked_sqlite_at_once(basis_data):
    with engine.seketika(), sesi() as s:  # nobody writes
        s.add(Warga(id="a", dibuat=KINI))
    with sesi() as penulis:
        penulis.execute(text("SELECT 1"))
        mulai = time.monotonic()
        with pytest.raises(StoreBusyError, match="locked"), engine.seketika(), sesi() as s:
            s.execute(text("SELECT 1"))
        assert time.monotonic() - mulai < 0.5
    with sesi() as s:  # and the pooled connection waits again
        assert s.execute(text("PRAGMA busy_timeout")).scalar() == engine.TANYA_LAGI_MS


@pytest.mark.kedua_basis_data
def test_a_session_commits_on_success_and_rolls_back_on_any_error(basis_data):
    with sesi() as s:
        s.add(Warga(id="tetap", dibuat=KINI))
    with pytest.raises(KeyError), sesi() as s:
        s.add(Warga(id="batal", dibuat=KINI))
        s.flush()
        raise KeyError
    with sesi(baca=True) as s:
        assert list(s.scalars(select(Warga.id))) == ["tetap"]


@pytest.mark.kedua_basis_data
def test_times_come_back_in_utc_with_their_zone(basis_data):
    with sesi() as s:
        s.add(Warga(id="a", dibuat=waktu.wib(KINI)))
    with sesi(baca=True) as s:
        dibuat = s.scalar(select(Warga.dibuat))
    assert dibuat == KINI
    assert dibuat.tzinfo is timezone.utc


@pytest.mark.kedua_basis_data
def test_times_without_a_zone_are_refused(basis_data):
    with pytest.raises(StatementError, match="without a timezone") as galat, sesi() as s:
        s.add(Warga(id="a", wa_id=NOMOR, dibuat=KINI.replace(tzinfo=None)))
    assert NOMOR not in "".join(traceback.format_exception(galat.value))


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize(
    ("kolom", "nilai"),
    [("wa_id", NOMOR), ("bsuid", "ID.rahasia")],
)
def test_a_refused_row_is_reported_without_its_values(basis_data, kolom, nilai, caplog):
    caplog.set_level(logging.DEBUG)
    with sesi() as s:
        s.add(Warga(id="a", dibuat=KINI, **{kolom: nilai}))
    with pytest.raises(StoreError, match="INSERT INTO warga") as galat, sesi() as s:
        s.add(Warga(id="b", dibuat=KINI, **{kolom: nilai}))
    semua = "".join(traceback.format_exception(galat.value)) + caplog.text
    assert nilai not in semua


def test_a_deadlock_is_reported_as_worth_a_retry():
    class DeadlockError(Exception):
        pgcode = "40P01"

    asal = DeadlockError("deadlock detected\nDETAIL: Process 1 waits; Key (wa_id)=(62812)")
    hasil = terjemahkan(OperationalError("UPDATE warga", None, asal))
    assert isinstance(hasil, StoreBusyError)
    assert "deadlock detected" in str(hasil)
    assert "62812" not in str(hasil)


def test_missing_tables_are_answered_with_the_command_that_makes_them(basis_kosong):
    with pytest.raises(StoreError, match="python -m kelurahan.store"), sesi() as s:
        s.scalar(select(Warga))


@pytest.mark.parametrize(
    ("saat", "awal"),
    [
        ("2026-11-24T01:02:03+00:00", "2026-10-31T17:00:00+00:00"),
        ("2026-11-30T17:00:00+00:00", "2026-11-30T17:00:00+00:00"),
        ("2026-11-30T16:59:59+00:00", "2026-10-31T17:00:00+00:00"),
    ],
)
def test_months_begin_at_midnight_in_bogor(saat, awal):
    assert waktu.awal_bulan(datetime.fromisoformat(saat)).isoformat() == awal


@pytest.mark.parametrize("tujuan", ["192.0.2.1", "graph.facebook.com", "2001:db8::1"])
def test_tests_cannot_reach_the_network(tujuan):
    with pytest.raises(RuntimeError, match="may not reach the network"):
        socket.create_connection((tujuan, 443), timeout=0.1)


def test_tests_can_reach_this_machine():
    with socket.create_server(("127.0.0.1", 0)) as peladen:
        socket.create_connection(("localhost", peladen.getsockname()[1]), timeout=2).close()


def test_a_prepared_statement_is_composed_once(basis_data):
    satu = select(Warga.id).where(Warga.id == bindparam("id"))

    class Terhitung:
        """A statement that counts how often it is composed."""

        selected_columns, kali = satu.selected_columns, 0

        def compile(self, **pilihan):
            self.kali += 1
            return satu.compile(**pilihan)

    pernyataan = Terhitung()
    siap = Siap(pernyataan)
    with sesi() as s:
        for _ in range(3):
            assert siap.baris(s, {"id": "a"}) == []
    assert pernyataan.kali == 1
