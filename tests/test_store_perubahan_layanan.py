"""Versions of a service in the table: proposed, in force, replaced, and two officers at once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from kelurahan import katalog
from kelurahan.store import perubahan_layanan as simpanan
from kelurahan.store import sesi
from kelurahan.store.models_petugas import PerubahanLayanan
from kelurahan.store.perubahan_layanan import (
    BERLAKU,
    DIGANTIKAN,
    DITOLAK,
    USULAN,
    SudahDiputuskanError,
    VersiBaruError,
)

pytestmark = [pytest.mark.kedua_basis_data, pytest.mark.usefixtures("basis_data")]


def berlakukan(dari: int | None = None, slug: str = "ktp", **isi: object) -> int:
    with sesi() as s:
        return simpanan.berlakukan(s, slug, isi, dari=dari, oleh="ani", alasan="edaran").id


def usulkan(dari: int | None = None, **isi: object) -> int:
    with sesi() as s:
        return simpanan.usulkan(s, "ktp", isi, dari=dari, oleh="siti", alasan="loket").id


def setujui(usulan: int, dari: int | None, **isi: object) -> None:
    with sesi() as s:
        baris = simpanan.ambil(s, "ktp", usulan)
        simpanan.setujui(s, baris, isi, dari=dari, oleh="ani", alasan="benar")


def keadaan() -> list[str]:
    with sesi(baca=True) as s:
        return list(s.scalars(select(PerubahanLayanan.state).order_by(PerubahanLayanan.id)))


def test_nothing_is_in_force_at_first():
    assert simpanan.berlaku() == ((), {})
    assert simpanan.berlaku(()) is None


def test_a_change_is_in_force_until_it_is_replaced():
    satu = berlakukan(biaya="Rp 1.")
    versi, isi = simpanan.berlaku()
    assert (versi, isi) == ((satu,), {"ktp": {"biaya": "Rp 1."}})
    assert simpanan.berlaku(versi) is None
    dua = berlakukan(satu, biaya="Rp 2.")
    assert simpanan.berlaku(versi) == ((dua,), {"ktp": {"biaya": "Rp 2."}})
    assert keadaan() == [DIGANTIKAN, BERLAKU]


def test_services_do_not_touch_each_other():
    satu, dua = berlakukan(biaya="Rp 1."), berlakukan(slug="kk", lama="1 hari.")
    assert simpanan.berlaku() == (
        (satu, dua),
        {"ktp": {"biaya": "Rp 1."}, "kk": {"lama": "1 hari."}},
    )
    with sesi(baca=True) as s:
        assert {k: v.id for k, v in simpanan.semua_kini(s).items()} == {"ktp": satu, "kk": dua}
        assert [v.id for v in simpanan.riwayat(s, "kk")] == [dua]
        assert simpanan.ambil(s, "kk", satu) is None


@pytest.mark.parametrize("versi_id", [None, 0, -1, 99, 2**31, 2**63, 10**30])
def test_a_version_that_does_not_exist_is_none(versi_id):
    with sesi(baca=True) as s:
        assert simpanan.ambil(s, "ktp", versi_id) is None


def test_a_change_made_from_an_older_version_is_refused_and_changes_nothing():
    satu = berlakukan(biaya="Rp 1.")
    dua = berlakukan(satu, biaya="Rp 2.")
    for dari in (None, satu, 99):
        with pytest.raises(VersiBaruError):
            berlakukan(dari, biaya="Rp 3.")
    assert simpanan.berlaku()[0] == (dua,)
    assert keadaan() == [DIGANTIKAN, BERLAKU]


@pytest.mark.parametrize("dari_versi", [False, True], ids=["from the file", "from a version"])
def test_of_two_admins_at_once_one_is_told(dari_versi):
    dari = berlakukan(biaya="Rp 1.") if dari_versi else None
    mulai, hasil = threading.Barrier(4), []

    def tekan(n: int) -> None:
        mulai.wait()
        try:
            berlakukan(dari, biaya=f"Rp {n}000.")
            hasil.append("berlaku")
        except VersiBaruError:
            hasil.append("kalah")

    utas = [threading.Thread(target=tekan, args=(n,)) for n in range(4)]
    for satu in utas:
        satu.start()
    for satu in utas:
        satu.join()
    assert sorted(hasil) == ["berlaku", "kalah", "kalah", "kalah"]
    assert keadaan().count(BERLAKU) == 1


def test_a_proposal_waits_and_is_not_in_force():
    usulkan(biaya="Rp 1.")
    usulkan(lama="1 hari.")
    assert simpanan.berlaku() == ((), {})
    with sesi(baca=True) as s:
        assert simpanan.menunggu(s) == {"ktp": 2}


def test_an_approved_proposal_replaces_the_version_in_force():
    satu = berlakukan(biaya="Rp 1.")
    usulan = usulkan(satu, biaya="Rp 1.", lama="1 hari.")
    dua = berlakukan(satu, biaya="Rp 2.")
    with pytest.raises(VersiBaruError):
        setujui(usulan, satu, biaya="Rp 1.", lama="1 hari.")
    setujui(usulan, dua, biaya="Rp 2.", lama="1 hari.")
    assert simpanan.berlaku()[1] == {"ktp": {"biaya": "Rp 2.", "lama": "1 hari."}}
    assert keadaan() == [DIGANTIKAN, BERLAKU, DIGANTIKAN]
    with sesi(baca=True) as s:
        baris = simpanan.ambil(s, "ktp", usulan)
        assert (baris.oleh, baris.diputuskan_oleh, baris.dari) == ("siti", "ani", dua)
        assert (baris.alasan, baris.alasan_keputusan) == ("loket", "benar")
        assert simpanan.menunggu(s) == {}


def test_a_proposal_is_decided_once():
    usulan = usulkan(biaya="Rp 1.")
    with sesi() as s:
        simpanan.tolak(s, simpanan.ambil(s, "ktp", usulan), oleh="ani", alasan="belum resmi")
    with pytest.raises(SudahDiputuskanError):
        setujui(usulan, None, biaya="Rp 1.")
    with pytest.raises(SudahDiputuskanError), sesi() as s:
        simpanan.tolak(s, simpanan.ambil(s, "ktp", usulan), oleh="budi", alasan="x")
    assert keadaan() == [DITOLAK]
    assert simpanan.berlaku() == ((), {})


def test_an_approval_changes_the_version_of_the_catalogue_though_its_number_is_older():
    usulan = usulkan(lama="1 hari.")
    satu = berlakukan(biaya="Rp 1.")
    versi, _ = simpanan.berlaku()
    setujui(usulan, satu, biaya="Rp 1.", lama="1 hari.")
    assert simpanan.berlaku(versi) is not None


def test_a_process_that_asks_the_table_answers_with_the_change_and_with_the_file_again():
    katalog.sumber_perubahan(simpanan.berlaku)
    semula = katalog.katalog().ambil("ktp").biaya
    satu = berlakukan(biaya="Rp 1.")
    katalog.segarkan()
    assert katalog.katalog().ambil("ktp").biaya == "Rp 1."
    berlakukan(satu)
    katalog.segarkan()
    assert katalog.katalog().ambil("ktp").biaya == semula
    assert keadaan()[-1] == BERLAKU
    assert USULAN not in keadaan()
