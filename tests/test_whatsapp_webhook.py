"""The webhook itself: handshake, signature, sizes, duplicates, batches, order, settings."""

from __future__ import annotations

import asyncio
import json

import pytest
from whatsapp_channel_world import play
from whatsapp_world import (
    VERIFY,
    envelope,
    everything_logged,
    load,
    meta_bytes,
    sign,
    text,
)

from kelurahan.whatsapp.channel import MAX_BODY

pytestmark = pytest.mark.usefixtures("basis_data")

GOOD = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY}
HANDSHAKES = {
    "right": (GOOD, 200),
    "wrong token": ({**GOOD, "hub.verify_token": "salah"}, 403),
    "not ascii": ({**GOOD, "hub.verify_token": "kunci-é👍"}, 403),
    "wrong mode": ({**GOOD, "hub.mode": "unsubscribe"}, 403),
    "empty challenge": ({**GOOD, "hub.challenge": ""}, 403),
    "nothing": ({}, 403),
    **{f"without {k}": ({x: y for x, y in GOOD.items() if x != k}, 403) for k in GOOD},
}


@pytest.mark.parametrize(("params", "status"), HANDSHAKES.values(), ids=HANDSHAKES.keys())
def test_handshake(params, status, caplog):
    async def scene(world):
        async with world.http.get(world.url, params=params) as answer:
            return answer.status, await answer.text(), answer.content_type

    with everything_logged(caplog):
        (got, body, content_type), _ = play(scene)
    assert got == status
    if status == 200:
        assert (body, content_type) == (GOOD["hub.challenge"], "text/plain")
    else:
        assert VERIFY not in body
        assert "salah" not in caplog.text
    assert VERIFY not in caplog.text


def test_an_odd_query_is_no_server_error():
    async def scene(world):
        odd = ["?hub.mode=%ff&hub.verify_token=%00%fe", "?hub.mode", "?&&==", "?" + "a=1&" * 500]
        for query in odd:
            async with world.http.get(world.url + query) as answer:
                assert answer.status == 403

    play(scene)


def test_health_answers_as_rasas_channels_do():
    async def scene(world):
        async with world.http.get(world.url.rpartition("/")[0] + "/") as answer:
            return answer.status, await answer.json()

    assert play(scene)[0] == (200, {"status": "ok"})


SIGNATURES = {
    "wrong": "sha256=" + "0" * 64,
    "of another secret": sign(meta_bytes(load("text")), "lain"),
    "of the body written again": sign(json.dumps(load("text")).encode()),
    "not a signature": "x",
    "of nothing": "",
}


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES.keys())
def test_a_bad_signature_is_refused_and_nothing_is_recorded(signature):
    async def scene(world):
        body = meta_bytes(load("text"))
        headers = {"X-Hub-Signature-256": signature} if signature else {}
        async with world.http.post(world.url, data=body, headers=headers) as answer:
            return answer.status

    status, world = play(scene)
    assert status == 403
    assert world.rows("SELECT * FROM inbox") == []
    assert world.rasa.asked == []


