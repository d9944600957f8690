"""The simulator inside a test: on a free port, in a thread, with plain methods.

    with testing.start(webhook_url=bot_url, secret="…") as sim:
        sim.send_text("siti", "menu")
        [reply] = sim.wait_for_reply("siti")
        sim.tap("siti", "Kartu Keluarga")

`resident` is a key ("siti", "budi", "rara"), a number or a BSUID; new numbers make new residents.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from simulator import faults, phone, player, transcript
from simulator.app import create_app
from simulator.clock import Clock, FakeClock
from simulator.config import Config
from simulator.model import Bubble
from simulator.server import SimulatorServer, listen
from simulator.state import is_bot
from simulator.webhook import Delivery

T = TypeVar("T")
STATUSES_AT_ONCE: tuple[float, ...] = (0.0,)


def start(
    port: int = 0,
    *,
    webhook_url: str = "http://127.0.0.1:9/webhooks/whatsapp/webhook",
    secret: str = "rahasia-uji",  # noqa: S107 (made up, for tests)
    clock: Clock | None = None,
    **config: Any,
) -> RunningSimulator:
    """Start on `port` (0: a free one); `config` are further fields of `Config`."""
    config = {"status_delays": STATUSES_AT_ONCE, **config}
    return RunningSimulator(
        port, Config(webhook_url=webhook_url, app_secret=secret, **config), clock
    )


class RunningSimulator:
    """A simulator in a thread of its own; methods may be called from any other thread."""

    def __init__(self, port: int, config: Config, clock: Clock | None) -> None:
        self.config = config
        bound = listen("127.0.0.1", port)
        self.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        app = create_app(config, clock)
        self.simulator = app.state.simulator
        self._read: dict[str, int] = {}
        self._server = SimulatorServer(app)
        self._loop = asyncio.new_event_loop()
        serve = self._server.serve(sockets=[bound])
        self._thread = threading.Thread(target=self._run, args=(serve,), daemon=True)
        self._thread.start()
        self.wait_until(lambda: self._server.started, "the simulator did not start")

    def _run(self, serve: Coroutine[Any, Any, None]) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(serve)
        self._loop.close()

    def __enter__(self) -> RunningSimulator:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop serving and wait for the thread."""
        self._server.should_exit = True
        self._thread.join(timeout=10)

    def do(self, job: Coroutine[Any, Any, T], timeout: float = 60) -> T:
        """Run a coroutine on the simulator's loop."""
        return asyncio.run_coroutine_threadsafe(job, self._loop).result(timeout)

    def call(self, function: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Run a plain function on the simulator's loop."""

        async def job() -> T:
            return function(*arguments, **options)

        return self.do(job())

    # what residents do

    def send(self, resident: str, **spec: Any) -> Bubble:
        """Send what `phone.compose` understands: text=, attach=, sample=, content=, tap=."""
        return self.do(phone.send(self.simulator, resident, spec))

    def send_text(self, resident: str, text: str) -> Bubble:
        """Write a text."""
        return self.send(resident, text=text)

    def tap(self, resident: str, choice: str) -> Bubble:
        """Tap the newest button or list row with this title or id."""
        return self.send(resident, tap=choice)

    def play(self, *messages: dict[str, Any], **switches: Any) -> list[Delivery]:
        """Deliver messages with the switches of `player.Switches`; see `player.play`."""
        return self.do(
            player.play(self.simulator, list(messages), player.Switches.of(switches)), timeout=120
        )

    # what they see

    def replies(self, resident: str) -> list[Bubble]:
        """All bubbles of the bot that the resident can see."""
        state = self.simulator.state
        found = state.find(resident)
        return [bubble for bubble in state.chat(found.key) if is_bot(bubble)] if found else []

    def wait_for_reply(self, resident: str, n: int = 1, timeout: float = 10) -> list[Bubble]:
        """At least `n` bubbles not returned before; all there are. TimeoutError shows the chat."""
        known = self._read.get(resident, 0)
        self.wait_until(
            lambda: len(self.replies(resident)) >= known + n,
            lambda: f"waited for {n} reply(s) to {resident}\n{self.transcript_text(resident)}",
            timeout,
        )
        replies = self.replies(resident)
        self._read[resident] = len(replies)
        return replies[known:]

    def ask(self, resident: str, text: str, timeout: float = 10) -> Bubble:
        """Write a text and return the first reply."""
        self._read[resident] = len(self.replies(resident))
        self.send_text(resident, text)
        return self.wait_for_reply(resident, timeout=timeout)[0]

    def transcript(self, resident: str) -> list[dict[str, Any]]:
        """The chat as `transcript.transcript` gives it."""
        return self.call(transcript.transcript, self.simulator.state, resident)

    def transcript_text(self, resident: str) -> str:
        """The chat in readable lines."""
        return self.call(transcript.as_text, self.simulator.state, resident)

    # how things go

    def script(self, resident: str, name: str) -> None:
        """Choose a script of `model.SCRIPTS` for messages to this resident."""
        self.call(self.simulator.state.set_script, resident, name)

    def fault(self, kind: str, **options: Any) -> None:
        """Plan a fault of `faults.KINDS`: times=, resident=, on=, seconds=, code=."""
        self.call(self.simulator.state.faults.append, faults.planned({"kind": kind, **options}))

    def rules(self, **changes: Any) -> None:
        """Change fields of `model.Rules`: webhook_url, test_recipients, templates, …"""
        self.call(self.simulator.set_rules, changes)

    def set_webhook(self, url: str) -> None:
        """Post to another address from now on."""
        self.rules(webhook_url=url)

    def advance(self, seconds: float) -> None:
        """Move a FakeClock on."""
        assert isinstance(self.simulator.clock, FakeClock), "started without a FakeClock"
        self.simulator.clock.advance(seconds)

    def deliveries(self, kind: str | None = None) -> list[Delivery]:
        """Webhook posts so far; kind is "messages" or "statuses"."""
        return [one for one in list(self.simulator.courier.deliveries) if kind in (None, one.kind)]

    def handshake(self, token: str | None = None, challenge: str = "1158201444") -> tuple:
        """The GET of the webhook set-up; (status, body)."""
        return self.do(
            self.simulator.courier.handshake(token or self.config.verify_token, challenge)
        )

    def reset(self) -> None:
        """Empty chats, default residents, no faults; the webhook stays."""
        self._read.clear()
        self.call(self.simulator.reset)

    def wait_until(
        self,
        condition: Callable[[], Any],
        failure: str | Callable[[], str] = "condition not met",
        timeout: float = 10,
    ) -> None:
        """Poll until the condition holds, else TimeoutError with the failure text."""
        end = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(failure if isinstance(failure, str) else failure())
            time.sleep(0.005)
