"""The environment each child process gets, and the endpoints file that goes with it."""

from __future__ import annotations

import os
import secrets
import sqlite3
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kelurahan.settings import Settings
from scripts.children import LOOPBACK, ROOT, LaunchError, Program

PYTHON = sys.executable
MODEL = ROOT / "models" / "kelurahan.tar.gz"
ACCOUNT = (
    "whatsapp_app_secret",
    "whatsapp_verify_token",
    "whatsapp_access_token",
    "whatsapp_phone_number_id",
    "whatsapp_business_account_id",
)
NO_MODEL = "Could not load model due to"
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONUNBUFFERED": "1",
    "SANIC_ACCESS_LOG": "false",  # a line for each answer would be made up, and printed nowhere
}
# Rasa's threads would each keep freed memory to themselves: 40 MB less on two cores.
LEAN = {"MALLOC_ARENA_MAX": "2"}
LOCK_STORE = """
lock_store:
  type: redis
  url: ${{LOCK_HOST}}
  port: {port}
  db: {db}
  use_ssl: {ssl}
"""


def demo_account(settings: Settings, graph_url: str) -> Settings:
    """Made-up credentials, new for every start, with the simulator in Meta's place."""
    return replace(
        settings,
        whatsapp_app_secret=settings.whatsapp_app_secret or secrets.token_hex(16),
        whatsapp_verify_token=settings.whatsapp_verify_token or secrets.token_hex(8),
        whatsapp_access_token=settings.whatsapp_access_token or secrets.token_hex(24),
        whatsapp_phone_number_id=settings.whatsapp_phone_number_id or "100000000000001",
        whatsapp_business_account_id=settings.whatsapp_business_account_id or "200000000000001",
        graph_api_url=graph_url,
    )


def check_account(settings: Settings) -> None:
    """A configured account must be complete: half of one fails only when a resident writes."""
    missing = [name.upper() for name in ACCOUNT if not getattr(settings, name)]
    if missing:
        raise LaunchError(
            f"WHATSAPP_ACCESS_TOKEN is set, so {', '.join(missing)} must be set too "
            "(.env.example says where each is found); without any of them the simulator runs."
        )


def environment(settings: Settings, var: Path, base: Mapping[str, str]) -> dict[str, str]:
    """`base` with every setting spelt out, so that no child reads a `.env` of its own."""
    tracker = settings.tracker_url or settings.database_url
    if not tracker.startswith("postgresql"):
        tracker = f"sqlite:///{sqlite_file(var / 'percakapan.db')}"
    return {
        **base,
        **QUIET,
        **LEAN,
        **settings.environ(),
        "PYTHONPATH": str(ROOT),
        "TRACKER_URL": tracker,
        "ACTION_ENDPOINT_URL": f"http://{LOOPBACK}:{settings.port_actions}/webhook",
        **lock_variables(settings.redis_url),
    }


def sqlite_file(path: Path) -> Path:
    """The file in write-ahead mode (it stays so): a turn's save then costs one disk write less."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    return path


def lock_variables(redis_url: str) -> dict[str, str]:
    """Host and secrets of Redis as variables: they stay out of the generated file."""
    if not redis_url:
        return {}
    url = urlsplit(redis_url)
    return {
        "LOCK_HOST": url.hostname or LOOPBACK,
        "LOCK_USERNAME": unquote(url.username or ""),
        "LOCK_PASSWORD": unquote(url.password or ""),
    }


def endpoints_file(settings: Settings, var: Path) -> Path:
    """endpoints.yml, or a copy of it with a Redis lock store when REDIS_URL is set."""
    plain = ROOT / "endpoints.yml"
    if not settings.redis_url:
        return plain
    generated = var / "endpoints.redis.yml"
    generated.parent.mkdir(parents=True, exist_ok=True)
    text = plain.read_text(encoding="utf-8") + lock_store(settings.redis_url)
    generated.write_text(text, encoding="utf-8")
    return generated


def lock_store(redis_url: str) -> str:
    """The lock_store part of an endpoints file for redis://[user][:password]@host[:port][/db]."""
    url = urlsplit(redis_url)
    database = url.path.strip("/") or "0"
    if url.scheme not in ("redis", "rediss") or not database.isdecimal():
        raise LaunchError("REDIS_URL must look like redis://:password@host:6379/0.")
    text = LOCK_STORE.format(
        port=url.port or 6379, db=database, ssl=str(url.scheme == "rediss").lower()
    )
    text += "  username: ${LOCK_USERNAME}\n" if url.username else ""
    return text + ("  password: ${LOCK_PASSWORD}\n" if url.password else "")


