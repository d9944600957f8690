"""Rules for every file: sizes, and nothing in them that belongs to one machine."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = ("kelurahan", "actions", "simulator", "scripts")
MODULE_LINES, FUNCTION_LINES = 300, 40

# Written in pieces, or this file would break its own rule. A mirror must be able to stand in for
# any of them, so that no file may name one.
REGISTRIES = [
    *(".".join(parts) for parts in [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org")]),
    *(".".join(parts) for parts in [("npmjs", "com"), ("yarnpkg", "com"), ("debian", "org")]),
    *(".".join(parts) for parts in [("anaconda", "org"), ("docker", "io"), ("ghcr", "io")]),
]
REGISTRY = re.compile("|".join(re.escape(name) for name in REGISTRIES), re.IGNORECASE)
HOMES = "|".join(["wo" + "rk/", "ro" + "ot/", r"home/\w+/", r"Users/\w+/"])
MACHINE_PATH = re.compile(rf"(?<![\w./$}}-])/(?:{HOMES})")
CONFLICT = re.compile(rf"^(?:{'<' * 7} |{'>' * 7} |{'=' * 7}$)")


@lru_cache(maxsize=1)
def texts() -> dict[str, list[str]]:
    """Every text file git knows or would take, as lines."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    found = {}
    for name in filter(None, names.split("\0")):
        try:
            found[name] = (ROOT / name).read_text(encoding="utf-8").splitlines()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # a picture, or a file that is deleted but not yet committed so
    return found


def lines_that_match(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, lines in texts().items()
        for number, line in enumerate(lines, 1)
        if pattern.search(line)
    ]


def test_the_files_are_found():
    assert {"Makefile", "requirements.lock", "kelurahan/settings.py"} <= set(texts())


def test_no_file_names_a_registry_host():
    assert lines_that_match(REGISTRY) == []


def test_no_file_names_a_path_of_one_machine():
    here = re.compile(rf"{MACHINE_PATH.pattern}|{re.escape(str(ROOT))}/")
    assert lines_that_match(here) == []


def test_no_file_holds_a_conflict_marker():
    assert lines_that_match(CONFLICT) == []


PATTERNS = [
    ("a registry in a lock", REGISTRY, f"--index-url https://{REGISTRIES[0]}/simple", True),
    ("the project itself", REGISTRY, "kelurahan.whatsapp", False),
    ("a home folder", MACHINE_PATH, f"python: /{'home'}/warga/x", True),
    ("a path inside the project", MACHINE_PATH, f"docs/{'home'}/warga/x", False),
    ("a web address", MACHINE_PATH, f"https://example.org/{'home'}/page/", False),
    ("a conflict", CONFLICT, "<" * 7 + " HEAD", True),
    ("a heading's underline", CONFLICT, "=" * 9, False),
]


@pytest.mark.parametrize(
    ("pattern", "line", "hit"), [c[1:] for c in PATTERNS], ids=[c[0] for c in PATTERNS]
)
def test_the_patterns_catch_what_they_should(pattern: re.Pattern[str], line: str, hit: bool):
    assert bool(pattern.search(line)) is hit


MODULES = sorted(f for folder in CODE for f in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("file", MODULES, ids=lambda f: str(f.relative_to(ROOT)))
def test_modules_and_functions_stay_short(file: Path):
    source = file.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MODULE_LINES
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno >= FUNCTION_LINES
    ]
    assert long == []
