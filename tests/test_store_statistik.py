"""Figures counted by the database: each one against a few rows counted by hand, on both kinds."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from petugas_dunia import ajukan, warga

from kelurahan import permohonan
from kelurahan.store import sesi, statistik, status, waktu
from kelurahan.store.models import Inbox, Outbox, Permohonan, RiwayatStatus
from kelurahan.store.models_petugas import Serahan
from kelurahan.store.statistik import Penyerahan, Rentang
from kelurahan.store.waktu import WIB

pytestmark = pytest.mark.kedua_basis_data
JAM = timedelta(hours=1)


def saat(tulisan: str) -> datetime:
    """`24 09:30` of November 2026, as Bogor's clocks show it."""
    hari, _, pukul = tulisan.partition(" ")
    jam, menit = (pukul or "00:00").split(":")
    return datetime(2026, 11, int(hari), int(jam), int(menit), tzinfo=WIB)


def november(dari: str = "1", sampai: str = "30") -> Rentang:
    return Rentang(saat(dari), saat(sampai))


def hitung(fungsi, *isi):
    """What a function of the module counts."""
    with sesi(baca=True) as s:
        return fungsi(s, *isi)


def masuk(*kapan: str) -> None:
    """Messages of residents."""
    with sesi() as s:
        for n, tulisan in enumerate(kapan):
            umum = {"kind": "text", "sent_at": 1, "state": "done", "attempts": 1}
            s.add(Inbox(pesan_id=f"p{n}", received_at=saat(tulisan), **umum))


def keluar(kapan: str, jenis: str, layanan: str | None = None, part: int = 0) -> None:
    """A message to a resident."""
    with sesi() as s:
        umum = {"state": "done", "attempts": 1, "kind": jenis, "layanan": layanan}
        s.add(Outbox(created_at=saat(kapan), part=part, **umum))


def berkas(nomor: str, *jalan: tuple[str, str], **isi) -> None:
    """An application with its history: (status, moment), the filing first."""
    isi = {"layanan": "ktp", "rw": "001", "nama": "Uji", **isi}
    with sesi() as s:
        dari = None
        satu = Permohonan(nomor=nomor, status=jalan[-1][0], **isi)
        satu.dibuat = satu.diubah = saat(jalan[0][1])
        for ke, kapan in jalan:
            satu.riwayat.append(RiwayatStatus(dari=dari, ke=ke, pada=saat(kapan), oleh="budi"))
            dari = ke
        s.add(satu)


def serah(kapan: str, dipegang: str | None = None, selesai: str | None = None, **isi) -> None:
    """A conversation handed over."""
    isi = {"sebab": "diminta", **isi}
    with sesi() as s:
        satu = Serahan(dibuat=saat(kapan), terakhir=saat(kapan), **isi)
        satu.dipegang = saat(dipegang) if dipegang else None
        satu.selesai = saat(selesai) if selesai else None
        s.add(satu)


def test_messages_stand_in_the_hour_that_bogors_clocks_show(basis_data):
    masuk("2 00:00", "2 00:59", "2 01:00", "2 06:59", "2 07:00", "2 23:59")
    assert hitung(statistik.pesan_masuk, november()) == {
        saat("2 00:00"): 2,
        saat("2 01:00"): 1,
        saat("2 06:00"): 1,  # still the day before in UTC
        saat("2 07:00"): 1,
        saat("2 23:00"): 1,
    }


def test_a_day_begins_and_ends_at_midnight_in_bogor(basis_data):
    masuk("1 23:59", "2 00:00", "2 23:59", "3 00:00")
    per_jam = hitung(statistik.pesan_masuk, november())
    assert Rentang(saat("2"), saat("3")).jumlah(per_jam) == 2
    assert sum(hitung(statistik.pesan_masuk, Rentang(saat("2"), saat("3"))).values()) == 2


def test_what_went_out_is_counted_by_kind_and_service_and_an_answer_in_parts_once(basis_data):
    keluar("2", "bot:syarat", "ktp")
    keluar("3", "bot:syarat", "ktp")
    keluar("3", "bot:syarat", "ktp", part=1)
    keluar("3", "bot:syarat", "kk")
    keluar("4", "bot:menu")
    keluar("4", "tertunda", part=-1)
    keluar("30", "bot:menu")  # the stretch ends before it
    assert hitung(statistik.surat_keluar, november()) == {
        ("bot:syarat", "ktp"): 2,
        ("bot:syarat", "kk"): 1,
        ("bot:menu", None): 1,
        ("tertunda", None): 1,
    }


def test_applications_are_counted_when_filed_and_when_they_end(basis_data):
    berkas(
        "A", ("baru", "2 09:10"), ("diproses", "3"), ("siap_diambil", "4"), ("selesai", "5 10:00")
    )
    berkas("B", ("baru", "2 09:50"), ("ditolak", "5 10:30"))
    berkas("C", ("baru", "3 23:30"), ("dibatalkan", "29 23:59"))
    berkas("D", ("baru", "30"))
    assert hitung(statistik.permohonan_masuk, november()) == {
        saat("2 09:00"): 2,
        saat("3 23:00"): 1,
    }
    assert hitung(statistik.permohonan_tuntas, november()) == {
        "selesai": {saat("5 10:00"): 1},
        "ditolak": {saat("5 10:00"): 1},
        "dibatalkan": {saat("29 23:00"): 1},
    }


@pytest.mark.parametrize(
    ("kolom", "jumlah"), [("rw", {"001": 2, "012": 1}), ("layanan", {"ktp": 1, "kk": 2})]
)
def test_applications_are_counted_by_rw_and_by_service(basis_data, kolom, jumlah):
    berkas("A", ("baru", "2"), layanan="kk")
    berkas("B", ("baru", "3"), layanan="kk", rw="012")
    berkas("C", ("baru", "4"))
    berkas("D", ("baru", "30"))
    assert hitung(statistik.permohonan_menurut, kolom, november()) == jumlah


