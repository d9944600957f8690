"""A table to download."""

from __future__ import annotations

from starlette.responses import Response


def unduhan(nama: str, isi: bytes) -> Response:
    """A CSV file that the browser saves and does not show."""
    kepala = {"Content-Disposition": f'attachment; filename="{nama}"'}
    return Response(isi, media_type="text/csv; charset=utf-8", headers=kepala)
