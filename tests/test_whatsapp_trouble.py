"""When something fails: the resident hears of it, staff can read of it, nothing leaks."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from whatsapp_channel_world import World, play
from whatsapp_store_world import Clock
from whatsapp_world import (
    FIXTURES,
    NUMBER,
    SECRET,
    TOKEN,
    VERIFY,
    FakeRasa,
    envelope,
    everything_logged,
    load,
    text,
)

from kelurahan.store import StoreBusyError
from kelurahan.whatsapp import channel as channel_module
from kelurahan.whatsapp import errors, post_office
from kelurahan.whatsapp.channel import WhatsAppInput
from kelurahan.whatsapp.replies import FIXED_REPLIES

pytestmark = pytest.mark.usefixtures("basis_data")

EXCUSE = [FIXED_REPLIES["gangguan"]]


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


async def later(world, clock, seconds):
    """Time goes by, and what has become due is done."""
    clock.pass_(seconds)
    world.now += seconds
    await world.office.turns.take_waiting()
    await world.idle()
    await world.office.letters.take_waiting()
    await world.idle()


@pytest.mark.parametrize(
    ("spoil", "tries"),
    [
        (lambda rasa: setattr(rasa, "fault", ValueError(f"Budi {NUMBER}")), 4),
        (lambda rasa: setattr(rasa, "fault", asyncio.CancelledError()), 4),
        (lambda rasa: setattr(rasa, "reply", lambda m: []), 1),
        (lambda rasa: setattr(rasa, "reply", lambda m: [{"text": " "}, {"custom": {"a": 1}}]), 1),
    ],
    ids=["turn raises", "turn is cancelled", "no reply", "empty reply"],
)
def test_a_turn_that_says_nothing_is_excused_and_logged(spoil, tries, clock, caplog):
    async def scene(world):
        spoil(world.rasa)
        await world.deliver(load("text"))
        for pause in (1, 4, 16)[: tries - 1]:
            assert world.client.sent == []
            await later(world, clock, pause)
        assert len(world.rasa.asked) == tries
        world.rasa.fault, world.rasa.reply = None, FakeRasa().reply
        await world.deliver(envelope(text("lagi")))

    _, world = play(scene)
    assert world.client.texts() == [*EXCUSE, "jawab: lagi"]
    assert (world.count("inbox", "parked"), world.count("inbox")) == (1, 1)
    assert world.rows("SELECT jenis, jumlah FROM peringatan") == [("pesan_diparkir", 1)]
    assert [r.levelname for r in caplog.records if "turn" in r.message][-1] == "ERROR"
    assert NUMBER not in caplog.text
    assert "Budi" not in caplog.text


def test_a_turn_that_fails_once_is_run_again_and_the_resident_notices_nothing(clock):
    async def scene(world):
        world.rasa.fault = ValueError("x")
        await world.deliver(load("text"))
        world.rasa.fault = None
        await later(world, clock, 1)

    _, world = play(scene)
    assert world.client.texts() == ["jawab: #2"]
    assert world.rows("SELECT * FROM peringatan") == []


def test_an_endless_turn_is_excused_and_the_next_message_served(clock, monkeypatch):
    async def scene(world):
        world.rasa.delay = 60
        await world.post(load("text"))
        for pause in (0, 1, 4, 16):
            await later(world, clock, pause)
        world.rasa.delay = 0
        await world.deliver(envelope(text("lagi")))

    monkeypatch.setattr(post_office, "Turns", _short_turns(post_office.Turns))
    _, world = play(scene)
    assert world.client.texts() == [*EXCUSE, "jawab: lagi"]
    assert len(world.rasa.asked) == 5


def _short_turns(real):
    return lambda **options: real(**options, turn_limit=0.1)


FAULTS = {
    errors.RequestError: 0,
    errors.TransientError: 1,
    errors.UnknownOutcomeError: 1,
    errors.CredentialsError: 60,
}


@pytest.mark.parametrize(("fault", "pause"), FAULTS.items(), ids=[f.__name__ for f in FAULTS])
def test_a_send_error_never_reaches_rasa_and_the_message_goes_out_later(
    fault, pause, clock, caplog
):
    async def scene(world):
        world.client.fault = fault(131000, f"to {NUMBER}")
        await world.deliver(load("text"))
        world.client.fault = None
        await world.deliver(envelope(text("lagi")))
        await later(world, clock, pause)

    _, world = play(scene)
    first = ["jawab: #2"] if pause else []
    assert world.client.texts() == [*first, "jawab: lagi"]
    assert world.count("inbox") == len(world.rasa.asked) == 2
    assert fault.__name__ in caplog.text
    assert NUMBER not in caplog.text


@pytest.mark.parametrize("fault", [errors.RequestError, errors.CredentialsError])
def test_staff_can_read_at_once_of_what_they_must_mend(fault, caplog):
    async def scene(world):
        world.client.fault = fault(131000, f"to {NUMBER}")
        await world.deliver(load("text"))

    _, world = play(scene)
    told = [(fault.__name__, 131000, fault.staff)]
    assert world.rows("SELECT jenis, kode, pesan FROM peringatan") == told
    assert fault.staff in caplog.text


def test_a_store_that_is_away_asks_meta_to_deliver_again():
    async def scene(world):
        with store_away(world):
            first = await world.deliver(load("text"))
        return first, await world.deliver(load("text"))

    statuses, world = play(scene)
    assert statuses == (503, 200)
    assert len(world.client.sent) == 1


@contextlib.contextmanager
def store_away(world):
    def away(*_):
        raise StoreBusyError("database: away; try again")

    world.office.ledger.receive = away
    yield
    del world.office.ledger.receive


def test_an_album_of_photos_is_answered_once_and_a_later_photo_again(clock):
    async def scene(world):
        photo = load("image")["entry"][0]["changes"][0]["value"]["messages"][0]
        album = [{**photo, "id": f"wamid.{n}"} for n in range(4)]
        await world.deliver(envelope(*album[:3]))
        clock.pass_(10)
        await world.deliver(envelope(album[3]))

    _, world = play(scene)
    assert world.client.texts() == [FIXED_REPLIES["foto"]] * 2
    assert world.count("inbox") == 4


@pytest.mark.parametrize("asynchronous", [True, False])
def test_the_hook_runs_after_each_turn_with_the_agent_and_the_resident(asynchronous):
    calls = []

    async def later(agent, sender_id):
        calls.append((agent, sender_id))

    def at_once(agent, sender_id):
        calls.append((agent, sender_id))

    world = World(after_turn=later if asynchronous else at_once)
    play(lambda w: w.deliver(load("text")), world)
    ((resident,),) = world.rows("SELECT id FROM warga")
    assert calls == [(world.rasa, resident)]


def test_a_failing_hook_spoils_nothing(caplog):
    def broken(agent, sender_id):
        raise RuntimeError("Siti")

    _, world = play(lambda w: w.deliver(load("text")), World(after_turn=broken))
    assert len(world.client.sent) == world.count("inbox") == 1
    assert "after_turn failed: RuntimeError at broken" in caplog.text
    assert "Siti" not in caplog.text


def test_no_personal_data_and_no_secret_is_ever_logged(caplog):
    async def scene(world):
        for fixture in sorted(FIXTURES.glob("*.json")):
            await world.deliver(load(fixture.stem))
        await world.deliver(envelope(text("Budi Contoh#03-05-1990#3/5")))
        world.rasa.fault = RuntimeError("Budi Contoh")
        await world.deliver(envelope(text("nama saya Budi Contoh")))
        world.rasa.fault = None
        world.client.fault = errors.RequestError(100, f"{NUMBER} {TOKEN}")
        await world.deliver(envelope(text("halo")))
        with store_away(world):
            await world.deliver(envelope(text("halo")))
        await world.post(load("text"), signature="sha256=0")
        await world.post(b"{Budi Contoh")

    with everything_logged(caplog) as lines:
        play(scene)
    logged = "\n".join(lines)
    assert "message " in logged
    for secret in (
        "62812000", "ID.4f9a2c", "wamid", "Budi", "Siti", "03-05-1990", "#2", "syarat", "PALSU",
        TOKEN, SECRET, VERIFY,
    ):  # fmt: skip
        assert secret not in logged, secret


def test_missing_settings_are_named_all_at_once(monkeypatch):
    from rasa.shared.exceptions import RasaException

    from kelurahan.settings import Settings

    monkeypatch.setattr(channel_module, "settings", Settings)
    with pytest.raises(
        RasaException, match="WHATSAPP_APP_SECRET, WHATSAPP_VERIFY_TOKEN not"
    ) as caught:
        WhatsAppInput.from_credentials(
            {"phone_number_id": 5, "app_secret": "${WHATSAPP_APP_SECRET}", "access_token": "x"}
        )
    assert "ACCESS_TOKEN" not in str(caught.value)


def test_credentials_win_over_settings(monkeypatch):
    from kelurahan.settings import Settings

    own = Settings("rahasia", "kata", "token", "7", graph_api_url="http://127.0.0.1:1")
    monkeypatch.setattr(channel_module, "settings", lambda: own)
    from_settings = WhatsAppInput.from_credentials(None)._config
    assert (from_settings.app_secret, from_settings.graph_api_version) == ("rahasia", "v25.0")
    given = WhatsAppInput.from_credentials({"app_secret": "lain", "phone_number_id": 8})._config
    assert (given.app_secret, given.phone_number_id) == ("lain", "8")
    assert "rahasia" not in repr(from_settings)


def test_rasa_finds_the_channel_by_its_path():
    from rasa.shared.utils.common import class_from_module_path

    assert class_from_module_path("kelurahan.whatsapp.channel.WhatsAppInput") is WhatsAppInput
    assert WhatsAppInput.name() == "whatsapp"


def test_a_hook_is_loaded_by_its_path_and_a_wrong_path_is_told():
    from rasa.shared.exceptions import RasaException

    assert channel_module.hook("kelurahan.whatsapp.clean.clean_text")("/x") == "x"
    assert channel_module.hook(None) is None
    for path in ("tidak.ada.f", "kelurahan.whatsapp.clean.tidak_ada", "x"):
        with pytest.raises(RasaException, match="after_turn"):
            channel_module.hook(path)
