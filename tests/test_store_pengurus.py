"""RT/RW officers in the store: found by the number they write from, forgotten with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pernyataan import pernyataan
from petugas_dunia import ajukan, warga
from sqlalchemy import select

from kelurahan import permohonan
from kelurahan.store import pengurus, sesi, waktu
from kelurahan.store import warga as pengirim
from kelurahan.store.models import Outbox
from kelurahan.store.models_petugas import JejakAudit, Pengurus
from kelurahan.store.pengurus import Data, Jabatan
from kelurahan.whatsapp import build, outbox

pytestmark = [pytest.mark.kedua_basis_data, pytest.mark.usefixtures("basis_data")]

NOMOR, LAIN = "6281234567890", "6281300000001"


def data(wa_id: str = NOMOR, rt: str | None = "003", **beda) -> Data:
    isi = {"jabatan": "rt" if rt else "rw", "rt": rt, "rw": "005", "nama": "Asep", **beda}
    return Data(**isi, wa_id=wa_id, dikabari=beda.get("dikabari", True))


def tambah(satu: Data) -> int | None:
    with sesi() as s:
        return pengurus.tambah(s, satu)


def semua() -> list[Pengurus]:
    with sesi(baca=True) as s:
        return pengurus.daftar(s)


def test_an_officer_is_recognised_by_the_number_and_a_resident_is_not():
    asep, siti = warga(NOMOR), warga(LAIN)
    tambah(data())
    assert pengurus.jabatan(asep) == Jabatan("rt", "003", "005")
    assert pengurus.jabatan(siti) is None
    assert pengurus.jabatan("tidak-ada") is None


def test_looking_an_officer_up_is_one_query():
    asep = warga(NOMOR)
    tambah(data())
    with pernyataan() as dijalankan:
        assert pengurus.jabatan(asep)
    assert len(dijalankan) == 1


def test_a_message_under_an_older_id_of_the_same_person_is_recognised_too():
    with sesi() as s:
        lama = pengirim.kenali(s, wa_id=None, bsuid="ID.1")
    asep = warga(NOMOR)
    with sesi() as s:
        pengirim.kenali(s, wa_id=NOMOR, bsuid="ID.1")
    tambah(data())
    assert pengurus.jabatan(asep) == pengurus.jabatan(lama) == Jabatan("rt", "003", "005")


CAKUPAN = [
    ("own RT", Jabatan("rt", "003", "005"), "003", "005", True),
    ("other RT of the RW", Jabatan("rt", "003", "005"), "004", "005", False),
    ("same RT number elsewhere", Jabatan("rt", "003", "005"), "003", "006", False),
    ("RW: any RT of it", Jabatan("rw", None, "005"), "004", "005", True),
    ("RW: another RW", Jabatan("rw", None, "005"), "004", "006", False),
]


@pytest.mark.parametrize(
    ("jabatan", "rt", "rw", "cocok"), [c[1:] for c in CAKUPAN], ids=[c[0] for c in CAKUPAN]
)
def test_what_belongs_to_an_office(jabatan: Jabatan, rt: str, rw: str, cocok: bool):
    assert jabatan.mencakup(rt, rw) is cocok


def test_a_number_is_registered_once():
    assert tambah(data()) is not None
    assert tambah(data(rt="004")) is None
    assert [satu.rt for satu in semua()] == ["003"]


def test_the_list_is_by_rw_its_own_officers_first():
    for n, (rt, rw) in enumerate([("002", "002"), (None, "002"), ("001", "001"), ("001", "002")]):
        tambah(data(f"62813000000{n:02}", rt, rw=rw))
    assert [(satu.rw, satu.rt) for satu in semua()] == [
        ("001", "001"),
        ("002", None),
        ("002", "001"),
        ("002", "002"),
    ]


def test_replacing_the_list_keeps_the_id_of_whoever_stays():
    asep = tambah(data())
    tambah(data(LAIN, "004"))
    with sesi() as s:
        pengurus.ganti_semua(s, [data(rt=None), data("6281300000009", "001")])
    assert {satu.wa_id: (satu.id == asep, satu.rt) for satu in semua()} == {
        NOMOR: (True, None),
        "6281300000009": (False, "001"),
    }


def pindahkan(dari: str, ke: str) -> None:
    with sesi() as s:
        pengirim.pindahkan(s, lama_wa_id=dari, lama_bsuid=None, wa_id=ke, bsuid=None)


def test_an_announced_change_of_number_takes_the_office_along():
    asep = warga(NOMOR)
    tambah(data())
    pindahkan(NOMOR, LAIN)
    assert [satu.wa_id for satu in semua()] == [LAIN]
    assert pengurus.jabatan(asep) == Jabatan("rt", "003", "005")
    assert pengurus.jabatan(warga(NOMOR)) is None, "whoever gets the old number is nobody"


def test_a_change_to_a_number_that_is_registered_already_leaves_no_second_entry():
    warga(NOMOR)
    tambah(data())
    tambah(data(LAIN, "004"))
    pindahkan(NOMOR, LAIN)
    assert [(satu.wa_id, satu.rt) for satu in semua()] == [(LAIN, "004")]


def test_an_officer_who_has_everything_erased_leaves_the_list_too():
    asep = warga(NOMOR)
    nomor = tambah(data())
    tambah(data(LAIN, "004"))
    permohonan.hapus_data(asep)
    assert [satu.wa_id for satu in semua()] == [LAIN]
    with sesi(baca=True) as s:
        (jejak,) = s.scalars(select(JejakAudit)).all()
    assert (jejak.oleh, jejak.tindakan) == ("warga", "pengurus_hapus_diri")
    assert (jejak.sasaran, jejak.sebelum) == (f"pengurus:{nomor}", None)


def test_a_resident_who_has_everything_erased_takes_no_officer_along():
    tambah(data())
    permohonan.hapus_data(warga(LAIN))
    with sesi() as s:
        permohonan.penghapusan.hapus(s, pengirim.kenali(s, wa_id=None, bsuid="ID.9"), "warga")
    assert len(semua()) == 1


def kabar(nomor: str, pesan_id: str, kind: str = pengurus.KABAR) -> None:
    with sesi() as s:
        asep = pengirim.kenali(s, wa_id=NOMOR, bsuid=None)
        badan = build.text_body(f"Permohonan {nomor} atas nama Siti Aminah")
        assert outbox.enqueue(s, asep, badan, kind=kind, pesan_id=pesan_id)


def keadaan() -> dict[str, tuple[str, bool]]:
    with sesi(baca=True) as s:
        return {b.pesan_id: (b.state, b.body is not None) for b in s.scalars(select(Outbox))}


def test_news_of_an_applicant_who_is_erased_is_withdrawn_or_emptied(monkeypatch):
    siti = warga(LAIN)
    nomor, lain = ajukan(siti), ajukan(warga("6281300000002"), "p2")
    for pesan_id, kind in (("1", pengurus.KABAR), ("2", pengurus.KABAR), ("3", "lain")):
        kabar(nomor, pengurus.kunci_kabar(nomor, pesan_id), kind)
    kabar(lain, pengurus.kunci_kabar(lain, "1"))
    with sesi() as s:
        terkirim = select(Outbox).where(Outbox.pesan_id == pengurus.kunci_kabar(nomor, "2"))
        s.scalar(terkirim).state = "done"
    permohonan.hapus_data(siti)
    assert keadaan() == {
        pengurus.kunci_kabar(nomor, "2"): ("done", False),
        pengurus.kunci_kabar(nomor, "3"): ("waiting", True),
        pengurus.kunci_kabar(lain, "1"): ("waiting", True),
    }


def test_a_message_that_is_being_sent_is_not_taken_from_under_its_sender():
    siti = warga(LAIN)
    nomor = ajukan(siti)
    kabar(nomor, pengurus.kunci_kabar(nomor, "1"))
    with sesi() as s:
        s.scalar(select(Outbox)).state = "running"
    permohonan.hapus_data(siti)
    assert keadaan() == {pengurus.kunci_kabar(nomor, "1"): ("running", True)}


def test_news_is_found_by_when_the_application_was_filed_not_by_searching_everything():
    """An outbox row of another month with the same key is no news of this application."""
    siti = warga(LAIN)
    nomor = ajukan(siti)
    kabar(nomor, pengurus.kunci_kabar(nomor, "1"))
    with sesi() as s:
        s.scalar(select(Outbox)).created_at = waktu.sekarang() - timedelta(days=40)
    permohonan.hapus_data(siti)
    assert keadaan() == {pengurus.kunci_kabar(nomor, "1"): ("waiting", True)}
