"""The whole service and a real browser: `kantor` runs once per run, `layar` opens pages in it.

A test module says `pytest_plugins = ["petugas_peramban"]`. Residents are the simulator's phones;
officers are Chromium. After every test nothing on any page may have failed.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from layanan_uji import ROOT, Bot, bot
from peramban_periksa import LEBAR
from petugas_dunia import KATA_SANDI, acakan
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kelurahan.console.keamanan import peran as peran_
from kelurahan.store import engine, perubahan_layanan, waktu
from kelurahan.store.models import Permohonan, Warga
from kelurahan.store.models_petugas import Lampiran, Pengurus, Petugas
from scripts.children import free_port
from scripts.serve_test import ACCOUNT
from simulator import testing
from simulator.model import Bubble

HASIL = ROOT / "results" / "console"  # screenshots, kept by CI
CHROMIUM = shutil.which("chromium")
ARGUMEN = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SABAR = 30.0  # seconds for the bot; two cores may be busy with other tests
NOMOR = re.compile(r"\b[A-Z]{2,4}-\d{4}-\d{4,}\b")


@dataclass
class Kantor:
    """The running service: where its parts are, and what residents do."""

    sim: testing.RunningSimulator
    bot: Bot
    url: str
    url_basis: str
    lampiran: Path
    login: dict[str, dict[str, Any]] = field(default_factory=dict)  # user name -> cookies
    terakhir: int = 0

    @contextmanager
    def sesi(self) -> Iterator[Session]:
        """The service's database."""
        mesin = engine.mesin(self.url_basis)
        with Session(mesin, future=True, expire_on_commit=False) as s, s.begin():
            yield s

    def petugas(self, nama_pengguna: str, peran: str, **isi: Any) -> str:
        """An officer whose password is KATA_SANDI; returns the user name."""
        with self.sesi() as s:
            if s.scalar(select(Petugas).where(Petugas.nama_pengguna == nama_pengguna)) is None:
                nilai = {"wajib_ganti": False, "aktif": True, "bunyi": True, "ringkasan": False}
                nilai |= {"nama": nama_pengguna.title(), "peran": peran, "sandi": acakan(), **isi}
                s.add(Petugas(nama_pengguna=nama_pengguna, dibuat=waktu.sekarang(), **nilai))
        return nama_pengguna

    def warga(self) -> str:
        """The phone number of a resident nobody has heard of."""
        self.terakhir += 1
        return f"62813000{self.terakhir:05d}"

    def warga_id(self, nomor: str) -> str:
        """What the store calls the owner of that number."""
        with self.sesi() as s:
            return s.scalar(select(Warga.id).where(Warga.wa_id == nomor))

    def tanya(self, warga: str, teks: str) -> Bubble:
        """Write as a resident; the first answer."""
        return self.tunggu(warga, lambda: self.sim.send_text(warga, teks))

    def kirim(self, warga: str, **isi: Any) -> Bubble:
        """Send anything as a resident (`attach="photo"`); the first answer."""
        return self.tunggu(warga, lambda: self.sim.send(warga, **isi))

    def tunggu(
        self, warga: str, lakukan: Callable[[], Any], berisi: str = "", sabar: float = SABAR
    ) -> Bubble:
        """Do something; the first message that then reaches the resident (and contains words)."""
        lama = len(self.sim.replies(warga))
        lakukan()

        def baru() -> list[Bubble]:
            return [b for b in self.sim.replies(warga)[lama:] if berisi.lower() in b.text.lower()]

        self.sim.wait_until(
            baru,
            lambda: f"nothing with {berisi!r} reached {warga}\n{self.sim.transcript_text(warga)}",
            sabar,
        )
        return baru()[0]

    def lampiran_tersimpan(self, warga_id: str) -> int:
        """Wait until the resident's newest attachment has been fetched; returns its id."""
        ketemu: list[int] = []

        def tersimpan() -> bool:
            with self.sesi() as s:
                milik = select(Lampiran.id).where(Lampiran.warga_id == warga_id)
                ketemu[:] = s.scalars(
                    milik.where(Lampiran.state == "stored").order_by(Lampiran.id.desc())
                ).all()
            return bool(ketemu)

        self.sim.wait_until(tersimpan, "the attachment was not fetched", SABAR)
        return ketemu[0]

    def ajukan(self, warga: str, baris: str = "Siti Aminah#3-5-1990#1/1", layanan: int = 5) -> str:
        """File an application over WhatsApp; returns its number."""
        self.tanya(warga, f"#{layanan}")
        jawaban = self.tanya(warga, baris)
        ketemu = NOMOR.search(jawaban.text)
        assert ketemu, jawaban.text
        return ketemu.group()


