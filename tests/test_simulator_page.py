"""The chat page in headless Chromium: what a resident sees and can do."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator

import httpx
import pytest

from simulator import testing
from simulator.stub_bot import StubBot

pytestmark = pytest.mark.chromium
CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDE, SMALL = {"width": 1280, "height": 800}, {"width": 360, "height": 640}


@pytest.fixture(scope="module")
def browser() -> Iterator:
    if CHROMIUM is None:
        reason = "the chat page is not tested: no chromium on PATH"
        if os.environ.get("REQUIRE_CHROMIUM") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def bot() -> Iterator[StubBot]:
    made = StubBot()
    yield made
    made.stop()


@pytest.fixture
def sim(bot: StubBot) -> Iterator[testing.RunningSimulator]:
    with testing.start(webhook_url=bot.url, greeting="halo kelurahan") as running:
        yield running


@pytest.fixture
def open_page(browser, sim) -> Iterator[Callable]:
    """Opens the page; afterwards nothing may have failed or come from elsewhere."""
    contexts, faults = [], []

    def note(line) -> None:
        # Chromium itself logs answers of 400; the page shows their reason to the user
        if line.type == "error" and "status of 400" not in line.text:
            faults.append(line.text)

    def opened(size: dict = WIDE, **options: object):
        context = browser.new_context(viewport=size, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", note)
        page.on(
            "request",
            lambda request: None if request.url.startswith(sim.url) else faults.append(request.url),
        )
        page.goto(sim.url)
        page.wait_for_selector(".phone")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def graph(sim) -> Callable[..., dict]:
    """Posts to the fake API as the bot would: a message to Siti, or a receipt."""

    def post(kind: str | None = None, content: object = None, **receipt: object) -> dict:
        body = {"to": "+6281200000001", "type": kind, kind: content} if kind else receipt
        answer = httpx.post(
            f"{sim.url}/v25.0/{sim.config.phone_number_id}/messages",
            json={"messaging_product": "whatsapp", **body},
            headers={"Authorization": f"Bearer {sim.config.access_token}"},
            trust_env=False,
        )
        answer.raise_for_status()
        return answer.json()

    return post


def write(page, text: str, resident: str = "siti") -> None:
    box = page.locator(f"#phone-{resident} textarea")
    box.fill(text)
    box.press("Enter")


LIST = {
    "type": "list",
    "body": {"text": "Pilih"},
    "action": {
        "button": "Lihat layanan",
        "sections": [
            {
                "title": "Kependudukan",
                "rows": [
                    {"id": "l:1", "title": "e-KTP"},
                    {"id": "l:2", "title": "Kartu Keluarga", "description": "Baru, hilang"},
                ],
            },
            {"title": "Lainnya", "rows": [{"id": "l:3", "title": "Surat Haji"}]},
        ],
    },
}


def test_the_page_says_that_it_is_not_whatsapp_and_shows_three_residents(open_page):
    page = open_page()
    assert page.get_by_text("Simulasi, bukan WhatsApp").is_visible()
    assert page.locator("html").get_attribute("lang") == "id"
    shown = page.locator(".phone:visible h2").all_inner_texts()
    assert shown == ["Siti Rahmawati", "Budi Santosa", "Rara Anjani"]
    assert "tanpa nomor" in page.locator("#phone-rara .name").inner_text()


def test_an_empty_chat_suggests_what_to_type_and_the_chip_sends_it(open_page, bot, sim):
    page = open_page()
    empty = page.locator("#phone-siti .empty")
    assert "Coba ketik halo kelurahan untuk mulai." in empty.inner_text()
    empty.get_by_role("button", name="halo kelurahan").click()
    page.locator("#phone-siti .bubble.mine", has_text="halo kelurahan").wait_for()
    assert empty.is_hidden()
    sim.wait_until(lambda: bot.parts("messages"))
    assert bot.parts("messages")[0]["text"]["body"] == "halo kelurahan"


def test_ticks_go_from_waiting_to_delivered_to_read(open_page, bot, sim, graph):
    bot.delay = 0.6
    page = open_page()
    write(page, "halo")
    ticks = page.locator("#phone-siti .mine .ticks")
    page.locator("#phone-siti .ticks.pending").wait_for()
    page.locator("#phone-siti .ticks.delivered").wait_for()
    assert ticks.get_attribute("aria-label") == "Sampai"
    wamid = sim.transcript("siti")[0]["id"]
    graph(status="read", message_id=wamid)
    page.locator("#phone-siti .ticks.read").wait_for()
    assert ticks.get_attribute("aria-label") == "Dibaca"


def test_typing_shows_until_the_reply_comes(open_page, sim, graph):
    page = open_page()
    bubble = sim.send_text("siti", "halo")
    graph(status="read", message_id=bubble.id, typing_indicator={"type": "text"})
    typing = page.locator("#phone-siti .typing")
    typing.wait_for()
    graph("text", {"body": "Baik."})
    page.locator("#phone-siti .bubble:not(.mine)", has_text="Baik.").wait_for()
    assert typing.is_hidden()
    assert page.locator("#phone-siti .bubble time").first.inner_text().count(".") == 1


def test_marks_become_type_and_html_stays_text(open_page, sim, graph):
    page = open_page()
    sim.send_text("siti", "halo")
    harmless = "3*4*5 nama_file_ini <img src=x onerror=alert(1)>"
    graph("text", {"body": f"*tebal* _miring_ ~coret~ `kode` {harmless}"})
    text = page.locator("#phone-siti .bubble:not(.mine) .text")
    text.wait_for()
    assert text.locator("strong").all_inner_texts() == ["tebal"]
    assert text.locator("em").all_inner_texts() == ["miring"]
    assert text.locator("s").all_inner_texts() == ["coret"]
    assert text.locator("code").all_inner_texts() == ["kode"]
    assert text.locator("img").count() == 0
    assert text.inner_text().endswith(harmless)


def test_a_list_opens_a_sheet_that_the_keyboard_can_use(open_page, sim, bot, graph):
    page = open_page()
    sim.send_text("siti", "halo")
    graph("interactive", LIST)
    opener = page.locator("#phone-siti .opener")
    opener.click()
    sheet = page.get_by_role("dialog", name="Lihat layanan")
    assert sheet.locator("h4").all_inner_texts() == ["Kependudukan", "Lainnya"]
    page.keyboard.press("Escape")
    assert sheet.is_hidden()
    page.keyboard.press("Enter")  # the focus is back on the button that opened it
    assert "Baru, hilang" in sheet.inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    sim.wait_until(lambda: len(bot.parts("messages")) == 2)
    assert bot.parts("messages")[1]["interactive"]["list_reply"]["id"] == "l:2"
    page.locator("#phone-siti .mine", has_text="Kartu Keluarga").wait_for()


def test_a_reply_button_sends_its_id_and_quotes_the_question(open_page, sim, bot, graph):
    page = open_page()
    sim.send_text("siti", "halo")
    reply = {"type": "reply", "reply": {"id": "b:ya", "title": "Ya, kirim"}}
    action = {"buttons": [reply]}
    graph("interactive", {"type": "button", "body": {"text": "Benar?"}, "action": action})
    page.get_by_role("button", name="Ya, kirim").click()
    mine = page.locator("#phone-siti .mine", has_text="Ya, kirim")
    mine.wait_for()
    assert mine.locator(".quote").inner_text() == "Benar?"
    sim.wait_until(lambda: len(bot.parts("messages")) == 2)
    assert bot.parts("messages")[1]["interactive"]["button_reply"]["id"] == "b:ya"


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Foto", "image"),
        ("Dokumen PDF", "document"),
        ("Pesan suara", "audio"),
        ("Lokasi", "location"),
    ],
)
def test_the_attach_menu_sends_an_example(open_page, sim, bot, label, kind):
    page = open_page()
    page.locator("#phone-rara .attach").click()
    page.locator("#phone-rara .attachments").get_by_role("button", name=label).click()
    page.locator("#phone-rara .mine").wait_for()
    if kind == "image":
        picture = page.locator("#phone-rara .mine img")
        page.wait_for_function("e => e.naturalWidth > 0", arg=picture.element_handle())
    sim.wait_until(lambda: bot.parts("messages"))
    assert bot.parts("messages")[0]["type"] == kind
    assert "from" not in bot.parts("messages")[0]


def test_a_file_of_ones_own_can_be_sent(open_page, sim, bot):
    page = open_page()
    page.locator("#phone-rara .attach").click()
    file = {"name": "kk.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 \xff\x00" * 9000}
    with page.expect_file_chooser() as chosen:
        page.locator("#phone-rara").get_by_role("button", name="Berkas sendiri").click()
    chosen.value.set_files(file)
    page.locator("#phone-rara .mine", has_text="kk.pdf").wait_for()
    sim.wait_until(lambda: bot.parts("messages"))
    document = bot.parts("messages")[0]["document"]
    assert document["mime_type"] == "application/pdf"
    assert sim.simulator.state.live_media(document["id"]).content == file["buffer"]


def test_a_message_that_never_arrived_is_told_to_the_tester(open_page, sim, graph):
    page = open_page()
    sim.send_text("siti", "halo")
    sim.script("siti", "late_failure")
    graph("text", {"body": "rahasia"})
    page.get_by_text("Pesan bot tidak sampai: nomor tidak dapat menerima pesan").wait_for()
    assert page.get_by_text("rahasia").count() == 0


def test_an_unreachable_bot_is_explained(open_page, sim):
    page = open_page()
    sim.set_webhook("http://127.0.0.1:9/")
    write(page, "halo")
    page.get_by_text("Bot belum menerima pesan").wait_for()


def test_residents_can_be_added_and_removed(open_page, sim):
    page = open_page()
    page.get_by_role("button", name="Warga", exact=False).first.click()
    page.get_by_label("Nama").fill("Joko Susilo")
    page.get_by_label("Nomor telepon").fill("12")
    page.get_by_role("button", name="Tambah").click()
    page.get_by_text("nomor harus 7 sampai 15 angka").wait_for()
    page.get_by_label("Nomor telepon").fill("6281200000009")
    page.get_by_role("button", name="Tambah").click()
    joko = page.locator(".phone", has_text="Joko Susilo")
    joko.wait_for()
    joko.get_by_role("button", name="Menu warga").click()
    joko.get_by_role("button", name="Hapus warga ini").click()
    joko.wait_for(state="detached")
    assert sim.simulator.state.find("6281200000009") is None


def test_a_small_screen_shows_one_chat_behind_tabs(open_page, sim, graph):
    page = open_page(SMALL)
    assert page.locator(".phone:visible").count() == 1
    tabs = page.get_by_role("tab")
    assert tabs.all_inner_texts() == ["Siti", "Budi", "Rara"]
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".phone:visible h2").inner_text() == "Budi Santosa"
    sim.send_text("siti", "x" * 300)
    graph("text", {"body": "y" * 3000})
    page.locator("#tab-siti.new").wait_for()
    tabs.first.click()
    page.locator("#phone-siti .bubble").nth(1).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    widths = page.evaluate("[...document.querySelectorAll('.bubble')].map(b => b.scrollWidth)")
    assert max(widths) <= 360
    assert page.locator("#phone-siti .send").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_device_until_chosen(open_page, scheme):
    page = open_page(color_scheme=scheme)
    colour = "getComputedStyle(document.body).backgroundColor"
    first = page.evaluate(colour)
    red = int(re.search(r"\d+", first).group())
    assert (red < 60) == (scheme == "dark")
    page.get_by_role("button", name="Ganti terang atau gelap").click()
    assert page.evaluate(colour) != first


def test_a_second_page_and_a_reload_show_the_same_chat(open_page, sim, graph):
    page, other = open_page(), open_page()
    write(page, "halo")
    other.locator("#phone-siti .mine", has_text="halo").wait_for()
    page.reload()
    page.locator("#phone-siti .mine", has_text="halo").wait_for()


def test_the_newest_message_stays_in_sight_unless_one_reads_further_up(open_page, sim):
    page = open_page()
    log = page.locator("#phone-siti .log")
    distance = "e => e.scrollHeight - e.scrollTop - e.clientHeight"
    for number in range(30):
        sim.send_text("siti", f"pesan {number}")
    page.locator("#phone-siti .mine", has_text="pesan 29").wait_for()
    page.wait_for_timeout(100)
    assert log.evaluate(distance) < 2
    page.set_viewport_size({"width": 1280, "height": 500})
    page.wait_for_timeout(100)
    assert log.evaluate(distance) < 2
    log.evaluate("e => { e.scrollTop = 0; }")
    page.wait_for_timeout(100)
    sim.send_text("siti", "satu lagi")
    page.locator("#phone-siti .mine", has_text="satu lagi").wait_for()
    assert log.evaluate("e => e.scrollTop") == 0


def test_enter_sends_and_shift_enter_makes_a_line(open_page, sim):
    page = open_page()
    box = page.locator("#phone-siti textarea")
    box.press("Enter")  # nothing written, nothing sent
    box.type("satu")
    box.press("Shift+Enter")
    box.type("dua")
    box.press("Enter")
    page.locator("#phone-siti .mine").wait_for()
    assert [line["text"] for line in sim.transcript("siti")] == ["satu\ndua"]
    assert box.input_value() == ""
