"""While an officer holds a conversation the bot is silent: nothing answered, nothing lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest
from pernyataan import pernyataan
from petugas_dunia import Meja
from sqlalchemy import select
from whatsapp_channel_world import World
from whatsapp_store_world import OTHER, Clock, at_once, ledger, message, receive, rows, value
from whatsapp_world import (
    BSUID,
    NOW,
    NUMBER,
    PHONE_ID,
    SECRET,
    envelope,
    load,
    run,
    tap,
    text,
    until,
)

from kelurahan import permohonan
from kelurahan.console.percakapan import pegang
from kelurahan.replies import serahan as texts
from kelurahan.store import serahan, sesi, warga
from kelurahan.store.models_petugas import Obrolan
from kelurahan.store.queue import ClaimLostError
from kelurahan.whatsapp import held, media, outbox
from kelurahan.whatsapp.build import text_body
from kelurahan.whatsapp.events import Choice, Content, Media, Outcome, Sender, fingerprint
from kelurahan.whatsapp.parse import parse
from kelurahan.whatsapp.tokens import Tokens

pytestmark = pytest.mark.kedua_basis_data

COME = texts.diambil("Siti")


@pytest.fixture
def clock(basis_data, monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def siti(clock):
    """An officer, as the pages know one."""
    return SimpleNamespace(
        id=Meja().petugas("siti"), nama="Siti", nama_pengguna="siti", peran="petugas"
    )


def resident(number: str = NUMBER) -> str:
    with sesi() as s:
        return warga.kenali(s, wa_id=number, bsuid=None)


def chat() -> list[tuple[str, str]]:
    """What officers read: who, what."""
    with sesi(baca=True) as s:
        pilih = select(Obrolan.oleh, Obrolan.teks).order_by(Obrolan.pada, Obrolan.id)
        return [tuple(row) for row in s.execute(pilih)]


def scene(story, **options):
    """Play with a channel that sees whatever the store is told behind its back."""

    async def play():
        async with World(**options).open() as world:
            await story(world)
            return world

    return run(play())


async def flush(world) -> None:
    """Send what was written from outside."""
    await world.office.letters.take_waiting()
    await world.idle()


# silence


def test_what_a_held_resident_writes_goes_to_the_officer_and_is_not_answered(siti):
    async def story(world):
        await world.deliver(envelope(text("menu")))
        pegang.ambil(resident(), siti)
        await flush(world)
        await world.deliver(envelope(text("saya di rumah"), text("jam berapa?", stamp=int(NOW))))
        assert world.rasa.texts == ["menu"]
        assert world.client.texts() == ["jawab: menu", COME]

    world = scene(story)
    assert len(world.client.read) == 1, "the officer has not read the other two"
    assert chat() == [("sistem", COME), ("warga", "saya di rumah"), ("warga", "jam berapa?")]
    assert rows("SELECT state, content FROM inbox ORDER BY id")[1:] == [("handed", None)] * 2


def test_the_same_webhook_again_while_held_is_one_line(siti):
    async def story(world):
        pegang.ambil(resident(), siti)
        payload = envelope(text("halo", wamid="wamid.A"), text("halo", wamid="wamid.A"))
        for _ in range(3):
            await world.deliver(payload)

    scene(story)
    assert chat()[1:] == [("warga", "halo")]


def test_the_same_message_eight_times_at_once_is_one_line(siti):
    pegang.ambil(resident(), siti)
    at_once(lambda n: receive(ledger(f"pekerja{n}"), message("wamid.A")))
    assert value("SELECT count(*) FROM obrolan WHERE pesan_id IS NOT NULL") == 1
    assert value("SELECT pesan_id FROM obrolan WHERE arah = 'masuk'") == fingerprint("wamid.A")


def test_the_order_of_what_comes_is_the_order_on_the_page(siti):
    pegang.ambil(resident(), siti)
    one = ledger()
    for n in range(20):
        receive(
            one, message(stamp=int(NOW) - 20 + n, content=Content(Outcome.TO_RASA, text=f"{n}"))
        )
    assert [words for _, words in chat()[1:]] == [str(n) for n in range(20)]


def test_everybody_else_is_answered_as_before(siti):
    async def story(world):
        pegang.ambil(resident(OTHER), siti)
        await world.deliver(envelope(text("menu"), text("halo", sender=OTHER)))
        assert world.rasa.texts == ["menu"]

    scene(story)


WORDS = {
    "text": (Content(Outcome.TO_RASA, text="  halo\x00\u202e "), "text", "halo"),
    "a choice": (
        Content(Outcome.TO_RASA, choice=Choice("b:xyz", "Ya, kirim")),
        "interactive",
        "Ya, kirim",
    ),
    "a photo": (Content(Outcome.FIXED_REPLY, "foto", media=Media("1")), "image", "[foto]"),
    "a photo with words": (
        Content(Outcome.TO_RASA, text="KTP saya", media=Media("1")),
        "image",
        "[foto] KTP saya",
    ),
    "a document": (Content(Outcome.FIXED_REPLY, "dokumen"), "document", "[berkas]"),
    "a voice message": (Content(Outcome.FIXED_REPLY, "suara"), "audio", "[pesan suara]"),
    "the chat opened": (
        Content(Outcome.TO_RASA, text="menu"),
        "request_welcome",
        "[membuka percakapan]",
    ),
    "a type unknown to us": (Content(Outcome.FIXED_REPLY, "tidak_dikenal"), "?", held.UNREADABLE),
    "nothing to see": (Content(Outcome.TO_RASA, text="\u200b"), "text", held.EMPTY),
}


@pytest.mark.parametrize(("content", "kind", "line"), WORDS.values(), ids=WORDS.keys())
def test_every_kind_of_message_is_a_line(siti, content, kind, line):
    pegang.ambil(resident(), siti)
    receive(ledger(), message(content=content, type=kind))
    assert chat()[-1] == ("warga", line)


def test_a_photo_that_is_not_kept_says_so(siti):
    pegang.ambil(resident(), siti)
    for n in range(media.MOST_PER_DAY + 1):
        photo = Content(Outcome.FIXED_REPLY, "foto", media=Media(f"{n}"))
        receive(ledger(), message(stamp=int(NOW) - 90 * (50 - n), content=photo, type="image"))
    assert [line for _, line in chat()[-2:]] == ["[foto]", f"[foto] {held.NOT_KEPT}"]


def test_a_reaction_is_no_line(siti):
    async def story(world):
        pegang.ambil(resident(), siti)
        await world.deliver(load("reaction"))

    scene(story)
    assert chat() == [("sistem", COME)]


def test_a_flood_is_held_back_as_ever(siti):
    pegang.ambil(resident(), siti)
    one = ledger()
    for _ in range(40):
        receive(one, message())
    assert value("SELECT count(*) FROM obrolan WHERE arah = 'masuk'") == 30


# what had come before


def test_what_waited_for_the_bot_goes_to_the_officer(siti):
    one = ledger()
    for words in ("satu", "dua"):  # no room for a turn: both wait
        receive(one, message(content=Content(Outcome.TO_RASA, text=words)), slots=0)
    pegang.ambil(resident(), siti)
    assert chat() == [("warga", "satu"), ("warga", "dua"), ("sistem", COME)]
    assert one.take_turns(5, ()) == []
    assert rows("SELECT DISTINCT state, content, claimed_by FROM inbox") == [("handed", None, None)]


def test_a_message_that_cannot_be_read_is_a_line_too(siti):
    one = ledger()
    receive(one, message(), slots=0)
    with sesi() as s:
        s.connection().exec_driver_sql("UPDATE inbox SET content = '{'")
    pegang.ambil(resident(), siti)
    assert chat()[0] == ("warga", held.UNREADABLE)


def test_the_answer_of_a_turn_under_way_is_not_sent_once_somebody_has_come(siti):
    async def story(world):
        world.rasa.delay = 0.4
        await world.post(envelope(text("menu")))
        await until(lambda: world.rasa.asked)
        pegang.ambil(resident(), siti)
        await world.idle()
        await flush(world)
        assert world.client.texts() == [COME]

    scene(story)
    assert chat() == [("warga", "menu"), ("sistem", COME)]
    assert rows("SELECT state, content FROM inbox") == [("handed", None)]


@pytest.mark.parametrize("end", ["finish", "postpone", "park"])
def test_however_that_turn_ends_nothing_is_written(siti, end):
    one = ledger()
    (turn,) = receive(one, message())
    pegang.ambil(resident(), siti)
    with pytest.raises(ClaimLostError):
        if end == "finish":
            one.finish_turn(turn, [text_body("x")], "bot:menu", go_on=True)
        elif end == "postpone":
            one.postpone_turn(turn, 1, text_body("x"), True)
        else:
            one.park_turn(turn, text_body("x"), "x", go_on=True)
    assert rows("SELECT kind FROM outbox") == [(held.NOTICE,)]


def test_an_answer_is_sent_after_all_when_the_officer_has_left_again(siti):
    one = ledger()
    (turn,) = receive(one, message())
    pegang.ambil(resident(), siti)
    pegang.selesai(resident(), siti)
    one.finish_turn(turn, [text_body("x")], "bot:menu", go_on=True)
    assert rows("SELECT kind FROM outbox ORDER BY id")[-1] == ("bot:menu",)


def test_many_messages_and_a_take_over_at_once_lose_nothing(siti):
    """Each message has either a turn or a line, whatever the moment."""
    siapa = resident()

    def do(n: int):
        if n == 3:
            return pegang.ambil(siapa, siti)
        words = Content(Outcome.TO_RASA, text=f"{n}")
        return receive(ledger(f"pekerja{n}"), message(f"wamid.{n}", content=words), slots=0)

    at_once(do)
    assert value("SELECT count(*) FROM inbox WHERE state = 'handed'") == 7
    assert value("SELECT count(*) FROM obrolan WHERE arah = 'masuk'") == 7


# the end of it


@pytest.mark.parametrize("words", ["selesai", " *Selesai*. ", "SELESAI"])
def test_the_resident_ends_it_and_the_bot_answers_again(siti, words):
    async def story(world):
        pegang.ambil(resident(), siti)
        await flush(world)
        await world.deliver(envelope(text(words, stamp=int(NOW) - 2)))
        await flush(world)
        await world.deliver(envelope(text("menu", stamp=int(NOW) - 1)))
        assert world.client.texts() == [COME, texts.SELESAI, "jawab: menu"]

    scene(story)
    assert rows("SELECT penutup FROM serahan") == [("warga",)]
    assert chat()[-1] == ("sistem", texts.SELESAI)


def test_a_sentence_with_that_word_ends_nothing(siti):
    pegang.ambil(resident(), siti)
    receive(ledger(), message(content=Content(Outcome.TO_RASA, text="kapan selesai pak")))
    assert value("SELECT count(*) FROM serahan WHERE selesai IS NULL") == 1


@pytest.mark.parametrize(
    ("let_go", "said"),
    [(pegang.selesai, texts.SELESAI), (pegang.lepas, texts.dilepas("Siti"))],
    ids=["done", "back to the queue"],
)
def test_the_officer_lets_go_and_the_bot_answers_again(siti, let_go, said):
    async def story(world):
        siapa = resident()
        pegang.ambil(siapa, siti)
        let_go(siapa, siti)
        await flush(world)
        await world.deliver(envelope(text("menu")))
        assert world.client.texts() == [COME, said, "jawab: menu"]

    scene(story)


ERASE = ["hapus data saya", "Hapus semua data saya!", "tolong hapus data pribadi saya"]


@pytest.mark.parametrize("words", ERASE)
def test_who_wants_everything_erased_is_heard_by_the_bot(siti, words):
    async def story(world):
        pegang.ambil(resident(), siti)
        await flush(world)
        await world.deliver(envelope(text(words, stamp=int(NOW) - 2)))
        await world.deliver(envelope(text("ya", stamp=int(NOW) - 1)))
        await flush(world)
        assert world.rasa.texts == [words, "ya"]
        assert set(world.client.texts()) == {
            COME, texts.HAPUS_DATA, f"jawab: {words}", "jawab: ya",
        }  # fmt: skip

    scene(story)
    waiting = rows("SELECT sebab, dipegang FROM serahan WHERE selesai IS NULL")
    assert waiting == [("hapus_data", None)], "who does not confirm is still in the queue"


def test_the_button_for_it_works_as_well(siti):
    async def story(world):
        siapa = resident()
        pegang.ambil(siapa, siti)
        button = Tokens(SECRET).issue("b", siapa, "/data_pribadi", 0, NOW)
        await world.deliver(envelope(tap(button, "Hapus data saya")))
        assert world.rasa.texts == ["/data_pribadi"]

    scene(story)


def test_erasure_leaves_no_word_and_no_open_request(siti):
    siapa = resident()
    serahan.minta(siapa, serahan.DIMINTA)
    pegang.ambil(siapa, siti)
    receive(ledger(), message(content=Content(Outcome.TO_RASA, text="rahasia")))
    permohonan.hapus_data(siapa)
    assert chat() == []
    assert rows("SELECT warga_id, penutup FROM serahan") == [(None, "dihapus")]
    assert value("SELECT count(*) FROM serahan WHERE selesai IS NULL") == 0
    assert resident() != siapa


def test_the_answer_that_all_is_erased_is_sent_although_an_officer_came_meanwhile(siti):
    one = ledger()
    (turn,) = receive(one, message(content=Content(Outcome.TO_RASA, text="ya")))
    pegang.ambil(turn.resident, siti)
    permohonan.hapus_data(turn.resident)
    done = one.finish_turn(turn, [text_body("Sudah dihapus")], "bot:info", go_on=False)
    assert done.letter is not None


def test_two_records_that_become_one_stay_silent_with_what_waited(siti):
    """The other record's message waits for the bot when it turns out to be the same person."""
    one = ledger()
    pegang.ambil(resident(), siti)
    (by_id,) = parse(load("bsuid_only"), phone_number_id=PHONE_ID, now=NOW).events
    receive(one, replace(by_id, wamid="wamid.lain"), slots=0)
    receive(one, message(sender=Sender(NUMBER, by_id.sender.bsuid)))
    assert value("SELECT count(*) FROM warga WHERE digabung_ke IS NOT NULL") == 1
    assert one.take_turns(5, ()) == []
    assert len([1 for who, _ in chat() if who == "warga"]) == 2


