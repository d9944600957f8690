"""What the launched processes are told: settings, endpoints, and where the programs start."""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from kelurahan.settings import ROOT, Settings
from scripts import surroundings
from scripts.children import LaunchError

FULL = Settings(**{name: f"x-{name}" for name in surroundings.ACCOUNT})
CREDENTIALS = [ROOT / "credentials.yml", ROOT / "tests" / "kredensial_uji.yml"]


def variables(file: Path) -> set[str]:
    """The `${NAME}` a YAML file asks for."""
    lines = file.read_text(encoding="utf-8").splitlines()
    values = [line for line in lines if "${" in line and not line.lstrip().startswith("#")]
    return {line.split("${")[1].split("}")[0] for line in values}


@pytest.mark.parametrize("file", [*CREDENTIALS, ROOT / "endpoints.yml"], ids=lambda f: f.name)
def test_every_variable_rasa_would_ask_for_is_set(file: Path, tmp_path: Path):
    """Rasa refuses to start when one is missing."""
    assert variables(file) <= set(surroundings.environment(Settings(), tmp_path, {}))


def test_the_production_credentials_open_whatsapp_and_nothing_else():
    # as text: once Rasa is imported, every YAML reader of the process wants the ${VARIABLES} set
    lines = (ROOT / "credentials.yml").read_text(encoding="utf-8").splitlines()
    channels = [line for line in lines if line and line[0] not in "# "]
    assert channels == ["kelurahan.whatsapp.channel.WhatsAppInput:"]


def test_a_child_sees_exactly_these_settings_whatever_a_dotenv_says(tmp_path: Path):
    environ = surroundings.environment(FULL, tmp_path, {"PATH": "/bin"})
    assert environ["PATH"] == "/bin"
    # where the conversations are is worked out for the children, see the tests below
    given = {name: value for name, value in FULL.environ().items() if name != "TRACKER_URL"}
    assert given.items() <= environ.items()
    assert environ["RASA_TELEMETRY_ENABLED"] == "false"


TRACKERS = [
    ("nothing set", "", "sqlite:///{var}/percakapan.db"),
    ("our own SQLite file elsewhere", "sqlite:////tmp/x.db", "sqlite:///{var}/percakapan.db"),
    ("PostgreSQL", "postgresql://u:p@db/x", "postgresql://u:p@db/x"),
]


@pytest.mark.parametrize(
    ("database", "tracker"), [c[1:] for c in TRACKERS], ids=[c[0] for c in TRACKERS]
)
def test_conversations_go_to_their_own_file_or_to_postgresql(
    tmp_path: Path, database: str, tracker: str
):
    environ = surroundings.environment(Settings(database_url=database), tmp_path, {})
    assert environ["TRACKER_URL"] == tracker.format(var=tmp_path)


def test_the_conversation_file_is_in_write_ahead_mode(tmp_path: Path):
    surroundings.environment(Settings(), tmp_path, {})
    with sqlite3.connect(tmp_path / "percakapan.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_without_an_account_the_simulator_stands_in_meta_s_place():
    settings = surroundings.demo_account(Settings(), "http://127.0.0.1:8080")
    assert settings.graph_api_url == "http://127.0.0.1:8080"
    assert all(getattr(settings, name) for name in surroundings.ACCOUNT)


def test_made_up_secrets_are_new_for_every_start():
    one, two = (surroundings.demo_account(Settings(), "http://x") for _ in range(2))
    assert one.whatsapp_app_secret != two.whatsapp_app_secret


def test_half_an_account_is_refused_by_the_names_that_are_missing():
    half = Settings(whatsapp_access_token="x", whatsapp_app_secret="x")
    with pytest.raises(LaunchError) as failure:
        surroundings.check_account(half)
    assert "WHATSAPP_VERIFY_TOKEN, WHATSAPP_PHONE_NUMBER_ID" in str(failure.value)
    assert "WHATSAPP_APP_SECRET" not in str(failure.value)


def test_a_whole_account_passes():
    surroundings.check_account(FULL)


REDIS = [
    ("host only", "redis://kunci", {"port": 6379, "db": 0, "use_ssl": False}),
    ("port and database", "redis://kunci:7000/3", {"port": 7000, "db": 3, "use_ssl": False}),
    ("TLS", "rediss://kunci/1", {"port": 6379, "db": 1, "use_ssl": True}),
    (
        "password",
        "redis://:ra%40hasia@kunci:6379/0",
        {"port": 6379, "db": 0, "use_ssl": False, "password": "ra@hasia"},
    ),
    (
        "user and password",
        "redis://warga:rahasia@kunci:6379",
        {"port": 6379, "db": 0, "use_ssl": False, "username": "warga", "password": "rahasia"},
    ),
]


@pytest.mark.parametrize(("url", "expected"), [c[1:] for c in REDIS], ids=[c[0] for c in REDIS])
def test_a_redis_url_becomes_a_lock_store_with_its_secrets_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, expected: dict[str, object]
):
    settings = Settings(redis_url=url)
    file = surroundings.endpoints_file(settings, tmp_path)
    environ = surroundings.environment(settings, tmp_path, {})
    for name in re.findall(r"\$\{(\w+)\}", file.read_text(encoding="utf-8")):
        # once Rasa is imported, every YAML reader of the process fills the ${VARIABLES} in itself
        monkeypatch.setenv(name, environ[name])
    store = YAML(typ="safe").load(file)["lock_store"]
    for key, value in store.items():
        if isinstance(value, str) and value.startswith("${"):
            store[key] = environ[value[2:-1]]
    assert store == {"type": "redis", "url": "kunci", **expected}
    assert "hasia" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("url", ["http://kunci", "redis://kunci/satu", "kunci:6379"])
