"""Every page of the console in a real browser: accessible, harmless, and usable on a phone."""

from __future__ import annotations

import re

import pytest
from peramban_periksa import LEBAR, PONSEL, pelanggaran, tak_muat
from starlette.routing import compile_path

from kelurahan.console.app import semua_halaman
from kelurahan.console.halaman import UMUM
from kelurahan.console.keamanan import peran

pytest_plugins = ["petugas_peramban"]
pytestmark = [pytest.mark.tumpukan, pytest.mark.chromium]

# path -> the address to open, made from a field of `isi`; a new page needs a line here
CONTOH = {
    "/permohonan/{nomor}": "/permohonan/{nomor}",
    "/percakapan/{warga_id}": "/percakapan/{warga_id}",
    "/percakapan/{warga_id}/isi": "/percakapan/{warga_id}/isi",
    "/lampiran/{id:int}": "/lampiran/{lampiran_id}",
    "/lampiran/{id:int}/kecil": "/lampiran/{lampiran_id}/kecil",
    "/layanan/{slug}": "/layanan/{slug}",
    "/layanan/{slug}/ubah": "/layanan/{slug}/ubah",
    "/layanan/{slug}/versi/{id:int}": "/layanan/{slug}/versi/{versi_id}",
    "/layanan/{slug}/unduh": "/layanan/{slug}/unduh",
    "/wilayah/pengurus/{id:int}": "/wilayah/pengurus/{pengurus_id}",
    "/pengguna/{id:int}": "/pengguna/{petugas_id}",
}
HALAMAN = sorted({h.path for h in semua_halaman() if h.metode == "GET"})
LAGI = ["/permohonan?status=baru&layanan=sku", "/permohonan/TIDAK-ADA", "/tidak/ada"]
# what is sent to the browser but is not a page: a download, a picture, a piece of a page
BUKAN = {
    *("/lampiran/{id:int}", "/lampiran/{id:int}/kecil", "/layanan/{slug}/unduh", "/lencana"),
    *("/wilayah/rt_rw.csv", "/wilayah/pengurus.csv"),
    *("/percakapan/daftar", "/percakapan/{warga_id}/isi"),
}
TAMPIL = [path for path in [*HALAMAN, *LAGI] if path not in BUKAN]


def alamat(path: str, isi) -> str:
    """Where to look at a page."""
    assert "{" not in path or path in CONTOH, f"{path}: give an example in CONTOH"
    return CONTOH.get(path, path).format(**vars(isi))


def buka(layar, isi, path: str, **opsi):
    """The page, opened as admin."""
    opsi["maklum"] = ("status of 404",) if path in LAGI else ()
    if path == "/masuk":
        opsi["nama_pengguna"] = ""
    page = layar.buka(alamat(path, isi), **opsi)
    page.locator("h1").wait_for()
    if page.locator("#lencana").count():
        page.locator("#lencana .lencana").wait_for()
    return page


def test_examples_belong_to_pages():
    assert set(CONTOH) | BUKAN <= set(HALAMAN)


def test_the_checker_finds_what_is_wrong(layar):
    page = layar.buka("/masuk", nama_pengguna="", bypass_csp=True)
    page.locator("main").evaluate(
        "e => { e.innerHTML = '<img src=data:,><p style=\"color:#999;background:#aaa\">pucat</p>' }"
    )
    assert {satu.split(":")[0] for satu in pelanggaran(page)} >= {
        "critical image-alt",
        "serious color-contrast",
    }


@pytest.mark.parametrize("path", TAMPIL)
def test_a_page_is_accessible_in_light_and_dark(layar, isi, path: str):
    page = buka(layar, isi, path, bypass_csp=True)
    for warna in ("light", "dark"):
        page.emulate_media(color_scheme=warna)
        assert pelanggaran(page) == [], f"{path} in {warna}"
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "id"
    assert len(page.title()) > 5


@pytest.mark.parametrize("path", TAMPIL)
def test_a_page_fits_a_phone_and_breaks_no_rule_of_its_own(layar, isi, path: str):
    """The policy is in force here; `layar` fails on anything that the browser complains about."""
    page = buka(layar, isi, path)
    nama = re.sub(r"\W+", "-", path).strip("-") or "beranda"
    for lebar, ukuran in (("meja", LEBAR), ("ponsel", PONSEL)):
        page.set_viewport_size(ukuran)
        layar.potret(page, f"{lebar}-{nama}")
        assert tak_muat(page) == [], lebar


@pytest.mark.parametrize("path", sorted(BUKAN))
def test_what_is_not_a_page_is_a_file_or_a_piece(layar, isi, path: str):
    page = layar.buka("/akun/sandi")
    jawab = page.request.get(page.url.replace("/akun/sandi", alamat(path, isi)))
    assert jawab.ok
    assert "<html" not in jawab.body()[:2000].decode("latin-1")


TUJUAN = """() => {
  const all = (choice, of) => [...document.querySelectorAll(choice)].map(of);
  const way = (form) => form.method.toUpperCase();
  return [
    ...all("form", (f) => [way(f), f.getAttribute("action") || location.pathname]),
    ...all("[formaction]", (b) => [way(b.form), b.getAttribute("formaction")]),
    ...all("[hx-post]", (e) => ["POST", e.getAttribute("hx-post")]),
    ...all("[hx-get]", (e) => ["GET", e.getAttribute("hx-get")]),
    ...all("a[href^='/']", (a) => ["GET", a.getAttribute("href")]),
  ];
}"""
UNTUK_PIMPINAN = [
    h.path
    for h in semua_halaman()
    if h.metode == "GET" and peran.PIMPINAN in h.peran and h.path not in BUKAN
]


@pytest.mark.parametrize("path", UNTUK_PIMPINAN)
def test_the_head_of_the_office_sees_nothing_that_changes_anything(layar, isi, path: str):
    """Every form, button and link leads to something that `pimpinan` may do."""
    page = buka(layar, isi, path, nama_pengguna="kepala", peran=peran.PIMPINAN)
    terlarang = [f"{metode} {ke}" for metode, ke in page.evaluate(TUJUAN) if not boleh(metode, ke)]
    assert terlarang == []


def boleh(metode: str, ke: str) -> bool:
    """Whether `pimpinan` may ask for this address."""
    jalan = ke.partition("?")[0].partition("#")[0]
    cocok = [
        h for h in semua_halaman() if h.metode == metode and compile_path(h.path)[0].match(jalan)
    ]
    return bool(cocok) and (cocok[0].peran == UMUM or peran.PIMPINAN in cocok[0].peran)