_BERJALAN = ExitStack()  # closed after the last test that needs the service: runs are long


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the last test that needs the service."""
    perlu = [satu for satu in items if "kantor" in getattr(satu, "fixturenames", ())]
    for satu in perlu[-1:]:
        satu.user_properties.append(("terakhir", "kantor"))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Stop the service then: it would take memory and time from all that follow."""
    if ("terakhir", "kantor") in item.user_properties:
        _BERJALAN.close()


@pytest.fixture(scope="session")
def kantor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kantor]:
    """Rasa, action server, console and simulator on free ports, with a database of their own."""
    logs = tmp_path_factory.mktemp("kantor")
    basis = f"sqlite:///{tmp_path_factory.mktemp('basis') / 'kelurahan.db'}"
    lampiran, meja = tmp_path_factory.mktemp("lampiran"), free_port()
    url = f"http://127.0.0.1:{meja}"
    akun = {nama.removeprefix("whatsapp_"): nilai for nama, nilai in ACCOUNT.items()}
    rahasia = akun.pop("app_secret")
    mulai = testing.start(secret=rahasia, retry_delays=(), webhook_timeout=30, **akun)
    sim = _BERJALAN.enter_context(mulai)
    environ = {nama.upper(): nilai for nama, nilai in ACCOUNT.items()}
    environ |= {"GRAPH_API_URL": sim.url, "DATABASE_URL": basis, "CONSOLE_URL": url}
    environ |= {"LAMPIRAN_DIR": str(lampiran)}
    berjalan = _BERJALAN.enter_context(bot(logs, environ, "--console", str(meja)))
    sim.set_webhook(berjalan.whatsapp)
    _BERJALAN.callback(engine.tutup)
    yield Kantor(sim, berjalan, url, basis, lampiran)
    _BERJALAN.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser; one per module, since Playwright keeps an event loop running meanwhile."""
    if CHROMIUM is None:
        reason = "the console's pages are not tested: no chromium on PATH"
        if os.environ.get("REQUIRE_CHROMIUM") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        berjalan = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMEN)
        yield berjalan
        berjalan.close()


@dataclass(frozen=True)
class Isi:
    """Something of everything that pages can show, some of it meant to do harm."""

    nomor: str
    warga_id: str
    lampiran_id: int
    slug: str
    versi_id: int
    pengurus_id: int
    petugas_id: int


SKRIP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
JAHAT = f"\u202egnaro\u202c {SKRIP} {{{{ 7 * 7 }}}} " + "Wk" * 60  # no break for 120 characters


@pytest.fixture(scope="session")
def isi(kantor: Kantor) -> Isi:
    """Applications, chats, an attachment, a proposal, an RT officer, made where they come from."""
    warga, lain = kantor.warga(), kantor.warga()
    nomor = kantor.ajukan(warga, "Wulan Purnamasari#12-4-1985#1/1")
    kantor.ajukan(lain, "Budi Santosa Wiraharja#1-2-1990#1/2", 7)
    kantor.kirim(warga, attach="photo", caption=JAHAT)
    kantor.tanya(warga, JAHAT)
    kantor.tanya(warga, "petugas")
    warga_id = kantor.warga_id(warga)
    with kantor.sesi() as s:
        s.execute(update(Permohonan).where(Permohonan.nomor != nomor).values(nama=JAHAT))
        isian = {"catatan": ["Contoh perubahan dari pengujian."]}
        usul = perubahan_layanan.usulkan(
            s, "sku", isian, dari=None, oleh="siti", alasan=f"Pengujian {JAHAT}"
        )
        rt = Pengurus(jabatan="rt", rt="001", rw="001", nama=JAHAT, dikabari=True)
        rt.wa_id, rt.dibuat = "6281399900001", waktu.sekarang()
        s.add(rt)
        s.flush()
        versi_id, pengurus_id = usul.id, rt.id
    kantor.petugas("siti", peran_.PETUGAS)
    with kantor.sesi() as s:
        petugas_id = s.scalar(select(Petugas.id).where(Petugas.nama_pengguna == "siti"))
    lampiran_id = kantor.lampiran_tersimpan(warga_id)
    return Isi(nomor, warga_id, lampiran_id, "sku", versi_id, pengurus_id, petugas_id)


@dataclass
class Layar:
    """Opens windows of the browser, and writes down what goes wrong in them."""

    chromium: Any
    kantor: Kantor
    tumpukan: ExitStack
    salah: list[str] = field(default_factory=list)
    HASIL = HASIL  # not a field: no annotation

    def buka(
        self,
        path: str = "",
        nama_pengguna: str = "admin",
        peran: str = peran_.ADMIN,
        *,
        maklum: tuple[str, ...] = (),
        **opsi: Any,
    ) -> Any:
        """A page in a window of its own, logged in ("" as `nama_pengguna`: not logged in).

        `maklum`: parts of console messages that the test expects ("status of 404").
        """
        if nama_pengguna:
            self.kantor.petugas(nama_pengguna, peran)
            opsi["storage_state"] = self._login(nama_pengguna)
        page = self._jendela(maklum, opsi)
        if path:
            page.goto(self.kantor.url + path)
        return page

    def _login(self, nama_pengguna: str) -> dict[str, Any]:
        """Cookies of a login through the form, made once per officer."""
        ingat = self.kantor.login
        if nama_pengguna not in ingat:
            page = self._jendela((), {})
            masuk(page, self.kantor.url, nama_pengguna)
            ingat[nama_pengguna] = page.context.storage_state()
            page.context.close()
        return ingat[nama_pengguna]

    def _jendela(self, maklum: tuple[str, ...], opsi: dict[str, Any]) -> Any:
        opsi = {"viewport": LEBAR, "locale": "id-ID", "timezone_id": "Asia/Jakarta", **opsi}
        opsi.setdefault("reduced_motion", "reduce")  # no colours half-way between two
        context = self.chromium.new_context(**opsi)
        self.tumpukan.callback(context.close)
        page = context.new_page()
        page.set_default_timeout(15_000)

        def catat(pesan: Any) -> None:
            if pesan.type == "error" and not any(kata in pesan.text for kata in maklum):
                self.salah.append(f"console of {page.url}: {pesan.text}")

        page.on("console", catat)
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda galat: self.salah.append(f"script of {page.url}: {galat}"))
        page.on("request", lambda satu: self._periksa_asal(satu.url))
        return page

    def _dialog(self, dialog: Any) -> None:
        """Our own questions are answered with yes; nothing else may open a box."""
        if dialog.type != "confirm":
            self.salah.append(f"{dialog.type}: {dialog.message}")
        dialog.accept()

    @staticmethod
    def potret(page: Any, nama: str) -> None:
        """A picture of the whole page for whoever looks at the CI run."""
        HASIL.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=HASIL / f"{nama}.png", full_page=True)

    def _periksa_asal(self, url: str) -> None:
        if not url.startswith((self.kantor.url + "/", "data:", "blob:")):
            self.salah.append(f"asked for {url}")


def masuk(page: Any, url: str, nama_pengguna: str, kata_sandi: str = KATA_SANDI) -> None:
    """Log in through the form."""
    page.goto(f"{url}/masuk")
    page.get_by_label("Nama pengguna").fill(nama_pengguna)
    page.get_by_label("Kata sandi", exact=True).fill(kata_sandi)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(re.compile(r"/permohonan|/akun/sandi"))


@pytest.fixture
def layar(chromium: Any, kantor: Kantor) -> Iterator[Layar]:
    """Windows of the browser, closed afterwards; nothing in them may have failed."""
    with ExitStack() as tumpukan:
        satu = Layar(chromium, kantor, tumpukan)
        yield satu
    assert satu.salah == []
