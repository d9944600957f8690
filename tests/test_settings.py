"""Settings come from the environment over `.env`, and `.env.example` names exactly all of them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from kelurahan.settings import ROOT, Settings, SettingsError, load, read_env_file

FIELDS = {name.upper() for name in Settings.__dataclass_fields__}
EXAMPLE = ROOT / ".env.example"


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def test_env_example_lists_every_setting_and_nothing_else():
    assert set(read_env_file(EXAMPLE)) == FIELDS


def test_env_example_as_it_stands_changes_nothing():
    assert load({}, EXAMPLE) == Settings()


def test_env_example_explains_every_setting():
    """A setting or the group it stands in has a comment directly above it."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    paragraphs = "\n".join(lines).split("\n\n")
    bare = [p for p in paragraphs if "=" in p and not p.lstrip().startswith("#")]
    assert bare == []


def test_the_environment_wins_over_the_file(env_file: Path):
    env_file.write_text("GRAPH_API_VERSION=v1.0\nREDIS_URL=redis://file\n", encoding="utf-8")
    settings = load({"GRAPH_API_VERSION": "v2.0"}, env_file)
    assert (settings.graph_api_version, settings.redis_url) == ("v2.0", "redis://file")


def test_an_empty_variable_hides_the_file_and_leaves_the_default(env_file: Path):
    env_file.write_text("GRAPH_API_VERSION=v1.0\n", encoding="utf-8")
    assert load({"GRAPH_API_VERSION": ""}, env_file) == Settings()


LINES = [
    ("plain", "REDIS_URL=redis://x", "redis://x"),
    ("double quotes", 'REDIS_URL="redis://x"', "redis://x"),
    ("export and spaces", " export REDIS_URL = redis://x ", "redis://x"),
    ("equals sign in the value", "REDIS_URL=redis://:a=b@x", "redis://:a=b@x"),
]


@pytest.mark.parametrize(("line", "value"), [c[1:] for c in LINES], ids=[c[0] for c in LINES])
def test_env_lines_are_read_as_shells_write_them(env_file: Path, line: str, value: str):
    env_file.write_text(f"# comment\n\n{line}\n", encoding="utf-8")
    assert load({}, env_file).redis_url == value


def test_a_line_without_a_value_is_named_with_its_number(env_file: Path):
    env_file.write_text("REDIS_URL=\nDATABASE_URL\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"\.env:2: expected NAME=value"):
        read_env_file(env_file)


@pytest.mark.parametrize("value", ["0", "65536", "http", "-1", "80.5", "٨٠٨٠x"])
def test_a_port_that_is_none_is_named_with_its_variable(value: str):
    with pytest.raises(SettingsError, match="PORT_RASA"):
        load({"PORT_RASA": value}, Path("/dev/null"))


@pytest.mark.parametrize("value", ["0", "65", "-1", "two", "1.5"])
def test_a_number_of_servers_that_is_none_is_named_with_its_variable(value: str):
    with pytest.raises(SettingsError, match=r"RASA_REPLICAS='.*': expected a number, 1 to 64"):
        load({"RASA_REPLICAS": value}, Path("/dev/null"))


def test_the_short_postgres_scheme_is_understood():
    settings = load({"DATABASE_URL": "postgres://u:p@db/x"}, Path("/dev/null"))
    assert settings.store_url == "postgresql://u:p@db/x"


def test_without_a_database_url_the_store_is_a_file_under_var():
    assert Settings().store_url.startswith("sqlite:///")
    assert Settings().store_url.endswith("/var/kelurahan.db")


def test_environ_spells_every_setting_out_so_that_loading_it_gives_the_same():
    settings = Settings(whatsapp_app_secret="s", port_rasa=6000, database_url="sqlite:///x.db")
    assert set(settings.environ()) == FIELDS
    assert load(settings.environ(), EXAMPLE) == settings


def test_secrets_never_show_in_the_repr():
    values = {f.name: f"S3CRET-{f.name}" for f in dataclasses.fields(Settings) if f.type == "str"}
    shown = repr(Settings(**values))
    for name in values:
        secret = any(
            word in name for word in ("secret", "token", "database_url", "redis_url", "tracker_url")
        )
        assert (f"S3CRET-{name}" in shown) is not secret
