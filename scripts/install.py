"""Make `.venv` hold exactly what requirements.lock names; nothing to do takes no time.

Standard library only, and any Python from 3.8: it runs before Python 3.10 has been found.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WANTED = (3, 10)
NO_PYTHON = (
    "Python 3.10 was not found, and Rasa 3.6 runs on no newer one: install it "
    "(for example with `pyenv install 3.10`), then run make again."
)
# Debian ships python3.10 without venv, pyenv leaves shims that name no interpreter: try it
PROBE = "import sys, ssl, sqlite3, venv; print(sys.version_info[0], sys.version_info[1])"


class InstallError(Exception):
    """The set-up cannot go on; the message is one sentence for the person at the keyboard."""


def say(text: str) -> None:
    """One line of progress."""
    print("[install] " + text, flush=True)


def works(python: str) -> bool:
    """Whether this command really is a complete Python 3.10."""
    try:
        answer = subprocess.run(
            [python, "-c", PROBE], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and answer.stdout.split() == [str(part) for part in WANTED]


def candidates(uv: Path, environ: dict[str, str]):
    """Every command that may be Python 3.10, the likeliest first; found only when asked for."""
    yield sys.executable
    yield shutil.which("python3.10", path=environ.get("PATH"))
    pyenv = Path(
        environ.get("PYENV_ROOT") or Path(environ.get("HOME", "~")).expanduser() / ".pyenv"
    )
    for folder in sorted(pyenv.glob("versions/3.10*"), reverse=True):
        yield str(folder / "bin" / "python")
    yield uv_python(uv, "find")
    say("no Python 3.10 on this machine yet, asking uv for one ...")
    if uv_python(uv, "install") is not None:
        yield uv_python(uv, "find")


def uv_python(uv: Path, verb: str) -> str | None:
    """What `uv python find|install 3.10` answers; None when it cannot."""
    command = [str(uv), "python", verb, "3.10"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def find_python(uv: Path, environ: dict[str, str]) -> str:
    """The first candidate that works."""
    for python in candidates(uv, environ):
        if python and works(python):
            return python
    raise InstallError(NO_PYTHON)


def digest(*files: Path) -> str:
    """One fingerprint of the files' contents."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def current(stamp: Path, fingerprint: str) -> bool:
    """Whether the last complete set-up was for this very fingerprint."""
    return stamp.is_file() and stamp.read_text(encoding="ascii") == fingerprint


def run(command: list[str], trouble: str) -> None:
    """Run a step with its own output visible; failure becomes one sentence."""
    try:
        code = subprocess.run(command, cwd=str(ROOT), check=False).returncode
    except OSError as error:
        raise InstallError(f"{trouble} ({error.strerror})") from error
    if code:
        raise InstallError(trouble)


def ensure_uv(tools: Path) -> Path:
    """The pinned installer, in an environment of its own so that it shares nothing with Rasa."""
    wanted = ROOT / "scripts" / "tools.lock"
    stamp, uv = tools / "stamp", tools / "bin" / "uv"
    if uv.exists() and current(stamp, digest(wanted)):
        return uv
    say("getting the installer (uv) ...")
    if not (tools / "bin" / "python").exists():
        run(
            [sys.executable, "-m", "venv", str(tools)],
            "python3 could not make a virtual environment: install its venv module "
            "(Debian: apt install python3-venv).",
        )
    pip = [str(tools / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    run(
        [*pip, "--disable-pip-version-check", "--require-hashes", "-r", str(wanted)],
        "The installer uv could not be downloaded: is the package registry reachable?",
    )
    stamp.write_text(digest(wanted), encoding="ascii")
    return uv


def ensure_packages(venv: Path, uv: Path, fingerprint: str, environ: dict[str, str]) -> None:
    """Bring `.venv` to the lock; it is made anew only when it is not a Python 3.10."""
    python = venv / "bin" / "python"
    if not works(str(python)):
        base = find_python(uv, environ)
        say("making .venv with " + base)
        run(
            [str(uv), "venv", "--quiet", "--clear", "--python", base, str(venv)],
            "The virtual environment .venv could not be made.",
        )
    say("installing the packages of requirements.lock (about 3 GB, minutes the first time) ...")
    sync = [str(uv), "pip", "sync", "--require-hashes", "--python", str(python)]
    if not sys.stderr.isatty():
        sync.append("--quiet")  # a log does not need 200 package names; errors still show
    run(
        [*sync, str(ROOT / "requirements.lock")],
        "The packages could not be installed; the lines above say why. Is the registry reachable?",
    )
    (venv / "stamp").write_text(fingerprint, encoding="ascii")


def main() -> int:
    """Install what is missing; say nothing when nothing is."""
    venv, started = ROOT / ".venv", time.monotonic()
    fingerprint = digest(ROOT / "requirements.lock")
    if (venv / "bin" / "python").exists() and current(venv / "stamp", fingerprint):
        return 0
    try:
        uv = ensure_uv(ROOT / ".tools")
        ensure_packages(venv, uv, fingerprint, dict(os.environ))
    except InstallError as error:
        print("[install] " + str(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("[install] stopped; run make again to go on.", file=sys.stderr)
        return 130
    say(f"ready after {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
