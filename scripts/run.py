"""`make run`: everything on this machine, from the database to the chat page, until Ctrl-C.

Without a WhatsApp account the simulator stands in Meta's place; with one it is not started.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping

from kelurahan.settings import Settings, SettingsError, load
from kelurahan.wilayah import WilayahError, kelurahan
from scripts import surroundings
from scripts.children import (
    LOOPBACK,
    ROOT,
    Children,
    LaunchError,
    Program,
    check_ports,
    say,
    stop_on_signals,
)
from scripts.keeper import Keeper
from scripts.train import ensure_model

VAR = ROOT / "var"
WEBHOOK = "/webhooks/whatsapp/webhook"


def address(port: int, path: str = "") -> str:
    """A loopback address as the browser wants it."""
    return f"http://{LOOPBACK}:{port}{path}"


def needed_ports(settings: Settings, simulated: bool) -> dict[str, tuple[int, str]]:
    """Variable -> port and purpose."""
    ports = {
        **surroundings.rasa_ports(settings),
        "PORT_ACTIONS": (settings.port_actions, "the action server"),
        "PORT_CONSOLE": (settings.port_console, "the petugas console"),
    }
    if simulated:
        ports["PORT_SIMULATOR"] = (settings.port_simulator, "the chat page")
    return ports


def simulator_program(settings: Settings, environ: Mapping[str, str]) -> Program:
    """The fake Cloud API with its chat page, told whose it is and how one greets it."""
    try:
        name = kelurahan().nama
    except WilayahError as error:
        raise LaunchError(f"The kelurahan's own facts have faults:\n{error}") from error
    argv = [surroundings.PYTHON, "-m", "simulator", "--host", LOOPBACK]
    argv += ["--port", str(settings.port_simulator), "--sapaan", name, "--nama-layanan", name]
    webhook = address(settings.port_rasa, WEBHOOK)
    return Program(
        "simulator",
        argv,
        {**environ, "WEBHOOK_URL": webhook},
        address(settings.port_simulator, "/"),
    )


def announce(settings: Settings, simulated: bool, seconds: float) -> None:
    """Where to look, the chat page first."""
    say("")
    if simulated:
        say(f"  Chat page       {address(settings.port_simulator, '/')}   <- open this")
    else:
        say(f"  WhatsApp        talks to Meta at {settings.graph_api_url}; no simulator")
    say(f"  Petugas console {address(settings.port_console, '/')}   (first: make admin NAMA=siti)")
    say(f"  Webhook         {address(settings.port_rasa, WEBHOOK)}")
    say(f"  Action server   {address(settings.port_actions)} (internal)")
    say(f"  Health, metrics {address(settings.port_metrics, '/ready')}, /live, /metrics (private)")
    names = ["actions", "console", *(["simulator"] if simulated else [])]
    if settings.rasa_replicas > 1:
        say(f"  Rasa servers    {settings.rasa_replicas}, on the ports after the webhook's")
        names = ["rasa-1", "...", "front", *names]
    else:
        names = ["rasa", *names]
    say(f"  Logs            var/log/: {', '.join(names)} (.log)")
    say("")
    say(f"Ready after {seconds:.0f} s. Ctrl-C stops everything.")


def serve(children: Children) -> None:
    """Set up, start, announce, and stay."""
    settings = load()
    simulated = not settings.whatsapp_access_token
    surroundings.check_replicas(settings)
    check_ports(needed_ports(settings, simulated))
    if simulated:
        settings = surroundings.demo_account(settings, address(settings.port_simulator))
    else:
        surroundings.check_account(settings)
    ensure_model(children)

    started = time.monotonic()
    environ = surroundings.environment(settings, VAR, surroundings.own_environ())
    say("[run] preparing the database ...")
    children.finish(surroundings.migrate_program(environ), "The database could not be prepared")
    say("[run] starting Rasa, the action server" + (" and the simulator ..." if simulated else ""))
    credentials = ROOT / "credentials.yml"
    for program in surroundings.rasa_programs(settings, environ, VAR, credentials, api=False):
        children.start(program)
    children.start(surroundings.actions_program(settings, environ))
    children.start(surroundings.console_program(settings, environ))
    if simulated:
        children.start(simulator_program(settings, environ))
    children.wait_ready()
    announce(settings, simulated, time.monotonic() - started)
    Keeper(children).watch()


def main() -> int:
    """`python -m scripts.run`"""
    stop_on_signals()
    try:
        with Children(VAR / "log") as children:
            serve(children)
    except (LaunchError, SettingsError) as error:
        print(f"[run] {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\n[run] stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
