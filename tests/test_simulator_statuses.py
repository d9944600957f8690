"""What becomes of a sent message: status webhooks by script, and faults of the API."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from simulator import testing
from simulator.signing import signature
from simulator.stub_bot import StubBot

SECRET, TOKEN, PHONE = "rahasia-uji", "token-uji", "1060000000000001"


@pytest.fixture
def bot() -> Iterator[StubBot]:
    stub = StubBot()
    yield stub
    stub.stop()


@pytest.fixture
def sim(bot: StubBot) -> Iterator[testing.RunningSimulator]:
    with testing.start(webhook_url=bot.url, secret=SECRET, access_token=TOKEN) as running:
        running.send_text("siti", "menu")
        yield running


def send(sim: testing.RunningSimulator, timeout: float = 5, **more: object) -> httpx.Response:
    body = {
        "messaging_product": "whatsapp",
        "to": "+6281200000001",
        "type": "text",
        "text": {"body": "halo"},
        **more,
    }
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(trust_env=False, timeout=timeout, headers=headers) as client:
        return client.post(f"{sim.url}/v25.0/{PHONE}/messages", json=body)


def states(bot: StubBot) -> list[str]:
    return [status["status"] for status in bot.parts("statuses")]


def test_statuses_follow_signed_and_carry_our_reference(sim, bot):
    wamid = send(sim, biz_opaque_callback_data="permohonan:117").json()["messages"][0]["id"]
    sim.wait_until(lambda: states(bot) == ["sent", "delivered", "read"])
    for status in bot.parts("statuses"):
        assert status["id"] == wamid
        assert status["recipient_id"] == "6281200000001"
        assert status["recipient_user_id"] == "ID.4f9a2c01"
        assert status["biz_opaque_callback_data"] == "permohonan:117"
    assert all(one.signature == signature(SECRET, one.body) for one in bot.received)
    assert sim.transcript("siti")[-1]["status"] == "read"


def test_statuses_of_a_user_without_number_have_no_recipient_id(sim, bot):
    sim.send_text("rara", "menu")
    body = {
        "messaging_product": "whatsapp",
        "recipient": "ID.4f9a2c03",
        "type": "text",
        "text": {"body": "halo"},
    }
    headers = {"Authorization": f"Bearer {TOKEN}"}
    httpx.post(f"{sim.url}/v25.0/{PHONE}/messages", json=body, headers=headers, trust_env=False)
    sim.wait_until(lambda: len(states(bot)) == 3)
    assert all("recipient_id" not in status for status in bot.parts("statuses"))


@pytest.mark.parametrize(
    ("script", "expected", "final"),
    [
        ("skip_delivered", ["sent", "read"], "read"),
        ("read_first", ["read", "sent", "delivered"], "read"),
        ("late_failure", ["sent", "failed"], "failed"),
        ("phone_off", ["sent"], "sent"),
        ("early_status", ["sent", "delivered", "read"], "read"),
    ],
)
def test_a_script_decides_which_statuses_come(sim, bot, script, expected, final):
    sim.script("siti", script)
    assert send(sim).status_code == 200
    sim.wait_until(lambda: len(states(bot)) >= len(expected))
    sim.wait_until(lambda: sim.transcript("siti")[-1]["status"] == final)
    time.sleep(0.05)  # nothing more may follow
    assert states(bot) == expected


def test_without_statuses_none_comes(sim, bot):
    sim.script("siti", "no_status")
    send(sim)
    time.sleep(0.2)
    assert states(bot) == []


def test_a_late_failure_names_its_error_and_is_not_seen(sim, bot):
    sim.script("siti", "late_failure")
    send(sim)
    sim.wait_until(lambda: states(bot) == ["sent", "failed"])
    error = bot.parts("statuses")[-1]["errors"][0]
    assert (error["code"], error["title"]) == (131026, "Message undeliverable")
    assert sim.replies("siti") == []


def test_an_early_status_is_there_before_the_answer(sim, bot):
    sim.script("siti", "early_status")
    wamid = send(sim).json()["messages"][0]["id"]
    assert bot.parts("statuses")[0]["id"] == wamid  # no waiting: it came first


def test_scripts_are_per_resident(sim, bot):
    sim.send_text("budi", "menu")
    sim.script("budi", "no_status")
    send(sim, to="+6281200000002")
    send(sim)
    sim.wait_until(lambda: len(states(bot)) == 3)
    assert {status["recipient_id"] for status in bot.parts("statuses")} == {"6281200000001"}


# faults


def test_a_500_and_a_html_page_refuse_without_sending(sim):
    sim.fault("500")
    sim.fault("html")
    assert send(sim).status_code == 500
    page = send(sim)
    assert (page.status_code, page.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert sim.replies("siti") == []
    assert send(sim).status_code == 200


def test_a_planned_graph_error_has_its_code(sim):
    sim.fault("error", code=131016, times=2)
    for _ in range(2):
        answer = send(sim)
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, 131016)
    assert send(sim).status_code == 200


def test_a_reset_cuts_the_connection_without_sending(sim):
    sim.fault("reset")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        send(sim)
    assert sim.replies("siti") == []


def test_a_hang_has_sent_the_message_all_the_same(sim):
    sim.fault("hang")
    with pytest.raises(httpx.ReadTimeout):
        send(sim, timeout=0.3)
    assert [reply.text for reply in sim.wait_for_reply("siti")] == ["halo"]


def test_a_slow_body_arrives_in_the_end(sim):
    sim.fault("slow", seconds=0.5)
    begun = time.monotonic()
    assert send(sim).json()["messages"]
    assert time.monotonic() - begun > 0.4


def test_a_fault_can_meet_one_resident_and_receipts_only(sim):
    sim.send_text("budi", "menu")
    sim.fault("500", resident="budi")
    sim.fault("500", on="receipts")
    assert send(sim).status_code == 200
    assert send(sim, to="+6281200000002").status_code == 500
