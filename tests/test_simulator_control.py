"""The control API, the helper for tests and the transcript."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator

import httpx
import pytest

from simulator import testing
from simulator.clock import FakeClock
from simulator.config import Config
from simulator.server import PortInUseError, listen
from simulator.stub_bot import StubBot

TOKEN = Config.access_token
LIST = {
    "type": "interactive",
    "interactive": {
        "type": "list",
        "header": {"type": "text", "text": "Layanan"},
        "body": {"text": "Pilih layanan."},
        "footer": {"text": "Atau ketik #nomor"},
        "action": {
            "button": "Lihat layanan",
            "sections": [
                {
                    "title": "Kependudukan",
                    "rows": [
                        {"id": "l:1", "title": "e-KTP"},
                        {"id": "l:2", "title": "Kartu Keluarga", "description": "Baru, hilang"},
                    ],
                }
            ],
        },
    },
}
BUTTONS = {
    "type": "interactive",
    "interactive": {
        "type": "button",
        "body": {"text": "Data sudah benar?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "b:ya", "title": "Ya, kirim"}}]},
    },
}


class Bot(StubBot):
    """Reads, then answers everything with the same message."""

    sim: testing.RunningSimulator
    reply: dict = {"type": "text", "text": {"body": "Baik."}}

    def __init__(self) -> None:
        super().__init__(verify_token="verifikasi-uji", on_message=self.answer)

    def answer(self, message: dict) -> None:
        who = {"to": message["from"]} if "from" in message else {}
        who = who or {"recipient": message["from_user_id"]}
        self.post({"status": "read", "message_id": message["id"]})
        self.post({**who, **self.reply})

    def post(self, body: dict) -> None:
        url = f"{self.sim.url}/v25.0/{self.sim.config.phone_number_id}/messages"
        headers = {"Authorization": f"Bearer {TOKEN}"}
        whole = {"messaging_product": "whatsapp", **body}
        httpx.post(url, json=whole, headers=headers, trust_env=False).raise_for_status()


@pytest.fixture
def bot() -> Iterator[Bot]:
    made = Bot()
    yield made
    made.stop()


@pytest.fixture
def sim(bot: Bot) -> Iterator[testing.RunningSimulator]:
    with testing.start(
        webhook_url=bot.url, verify_token="verifikasi-uji", clock=FakeClock()
    ) as running:
        bot.sim = running
        yield running


@pytest.fixture
def http(sim: testing.RunningSimulator) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sim.url, trust_env=False) as client:
        yield client


# the helper for tests


def test_a_question_gets_its_reply(sim):
    assert sim.ask("siti", "halo").text == "Baik."
    assert [line["text"] for line in sim.transcript("siti")] == ["halo", "Baik."]
    assert sim.transcript("siti")[0]["status"] == "read"


def test_each_reply_is_returned_once(sim):
    sim.send_text("siti", "halo")
    assert len(sim.wait_for_reply("siti")) == 1
    with pytest.raises(TimeoutError, match="Siti Rahmawati: halo"):
        sim.wait_for_reply("siti", timeout=0.1)


def test_a_new_number_becomes_a_resident(sim, bot):
    assert sim.ask("+62 812-0000-0055", "halo").text == "Baik."
    assert bot.parts("messages")[0]["from"] == "6281200000055"
    assert sim.ask("ID.baru01", "halo").text == "Baik."


def test_taps_send_the_id_behind_the_title(sim, bot):
    bot.reply = LIST
    shown = sim.ask("siti", "menu")
    assert shown.titles == ["e-KTP", "Kartu Keluarga"]
    sim.tap("siti", "Kartu Keluarga")
    sim.wait_for_reply("siti")
    tapped = bot.parts("messages")[-1]
    assert tapped["interactive"] == {
        "type": "list_reply",
        "list_reply": {"id": "l:2", "title": "Kartu Keluarga", "description": "Baru, hilang"},
    }
    assert tapped["context"] == {"from": "622510000000", "id": shown.id}


def test_a_button_can_be_tapped_by_id(sim, bot):
    bot.reply = BUTTONS
    sim.ask("rara", "menu")
    sim.tap("rara", "b:ya")
    sim.wait_until(lambda: len(bot.parts("messages")) == 2)
    assert bot.parts("messages")[-1]["interactive"]["button_reply"] == {
        "id": "b:ya",
        "title": "Ya, kirim",
    }


def test_only_what_is_shown_can_be_tapped(sim):
    sim.ask("siti", "menu")
    with pytest.raises(LookupError, match="Kartu Keluarga"):
        sim.tap("siti", "Kartu Keluarga")


@pytest.mark.parametrize(
    ("attach", "kind"),
    [("photo", "image"), ("pdf", "document"), ("voice", "audio"), ("location", "location")],
)
def test_attachments_arrive_as_their_type(sim, bot, attach, kind):
    sim.send("siti", attach=attach)
    sim.wait_for_reply("siti")
    message = bot.parts("messages")[0]
    assert message["type"] == kind
    if kind != "location":
        assert sim.simulator.state.live_media(message[kind]["id"]).content


FILES = [
    ("photo", "image/jpeg", b"\xff\xd8\xffx", "image"),
    ("photo of another kind", "image/heic", b"heic", "document"),
    ("without a type", "", b"x", "document"),
]


@pytest.mark.parametrize(
    ("mime", "content", "kind"), [f[1:] for f in FILES], ids=[f[0] for f in FILES]
)
def test_a_file_of_ones_own_travels_as_the_phone_would_send_it(sim, bot, mime, content, kind):
    data = base64.b64encode(content).decode()
    sim.send("siti", attach="file", name="kk", mime=mime, data=data, caption="ini")
    sim.wait_for_reply("siti")
    part = bot.parts("messages")[0][kind]
    assert part["caption"] == "ini"
    assert sim.simulator.state.live_media(part["id"]).content == content


BAD_FILES = [
    ({"attach": "file", "data": "bukan base64!"}, "base64"),
    ({"attach": "file", "mime": "image/png", "data": "A" * (7 * 2**20)}, "terlalu besar"),
    ({"attach": "hologram"}, "photo, pdf, file"),
]


@pytest.mark.parametrize(("spec", "reason"), BAD_FILES, ids=["not base64", "too large", "unknown"])
def test_a_file_that_cannot_be_sent_says_why(sim, spec, reason):
    with pytest.raises(ValueError, match=reason):
        sim.send("siti", **spec)


def test_the_handshake_passes_with_the_right_token_only(sim):
    assert sim.handshake() == (200, "1158201444")
    assert sim.handshake("salah")[0] == 403


def test_reset_empties_everything_but_the_webhook(sim, bot):
    sim.ask("6281200000055", "halo")
    sim.fault("500")
    sim.script("siti", "no_status")
    sim.rules(test_recipients=[])
    sim.reset()
    state = sim.simulator.state
    assert list(state.residents) == ["siti", "budi", "rara"]
    assert (state.bubbles, state.faults, sim.deliveries()) == ({}, [], [])
    assert state.resident("siti").script == "normal"
    assert state.rules.test_recipients is None
    assert sim.ask("siti", "halo").text == "Baik."


def test_stopping_frees_the_port():
    running = testing.start()
    port = int(running.url.rsplit(":", 1)[1])
    with pytest.raises(PortInUseError):
        listen("127.0.0.1", port)
    running.stop()
    listen("127.0.0.1", port).close()


# transcript


def test_the_transcript_reads_like_a_chat(sim, bot, http):
    bot.reply = LIST
    sim.ask("siti", "menu")
    assert http.get("/_sim/transcript/siti?format=text").text == (
        "[21.13] Siti Rahmawati: menu\n"
        "[21.13] Bot: Layanan\n"
        "    Pilih layanan.\n"
        "    Atau ketik #nomor\n"
        "    [e-KTP] [Kartu Keluarga]\n"
    )


def test_the_transcript_tells_what_was_never_seen(sim, http):
    sim.script("siti", "late_failure")
    sim.send_text("siti", "menu")
    sim.wait_until(lambda: sim.transcript("siti")[-1]["status"] == "failed")
    [_, lost] = http.get("/_sim/transcript/6281200000001").json()
    assert (lost["from"], lost["seen"], lost["error"]) == ("bot", False, 131026)
    assert "(tidak sampai: 131026)" in sim.transcript_text("siti")


def test_there_is_no_transcript_of_a_stranger(http):
    answer = http.get("/_sim/transcript/entah")
    assert (answer.status_code, answer.json()["error"]) == (404, "no such resident: entah")


# control API


def test_a_resident_can_write_over_http(sim, http):
    answer = http.post("/_sim/residents/siti/send", json={"text": "halo"})
    assert (answer.status_code, answer.json()["text"]) == (202, "halo")
    assert sim.wait_for_reply("siti")


def test_residents_come_and_go(http):
    added = http.post("/_sim/residents", json={"name": "Joko", "wa_id": "+62 812 0000 0009"})
    assert added.json()["wa_id"] == "6281200000009"
    hidden = http.post("/_sim/residents", json={"name": "Tuti"}).json()
    assert hidden["wa_id"] is None
    assert re.fullmatch(r"ID\.[0-9a-f]{12}", hidden["bsuid"])
    assert http.delete(f"/_sim/residents/{hidden['key']}").status_code == 200
    names = [one["name"] for one in http.get("/_sim/state").json()["residents"]]
    assert names == ["Siti Rahmawati", "Budi Santosa", "Rara Anjani", "Joko"]


@pytest.mark.parametrize(
    ("method", "path", "body", "reason"),
    [
        ("POST", "residents", {}, "name"),
        ("POST", "residents", {"name": "X", "wa_id": "12"}, "7 sampai 15"),
        ("POST", "residents", {"name": "X", "wa_id": "6281200000001"}, "sudah ada"),
        ("POST", "residents", {"name": "X", "bsuid": "x"}, "bsuid"),
        ("POST", "scripts", {"resident": "siti", "script": "x"}, "late_failure"),
        ("POST", "faults", {"kind": "x"}, "hang"),
        ("PATCH", "rules", {"x": 1}, "test_recipients"),
        ("POST", "play", {"messages": []}, "at least one"),
        ("POST", "play", {"messages": [{"text": "x"}], "x": 1}, "unknown switch: x"),
        ("POST", "residents/siti/send", {"tap": "x"}, "no button"),
    ],
)
def test_a_wrong_control_request_is_told_why(http, method, path, body, reason):
    answer = http.request(method, f"/_sim/{path}", json=body)
    assert answer.status_code == 400
    assert reason in answer.json()["error"]


def test_control_takes_json_only(http):
    form = http.post("/_sim/reset", content=b"{}", headers={"Content-Type": "text/plain"})
    broken = http.post("/_sim/reset", content=b"{", headers={"Content-Type": "application/json"})
    assert (form.status_code, broken.status_code) == (400, 400)


def test_scripts_faults_rules_and_time_can_be_set_over_http(sim, http):
    http.post("/_sim/scripts", json={"resident": "siti", "script": "no_status"})
    http.post("/_sim/faults", json={"kind": "500", "times": 2})
    http.patch("/_sim/rules", json={"test_recipients": ["siti"]})
    http.post("/_sim/clock", json={"advance": 60})
    state = sim.simulator.state
    assert state.resident("siti").script == "no_status"
    assert (state.faults[0].kind, state.faults[0].times) == ("500", 2)
    assert state.rules.test_recipients == ["siti"]
    assert sim.simulator.clock.now() == 1_790_000_060
    http.delete("/_sim/faults")
    assert state.faults == []
    assert http.post("/_sim/handshake", json={}).json() == {"ok": True, "status": 200}


def test_play_and_deliveries_show_every_attempt(http):
    body = {"messages": [{"resident": "siti", "text": "x"}], "duplicate": 2}
    assert len(http.post("/_sim/play", json=body).json()) == 2
    shown = http.get("/_sim/deliveries?kind=messages").json()
    assert [one["attempts"][0]["status"] for one in shown] == [200, 200]
    assert "image" in http.get("/_sim/samples").json()


def test_live_updates_tell_of_every_bubble(sim, http):
    with http.stream("GET", "/_sim/events") as stream:
        lines = (line for line in stream.iter_lines() if line.startswith("data: "))
        sim.wait_until(lambda: sim.simulator.hub._listeners)
        sim.send_text("siti", "halo")
        event = json.loads(next(lines).removeprefix("data: "))
    assert (event["kind"], event["bubble"]["text"]) == ("bubble", "halo")


def test_uploaded_files_are_never_shown_as_a_page(sim, http):
    media = sim.call(
        sim.simulator.state.add_media, b"<script>", "text/html", life=60.0, filename="x.html"
    )
    answer = http.get(f"/_sim/media/{media.id}")
    assert answer.headers["content-type"] == "application/octet-stream"
