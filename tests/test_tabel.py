"""CSV tables from outside: whatever is in them, a fault names its row, and reading stays quick."""

from __future__ import annotations

import time

import pytest

from kelurahan.tabel import BARIS_TERBANYAK, TERKUTIP, Cacat, TabelError, baca, kutip, tulis

KOLOM = ("rw", "rt")


def cacat(isi: bytes) -> tuple[Cacat, ...]:
    with pytest.raises(TabelError) as info:
        baca("x", isi, KOLOM)
    return info.value.cacat


@pytest.mark.parametrize("pisah", [";", ",", "\t"])
@pytest.mark.parametrize("awal", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
def test_cells_are_found_by_column_name_with_the_row_of_the_spreadsheet(pisah: str, awal: bytes):
    isi = awal + f"RT{pisah}rw\r\n\r\n 1 {pisah}2\r\n".encode()
    assert baca("x", isi, KOLOM).baris == ((3, {"rt": "1", "rw": "2"}),)


def test_what_is_written_is_read_back():
    baris = [{"rw": "1", "rt": "a;b"}, {"rw": '"', "rt": ""}]
    assert [isi for _, isi in baca("x", tulis(KOLOM, baris), KOLOM).baris] == baris


SALAH = [
    ("an Excel file", b"PK\x03\x04\x14\x00", None, "ini berkas Excel"),
    ("UTF-16", "rw;rt\n1;2\n".encode("utf-16"), None, "bukan teks UTF-8"),
    ("a zero byte", b"rw;rt\n1;\x00\n", None, "bukan berkas CSV"),
    ("a huge cell", b'rw;rt\n1;"' + b"x" * 200_000 + b'"\n', None, "bukan berkas CSV"),
    ("a header with markup", b"rw;rt;<script>alert(1)</script>\n1;2;3\n", 1, "tidak dikenal"),
]


@pytest.mark.parametrize(
    ("isi", "baris", "pesan"), [s[1:] for s in SALAH], ids=[s[0] for s in SALAH]
)
def test_a_file_that_is_no_such_table_is_refused(isi: bytes, baris: int | None, pesan: str):
    (satu,) = cacat(isi)
    assert satu.baris == baris
    assert pesan in satu.pesan


def test_a_hundred_thousand_rows_are_one_fault_at_once():
    mulai = time.perf_counter()
    (satu,) = cacat(b"rw;rt\n" + b"1;2\n" * 100_000)
    assert time.perf_counter() - mulai < 1
    assert "100000 baris data" in satu.pesan
    assert str(BARIS_TERBANYAK) in satu.pesan


def test_as_many_rows_as_are_said_are_read():
    assert len(baca("x", b"rw;rt\n" + b"1;2\n" * BARIS_TERBANYAK, KOLOM).baris) == BARIS_TERBANYAK


def test_a_wrong_value_is_quoted_short_and_on_one_line():
    assert len(kutip("a\nb " * 1000)) <= TERKUTIP + 2
    assert "\n" not in kutip("a\nb")
