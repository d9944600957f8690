"""Migrations: from nothing, again, at once from several processes, from any folder."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from kelurahan.settings import ROOT, settings
from kelurahan.store import StoreBusyError, StoreError, engine, models, schema, siapkan

pytestmark = pytest.mark.kedua_basis_data


def _jalankan(url: str, folder, *argumen: str) -> subprocess.Popen:
    lingkungan = {**os.environ, "DATABASE_URL": url}
    jalur = os.pathsep.join(p for p in (str(ROOT), os.environ.get("PYTHONPATH")) if p)
    lingkungan["PYTHONPATH"] = jalur
    return subprocess.Popen(
        [sys.executable, "-m", "kelurahan.store", *argumen],
        cwd=folder,
        env=lingkungan,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_migrations_build_exactly_the_tables_of_the_models(basis_data):
    with engine.mesin(basis_data.url).connect() as koneksi:
        konteks = MigrationContext.configure(koneksi, opts={"compare_type": True})
        assert compare_metadata(konteks, models.Basis.metadata) == []


def test_the_newest_revision_by_file_name_is_alembics_head(basis_data):
    config = Config()
    config.set_main_option("script_location", str(schema.FOLDER))
    skrip = ScriptDirectory.from_config(config)
    assert skrip.get_heads() == [schema.REVISI[-1]]
    assert {r.revision for r in skrip.walk_revisions()} == set(schema.REVISI)


def test_preparing_again_changes_nothing_and_does_not_load_alembic(basis_data, monkeypatch):
    def gagal(*_):
        raise AssertionError("migrated again")

    monkeypatch.setattr(schema, "_migrasi_terkunci", gagal)
    siapkan(basis_data.url)


def test_a_new_database_gets_the_rt_rw_directory_of_the_wilayah_folder(basis_data):
    with engine.mesin(basis_data.url).connect() as koneksi:
        contoh = {baris.contoh for baris in koneksi.execute(models.RtRw.__table__.select())}
    assert contoh == {True}


def test_an_emptied_directory_is_seeded_again_at_the_next_start(basis_data):
    with engine.mesin(basis_data.url).begin() as koneksi:
        koneksi.execute(models.RtRw.__table__.delete())
    siapkan(basis_data.url)
    with engine.mesin(basis_data.url).connect() as koneksi:
        assert koneksi.execute(models.RtRw.__table__.select()).first() is not None


def test_processes_starting_at_once_from_any_folder_all_find_a_ready_database(
    basis_kosong, tmp_path
):
    proses = [_jalankan(basis_kosong.url, tmp_path) for _ in range(4)]
    keluaran = [p.communicate(timeout=120)[0] for p in proses]
    assert [(p.returncode, k) for p, k in zip(proses, keluaran, strict=True)] == [
        (0, "Basis data siap.\n")
    ] * 4
    with engine.mesin(basis_kosong.url).connect() as koneksi:
        assert koneksi.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1


def test_a_failing_migration_leaves_nothing_behind(basis_kosong, monkeypatch):
    def gagal(_):
        raise StoreError("seed failed")

    monkeypatch.setattr(schema, "_isi_direktori", gagal)
    with pytest.raises(StoreError, match="seed failed"):
        siapkan(basis_kosong.url)
    assert not inspect(engine.mesin(basis_kosong.url)).has_table("warga")


def test_a_faulty_directory_file_stops_the_start_with_its_row(basis_kosong, tmp_path, monkeypatch):
    (tmp_path / "rt_rw.csv").write_text("rw,rt\n001,1x\n", encoding="utf-8")
    monkeypatch.setenv("WILAYAH_DIR", str(tmp_path))
    settings.cache_clear()
    with pytest.raises(StoreError, match="baris 2"):
        siapkan(basis_kosong.url)


def test_a_database_of_a_newer_program_is_refused_with_its_revision(basis_data):
    with engine.mesin(basis_data.url).begin() as koneksi:
        koneksi.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="revision '9999' is unknown"):
        siapkan(basis_data.url)


def test_downgrade_removes_every_table(basis_data):
    from alembic import command

    with engine.mesin(basis_data.url).begin() as koneksi:
        config = Config()
        config.set_main_option("script_location", str(schema.FOLDER))
        config.attributes["connection"] = koneksi
        command.downgrade(config, "base")
        assert inspect(koneksi).get_table_names() == ["alembic_version"]


def test_a_database_out_of_reach_is_named_as_such(basis_kosong):
    with pytest.raises(StoreBusyError, match="DATABASE_URL"):
        siapkan("postgresql://siapa:rahasia@127.0.0.1:1/tidak_ada")
