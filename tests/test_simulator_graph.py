"""The fake Graph API over HTTP: keys, receipts, window, rates, recipients."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import httpx
import pytest

from simulator import testing
from simulator.clock import FakeClock
from simulator.limits import PairBucket

TOKEN = "token-uji"
PHONE, WABA = "1060000000000001", "1060000000000002"
DAY = 86400.0


@pytest.fixture
def sim() -> Iterator[testing.RunningSimulator]:
    with testing.start(clock=FakeClock(), access_token=TOKEN, retry_delays=()) as running:
        yield running


@pytest.fixture
def graph(sim: testing.RunningSimulator) -> Iterator[Graph]:
    made = Graph(sim)
    yield made
    made.http.close()


class Graph:
    """A plain client of the API."""

    def __init__(self, sim: testing.RunningSimulator) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        self.http = httpx.Client(base_url=sim.url, headers=headers, trust_env=False)

    def send(self, payload: dict | None = None, *, to: str = "+6281200000001", phone: str = PHONE):
        body = {"messaging_product": "whatsapp", "to": to, **(payload or TEXT)}
        return self.http.post(f"/v25.0/{phone}/messages", json=body)

    def receipt(self, wamid: str, **more: object):
        body = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid, **more}
        return self.http.post(f"/v25.0/{PHONE}/messages", json=body)


TEXT = {"type": "text", "text": {"body": "halo"}}
TEMPLATE = {
    "type": "template",
    "template": {
        "name": "status_permohonan",
        "language": {"code": "id"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "KDJ-0117"}]}],
    },
}


def code(answer: httpx.Response) -> int:
    return answer.json()["error"]["code"]


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer salah", f"Basic {TOKEN}", TOKEN])
def test_a_missing_or_wrong_token_is_error_190_with_401(graph, header):
    del graph.http.headers["Authorization"]
    if header is not None:
        graph.http.headers["Authorization"] = header
    answer = graph.send()
    assert (answer.status_code, code(answer)) == (401, 190)


def test_a_foreign_phone_id_is_error_100_subcode_33(graph):
    answer = graph.send(phone="1060000000009999")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["error_subcode"]) == (400, 100, 33)


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b"\xff"])
def test_a_body_that_is_no_json_object_is_error_100(graph, body):
    answer = graph.http.post(f"/v25.0/{PHONE}/messages", content=body)
    assert (answer.status_code, code(answer)) == (400, 100)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v25.0/1/messages"),
        ("POST", "/v25.0/1/pesan"),
        ("DELETE", "/v25.0/1"),
        ("POST", f"/terbaru/{PHONE}/messages"),
        ("GET", "/entah"),
    ],
)
def test_any_other_path_is_error_100(graph, method, path):
    answer = graph.http.request(method, path)
    assert (answer.status_code, code(answer)) == (400, 100)


def test_a_sent_message_has_a_fresh_wamid_and_is_in_the_chat(sim, graph):
    sim.send_text("siti", "menu")
    first, second = graph.send().json(), graph.send().json()
    assert first["contacts"] == [
        {"input": "+6281200000001", "wa_id": "6281200000001", "user_id": "ID.4f9a2c01"}
    ]
    assert first["messages"][0]["id"] != second["messages"][0]["id"]
    assert b"6281200000001" in base64.b64decode(first["messages"][0]["id"].removeprefix("wamid."))
    assert [reply.text for reply in sim.wait_for_reply("siti", n=2)] == ["halo", "halo"]


def test_a_broken_limit_is_answered_and_nothing_is_shown(sim, graph):
    sim.send_text("siti", "menu")
    answer = graph.send({"type": "text", "text": {"body": "x" * 4097}})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, 131009)
    assert error["error_data"]["details"].startswith("text.body: 4097")
    assert sim.replies("siti") == []


def test_a_user_without_number_is_reached_by_bsuid(sim, graph):
    sim.send_text("rara", "menu")
    body = {"messaging_product": "whatsapp", "recipient": "ID.4f9a2c03", **TEXT}
    answer = graph.http.post(f"/v25.0/{PHONE}/messages", json=body).json()
    assert answer["contacts"] == [{"input": "ID.4f9a2c03", "user_id": "ID.4f9a2c03"}]
    assert sim.wait_for_reply("rara")[0].text == "halo"
    sim.rules(bsuid_supported=False)
    assert code(graph.http.post(f"/v25.0/{PHONE}/messages", json=body)) == 131062


def test_a_receipt_marks_this_and_earlier_messages(sim, graph):
    first, second, third = (sim.send_text("siti", text) for text in "abc")
    assert graph.receipt(second.id).json() == {"success": True}
    assert [bubble.status for bubble in (first, second)] == ["read", "read"]
    assert third.status != "read"


def test_a_receipt_for_an_unknown_or_old_message_is_131009(sim, graph):
    bubble = sim.send_text("siti", "menu")
    assert code(graph.receipt("wamid.entah")) == 131009
    sim.advance(30 * DAY + 1)
    assert code(graph.receipt(bubble.id)) == 131009


def test_typing_shows_until_the_reply(sim, graph):
    bubble = sim.send_text("siti", "menu")
    siti = sim.simulator.state.resident("siti")
    graph.receipt(bubble.id, typing_indicator={"type": "text"})
    assert siti.typing_until == sim.simulator.clock.now() + 25
    assert bubble.status == "read"
    graph.send()
    assert siti.typing_until == 0


def test_the_subscription_answers_success_for_our_account_only(graph):
    assert graph.http.post(f"/v25.0/{WABA}/subscribed_apps").json() == {"success": True}
    assert code(graph.http.post("/v25.0/1/subscribed_apps")) == 100


# window


def test_outside_24_hours_only_a_template_gets_through(sim, graph):
    sim.send_text("siti", "menu")
    sim.advance(DAY - 1)
    assert graph.send().status_code == 200
    assert len(sim.wait_for_reply("siti")) == 1
    sim.advance(2)
    assert graph.send().status_code == 200  # accepted, as Meta does; it fails afterwards
    late = sim.transcript("siti")[-1]
    sim.wait_until(lambda: sim.transcript("siti")[-1]["status"] == "failed")
    assert late["seen"] is False
    assert sim.transcript("siti")[-1]["error"] == 131047
    answer = graph.send(TEMPLATE).json()
    assert answer["messages"][0]["message_status"] == "accepted"
    assert sim.wait_for_reply("siti")[0].text == "[status_permohonan] · KDJ-0117"


def test_the_window_error_can_come_at_once(sim, graph):
    sim.rules(late_window_error=False)
    answer = graph.send(to="+6281200000077")
    assert (answer.status_code, code(answer)) == (400, 131047)


def test_each_message_restarts_the_window(sim, graph):
    for _ in range(3):
        sim.send_text("siti", "halo")
        sim.advance(DAY - 60)
    graph.send()
    assert sim.wait_for_reply("siti")


# rates and recipients


def test_the_46th_message_of_a_burst_is_131056_for_this_user_only(sim, graph):
    sim.send_text("siti", "menu")
    sim.send_text("budi", "menu")
    assert {graph.send().status_code for _ in range(45)} == {200}
    assert code(graph.send()) == 131056
    sim.advance(10)  # one interval repays nothing once the burst is used up
    assert code(graph.send()) == 131056
    assert graph.send(to="+6281200000002").status_code == 200
    sim.advance(45 * 6)
    assert graph.send().status_code == 200


def test_a_steady_pace_is_never_refused():
    bucket = PairBucket(interval=6, burst=45)
    assert all(bucket.take(1000.0 + 6 * number) for number in range(600))


def test_the_81st_message_in_a_second_is_130429(sim, graph):
    residents = [f"+62812000001{number:02}" for number in range(81)]
    answers = [graph.send(TEMPLATE, to=number) for number in residents]
    assert {answer.status_code for answer in answers[:80]} == {200}
    assert code(answers[80]) == 130429
    sim.advance(1)
    assert graph.send(TEMPLATE).status_code == 200


def test_rates_can_be_switched_off_for_load_tests(sim, graph):
    sim.rules(rate_limits=False)
    assert {graph.send(TEMPLATE).status_code for _ in range(90)} == {200}


def test_a_number_in_test_mode_reaches_its_list_only(sim, graph):
    sim.send_text("siti", "menu")
    sim.send_text("budi", "menu")
    sim.rules(test_recipients=["6281200000001"])
    assert graph.send().status_code == 200
    assert code(graph.send(to="+6281200000002")) == 131030


def test_templates_are_checked_once_they_are_registered(sim, graph):
    sim.rules(templates={"status_permohonan": "Permohonan {{1}} {{2}}."})
    assert code(graph.send(TEMPLATE)) == 132000
    sim.rules(templates={"lain": "Halo"})
    answer = graph.send(TEMPLATE)
    assert (answer.status_code, code(answer)) == (404, 132001)
    sim.rules(templates={"status_permohonan": "Permohonan {{1}} selesai."})
    assert graph.send(TEMPLATE).status_code == 200
    assert sim.wait_for_reply("siti")[0].text == "Permohonan KDJ-0117 selesai."


def test_a_reaction_sits_on_its_message(sim, graph):
    bubble = sim.send_text("siti", "menu")
    reaction = {"type": "reaction", "reaction": {"message_id": bubble.id, "emoji": "👍"}}
    assert graph.send(reaction).status_code == 200
    assert bubble.reaction == "👍"
    reaction["reaction"]["message_id"] = "wamid.entah"
    assert code(graph.send(reaction)) == 131009
