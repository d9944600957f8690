"""Prepared statements: SQLite's driver gives and takes what SQLAlchemy would."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, select, update

from kelurahan.store import StoreError, sesi
from kelurahan.store.engine import sisip_bernomor, sisip_bila_baru
from kelurahan.store.models import Inbox, Warga
from kelurahan.store.queue import INBOX
from kelurahan.store.siap import Siap

pytestmark = pytest.mark.kedua_basis_data

KINI = datetime(2026, 11, 24, 7, 30, 5, 123456, tzinfo=timezone(timedelta(hours=7)))
T = Inbox.__table__
SATU = select(T).where(T.c.pesan_id == bindparam("pesan"))


def masuk(pesan: str, **nilai) -> dict:
    wajib = {"warga_id": "a", "kind": "text", "sent_at": 7, "received_at": KINI, "attempts": 0}
    return {**wajib, "pesan_id": pesan, "state": "waiting", **nilai}


def test_rows_hold_what_sqlalchemy_gives(basis_data):
    with sesi() as s:
        nilai = masuk("p", content='{"é": "\\u0000"}', due_at=KINI)
        assert sisip_bernomor(s, T, nilai) == 1
        (satu,) = Siap(SATU).baris(s, {"pesan": "p"})
        assert tuple(satu) == tuple(s.connection().execute(SATU, {"pesan": "p"}).one())
        isi = dict(zip(T.c.keys(), satu, strict=True))
    assert isi["received_at"] == isi["due_at"] == KINI
    assert isi["received_at"].tzinfo is timezone.utc
    assert (isi["content"], isi["finished_at"]) == (nilai["content"], None)


def test_a_row_that_stands_there_already_has_no_new_number(basis_data):
    with sesi() as s:
        assert sisip_bernomor(s, T, masuk("p")) == 1
        assert sisip_bernomor(s, T, masuk("p")) is None
        assert sisip_bernomor(s, T, masuk("q")) is not None
    with sesi(baca=True) as s:
        assert len(s.scalars(select(Inbox)).all()) == 2


def test_truth_values_of_the_tables_are_truth_values(basis_data):
    with sesi() as s:
        assert sisip_bila_baru(s, Warga, id="a", dibuat=KINI)
        dipegang = select(Warga.dipegang).where(Warga.id == bindparam("id"))
        assert Siap(dipegang).baris(s, {"id": "a"})[0][0] is False


def test_values_that_stand_in_the_statement_are_used_and_rows_are_counted(basis_data):
    ubah = Siap(
        update(T).where(T.c.warga_id == bindparam("lane")).values(state="done", due_at=None)
    )
    with sesi() as s:
        for pesan in ("p", "q"):
            sisip_bernomor(s, T, masuk(pesan, due_at=KINI))
        assert ubah.banyaknya(s, {"lane": "b"}) == 0
        assert ubah.banyaknya(s, {"lane": "a"}) == 2
        assert {tuple(r) for r in s.execute(select(T.c.state, T.c.due_at))} == {("done", None)}


def test_what_is_refused_is_told_without_values(basis_data):
    tanpa_syarat = Siap(T.insert().values({k: bindparam(k) for k in masuk("p")}))
    with sesi() as s:
        tanpa_syarat.banyaknya(s, masuk("p"))
    with pytest.raises(StoreError) as ditolak, sesi() as s:
        tanpa_syarat.banyaknya(s, masuk("p", content="Budi"))
    assert "database refused" in str(ditolak.value)
    assert "Budi" not in repr(ditolak.value)
    assert ditolak.value.__cause__ is None


def test_a_time_without_a_zone_is_refused(basis_data):
    with pytest.raises(Exception, match="time without a timezone"), sesi() as s:
        sisip_bernomor(s, T, masuk("p", due_at=datetime(2026, 1, 1)))


def test_a_failure_undoes_the_whole_transaction(basis_data):
    with pytest.raises(KeyError), sesi() as s:
        sisip_bernomor(s, T, masuk("p"))
        raise KeyError
    with sesi(baca=True) as s:
        assert INBOX.depth(s)[0] == 0
