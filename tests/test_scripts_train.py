"""Training happens when the model was made from something else, and only then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import train
from scripts.children import LaunchError, Program


class FakeChildren:
    """Stands in for the launcher's processes: a training is writing a file, or not."""

    def __init__(self, logs: Path, model: Path | None) -> None:
        self.logs, self.model, self.commands = logs, model, []

    def finish(
        self,
        program: Program,
        trouble: str,
        each_line: Callable[[str], None],
        waiting: Callable[[], None],
    ) -> None:
        self.commands.append(list(program.argv))
        waiting()
        each_line("INFO - Starting to train component 'LayananSelector'.")
        if self.model:
            self.model.parent.mkdir(exist_ok=True)
            self.model.write_bytes(str(len(self.commands)).encode())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        *("config.yml", "domain.yml", "data/nlu/umum/salam.yml", "data/rules/info.yml"),
        *("wilayah/kelurahan.yml", "wilayah/rt_rw.csv", "layanan/ktp.yml", "kelurahan/nlu/a.py"),
        *("kelurahan/isian/b.py", "requirements.lock", "README.md"),
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("before\n", encoding="utf-8")
    model = tmp_path / "models" / "kelurahan.tar.gz"
    monkeypatch.setattr(train, "ROOT", tmp_path)
    monkeypatch.setattr(train, "MODEL", model)
    monkeypatch.setattr(train, "FINGERPRINT", model.with_name("kelurahan.json"))
    monkeypatch.setattr(train, "catalogue_digest", lambda: "aliases")
    return tmp_path


@pytest.fixture
def children(project: Path) -> FakeChildren:
    return FakeChildren(project, train.MODEL)


def test_a_missing_model_is_trained_and_the_next_start_does_not_train(children: FakeChildren):
    assert train.ensure_model(children) is True
    assert train.ensure_model(children) is False
    assert len(children.commands) == 1


CHANGES = [
    ("config.yml", True),
    ("domain.yml", True),
    ("data/nlu/umum/salam.yml", True),
    ("data/rules/info.yml", True),
    ("wilayah/kelurahan.yml", True),
    ("kelurahan/nlu/a.py", True),
    ("requirements.lock", True),
    ("layanan/ktp.yml", False),  # aliases count by the catalogue's own fingerprint
    ("wilayah/rt_rw.csv", False),
    ("README.md", False),
]


@pytest.mark.parametrize(("name", "trains"), CHANGES, ids=[c[0] for c in CHANGES])
def test_what_a_changed_file_means(project: Path, children: FakeChildren, name: str, trains: bool):
    train.ensure_model(children)
    (project / name).write_text("after\n", encoding="utf-8")
    assert train.ensure_model(children) is trains


def test_a_new_training_file_counts(project: Path, children: FakeChildren):
    train.ensure_model(children)
    (project / "data" / "nlu" / "umum" / "pamit.yml").write_text("x", encoding="utf-8")
    assert train.ensure_model(children) is True


def test_a_changed_alias_trains(children: FakeChildren, monkeypatch: pytest.MonkeyPatch):
    train.ensure_model(children)
    monkeypatch.setattr(train, "catalogue_digest", lambda: "other aliases")
    assert train.ensure_model(children) is True


def test_a_removed_model_is_trained_again(children: FakeChildren):
    train.ensure_model(children)
    train.MODEL.unlink()
    assert train.ensure_model(children) is True


def test_changed_data_uses_rasa_s_cache_and_changed_code_does_not(
    project: Path, children: FakeChildren
):
    """Rasa's cache sees a component's own class, not the modules it calls."""
    train.ensure_model(children)
    (project / "domain.yml").write_text("after\n", encoding="utf-8")
    train.ensure_model(children)
    (project / "kelurahan" / "nlu" / "a.py").write_text("after\n", encoding="utf-8")
    train.ensure_model(children)
    assert ["--force" in command for command in children.commands] == [True, False, True]


def test_a_training_that_leaves_no_model_is_a_failure(project: Path):
    with pytest.raises(LaunchError, match=r"without a model\. See train\.log"):
        train.ensure_model(FakeChildren(project, model=None))
    assert train.recorded() == {}


def test_after_a_failure_the_old_model_is_not_taken_for_the_new_one(
    project: Path, children: FakeChildren
):
    train.ensure_model(children)
    (project / "domain.yml").write_text("after\n", encoding="utf-8")
    with pytest.raises(LaunchError):
        train.ensure_model(FakeChildren(project, model=None))
    assert train.ensure_model(children) is True


def test_a_spoilt_fingerprint_means_training(children: FakeChildren):
    train.ensure_model(children)
    train.FINGERPRINT.write_text("{", encoding="utf-8")
    assert train.ensure_model(children) is True
    assert train.recorded() == train.present()
    assert train.seconds() >= 0


def test_the_steps_are_shown_as_they_begin(
    children: FakeChildren, capsys: pytest.CaptureFixture[str]
):
    train.ensure_model(children)
    assert "LayananSelector" in capsys.readouterr().out


def test_a_long_silence_is_broken_by_a_sign_of_life(
    children: FakeChildren, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(train, "SILENCE", 0.0)
    train.ensure_model(children)
    assert "s  ...\n" in capsys.readouterr().out
