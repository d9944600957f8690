"""CSV tables as Excel, Google Sheets or hands write them: read whole, every fault with its row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

BARIS_TERBANYAK = 5_000  # a kelurahan has some hundred RT; more is the wrong file
TERKUTIP = 30  # characters of a wrong value that a message repeats
_SIMPAN = "simpan sebagai 'CSV UTF-8'"


@dataclass(frozen=True)
class Cacat:
    """What is wrong, and what to do; `baris` is the row as the spreadsheet counts, None: all."""

    pesan: str = field(repr=False)
    baris: int | None = None


class TabelError(ValueError):
    """A table cannot be used; `cacat` lists every fault, the message has one a line."""

    def __init__(self, nama: str, cacat: Iterable[Cacat]) -> None:
        self.cacat = tuple(cacat)
        super().__init__(
            "\n".join(
                f"{nama}{'' if c.baris is None else f' baris {c.baris}'}: {c.pesan}"
                for c in self.cacat
            )
        )


@dataclass(frozen=True)
class Tabel:
    """The rows below the header: row number, and cells by column name ("" where missing)."""

    baris: tuple[tuple[int, dict[str, str]], ...] = field(repr=False)
    cacat: tuple[Cacat, ...]  # rows with more cells than the header


def baca(nama: str, isi: bytes, wajib: tuple[str, ...], boleh: tuple[str, ...] = ()) -> Tabel:
    """Read a table with these columns; TabelError when the file or its header is unusable."""
    baris = _baris(nama, isi, ",".join(wajib))
    n, judul = baris[0]
    kolom = _kolom(judul, wajib, boleh)
    if isinstance(kolom, tuple):
        raise TabelError(nama, (Cacat(pesan, n) for pesan in kolom))
    cacat = tuple(
        Cacat(f"{len(b)} isian, hanya ada {len(kolom)} kolom; hapus kelebihannya", n)
        for n, b in baris[1:]
        if any(b[len(kolom) :])
    )
    data = tuple(
        (n, {k: b[i] if i < len(b) else "" for i, k in enumerate(kolom)}) for n, b in baris[1:]
    )
    if not data:
        raise TabelError(nama, [Cacat("tidak ada baris data di bawah judul kolom")])
    return Tabel(data, cacat)


def tulis(kolom: tuple[str, ...], baris: Iterable[Mapping[str, str]]) -> bytes:
    """A table that Excel of an Indonesian office opens in columns, and `baca` reads again."""
    wadah = io.StringIO(newline="")
    penulis = csv.DictWriter(wadah, kolom, delimiter=";", lineterminator="\r\n")
    penulis.writeheader()
    penulis.writerows(baris)
    return wadah.getvalue().encode("utf-8-sig")


def kutip(nilai: str) -> str:
    """A wrong value for a message: quoted, on one line, short."""
    satu = " ".join(nilai.split())
    return f"'{satu if len(satu) <= TERKUTIP else satu[: TERKUTIP - 1] + '…'}'"


def _baris(nama: str, isi: bytes, judul: str) -> list[tuple[int, list[str]]]:
    """Row number and trimmed cells of every row that holds something."""
    if isi.startswith(b"PK\x03\x04"):
        pesan = f"ini berkas Excel (.xlsx), bukan CSV; di Excel pilih Simpan Sebagai, {_SIMPAN}"
        raise TabelError(nama, [Cacat(pesan)])
    try:
        teks = isi.decode("utf-8-sig")
        banyak = sum(1 for satu in teks.splitlines() if satu.strip(" \t;,"))
        if banyak > BARIS_TERBANYAK + 1:
            pesan = f"{banyak - 1} baris data, paling banyak {BARIS_TERBANYAK}; periksa berkasnya"
            raise TabelError(nama, [Cacat(pesan)])
        baris = [(n, b) for n, b in _pecah(teks) if any(b)]
    except UnicodeDecodeError as galat:
        raise TabelError(nama, [Cacat(f"bukan teks UTF-8; {_SIMPAN}")]) from galat
    except csv.Error as galat:
        raise TabelError(nama, [Cacat(f"bukan berkas CSV; {_SIMPAN}")]) from galat
    if not baris:
        raise TabelError(nama, [Cacat(f"berkas kosong; baris pertama harus {judul}")])
    return baris


def _pecah(teks: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and trimmed cells; the header tells which separator Excel used."""
    judul = next((b for b in teks.splitlines() if b.strip()), "")
    pisah = max(";,\t", key=judul.count)
    pembaca = csv.reader(teks.splitlines(), delimiter=pisah)
    for isi in pembaca:
        yield pembaca.line_num, [x.strip() for x in isi]


def _kolom(
    judul: list[str], wajib: tuple[str, ...], boleh: tuple[str, ...]
) -> list[str] | tuple[str, ...]:
    """The column names in order; a tuple of faults when they are not those wanted."""
    while judul and not judul[-1]:
        judul = judul[:-1]
    kolom = [x.casefold() for x in judul]
    tulis_judul = ",".join(wajib)
    salah = [
        f"kolom '{k}' tidak ada; tulis judul kolom {tulis_judul}" for k in wajib if k not in kolom
    ]
    for k in dict.fromkeys(kolom):
        if kolom.count(k) > 1:
            salah.append(f"kolom {kutip(k)} ada dua kali")
        if k not in (*wajib, *boleh):
            mirip = get_close_matches(k[:TERKUTIP], (*wajib, *boleh), 1)
            saran = f"maksudnya '{mirip[0]}'?" if mirip else "hapus kolom itu"
            salah.append(f"kolom {kutip(k)} tidak dikenal; {saran}")
    return tuple(salah) if salah else kolom
