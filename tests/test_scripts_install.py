"""The set-up: finds a Python 3.10 that works, and does nothing when nothing has changed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import install

TEN, ELEVEN = "echo 3 10", "echo 3 11"
SHIM = "echo 'pyenv: python3.10: command not found' >&2; exit 127"


def executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with a lock, and fake tools that write down how they were called."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "tools.lock").write_text("uv==1\n", encoding="utf-8")
    (tmp_path / "requirements.lock").write_text("rasa==1\n", encoding="utf-8")
    executable(tmp_path / ".tools" / "bin" / "uv", f'echo "$@" >> {tmp_path}/calls')
    stamp = install.digest(tmp_path / "scripts" / "tools.lock")
    (tmp_path / ".tools" / "stamp").write_text(stamp, encoding="ascii")
    executable(tmp_path / ".venv" / "bin" / "python", TEN)
    monkeypatch.setattr(install, "ROOT", tmp_path)
    return tmp_path


def calls(project: Path) -> list[str]:
    log = project / "calls"
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


WORKS = [
    ("the right version", TEN, True),
    ("another version", ELEVEN, False),
    ("a shim that names no interpreter", SHIM, False),
    ("a Python without venv or ssl", "exit 1", False),
]


@pytest.mark.parametrize(("script", "good"), [c[1:] for c in WORKS], ids=[c[0] for c in WORKS])
def test_a_python_counts_only_if_it_works(tmp_path: Path, script: str, good: bool):
    assert install.works(str(executable(tmp_path / "python3.10", script))) is good


def test_a_python_that_is_not_there_does_not_work(tmp_path: Path):
    assert install.works(str(tmp_path / "python3.10")) is False


@pytest.fixture
def other_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python that runs the set-up is not the one that is looked for."""
    monkeypatch.setattr(sys, "executable", "/bin/false")


@pytest.mark.usefixtures("other_python")
def test_a_broken_shim_on_the_path_gives_way_to_pyenv_s_own_folder(tmp_path: Path):
    executable(tmp_path / "shims" / "python3.10", SHIM)
    wanted = executable(tmp_path / "pyenv" / "versions" / "3.10.13" / "bin" / "python", TEN)
    environ = {"PATH": str(tmp_path / "shims"), "PYENV_ROOT": str(tmp_path / "pyenv")}
    assert install.find_python(tmp_path / "no-uv", environ) == str(wanted)


@pytest.mark.usefixtures("other_python")
def test_uv_is_asked_when_neither_path_nor_pyenv_has_one(tmp_path: Path):
    wanted = executable(tmp_path / "managed" / "python3.10", TEN)
    uv = executable(tmp_path / "uv", f'test "$2" = find && echo {wanted}')
    environ = {"PATH": str(tmp_path), "PYENV_ROOT": str(tmp_path)}
    assert install.find_python(uv, environ) == str(wanted)


@pytest.mark.usefixtures("other_python")
def test_no_python_at_all_is_one_sentence_that_says_what_to_install(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    executable(project / ".venv" / "bin" / "python", ELEVEN)
    executable(project / ".tools" / "bin" / "uv", "exit 2")
    monkeypatch.setenv("PATH", str(project))
    monkeypatch.setenv("PYENV_ROOT", str(project))
    assert install.main() == 1
    error = capsys.readouterr().err
    assert error.startswith("[install] Python 3.10 was not found")
    assert error.count("\n") == 1


def test_the_second_time_nothing_is_called_and_nothing_is_said(
    project: Path, capsys: pytest.CaptureFixture[str]
):
    assert install.main() == 0
    first = calls(project)
    capsys.readouterr()
    assert install.main() == 0
    assert calls(project) == first
    assert capsys.readouterr().out == ""


def test_a_changed_lock_is_installed_with_hashes_required(project: Path):
    install.main()
    (project / "requirements.lock").write_text("rasa==2\n", encoding="utf-8")
    assert install.main() == 0
    assert len(calls(project)) == 2
    assert all(c.startswith("pip sync --require-hashes") for c in calls(project))


def test_an_environment_of_another_python_is_made_anew(project: Path):
    executable(project / ".venv" / "bin" / "python", ELEVEN)
    install.main()
    assert calls(project)[0].startswith("venv --quiet --clear --python ")


def test_a_failed_installation_is_not_taken_for_done(
    project: Path, capsys: pytest.CaptureFixture[str]
):
    executable(project / ".tools" / "bin" / "uv", "exit 1")
    assert install.main() == 1
    assert "could not be installed" in capsys.readouterr().err
    assert not (project / ".venv" / "stamp").exists()


def test_the_set_up_is_written_for_any_python_from_3_8():
    source = Path(install.__file__).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))
    imports = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Import | ast.ImportFrom)]
    names = {a.name for n in imports if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module for n in imports if isinstance(n, ast.ImportFrom)}
    assert names <= {"__future__", *sys.stdlib_module_names}


def test_the_real_set_up_takes_less_than_a_second_when_nothing_is_to_do(project: Path):
    (project / ".venv" / "stamp").write_text(
        install.digest(project / "requirements.lock"), encoding="ascii"
    )
    copy = project / "scripts" / "install.py"
    copy.write_text(Path(install.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    done = subprocess.run([sys.executable, str(copy)], timeout=5, check=False, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert calls(project) == []
