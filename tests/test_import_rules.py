"""The import table of the design: who may import whom inside the project, read from the syntax."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("kelurahan", "actions", "simulator", "scripts", "tests")

# Module (the longest entry that fits) -> what else of the project it may import.
# `kelurahan.settings` is a leaf that reads the environment.
ALLOWED: dict[str, set[str]] = {
    "kelurahan": set(),
    "kelurahan.settings": set(),
    "kelurahan.berkas": set(),  # reads and checks the YAML files of layanan/ and wilayah/
    "kelurahan.pemicu": set(),  # whether a text is just the kelurahan's name
    "kelurahan.jam_kantor": set(),  # whether the office is open at a given time
    "kelurahan.katalog": {
        "kelurahan.settings",
        "kelurahan.berkas",
        "kelurahan.katalog_layanan",
        "kelurahan.katalog_periksa",
        "kelurahan.katalog_perubahan",
    },
    "kelurahan.katalog_layanan": {"kelurahan.berkas"},  # one service and how it is read
    # the catalogue's checks; it knows the catalogue's classes by type only
    "kelurahan.katalog_periksa": {"kelurahan.berkas", "kelurahan.katalog_layanan"},
    # changes over the files; it knows the whole catalogue by type only
    "kelurahan.katalog_perubahan": {
        "kelurahan.berkas",
        "kelurahan.katalog",
        "kelurahan.katalog_layanan",
        "kelurahan.katalog_periksa",
    },
    "kelurahan.tabel": set(),  # CSV files of officers: RT/RW, their officers
    "kelurahan.wilayah": {
        "kelurahan.settings",
        "kelurahan.berkas",
        "kelurahan.pemicu",
        "kelurahan.tabel",
    },
    "kelurahan.isian": set(),
    "kelurahan.logs": set(),  # redacts every log line; stdlib and structlog only
    "kelurahan.replies": {"kelurahan.katalog", "kelurahan.wilayah"},
    "kelurahan.store": {
        "kelurahan.logs",
        "kelurahan.settings",
        "kelurahan.katalog",
        "kelurahan.wilayah",
    },
    "kelurahan.permohonan": {
        "kelurahan.store",
        "kelurahan.katalog",
        "kelurahan.wilayah",
        "kelurahan.isian",
    },
    # the recognisers before the statistics: `#` lines (isian) and the trigger's name (wilayah)
    "kelurahan.nlu": {"kelurahan.katalog", "kelurahan.wilayah", "kelurahan.isian"},
    "kelurahan.whatsapp": {"kelurahan.logs", "kelurahan.settings", "kelurahan.store"},
    # messages for an officer; the console says the same words when it ends a conversation
    "kelurahan.whatsapp.held": {"kelurahan.whatsapp", "kelurahan.store", "kelurahan.replies"},
    "actions": {
        "kelurahan.settings",
        "kelurahan.katalog",
        "kelurahan.wilayah",
        "kelurahan.isian",
        "kelurahan.replies",
        "kelurahan.permohonan",
        "kelurahan.jam_kantor",
        "kelurahan.logs",
        # the directory to check an RT/RW against, and times in WIB; never a session or a table
        "kelurahan.store.direktori",
        "kelurahan.store.waktu",
        "kelurahan.store.pengurus",  # whether an RT/RW officer writes
        "kelurahan.store.serahan",  # asking for a human
        "kelurahan.store.errors",  # which failure passes
        "kelurahan.store.perubahan_layanan",  # where the catalogue asks for changes
    },
    "kelurahan.console": {
        "kelurahan.settings",
        "kelurahan.katalog",
        "kelurahan.katalog_perubahan",
        "kelurahan.berkas",  # a fault, to be worded for officers
        "kelurahan.wilayah",
        "kelurahan.tabel",
        "kelurahan.isian",
        "kelurahan.replies",
        "kelurahan.permohonan",
        "kelurahan.jam_kantor",
        "kelurahan.logs",
        "kelurahan.store",
        "kelurahan.whatsapp.outbox",
        "kelurahan.whatsapp.templates",
        "kelurahan.whatsapp.build",
        "kelurahan.whatsapp.limits",  # how long a message may be
        "kelurahan.whatsapp.inbox",  # taking over what still waits for the bot
        "kelurahan.whatsapp.held",  # what officers and residents say to each other
    },
    "simulator": set(),
}
MAY_IMPORT_RASA = (
    "kelurahan.nlu",
    "kelurahan.whatsapp.channel",
    "kelurahan.whatsapp.rest",
    "kelurahan.whatsapp.tracker_store",  # Rasa's own, with pooled connections
    "kelurahan.whatsapp.rasa_turn",  # one turn, asked or remembered
    "kelurahan.whatsapp.rasa_states",  # the patches of what a prediction works out
    "kelurahan.whatsapp.rasa_calls",
    "kelurahan.whatsapp.rasa_patches",  # imported by the channel; refuses any other Rasa version
)
NOBODY_IMPORTS = ("actions", "kelurahan.console")


def fits(module: str, name: str) -> bool:
    """Whether `module` is `name` or lies inside it."""
    return module == name or module.startswith(name + ".")


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_module(dotted: str) -> bool:
    path = ROOT.joinpath(*dotted.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


def imported(source: str, package: str) -> Iterator[str]:
    """Every module the source imports, also inside functions; names resolved to submodules."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                outer = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*outer, *([base] if base else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if base.split(".")[0] in OURS and is_module(inner) else base


