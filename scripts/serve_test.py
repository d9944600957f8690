"""`make serve-test PORT=...`: a bot of its own for tests, gone without a trace when stopped.

Rasa on a loopback port with the HTTP API, the REST channel and the WhatsApp channel, an action
server beside it, a fresh database; with `--console PORT` the officers' pages too. DATABASE_URL,
REDIS_URL, RASA_REPLICAS, PORT_METRICS, LAMPIRAN_DIR, WHATSAPP_* and GRAPH_* are honoured when the
environment gives them; `.env` is not read, so that no test meets a real account.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from kelurahan.settings import Settings, SettingsError, load
from scripts import surroundings
from scripts.children import (
    LOOPBACK,
    ROOT,
    Children,
    LaunchError,
    check_ports,
    free_port,
    say,
    stop_on_signals,
)
from scripts.keeper import Keeper
from scripts.train import ensure_model

CREDENTIALS = ROOT / "tests" / "kredensial_uji.yml"
NO_ENV_FILE = Path(os.devnull)
# known to the tests, so that they can sign a webhook and answer the handshake
ACCOUNT = {
    "whatsapp_app_secret": "rahasia-uji",
    "whatsapp_verify_token": "verifikasi-uji",
    "whatsapp_access_token": "token-uji",
    "whatsapp_phone_number_id": "100000000000001",
    "whatsapp_business_account_id": "200000000000001",
}
# nothing listens on the discard port: a reply nobody waits for is refused at once
NOWHERE = f"http://{LOOPBACK}:9"


def settings_for_tests(port: int, var: Path, environ: dict[str, str], console: int = 0) -> Settings:
    """What the environment gives, and harmless values for the rest."""
    settings = load(environ, NO_ENV_FILE)
    account = {name: getattr(settings, name) or value for name, value in ACCOUNT.items()}
    return replace(
        settings,
        **account,
        graph_api_url=environ.get("GRAPH_API_URL") or NOWHERE,
        database_url=settings.database_url or f"sqlite:///{var / 'kelurahan.db'}",
        port_rasa=port,
        lampiran_dir=settings.lampiran_dir or str(var / "lampiran"),
        port_actions=free_port(),
        port_console=console or settings.port_console,
        port_metrics=settings.port_metrics
        if environ.get("PORT_METRICS")
        else free_port(beside=settings.rasa_replicas),
    )


def serve(
    children: Children, port: int, var: Path, *, restart: bool = False, console: int = 0
) -> None:
    """Start everything, say `ready`, and stay while the caller lives."""
    caller = os.getppid()
    check_ports({"PORT": (port, "the test server")})
    settings = settings_for_tests(port, var, dict(os.environ), console)
    surroundings.check_replicas(settings)
    check_ports(surroundings.rasa_ports(settings))
    ensure_model(children)
    environ = surroundings.environment(settings, var, surroundings.own_environ())
    children.finish(surroundings.migrate_program(environ), "The database could not be prepared")
    for program in surroundings.rasa_programs(settings, environ, var, CREDENTIALS, api=True):
        children.start(program)
    children.start(surroundings.actions_program(settings, environ))
    if console:
        children.start(surroundings.console_program(settings, environ))
    children.wait_ready()
    say(f"ready http://{LOOPBACK}:{port}")
    watcher = Keeper(children) if restart else children
    watcher.watch(lambda: os.getppid() == caller)


def main() -> int:
    """`python -m scripts.serve_test PORT [--logs FOLDER] [--restart] [--console PORT]`"""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int)
    parser.add_argument("--logs", type=Path, help="default: var/log/uji/PORT")
    parser.add_argument("--restart", action="store_true", help="start again what dies")
    parser.add_argument("--console", type=int, default=0, help="port of the officers' pages")
    arguments = parser.parse_args()
    logs = arguments.logs or ROOT / "var" / "log" / "uji" / str(arguments.port)
    stop_on_signals()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="kelurahan-uji-") as var,
            Children(logs) as children,
        ):
            options = {"restart": arguments.restart, "console": arguments.console}
            serve(children, arguments.port, Path(var), **options)
    except (LaunchError, SettingsError) as error:
        print(f"[serve-test] {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("[serve-test] stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