def test_what_is_no_redis_url_is_refused_with_an_example(url: str):
    with pytest.raises(LaunchError, match="redis://:password@host:6379/0"):
        surroundings.lock_store(url)


def test_without_redis_the_endpoints_file_is_the_project_s(tmp_path: Path):
    assert surroundings.endpoints_file(Settings(), tmp_path) == ROOT / "endpoints.yml"


@pytest.mark.redis
def test_rasa_locks_a_conversation_in_redis_by_the_generated_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    url = os.environ.get("TEST_REDIS_URL")
    if not url:
        reason = "Redis not tested: set TEST_REDIS_URL=redis://127.0.0.1:6379/15"
        if os.environ.get("REQUIRE_REDIS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from rasa.core.lock_store import LockStore, RedisLockStore
    from rasa.core.utils import AvailableEndpoints

    settings = Settings(redis_url=url)
    for name, value in surroundings.environment(settings, tmp_path, {}).items():
        monkeypatch.setenv(name, value)
    file = surroundings.endpoints_file(settings, tmp_path)
    store = LockStore.create(AvailableEndpoints.read_endpoints(str(file)).lock_store)
    assert isinstance(store, RedisLockStore)
    store.issue_ticket("uji-kunci")
    assert store.get_lock("uji-kunci").last_issued == 0
    store.delete_lock("uji-kunci")
    assert store.get_lock("uji-kunci") is None


def test_only_a_test_server_opens_the_http_api(tmp_path: Path):
    production, test = (
        surroundings.rasa_program(Settings(), {}, tmp_path, ROOT / "credentials.yml", api=api)
        for api in (False, True)
    )
    assert "--enable-api" not in production.argv
    assert "--enable-api" in test.argv


def test_both_servers_listen_on_loopback_only(tmp_path: Path):
    rasa = surroundings.rasa_program(Settings(), {}, tmp_path, Path("c.yml"), api=False)
    argv = list(rasa.argv)
    assert argv[argv.index("--interface") + 1] == "127.0.0.1"
    assert surroundings.actions_program(Settings(), {}).environ["SANIC_HOST"] == "127.0.0.1"


SHARED = Settings(
    database_url="postgresql://u@db/x",
    redis_url="redis://kunci",
    rasa_replicas=3,
    port_rasa=6000,
    port_metrics=7000,
)


def test_one_server_stands_alone_on_its_port(tmp_path: Path):
    [program] = surroundings.rasa_programs(Settings(), {}, tmp_path, Path("c.yml"), api=False)
    assert (program.name, program.health) == ("rasa", "http://127.0.0.1:5005/")


def test_several_servers_have_ports_of_their_own_behind_one_front_door(tmp_path: Path):
    environ = SHARED.environ()
    *servers, front = surroundings.rasa_programs(
        SHARED, environ, tmp_path, Path("c.yml"), api=False
    )
    assert [program.name for program in servers] == ["rasa-1", "rasa-2", "rasa-3"]
    own = [(p.environ["PORT_RASA"], p.environ["PORT_METRICS"]) for p in servers]
    assert own == [("6001", "7001"), ("6002", "7002"), ("6003", "7003")]
    assert [p.argv[p.argv.index("--port") + 1] for p in servers] == ["6001", "6002", "6003"]
    assert servers[1].health == "http://127.0.0.1:6002/"
    assert front.argv[-6:] == ["--port", "6000", "--private-port", "7000", "--replicas", "3"]


def test_every_port_of_several_servers_is_checked():
    ports = surroundings.rasa_ports(SHARED)
    assert {port for port, _ in ports.values()} == {*range(6000, 6004), *range(7000, 7004)}
    assert "PORT_RASA+2" in ports


def test_more_servers_than_there_are_ports_are_refused():
    with pytest.raises(LaunchError, match="too high"):
        surroundings.rasa_ports(Settings(rasa_replicas=2, port_rasa=65534))


ALONE = [
    ("nothing shared", {}, "DATABASE_URL (postgresql://...) and REDIS_URL"),
    ("SQLite", {"database_url": "sqlite:///x", "redis_url": "redis://x"}, "so DATABASE_URL"),
    ("no Redis", {"database_url": "postgresql://u@db/x"}, "so REDIS_URL (redis://...) must"),
]


@pytest.mark.parametrize(("given", "words"), [c[1:] for c in ALONE], ids=[c[0] for c in ALONE])
def test_several_servers_need_what_they_share(given: dict[str, str], words: str):
    with pytest.raises(LaunchError) as failure:
        surroundings.check_replicas(Settings(rasa_replicas=2, **given))
    assert words in str(failure.value)
    surroundings.check_replicas(Settings(rasa_replicas=1, **given))
