"""The summary's plots and the badges' sound in a real browser; the console alone, without a bot."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from petugas_dunia import Meja, ajukan, warga
from ringkasan_dunia import KINI, isi_dunia

from kelurahan.store import peringatan, sesi, waktu
from scripts.children import free_port

pytest_plugins = ["petugas_peramban"]
pytestmark = pytest.mark.chromium
BANYAK = 10  # plots
# notes every sound that a page wanted to make
DENGAR = """
  window.bunyi = [];
  HTMLMediaElement.prototype.play = function () {
    window.bunyi.push(new URL(this.src).pathname);
    return window.diam
      ? Promise.reject(new DOMException("", "NotAllowedError")) : Promise.resolve();
  };
"""


class Ruang:
    """A console that a browser can reach."""

    def __init__(self, chromium) -> None:
        self.chromium, self.meja, self.salah = chromium, Meja(), []
        self.url = f"http://127.0.0.1:{free_port()}"
        self._jendela = []

    @contextmanager
    def buka(self) -> Iterator[Ruang]:
        port = int(self.url.rpartition(":")[2])
        atur = uvicorn.Config(self.meja.app, port=port, log_config=None, ws="none", lifespan="off")
        server = uvicorn.Server(atur)
        jalan = threading.Thread(target=server.run, daemon=True)
        jalan.start()
        while not server.started:
            time.sleep(0.02)
        yield self
        for satu in self._jendela:
            satu.close()
        server.should_exit = True
        jalan.join()

    def jendela(self, **opsi):
        """A window of an officer who wants the sound, with a login of its own."""
        self.meja.petugas("siti", bunyi=True)
        context = self.chromium.new_context(locale="id-ID", timezone_id="Asia/Jakarta", **opsi)
        self._jendela.append(context)
        token = self.meja.masuk("siti").klien.cookies.get(self.meja.app.state.kuki)
        context.add_cookies([{"name": self.meja.app.state.kuki, "value": token, "url": self.url}])
        context.add_init_script(DENGAR)
        return context

    def halaman(self, context, path: str = "/ringkasan"):
        """A page whose complaints are kept."""
        page = context.new_page()
        page.on("console", lambda m: self.salah.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda galat: self.salah.append(str(galat)))
        page.goto(self.url + path)
        return page


@pytest.fixture
def ruang(basis_data, chromium, monkeypatch) -> Iterator[Ruang]:
    monkeypatch.setattr(waktu, "sekarang", lambda: KINI)
    with Ruang(chromium).buka() as satu:
        yield satu
    assert satu.salah == []


def lihat(page) -> None:
    """Let the page ask for its badges now instead of in ten seconds."""
    with page.expect_response(lambda satu: "/lencana" in satu.url and "statis" not in satu.url):
        page.evaluate("htmx.ajax('GET', '/lencana', {source: '#lencana', target: '#lencana'})")
    page.wait_for_timeout(100)


def bunyi(page) -> int:
    """How often the page has rung."""
    return len(page.evaluate("window.bunyi"))


def siap(page) -> None:
    """Wait until the badges have been looked at once: only what is newer rings."""
    page.locator("#lencana ul.lencana").wait_for()
    page.wait_for_load_state("networkidle")


TERGAMBAR = """() => [...document.querySelectorAll("table[data-grafik]")].map((table) => {
  const canvas = table.closest(".grafik").querySelector("canvas");
  const dots = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return { seen: canvas.checkVisibility(), ink: dots.some((dot) => dot > 0),
           label: canvas.getAttribute("aria-label") };
})"""


@pytest.mark.parametrize("warna", ["light", "dark"])
def test_every_table_is_drawn_and_folded_away(ruang: Ruang, warna):
    isi_dunia()
    page = ruang.halaman(ruang.jendela(color_scheme=warna))
    gambar = page.evaluate(TERGAMBAR)
    assert len(gambar) == BANYAK
    assert all(satu["seen"] and satu["ink"] for satu in gambar)
    assert all(satu["label"].startswith("Grafik: ") for satu in gambar)
    assert page.locator("details[open]").count() == 0
    page.get_by_text("Angka dalam tabel").first.click()
    assert page.locator("table[data-grafik]").first.is_visible()


def test_without_a_script_the_tables_are_there(ruang: Ruang):
    isi_dunia()
    page = ruang.halaman(ruang.jendela(java_script_enabled=False))
    assert page.locator("table[data-grafik]:visible").count() == BANYAK
    assert page.locator("canvas:visible").count() == 0
    assert page.get_by_role("button", name="Cetak").count() == 0


def test_on_paper_there_are_figures_and_plots_on_white_and_nothing_to_click(ruang: Ruang):
    isi_dunia()
    page = ruang.halaman(ruang.jendela(color_scheme="dark"))
    siap(page)
    page.evaluate("window.print = () => window.dispatchEvent(new Event('beforeprint'))")
    page.get_by_role("button", name="Cetak").click()
    page.emulate_media(media="print", color_scheme="dark")
    for choice in ("header.atas", "#lencana", ".pilih-masa", "details", "[data-cetak]"):
        assert page.locator(f"{choice}:visible").count() == 0, choice
    assert page.locator("canvas:visible").count() == BANYAK
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme ?? ''") == ""


def test_a_new_application_rings_once_in_one_of_two_tabs_and_is_said_aloud(ruang: Ruang):
    pemohon, context = warga(), ruang.jendela()
    satu, dua = ruang.halaman(context), ruang.halaman(context, "/layanan")
    siap(satu)
    siap(dua)
    assert (bunyi(satu), bunyi(dua)) == (0, 0), "nothing rings because a page is opened"
    ajukan(pemohon)
    lihat(satu)
    lihat(dua)
    assert (satu.evaluate("window.bunyi"), bunyi(dua)) == (["/statis/bunyi.wav"], 0)
    kata = "Permohonan baru masuk. Sekarang 1 permohonan baru menunggu."
    assert satu.locator("#kabar").text_content() == kata
    assert satu.title().startswith("● ")
    satu.keyboard.press("Tab")
    assert not satu.title().startswith("● "), "the officer has seen it"
    lihat(satu)
    assert bunyi(satu) == 1


def test_loading_a_page_again_does_not_ring(ruang: Ruang):
    context = ruang.jendela()
    page = ruang.halaman(context)
    siap(page)
    ajukan(warga())
    lihat(page)
    page.reload()
    siap(page)
    assert bunyi(page) == 0


def test_what_came_while_the_console_was_closed_does_not_ring(ruang: Ruang):
    context = ruang.jendela()
    page = ruang.halaman(context)
    siap(page)
    page.evaluate(
        "localStorage.setItem('terbaru', JSON.stringify({id: 0, at: Date.now() - 4 * 60000}))"
    )
    ajukan(warga())
    page.reload()
    siap(page)
    assert page.locator("#lencana-baru").text_content() == "1 permohonan baru"
    assert bunyi(page) == 0


def test_a_browser_that_holds_the_sound_back_says_so_until_somebody_clicks(ruang: Ruang):
    page = ruang.halaman(ruang.jendela())
    siap(page)
    page.evaluate("window.diam = true")
    tempat = page.locator("h1").bounding_box()
    ajukan(warga())
    lihat(page)
    assert "klik sekali di halaman ini" in page.locator("#kabar").text_content()
    # nothing under somebody's finger has moved, and nothing moves while the button is held down
    assert page.locator("h1").bounding_box() == tempat
    page.locator("h1").hover()
    page.mouse.down()
    assert page.locator("#kabar").is_visible()
    assert page.locator("h1").bounding_box() == tempat
    page.mouse.up()
    assert page.locator("#kabar").text_content() == ""


def test_badges_that_change_keep_the_focus_and_the_unfolded_alerts(ruang: Ruang):
    with sesi() as s:
        peringatan.catat(s, "PolicyError", "Satu pesan ditolak.")
    page = ruang.halaman(ruang.jendela())
    siap(page)
    page.locator("#lencana-gangguan").click()
    page.locator("#lencana-baru").focus()
    ajukan(warga())
    lihat(page)
    assert page.locator("#lencana-baru").text_content() == "1 permohonan baru"
    assert page.evaluate("document.activeElement.id") == "lencana-baru"
    assert page.locator("#lencana details").get_attribute("open") is not None
