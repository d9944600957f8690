"""docs/asvs.md leaves no requirement of level 1 out and names only what exists."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from kelurahan.settings import ROOT

PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+) \|$", PAGE, re.M)
STATES = ("Met", "Not applicable", "NOT MET")
CONSOLE = ROOT / "kelurahan" / "console"
# section of ASVS 4.0.3 -> its requirements of level 1
LEVEL_1 = {
    "2.1": range(1, 13),
    "2.2": (1, 2, 3),
    "2.3": (1,),
    "2.5": range(1, 7),
    "2.7": range(1, 5),
    "2.8": (1,),
    "3.1": (1,),
    "3.2": (1, 2, 3),
    "3.3": (1, 2),
    "3.4": range(1, 6),
    "3.7": (1,),
    "4.1": (1, 2, 3, 5),
    "4.2": (1, 2),
    "4.3": (1, 2),
    "5.1": range(1, 6),
    "5.2": range(1, 9),
    "5.3": range(1, 11),
    "5.5": range(1, 5),
    "6.2": (1,),
    "7.1": (1, 2),
    "7.4": (1,),
    "8.2": (1, 2, 3),
    "8.3": (1, 2, 3, 4),
    "9.1": (1, 2, 3),
    "10.3": (1, 2, 3),
    "11.1": range(1, 6),
    "12.1": (1,),
    "12.3": range(1, 6),
    "12.4": (1, 2),
    "12.5": (1, 2),
    "12.6": (1,),
    "13.1": (1, 3),
    "13.2": (1, 2, 3),
    "13.3": (1,),
    "14.2": (1, 2, 3),
    "14.3": (2, 3),
    "14.4": range(1, 8),
    "14.5": (1, 2, 3),
}


def test_every_requirement_of_level_1_is_there_once_and_in_order():
    wanted = [f"{section}.{n}" for section, numbers in LEVEL_1.items() for n in numbers]
    assert [number for number, _, _ in ROWS] == wanted
    assert f"The {len(wanted)} requirements" in PAGE


def test_every_row_says_how_it_stands_and_the_sums_are_right():
    counted = Counter(how.split(":")[0] for _, _, how in ROWS)
    assert set(counted) == set(STATES)
    met, other, lacking = (counted[state] for state in STATES)
    assert f"**{met} met, {other} not applicable, {lacking} not met.**" in PAGE


def test_what_is_not_met_stands_at_the_top_and_says_what_it_would_take():
    lacking = {number: how for number, _, how in ROWS if how.startswith("NOT MET")}
    top = PAGE.partition("## V2")[0]
    assert set(re.findall(r"^\d\. \*\*([\d.]+)\*\*", top, re.M)) == set(lacking)
    for number, how in lacking.items():
        assert "It would take" in how, number


@pytest.mark.parametrize("row", [r for r in ROWS if r[2].startswith("Met")], ids=lambda r: r[0])
def test_what_is_met_names_where(row: tuple[str, str, str]):
    assert NAMES.findall(row[2]) or " as " in f" {row[2][5:]}", row[0]


NAMES = re.compile(r"`((?:[\w./-]+/[\w./-]*|[\w-]+\.(?:py|md|lock|html|js))|test_\w+)`")
NAMED = sorted({name for _, _, how in ROWS for name in NAMES.findall(how)})


def test_files_and_tests_are_found_in_the_rows():
    assert len(NAMED) > 100


@pytest.mark.parametrize("name", [n for n in NAMED if not n.startswith("test_")])
def test_the_file_exists(name: str):
    assert (ROOT / name).exists() or (CONSOLE / name).exists()


def test_the_tests_exist():
    sources = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").glob("test_*.py"))
    defined = set(re.findall(r"^def (test_\w+)\(", sources, re.M))
    assert {n for n in NAMED if n.startswith("test_")} - defined == set()
