"""`rasa test` on our test stories; it exits 0 with failing stories, so its report is read here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.children import ROOT
from scripts.surroundings import MODEL, QUIET

pytestmark = pytest.mark.tumpukan
STORIES = ROOT / "tests" / "rasa"


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """Run `rasa test core` once on the current model."""
    if not MODEL.exists():
        subprocess.run([sys.executable, "-m", "scripts.train"], cwd=ROOT, check=True)
    out = tmp_path_factory.mktemp("rasa-test")
    # without --e2e Rasa takes the intents as written and understands no message
    command = [sys.executable, "-m", "rasa", "test", "core", "--e2e", "--stories", str(STORIES)]
    command += ["--model", str(MODEL), "--out", str(out), "--no-plot"]
    environ = {**os.environ, **QUIET, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return out


def test_every_story_is_predicted_as_written(results):
    """Actions, intents and entities: one wrong prediction fails the story and this test."""
    failed = (results / "failed_test_stories.yml").read_text(encoding="utf-8")
    assert "stories:" not in failed, failed


def test_the_report_covers_every_story(results):
    """A gate over an empty report would always pass."""
    written = (STORIES / "test_stories.yml").read_text(encoding="utf-8").count("- story:")
    report = json.loads((results / "story_report.json").read_text(encoding="utf-8"))
    assert report["conversation_accuracy"]["total"] == written >= 8
    assert report["conversation_accuracy"]["correct"] == written
