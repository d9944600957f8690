"""The RT/RW directory: read from the table, replaced whole, also from the command line."""

from __future__ import annotations

import pytest

from kelurahan.settings import settings
from kelurahan.store import StoreError, direktori, sesi
from kelurahan.store.__main__ import main
from kelurahan.wilayah import Direktori

pytestmark = pytest.mark.kedua_basis_data
KECIL = Direktori(
    pasangan=frozenset({("001", "001"), ("002", "001"), ("001", "013")}), contoh=False
)


def ganti(baru: Direktori) -> None:
    with sesi() as s:
        direktori.ganti(s, baru)


def test_a_new_database_holds_the_shipped_sample(basis_data):
    isi = direktori.direktori()
    assert isi.contoh
    assert isi.ada("001", "001")


def test_replacing_shows_at_once_and_leaves_nothing_of_the_old(basis_data):
    direktori.direktori()
    ganti(KECIL)
    assert direktori.direktori() == KECIL


def test_a_replacement_that_is_rolled_back_changes_nothing(basis_data):
    lama = direktori.direktori()
    with pytest.raises(KeyError), sesi() as s:
        direktori.ganti(s, KECIL)
        s.flush()
        raise KeyError
    direktori._simpanan.clear()
    assert direktori.direktori() == lama


def test_an_empty_directory_is_refused(basis_data):
    with pytest.raises(StoreError, match="0 rows"):
        ganti(Direktori(pasangan=frozenset(), contoh=False))
    assert direktori.direktori().contoh


def test_a_change_by_another_process_shows_after_half_a_minute(basis_data, monkeypatch):
    jam = [1000.0]
    monkeypatch.setattr(direktori.time, "monotonic", lambda: jam[0])
    lama = direktori.direktori()
    simpanan = dict(direktori._simpanan)
    ganti(KECIL)
    direktori._simpanan.update(simpanan)  # as another process still has it
    jam[0] += direktori.SIMPAN_DETIK - 0.1
    assert direktori.direktori() == lama
    jam[0] += 0.2
    assert direktori.direktori() == KECIL


def test_the_command_replaces_the_directory_and_says_how_large_it_is(basis_data, tmp_path, capsys):
    berkas = tmp_path / "baru.csv"
    berkas.write_text("rt,rw\n1,1\n2,1\n1,13\n", encoding="utf-8")
    assert main(["impor-rt-rw", str(berkas)]) == 0
    assert capsys.readouterr().out == "Direktori RT/RW diganti: 3 RT di 2 RW.\n"
    assert direktori.direktori() == KECIL


def test_a_file_with_a_wrong_row_changes_nothing_and_names_the_row(basis_data, tmp_path, capsys):
    berkas = tmp_path / "baru.csv"
    berkas.write_text("rt,rw\n1,1\n1x,1\n", encoding="utf-8")
    assert main(["impor-rt-rw", str(berkas)]) == 1
    galat = capsys.readouterr().err
    assert "baris 3" in galat
    assert "Tidak ada yang diubah." in galat
    assert direktori.direktori().contoh


@pytest.mark.parametrize("nama", ["tidak_ada.csv", "."], ids=["missing file", "a folder"])
def test_a_file_that_cannot_be_read_is_named(basis_data, tmp_path, capsys, nama):
    assert main(["impor-rt-rw", str(tmp_path / nama)]) == 1
    assert "Tidak ada yang diubah." in capsys.readouterr().err
    assert direktori.direktori().contoh


def test_the_command_prepares_a_new_database_first(basis_kosong, tmp_path, capsys):
    assert main([]) == 0
    assert capsys.readouterr().out == "Basis data siap.\n"
    assert direktori.direktori().contoh


def test_the_command_ends_with_3_when_the_database_cannot_be_used(
    basis_kosong, monkeypatch, capsys
):
    monkeypatch.setenv("DATABASE_URL", "mysql://127.0.0.1/x")
    settings.cache_clear()
    assert main([]) == 3
    assert capsys.readouterr().err.startswith("Basis data tidak dapat dipakai: DATABASE_URL")


def test_wrong_arguments_end_with_2(basis_kosong):
    with pytest.raises(SystemExit) as akhir:
        main(["impor"])
    assert akhir.value.code == 2
