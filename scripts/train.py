"""Train the model, but only when the present one was made from other data.

A fingerprint beside the model records what it was made from. Fees and requirements are not part of
it: a changed answer needs no training, a changed alias does.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kelurahan.katalog import KatalogError, katalog
from scripts.children import ROOT, Children, LaunchError, Program, say, stop_on_signals
from scripts.surroundings import MODEL, PYTHON, QUIET, own_environ

FINGERPRINT = MODEL.with_name("kelurahan.json")
SECONDS = "training_seconds"
LOGS = ROOT / "var" / "log"
PROGRESS = re.compile(r"(?:Starting to train|Restored) component '(?P<name>\w+)'")
SILENCE = 15.0  # seconds without a line before people think that it hangs
# Rasa's cache looks at a component's own class only: other code of ours must force a full training
CODE = ("kelurahan/nlu/*.py", "kelurahan/nlu/*.txt", "requirements.lock")
DATA = ("config.yml", "domain.yml", "domain/**/*.yml", "data/**/*.yml", "wilayah/*.yml")


def digest(root: Path, patterns: Iterable[str]) -> str:
    """One fingerprint over names and contents of the files that match."""
    total = hashlib.sha256()
    for file in sorted({f for pattern in patterns for f in root.glob(pattern) if f.is_file()}):
        total.update(f"{file.relative_to(root)}\0".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def catalogue_digest() -> str:
    """What the model learns from the catalogue: slugs and aliases, not fees or requirements."""
    try:
        return katalog().sidik()
    except KatalogError as error:
        raise LaunchError(f"The catalogue has faults:\n{error}") from error


def present() -> dict[str, str]:
    """The fingerprint a model trained now would have."""
    return {
        "code": digest(ROOT, CODE),
        "data": digest(ROOT, DATA),
        "layanan": catalogue_digest(),
    }


def recorded() -> dict[str, str]:
    """What the model at hand was made from; nothing when there is none."""
    if not (MODEL.is_file() and FINGERPRINT.is_file()):
        return {}
    try:
        found = dict(json.loads(FINGERPRINT.read_text(encoding="utf-8")))
    except ValueError:
        return {}
    return {name: value for name, value in found.items() if name != SECONDS}


def seconds() -> float | None:
    """How long the training of the model at hand took, Rasa's start included."""
    try:
        return float(json.loads(FINGERPRINT.read_text(encoding="utf-8"))[SECONDS])
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Two commands at once train once: the second waits and finds the model."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def ensure_model(children: Children, *, force: bool = False) -> bool:
    """Train unless the model is current; says whether it trained."""
    wanted = present()
    if not force and recorded() == wanted:
        return False
    with alone(MODEL.with_name("training.lock")):
        if not force and recorded() == wanted:
            return False
        # kept until the new model is there: a training that failed leaves the old pair as it was
        begun = time.monotonic()
        train(children, again=force or recorded().get("code") != wanted["code"])
        record = {**wanted, SECONDS: round(time.monotonic() - begun, 1)}
        FINGERPRINT.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return True


class Progress:
    """The steps as they begin, and a sign of life while one takes long."""

    def __init__(self) -> None:
        self.started = self.told = time.monotonic()

    def tell(self, what: str) -> None:
        """One line with the seconds since the start."""
        self.told = time.monotonic()
        say(f"[train] {self.told - self.started:4.0f} s  {what}")

    def line(self, line: str) -> None:
        """A line of Rasa's log."""
        if step := PROGRESS.search(line):
            self.tell(step["name"])

    def waiting(self) -> None:
        """Called many times a second."""
        if time.monotonic() - self.told >= SILENCE:
            self.tell("...")


def train(children: Children, *, again: bool) -> None:
    """Run `rasa train` with its steps shown as they begin."""
    progress = Progress()
    before = MODEL.stat().st_mtime_ns if MODEL.exists() else 0
    say("[train] the model is missing or older than its data: training, a few minutes ...")
    argv = [PYTHON, "-m", "rasa", "train", "--fixed-model-name", MODEL.name.removesuffix(".tar.gz")]
    # `make check` validates the data; doing it before every training would take half a minute more
    argv += ["--out", str(MODEL.parent), "--augmentation", "0", "--skip-validation"]
    argv += ["--force"] if again else []
    environ = {**own_environ(), **QUIET, "PYTHONPATH": str(ROOT)}
    children.finish(
        Program("train", argv, environ), "The training failed", progress.line, progress.waiting
    )
    if not MODEL.exists() or MODEL.stat().st_mtime_ns == before:
        log = os.path.relpath(children.logs / "train.log", ROOT)
        raise LaunchError(f"The training ended without a model. See {log}.")
    progress.tell("done")


def main() -> int:
    """`python -m scripts.train [--force]`"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="train even if nothing has changed")
    arguments = parser.parse_args()
    stop_on_signals()
    try:
        with Children(LOGS) as children:
            if not ensure_model(children, force=arguments.force):
                say("[train] the model is current, nothing to do")
    except LaunchError as error:
        print(f"[train] {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("[train] stopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
