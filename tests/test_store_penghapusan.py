"""Deletion on request: what is gone, what stays without a name, what is still to be erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from whatsapp_store_world import WORDS, ledger, letter, message, receive

from kelurahan import permohonan
from kelurahan.store import models, penghapusan, sesi, status, waktu, warga
from kelurahan.whatsapp.build import text_body
from kelurahan.whatsapp.events import Sender

pytestmark = pytest.mark.kedua_basis_data

NOMOR, BSUID = "6281200000001", "ID.aaa111"
catatan = ledger()
DATA = permohonan.Data("ktp", "Budi Santoso", date(1990, 5, 3), "003", "005", varian="hilang")


@pytest.fixture
def jam(monkeypatch):
    """A clock to set by hand, in UTC."""

    class Jam:
        kini = datetime(2026, 11, 24, 1, 0, tzinfo=timezone.utc)

    monkeypatch.setattr(waktu, "sekarang", lambda: Jam.kini)
    return Jam


def pesan_masuk(wamid="wamid.1", kata="nama saya Budi"):
    """The turn of a received message; None for one that was received before."""
    isi = replace(WORDS, text=kata)
    giliran = receive(catatan, message(wamid, Sender(NOMOR, BSUID), content=isi))
    return giliran[0] if giliran else None


@pytest.fixture
def pengirim(basis_data, jam) -> str:
    """A resident with number and BSUID, one message, and one corrected application."""
    with sesi() as s:
        id_baru = warga.kenali(s, wa_id=NOMOR, bsuid=BSUID)
    giliran = pesan_masuk()
    surat = catatan.finish_turn(giliran, [text_body("Halo Budi")], "x", go_on=False).letter
    catatan.sent(surat, "wamid.keluar", go_on=False)
    nomor = permohonan.ajukan(id_baru, "p1", DATA).permohonan.nomor
    permohonan.koreksi(id_baru, nomor, nama="Budiman", rt="004")
    return id_baru


def isi_tabel() -> str:
    """Everything the database holds, as text."""
    with sesi(baca=True) as s:
        return "\n".join(
            f"{tabel.name}: {tuple(baris)}"
            for tabel in models.Basis.metadata.sorted_tables
            for baris in s.execute(tabel.select())
            if tabel.name != "rt_rw"
        )


def baris_permohonan() -> models.Permohonan:
    with sesi(baca=True) as s:
        pilih = select(models.Permohonan).options(selectinload(models.Permohonan.riwayat))
        return s.scalar(pilih)


def test_nothing_that_points_at_the_person_is_left(pengirim):
    permohonan.hapus_data(pengirim)
    isi = isi_tabel()
    for rahasia in ("Budi", "1990", NOMOR, BSUID, "'004'", "p1"):
        assert rahasia not in isi
    assert isi.count(pengirim) == 1  # the order to erase the conversation


def test_service_month_rw_and_status_stay_for_the_statistics(pengirim, jam):
    jam.kini += timedelta(days=2)
    permohonan.hapus_data(pengirim)
    baris = baris_permohonan()
    assert (baris.layanan, baris.varian, baris.rw) == ("ktp", "hilang", "005")
    assert (baris.nama, baris.tanggal_lahir, baris.rt) == ("[dihapus]", None, None)
    assert waktu.wib(baris.dibuat).strftime("%d-%m-%Y %H:%M") == "01-11-2026 00:00"
    assert baris.riwayat[-1].pada - baris.riwayat[0].pada == timedelta(days=2)


@pytest.mark.parametrize(
    ("langkah", "akhir"),
    [
        pytest.param([], "dibatalkan", id="new"),
        pytest.param(["diperiksa", "diproses", "siap_diambil"], "dibatalkan", id="not fetched yet"),
        pytest.param(["diproses", "siap_diambil", "selesai"], "selesai", id="finished"),
        pytest.param(["ditolak"], "ditolak", id="refused"),
    ],
)
def test_open_applications_are_cancelled_and_finished_ones_stay_finished(pengirim, langkah, akhir):
    nomor = permohonan.terakhir(pengirim).nomor
    for ke in langkah:
        permohonan.ubah_status(nomor, ke, "petugas1", "Bapak Budi sudah ditelepon")
    ringkasan = permohonan.hapus_data(pengirim)
    baris = baris_permohonan()
    assert baris.status == akhir
    assert [r.ke for r in baris.riwayat][-1] == akhir
    assert {r.catatan for r in baris.riwayat} == {None}
    assert ringkasan.dibatalkan == (akhir == status.DIBATALKAN)


def test_the_summary_counts_and_says_what_remains_and_why(pengirim):
    ringkasan = permohonan.hapus_data(pengirim)
    assert (ringkasan.dianonimkan, ringkasan.dihapus, ringkasan.dibatalkan) == (1, 3, 1)
    for kata in ("jenis layanan", "bulan", "RW", "untuk laporan"):
        assert kata in ringkasan.tersisa


def test_afterwards_the_sender_sees_nothing_and_is_asked_for_privacy_again(pengirim):
    nomor = permohonan.terakhir(pengirim).nomor
    permohonan.hapus_data(pengirim)
    assert permohonan.cari(pengirim, nomor) is None
    assert permohonan.daftar(pengirim) == []
    assert permohonan.terakhir(pengirim) is None
    assert permohonan.koreksi(pengirim, nomor, rt="001") is None
    assert permohonan.batalkan(pengirim, nomor) is None
    assert permohonan.ajukan(pengirim, "p1", DATA).privasi


def test_the_contact_is_gone_and_the_same_number_is_a_new_sender(pengirim):
    permohonan.hapus_data(pengirim)
    with sesi() as s:
        assert warga.alamat(s, pengirim) is None
        assert warga.kenali(s, wa_id=NOMOR, bsuid=BSUID) != pengirim


def test_a_message_processed_before_is_still_known_afterwards(pengirim):
    permohonan.hapus_data(pengirim)
    assert pesan_masuk() is None


def test_the_message_that_asks_for_it_is_still_answered_and_then_emptied(pengirim):
    """Its turn is still running while everything goes; its reply tells that it is gone."""
    giliran = pesan_masuk("wamid.2", "hapus data saya")
    permohonan.hapus_data(pengirim)
    surat = catatan.finish_turn(giliran, [text_body("Sudah dihapus")], "x", go_on=False).letter
    assert surat.to == Sender(NOMOR, BSUID)
    catatan.sent(surat, "wamid.keluar2", go_on=False)
    catatan.tidy()
    isi = isi_tabel()
    for rahasia in ("Budi", "hapus data saya", "Sudah dihapus", NOMOR, BSUID):
        assert rahasia not in isi


@pytest.mark.parametrize("keadaan", ["failed", "uncertain", "window"])
def test_a_letter_that_never_went_out_keeps_neither_words_nor_address(pengirim, keadaan):
    tujuan = Sender(NOMOR, BSUID)
    letter(pengirim, "Halo Budi", tujuan, template={"nama": "Budi"})
    (surat,) = catatan.take_letters(1, ())
    catatan.give_up(surat, keadaan, "RecipientError", 131026, go_on=False)
    permohonan.hapus_data(pengirim)
    isi = isi_tabel()
    for rahasia in ("Budi", NOMOR, BSUID):
        assert rahasia not in isi


def test_other_senders_keep_everything(pengirim):
    permohonan.ajukan("tetangga", "p9", DATA)
    permohonan.hapus_data(pengirim)
    assert permohonan.terakhir("tetangga").nama == "Budi Santoso"


def test_the_conversation_is_marked_until_it_has_been_erased(pengirim):
    assert not penghapusan.diminta(pengirim)
    permohonan.hapus_data(pengirim)
    assert penghapusan.diminta(pengirim)
    assert penghapusan.tertunda() == [pengirim]
    penghapusan.selesai(pengirim)
    assert not penghapusan.diminta(pengirim)
    assert penghapusan.tertunda() == []


def test_asking_again_marks_the_conversation_again(pengirim):
    permohonan.hapus_data(pengirim)
    penghapusan.selesai(pengirim)
    permohonan.ajukan(pengirim, "p2", DATA)
    assert permohonan.hapus_data(pengirim).dianonimkan == 1
    assert penghapusan.diminta(pengirim)


def test_deletion_reaches_the_records_merged_into_this_one(pengirim):
    with sesi() as s:
        dini = warga.kenali(s, wa_id=None, bsuid="ID.bbb222")
        warga.pindahkan(
            s, lama_wa_id=NOMOR, lama_bsuid=BSUID, wa_id="6281200000002", bsuid="ID.bbb222"
        )
    permohonan.hapus_data(dini)
    assert permohonan.daftar(pengirim) == []
    assert sorted(penghapusan.tertunda()) == sorted([pengirim, dini])


def test_a_sender_without_data_is_still_erased(basis_data):
    ringkasan = permohonan.hapus_data("baru")
    assert (ringkasan.dianonimkan, ringkasan.dihapus) == (0, 0)
    assert penghapusan.tertunda() == ["baru"]
    assert "baru" not in isi_tabel().replace("penghapusan: ('baru'", "")
