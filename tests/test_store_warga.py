"""Senders: recognised by number or BSUID, merged, moved, never mixed up with somebody else."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from whatsapp_store_world import ledger, letter, message, receive, rows
from whatsapp_world import NOW

from kelurahan.store import models, sesi, waktu, warga
from kelurahan.store.warga import Alamat, PengirimError
from kelurahan.whatsapp.events import Sender

pytestmark = pytest.mark.kedua_basis_data

A, B, C = "6281200000001", "6281200000002", "6281200000003"
X, Y = "ID.aaa111", "ID.bbb222"


def kenali(wa_id=None, bsuid=None) -> str:
    with sesi() as s:
        return warga.kenali(s, wa_id=wa_id, bsuid=bsuid)


def alamat(pengirim: str) -> Alamat | None:
    with sesi(baca=True) as s:
        return warga.alamat(s, pengirim)


def pindahkan(lama_wa_id=None, lama_bsuid=None, wa_id=None, bsuid=None) -> str | None:
    with sesi() as s:
        return warga.pindahkan(
            s, lama_wa_id=lama_wa_id, lama_bsuid=lama_bsuid, wa_id=wa_id, bsuid=bsuid
        )


def permohonan(pengirim: str, nomor: str, pesan_id: str) -> None:
    kini = waktu.sekarang()
    with sesi() as s:
        s.add(
            models.Permohonan(
                nomor=nomor,
                warga_id=pengirim,
                pesan_id=pesan_id,
                layanan="ktp",
                nama="Budi",
                rw="001",
                status="baru",
                dibuat=kini,
                diubah=kini,
            )
        )


def milik(pengirim: str) -> list[str]:
    with sesi(baca=True) as s:
        tabel = models.Permohonan
        pilih = select(tabel.nomor).where(tabel.warga_id == warga.id_sekarang(s, pengirim))
        return sorted(s.scalars(pilih))


@pytest.mark.parametrize(
    ("pertama", "kedua"),
    [
        pytest.param((A, None), (A, None), id="number"),
        pytest.param((None, X), (None, X), id="BSUID"),
        pytest.param((A, X), (A, X), id="both"),
        pytest.param((A, X), (A, None), id="both, then the number alone"),
        pytest.param((A, X), (None, X), id="both, then the BSUID alone"),
        pytest.param((A, None), (A, X), id="a BSUID joins a known number"),
        pytest.param((None, X), (A, X), id="a number joins a known BSUID"),
        pytest.param((A, X), (B, X), id="a known BSUID shows another number"),
    ],
)
def test_the_same_person_keeps_the_same_id(basis_data, pertama, kedua):
    pengirim = kenali(*pertama)
    assert kenali(*kedua) == pengirim
    terbaru = (kedua[0] or pertama[0], kedua[1] or pertama[1])
    assert alamat(pengirim) == Alamat(*terbaru)


def test_an_id_is_opaque(basis_data):
    pengirim = kenali(A, X)
    assert A not in pengirim
    assert len(pengirim) == 32


@pytest.mark.parametrize(
    ("satu", "lain"),
    [
        pytest.param((A, None), (B, None), id="two numbers"),
        pytest.param((None, X), (None, Y), id="two BSUIDs"),
        pytest.param((A, X), (A, Y), id="a recycled number with another BSUID"),
    ],
)
def test_different_people_get_different_ids(basis_data, satu, lain):
    assert kenali(*satu) != kenali(*lain)


def test_a_recycled_number_leaves_its_earlier_holder_with_the_bsuid_alone(basis_data):
    lama = kenali(A, X)
    baru = kenali(A, Y)
    assert alamat(lama) == Alamat(None, X)
    assert alamat(baru) == Alamat(A, Y)


def test_records_of_number_and_bsuid_become_one_and_keep_every_application(basis_data):
    nomor = kenali(wa_id=A)
    bsuid = kenali(bsuid=X)
    permohonan(nomor, "KDJ-1", "p1")
    permohonan(bsuid, "KDJ-2", "p2")
    permohonan(bsuid, "KDJ-3", "p1")  # the same message under both records
    assert kenali(A, X) == nomor  # the older record stays
    assert milik(nomor) == ["KDJ-1", "KDJ-2", "KDJ-3"]


def test_a_reply_under_way_to_the_merged_record_still_finds_its_address(basis_data):
    kenali(wa_id=A)
    bsuid = kenali(bsuid=X)
    kenali(A, X)
    assert alamat(bsuid) == Alamat(A, X)
    assert milik(bsuid) == milik(kenali(A, X))


def test_a_record_merged_into_a_merged_record_leads_to_the_last_one(basis_data):
    lama = kenali(A, X)
    nomor, bsuid = kenali(wa_id=B), kenali(bsuid=Y)
    assert kenali(B, Y) == nomor
    assert pindahkan(A, X, B, Y) == lama
    assert [alamat(p) for p in (lama, nomor, bsuid)] == [Alamat(B, Y)] * 3


def test_merging_moves_messages_and_letters_and_the_time_of_the_last_message(basis_data):
    nomor, bsuid = kenali(wa_id=A), kenali(bsuid=X)
    catatan = ledger()
    receive(catatan, message(sender=A, stamp=int(NOW)), message(sender=Sender(bsuid=X)))
    receive(catatan, message(sender=Sender(bsuid=X), stamp=int(NOW) + 5))
    letter(bsuid, to=Sender(bsuid=X))
    kenali(A, X)
    assert rows("SELECT DISTINCT warga_id FROM inbox") == [(nomor,)]
    assert rows("SELECT DISTINCT warga_id FROM outbox") == [(nomor,)]
    assert rows("SELECT terakhir_menulis FROM warga WHERE id = :i", i=nomor) == [(int(NOW) + 5,)]


def test_merging_keeps_the_privacy_notice_that_either_record_saw(basis_data):
    nomor, bsuid = kenali(wa_id=A), kenali(bsuid=X)
    with sesi() as s:
        s.get(models.Warga, bsuid).privasi_pada = waktu.sekarang()
    kenali(A, X)
    with sesi(baca=True) as s:
        assert s.get(models.Warga, nomor).privasi_pada is not None


def test_a_number_that_already_belongs_to_someone_is_not_merged_with_another_number(basis_data):
    """X moved from number A to B; whoever wrote from B before BSUIDs existed may be another."""
    x = kenali(A, X)
    lain = kenali(wa_id=B)
    permohonan(lain, "KDJ-1", "p1")
    assert kenali(B, X) == x
    assert milik(x) == []
    assert alamat(lain) is None


@pytest.mark.parametrize("kosong", [(None, None), ("", ""), (None, "")])
def test_a_message_from_nobody_is_refused(basis_data, kosong):
    with pytest.raises(PengirimError, match="neither number nor BSUID"):
        kenali(*kosong)


@pytest.mark.parametrize("pengirim", ["", "x" * 256])
def test_an_unusable_sender_id_is_refused(basis_data, pengirim):
    with pytest.raises(PengirimError, match=f"{len(pengirim)} characters"), sesi() as s:
        warga.kunci(s, pengirim)


def test_first_messages_of_one_person_at_once_make_one_record(basis_data):
    mulai = threading.Barrier(8)

    def tulis(i: int) -> str:
        mulai.wait()
        return kenali(A, X if i % 2 else None)

    with ThreadPoolExecutor(8) as kolam:
        assert len(set(kolam.map(tulis, range(8)))) == 1
    with sesi(baca=True) as s:
        assert s.scalar(select(func.count()).select_from(models.Warga)) == 1


def test_crossing_merges_at_once_end_with_one_person(basis_data):
    nomor, bsuid = kenali(wa_id=A), kenali(bsuid=X)
    mulai = threading.Barrier(8)

    def tulis(_: int) -> str:
        mulai.wait()
        return kenali(A, X)

    with ThreadPoolExecutor(8) as kolam:
        assert set(kolam.map(tulis, range(8))) == {nomor}
    assert alamat(bsuid) == Alamat(A, X)


def test_first_messages_of_a_recycled_numbers_new_holder_at_once_make_one_person(basis_data):
    lama = kenali(A, X)
    mulai = threading.Barrier(8)

    def tulis(_: int) -> str:
        mulai.wait()
        return kenali(A, Y)

    with ThreadPoolExecutor(8) as kolam:
        baru = set(kolam.map(tulis, range(8)))
    assert len(baru) == 1
    assert lama not in baru


@pytest.mark.parametrize(
    ("awal", "pindah", "akhir"),
    [
        pytest.param((A, X), (A, X, B, Y), (B, Y), id="number and BSUID"),
        pytest.param((A, None), (A, None, B, None), (B, None), id="number alone"),
        pytest.param((A, None), (A, X, B, Y), (B, Y), id="known by number alone"),
        pytest.param((A, X), (None, X, None, Y), (A, Y), id="BSUID alone"),
        pytest.param((A, X), (A, X, B, None), (B, None), id="new BSUID not yet told"),
        pytest.param((A, X), (A, X, A, X), (A, X), id="nothing changed"),
    ],
)
def test_a_change_of_number_or_bsuid_keeps_the_person(basis_data, awal, pindah, akhir):
    pengirim = kenali(*awal)
    assert pindahkan(*pindah) == pengirim
    assert alamat(pengirim) == Alamat(*akhir)
    assert kenali(*akhir) == pengirim


def test_after_a_change_of_number_the_new_bsuid_is_learned_with_the_next_message(basis_data):
    pengirim = kenali(A, X)
    pindahkan(A, X, B, None)
    assert kenali(B, Y) == pengirim


def test_a_change_of_an_unknown_sender_makes_no_record(basis_data):
    assert pindahkan(A, X, B, Y) is None
    with sesi(baca=True) as s:
        assert s.scalar(select(models.Warga)) is None


def test_a_change_repeated_does_no_harm(basis_data):
    pengirim = kenali(A, X)
    assert pindahkan(A, X, B, Y) == pengirim
    assert pindahkan(A, X, B, Y) is None
    assert alamat(pengirim) == Alamat(B, Y)


def test_whoever_wrote_from_the_new_account_before_the_announcement_is_merged(basis_data):
    lama = kenali(A, X)
    dini = kenali(B, Y)
    permohonan(dini, "KDJ-1", "p1")
    assert pindahkan(A, X, B, Y) == lama
    assert milik(lama) == ["KDJ-1"]


@pytest.mark.parametrize("pemilik_lama", [(B, Y), (B, None)], ids=["with BSUID", "number alone"])
def test_taking_over_a_recycled_number_never_brings_its_holders_applications(
    basis_data, pemilik_lama
):
    orang_lain = kenali(*pemilik_lama)
    permohonan(orang_lain, "KDJ-1", "p1")
    pengirim = kenali(A, X)
    pindahkan(A, X, B, None)
    assert milik(pengirim) == []
    assert milik(orang_lain) == ["KDJ-1"]
    assert alamat(pengirim).wa_id == B


def test_the_old_numbers_next_holder_is_a_new_person(basis_data):
    pengirim = kenali(A, X)
    pindahkan(A, X, B, Y)
    assert kenali(A, "ID.ccc333") != pengirim


def test_an_unknown_sender_has_no_address(basis_data):
    assert alamat("tidak-ada") is None
    assert C not in repr(Alamat(C, X))
