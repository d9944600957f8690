"""Reading and checking the hand-written YAML files of `layanan/` and `wilayah/`.

A `Bagian` (one mapping of a file) hands out typed values and writes every fault into one shared
list, so that whoever edits a file sees all faults at once, each with file, key and value. The
same checks serve the forms of the console, which words a fault anew by its `kode`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from unicodedata import normalize

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

URL = re.compile(r"https?://[^\s/]+\.[^\s]+")
# Signs that WhatsApp, templates or the fact sheet's own marks would turn into something else.
TERLARANG = re.compile(r"[*_~`{}]|[\x00-\x1f]|\[belum dicek")


def tampil(nilai: object) -> str:
    """Return a value as it is quoted in a fault: short, on one line."""
    teks = repr(nilai)
    return teks if len(teks) <= 60 else f"{teks[:56]}...{teks[-1]}"


def panjang_utf16(teks: str) -> int:
    """Length as WhatsApp counts it: UTF-16 units."""
    return len(teks.encode("utf-16-le")) // 2


def polos(teks: str) -> str:
    """Lower case, signs as spaces, without the clitic -nya ("hilangnya" means "hilang")."""
    kata = re.findall(r"[a-z0-9]+", normalize("NFKC", teks).casefold().replace("'", ""))
    return " ".join(re.sub(r"(?<=[a-z]{4})nya$", "", k) for k in kata)


def memuat(teks: str, sebutan: str) -> bool:
    """Do these words stand in the text, as whole words?"""
    return f" {polos(sebutan)} " in f" {polos(teks)} "


def baca_yaml(path: Path, nama: str, salah: list[str]) -> object:
    """Parse one YAML 1.2 file; a file that cannot be read is a fault and gives None."""
    try:
        # pure: the C loader would read YAML 1.1, where `08.00` or `ya` may become something else
        isi = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        salah.append(f"{nama}: the file is missing")
        return None
    except UnicodeDecodeError:
        salah.append(f"{nama}: not UTF-8 text; save it as UTF-8")
        return None
    except MarkedYAMLError as exc:
        baris = exc.problem_mark.line + 1 if exc.problem_mark else "?"
        salah.append(f"{nama}: line {baris}: not valid YAML: {exc.problem}")
        return None
    if isi is None:
        salah.append(f"{nama}: the file is empty")
    return isi


class Salah(str):
    """One fault: the line a maintainer reads, and its parts for whoever words it differently.

    `kunci` is the place inside the file ("varian[1].syarat[3]"); `kode` and `rincian` say what is
    wrong without words ("panjang", {"ada": 120, "maks": 110}).
    """

    kunci: str
    pesan: str
    kode: str
    rincian: dict[str, object]

    def __new__(cls, nama: str, kunci: str, pesan: str, kode: str = "", **rincian: object) -> Salah:
        """Put the line together; an empty file name or key is left out."""
        salah = super().__new__(cls, ": ".join(x for x in (nama, kunci, pesan) if x))
        salah.kunci, salah.pesan, salah.kode, salah.rincian = kunci, pesan, kode, rincian
        return salah


class Bagian:
    """One mapping of a file under check; see the module docstring."""

    def __init__(self, nama: str, isi: object, salah: list[str], jalur: str = "") -> None:
        self.nama, self.salah, self.jalur = nama, salah, jalur
        self.isi: dict = isi if isinstance(isi, dict) else {}
        if not isinstance(isi, dict) and isi is not None:
            self._lapor(f"{tampil(isi)}: expected keys with values")

    def _lapor(self, pesan: str) -> None:
        self.salah.append(Salah(self.nama, self.jalur, pesan, "bukan_bagian"))

    def lapor(self, kunci: str, pesan: str, kode: str = "", **rincian: object) -> None:
        """Record a fault of one key."""
        tempat = f"{self.jalur}.{kunci}".lstrip(".")
        self.salah.append(Salah(self.nama, tempat, pesan, kode, **rincian))

    def kenal(self, *kunci: str) -> None:
        """Refuse keys other than these, with the likeliest one meant."""
        for ada in self.isi:
            if ada in kunci:
                continue
            mirip = get_close_matches(str(ada), kunci, 1)
            self.lapor(str(ada), "unknown key" + (f"; did you mean '{mirip[0]}'?" if mirip else ""))

    def teks(
        self, kunci: str, maks: int, *, wajib: bool = True, pola: str = "", bebas: bool = False
    ) -> str:
        """One line of text; `pola` is the form it must have, `bebas` allows any sign."""
        nilai = self.isi.get(kunci)
        if nilai is None:
            if wajib:
                self.lapor(kunci, "missing", "kosong")
            return ""
        return self._teks(kunci, nilai, maks, pola, bebas)

    def _teks(
        self, kunci: str, nilai: object, maks: int, pola: str = "", bebas: bool = False
    ) -> str:
        if not isinstance(nilai, str):
            self.lapor(kunci, f"{tampil(nilai)} expected text (put it in quotes)", "bukan_teks")
            return ""
        if not nilai.strip() or nilai != nilai.strip():
            self.lapor(kunci, f"{tampil(nilai)} is empty or has spaces around it", "kosong")
        elif (ada := panjang_utf16(nilai)) > maks:
            pesan = f"{tampil(nilai)} {ada} characters, at most {maks}"
            self.lapor(kunci, pesan, "panjang", ada=ada, maks=maks)
        elif pola and not re.fullmatch(pola, nilai):
            self.lapor(kunci, f"{tampil(nilai)} does not have the form {pola}", "pola")
        elif not bebas and (tanda := TERLARANG.search(nilai)):
            isi = tanda.group()
            self.lapor(kunci, f"{tampil(nilai)} contains {tampil(isi)}", "tanda", tanda=isi)
        return nilai

    def daftar(
        self,
        kunci: str,
        maks: int,
        *,
        paling_sedikit: int = 0,
        paling_banyak: int = 99,
        pola: str = "",
    ) -> tuple[str, ...]:
        """A list of one-line texts without repeats."""
        nilai = self.isi.get(kunci, [])
        if not isinstance(nilai, list):
            pesan = f"{tampil(nilai)} expected a list (lines starting with '- ')"
            self.lapor(kunci, pesan, "bukan_daftar")
            return ()
        if not paling_sedikit <= (ada := len(nilai)) <= paling_banyak:
            pesan = f"{ada} lines, expected {paling_sedikit} to {paling_banyak}"
            self.lapor(kunci, pesan, "jumlah", ada=ada, min=paling_sedikit, maks=paling_banyak)
        hasil = tuple(self._teks(f"{kunci}[{n}]", x, maks, pola) for n, x in enumerate(nilai, 1))
        for ganda in sorted({x for x in hasil if x and hasil.count(x) > 1}):
            self.lapor(kunci, f"{tampil(ganda)} stands there twice", "ganda", nilai=ganda)
        return hasil

    def pilihan(self, kunci: str, boleh: Collection[str]) -> str:
        """One of a few words."""
        nilai = self.isi.get(kunci)
        if nilai is None:
            self.lapor(kunci, f"missing; one of: {', '.join(boleh)}", "pilihan")
        elif nilai not in boleh:
            mirip = get_close_matches(str(nilai), list(boleh), 1)
            saran = f"; did you mean '{mirip[0]}'?" if mirip else ""
            pesan = f"{tampil(nilai)} is not one of: {', '.join(boleh)}{saran}"
            self.lapor(kunci, pesan, "pilihan")
        return str(nilai)

    def bulat(self, kunci: str, paling_kecil: int, paling_besar: int) -> int:
        """A whole number within bounds; 0 when there is none to use."""
        nilai = self.isi.get(kunci)
        if nilai is None:
            self.lapor(kunci, "missing", "kosong")
        elif not isinstance(nilai, int) or isinstance(nilai, bool):
            self.lapor(kunci, f"{tampil(nilai)} expected a whole number")
        elif not paling_kecil <= nilai <= paling_besar:
            self.lapor(kunci, f"{nilai} is not between {paling_kecil} and {paling_besar}")
        else:
            return nilai
        return 0

    def benar(self, kunci: str) -> bool:
        """true or false."""
        nilai = self.isi.get(kunci)
        if not isinstance(nilai, bool):
            self.lapor(kunci, f"{tampil(nilai)} expected true or false")
        return nilai is True

    def tanggal(self, kunci: str) -> date:
        """A date written as 2026-11-24."""
        nilai = self.isi.get(kunci)
        if type(nilai) is date:
            return nilai
        pesan = "missing" if nilai is None else f"{tampil(nilai)} expected YYYY-MM-DD"
        self.lapor(kunci, pesan, "tanggal")
        return date.min

    def url(self, kunci: str, *, wajib: bool = True) -> str:
        """A web address."""
        nilai = self.teks(kunci, 300, wajib=wajib, bebas=True)
        if nilai and not URL.fullmatch(nilai):
            self.lapor(kunci, f"{tampil(nilai)} is not a web address (https://...)", "alamat")
        return nilai

    def bagian(self, kunci: str, *, wajib: bool = True) -> Bagian | None:
        """A nested mapping, or None when it is absent."""
        nilai = self.isi.get(kunci)
        if nilai is None:
            if wajib:
                self.lapor(kunci, "missing", "kosong")
            return None
        return Bagian(self.nama, nilai, self.salah, f"{self.jalur}.{kunci}".lstrip("."))

    def bagian_bagian(self, kunci: str, *, paling_sedikit: int = 0) -> Iterator[Bagian]:
        """The mappings of a list, in order."""
        nilai = self.isi.get(kunci, [])
        if not isinstance(nilai, list):
            pesan = f"{tampil(nilai)} expected a list (lines starting with '- ')"
            self.lapor(kunci, pesan, "bukan_daftar")
            return
        if len(nilai) < paling_sedikit:
            pesan = f"{len(nilai)} entries, at least {paling_sedikit}"
            self.lapor(kunci, pesan, "kurang", min=paling_sedikit)
        for n, isi in enumerate(nilai, 1):
            yield Bagian(self.nama, isi, self.salah, f"{self.jalur}.{kunci}[{n}]".lstrip("."))
