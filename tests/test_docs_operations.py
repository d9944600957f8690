"""docs/operations.md says what the code does: settings, metrics, numbers, and SQL that runs."""

from __future__ import annotations

import re
import socket

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from kelurahan.settings import MOST_REPLICAS, ROOT, Settings
from kelurahan.store import lampiran, lampiran_berkas, peringatan, sesi, waktu
from kelurahan.store.models import Inbox, Peringatan
from kelurahan.store.queue import Worker
from kelurahan.whatsapp import (
    channel,
    errors,
    health,
    inbox,
    ledger,
    media_fetch,
    metrics,
    outbox,
    retry,
    sender,
    templates,
    turns,
)
from scripts import children, front, keeper

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
TABLE = dict(re.findall(r"^\| `(kelurahan_\w+)` \| (.*) \|$", PAGE, re.M))
SQL = re.findall(r"```sql\n(.*?)```", PAGE, re.S)
OURS = "kelurahan_"


class Nowhere:
    """An office without a database."""

    sender = type("Sender", (), {"stopped": None})

    class ledger:  # noqa: N801
        @staticmethod
        def depths() -> dict:
            return {}


def names() -> set[str]:
    """Every metric of ours: of the channel, of the queues, of the front door."""
    found = [*REGISTRY.collect(), *health.Depths(Nowhere()).collect()]
    found += front.Front([front.Replica(1, 2)]).registry.collect()
    return {one.name for one in found if one.name.startswith(OURS)}


def test_every_metric_stands_in_the_table_and_nothing_else():
    assert metrics.RECEIVED is not None  # its module has been imported
    assert set(TABLE) == names()


@pytest.mark.parametrize("name", ["answered", "tried again", "put back", "parked"])
def test_every_outcome_of_a_turn_is_named_as_the_code_counts_it(name: str):
    assert name in TABLE["kelurahan_turns"]
    source = (ROOT / "kelurahan" / "whatsapp" / "turns.py").read_text(encoding="utf-8")
    assert f'metrics.TURNS.labels("{name}")' in source
    assert source.count("metrics.TURNS.labels(") == 4


def test_every_class_of_send_error_is_explained():
    kinds = {kind.__name__ for kind in errors._CODES} | {"UnknownOutcomeError", "RequestError"}
    assert kinds <= set(re.findall(r"`(\w+Error)`", PAGE))


def test_every_variable_it_names_is_a_setting():
    words = set(re.findall(r"`([A-Z]+_[A-Z_]+)(?:=\d+)?`", PAGE))
    assert words
    assert words <= {name.upper() for name in Settings.__dataclass_fields__}


def seconds(value: float) -> str:
    return f"{value:.0f}"


NUMBERS = [
    ("replicas", f"at most {MOST_REPLICAS}"),
    ("lease", f"valid for {seconds(Worker('x').lease)} s"),
    ("front door's patience", f"after {seconds(front.WEBHOOK_PATIENCE)} s is left aside"),
    ("body", f"up to {front.MOST_BODY // 1024**2} MB"),
    ("stop", f"has {seconds(children.GRACE)} s to end"),
    ("longest wait", f"16 and {seconds(keeper.LONGEST_WAIT)} s"),
    ("notice", f"after {seconds(turns.NOTICE_AFTER)} s one notice"),
    ("outage", f"after {seconds(turns.OUTAGE_PATIENCE / 60)} min the message is parked"),
    ("tries", f"{turns.MOST_TRIES} tries, then parked"),
    ("turn's patience", f"within {seconds(turns.STORE_PATIENCE)} s (turns)"),
    ("sender's patience", f"or {seconds(sender.STORE_PATIENCE)} s (sent messages)"),
    ("backoff", ", ".join(seconds(retry.backoff(n)) for n in (1, 2, 3, 4)) + ", then 256 s"),
    ("backoff's end", f"then {seconds(retry.backoff(5))} s"),
    ("give up", f"up to {seconds(retry.GIVE_UP_AFTER / 3600)} h"),
    ("told", f"alert after {retry.TOLD_AFTER} tries"),
    ("token", f"in {seconds(retry.CREDENTIALS_PAUSE)} s (token)"),
    ("account", f"or {seconds(retry.ACCOUNT_PAUSE)} s (account)"),
    ("outbox", f"{outbox.WINDOW // 3600} hours after it was closed"),
    ("photo", f"at most {media_fetch.PHOTO_LIMIT // 1024**2} MB, documents at most "),
    ("document", f"documents at most {media_fetch.DOCUMENT_LIMIT // 1024**2} MB"),
    ("disk", f"less than {lampiran_berkas.SISA_RUANG // 1024**2} MB left"),
    ("fetching", f"borne for {media_fetch.MOST_TRIES} tries (about four hours)"),
    ("held up", f"for {media_fetch.GIVE_UP_AFTER.days} days; then the resident is asked once"),
    ("attachments", f"{lampiran.SIMPAN_SETELAH_SELESAI} days after the application was finished"),
    ("restored", f"goes after {lampiran.YATIM_HARI} days"),
    ("parked", f"a parked message {inbox.PARKED_DAYS} days"),
]


@pytest.mark.parametrize("words", [n[1] for n in NUMBERS], ids=[n[0] for n in NUMBERS])
def test_numbers_are_those_of_the_code(words: str):
    assert words in " ".join(PAGE.split())


def test_a_server_is_known_by_its_port_and_its_host_name():
    assert channel.place(5005) == f"rasa:5005@{socket.gethostname()}"


def test_sixty_tries_are_about_four_hours():
    waited = sum(retry.backoff(n) for n in range(1, media_fetch.MOST_TRIES))
    assert 3.5 < waited / 3600 < 4.5
    assert lampiran.SIMPAN_SETELAH_SELESAI == lampiran.SIMPAN_TANPA_PERMOHONAN


def test_five_deaths_in_two_minutes_is_what_the_keeper_bears():
    assert (keeper.MOST_DEATHS, keeper.WITHIN) == (5, 120.0)
    assert "Five deaths within two minutes" in PAGE


@pytest.mark.kedua_basis_data
def test_its_sql_runs_and_does_what_it_says(basis_data):
    now = waktu.sekarang()
    with sesi() as s:
        peringatan.catat(s, "pesan_diparkir", "Ada pesan.")
        fields = {"pesan_id": "a" * 64, "kind": "text", "sent_at": 1, "received_at": now}
        s.add(Inbox(**fields, content="{}", state=inbox.PARKED, attempts=4, finished_at=now))
    assert len(SQL) == 6
    with sesi() as s:
        found = [s.execute(text(one)) for one in SQL]
        counts = [len(r.all()) if r.returns_rows else r.rowcount for r in found]
    assert counts == [1, 1, 1, 1, 0, 0]
    with sesi(baca=True) as s:
        assert peringatan.terbuka(s) == []
        assert s.query(Peringatan).one().selesai is not None
        row = s.query(Inbox).one()
        assert (row.state, row.content) == ("done", None)
    assert ledger.Ledger(Worker("uji")).depths()["inbox"][2] == 0


@pytest.mark.parametrize("name", templates.TEXTS)
def test_every_template_is_quoted_exactly_as_it_is_sent(name):
    """Somebody copies it from there into WhatsApp Manager: a different text would be refused."""
    assert f"| `{name}` | {templates.TEXTS[name]} |" in PAGE
