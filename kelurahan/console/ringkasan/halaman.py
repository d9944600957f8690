"""The page of figures, by day, week and month."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from kelurahan.console.halaman import Halaman, Permintaan
from kelurahan.console.keamanan import peran
from kelurahan.console.ringkasan import kabar
from kelurahan.console.ringkasan.hitung import hitung
from kelurahan.console.ringkasan.masa import PILIHAN, TERTUA, MasaError, baca
from kelurahan.console.ringkasan.sajian import saji
from kelurahan.console.tampilan import tampil
from kelurahan.store import sesi, waktu


def ringkasan(p: Permintaan) -> Response:
    """Figures of `?per=hari|minggu|bulan&sampai=2026-11-24`; this month if nothing is asked."""
    try:
        masa = baca(p.query.get("per", ""), p.query.get("sampai", ""), waktu.sekarang())
    except MasaError as galat:
        raise HTTPException(422, str(galat)) from None
    with sesi(baca=True) as s:
        angka = hitung(s, masa)
    hari_ini = waktu.wib(masa.kini).date()
    isi = {"masa": masa, "pilihan": PILIHAN, "tertua": TERTUA, "hari_ini": hari_ini}
    return tampil(p, "ringkasan/ringkasan.html", sajian=saji(angka), **isi)


TUGAS = kabar.TUGAS
HALAMAN = (Halaman("/ringkasan", ringkasan, peran.LIHAT),)
