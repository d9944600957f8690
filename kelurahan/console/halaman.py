"""What a page of the console is: a path, who may see it, and a function that answers.

Every route is a `Penjaga`; a test walks through all of them. Functions that answer are plain and
synchronous (they read the database), take a `Permintaan` and return a response; they run in a
thread.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kelurahan.console.keamanan import masuk
from kelurahan.console.keamanan.masuk import Pengguna

logger = logging.getLogger(__name__)

UMUM: frozenset[str] = frozenset()  # the few pages that nobody needs to be logged in for
ISIAN_TERBESAR = 2 * 1024 * 1024  # bytes of one form; the RT/RW file is the largest thing sent
GANTI_SANDI, NILAI_SANDI = "/akun/sandi", "/akun/sandi/nilai"


@dataclass(frozen=True)
class Permintaan:
    """What a page knows about the request."""

    mentah: Request = field(repr=False)
    form: FormData = field(default_factory=FormData, repr=False)
    masuk_sebagai: Pengguna | None = None

    @property
    def pengguna(self) -> Pengguna:
        """Who asks; only on pages that need a login."""
        if self.masuk_sebagai is None:
            raise HTTPException(401)
        return self.masuk_sebagai

    @property
    def path(self) -> Mapping[str, Any]:
        """Parts of the path."""
        return self.mentah.path_params

    @property
    def query(self) -> QueryParams:
        """What stands after the "?"; never personal data."""
        return self.mentah.query_params

    @property
    def tempat(self) -> str:
        """Where the request comes from, for counting failed logins."""
        return self.mentah.client.host if self.mentah.client else "?"

    @property
    def sepotong(self) -> bool:
        """Whether htmx asks for a piece of a page."""
        return self.mentah.headers.get("HX-Request") == "true"

    def isi(self, nama: str, batas: int = 5000) -> str:
        """A text field of the form, trimmed; "" when it is missing, too long is refused."""
        nilai = self.form.get(nama, "")
        teks = nilai.strip() if isinstance(nilai, str) else ""
        if len(teks) > batas:
            raise HTTPException(422, f"Isian terlalu panjang (paling banyak {batas} karakter).")
        return teks.replace("\r\n", "\n").replace("\x00", "")

    def berkas(self, nama: str) -> bytes | None:
        """The bytes of an uploaded file, or None."""
        nilai = self.form.get(nama)
        return nilai.file.read() if isinstance(nilai, UploadFile) else None


@dataclass(frozen=True)
class Halaman:
    """One page, or one thing that a button does.

    `peran`: the roles that may ask, see keamanan.peran. `diam`: asked by the page itself, so that
    it does not keep a login alive. `berkas`: how many files its form may bring.
    """

    path: str
    jawab: Callable[[Permintaan], Response]
    peran: frozenset[str]
    metode: str = "GET"
    diam: bool = False
    berkas: int = 0

    def rute(self) -> Route:
        """The guarded route."""
        return Route(self.path, Penjaga(self), methods=[self.metode])


class Penjaga:
    """Lets a request through to its page: same origin, login, role, CSRF token, size."""

    def __init__(self, halaman: Halaman) -> None:
        self.halaman = halaman

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI."""
        request = Request(scope, receive)
        async with _isian(request, self.halaman) as form:
            jawaban = await self._jawab(request, form)
        await jawaban(scope, receive, send)

    async def _jawab(self, request: Request, form: FormData) -> Response:
        halaman = self.halaman
        pengguna = None
        if halaman.peran:
            token = request.cookies.get(request.app.state.kuki)
            pengguna = await run_in_threadpool(masuk.kenali, token, diam=halaman.diam)
            if pengguna is None:
                return ke_masuk(request)
            if pengguna.wajib_ganti and halaman.path not in (GANTI_SANDI, NILAI_SANDI, "/keluar"):
                return pindah(request, GANTI_SANDI)
            if pengguna.peran not in halaman.peran:
                raise HTTPException(403)
            if halaman.metode != "GET":
                _periksa_csrf(request, form, pengguna)
        return await run_in_threadpool(halaman.jawab, Permintaan(request, form, pengguna))


class _isian:  # noqa: N801 - used like a function
    """The form of a POST, closed afterwards; refuses foreign origins before reading anything."""

    def __init__(self, request: Request, halaman: Halaman) -> None:
        self.request, self.halaman = request, halaman
        self.form = FormData()

    async def __aenter__(self) -> FormData:
        request = self.request
        if self.halaman.metode == "GET":
            return self.form
        if not _asal_sendiri(request):
            raise HTTPException(403)
        panjang = request.headers.get("content-length", "")
        if not panjang.isdecimal():
            raise HTTPException(411)
        if int(panjang) > ISIAN_TERBESAR:
            raise HTTPException(413)
        self.form = await request.form(
            max_files=self.halaman.berkas, max_fields=200, max_part_size=ISIAN_TERBESAR
        )
        return self.form

    async def __aexit__(self, *_: object) -> None:
        await self.form.close()


def _asal_sendiri(request: Request) -> bool:
    """Every browser of today says where a POST comes from; who does not say it is refused."""
    asal = request.headers.get("origin")
    if asal is None:
        return request.headers.get("sec-fetch-site") == "same-origin"
    return urlsplit(asal).netloc == request.headers.get("host")


def _periksa_csrf(request: Request, form: FormData, pengguna: Pengguna) -> None:
    diberikan = form.get("csrf") or request.headers.get("X-CSRF-Token") or ""
    benar = isinstance(diberikan, str) and hmac.compare_digest(
        diberikan.encode(), pengguna.csrf.encode()
    )
    if not benar:
        raise HTTPException(403)


def pindah(request: Request, ke: str) -> Response:
    """Send the browser to another page, also when htmx asks."""
    if request.headers.get("HX-Request") == "true":
        return Response(headers={"HX-Redirect": ke})
    return RedirectResponse(ke, status_code=303)


def ke_masuk(request: Request) -> Response:
    """To the login, and back to the same page afterwards."""
    tujuan = request.url.path if request.method == "GET" else ""
    if request.headers.get("HX-Request") == "true":
        tujuan = urlsplit(request.headers.get("HX-Current-URL", "")).path
    return pindah(request, "/masuk" + (f"?ke={quote(tujuan)}" if tujuan not in ("", "/") else ""))
