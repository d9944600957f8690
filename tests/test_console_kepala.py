"""Headers, files and addresses of the console, whatever the answer is."""

from __future__ import annotations

import hashlib
import re

import pytest
from petugas_dunia import ASAL, Meja
from starlette.testclient import TestClient

from kelurahan import settings as pengaturan
from kelurahan.console.app import STATIS
from kelurahan.console.halaman import Halaman
from kelurahan.console.keamanan import kepala, peran
from kelurahan.store import StoreBusyError


@pytest.fixture
def meja(basis_data) -> Meja:
    return Meja()


def rusak(galat: Exception):
    def jawab(_p):
        raise galat

    return jawab


FAULTS = [
    ("a fault of ours", ValueError("rahasia di dalam galat"), 500, "kesalahan pada sistem"),
    ("a busy database", StoreBusyError("rahasia di dalam galat"), 503, "sedang sibuk"),
]


@pytest.mark.parametrize(
    ("galat", "kode", "kata"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_a_fault_shows_a_plain_page_that_carries_every_header(meja, galat, kode, kata):
    meja.app.router.routes.insert(0, Halaman("/rusak", rusak(galat), peran.LIHAT).rute())
    peramban = meja.masuk()
    klien = TestClient(meja.app, base_url=ASAL, raise_server_exceptions=False)
    klien.cookies = peramban.klien.cookies
    jawab = klien.get("/rusak")
    assert jawab.status_code == kode
    assert kata in jawab.text
    assert "rahasia" not in jawab.text
    assert "Traceback" not in jawab.text
    for nama, isi in kepala.KEPALA.items():
        assert jawab.headers[nama] == isi
    assert jawab.headers["cache-control"] == "no-store"


ANSWERS = [
    ("a page", "GET", "/masuk", 200),
    ("a file", "GET", "/statis/petugas.css", 200),
    ("nothing there", "GET", "/tidak/ada", 404),
    ("a wrong method", "PUT", "/masuk", 405),
    ("to the login", "GET", "/permohonan", 303),
    ("alive", "GET", "/hidup", 200),
]


@pytest.mark.parametrize(
    ("metode", "path", "kode"), [a[1:] for a in ANSWERS], ids=[a[0] for a in ANSWERS]
)
def test_every_answer_carries_the_headers_over_https_too(
    basis_data, monkeypatch, metode, path, kode
):
    monkeypatch.setenv("CONSOLE_URL", "https://meja.example")
    pengaturan.settings.cache_clear()
    jawab = Meja().klien().request(metode, path)
    assert jawab.status_code == kode
    for nama, isi in kepala.KEPALA.items():
        assert jawab.headers[nama] == isi
    assert jawab.headers["strict-transport-security"] == kepala.HSTS
    assert "server" not in jawab.headers
    assert not [nama for nama in jawab.headers if nama.startswith("access-control-")]
    jenis = jawab.headers.get("content-type", "")
    assert not jenis.startswith("text/") or "charset=utf-8" in jenis


@pytest.mark.parametrize("metode", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"])
def test_other_methods_are_refused(meja: Meja, metode: str):
    assert meja.masuk().klien.request(metode, "/permohonan").status_code == 405


ASKED = [
    "vendor/README.md",
    "",
    "vendor/",
    "petugas.css~",
    "../app.py",
    "%2e%2e/app.py",
    "..%2fapp.py",
]


@pytest.mark.parametrize("path", ASKED)
def test_only_what_pages_load_is_served(meja: Meja, path: str):
    assert meja.klien().get(f"/statis/{path}").status_code == 404


def test_everything_pages_load_is_served(meja: Meja):
    berkas = [f for f in STATIS.rglob("*") if f.is_file() and f.suffix != ".md"]
    assert berkas
    for satu in berkas:
        jawab = meja.klien().get(f"/statis/{satu.relative_to(STATIS)}")
        assert jawab.status_code == 200, satu
        assert jawab.content == satu.read_bytes()


def test_files_of_others_are_those_that_were_copied():
    """Their hashes stand beside their versions; `npm pack` gives the same."""
    folder = STATIS / "vendor"
    page = (folder / "README.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"^\| `([\w.]+)` \|.*\| `([0-9a-f]{64})` \|$", page, re.M))
    assert set(named) == {f.name for f in folder.iterdir()} - {"README.md"}
    for name, digest in named.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("htmx", [False, True], ids=["a page", "a piece"])
def test_odd_addresses_lead_to_the_login_without_a_fault(meja: Meja, htmx: bool):
    meja.app.router.routes.insert(0, Halaman("/coba/{apa}", rusak(KeyError()), peran.LIHAT).rute())
    alamat = "/coba/\u00e9\u6f22&ke=x"
    tanya = {"HX-Request": "true", "HX-Current-URL": f"{ASAL}/coba/%C3%A9&ke=x"} if htmx else {}
    jawab = meja.klien().get(alamat, headers=tanya)
    ke = jawab.headers["hx-redirect" if htmx else "location"]
    assert ke.startswith("/masuk?ke=/coba/%")
    assert "&" not in ke
