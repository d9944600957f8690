"""`make shell`: talk to the bot in the terminal, with an action server beside it.

Its conversations and applications live in a database of their own that ends with the session.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from kelurahan.settings import SettingsError, load
from scripts import surroundings
from scripts.children import ROOT, Children, LaunchError, free_port, stop_on_signals
from scripts.train import ensure_model


def talk(children: Children, var: Path) -> int:
    """Start the action server, then hand the terminal to `rasa shell`."""
    database = f"sqlite:///{var / 'kelurahan.db'}"
    settings = replace(
        load(), database_url=database, redis_url="", port_actions=free_port(), port_rasa=free_port()
    )
    ensure_model(children)
    environ = surroundings.environment(settings, var, surroundings.own_environ())
    children.finish(surroundings.migrate_program(environ), "The database could not be prepared")
    children.start(surroundings.actions_program(settings, environ))
    children.wait_ready()
    argv = [surroundings.PYTHON, "-m", "rasa", "shell", "--model", str(surroundings.MODEL)]
    argv += ["--endpoints", str(ROOT / "endpoints.yml"), "--port", str(settings.port_rasa)]
    # in the foreground and in our own group: Ctrl-C and the prompt belong to it
    return subprocess.run(argv, cwd=ROOT, env=environ, check=False).returncode


def main() -> int:
    """`python -m scripts.shell`"""
    stop_on_signals()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="kelurahan-shell-") as var,
            Children(ROOT / "var" / "log" / "shell") as children,
        ):
            return talk(children, Path(var))
    except (LaunchError, SettingsError) as error:
        print(f"[shell] {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