# outside the 24-hour window


def test_what_the_officer_wrote_goes_out_as_soon_as_the_resident_writes(siti, clock):
    async def story(world):
        await world.deliver(envelope(text("menu")))
        siapa = resident()
        clock.pass_(2 * outbox.WINDOW)
        world.now = clock.time()
        pegang.ambil(siapa, siti)
        with pytest.raises(pegang.JendelaError):
            pegang.kirim(siapa, siti, "KTP sudah jadi", "a" * 32)
        pegang.kirim(siapa, siti, "KTP sudah jadi", "a" * 32, undang=True)
        await flush(world)
        asked = world.client.sent[-1]
        assert (asked["type"], asked["template"]["name"]) == ("template", "petugas_menjawab")
        await world.deliver(envelope(text("ya", stamp=int(world.now))))
        await flush(world)
        later = [m["text"]["body"] for m in world.client.sent if m["type"] == "text"]
        assert later == ["jawab: menu", COME, "KTP sudah jadi"]

    scene(story)
    assert chat()[-1] == ("warga", "ya")


def test_nobody_hears_that_an_officer_went_who_never_heard_that_one_came(siti, clock):
    async def story(world):
        await world.deliver(envelope(text("menu")))
        siapa = resident()
        clock.pass_(2 * outbox.WINDOW)
        world.now = clock.time()
        pegang.ambil(siapa, siti)
        await flush(world)
        pegang.selesai(siapa, siti)
        await world.deliver(envelope(text("halo", stamp=int(world.now))))
        await flush(world)
        assert world.client.texts() == ["jawab: menu", "jawab: halo"]

    scene(story)
    assert value("SELECT state FROM outbox WHERE kind = 'petugas_kabar'") == held.WITHDRAWN


