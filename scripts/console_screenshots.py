"""`python -m scripts.console_screenshots`: the console's pictures in docs/img, of made-up data.

Starts a console of its own on a fresh database filled by `bench.demo_console`, looks at its pages
with Chromium, and writes PNG files of at most 200 kB.
"""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import update

from bench.demo_console import Dunia, isi
from kelurahan import settings as pengaturan
from kelurahan.store import serahan, sesi, waktu, warga
from kelurahan.store.models import Warga
from kelurahan.store.models_petugas import Obrolan, Serahan
from scripts import surroundings
from scripts.children import LOOPBACK, ROOT, Children, free_port

IMG = ROOT / "docs" / "img"
WIDE, PHONE = {"width": 1180, "height": 760}, {"width": 360, "height": 740}
LARGEST = 200 * 1024  # bytes of a file
COLOURS = 96  # enough for pages of text; a third of the bytes
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ADMIN, PETUGAS = "siti", "budi"
Shot = Callable[[Any], None]


def queue(page: Any) -> None:
    """What waits, the oldest first."""
    page.goto("/permohonan")


def incomplete(page: Any) -> None:
    """Telling a resident what is missing, with the message beforehand."""
    page.goto("/permohonan?status=baru")
    page.locator("table.antrean a").first.click()
    page.get_by_label("Perlu dilengkapi").check()
    note = "Foto KK belum ada. Mohon kirim fotonya di sini, yang jelas dan tidak terpotong."
    page.get_by_label("Catatan untuk warga").fill(note)
    page.locator("#pratinjau .gelembung", has_text="Foto KK belum ada").wait_for()


def chat(page: Any) -> None:
    """A conversation that an officer has taken."""
    page.goto("/percakapan")
    page.locator("section[aria-labelledby=menunggu] table a").first.click()
    page.get_by_role("button", name="Ambil alih").click()
    box = page.get_by_label("Pesan untuk warga")
    box.fill("Waalaikumsalam, Bapak/Ibu. KK yang hilang bisa dibuatkan lagi.")
    page.get_by_role("button", name="Kirim").click()
    page.locator(".gelembung.keluar", has_text="KK yang hilang bisa").wait_for()
    box.fill("Bawa surat kehilangan dari polisi, KTP asli, dan pengantar RT/RW ke loket.")


def service(page: Any) -> None:
    """Changing a requirement, with the bot's answer beside it."""
    page.goto("/layanan/sku/ubah")
    box = page.locator("#formulir textarea").first
    box.fill(box.input_value().rstrip() + "\nFoto tempat usaha dari depan")
    page.locator("#pratinjau", has_text="Foto tempat usaha dari depan").wait_for()


def summary(page: Any) -> None:
    """The plots of a month."""
    page.goto("/ringkasan?per=bulan")
    page.locator("canvas").first.wait_for()


# file -> who looks, how large the window is, what is done there; which part of it is shown
SHOTS: dict[str, tuple[str, dict[str, int], Shot, str]] = {
    "petugas-antrean": (PETUGAS, WIDE, queue, ""),
    "petugas-ponsel": (PETUGAS, PHONE, queue, ""),
    "petugas-kurang": (PETUGAS, WIDE, incomplete, "main"),
    "petugas-percakapan": (PETUGAS, WIDE, chat, "main"),
    "petugas-layanan": (ADMIN, {**WIDE, "height": 820}, service, ""),
    "petugas-ringkasan": (ADMIN, {**WIDE, "height": 1000}, summary, ""),
}


def conversation() -> None:
    """Somebody who has just asked for a human; and everybody has written today."""
    now = waktu.sekarang()

    def ago(minutes: int) -> datetime:
        return now - timedelta(minutes=minutes)

    said = (
        (7, "masuk", "warga", "Assalamualaikum, KK saya hilang. Bisa dibuatkan lagi di kelurahan?"),
        (4, "masuk", "warga", "Saya perlu untuk daftar sekolah anak, Senin depan."),
    )
    with sesi() as s:
        s.execute(update(Warga).values(terakhir_menulis=int(ago(3).timestamp())))
        someone = warga.kenali(s, wa_id="6281100009999", bsuid=None)
        s.get(Warga, someone).terakhir_menulis = int(ago(4).timestamp())
        # the others who wait came later: this one stands on top of the list
        asked = {"sebab": serahan.DIMINTA, "dibuat": ago(600), "terakhir": ago(4)}
        s.add(Serahan(warga_id=someone, **asked))
        for minutes, arah, oleh, teks in said:
            line = {"arah": arah, "oleh": oleh, "teks": teks, "pada": ago(minutes)}
            s.add(Obrolan(warga_id=someone, **line))


def small(png: bytes) -> bytes:
    """The picture with few colours."""
    result = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(result, "PNG", optimize=True)
    return result.getvalue()


def rasas_table(path: Path) -> Path:
    """Rasa's conversations, none so far: without the table the chat page says it is missing."""
    columns = "id INTEGER PRIMARY KEY, sender_id, type_name, timestamp, intent_name, action_name"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE events ({columns}, data)")
    return path


@contextmanager
def console(folder: Path) -> Iterator[tuple[str, str]]:
    """A console with made-up work in it: its address, and the password of its officers."""
    port = free_port()
    own = {"DATABASE_URL": f"sqlite:///{folder / 'demo.db'}", "PORT_CONSOLE": str(port)}
    own |= {"LAMPIRAN_DIR": str(folder / "lampiran"), "CONSOLE_URL": ""}
    own |= {"TRACKER_URL": f"sqlite:///{rasas_table(folder / 'percakapan.db')}"}
    os.environ.update(own)
    pengaturan.settings.cache_clear()
    password = isi(Dunia(warga=600, pesan=9000, permohonan=900, hari=92))
    conversation()
    with Children(folder / "log") as children:
        environ = surroundings.own_environ()
        children.start(surroundings.console_program(pengaturan.settings(), environ))
        children.wait_ready()
        yield f"http://{LOOPBACK}:{port}", password


def login(browser: Any, url: str, officer: str, password: str) -> dict[str, Any]:
    """The cookies of a login."""
    page = browser.new_context(base_url=url).new_page()
    page.goto("/masuk")
    page.get_by_label("Nama pengguna").fill(officer)
    page.get_by_label("Kata sandi", exact=True).fill(password)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url("**/permohonan")
    return page.context.storage_state()


def shoot(browser: Any, url: str, password: str) -> None:
    """Take every picture."""
    cookies = {who: login(browser, url, who, password) for who in (ADMIN, PETUGAS)}
    for name, (who, size, prepare, part) in SHOTS.items():
        look = {"base_url": url, "viewport": size, "storage_state": cookies[who]}
        zone = {"locale": "id-ID", "timezone_id": "Asia/Jakarta", "reduced_motion": "reduce"}
        page = browser.new_context(**look, **zone).new_page()
        prepare(page)
        page.locator("#lencana .lencana").wait_for()
        picture = small(page.locator(part).screenshot() if part else page.screenshot())
        if len(picture) > LARGEST:
            raise SystemExit(f"{name}.png has {len(picture)} bytes, at most {LARGEST} are wanted")
        (IMG / f"{name}.png").write_bytes(picture)
        print(f"{name}.png {len(picture) // 1024} kB")
        page.context.close()


def main() -> int:
    """The command."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        print("There is no chromium on PATH; install it.", file=sys.stderr)
        return 1
    with (
        tempfile.TemporaryDirectory(prefix="kelurahan-gambar-") as folder,
        console(Path(folder)) as (url, password),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        shoot(browser, url, password)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
