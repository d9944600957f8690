"""The console's measurement: what it fills a database with, and that its requests are answered."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bench import console
from bench.console_fill import fill
from kelurahan.store import sesi, status
from kelurahan.store.models import Permohonan, RiwayatStatus

pytestmark = pytest.mark.kedua_basis_data


def test_applications_are_made_with_a_history_that_the_rules_allow(basis_data):
    fill(300)
    with sesi(baca=True) as s:
        semua = s.scalars(select(Permohonan).order_by(Permohonan.id)).all()
        assert len({p.nomor for p in semua}) == len(semua) == 300
        assert {p.status for p in semua} == set(status.SEMUA)
        assert [p.dibuat for p in semua] == sorted(p.dibuat for p in semua)
        for satu in semua:
            langkah = [(r.dari, r.ke) for r in satu.riwayat]
            assert langkah[0] == (None, "baru")
            assert langkah[-1][1] == satu.status
            assert all(status.boleh(dari, ke) for dari, ke in langkah[1:])
            assert satu.riwayat[-1].pada == satu.diubah >= satu.dibuat


def test_every_request_of_the_measurement_is_answered(basis_data):
    fill(120)
    angka = console.in_process("uji", console.login(), len(console.ASKS))
    assert set(angka.waited) == {satu.name for satu in console.ASKS}
    assert all(milidetik > 0 for milidetik in angka.all())
    assert angka.line().startswith("| uji, in process |")


def test_new_applications_go_on_behind_the_made_up_ones(basis_data):
    from petugas_dunia import ajukan, warga

    fill(50)
    nomor = ajukan(warga())
    with sesi(baca=True) as s:
        assert s.scalar(select(func.count()).select_from(Permohonan)) == 51
        assert s.scalar(select(func.count()).where(RiwayatStatus.ke == "baru")) == 51
        terakhir = s.scalar(select(Permohonan.nomor).order_by(Permohonan.id.desc()).limit(1))
    assert terakhir == nomor