# what it costs


def test_a_message_of_everybody_else_takes_no_more_statements_than_before(siti):
    """Five: resident; held, flood and lane; inbox; two for the window."""
    one = ledger()
    (turn,) = receive(one, message())
    one.finish_turn(turn, [text_body("x")], "bot:menu", go_on=False)
    with pernyataan() as said:
        receive(one, message(stamp=int(NOW) + 1))
    assert len(said) == 5, said
    assert not any(table in one for one in said for table in ("serahan", "obrolan"))


def test_a_held_resident_is_not_marked_as_typing_or_read(siti):
    """Blue ticks say that somebody has read it; that is the officer's to say."""

    async def story(world):
        pegang.ambil(resident(), siti)
        await world.deliver(envelope(text("halo")))
        await asyncio.sleep(0.05)
        assert world.client.read == []

    scene(story)


def test_neither_words_nor_number_are_in_the_trail(siti):
    siapa = resident()
    pegang.ambil(siapa, siti)
    pegang.kirim(siapa, siti, "rahasia sekali", "a" * 32, undang=True)
    pegang.lepas(siapa, siti)
    trail = str(rows("SELECT oleh, tindakan, sasaran, sebelum, sesudah FROM jejak_audit"))
    for secret in ("rahasia", NUMBER, BSUID, siapa):
        assert secret not in trail
    assert "percakapan_diambil" in trail
    assert "percakapan_dilepas" in trail