def actions_program(settings: Settings, environ: Mapping[str, str]) -> Program:
    """The action server; it has no authentication of its own, so it listens on loopback."""
    return Program(
        "actions",
        [PYTHON, "-m", "rasa_sdk", "--actions", "actions", "--port", str(settings.port_actions)],
        {**environ, "SANIC_HOST": LOOPBACK},
        f"http://{LOOPBACK}:{settings.port_actions}/health",
    )


def console_program(settings: Settings, environ: Mapping[str, str]) -> Program:
    """The officers' pages, on loopback."""
    health = f"http://{LOOPBACK}:{settings.port_console}/hidup"
    return Program("console", [PYTHON, "-m", "kelurahan.console"], environ, health)


def rasa_program(
    settings: Settings, environ: Mapping[str, str], var: Path, credentials: Path, *, api: bool
) -> Program:
    """The Rasa server on loopback; with `api` its HTTP API is open, for tests only."""
    address = f"http://{LOOPBACK}:{settings.port_rasa}"
    files = ["--model", MODEL, "--credentials", credentials]
    files += ["--endpoints", endpoints_file(settings, var)]
    listen = ["--interface", LOOPBACK, "--port", settings.port_rasa]
    argv = [PYTHON, "-m", "rasa", "run", *files, *listen, *(["--enable-api"] if api else [])]
    return Program(
        "rasa",
        [str(part) for part in argv],
        environ,
        f"{address}/status" if api else f"{address}/",
        broken=NO_MODEL,
    )


def check_replicas(settings: Settings) -> None:
    """Several Rasa servers must share what they know; files and memory are one process's own."""
    wanted = {
        "DATABASE_URL (postgresql://...)": settings.database_url.startswith("postgresql"),
        "REDIS_URL (redis://...)": bool(settings.redis_url),
    }
    missing = [name for name, given in wanted.items() if not given]
    if settings.rasa_replicas > 1 and missing:
        raise LaunchError(
            f"RASA_REPLICAS is {settings.rasa_replicas}, so {' and '.join(missing)} must be set "
            "too: several Rasa servers share their queues and locks; or set RASA_REPLICAS to 1."
        )


def rasa_programs(
    settings: Settings, environ: Mapping[str, str], var: Path, credentials: Path, *, api: bool
) -> list[Program]:
    """One Rasa server, or several with a front door; server n has the ports + n."""
    if settings.rasa_replicas == 1:
        return [rasa_program(settings, environ, var, credentials, api=api)]
    check_replicas(settings)
    programs = []
    for number in range(1, settings.rasa_replicas + 1):
        ports = {
            "port_rasa": settings.port_rasa + number,
            "port_metrics": settings.port_metrics + number,
        }
        own = {**environ, **{name.upper(): str(port) for name, port in ports.items()}}
        program = rasa_program(replace(settings, **ports), own, var, credentials, api=api)
        programs.append(replace(program, name=f"rasa-{number}"))
    return [*programs, front_program(settings, environ)]


def front_program(settings: Settings, environ: Mapping[str, str]) -> Program:
    """The front door of several Rasa servers, on the port that is the only one's otherwise."""
    argv = [PYTHON, "-m", "scripts.front", "--port", settings.port_rasa]
    argv += ["--private-port", settings.port_metrics, "--replicas", settings.rasa_replicas]
    health = f"http://{LOOPBACK}:{settings.port_metrics}/live"
    return Program("front", [str(part) for part in argv], environ, health)


def rasa_ports(settings: Settings) -> dict[str, tuple[int, str]]:
    """Variable -> port and purpose, of all Rasa servers and their front door."""
    ports = {
        "PORT_RASA": (settings.port_rasa, "Rasa"),
        "PORT_METRICS": (settings.port_metrics, "the metrics"),
    }
    if settings.rasa_replicas == 1:
        return ports
    for number in range(1, settings.rasa_replicas + 1):
        for name, (port, purpose) in list(ports.items())[:2]:
            ports[f"{name}+{number}"] = (port + number, f"{purpose} of Rasa server {number}")
    if max(port for port, _ in ports.values()) > 65535:
        raise LaunchError("PORT_RASA or PORT_METRICS is too high for that many RASA_REPLICAS.")
    return ports


def migrate_program(environ: Mapping[str, str]) -> Program:
    """Bring the database to the present schema."""
    return Program("migrate", [PYTHON, "-m", "kelurahan.store"], environ)


def own_environ() -> dict[str, str]:
    """The launcher's environment, without what would change how Rasa is started."""
    return {k: v for k, v in os.environ.items() if k not in ("SQLALCHEMY_WARN_20", "MAKEFLAGS")}
