"""The bots that are measured: how each is trained, which programs it is, where its webhook is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bench import training
from bench.training import Training
from kelurahan.settings import Settings
from scripts import surroundings
from scripts.children import LOOPBACK, ROOT, Children, Program
from scripts.serve_test import settings_for_tests
from scripts.surroundings import PYTHON
from scripts.train import ensure_model

WEBHOOK = "/webhooks/whatsapp/webhook"
PRODUCTION = ROOT / "credentials.yml"
PLAIN, PATCHED, FLOOR = (f"bench.plain_channel.{c}Input" for c in ("Plain", "Patched", "Floor"))


@dataclass(frozen=True)
class Options:
    """What the stock bot learns."""

    messages: int = 800
    epochs: int = 15


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    levels: tuple[int, ...]  # residents at once
    messages: int
    limit: float
    rounds: int = 1
    options: Options = Options()


@dataclass(frozen=True)
class Place:
    """Where one bot runs: its ports, its folder, the Graph API it talks to."""

    settings: Settings
    var: Path

    @classmethod
    def make(cls, var: Path, port: int, graph_port: int, **more: str) -> Place:
        """Made-up credentials and fresh databases; nothing of this machine's `.env`."""
        environ = {"GRAPH_API_URL": f"http://{LOOPBACK}:{graph_port}", **more}
        return cls(settings_for_tests(port, var, environ), var)

    @property
    def webhook(self) -> str:
        """Where Meta sends to."""
        return f"http://{LOOPBACK}:{self.settings.port_rasa}{WEBHOOK}"

    @property
    def messages_url(self) -> str:
        """Where replies go."""
        one = self.settings
        return (
            f"{one.graph_api_url}/{one.graph_api_version}/{one.whatsapp_phone_number_id}/messages"
        )

    def environ(self) -> dict[str, str]:
        """What our own launcher gives its programs."""
        own = surroundings.own_environ()
        return surroundings.environment(self.settings, self.var, own)


@dataclass(frozen=True)
class Ready:
    """A trained bot: run `first` to their ends, then start `programs` together."""

    first: list[Program]
    programs: list[Program]
    training: Training | None = None


def ours(children: Children, place: Place, options: Options) -> Ready:
    """This bot as `make run` starts it: production credentials, no HTTP API, fresh SQLite files."""
    ensure_model(children)
    environ = place.environ()
    rasa = surroundings.rasa_program(place.settings, environ, place.var, PRODUCTION, api=False)
    return Ready(
        [surroundings.migrate_program(environ)],
        [rasa, surroundings.actions_program(place.settings, environ)],
        training.ours(),
    )


def stock(children: Children, place: Place, options: Options) -> Ready:
    """The pipeline of `rasa init` with our domain and our action server, and no patch."""
    model, trained = training.stock_model(children, options.messages, options.epochs)
    environ = place.environ()
    return Ready(
        [surroundings.migrate_program(environ)],
        [plain_rasa(place, model, PLAIN), surroundings.actions_program(place.settings, environ)],
        trained,
    )


def noop(children: Children, place: Place, options: Options) -> Ready:
    """The least that Rasa can do, with our patches: what the framework itself costs."""
    return noop_with(children, place, PATCHED)


def floor(children: Children, place: Place, options: Options) -> Ready:
    """The design's floor: the least Rasa can do, with its two patches."""
    return noop_with(children, place, FLOOR)


def noop_unpatched(children: Children, place: Place, options: Options) -> Ready:
    """The same without them."""
    return noop_with(children, place, PLAIN)


def noop_with(children: Children, place: Place, channel: str) -> Ready:
    """The no-op bot with a channel."""
    model, trained = training.noop_model(children)
    actions = surroundings.actions_program(place.settings, place.environ())
    argv = ["bench.noop_actions" if part == "actions" else part for part in actions.argv]
    programs = [plain_rasa(place, model, channel), replace(actions, argv=argv)]
    return Ready([], programs, trained)


def plain_rasa(place: Place, model: Path, channel: str) -> Program:
    """A Rasa server as `rasa run` starts it: conversations in memory, no variable of ours."""
    settings = place.settings
    credentials, endpoints = place.var / "credentials.yml", place.var / "endpoints.yml"
    credentials.write_text(json.dumps({channel: {"graph_url": place.messages_url}}))
    actions = f"http://{LOOPBACK}:{settings.port_actions}/webhook"
    endpoints.write_text(json.dumps({"action_endpoint": {"url": actions}}))
    argv = [PYTHON, "-m", "rasa", "run", "--model", model, "--credentials", credentials]
    argv += ["--endpoints", endpoints, "--interface", LOOPBACK, "--port", settings.port_rasa]
    environ = {**surroundings.own_environ(), **surroundings.QUIET, "PYTHONPATH": str(ROOT)}
    health = f"http://{LOOPBACK}:{settings.port_rasa}/"
    return Program("rasa", [str(p) for p in argv], environ, health, broken=surroundings.NO_MODEL)


BOTS: dict[str, tuple[str, Callable[[Children, Place, Options], Ready]]] = {
    "ours": ("this bot, everything on", ours),
    "stock": ("stock Rasa pipeline", stock),
    "floor": ("no-op Rasa, two patches", floor),
    "noop": ("no-op Rasa, all our patches", noop),
    "noop-plain": ("no-op Rasa as it comes", noop_unpatched),
}
