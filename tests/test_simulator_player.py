"""Inbound messages: every kind, every way Meta may deliver them, and the retries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from simulator import testing
from simulator.clock import FakeClock
from simulator.config import default_residents
from simulator.samples import SAMPLES
from simulator.signing import meta_bytes, signature
from simulator.stub_bot import StubBot

SECRET = "rahasia-uji"


@pytest.fixture
def bot() -> Iterator[StubBot]:
    stub = StubBot()
    yield stub
    stub.stop()


@pytest.fixture
def sim(bot: StubBot) -> Iterator[testing.RunningSimulator]:
    clock = FakeClock()
    with testing.start(
        webhook_url=bot.url, secret=SECRET, clock=clock, retry_delays=(0, 10, 60)
    ) as running:
        yield running


def ids(parts: list[dict]) -> list[str]:
    return [part["id"] for part in parts]


# kinds


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_arrives_signed_and_escaped(sim, bot, name):
    [delivery] = sim.play({"resident": "siti", "sample": name})
    [received] = bot.received
    assert delivery.accepted
    assert received.signature == signature(SECRET, received.body)
    assert received.body == meta_bytes(received.json)
    assert received.json["object"] == "whatsapp_business_account"
    assert received.json["entry"][0]["id"] == "1060000000000002"
    content = SAMPLES[name].content
    if content:
        [message] = received.parts("messages")
        assert message["type"] == content["type"]
        assert message["from"] == "6281200000001"
        assert message["from_user_id"] == "ID.4f9a2c01"
        assert message["id"].startswith("wamid.")
        assert message["timestamp"] == "1790000000"
    else:
        assert received.parts("messages") == []


WANTED = {
    *("text", "interactive", "button", "image", "video", "document", "audio", "voice", "sticker"),
    *("location", "contacts", "reaction", "order", "request_welcome", "system", "unsupported"),
    *("edit", "revoke"),
}


def test_there_is_a_sample_of_every_type_of_the_fact_sheet():
    contents = [sample.content for sample in SAMPLES.values() if sample.content]
    assert {content["type"] for content in contents} >= WANTED
    taps = {c["interactive"].get("type") for c in contents if c["type"] == "interactive"}
    assert taps >= {"button_reply", "list_reply", "nfm_reply"}
    systems = {c["system"]["type"] for c in contents if c["type"] == "system"}
    assert systems == {
        "user_changed_number",
        "user_changed_user_id",
        "customer_identity_changed",
    }


def test_system_messages_have_no_contacts_and_a_foreign_number_has_its_own_id(sim, bot):
    sim.play({"sample": "system_new_number"})
    sim.play({"sample": "foreign_number"})
    sim.play({"sample": "value_errors"})
    system, foreign, errors = (one.json["entry"][0]["changes"][0]["value"] for one in bot.received)
    assert "contacts" not in system
    assert foreign["metadata"]["phone_number_id"] == "1060000000009999"
    assert set(errors) == {"messaging_product", "metadata", "errors"}


def test_a_user_without_number_is_known_by_bsuid_alone(sim, bot):
    sim.play({"resident": "rara", "text": "menu"})
    [message], [contact] = bot.parts("messages"), bot.parts("contacts")
    assert "from" not in message
    assert message["from_user_id"] == contact["user_id"] == "ID.4f9a2c03"
    assert "wa_id" not in contact
    assert b"62812" not in bot.received[0].body


# switches


def test_a_duplicate_is_the_same_body_again(sim, bot):
    sim.play({"text": "menu"}, duplicate=3)
    assert len({one.body for one in bot.received}) == 1
    assert len(bot.received) == 3
    assert len(sim.transcript("siti")) == 1


def test_concurrent_duplicates_are_on_their_way_together(sim, bot):
    bot.delay = 0.2
    sim.play({"text": "menu"}, duplicate=4, concurrent=True)
    moments = [one.at for one in bot.received]
    assert len(moments) == 4
    assert max(moments) - min(moments) < 0.2  # all had arrived before the first was answered


def test_a_given_id_can_come_back_later(sim, bot):
    sim.play({"text": "menu", "id": "wamid.UJI"})
    sim.play({"text": "menu", "id": "wamid.UJI"})
    assert ids(bot.parts("messages")) == ["wamid.UJI", "wamid.UJI"]


def test_swapped_order_sends_the_last_first(sim, bot):
    sim.play({"text": "satu", "age": 1}, {"text": "dua"}, swap=True)
    assert [m["text"]["body"] for m in bot.parts("messages")] == ["dua", "satu"]
    assert [m["timestamp"] for m in bot.parts("messages")] == ["1790000000", "1789999999"]


THREE = ({"text": "a"}, {"resident": "budi", "text": "b"}, {"resident": "rara", "text": "c"})


def test_a_batch_holds_mixed_senders_in_one_change(sim, bot):
    [delivery] = sim.play(*THREE, packing="batch")
    [received] = bot.received
    [entry] = received.json["entry"]
    assert len(entry["changes"]) == 1
    assert ids(received.parts("messages")) == delivery.ids
    assert [c["user_id"] for c in received.parts("contacts")] == [
        resident.bsuid for resident in default_residents()
    ]


def test_entries_hold_one_message_each(sim, bot):
    sim.play(*THREE, packing="entries")
    [received] = bot.received
    assert len(received.json["entry"]) == 3
    assert len(received.parts("messages")) == 3


def test_statuses_and_messages_come_as_two_changes_of_one_entry(sim, bot):
    sim.play(*THREE, packing="with_statuses")
    [entry] = bot.received[0].json["entry"]
    statuses, messages = (change["value"] for change in entry["changes"])
    assert [status["status"] for status in statuses["statuses"]] == ["sent", "delivered"]
    assert len(messages["messages"]) == 3
    assert "statuses" not in messages


def test_without_from_only_the_bsuid_is_left(sim, bot):
    sim.play({"text": "menu"}, missing_from=True)
    [message], [contact] = bot.parts("messages"), bot.parts("contacts")
    assert "from" not in message
    assert "wa_id" not in contact
    assert message["from_user_id"] == "ID.4f9a2c01"


def test_timestamps_can_be_milliseconds(sim, bot):
    sim.play({"text": "menu"}, milliseconds=True)
    assert bot.parts("messages")[0]["timestamp"] == "1790000000000"


@pytest.mark.parametrize("kind", ["bad", "missing"])
def test_a_forged_message_is_not_repeated(sim, bot, kind):
    bot.statuses = [403]
    [delivery] = sim.play({"text": "menu"}, signature=kind)
    [received] = bot.received
    if kind == "missing":
        assert received.signature is None
    else:
        assert received.signature.startswith("sha256=")
        assert received.signature != signature(SECRET, received.body)
    assert delivery.done


def test_a_3_mb_body_is_well_formed_and_signed(sim, bot):
    sim.play({"text": "menu"}, pad_to=3_000_000)
    [received] = bot.received
    assert len(received.body) == 3_000_000
    assert received.signature == signature(SECRET, received.body)
    assert received.parts("messages")[0]["text"]["body"] == "menu"


@pytest.mark.parametrize(
    "wrong", [{"dupliate": 2}, {"packing": "bundle"}, {"signature": "maybe"}], ids=str
)
def test_an_unknown_switch_is_an_error(sim, wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        sim.play({"text": "menu"}, **wrong)


def test_an_unknown_sample_is_an_error(sim):
    with pytest.raises(ValueError, match="hologramm"):
        sim.play({"sample": "hologramm"})


# retries


def attempts(sim: testing.RunningSimulator) -> list:
    return sim.deliveries("messages")[0].attempts


def test_a_refused_message_is_repeated_ever_more_rarely_until_200(sim, bot):
    bot.statuses = [500, 503, 500]
    sim.play({"text": "menu"})
    sim.wait_until(lambda: len(attempts(sim)) == 2)  # the second one at once
    sim.advance(9)
    assert len(attempts(sim)) == 2
    sim.advance(1)
    sim.wait_until(lambda: len(attempts(sim)) == 3)
    sim.advance(59)
    assert len(attempts(sim)) == 3
    sim.advance(1)
    sim.wait_until(lambda: sim.deliveries("messages")[0].done)
    assert [attempt.status for attempt in attempts(sim)] == [500, 503, 500, 200]
    start = attempts(sim)[0].at
    assert [attempt.at - start for attempt in attempts(sim)] == [0, 0, 10, 70]
    assert len({one.body for one in bot.received}) == 1


def test_a_message_is_lost_once_the_retries_are_used_up(sim, bot):
    bot.statuses = [500] * 9
    sim.play({"text": "menu"})
    for number, pause in ((2, 0), (3, 10), (4, 60)):
        sim.advance(pause)
        sim.wait_until(lambda number=number: len(attempts(sim)) == number)
    assert sim.deliveries("messages")[0].done
    sim.advance(10**6)
    assert len(bot.received) == 4
    assert not sim.deliveries("messages")[0].accepted


def test_an_unreachable_webhook_is_recorded(sim, bot):
    sim.set_webhook("http://127.0.0.1:9/")
    sim.play({"text": "menu"})
    assert (attempts(sim)[0].status, attempts(sim)[0].error) == (None, "ConnectError")
    sim.wait_until(lambda: len(attempts(sim)) == 2)
    sim.set_webhook(bot.url)
    sim.advance(10)
    sim.wait_until(lambda: sim.deliveries("messages")[0].accepted)


def test_a_timeout_counts_as_not_delivered():
    bot = StubBot()
    bot.delay = 0.5
    with testing.start(webhook_url=bot.url, webhook_timeout=0.1, retry_delays=()) as sim:
        [delivery] = sim.play({"text": "menu"})
        assert (delivery.attempts[0].status, delivery.attempts[0].error) == (None, "ReadTimeout")
    bot.stop()


def test_every_attempt_tells_how_long_the_answer_took(sim, bot):
    bot.delay = 0.1
    [delivery] = sim.play({"text": "menu"})
    assert 0.1 <= delivery.attempts[0].seconds < 1


def test_two_quick_messages_of_one_resident_arrive_in_order(sim, bot):
    bot.delay = 0.05
    for number in range(5):
        sim.send_text("siti", str(number))
    sim.wait_until(lambda: len(bot.received) == 5)
    assert [m["text"]["body"] for m in bot.parts("messages")] == list("01234")
    moments = [one.at for one in bot.received]
    waits = [after - before for before, after in zip(moments, moments[1:], strict=False)]
    assert min(waits) >= 0.05  # each one waited for the answer to the one before


def test_ticks_follow_the_webhook(sim, bot):
    bot.statuses = [500, 500]
    bubble = sim.send_text("siti", "menu")
    sim.wait_until(lambda: bubble.status == "sent")
    sim.wait_until(lambda: len(attempts(sim)) == 2)
    sim.advance(10)
    sim.wait_until(lambda: bubble.status == "delivered")


def test_residents_of_one_simulator_do_not_change_another():
    residents = (replace(default_residents()[0], name="Ani"),)
    with testing.start(residents=residents) as one, testing.start() as other:
        one.send_text("siti", "menu")
        assert one.simulator.state.resident("siti").last_inbound is not None
        assert other.simulator.state.resident("siti").last_inbound is None
