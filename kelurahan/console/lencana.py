"""The badges under the menu: part of every page, and asked for again every few seconds."""

from __future__ import annotations

from starlette.responses import Response

from kelurahan.console import menunggu
from kelurahan.console.halaman import Halaman, Permintaan
from kelurahan.console.keamanan import peran
from kelurahan.console.tampilan import tampil


def lencana(p: Permintaan) -> Response:
    """The badges as they are now; 204 when the page shows just that already.

    Then nothing moves under somebody's finger.
    """
    kini = menunggu.hitung()
    if p.query.get("sidik") == kini.sidik:
        return Response(status_code=204)
    return tampil(p, "lencana.html", lencana=kini)


HALAMAN = (Halaman("/lencana", lencana, peran.LIHAT, diam=True),)
