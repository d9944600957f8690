"""When an action fails: the resident is told politely, the log names no word of theirs."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest
from pelacak import Warga
from rasa_sdk import Action
from rasa_sdk.utils import all_subclasses
from ruamel.yaml import YAML
from sqlalchemy.exc import IntegrityError

import actions
from actions.dasar import GANGGUAN, Aksi
from actions.formulir import ValidasiFormPermohonan
from kelurahan.store.errors import StoreBusyError, StoreError

ROOT = Path(__file__).resolve().parent.parent
RAHASIA = "Siti Rahasia 3 Mei 1990"


class Rusak(Aksi):
    """Fails as it is told."""

    nama = "action_rusak"

    def __init__(self, galat: Exception) -> None:
        self.galat = galat

    def jawab(self, konteks):
        raise self.galat


class FormulirRusak(ValidasiFormPermohonan):
    """The form when its directory cannot be read."""

    def jawab(self, konteks):
        raise StoreError(f"database is away while reading {RAHASIA}")


GALAT = [
    ValueError(RAHASIA),
    KeyError(RAHASIA),
    StoreError(RAHASIA),
    UnicodeDecodeError("utf-8", RAHASIA.encode(), 0, 1, RAHASIA),
    IntegrityError(f"INSERT {RAHASIA}", {"nama": RAHASIA}, ValueError(RAHASIA)),
    RuntimeError(),
]


@pytest.mark.parametrize("galat", GALAT, ids=lambda g: type(g).__name__)
def test_a_failure_is_answered_politely_and_logged_without_the_residents_words(galat, caplog):
    jawab = Warga().tulis(RAHASIA, "isi_permohonan").jalankan(Rusak(galat))
    assert jawab.teks == GANGGUAN.teks
    assert jawab.events == []
    catatan = "\n".join(f"{satu.getMessage()} {satu.exc_text or ''}" for satu in caplog.records)
    assert "action_rusak failed" in catatan
    assert type(galat).__name__ in catatan
    assert "in jawab" in catatan, "maintainers need the place"
    assert "Rahasia" not in catatan


def test_an_apology_is_marked_so_that_staff_hear_of_it():
    jawab = Warga().tulis("x").jalankan(Rusak(ValueError(RAHASIA)))
    assert [satu.get("gangguan") for satu in jawab.pesan] == [True]


def test_a_database_that_is_away_for_a_moment_ends_the_turn_so_that_it_can_run_again(caplog):
    warga = Warga().formulir("nama", "sku").tulis(RAHASIA, "isi_permohonan")
    with pytest.raises(StoreBusyError):
        warga.jalankan(Rusak(StoreBusyError("database: locked; try again")))
    assert "action_rusak put off: database: locked" in caplog.text
    assert "Rahasia" not in caplog.text


def test_the_cause_of_a_failure_does_not_carry_the_words_into_the_log_either(caplog):
    try:
        raise StoreError("away") from ValueError(RAHASIA)
    except StoreError as galat:
        Warga().tulis(RAHASIA).jalankan(Rusak(galat))
    assert "Rahasia" not in caplog.text


@pytest.mark.parametrize("diminta", ["nama", "rt_rw", "layanan"])
def test_a_failing_form_keeps_waiting_instead_of_stepping_aside(diminta):
    """Without events Rasa would let a second action answer the same message."""
    warga = Warga().formulir(diminta, "sku", nama="Siti").tulis(RAHASIA, "isi_permohonan")
    jawab = warga.jalankan(FormulirRusak())
    assert jawab.teks == GANGGUAN.teks
    assert jawab.slots["requested_slot"] == diminta
    assert warga.slots["nama"] == "Siti"
    assert warga.slots["draf"] == {"layanan": "sku"}


def test_a_form_that_fails_as_it_starts_is_not_taken_for_complete():
    jawab = Warga().tulis("ajukan sku", "ajukan_permohonan", "sku").jalankan(FormulirRusak())
    assert jawab.slots["requested_slot"] == "nama"


def test_the_apology_says_what_can_be_done():
    assert "*petugas*" in GANGGUAN.teks


def test_the_action_server_registers_the_actions_of_the_domain_and_no_other():
    """The base class would answer to the name ''."""
    domain = YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    for modul in pkgutil.iter_modules(actions.__path__):
        importlib.import_module(f"actions.{modul.name}")
    semua = [k for k in all_subclasses(Action) if k.__module__.startswith("actions.")]
    nama = [kelas().name() for kelas in semua if not inspect.isabstract(kelas)]
    assert sorted(nama) == sorted(domain["actions"])