def rule_for(module: str) -> str | None:
    """The entry a module stands under; a new module of `kelurahan` needs an entry of its own."""
    entries = [name for name in ALLOWED if fits(module, name)]
    rule = max(entries, key=len, default=None)
    return None if rule == "kelurahan" and module != rule else rule


def allowed(module: str, rule: str, target: str) -> bool:
    """Whether the table lets this module import that one; other people's packages are free."""
    if fits(target, "rasa"):
        return any(fits(module, name) for name in MAY_IMPORT_RASA)
    if target.split(".")[0] not in OURS:
        return True
    return fits(target, rule) or any(fits(target, name) for name in ALLOWED[rule])


def faults(module: str, source: str, package: str) -> list[str]:
    """What a module imports against the table."""
    rule = rule_for(module)
    if rule is None:
        return [f"{module} is not in the import table"]
    wrong = {t for t in imported(source, package) if not allowed(module, rule, t)}
    return [f"{module} imports {target}" for target in sorted(wrong)]


def sources(*folders: str) -> list[Path]:
    return sorted(f for folder in folders for f in (ROOT / folder).rglob("*.py"))


FILES = sources("kelurahan", "actions", "simulator")


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_a_module_imports_only_what_the_table_allows(file: Path):
    module = module_name(file)
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    assert faults(module, file.read_text(encoding="utf-8"), package) == []


def test_nothing_imports_the_actions_or_the_console():
    found = [
        f"{file.relative_to(ROOT)} imports {target}"
        for file in sources("kelurahan", "simulator", "scripts", "actions")
        for target in imported(file.read_text(encoding="utf-8"), "")
        for name in NOBODY_IMPORTS
        if fits(target, name) and not fits(module_name(file), name)
    ]
    assert found == []


CASES = [
    ("a leaf importing the store", "kelurahan.isian.nama", "from kelurahan.store import sesi"),
    ("rasa outside its borders", "kelurahan.katalog", "import rasa.shared.utils.io"),
    ("rasa in the pure part of the connector", "kelurahan.whatsapp.parse", "from rasa import x"),
    ("a relative import upwards", "kelurahan.store.warga", "from .. import permohonan"),
    ("inside a function", "simulator.app", "def f():\n    from kelurahan import katalog"),
    ("actions reaching into the store", "actions.info", "import kelurahan.store.models"),
    ("an unlisted module", "kelurahan.baru", "import os"),
    ("tests from the code", "kelurahan.nlu.x", "from tests import layanan_uji"),
]


@pytest.mark.parametrize(("module", "source"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_check_catches(module: str, source: str):
    assert faults(module, source, module.rpartition(".")[0]) != []


FINE = [
    ("its own package", "kelurahan.isian.nama", "from kelurahan.isian.tanggal import x"),
    ("a relative sibling", "kelurahan.store.warga", "from .model import Warga"),
    ("rasa in a component", "kelurahan.nlu.pilih", "from rasa.engine.graph import GraphComponent"),
    ("rasa_sdk is not rasa", "actions.info", "from rasa_sdk import Action"),
]


@pytest.mark.parametrize(("module", "source"), [c[1:] for c in FINE], ids=[c[0] for c in FINE])
def test_the_check_lets_pass(module: str, source: str):
    assert faults(module, source, module.rpartition(".")[0]) == []
