"""`python -m simulator`: the chat page and the fake Cloud API on one port."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys

from simulator.app import create_app
from simulator.config import DEFAULT_WEBHOOK, ENVIRONMENT, Config
from simulator.server import PortInUseError, SimulatorServer, listen


def parser() -> argparse.ArgumentParser:
    """Every option; those in `config.ENVIRONMENT` fall back to an environment variable."""
    made = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--port", type=int, default=8080)
    for name, variable in ENVIRONMENT.items():
        default = DEFAULT_WEBHOOK if name == "webhook_url" else "made up"
        option = "--" + name.replace("_", "-")
        made.add_argument(option, dest=name, help=f"environment {variable}; default: {default}")
    made.add_argument("--sapaan", dest="greeting", help="what the empty chat suggests to type")
    made.add_argument(
        "--contoh", dest="hints", action="append", help="another suggestion; may be repeated"
    )
    made.add_argument("--nama-layanan", dest="service_name", help="whom the residents chat with")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; 1 if the port is taken."""
    options = vars(parser().parse_args(arguments))
    host, port = options.pop("host"), options.pop("port")
    if options["hints"]:
        options["hints"] = tuple(options["hints"])
    config = Config.from_env(os.environ, **options)
    try:
        bound = listen(host, port)
    except PortInUseError as error:
        print(error, file=sys.stderr)
        return 1
    address = f"http://{host}:{bound.getsockname()[1]}"
    print(f"Simulator: {address} (chat page and Graph API), webhook {config.webhook_url}")
    sys.stdout.flush()
    server = SimulatorServer(create_app(config))
    # uvicorn raises it again after having stopped in an orderly way
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[bound])
    return 0


if __name__ == "__main__":
    sys.exit(main())
