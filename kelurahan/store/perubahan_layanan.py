"""Changes to the catalogue made in the console: proposed, decided, in force, and looked up.

At most one change per service is in force (`berlaku`); an index of the table sees to it. Rows are
never deleted, and what stands in a row that is or was in force does not change.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kelurahan.settings import settings
from kelurahan.store import waktu
from kelurahan.store.engine import mesin
from kelurahan.store.models_petugas import PerubahanLayanan

USULAN, BERLAKU, DIGANTIKAN, DITOLAK = "usulan", "berlaku", "digantikan", "ditolak"
PANJANG_RIWAYAT = 100
ID_TERBESAR = 2**31 - 1  # of an INTEGER in PostgreSQL: beyond it a query is an error

Isi = Mapping[str, Any]  # place in layanan/<slug>.yml -> value, see kelurahan.katalog_perubahan


class VersiBaruError(Exception):
    """Another version came into force since the one this change was made from."""


class SudahDiputuskanError(Exception):
    """The proposal has been decided upon already."""


_T = PerubahanLayanan.__table__
_NOMOR = select(_T.c.id).where(_T.c.state == BERLAKU).order_by(_T.c.id)
_ISI = select(_T.c.id, _T.c.slug, _T.c.isi).where(_T.c.state == BERLAKU).order_by(_T.c.id)


def berlaku(diketahui: object = None) -> tuple[tuple[int, ...], dict[str, Isi]] | None:
    """The changes in force, slug -> change, and their numbers as the version of them all.

    None when the version is the one known: asked every second, so without a session's overhead.
    """
    with mesin(settings().store_url).connect() as koneksi:
        koneksi = koneksi.execution_options(baca=True)
        if tuple(koneksi.execute(_NOMOR).scalars()) == diketahui:
            return None
        baris = koneksi.execute(_ISI).all()
    return tuple(b.id for b in baris), {b.slug: json.loads(b.isi) for b in baris}


def isi(versi: PerubahanLayanan | None) -> dict[str, Any]:
    """What a version changes in the file; nothing when there is none."""
    return json.loads(versi.isi) if versi else {}


def kini(s: Session, slug: str) -> PerubahanLayanan | None:
    """The version in force; None: the file's."""
    pilih = select(PerubahanLayanan).where(
        PerubahanLayanan.slug == slug, PerubahanLayanan.state == BERLAKU
    )
    return s.scalar(pilih)


def ambil(s: Session, slug: str, versi_id: int | None) -> PerubahanLayanan | None:
    """One version of this service."""
    versi = s.get(PerubahanLayanan, versi_id) if 0 < (versi_id or 0) <= ID_TERBESAR else None
    return versi if versi and versi.slug == slug else None


def riwayat(s: Session, slug: str) -> list[PerubahanLayanan]:
    """The newest versions and proposals of one service, newest first."""
    pilih = select(PerubahanLayanan).where(PerubahanLayanan.slug == slug)
    urut = pilih.order_by(PerubahanLayanan.id.desc()).limit(PANJANG_RIWAYAT)
    return list(s.scalars(urut))


def semua_kini(s: Session) -> dict[str, PerubahanLayanan]:
    """The versions in force, by service."""
    pilih = select(PerubahanLayanan).where(PerubahanLayanan.state == BERLAKU)
    return {versi.slug: versi for versi in s.scalars(pilih)}


def menunggu(s: Session) -> dict[str, int]:
    """How many proposals wait for a decision, by service."""
    hitung = select(PerubahanLayanan.slug, func.count()).where(PerubahanLayanan.state == USULAN)
    return dict(s.execute(hitung.group_by(PerubahanLayanan.slug)).all())


def usulkan(
    s: Session, slug: str, perubahan: Isi, *, dari: int | None, oleh: str, alasan: str
) -> PerubahanLayanan:
    """Write a proposal down; the bot does not use it."""
    return _tulis(s, slug, perubahan, dari, oleh, alasan, USULAN)


def berlakukan(
    s: Session, slug: str, perubahan: Isi, *, dari: int | None, oleh: str, alasan: str
) -> PerubahanLayanan:
    """Put a change into force in place of version `dari`; VersiBaruError if that is not in force.

    {} goes back to the file.
    """
    _gantikan(s, slug, dari)
    versi = _tulis(s, slug, perubahan, dari, oleh, alasan, BERLAKU)
    versi.diputuskan_oleh, versi.diputuskan = oleh, versi.dibuat
    return versi


def setujui(
    s: Session,
    usulan: PerubahanLayanan,
    perubahan: Isi,
    *,
    dari: int | None,
    oleh: str,
    alasan: str,
) -> None:
    """Put a proposal into force in place of version `dari`; `perubahan`: what then holds."""
    _putuskan(s, usulan, DIGANTIKAN, oleh, alasan)  # not in force before the other is replaced
    _gantikan(s, usulan.slug, dari)
    usulan.isi, usulan.dari, usulan.state = _json(perubahan), dari, BERLAKU
    _simpan(s)


def tolak(s: Session, usulan: PerubahanLayanan, *, oleh: str, alasan: str) -> None:
    """Turn a proposal down."""
    _putuskan(s, usulan, DITOLAK, oleh, alasan)


def _tulis(
    s: Session, slug: str, perubahan: Isi, dari: int | None, oleh: str, alasan: str, state: str
) -> PerubahanLayanan:
    versi = PerubahanLayanan(
        slug=slug,
        isi=_json(perubahan),
        dari=dari,
        oleh=oleh,
        alasan=alasan,
        state=state,
        dibuat=waktu.sekarang(),
    )
    s.add(versi)
    _simpan(s)
    return versi


def _gantikan(s: Session, slug: str, dari: int | None) -> None:
    """Take the version in force out of it; it must be the one the change was made from."""
    lama = kini(s, slug)
    if (lama.id if lama else None) != dari:
        raise VersiBaruError(slug)
    if lama is not None and not _pindah(s, lama, BERLAKU, DIGANTIKAN):
        raise VersiBaruError(slug)


def _putuskan(s: Session, usulan: PerubahanLayanan, state: str, oleh: str, alasan: str) -> None:
    if not _pindah(s, usulan, USULAN, state):
        raise SudahDiputuskanError(usulan.id)
    usulan.diputuskan_oleh, usulan.diputuskan = oleh, waktu.sekarang()
    usulan.alasan_keputusan = alasan


def _pindah(s: Session, versi: PerubahanLayanan, dari: str, ke: str) -> bool:
    """Change the state where it is still `dari`: two officers may press at once."""
    baris = update(PerubahanLayanan).where(
        PerubahanLayanan.id == versi.id, PerubahanLayanan.state == dari
    )
    terkena = s.execute(baris.values(state=ke), execution_options={"synchronize_session": False})
    if not terkena.rowcount:
        return False
    s.refresh(versi)
    return True


def _simpan(s: Session) -> None:
    try:
        s.flush()
    except IntegrityError as galat:  # the index of versions in force: somebody was faster
        raise VersiBaruError("in force already") from galat


def _json(perubahan: Isi) -> str:
    return json.dumps(dict(perubahan), ensure_ascii=False)
