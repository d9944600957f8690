"""`make shell` and `make interactive`: the bot in this terminal, with an action server beside it.

Its conversations and applications live in a database of their own that ends with the session.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from kelurahan.settings import SettingsError, load
from scripts import surroundings
from scripts.children import ROOT, Children, LaunchError, free_port, say, stop_on_signals
from scripts.train import ensure_model

# Rasa offers `data/stories.yml`, `data/nlu.yml` and `domain.yml` when it exports. From here they
# are not the project's: its domain would be overwritten, the rest read by the next training.
EXPORTS = ROOT / "var" / "interactive"


def talk(children: Children, var: Path, exports: Path | None) -> int:
    """Start the action server, then hand the terminal to `rasa shell` or `rasa interactive`."""
    database = f"sqlite:///{var / 'kelurahan.db'}"
    settings = replace(
        load(), database_url=database, redis_url="", port_actions=free_port(), port_rasa=free_port()
    )
    ensure_model(children)
    environ = surroundings.environment(settings, var, surroundings.own_environ())
    children.finish(surroundings.migrate_program(environ), "The database could not be prepared")
    children.start(surroundings.actions_program(settings, environ))
    children.wait_ready()
    argv = [surroundings.PYTHON, "-m", "rasa", "interactive" if exports else "shell"]
    argv += ["--model", str(surroundings.MODEL), "--endpoints", str(ROOT / "endpoints.yml")]
    argv += ["--port", str(settings.port_rasa)]
    if exports:
        argv += ["--config", str(ROOT / "config.yml"), "--skip-visualization"]
        exports.mkdir(parents=True, exist_ok=True)
        say(f"[interactive] what you export lands in {exports}")
    # in the foreground and in our own group: Ctrl-C and the prompt belong to it
    return subprocess.run(argv, cwd=exports or ROOT, env=environ, check=False).returncode


def main() -> int:
    """`python -m scripts.shell [--interactive [--exports FOLDER]]`"""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--interactive", action="store_true", help="Rasa's interactive learning")
    parser.add_argument("--exports", type=Path, default=EXPORTS, help=f"default: {EXPORTS}")
    arguments = parser.parse_args()
    exports = arguments.exports.resolve() if arguments.interactive else None
    stop_on_signals()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="kelurahan-shell-") as var,
            Children(ROOT / "var" / "log" / "shell") as children,
        ):
            return talk(children, Path(var), exports)
    except (LaunchError, SettingsError) as error:
        print(f"[shell] {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
