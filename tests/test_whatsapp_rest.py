"""The REST channel of serve-test: the WhatsApp channel's cleaning and manners."""

from __future__ import annotations

import contextlib

import aiohttp
import pytest
from whatsapp_channel_world import World
from whatsapp_world import FakeRasa, run, served

from kelurahan.whatsapp.replies import FIXED_REPLIES
from kelurahan.whatsapp.rest import CleanRestInput


@contextlib.asynccontextmanager
async def opened(rasa, *channels):
    async with served(rasa, *channels) as url, aiohttp.ClientSession() as http:
        yield url, http


def post(*bodies, rasa=None, channel=None):
    rasa = rasa or FakeRasa()

    async def scenario():
        async with opened(rasa, channel or CleanRestInput()) as (url, http):
            answers = []
            for body in bodies:
                raw = {"data": body} if isinstance(body, bytes) else {"json": body}
                async with http.post(f"{url}/rest/webhook", **raw) as answer:
                    answers.append((answer.status, await answer.json()))
            return answers

    return run(scenario()), rasa


def test_text_is_cleaned_and_answered_in_one_piece():
    rasa = FakeRasa()
    rasa.reply = lambda m: [{"text": "satu\n\ndua", "buttons": None, "balasan": "menu"}]
    ((status, said),), _ = post({"sender": "uji-1", "message": "\ufeff/restart"}, rasa=rasa)
    assert (status, rasa.texts) == (200, ["restart"])
    assert said == [{"recipient_id": "uji-1", "text": "satu\n\ndua", "balasan": "menu"}]
    assert (rasa.asked[0].sender_id, rasa.asked[0].input_channel) == ("uji-1", "rest")


def test_a_message_id_is_kept_so_that_a_test_can_deliver_twice():
    body = {"sender": "uji-1", "message": "halo", "message_id": "pesan-7", "metadata": {"a": 1}}
    _, rasa = post(body, body, {"sender": "uji-1", "message": "halo"})
    ids = [m.message_id for m in rasa.asked]
    assert ids[:2] == ["pesan-7", "pesan-7"]
    assert ids[2] not in ("pesan-7", "None")
    assert rasa.asked[0].metadata == {"a": 1}


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "/", None, 5, ["x"]], ids=repr)
def test_nothing_readable_never_reaches_rasa(typed):
    ((status, said),), rasa = post({"sender": "uji-1", "message": typed})
    assert (status, rasa.asked) == (200, [])
    assert said == [{"recipient_id": "uji-1", "text": FIXED_REPLIES["kosong"]}]


@pytest.mark.parametrize("broken", [True, False], ids=["turn raises", "no reply"])
def test_a_failed_turn_is_excused_and_not_quoted_in_the_log(broken, caplog):
    rasa = FakeRasa()
    rasa.fault = ValueError("Budi Contoh") if broken else None
    rasa.reply = lambda m: []
    ((_, said),), _ = post({"sender": "uji-1", "message": "nama saya Budi Contoh"}, rasa=rasa)
    assert said[0]["text"] == FIXED_REPLIES["gangguan"]
    assert "Budi" not in caplog.text


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b"null", b'"x"'], ids=repr)
def test_a_body_that_is_no_object_is_a_client_error(body):
    async def scenario():
        async with opened(FakeRasa(), CleanRestInput()) as (url, http):
            return (await http.post(f"{url}/rest/webhook", data=body)).status

    assert run(scenario()) == 400


def test_health_and_hook():
    calls = []
    channel = CleanRestInput(after_turn=lambda agent, sender: calls.append((agent, sender)))

    async def scenario():
        rasa = FakeRasa()
        async with opened(rasa, channel) as (url, http):
            async with http.get(f"{url}/rest/") as answer:
                assert await answer.json() == {"status": "ok"}
            await http.post(f"{url}/rest/webhook", json={"sender": "uji-1", "message": "halo"})
        return rasa

    rasa = run(scenario())
    assert calls == [(rasa, "uji-1")]


def test_both_channels_can_be_open_in_one_app():
    async def scenario():
        async with opened(FakeRasa(), CleanRestInput(), World().channel) as (url, http):
            return [(await http.get(f"{url}/{name}/")).status for name in ("whatsapp", "rest")]

    assert run(scenario()) == [200, 200]


def test_it_is_built_without_credentials():
    assert CleanRestInput.from_credentials(None).name() == "rest"
