"""What the channel does once when Rasa's server has started."""

from __future__ import annotations

import gc
from types import SimpleNamespace

import pytest
from rasa.core.agent import Agent
from whatsapp_world import CONFIG, FakeClient, run

from kelurahan.whatsapp.channel import WhatsAppInput


async def nothing(*_: object) -> None:
    """In the place of what the office starts and Rasa does."""


@pytest.mark.parametrize(
    ("agent", "done"), [(Agent(), ["collect", "freeze"]), (object(), []), (None, [])]
)
def test_a_loaded_model_is_left_out_of_collections(basis_data, monkeypatch, agent, done):
    """A whole collection stops webhooks for a third of a second (bench.waiting)."""
    called: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda: called.append("collect"))
    monkeypatch.setattr(gc, "freeze", lambda: called.append("freeze"))
    channel = WhatsAppInput(CONFIG, client=FakeClient())
    channel.blueprint(nothing)
    monkeypatch.setattr(channel.office, "start", nothing)
    app = SimpleNamespace(ctx=SimpleNamespace(agent=agent), config=SimpleNamespace(ACCESS_LOG=True))
    run(channel._start(app))
    assert called == done
    assert app.config.ACCESS_LOG is False
