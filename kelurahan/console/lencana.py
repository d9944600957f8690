"""The badges beside the menu: what waits, asked for every few seconds by the page itself."""

from __future__ import annotations

from sqlalchemy import func, select
from starlette.responses import Response

from kelurahan.console.halaman import Halaman, Permintaan
from kelurahan.console.keamanan import peran
from kelurahan.console.tampilan import tampil
from kelurahan.store import peringatan, sesi, status
from kelurahan.store.models import Permohonan
from kelurahan.store.models_petugas import Serahan


def lencana(p: Permintaan) -> Response:
    """Counts of new applications and waiting chats, and the newest application's id."""
    with sesi(baca=True) as s:
        baru = select(func.count(), func.max(Permohonan.id)).where(Permohonan.status == status.BARU)
        jumlah, terbaru = s.execute(baru).one()
        menunggu = s.scalar(
            select(func.count())
            .select_from(Serahan)
            .where(Serahan.selesai.is_(None), Serahan.dipegang.is_(None))
        )
        terbuka = peringatan.terbuka(s)
    isi = {"baru": jumlah, "terbaru": terbaru or 0, "menunggu": menunggu, "peringatan": terbuka}
    return tampil(p, "lencana.html", **isi)


HALAMAN = (Halaman("/lencana", lencana, peran.LIHAT, diam=True),)
