"""RT/RW officers who agreed to it are told of new applications from their RT or RW, once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from petugas_dunia import ajukan, surat, warga
from sqlalchemy import select, update

from kelurahan import permohonan
from kelurahan.console.app import semua_tugas
from kelurahan.console.wilayah.kabar import kabari
from kelurahan.store import pengurus, sesi, waktu
from kelurahan.store import warga as pengirim
from kelurahan.store.models import Outbox, Permohonan, Warga
from kelurahan.store.models_petugas import Pengurus

pytestmark = [pytest.mark.kedua_basis_data, pytest.mark.usefixtures("basis_data")]

ASEP, DEDE = "6281234567890", "6281300001111"


def daftarkan(rt: str | None = "001", rw: str = "001", wa_id: str = ASEP, dikabari=True) -> int:
    """Register an officer, an hour and more ago."""
    jabatan = pengurus.RT if rt else pengurus.RW
    with sesi() as s:
        nomor = pengurus.tambah(s, pengurus.Data(jabatan, rt, rw, "Asep", wa_id, dikabari))
        s.get(Pengurus, nomor).dibuat = waktu.sekarang() - timedelta(days=1)
    return nomor


def kotak() -> list[Outbox]:
    with sesi(baca=True) as s:
        return list(s.scalars(select(Outbox).order_by(Outbox.id)))


def geser(nomor: str, **selang: float) -> None:
    """Make an application older."""
    with sesi() as s:
        lama = waktu.sekarang() - timedelta(**selang)
        s.execute(update(Permohonan).where(Permohonan.nomor == nomor).values(dibuat=lama))


def test_the_officer_of_the_rt_is_told_number_service_name_and_what_to_expect():
    rt = daftarkan()
    asep = warga(ASEP)
    nomor = ajukan(warga(), nama="Siti Aminah", layanan="sku")
    assert kabari() == 1
    (satu,) = surat(asep)
    teks = json.loads(satu.body)["text"]["body"]
    assert "Permohonan baru dari RT 001/RW 001" in teks
    assert all(isi in teks for isi in (nomor, "Surat Keterangan Usaha", "Siti Aminah"))
    assert "*surat pengantar RT/RW*" in teks
    assert "1990" not in teks
    assert (satu.kind, satu.pesan_id) == ("kabar_pengurus", f"rt:{nomor}:{rt}")
    isi = json.loads(satu.template)["template"]
    assert isi["name"] == "kabar_pengurus"
    assert [p["text"] for p in isi["components"][0]["parameters"]][1] == nomor


def test_nobody_is_told_twice_however_often_and_by_how_many():
    daftarkan()
    ajukan(warga())
    with ThreadPoolExecutor(4) as bersama:
        jumlah = sum(bersama.map(lambda _: kabari(), range(4)))
    assert jumlah == 1
    assert kabari() == 0
    assert len(kotak()) == 1


def test_the_officers_of_rt_and_rw_are_both_told_and_others_are_not():
    daftarkan("001", "001", ASEP)
    daftarkan(None, "001", DEDE)
    for n, (rt, rw) in enumerate([("002", "001"), ("001", "002"), (None, "002")]):
        daftarkan(rt, rw, f"628150000000{n}")
    ajukan(warga())
    assert kabari() == 2
    dikabari = {satu.warga_id for satu in kotak()}
    assert dikabari == {warga(ASEP), warga(DEDE)}


def test_an_officer_who_has_never_written_is_told_by_the_template():
    daftarkan()
    ajukan(warga())
    kabari()
    (satu,) = kotak()
    with sesi(baca=True) as s:
        asep = s.get(Warga, satu.warga_id)
    assert (asep.wa_id, asep.terakhir_menulis) == (ASEP, None)
    assert satu.template


@pytest.mark.parametrize(
    "sebab", ["not willing", "an hour old", "cancelled", "erased", "filed by themselves"]
)
def test_who_is_not_told(sebab: str):
    daftarkan(dikabari=sebab != "not willing")
    siti = warga(ASEP if sebab == "filed by themselves" else "6281100000001")
    nomor = ajukan(siti)
    if sebab == "an hour old":
        geser(nomor, minutes=61)
    elif sebab == "cancelled":
        permohonan.batalkan(siti, nomor)
    elif sebab == "erased":
        permohonan.hapus_data(siti)
    assert kabari() == 0
    assert kotak() == []


def test_an_application_that_an_officer_already_looks_at_is_news_still():
    daftarkan()
    permohonan.ubah_status(ajukan(warga()), "diperiksa", "siti")
    assert kabari() == 1


def test_what_an_rw_officer_files_for_a_neighbour_is_news_for_the_rt():
    daftarkan("001", "001", ASEP)
    daftarkan(None, "001", DEDE)
    ajukan(warga(DEDE))
    assert kabari() == 1
    assert [satu.warga_id for satu in kotak()] == [warga(ASEP)]


def test_whoever_registers_today_is_not_told_of_the_hour_before():
    nomor = ajukan(warga())
    geser(nomor, minutes=30)
    with sesi() as s:
        pengurus.tambah(s, pengurus.Data("rt", "001", "001", "Asep", ASEP, True))
    assert kabari() == 0


def test_a_corrected_rt_is_news_for_the_officer_of_the_right_one():
    daftarkan("001", "001", ASEP)
    daftarkan("002", "001", DEDE)
    siti = warga()
    nomor = ajukan(siti)
    kabari()
    permohonan.koreksi(siti, nomor, rt="002")
    assert kabari() == 1
    assert [satu.warga_id for satu in kotak()] == [warga(ASEP), warga(DEDE)]


def test_a_service_that_left_the_catalogue_stops_nothing():
    daftarkan()
    siti = warga()
    ajukan(siti, "p1", layanan="layanan_lama")
    ajukan(siti, "p2")
    assert kabari() == 1


def test_an_officer_known_under_two_ids_gets_one_message():
    """The number and the BSUID became known at different times."""
    daftarkan()
    with sesi() as s:
        pengirim.kenali(s, wa_id=None, bsuid="ID.1")
    with sesi() as s:
        asep = pengirim.kenali(s, wa_id=ASEP, bsuid="ID.1")
    ajukan(warga())
    assert kabari() == 1
    assert [satu.warga_id for satu in kotak()] == [asep]


def test_the_console_does_it_every_few_seconds():
    (tugas,) = [satu for satu in semua_tugas() if satu.kerja is kabari]
    assert tugas.tiap <= 5
