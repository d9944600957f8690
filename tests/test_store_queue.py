"""Queues: in order, one worker per lane, leases that run out, and no lane that starves others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from whatsapp_store_world import Clock, at_once, rows, value

from kelurahan.store import sesi, warga
from kelurahan.store.models import Inbox, Outbox
from kelurahan.store.queue import INBOX, OUTBOX, ClaimLostError, Worker, lock

pytestmark = pytest.mark.kedua_basis_data

ME, OTHER = Worker("uji"), Worker("lain")


@pytest.fixture
def clock(basis_data, monkeypatch):
    return Clock(monkeypatch)


def put(clock, lane, name, sent_at=0, state="waiting", **more):
    """One inbox row; `name` is told in place of a hash."""
    values = {"pesan_id": name, "warga_id": lane, "kind": "text", "sent_at": sent_at}
    values |= {"received_at": clock.now, "state": state, "attempts": 0, **more}
    with sesi() as s:
        s.execute(insert(Inbox.__table__).values(values))


def put_letter(clock, lane, part=0, **more):
    values = {"warga_id": lane, "part": part, "kind": "x", "created_at": clock.now}
    values |= {"state": "waiting", "attempts": 0, **more}
    with sesi() as s:
        s.execute(insert(Outbox.__table__).values(values))


def claim(lane="a", worker=ME):
    with sesi() as s:
        lock(s, lane)
        return INBOX.claim(s, lane, worker)


def take(worker=ME, limit=10, busy=(), queue=INBOX):
    with sesi() as s:
        return queue.take(s, worker, limit, busy)


def finish(one, **values):
    with sesi() as s:
        INBOX.finish(s, one, **values)


def postpone(one, due_at=None, **values):
    with sesi() as s:
        INBOX.postpone(s, one, due_at, **values)


def names(claims):
    return [one.row["pesan_id"] for one in claims if one]


# order


def test_a_lane_is_worked_by_the_residents_clock_then_by_arrival(clock):
    for name, sent_at in (("tiga", 7), ("empat", 7), ("satu", 1), ("dua", 2)):
        put(clock, "a", name, sent_at)
    seen = []
    while one := claim():
        seen.append(one)
        finish(one)
    assert names(seen) == ["satu", "dua", "tiga", "empat"]


def test_letters_go_in_the_order_in_which_they_were_written_down(clock):
    for part in (2, 1, 0):
        put_letter(clock, "a", part, pesan_id="p")
    (first,) = take(queue=OUTBOX)
    assert first.row["part"] == 2


def test_while_a_row_is_in_work_nobody_gets_the_rest_of_its_lane(clock):
    put(clock, "a", "dua", 2)
    assert names([claim()]) == ["dua"]
    put(clock, "a", "satu, yang datang belakangan", 1)
    assert claim() is None
    assert take() == take(OTHER) == []


def test_lanes_are_independent_of_each_other(clock):
    for lane in "abc":
        put(clock, lane, f"{lane}1", 1)
        put(clock, lane, f"{lane}2", 2)
    first = take(limit=2)
    assert names(first) == ["a1", "b1"]
    finish(first[1])
    assert names(take()) == ["b2", "c1"]


def test_lanes_that_a_process_already_works_are_left_out_of_its_look(clock):
    put(clock, "a", "a1")
    put(clock, "b", "b1")
    assert names(take(busy=("a",))) == ["b1"]


@pytest.mark.parametrize("state", ["done", "parked", "expired", "limited"])
def test_closed_rows_are_nobodys_work(clock, state):
    put(clock, "a", "x", state=state)
    assert claim() is None
    assert take() == []


# one worker at a time


@pytest.mark.parametrize("how", ["claim", "take"])
def test_many_threads_at_once_get_each_lane_once(clock, how):
    for lane in "abcd":
        put(clock, lane, lane)

    def look(number):
        worker = Worker(f"pekerja {number}")
        if how == "take":
            return names(take(worker))
        return names(claim(lane, worker) for lane in "abcd")

    got = [name for some in at_once(look) for name in some]
    assert sorted(got) == ["a", "b", "c", "d"]


def test_many_threads_at_once_finish_long_lanes_in_order_and_once(clock):
    for number in range(24):
        put(clock, "abc"[number % 3], f"{number:02}", number)
    log = []

    def work(number):
        worker = Worker(f"pekerja {number}")
        while rows("SELECT 1 FROM inbox WHERE state != 'done' LIMIT 1"):
            for one in take(worker, 2):
                log.append(one.row["pesan_id"])  # before it is finished: the lane is still ours
                finish(one)

    at_once(work, 4)
    assert len(log) == len(set(log)) == 24
    for lane in range(3):
        mine = [name for name in log if int(name) % 3 == lane]
        assert mine == sorted(mine)


def test_a_lane_that_somebody_holds_locked_is_passed_over_and_not_waited_for(clock, basis_data):
    put(clock, "a", "a1")
    put(clock, "b", "b1")
    if basis_data.jenis == "postgres":  # SQLite has one writer: nobody is in between
        with sesi() as s:
            lock(s, "a")
            assert at_once(lambda _: names(take()), 1) == [["b1"]]
        assert names(take()) == ["a1"]
    else:
        assert names(take()) == ["a1", "b1"]


# leases


def test_a_claim_lasts_as_long_as_its_lease_and_is_then_taken_over(clock):
    put(clock, "a", "x")
    claim(worker=Worker("uji", lease=30))
    clock.pass_(29)
    assert claim(worker=OTHER) is None
    assert take(OTHER) == []
    clock.pass_(1)
    (again,) = take(OTHER)
    assert (again.attempts, again.worker) == (2, OTHER.name)
    assert value("SELECT claimed_by FROM inbox") == OTHER.name


def test_an_abandoned_row_comes_before_an_earlier_message_that_came_later(clock):
    put(clock, "a", "dua", 2)
    claim()
    put(clock, "a", "satu", 1)
    clock.pass_(61)
    assert names([claim(worker=OTHER)]) == ["dua"]


@pytest.mark.parametrize("end", [finish, postpone], ids=["finish", "postpone"])
def test_whoever_lost_a_row_can_not_write_it(clock, end):
    put(clock, "a", "x")
    lost = claim()
    clock.pass_(61)
    theirs = claim(worker=OTHER)
    with pytest.raises(ClaimLostError, match="taken over"):
        end(lost)
    assert value("SELECT state FROM inbox") == "running"
    finish(theirs)
    with pytest.raises(ClaimLostError):
        finish(theirs)


def test_a_worker_that_gets_its_own_row_again_can_not_finish_the_former_try(clock):
    put(clock, "a", "x")
    former = claim()
    clock.pass_(61)
    (again,) = take()
    assert again.worker == former.worker
    with pytest.raises(ClaimLostError):
        finish(former)
    finish(again)


def test_a_late_worker_may_still_finish_while_nobody_has_taken_over(clock):
    put(clock, "a", "x")
    one = claim()
    clock.pass_(500)
    finish(one)
    assert rows("SELECT state, claimed_by, claimed_until FROM inbox") == [("done", None, None)]


# putting off


def test_a_row_put_off_keeps_its_place_and_holds_its_lane_back_until_it_is_due(clock):
    put(clock, "a", "satu", 1)
    put(clock, "a", "dua", 2)
    postpone(claim(), clock.now + timedelta(seconds=10))
    clock.pass_(9)
    assert claim() is None
    assert take() == []
    clock.pass_(1)
    assert names([claim()]) == ["satu"]


def test_a_row_put_off_without_a_time_is_due_at_once(clock):
    put(clock, "a", "x")
    postpone(claim(), attempts=0)
    assert claim().attempts == 1


# after a crash


def test_a_new_run_of_the_same_place_frees_what_the_former_held_and_nothing_else(clock):
    former, same, elsewhere = Worker("rasa:5005"), Worker("rasa:5005"), Worker("rasa:50051")
    odd = Worker("rasa:500_")  # "_" is a wildcard in LIKE
    for lane, worker in zip("abcd", (former, same, elsewhere, odd), strict=True):
        put(clock, lane, lane)
        claim(lane, worker)
    for worker in (Worker("rasa:500_"), same):
        with sesi() as s:
            assert INBOX.release(s, worker) == 1
    assert sorted(names(take(same))) == ["a", "d"]


# who comes first


def test_the_longest_waiting_resident_comes_first(clock):
    for number, lane in enumerate("edcba"):
        put(clock, lane, lane, sent_at=100 - number)
    assert names(take(limit=3)) == ["e", "d", "c"]


def test_lanes_that_must_wait_do_not_keep_others_from_their_turn(clock):
    late = clock.now + timedelta(seconds=60)
    for number in range(30):
        lane = f"menunggu{number}"
        put(clock, lane, f"{lane}-1", 1, due_at=late)
        put(clock, lane, f"{lane}-2", 2)
    for number in range(30):
        lane = f"dikerjakan{number}"
        busy = {"state": "running", "claimed_by": "x", "claimed_until": late}
        put(clock, lane, f"{lane}-1", 1, **busy)
        put(clock, lane, f"{lane}-2", 2)
    put(clock, "akhir", "akhir")
    assert names(take(limit=1)) == ["akhir"]


def test_depth_counts_what_waits_since_when_and_what_is_set_aside(clock):
    start = clock.now
    put(clock, "a", "a1")
    claim()
    clock.pass_(5)
    put(clock, "b", "b1")
    put(clock, "b", "b2", state="parked")
    put(clock, "b", "b3", state="done")
    put_letter(clock, "b", 1, state="window")
    with sesi(baca=True) as s:
        assert INBOX.depth(s) == (2, start, 1)
        assert OUTBOX.depth(s) == (0, None, 1)


# two records of one person


def test_after_a_merge_the_two_lanes_are_one_and_in_order(clock):
    with sesi() as s:
        by_number = warga.kenali(s, wa_id="6281200000001", bsuid=None)
        clock.pass_(1)  # the older record stays
        by_id = warga.kenali(s, wa_id=None, bsuid="ID.a1")
    put(clock, by_id, "satu", 1)
    put(clock, by_number, "dua", 2)
    put(clock, by_id, "tiga", 3)
    under_way = claim(by_id)
    with sesi() as s:
        assert warga.kenali(s, wa_id="6281200000001", bsuid="ID.a1") == by_number
    assert take() == [], "the row in work holds the joined lane"
    finish(under_way)
    for expected in ("dua", "tiga"):
        (one,) = take()
        assert (one.warga_id, names([one])) == (by_number, [expected])
        finish(one)


def test_a_row_in_work_may_be_finished_after_its_lane_was_merged(clock):
    put(clock, "a", "x")
    one = claim()
    with sesi() as s:
        s.execute(Inbox.__table__.update().values(warga_id="b"))
    finish(one)
    with sesi(baca=True) as s:
        assert s.scalar(select(Inbox.state)) == "done"
