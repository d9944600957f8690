"""Applications: filed exactly once, bound to the sender, corrected and cancelled with a history."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from kelurahan import permohonan
from kelurahan.permohonan import Data, IsianError, NomorError
from kelurahan.store import models, models_petugas, status, waktu
from kelurahan.store.status import StatusError
from kelurahan.store.warga import PengirimError, kunci
from kelurahan.wilayah import kelurahan

pytestmark = pytest.mark.kedua_basis_data

DATA = Data("ktp", "Siti Nur'aini", date(1990, 5, 3), "003", "005")
AWAL = datetime(2026, 11, 24, 1, 0, tzinfo=timezone.utc)


@pytest.fixture(autouse=True)
def jam(monkeypatch):
    """A clock to set by hand, in UTC."""

    class Jam:
        kini = AWAL

    monkeypatch.setattr(waktu, "sekarang", lambda: Jam.kini)
    return Jam


def nomor(urut: int, bulan: str = "2611") -> str:
    return f"{kelurahan().awalan_nomor}-{bulan}-{urut:04d}"


def ajukan(pengirim="a", pesan_id="p1", data=DATA, **beda):
    return permohonan.ajukan(pengirim, pesan_id, replace(data, **beda))


def serentak(pekerjaan, banyak: int = 8) -> list:
    """Run one job in many threads that all start together."""
    mulai = threading.Barrier(banyak)

    def satu(i: int):
        mulai.wait()
        return pekerjaan(i)

    with ThreadPoolExecutor(banyak) as kolam:
        return list(kolam.map(satu, range(banyak)))


# filing


def test_an_application_is_filed_as_given(basis_data):
    hasil = ajukan(varian="hilang")
    assert hasil.baru
    catatan = hasil.permohonan
    assert catatan.nomor == nomor(1)
    assert (catatan.layanan, catatan.varian, catatan.nama) == ("ktp", "hilang", "Siti Nur'aini")
    assert (catatan.tanggal_lahir, catatan.rt, catatan.rw) == (date(1990, 5, 3), "003", "005")
    assert (catatan.status, catatan.dibuat, catatan.diubah) == (status.BARU, AWAL, AWAL)
    assert [(r.dari, r.ke, r.pada, r.oleh) for r in catatan.riwayat] == [
        (None, "baru", AWAL, "warga")
    ]
    assert permohonan.cari("a", catatan.nomor) == catatan


def test_the_same_message_gives_the_same_number_even_with_other_content_and_much_later(
    basis_data, jam
):
    pertama = ajukan()
    jam.kini += timedelta(days=3)
    kedua = ajukan(nama="Orang Lain")
    assert (kedua.baru, kedua.permohonan) == (False, pertama.permohonan)
    assert (pertama.pesan_sama, kedua.pesan_sama) == (False, True)


def test_message_ids_count_per_sender(basis_data):
    assert ajukan("a").permohonan.nomor != ajukan("b").permohonan.nomor


@pytest.fixture(params=["new sender", "known sender"])
def pengirim(request, basis_data) -> str:
    """A sender, with or without a record: the record is what filings wait for."""
    if request.param == "known sender":
        with permohonan.sesi() as s:
            kunci(s, "a")
    return "a"


def test_the_same_message_processed_eight_times_at_once_is_filed_once(pengirim):
    hasil = serentak(lambda _: ajukan(pengirim))
    assert {h.permohonan.nomor for h in hasil} == {nomor(1)}
    assert sum(h.baru for h in hasil) == 1
    assert len(permohonan.daftar(pengirim, batas=20)) == 1


def test_the_same_request_in_eight_messages_at_once_is_filed_once(pengirim):
    hasil = serentak(lambda i: ajukan(pengirim, f"p{i}"))
    assert {h.permohonan.nomor for h in hasil} == {nomor(1)}


@pytest.mark.parametrize(
    "pengirim", [lambda i: "rt", lambda i: f"w{i}"], ids=["one sender", "many senders"]
)
def test_different_requests_at_once_get_consecutive_numbers(basis_data, pengirim):
    hasil = serentak(lambda i: ajukan(pengirim(i), f"p{i}", nama=f"Warga {'ABCDEFGH'[i]}"))
    assert sorted(h.permohonan.nomor for h in hasil) == [nomor(i) for i in range(1, 9)]


def test_a_filing_that_fails_leaves_no_gap_in_the_numbers(basis_data, monkeypatch):
    with monkeypatch.context() as rusak, pytest.raises(RuntimeError, match="putus"):
        rusak.setattr(permohonan, "_salin", _putus)
        ajukan()
    assert ajukan().permohonan.nomor == nomor(1)


def _putus(_):
    raise RuntimeError("putus")


@pytest.mark.parametrize(
    ("saat", "bulan"),
    [
        ("2026-11-30T16:59:59+00:00", "2611"),
        ("2026-11-30T17:00:00+00:00", "2612"),
        ("2026-12-31T17:00:00+00:00", "2701"),
    ],
)
def test_numbers_start_again_with_each_month_in_bogor(basis_data, jam, saat, bulan):
    ajukan("lain", "p0")
    jam.kini = datetime.fromisoformat(saat)
    urut = 2 if bulan == "2611" else 1
    assert ajukan().permohonan.nomor == nomor(urut, bulan)


def test_after_9999_numbers_grow_longer(basis_data):
    with permohonan.sesi() as s:
        s.add(models.UrutanNomor(bulan="2611", terakhir=9999))
    assert ajukan().permohonan.nomor == nomor(10000)


# the same content in another message

BEDA = [
    pytest.param({"nama": "  SITI  nur'AINI "}, True, id="case and spaces of the name"),
    pytest.param({"nama": "Sitinur'aini"}, True, id="name written together"),
    pytest.param({"varian": "hilang"}, True, id="variant"),
    pytest.param({"nama": "Siti Nuraini"}, False, id="another name"),
    pytest.param({"tanggal_lahir": date(1991, 5, 3)}, False, id="another birth date"),
    pytest.param({"rt": "004"}, False, id="another RT"),
    pytest.param({"rw": "006"}, False, id="another RW"),
    pytest.param({"layanan": "kk"}, False, id="another service"),
]


@pytest.mark.parametrize(("beda", "kembar"), BEDA)
def test_an_equal_request_in_another_message_is_the_same_application(basis_data, beda, kembar):
    pertama = ajukan()
    kedua = ajukan(pesan_id="p2", **beda)
    assert kedua.baru is not kembar
    assert (kedua.permohonan.nomor == pertama.permohonan.nomor) is kembar


def test_an_equal_request_of_another_sender_is_another_application(basis_data):
    ajukan("a")
    assert ajukan("b", "p2").baru


@pytest.mark.parametrize(
    ("jeda", "baru"), [(timedelta(hours=23, minutes=59), False), (timedelta(hours=24), True)]
)
def test_an_equal_request_is_new_again_after_a_day(basis_data, jam, jeda, baru):
    ajukan()
    jam.kini += jeda
    assert ajukan(pesan_id="p2").baru is baru


@pytest.mark.parametrize(
    ("langkah", "baru"),
    [
        (["diperiksa"], False),
        (["perlu_dilengkapi"], False),
        (["diproses"], False),
        (["diproses", "siap_diambil"], True),
        (["diproses", "siap_diambil", "selesai"], True),
        (["ditolak"], True),
        (["dibatalkan"], True),
    ],
    ids=lambda nilai: nilai[-1] if isinstance(nilai, list) else None,
)
def test_an_equal_request_counts_as_the_open_one_only_while_it_is_open(basis_data, langkah, baru):
    pertama = ajukan().permohonan.nomor
    for ke in langkah:
        permohonan.ubah_status(pertama, ke, "petugas1")
    assert ajukan(pesan_id="p2").baru is baru


# what cannot be stored

TIDAK_SAH = [
    pytest.param({"layanan": ""}, "layanan", id="no service"),
    pytest.param({"nama": " "}, "nama: 1 characters", id="empty name"),
    pytest.param({"nama": "x" * 201}, "nama: 201 characters", id="very long name"),
    pytest.param({"nama": "Bu\x00di"}, "nama: 5 characters", id="control character"),
    pytest.param({"nama": None}, "nama: 0 characters", id="no name"),
    pytest.param({"tanggal_lahir": "1990-05-03"}, "tanggal_lahir: str", id="date as text"),
    pytest.param({"tanggal_lahir": AWAL}, "tanggal_lahir: datetime", id="a moment"),
    pytest.param({"tanggal_lahir": None}, "tanggal_lahir: NoneType", id="no date"),
    pytest.param({"rt": "3"}, "rt: '3'", id="RT of one digit"),
    pytest.param({"rw": "٠٠٥"}, "rw: ", id="Arabic digits"),
    pytest.param({"rw": None}, "rw: None", id="no RW"),
]


@pytest.mark.parametrize(("beda", "pesan"), TIDAK_SAH)
def test_unusable_fields_are_refused_by_name(basis_data, beda, pesan):
    with pytest.raises(IsianError, match=pesan):
        ajukan(**beda)
    catatan = ajukan().permohonan
    if "layanan" not in beda:
        with pytest.raises(IsianError, match=pesan):
            permohonan.koreksi("a", catatan.nomor, **beda)
    assert permohonan.cari("a", catatan.nomor) == catatan


@pytest.mark.parametrize(
    ("pengirim", "pesan_id", "galat"), [("", "p1", PengirimError), ("a", "", IsianError)]
)
def test_a_filing_without_sender_or_message_is_refused(basis_data, pengirim, pesan_id, galat):
    with pytest.raises(galat):
        ajukan(pengirim, pesan_id)


def test_names_like_code_are_stored_as_they_are(basis_data):
    nama = "'); DROP TABLE warga;-- <b>"
    catatan = ajukan(nama=nama).permohonan
    assert permohonan.cari("a", catatan.nomor).nama == nama


# finding


def test_only_the_sender_finds_an_application(basis_data):
    milik_a = ajukan("a").permohonan.nomor
    assert permohonan.cari("a", f" {milik_a.lower()} ").nomor == milik_a
    assert permohonan.cari("a", milik_a + "99") is None
    assert permohonan.cari("b", milik_a) is None
    assert permohonan.daftar("b") == []
    assert permohonan.terakhir("b") is None


def test_nobody_else_can_change_an_application(basis_data):
    catatan = ajukan("a").permohonan
    assert permohonan.koreksi("b", catatan.nomor, rt="001") is None
    assert permohonan.batalkan("b", catatan.nomor) is None
    assert permohonan.cari("a", catatan.nomor) == catatan


def test_an_rt_officer_lists_what_they_filed_newest_first(basis_data):
    semua = [ajukan("rt", f"p{i}", nama=f"Warga {'ABCDEFG'[i]}").permohonan for i in range(7)]
    assert permohonan.daftar("rt") == semua[:1:-1]
    assert permohonan.daftar("rt", batas=2) == semua[:4:-1]
    assert permohonan.terakhir("rt") == semua[-1]


# correcting and cancelling


def test_corrections_change_the_fields_and_keep_what_stood_there(basis_data, jam):
    awal = ajukan().permohonan
    jam.kini += timedelta(minutes=5)
    hasil = permohonan.koreksi("a", awal.nomor, tanggal_lahir=date(1991, 5, 3), rt="003", rw="006")
    assert (hasil.nama, hasil.tanggal_lahir, hasil.rt, hasil.rw) == (
        awal.nama,
        date(1991, 5, 3),
        "003",
        "006",
    )
    assert [(k.isian, k.sebelum, k.sesudah, k.pada, k.oleh) for k in hasil.koreksi] == [
        ("tanggal_lahir", "1990-05-03", "1991-05-03", jam.kini, "warga"),
        ("rw", "005", "006", jam.kini, "warga"),
    ]
    assert (hasil.dibuat, hasil.diubah) == (AWAL, jam.kini)
    assert permohonan.cari("a", awal.nomor) == hasil


def test_a_correction_without_a_difference_leaves_no_trace(basis_data, jam):
    awal = ajukan().permohonan
    jam.kini += timedelta(minutes=5)
    assert permohonan.koreksi("a", awal.nomor, nama=awal.nama) == awal


def test_only_new_applications_can_be_corrected(basis_data):
    catatan = ajukan().permohonan
    permohonan.ubah_status(catatan.nomor, "diperiksa", "petugas1")
    assert permohonan.koreksi("a", catatan.nomor, rt="001") is None
    assert permohonan.cari("a", catatan.nomor).rt == "003"


def test_fields_that_may_not_be_corrected_are_refused(basis_data):
    catatan = ajukan().permohonan
    with pytest.raises(IsianError, match="status: cannot be corrected"):
        permohonan.koreksi("a", catatan.nomor, status="selesai")


def test_cancelling_twice_is_one_cancellation(basis_data):
    catatan = ajukan().permohonan
    hasil = [permohonan.batalkan("a", catatan.nomor) for _ in range(2)]
    assert hasil[0] == hasil[1]
    assert [r.ke for r in hasil[0].riwayat] == ["baru", "dibatalkan"]


@pytest.mark.parametrize("akhir", ["selesai", "ditolak"])
def test_finished_applications_cannot_be_cancelled(basis_data, akhir):
    catatan = ajukan().permohonan
    jalan = ["diproses", "siap_diambil", "selesai"] if akhir == "selesai" else ["ditolak"]
    for ke in jalan:
        permohonan.ubah_status(catatan.nomor, ke, "petugas1")
    assert permohonan.batalkan("a", catatan.nomor) is None
    assert permohonan.cari("a", catatan.nomor).status == akhir


# status


def test_a_status_change_tells_who_when_and_why(basis_data, jam):
    catatan = ajukan().permohonan
    jam.kini += timedelta(hours=1)
    hasil = permohonan.ubah_status(catatan.nomor, "perlu_dilengkapi", "petugas1", "KK belum ada")
    langkah = hasil.riwayat[-1]
    assert (langkah.dari, langkah.ke, langkah.oleh, langkah.catatan, langkah.pada) == (
        "baru",
        "perlu_dilengkapi",
        "petugas1",
        "KK belum ada",
        jam.kini,
    )
    assert permohonan.cari("a", catatan.nomor) == hasil


@pytest.mark.parametrize(
    ("ke", "pesan"),
    [("selesai", "'baru' cannot become 'selesai'"), ("hilang", "'hilang' is unknown")],
)
def test_a_status_that_may_not_follow_is_refused_and_changes_nothing(basis_data, ke, pesan):
    catatan = ajukan().permohonan
    with pytest.raises(StatusError, match=pesan):
        permohonan.ubah_status(catatan.nomor, ke, "petugas1")
    assert permohonan.cari("a", catatan.nomor) == catatan


def test_the_status_of_an_unknown_number_cannot_be_changed(basis_data):
    with pytest.raises(NomorError, match="KDJ-0000-0000"):
        permohonan.ubah_status("KDJ-0000-0000", "diperiksa", "petugas1")


def test_two_officers_at_once_cannot_both_move_an_application(basis_data):
    catatan = ajukan().permohonan

    def pindah(i: int) -> bool:
        try:
            permohonan.ubah_status(catatan.nomor, ["diproses", "ditolak"][i], f"petugas{i}")
        except StatusError:
            return False
        return True

    hasil = serentak(pindah, 2)
    # "ditolak" may follow "diproses", not the other way round
    langkah = [r.ke for r in permohonan.cari("a", catatan.nomor).riwayat]
    assert langkah in (["baru", "diproses", "ditolak"], ["baru", "ditolak"])
    assert sum(hasil) == len(langkah) - 1


@pytest.mark.parametrize("dari", status.SEMUA)
def test_every_open_status_leads_to_an_end(dari):
    """No application can get stuck: from everywhere, one of the final statuses is reachable."""
    tercapai, tepi = {dari}, {dari}
    while tepi:
        tepi = set().union(*(status.PERPINDAHAN[s] for s in tepi)) - tercapai
        tercapai |= tepi
    assert tercapai & {status.SELESAI, status.DITOLAK, status.DIBATALKAN}


# privacy


def test_the_privacy_notice_is_due_with_the_first_application_only(basis_data):
    assert ajukan("a", "p1").privasi
    assert not ajukan("a", "p2", nama="Lain").privasi
    assert ajukan("b", "p1").privasi


def test_it_comes_again_where_the_answer_that_held_it_was_cut_off(basis_data):
    assert ajukan("a", "p1").privasi
    assert ajukan("a", "p1").privasi, "the same message: its turn is run again"
    assert not ajukan("a", "p2").privasi, "an equal request: it was answered before"


def test_the_first_showing_of_the_privacy_notice_is_the_one_on_record(basis_data, jam):
    ajukan("a", "p1")
    jam.kini += timedelta(days=1)
    ajukan("a", "p2", nama="Lain")
    with permohonan.sesi() as s:
        assert s.get(models.Warga, "a").privasi_pada == AWAL


# columns of the console's tables that hold a word of ours
KODE = {"peran", "arah", "state", "sebab", "slug", "jabatan", "rw", "tindakan", "sasaran"}


def isi_tabel_petugas(s) -> None:
    """One row in each table of the console, whatever its columns are."""
    isi = {str: "Rahasia", int: 1, bool: False, datetime: AWAL}
    for tabel in models.Basis.metadata.sorted_tables:
        kelas = next(m.class_ for m in models.Basis.registry.mappers if m.local_table is tabel)
        if kelas.__module__ == models_petugas.__name__:
            wajib = [k for k in tabel.columns if not k.nullable]
            nilai = {k.name: isi[getattr(k.type, "impl", k.type).python_type] for k in wajib}
            s.add(kelas(**{n: "k" if n in KODE else v for n, v in nilai.items()}))
            s.flush()


def test_reprs_of_snapshots_and_rows_show_no_person(basis_data):
    hasil = ajukan(nama="Rahasia Sekali")
    permohonan.koreksi("a", hasil.permohonan.nomor, nama="Rahasia Besar")
    permohonan.ubah_status(hasil.permohonan.nomor, "diperiksa", "petugas1", "Rahasia juga")
    kini = permohonan.cari("a", hasil.permohonan.nomor)
    with permohonan.sesi() as s:
        s.add(models.Warga(id="6281200000001", wa_id="6281200000001", dibuat=AWAL))
        s.add(models.Penghapusan(warga_id="6281200000001", diminta=AWAL))
        antre = {"warga_id": "6281200000001", "state": "done", "attempts": 1}
        s.add(
            models.Inbox(
                pesan_id="x", kind="t", sent_at=1, received_at=AWAL, content="Rahasia", **antre
            )
        )
        s.add(models.Outbox(part=0, kind="t", body="Rahasia", created_at=AWAL, **antre))
        s.add(
            models.Peringatan(
                jenis="t", kode=0, pesan="Rahasia", jumlah=1, pertama=AWAL, terakhir=AWAL
            )
        )
        s.flush()
        isi_tabel_petugas(s)
        kelas = [m.class_ for m in models.Basis.registry.mappers]
        baris = [b for k in kelas for b in s.scalars(select(k))]
        assert {type(b) for b in baris} == set(kelas)
        semua = repr([hasil, kini, DATA, kini.koreksi, kini.riwayat, *baris])
    for rahasia in ("Rahasia", "Siti", "datetime.date(", "6281200000001"):
        assert rahasia not in semua
    assert not re.search(r"\b1990\b", semua)  # a moment's microseconds may hold the digits
