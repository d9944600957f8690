"""Train what is measured, once: the models and their training times are kept by digest."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import stock
from scripts.children import ROOT, Children, Program, say
from scripts.nlu.pesan import baca_latih
from scripts.surroundings import PYTHON, QUIET, own_environ
from scripts.train import digest, seconds

CACHE = ROOT / "results" / "bench" / "cache"


@dataclass(frozen=True)
class Training:
    """What `rasa train` took, from its start to its end, and on how much."""

    seconds: float
    messages: int
    epochs: int = 0  # 0: no component of the pipeline has any


def ours() -> Training | None:
    """What training the model at hand took; None for one that was trained before this was kept."""
    took = seconds()
    return None if took is None else Training(took, len(baca_latih()))


def stock_model(children: Children, messages: int, epochs: int) -> tuple[Path, Training]:
    """The stock pipeline on a sample of our messages."""
    return model(children, "stock", lambda to: stock.write_stock(to, messages, epochs), epochs)


def noop_model(children: Children) -> tuple[Path, Training]:
    """The bot that does nothing."""
    return model(children, "noop", stock.write_noop, 0)


def model(
    children: Children, name: str, write: Callable[[Path], int], epochs: int
) -> tuple[Path, Training]:
    """The model of the project that `write` writes; kept as long as it writes the same."""
    with tempfile.TemporaryDirectory(prefix="kelurahan-bench-") as temporary:
        folder = Path(temporary)
        messages = write(folder)
        key = digest_of(name, digest(folder, ("**/*.yml",)) + digest(ROOT, ("requirements.lock",)))
        file, known = CACHE / f"{key}.tar.gz", recorded(key)
        if known and file.is_file():
            return file, known
        files = ["--data", folder / "data", "--domain", folder / "domain.yml"]
        files += ["--config", folder / "config.yml"]
        seconds = train(children, name, files, folder)
        CACHE.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / f"{name}.tar.gz", file)
    return file, record(key, Training(seconds, messages, epochs))


def train(children: Children, name: str, files: list[object], folder: Path) -> float:
    """Run `rasa train` without any earlier result; returns its seconds."""
    say(f"[bench] training {name} (kept for the next time) ...")
    argv = [PYTHON, "-m", "rasa", "train", *map(str, files), "--out", str(folder)]
    argv += ["--fixed-model-name", name, "--skip-validation", "--force"]
    environ = {**own_environ(), **QUIET, "PYTHONPATH": str(ROOT)}
    environ["RASA_CACHE_DIRECTORY"] = str(folder / "rasa-cache")
    begun = time.monotonic()
    children.finish(Program(f"train-{name}", argv, environ), f"Training {name} failed")
    return time.monotonic() - begun


def digest_of(name: str, text: str) -> str:
    """A short name for what was trained from what."""
    return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def recorded(key: str) -> Training | None:
    """What an earlier run measured."""
    try:
        return Training(**json.loads((CACHE / f"{key}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def record(key: str, training: Training) -> Training:
    """Keep it for the next run."""
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / f"{key}.json").write_text(json.dumps(asdict(training)) + "\n", encoding="utf-8")
    return training
