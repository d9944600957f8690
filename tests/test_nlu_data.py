"""The training data as a whole: labels, duplicates, leaks, and enough messages per service."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from kelurahan.katalog import katalog
from kelurahan.nlu.label import TUJUAN_LAYANAN
from scripts.children import ROOT

DATA = ROOT / "data" / "nlu"
HELD_OUT = ROOT / "tests" / "nlu" / "pesan.jsonl"
CUKUP = 40  # messages; fewer do not teach a service's borders


def polos(teks: str) -> str:
    """The text without what does not make it another message."""
    return re.sub(r"[\W_]+", " ", teks.casefold()).strip()


def contoh(berkas: Path) -> list[tuple[str, str]]:
    """Label and text of every example of one file."""
    isi = YAML(typ="safe").load(berkas.read_text(encoding="utf-8"))
    return [
        (blok["intent"], baris[2:].strip())
        for blok in isi["nlu"]
        for baris in blok["examples"].splitlines()
        if baris.startswith("- ")
    ]


@pytest.fixture(scope="module")
def semua() -> list[tuple[str, str]]:
    return [satu for berkas in sorted(DATA.glob("*/*.yml")) for satu in contoh(berkas)]


@pytest.mark.parametrize("slug", katalog().slugs())
def test_every_service_has_enough_messages_for_every_purpose(slug):
    berkas = DATA / "layanan" / f"{slug}.yml"
    assert berkas.exists(), f"data/nlu/layanan/{slug}.yml is missing: add messages for {slug}"
    jumlah = Counter(label for label, _ in contoh(berkas))
    assert sum(jumlah.values()) >= CUKUP, f"{berkas.name}: {sum(jumlah.values())} messages"
    kurang = [t for t in TUJUAN_LAYANAN if not jumlah[f"{t}/{slug}"]]
    assert not kurang, f"data/nlu/layanan/{slug}.yml has no messages for {kurang}"
    assert all(label.endswith(f"/{slug}") for label in jumlah), f"{berkas.name}: {jumlah}"


@pytest.mark.parametrize("slug", katalog().slugs())
def test_every_service_has_held_out_messages(slug):
    baris = [json.loads(b) for b in HELD_OUT.read_text(encoding="utf-8").splitlines()]
    n = sum(slug in satu["layanan"] for satu in baris)
    assert n >= 10, f"tests/nlu/pesan.jsonl: {n} messages for {slug}, need 10"


def test_no_message_stands_under_two_labels_or_twice_under_one(semua):
    label: dict[str, str] = {}
    bentrok = []
    for intent, teks in semua:
        kunci = polos(teks) or teks
        if kunci in label:
            bentrok.append(f"{teks!r}: {label[kunci]} and {intent}")
        label[kunci] = intent
    assert not bentrok, "\n".join(bentrok)


def test_no_held_out_message_is_trained_on(semua):
    dilatih = {polos(teks) for _, teks in semua}
    baris = [json.loads(b)["text"] for b in HELD_OUT.read_text(encoding="utf-8").splitlines()]
    bocor = [teks for teks in baris if polos(teks) in dilatih]
    assert not bocor, bocor
