"""Pages from templates: escaping always on, times in WIB, words instead of codes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from kelurahan.console.halaman import Permintaan
from kelurahan.console.keamanan import peran
from kelurahan.console.menunggu import hitung
from kelurahan.katalog import KatalogError, katalog
from kelurahan.store import direktori as _direktori
from kelurahan.store import waktu
from kelurahan.store.waktu import wib
from kelurahan.wilayah import kelurahan

FOLDER = Path(__file__).parent / "templates"
BULAN = "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des".split()
HARI = "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split()
MENU = (
    ("/permohonan", "Permohonan"),
    ("/percakapan", "Percakapan"),
    ("/layanan", "Layanan"),
    ("/wilayah", "Wilayah"),
    ("/ringkasan", "Ringkasan"),
    ("/pengguna", "Pengguna"),
)
# characters that turn the direction of the text around them, or that nobody sees: a name could
# otherwise rewrite what stands beside it
_TAK_TAMPAK = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, 0x061C]
)


def jam(saat: datetime | None) -> str:
    """`24 Nov 2026 14.05`, WIB."""
    if saat is None:
        return "-"
    lokal = wib(saat)
    return f"{tanggal(lokal.date())} {lokal:%H.%M}"


def tanggal(hari: date | None) -> str:
    """`24 Nov 2026`."""
    return "-" if hari is None else f"{hari.day} {BULAN[hari.month - 1]} {hari.year}"


def lamanya(selang: timedelta) -> str:
    """How long, in the largest unit that says enough: `5 menit`, `3 jam`, `12 hari`."""
    menit = max(0, int(selang.total_seconds() // 60))
    if menit < 1:
        return "baru saja"
    if menit < 60:
        return f"{menit} menit"
    if menit < 48 * 60:
        return f"{menit // 60} jam"
    return f"{menit // (24 * 60)} hari"


def sejak(saat: datetime) -> str:
    """How long ago."""
    return lamanya(waktu.sekarang() - saat)


def aman(teks: str | None) -> str:
    """A resident's words without invisible and direction-changing characters; still escaped."""
    return (teks or "").translate(_TAK_TAMPAK)


def baris(teks: str | None) -> Markup:
    """Several lines as they were typed, escaped, with breaks."""
    return Markup("<br>").join(escape(satu) for satu in aman(teks).split("\n"))


def nama_layanan(slug: str | None) -> str:
    """The short name of a service; a service that left the catalogue is shown by its slug."""
    try:
        return katalog().ambil(slug or "").singkat
    except KatalogError:
        return slug or "-"


def _lingkungan() -> Environment:
    lingkungan = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    lingkungan.filters.update(
        jam=jam, tanggal=tanggal, sejak=sejak, lamanya=lamanya, aman=aman, baris=baris
    )
    lingkungan.filters["layanan"] = nama_layanan
    lingkungan.globals.update(menu=MENU, label_peran=peran.LABEL)
    return lingkungan


_jinja = _lingkungan()


def tampil(p: Permintaan, templat: str, /, *, status: int = 200, **isi: Any) -> HTMLResponse:
    """Fill a template. Every page knows `p` (the request), `saya` (who asks), `kelurahan`."""
    saya = p.masuk_sebagai
    html = _jinja.get_template(templat).render(
        p=p,
        saya=saya,
        csrf=saya.csrf if saya else "",
        boleh=lambda siapa: saya is not None and saya.peran in getattr(peran, siapa),
        kelurahan=kelurahan(),
        contoh=_direktori.direktori().contoh if saya else False,
        hitung_menunggu=hitung,
        bagian="/" + p.mentah.url.path.strip("/").partition("/")[0],
        **isi,
    )
    return HTMLResponse(html, status_code=status)
