"""docs/petugas.md speaks of what the pages show: words, numbers, pictures."""

from __future__ import annotations

import re

import pytest

from kelurahan.console.keamanan import masuk, sandi
from kelurahan.console.percakapan import tugas
from kelurahan.console.permohonan import antrean
from kelurahan.console.permohonan.saringan import LABEL
from kelurahan.console.tampilan import MENU
from kelurahan.settings import ROOT
from scripts.console_screenshots import LARGEST, SHOTS

PAGE = (ROOT / "docs" / "petugas.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
TEMPLATES = ROOT / "kelurahan" / "console" / "templates"
OURS = {"tebal", "Ada yang kurang.", "Lengkap."}  # bold, but not on the screen
BOLD = sorted(set(re.findall(r"\*\*(.+?)\*\*", PAGE)) - OURS)
IMAGES = set(re.findall(r"\]\((?:docs/)?img/(petugas-[\w-]+)\.png\)", PAGE + README))


def on_the_screen() -> str:
    """Everything that templates and labels say, without marks."""
    pages = " ".join(p.read_text(encoding="utf-8") for p in TEMPLATES.rglob("*.html"))
    plain = re.sub(r"<[^>]+>", "", pages)
    return " ".join(f"{plain} {' '.join(LABEL.values())} {' '.join(n for _, n in MENU)}".split())


@pytest.mark.parametrize("words", BOLD)
def test_what_is_bold_stands_on_a_page(words: str):
    assert words in on_the_screen()


NUMBERS = [
    ("first password", f"berlaku {masuk.SANDI_AWAL.days} hari"),
    ("length", f"paling sedikit {sandi.TERPENDEK} karakter"),
    ("idle", f"{masuk.DIAM.seconds // 60} menit tanpa klik"),
    ("age", f"{masuk.USIA.seconds // 3600} jam sejak masuk"),
    ("late", f"menunggu {antrean.LAMA.days} hari"),
    ("silence", f"{tugas.DIAM_TERLAMA.seconds // 3600} jam tanpa pesan"),
]


@pytest.mark.parametrize("words", [n[1] for n in NUMBERS], ids=[n[0] for n in NUMBERS])
def test_numbers_are_those_of_the_code(words: str):
    assert words in " ".join(PAGE.split())


def test_every_picture_is_made_by_the_command_and_small():
    assert len(IMAGES) >= 4
    assert set(SHOTS) == {p.stem for p in (ROOT / "docs" / "img").glob("petugas-*.png")}
    assert set(SHOTS) >= IMAGES
    for name in SHOTS:
        file = ROOT / "docs" / "img" / f"{name}.png"
        assert file.read_bytes().startswith(b"\x89PNG")
        assert file.stat().st_size <= LARGEST


def test_the_readme_shows_two_of_them():
    assert len(re.findall(r"!\[[^\]]+\]\(docs/img/petugas-[\w-]+\.png\)", README)) == 2


def test_it_is_one_page():
    assert len(PAGE.splitlines()) <= 90
