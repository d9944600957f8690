"""Media of the fake Graph API: upload, look-up, bytes, lifetimes and sizes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import httpx
import pytest

from simulator import testing
from simulator.clock import FakeClock

TOKEN, PHONE, DAY = "token-uji", "1060000000000001", 86400.0


@pytest.fixture
def sim() -> Iterator[testing.RunningSimulator]:
    with testing.start(clock=FakeClock(), access_token=TOKEN, retry_delays=()) as running:
        yield running


class Graph:
    """A plain client of the API."""

    def __init__(self, sim: testing.RunningSimulator) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        self.http = httpx.Client(base_url=sim.url, headers=headers, trust_env=False)

    def upload(self, content: bytes, mime: str = "image/png", **fields: str):
        data = {"messaging_product": "whatsapp", "type": mime, **fields}
        files = {"file": ("foto.png", content, mime)}
        return self.http.post(f"/v25.0/{PHONE}/media", data=data, files=files)


@pytest.fixture
def graph(sim: testing.RunningSimulator) -> Iterator[Graph]:
    made = Graph(sim)
    yield made
    made.http.close()


def code(answer: httpx.Response) -> int:
    return answer.json()["error"]["code"]


def test_media_go_up_and_come_down_with_the_token(sim, graph):
    media_id = graph.upload(b"gambar").json()["id"]
    found = graph.http.get(f"/v25.0/{media_id}", params={"phone_number_id": PHONE}).json()
    assert found["sha256"] == hashlib.sha256(b"gambar").hexdigest()
    assert (found["mime_type"], found["file_size"], found["id"]) == ("image/png", 6, media_id)
    assert graph.http.get(found["url"]).content == b"gambar"
    assert code(httpx.get(found["url"], trust_env=False)) == 190
    sim.advance(301)
    assert graph.http.get(found["url"]).status_code == 404


def test_media_ids_expire_sooner_for_what_residents_sent(sim, graph):
    uploaded = graph.upload(b"gambar").json()["id"]
    sent = sim.send("siti", attach="photo").media
    assert graph.http.get(f"/v25.0/{sent}").status_code == 200
    sim.advance(8 * DAY)
    assert code(graph.http.get(f"/v25.0/{sent}")) == 100
    assert graph.http.get(f"/v25.0/{uploaded}").status_code == 200
    sim.advance(23 * DAY)
    assert code(graph.http.get(f"/v25.0/{uploaded}")) == 100


def test_media_of_another_number_are_not_shown(graph):
    media_id = graph.upload(b"gambar").json()["id"]
    assert code(graph.http.get(f"/v25.0/{media_id}", params={"phone_number_id": "9"})) == 100


ANIMATED = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02" + bytes(101 * 1024)


@pytest.mark.parametrize(
    ("content", "mime", "expected"),
    [
        (bytes(5 * 2**20), "image/png", None),
        (bytes(5 * 2**20 + 1), "image/png", 131009),
        (bytes(16 * 2**20 + 1), "audio/ogg", 131009),
        (bytes(100 * 1024 + 1), "image/webp", 131009),
        (ANIMATED, "image/webp", None),
        (b"x", "image/svg+xml", 100),
        (b"", "image/png", 131009),
    ],
    ids=["5 MB", "over 5 MB", "long audio", "big sticker", "animated sticker", "svg", "empty"],
)
def test_upload_sizes_and_types_are_checked(graph, content, mime, expected):
    answer = graph.upload(content, mime)
    assert (answer.status_code == 200) if expected is None else (code(answer) == expected)


def test_an_upload_without_file_or_product_is_refused(graph):
    path = f"/v25.0/{PHONE}/media"
    assert code(graph.upload(b"x", messaging_product="sms")) == 100
    fields = {"messaging_product": (None, "whatsapp"), "type": (None, "image/png")}
    assert code(graph.http.post(path, files=fields)) == 131008
    assert code(graph.http.post(path, json={})) == 100
