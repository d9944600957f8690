"""What the resident is going to read, as it will look on the phone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.orm import Session

from kelurahan.console.permohonan import ubah
from kelurahan.console.permohonan.saringan import LABEL
from kelurahan.console.tampilan import baris
from kelurahan.replies.kabar import Kabar
from kelurahan.store import waktu
from kelurahan.store.models import Permohonan
from kelurahan.whatsapp import outbox, templates

TEBAL = re.compile(r"\*([^*\n]{1,300}?)\*")


@dataclass(frozen=True)
class Jangkauan:
    """Whether the resident can be told, and how: in our words while the window is open."""

    ada: bool
    terbuka: bool = False
    terakhir: datetime | None = None  # when the resident wrote last


@dataclass(frozen=True)
class Pratinjau:
    """One message before it is sent. `baku`: the template goes out, not the text."""

    teks: Markup = field(repr=False)
    baku: bool
    terpotong: bool  # the template does not hold the whole note


def jangkauan(s: Session, satu: Permohonan) -> Jangkauan:
    """How the resident would be reached now."""
    warga = ubah.penerima(s, satu)
    if warga is None:
        return Jangkauan(ada=False)
    detik = warga.terakhir_menulis
    lewat = waktu.sekarang().timestamp() - (detik or 0)
    terakhir = datetime.fromtimestamp(detik, waktu.WIB) if detik else None
    return Jangkauan(True, lewat < outbox.WINDOW - outbox.MARGIN, terakhir)


def pratinjau(satu: Permohonan, ke: str, catatan: str, lewat: Jangkauan) -> Pratinjau | None:
    """The message about a move to `ke`; None if nobody is told."""
    if not lewat.ada:
        return None
    isi = ubah.kabar_status(satu, ke, catatan)
    if lewat.terbuka:
        return Pratinjau(tebal(isi.teks), baku=False, terpotong=False)
    utuh = " ".join(catatan.split()).rstrip(".") in isi.singkat
    return Pratinjau(tebal(_teks_baku(satu, isi)), baku=True, terpotong=not utuh)


def akibat(ke: str, lewat: Jangkauan) -> str:
    """What the button does."""
    if ke not in LABEL:
        return "Ubah status dan kabari warga" if lewat.ada else "Ubah status"
    ubahan = f"Ubah ke “{LABEL[ke]}”"
    return f"{ubahan} dan kirim pesan ini" if lewat.ada else f"{ubahan} (tidak ada yang dikabari)"


def _teks_baku(satu: Permohonan, isi: Kabar) -> str:
    badan = ubah.templat(satu, isi)["template"]
    teks = templates.TEXTS[badan["name"]]
    for n, nilai in enumerate(badan["components"][0]["parameters"], 1):
        teks = teks.replace(f"{{{{{n}}}}}", nilai["text"])
    return teks


def tebal(teks: str) -> Markup:
    """WhatsApp's *bold* and line breaks as HTML; everything else is escaped."""
    return Markup(TEBAL.sub(r"<strong>\1</strong>", str(baris(teks))))
