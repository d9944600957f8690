"""The console as an ASGI application."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from kelurahan.console import akun, lencana
from kelurahan.console.halaman import Halaman, Permintaan
from kelurahan.console.keamanan.kepala import Kepala
from kelurahan.console.lampiran import halaman as lampiran
from kelurahan.console.layanan import halaman as layanan
from kelurahan.console.pekerja import Pekerja, Tugas
from kelurahan.console.pengguna import halaman as pengguna
from kelurahan.console.percakapan import halaman as percakapan
from kelurahan.console.permohonan import halaman as permohonan
from kelurahan.console.ringkasan import halaman as ringkasan
from kelurahan.console.tampilan import tampil
from kelurahan.console.wilayah import halaman as wilayah
from kelurahan.katalog import sumber_perubahan
from kelurahan.settings import settings
from kelurahan.store import StoreBusyError, perubahan_layanan

logger = logging.getLogger(__name__)
STATIS = Path(__file__).parent / "static"
DIKIRIM = {".css", ".js", ".svg", ".wav"}
BAGIAN = (
    *(akun, lencana, permohonan, percakapan, lampiran),
    *(layanan, wilayah, ringkasan, pengguna),
)

PENJELASAN = {
    403: "Anda tidak berhak membuka atau mengubah ini, atau halamannya sudah terlalu lama terbuka. "
    "Muat ulang halaman, lalu coba lagi.",
    404: "Halaman atau data ini tidak ada. Periksa nomornya.",
    405: "Halaman ini tidak bisa dibuka dengan cara itu.",
    413: "Berkas atau isian terlalu besar (paling besar 2 MB).",
    422: "Isian tidak bisa dipakai.",
    500: "Ada kesalahan pada sistem; yang Anda kirim belum tersimpan. Coba lagi, dan kabari "
    "pengelola kalau terulang.",
    503: "Basis data sedang sibuk; yang Anda kirim belum tersimpan. Coba lagi sebentar lagi.",
}


def semua_halaman() -> list[Halaman]:
    """Every page of the console."""
    return [halaman for bagian in BAGIAN for halaman in bagian.HALAMAN]


def semua_tugas() -> list[Tugas]:
    """Every job behind the pages; a section that has some names them `TUGAS`."""
    return [tugas for bagian in BAGIAN for tugas in getattr(bagian, "TUGAS", ())]


class _Meja(Starlette):
    """The console; the headers lie around everything, the page for unforeseen faults included."""

    def build_middleware_stack(self) -> ASGIApp:
        """What Starlette builds, inside our headers."""
        return Kepala(super().build_middleware_stack(), https=self.state.https)


class _Statis(StaticFiles):
    """Vendored files and our own: unlike pages they may be kept."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Only what a page loads: no notes, no copies that an editor left behind."""
        return super().lookup_path(path) if Path(path).suffix in DIKIRIM else ("", None)

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Let browsers keep them for an hour, then ask whether they have changed."""
        jawaban = super().file_response(*args, **kwargs)
        jawaban.headers["Cache-Control"] = "public, max-age=3600"
        return jawaban


def buat(*, pekerja: bool = True) -> Starlette:
    """The application; with `pekerja` the jobs behind the pages run beside it."""
    sumber_perubahan(perubahan_layanan.berlaku)
    atur = settings()
    https = atur.console_url.startswith("https://")
    app = _Meja(
        routes=[
            *(halaman.rute() for halaman in semua_halaman()),
            Route("/hidup", lambda _: PlainTextResponse("hidup\n")),
            Mount("/statis", _Statis(directory=STATIS)),
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=500)],
        exception_handlers={HTTPException: _salah, StoreBusyError: _sibuk, Exception: _rusak},
        lifespan=_hidup if pekerja else None,
    )
    app.state.https = https
    # the prefix makes browsers insist on Secure, the whole host and the path "/"
    app.state.kuki = "__Host-petugas" if https else "petugas"
    return app


@asynccontextmanager
async def _hidup(_: Starlette):
    pekerja = Pekerja(semua_tugas())
    pekerja.mulai()
    yield
    await pekerja.berhenti()


def _halaman_salah(request: Request, kode: int, pesan: str = "") -> Callable[[], Response]:
    bagian = pesan or PENJELASAN.get(kode, PENJELASAN[500])
    p = Permintaan(request)
    return lambda: tampil(p, "salah.html", status=kode, kode=kode, pesan=bagian)


async def _salah(request: Request, galat: HTTPException) -> Response:
    asli = galat.detail if galat.status_code == 422 else ""
    return await run_in_threadpool(_halaman_salah(request, galat.status_code, asli))


async def _sibuk(request: Request, galat: StoreBusyError) -> Response:
    logger.warning("%s: %s", request.scope.get("path", "?").partition("/")[2][:20], galat)
    return await run_in_threadpool(_halaman_salah(request, 503))


async def _rusak(request: Request, galat: Exception) -> Response:
    # the server logs the exception too; what it says passes kelurahan.logs first
    return await run_in_threadpool(_halaman_salah(request, 500))
