"""The badges beside the menu: what waits, asked for every few seconds by the page itself."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select
from starlette.responses import Response

from kelurahan.console.halaman import Halaman, Permintaan
from kelurahan.console.keamanan import peran
from kelurahan.console.tampilan import tampil
from kelurahan.store import peringatan, sesi, status
from kelurahan.store.models import Permohonan
from kelurahan.store.models_petugas import Serahan


def lencana(p: Permintaan) -> Response:
    """Counts of new applications and waiting chats, and the newest application's id.

    204 when the page shows just that already: nothing moves under somebody's finger.
    """
    with sesi(baca=True) as s:
        baru = select(func.count(), func.max(Permohonan.id)).where(Permohonan.status == status.BARU)
        jumlah, terbaru = s.execute(baru).one()
        menunggu = s.scalar(
            select(func.count())
            .select_from(Serahan)
            .where(Serahan.selesai.is_(None), Serahan.dipegang.is_(None))
        )
        terbuka = peringatan.terbuka(s)
    sidik = _sidik(jumlah, terbaru, menunggu, [(g.id, g.jumlah) for g in terbuka])
    if p.query.get("sidik") == sidik:
        return Response(status_code=204)
    isi = {"baru": jumlah, "terbaru": terbaru or 0, "menunggu": menunggu, "peringatan": terbuka}
    return tampil(p, "lencana.html", sidik=sidik, **isi)


def _sidik(*isi: object) -> str:
    """A short word that differs when anything of this differs."""
    return hashlib.sha256(repr(isi).encode()).hexdigest()[:12]


HALAMAN = (Halaman("/lencana", lencana, peran.LIHAT, diam=True),)