MALFORMED = {
    "empty": b"",
    "cut": b"{",
    "null": b"null",
    "a list": b"[]",
    "not utf-8": b"\xff",
    "deep": b"[" * 50_000,
    "no entries": b'{"entry":7}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_signed_but_malformed_body_is_acknowledged_and_logged(body, caplog):
    async def scene(world):
        status = await world.post(body)
        return status, await world.deliver(load("text"))

    (status, after), world = play(scene)
    assert (status, after) == (200, 200)
    assert "unreadable parts skipped" in caplog.text
    assert world.rasa.texts == ["#2"]


def test_an_unsigned_malformed_body_is_refused():
    assert play(lambda w: w.post(b"{", signature="sha256=0"))[0] == 403


def test_body_sizes_up_to_three_megabytes_are_read_and_larger_ones_refused():
    async def scene(world):
        filler = {"object": "x", "pad": "y" * (MAX_BODY - 30)}
        largest = meta_bytes(filler).ljust(MAX_BODY)
        statuses = [await world.post(largest), await world.post(largest + b" ")]
        statuses.append(await world.post(b"x" * (4 * MAX_BODY)))
        statuses.append(await world.post(largest, signature="sha256=0"))
        return [*statuses, await world.deliver(load("text"))]

    statuses, world = play(scene)
    assert statuses == [200, 413, 413, 403, 200]
    assert world.rasa.texts == ["#2"]


def test_a_chunked_body_is_counted_too():
    async def scene(world):
        async def chunks():
            for _ in range(40):
                yield b"x" * 100_000

        async with world.http.post(world.url, data=chunks()) as answer:
            return answer.status

    assert play(scene)[0] == 413


def test_the_same_message_delivered_again_is_answered_once():
    async def scene(world):
        return [await world.deliver(load("text")) for _ in range(3)]

    statuses, world = play(scene)
    assert statuses == [200, 200, 200]
    assert len(world.rasa.asked) == len(world.client.sent) == 1


def test_the_same_message_delivered_at_the_same_time_is_answered_once():
    async def scene(world):
        twice = envelope(text("menu", "wamid.A"), text("menu", "wamid.A"))
        statuses = await asyncio.gather(*(world.post(twice) for _ in range(10)))
        await world.idle(5)
        return statuses

    statuses, world = play(scene)
    assert set(statuses) == {200}
    assert len(world.rasa.asked) == len(world.client.sent) == 1


def test_a_mixed_batch_is_answered_whole_and_each_resident_gets_their_own():
    _, world = play(lambda w: w.deliver(load("mixed_batch")))
    answers = {}
    for sent in world.client.sent:
        answers.setdefault(sent["to"][-1], []).append(sent["text"]["body"])
    assert answers == {
        "1": ["jawab: menu"],
        "2": ["jawab: syarat ktp", "jawab: biaya"],
        "3": ["jawab: halo"],
    }


def test_one_resident_is_served_in_order_and_others_do_not_wait():
    async def scene(world):
        running, most = set(), []

        async def handle(message):
            assert message.sender_id not in running, "two turns of one resident at once"
            running.add(message.sender_id)
            most.append(len(running))
            await asyncio.sleep(0.02 if message.text != "a0" else 0.2)
            running.discard(message.sender_id)
            await message.output_channel.send_response("x", {"text": message.text})

        world.rasa.handle_message = handle
        for n in range(5):
            for who in "ab":
                sender = f"62812000000{'ab'.index(who)}"
                await world.post(envelope(text(f"{who}{n}", sender=sender)))
        await world.idle(5)
        return max(most)

    most, world = play(scene)
    said = world.client.texts()
    for who in "ab":
        assert [t for t in said if t[0] == who] == [f"{who}{n}" for n in range(5)]
    assert said[0] == "b0"
    assert most == 2


def test_waiting_messages_are_taken_by_their_time_then_by_arrival():
    async def scene(world):
        world.rasa.delay = 0.1
        await world.post(envelope(text("pertama", stamp=1_790_000_000)))
        late = [text("keempat", stamp=1_790_000_003), text("kedua", stamp=1_790_000_001)]
        await world.post(envelope(*late, text("ketiga", stamp=1_790_000_001)))
        await world.idle(5)

    _, world = play(scene)
    assert world.rasa.texts == ["pertama", "kedua", "ketiga", "keempat"]


def test_the_answer_200_does_not_wait_for_the_turn():
    async def scene(world):
        world.rasa.delay = 0.5
        status = await asyncio.wait_for(world.post(load("text")), 0.3)
        assert world.client.sent == []
        await world.idle(5)
        return status

    status, world = play(scene)
    assert status == 200
    assert len(world.client.sent) == 1


def test_a_stopping_server_lets_running_turns_end():
    async def scene(world):
        world.rasa.delay = 0.3
        await world.post(load("text"))

    _, world = play(scene)
    assert len(world.client.sent) == 1
