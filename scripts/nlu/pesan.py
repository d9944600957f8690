"""The labelled messages: those the bot learns from, and those it is measured on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from scripts.children import ROOT

DATA = ROOT / "data" / "nlu"
HELD_OUT = ROOT / "tests" / "nlu" / "pesan.jsonl"
# purpose in the held-out file -> intent
INTENT = {
    "syarat": "tanya_syarat",
    "biaya": "tanya_biaya",
    "lama": "tanya_lama",
    "alur": "tanya_alur",
    "ajukan": "ajukan_permohonan",
    "status": "cek_status",
    "jam": "tanya_jam",
    "lokasi": "tanya_lokasi",
    "kontak": "tanya_kontak",
    "rt_rw": "tanya_rt_rw",
    "menu": "minta_menu",
    "salam": "salam",
    "terima_kasih": "terima_kasih",
    "pamit": "pamit",
    "petugas": "minta_petugas",
    "batal": "batal",
    "keluhan": "sampaikan_keluhan",
    "ya": "setuju",
    "tidak": "tolak",
    "bot": "tanya_bot",
    "bantuan": "minta_bantuan",
    "data_pribadi": "data_pribadi",
    "luar_topik": "luar_topik",
}
BERLAYANAN = ("syarat", "biaya", "lama", "alur", "ajukan")


class PesanError(ValueError):
    """A file of messages is unusable; the text names file, line and reason."""


@dataclass(frozen=True)
class Latih:
    """A training message: label is `purpose` or `purpose/service`."""

    teks: str
    label: str
    berkas: str
    baris: int

    @property
    def tempat(self) -> str:
        """Where it stands, as an editor takes it."""
        return f"{self.berkas}:{self.baris}"


@dataclass(frozen=True)
class Uji:
    """A held-out message with everything that a careful officer would accept."""

    teks: str
    layanan: frozenset[str]
    tujuan: tuple[str, ...]
    ragam: str

    @property
    def perlu_layanan(self) -> bool:
        """Whether an answer without the right service is only half right."""
        return bool(self.layanan) and any(t in BERLAYANAN for t in self.tujuan)


def polos(teks: str) -> str:
    """The text without what does not make it another message."""
    return re.sub(r"[\W_]+", " ", teks.casefold()).strip() or teks


def baca_latih(folder: Path = DATA) -> list[Latih]:
    """Every training message in the order of files and lines."""
    return [satu for berkas in sorted(folder.rglob("*.yml")) for satu in _berkas_latih(berkas)]


def _berkas_latih(berkas: Path) -> Iterable[Latih]:
    """The examples of one file; its blocks are `intent`, comments, `examples: |` and lines."""
    isi = YAML(typ="rt").load(berkas.read_text(encoding="utf-8"))
    nama = str(berkas.relative_to(ROOT)) if berkas.is_relative_to(ROOT) else berkas.name
    for blok in isi["nlu"]:
        awal = blok.lc.value("examples")[0] + 2  # the line after `examples: |`, counted from 1
        for n, baris in enumerate(str(blok["examples"]).splitlines()):
            if baris.startswith("- "):
                yield Latih(baris[2:].strip(), blok["intent"], nama, awal + n)


def baca_uji(berkas: Path = HELD_OUT) -> list[Uji]:
    """Every held-out message."""
    hasil = []
    for n, baris in enumerate(berkas.read_text(encoding="utf-8").splitlines(), 1):
        try:
            isi = json.loads(baris)
            tujuan = tuple(isi["tujuan"])
            if asing := set(tujuan) - set(INTENT):
                raise PesanError(f"unknown purpose {sorted(asing)}")
            satu = Uji(isi["text"], frozenset(isi["layanan"]), tujuan, isi["ragam"])
        except (ValueError, KeyError) as sebab:
            raise PesanError(f"{berkas.name}:{n}: {sebab}") from sebab
        hasil.append(satu)
    return hasil


def tulis_rasa(label: Mapping[str, list[str]], berkas: Path) -> None:
    """Messages by label as a training file of Rasa's format; each message on one line."""
    blok = [
        {"intent": nama, "examples": LiteralScalarString("".join(f"- {t}\n" for t in teks))}
        for nama, teks in sorted(label.items())
    ]
    tulis = YAML()
    tulis.width = 10_000
    with berkas.open("w", encoding="utf-8") as aliran:
        tulis.dump({"version": "3.1", "nlu": blok}, aliran)