def test_the_wait_for_a_first_look_is_from_filing_to_whatever_an_officer_did_first(basis_data):
    berkas("A", ("baru", "2 09:00"), ("diperiksa", "2 11:30"), ("diproses", "3 09:00"))
    berkas("B", ("baru", "2 09:00"), ("ditolak", "3 09:00"))
    berkas("C", ("baru", "2 09:00"), ("dibatalkan", "2 09:30"))  # the resident: nobody has looked
    berkas("D", ("baru", "29 09:00"), ("diperiksa", "30 09:00"))  # looked at later
    detik = hitung(statistik.tunggu_dilihat, november())
    assert sorted(detik) == pytest.approx([2.5 * 3600, 24 * 3600], abs=0.01)


def test_the_wait_until_it_can_be_fetched_ends_once(basis_data):
    langkah = (("diproses", "2 10:00"), ("siap_diambil", "4 09:00"), ("selesai", "9 09:00"))
    berkas("A", ("baru", "2 09:00"), *langkah)
    berkas("B", ("baru", "2 09:00"), ("diproses", "2 10:00"), ("selesai", "2 12:00"))
    berkas("C", ("baru", "2 09:00"), ("ditolak", "3 09:00"))
    detik = hitung(statistik.tunggu_siap, november())
    assert sorted(detik) == pytest.approx([3 * 3600, 48 * 3600], abs=0.01)


def test_open_applications_are_counted_by_status_and_age(basis_data):
    kini = saat("20 12:00")
    berkas("A", ("baru", "20 11:00"))
    berkas("B", ("baru", "19 12:00"))  # a day old to the minute: no longer of the first class
    berkas("C", ("baru", "17 11:59"))
    berkas("D", ("baru", "1"), ("diproses", "2"), ("siap_diambil", "3"))
    for n, akhir in enumerate(statistik.TUNTAS):
        berkas(f"E{n}", ("baru", "1"), (akhir, "2"))
    assert hitung(statistik.belum_tuntas, kini, (1, 3, 7)) == {
        ("baru", 0): 1,
        ("baru", 1): 1,
        ("baru", 2): 1,
        ("siap_diambil", 3): 1,
    }


def test_hand_overs_tell_how_long_the_resident_waited(basis_data):
    serah("2 09:00", "2 09:12", "2 10:00")
    serah("2 10:00", None, "9 10:00", sebab="keluhan")
    serah("3 09:00")
    serah("30 09:00")
    assert hitung(statistik.penyerahan, november()) == [
        Penyerahan("diminta", saat("2 09:00"), 720.0, False),
        Penyerahan("keluhan", saat("2 10:00"), None, False),
        Penyerahan("diminta", saat("3 09:00"), None, True),
    ]


def test_a_trend_counts_each_stretch_by_itself(basis_data):
    masuk("2", "2 23:59", "3")
    berkas("A", ("baru", "2"), ("diproses", "3"), ("siap_diambil", "3"), ("selesai", "3 12:00"))
    berkas("B", ("baru", "3"), ("ditolak", "3 12:00"))
    dua = [november("2", "3"), november("3", "4"), november("4", "5")]
    assert hitung(statistik.banyaknya, dua) == [(2, 1, 0), (1, 1, 1), (0, 0, 0)]
    assert hitung(statistik.banyaknya, []) == []


def test_an_empty_database_has_no_figures(basis_data):
    masa = november()
    for fungsi in (statistik.pesan_masuk, statistik.permohonan_masuk, statistik.surat_keluar):
        assert hitung(fungsi, masa) == {}
    assert hitung(statistik.permohonan_tuntas, masa) == dict.fromkeys(statistik.TUNTAS, {})
    assert hitung(statistik.belum_tuntas, saat("20"), (1, 3)) == {}
    for fungsi in (statistik.tunggu_dilihat, statistik.tunggu_siap, statistik.penyerahan):
        assert hitung(fungsi, masa) == []


def test_a_resident_whose_data_was_erased_stays_counted(basis_data, monkeypatch):
    monkeypatch.setattr(waktu, "sekarang", lambda: saat("10 09:00"))
    siapa = warga()
    nomor = ajukan(siapa, layanan="kk")
    masuk("10 09:00")
    with sesi() as s:
        s.query(Inbox).update({"warga_id": siapa})
    monkeypatch.setattr(waktu, "sekarang", lambda: saat("10 11:00"))
    permohonan.ubah_status(nomor, status.DIPERIKSA, "budi")
    permohonan.hapus_data(siapa)
    masa = november()
    assert sum(hitung(statistik.pesan_masuk, masa).values()) == 1
    assert hitung(statistik.permohonan_menurut, "layanan", masa) == {"kk": 1}
    assert hitung(statistik.permohonan_masuk, masa) == {saat("1"): 1}, "day and hour are forgotten"
    assert hitung(statistik.tunggu_dilihat, masa) == pytest.approx([2 * 3600], abs=0.01)


PERSENTIL = [
    ([], 0.5, None),
    ([7.0], 0.9, 7.0),
    ([1.0, 3.0], 0.5, 2.0),
    ([5.0, 1.0, 3.0], 0.5, 3.0),
    ([float(n) for n in range(11)], 0.9, 9.0),
    ([0.0, 10.0], 0.9, 9.0),
]


@pytest.mark.parametrize(("nilai", "bagian", "hasil"), PERSENTIL)
def test_a_percentile_lies_between_its_neighbours_as_in_postgresql(nilai, bagian, hasil):
    assert statistik.persentil(nilai, bagian) == (hasil if hasil is None else pytest.approx(hasil))
