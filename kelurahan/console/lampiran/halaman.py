"""Files of residents, to officers alone: pictures shown, PDFs downloaded, nothing ever executed."""

from __future__ import annotations

import io
import logging

from starlette.exceptions import HTTPException
from starlette.responses import Response

from kelurahan.console import audit
from kelurahan.console.halaman import Halaman, Permintaan
from kelurahan.console.keamanan import peran
from kelurahan.console.pekerja import Tugas
from kelurahan.store import lampiran, lampiran_berkas, sesi
from kelurahan.store.models_petugas import Lampiran

logger = logging.getLogger(__name__)

# What we send for each type that is ever stored; a file's own name or type is never passed on.
FOTO = "image/jpeg"
JENIS = {FOTO: ("inline", "jpg"), "application/pdf": ("attachment", "pdf")}
CSP = "sandbox; default-src 'none'"
SISI_KECIL = 160  # pixels: enough to tell the pictures apart, too few to read them
ID_TERBESAR = 2**31 - 1
RAPIKAN_TIAP = 600.0  # seconds


def buka(p: Permintaan) -> Response:
    """The file itself; that somebody looked at it goes into the audit trail."""
    satu = _cari(p)
    isi = _baca(satu)
    with sesi() as s:
        audit.catat(s, p.pengguna.nama_pengguna, "lihat_lampiran", f"lampiran:{satu.id}")
    cara, akhiran = JENIS[satu.mime]
    return _kirim(isi, satu.mime, f'{cara}; filename="lampiran-{satu.id}.{akhiran}"')


def kecil(p: Permintaan) -> Response:
    """A small picture for lists."""
    satu = _cari(p)
    if satu.mime != FOTO:
        raise HTTPException(404)
    return _kirim(_kecilkan(_baca(satu)), FOTO, "inline")


def _cari(p: Permintaan) -> Lampiran:
    """The stored attachment of this number, or 404."""
    nomor = int(p.path["id"])
    if nomor > ID_TERBESAR:
        raise HTTPException(404)
    with sesi(baca=True) as s:
        satu = s.get(Lampiran, nomor)
    if satu is None or satu.state != lampiran.TERSIMPAN or satu.mime not in JENIS:
        raise HTTPException(404)
    return satu


def _baca(satu: Lampiran) -> bytes:
    try:
        return lampiran_berkas.baca(satu.berkas or "")
    except lampiran_berkas.BerkasError as galat:
        logger.error("attachment %d cannot be read: %s", satu.id, galat)
        raise HTTPException(404) from None


def _kecilkan(isi: bytes) -> bytes:
    """A picture of ours (see whatsapp.media_image), so it is safe to decode here."""
    from PIL import Image

    hasil = io.BytesIO()
    with Image.open(io.BytesIO(isi), formats=("JPEG",)) as gambar:
        gambar.draft("RGB", (2 * SISI_KECIL, 2 * SISI_KECIL))
        gambar.thumbnail((SISI_KECIL, SISI_KECIL))
        gambar.save(hasil, "JPEG", quality=75)
    return hasil.getvalue()


def _kirim(isi: bytes, mime: str, cara: str) -> Response:
    kepala = {
        "Content-Disposition": cara,
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(isi, media_type=mime, headers=kepala)


HALAMAN = (
    Halaman("/lampiran/{id:int}", buka, peran.LIHAT),
    # asked by the page itself: it must not keep a forgotten login alive
    Halaman("/lampiran/{id:int}/kecil", kecil, peran.LIHAT, diam=True),
)
TUGAS = (Tugas("lampiran", RAPIKAN_TIAP, lampiran.bersihkan),)
