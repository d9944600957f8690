"""The made-up months: possible histories, numbers nobody has, and never into a used database."""

from __future__ import annotations

import pytest
from petugas_dunia import ajukan, warga
from sqlalchemy import func, select

from bench import demo_console, summary
from kelurahan.katalog import katalog
from kelurahan.store import sesi, status
from kelurahan.store.models import Inbox, Outbox, Permohonan, Warga
from kelurahan.store.models_petugas import Petugas, Serahan

pytestmark = pytest.mark.kedua_basis_data


@pytest.fixture
def demo(basis_data) -> str:
    """A small made-up office; the officers' password."""
    return demo_console.isi(demo_console.Dunia(warga=40, pesan=400, permohonan=120, hari=60))


def test_every_application_came_by_a_way_that_the_rules_allow(demo):
    with sesi(baca=True) as s:
        semua = s.scalars(select(Permohonan).order_by(Permohonan.id)).all()
        assert len({p.nomor for p in semua}) == len(semua) == 120
        for satu in semua:
            langkah = [(r.dari, r.ke) for r in satu.riwayat]
            assert langkah[0] == (None, "baru")
            assert all(status.boleh(dari, ke) for dari, ke in langkah[1:])
            assert (langkah[-1][1], satu.riwayat[-1].pada) == (satu.status, satu.diubah)
            waktu_ = [r.pada for r in satu.riwayat]
            assert waktu_ == sorted(waktu_)


def test_it_fills_what_the_console_shows_with_numbers_nobody_has(demo):
    with sesi(baca=True) as s:
        banyak = [s.scalar(select(func.count()).select_from(t)) for t in (Inbox, Outbox, Petugas)]
        assert banyak == [400, 400, len(demo_console.PETUGAS)]
        assert all(nomor.startswith("62811000") for nomor in s.scalars(select(Warga.wa_id)))
        terbuka = s.scalars(select(Serahan).where(Serahan.selesai.is_(None))).all()
        assert sorted(satu.dipegang is None for satu in terbuka) == [False, True, True]
    assert set(demo_console.LAYANAN) <= set(katalog().slugs())
    assert len(demo) >= 16


def test_residents_can_go_on_where_it_ends(demo):
    nomor = ajukan(warga("6281100009999"))
    with sesi(baca=True) as s:
        assert s.scalar(select(Permohonan.id).where(Permohonan.nomor == nomor)) == 121


def test_a_database_in_which_somebody_works_is_left_alone(basis_data):
    ajukan(warga())
    with pytest.raises(SystemExit, match="not empty"):
        demo_console.isi(demo_console.Dunia(1, 1, 1, 1))
    with sesi(baca=True) as s:
        assert s.scalar(select(func.count()).select_from(Permohonan)) == 1


def test_every_page_of_the_measurement_is_answered(demo):
    baris = summary.measure("uji", 2)
    assert [satu.split(" | ")[1] for satu in baris] == list(summary.PATHS)
