"""The private port: alive, ready, and what can be measured."""

from __future__ import annotations

import contextlib
import re
import socket
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest
from whatsapp_channel_world import World, play
from whatsapp_store_world import Clock, ledger, letter, message, receive
from whatsapp_world import NUMBER, envelope, free_port, text

from kelurahan.store import StoreBusyError
from kelurahan.whatsapp import health, metrics


class Office:
    """What the private port looks at."""

    def __init__(self) -> None:
        self.ledger, self.model = ledger(), True
        self.sender = SimpleNamespace(stopped=None)
        self.rasa = SimpleNamespace(ready=lambda: self.model)

    def lose_database(self) -> None:
        def away():
            raise StoreBusyError("database: away")

        self.ledger.depths = away


@pytest.fixture
def office(basis_data):
    return Office()


@contextlib.contextmanager
def opened(office):
    server = health.serve(office, free_port())
    try:
        yield lambda path: get(server.port, path)
    finally:
        server.stop()


def get(port, path) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def figures(page: str) -> dict[str, float]:
    """Every sample of a metrics page, by name and labels."""
    lines = [line.rsplit(" ", 1) for line in page.splitlines() if line and line[0] != "#"]
    return {name: float(figure) for name, figure in lines}


def test_a_running_process_is_alive_and_ready(office):
    with opened(office) as ask:
        assert ask("/live") == (200, "ok\n")
        assert ask("/ready") == (200, "ok\n")


TROUBLES = {
    "no model": (lambda office: setattr(office, "model", False), "no model is loaded"),
    "no database": (Office.lose_database, "the database does not answer"),
    "WhatsApp refuses us": (
        lambda office: setattr(office.sender, "stopped", "CredentialsError"),
        "WhatsApp: CredentialsError",
    ),
}


@pytest.mark.parametrize(("spoil", "told"), TROUBLES.values(), ids=TROUBLES.keys())
def test_a_process_that_can_serve_nobody_is_alive_but_not_ready_and_says_why(office, spoil, told):
    spoil(office)
    with opened(office) as ask:
        assert ask("/live") == (200, "ok\n")
        assert ask("/ready") == (503, f"{told}\n")
        assert ask("/metrics")[0] == 200


@pytest.mark.parametrize("path", ["/", "/Live", "/metrics/x", "/..%2fready"])
def test_other_addresses_are_not_found(office, path):
    with opened(office) as ask:
        assert ask(path)[0] == 404


@pytest.mark.kedua_basis_data
def test_the_depths_of_both_queues_are_measured(office, monkeypatch):
    clock = Clock(monkeypatch)
    (turn,) = receive(office.ledger, message())
    receive(office.ledger, message())
    letter()
    (mine,) = office.ledger.take_letters(1, ())
    office.ledger.give_up(mine, "window", "WindowClosedError", 0, go_on=False)
    clock.pass_(42)
    with opened(office) as ask:
        seen = figures(ask("/metrics")[1])
    assert seen['kelurahan_queue_waiting{queue="inbox"}'] == 2
    assert seen['kelurahan_queue_oldest_seconds{queue="inbox"}'] == 42
    assert seen['kelurahan_queue_aside{queue="inbox"}'] == 0
    assert seen['kelurahan_queue_waiting{queue="outbox"}'] == 0
    assert seen['kelurahan_queue_oldest_seconds{queue="outbox"}'] == 0
    assert seen['kelurahan_queue_aside{queue="outbox"}'] == 1
    assert (seen["kelurahan_database_up"], seen["kelurahan_sender_stopped"]) == (1, 0)


def test_while_the_database_is_away_the_metrics_say_so_and_no_depth(office):
    office.lose_database()
    office.sender.stopped = "AccountError"
    with opened(office) as ask:
        page = ask("/metrics")[1]
    seen = figures(page)
    assert (seen["kelurahan_database_up"], seen["kelurahan_sender_stopped"]) == (0, 1)
    assert "kelurahan_queue_waiting{" not in page


def test_a_port_that_is_taken_costs_the_metrics_and_not_the_bot(office, caplog):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert health.serve(office, port) is None
    assert f"port {port} cannot be opened" in caplog.text


def test_only_this_machine_can_ask(office):
    server = health.serve(office, free_port())
    try:
        assert server._server.server_address[0] == "127.0.0.1"
    finally:
        server.stop()


def test_a_closed_port_can_be_opened_again_and_each_probe_is_no_log_line(office, capfd):
    for _ in range(2):
        with opened(office) as ask:
            ask("/live")
    assert capfd.readouterr().err == ""


def test_the_channel_opens_the_port_with_the_server_and_closes_it_at_the_end(basis_data):
    port = free_port()
    before = figures_of_process()

    async def scene(world):
        await world.deliver(envelope(text("halo")))
        return get_later(port)

    (status, page), world = play(scene, World(metrics_port=port))
    after = figures(page)
    assert status == 200
    for name in (
        'kelurahan_messages_received_total{kind="message"}',
        'kelurahan_turns_total{outcome="answered"}',
        "kelurahan_messages_sent_total",
        "kelurahan_reply_seconds_count",
        "kelurahan_webhook_seconds_count",
    ):
        assert after[name] - before.get(name, 0) == 1, name
    with pytest.raises(urllib.error.URLError):
        get(port, "/live")


def get_later(port):
    """The port answers from a thread of its own, also while this one holds the event loop."""
    return get(port, "/metrics")


def figures_of_process() -> dict[str, float]:
    from prometheus_client import generate_latest

    return figures(generate_latest().decode())


def test_no_metric_holds_anything_personal(basis_data):
    port = free_port()

    async def scene(world):
        await world.deliver(envelope(text("nama saya Budi")))
        await world.post(b"{", signature="x")
        return get(port, "/metrics")[1], world.rows("SELECT id FROM warga")[0][0]

    (page, resident), _ = play(scene, World(metrics_port=port))
    for secret in ("Budi", NUMBER, resident, "wamid"):
        assert secret not in page
    labels = set(re.findall(r"[{,](\w+)=", page))
    assert labels <= {"kind", "reason", "outcome", "error", "queue", "le", "generation"} | {
        "implementation", "major", "minor", "patchlevel", "version",
    }  # fmt: skip


def test_replies_are_timed_from_the_arrival_of_their_message_once(monkeypatch):
    seen = []
    monkeypatch.setattr(metrics.LATENCY, "observe", seen.append)
    metrics.answered("belum datang")
    metrics.arrived("p1")
    metrics.answered("p1")
    metrics.answered("p1")
    assert len(seen) == 1


def test_messages_that_are_never_answered_are_not_remembered_forever(monkeypatch):
    monkeypatch.setattr(metrics, "_REMEMBERED", 3)
    monkeypatch.setattr(metrics, "_arrived", type(metrics._arrived)())
    for number in range(10):
        metrics.arrived(str(number))
    assert list(metrics._arrived) == ["7", "8", "9"]
