"""Hand-over: one open per resident, one officer at a time, merged and forgotten with the rest."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from petugas_dunia import Meja
from sqlalchemy import select
from whatsapp_store_world import at_once

from kelurahan.store import serahan, sesi, waktu, warga
from kelurahan.store.models import Warga
from kelurahan.store.models_petugas import Obrolan, Serahan

pytestmark = pytest.mark.kedua_basis_data

NOMOR, BSUID = "6281200000001", "ID.aaa111"


@pytest.fixture
def jam(basis_data, monkeypatch):
    """A clock to set by hand, in UTC."""

    class Jam:
        kini = datetime(2026, 11, 24, 3, 0, tzinfo=timezone.utc)

        def maju(self, **selang):
            self.kini += timedelta(**selang)

    satu = Jam()
    monkeypatch.setattr(waktu, "sekarang", lambda: satu.kini)
    return satu


@pytest.fixture
def petugas(jam) -> list[int]:
    """Two officers."""
    meja = Meja()
    return [meja.petugas("siti"), meja.petugas("budi")]


def baru(wa_id: str = NOMOR, bsuid: str | None = None) -> str:
    with sesi() as s:
        return warga.kenali(s, wa_id=wa_id, bsuid=bsuid)


def ambil(siapa: str, oleh: int, dari: int | None = None) -> int | None:
    with sesi() as s:
        satu = serahan.ambil(s, serahan.kunci(s, siapa), oleh, dari=dari)
        return satu.id if satu else None


def tutup(siapa: str, penutup: str = serahan.SELESAI) -> None:
    with sesi() as s:
        serahan.tutup(s, serahan.kunci(s, siapa), penutup)


def semua() -> list[Serahan]:
    with sesi(baca=True) as s:
        return list(s.scalars(select(Serahan).order_by(Serahan.id)))


def dipegang(siapa: str) -> bool:
    with sesi(baca=True) as s:
        return s.get(Warga, siapa).dipegang


# asking


def test_asking_twice_waits_once_and_keeps_the_first_moment_and_reason(jam):
    pertama = serahan.minta("a", serahan.DIMINTA)
    jam.maju(minutes=20)
    kedua = serahan.minta("a", serahan.KELUHAN)
    assert (pertama.baru, kedua.baru) == (True, False)
    assert kedua.sejak == pertama.sejak
    assert [(s.warga_id, s.sebab) for s in semua()] == [("a", "diminta")]


def test_asking_eight_times_at_once_waits_once(jam):
    hasil = at_once(lambda _: serahan.minta("a", serahan.DIMINTA))
    assert sum(satu.baru for satu in hasil) == len(semua()) == 1


def test_those_who_asked_before_are_in_front(jam, petugas):
    for nama in ("a", "b", "c", "d"):
        serahan.minta(nama, serahan.DIMINTA)
        jam.maju(minutes=1)
    assert serahan.minta("d", serahan.DIMINTA).di_depan == 3
    ambil("a", petugas[0])
    tutup("b")
    assert serahan.minta("d", serahan.DIMINTA).di_depan == 1
    assert serahan.minta("c", serahan.DIMINTA).di_depan == 0


def test_what_it_took_lately_is_of_those_whom_residents_caused(jam, petugas):
    lama = []
    for nama, menit in (("a", 5), ("b", 15)):
        serahan.minta(nama, serahan.DIMINTA)
        mulai = jam.kini
        jam.maju(minutes=menit)
        ambil(nama, petugas[0])
        lama.insert(0, (mulai, jam.kini))
    ambil(baru(), petugas[0])  # nobody waited for that
    assert serahan.minta("z", serahan.DIMINTA).lama == tuple(lama)
    jam.maju(days=31)
    assert serahan.minta("z", serahan.DIMINTA).lama == ()


def test_after_an_officer_has_helped_what_was_before_does_not_count(jam, petugas):
    awal = jam.kini
    serahan.minta("a", serahan.DIMINTA)
    jam.maju(minutes=5)
    ambil("a", petugas[0])
    tutup("a")
    assert serahan.minta("a", serahan.TIDAK_PAHAM, setelah=awal) is None
    assert len(semua()) == 1
    jam.maju(minutes=5)
    assert serahan.minta("a", serahan.TIDAK_PAHAM, setelah=jam.kini).baru


# taking


def test_taking_a_waiting_one_and_any_other(jam, petugas):
    serahan.minta("a", serahan.DIMINTA)
    lain = baru()
    for siapa in ("a", lain):
        assert ambil(siapa, petugas[0])
        assert dipegang(siapa)
    assert [(s.sebab, s.petugas_id) for s in semua()] == [
        ("diminta", petugas[0]),
        ("petugas", petugas[0]),
    ]
    assert serahan.minta("a", serahan.DIMINTA).dipegang


def test_taking_again_what_one_holds_changes_nothing(jam, petugas):
    serahan.minta("a", serahan.DIMINTA)
    assert ambil("a", petugas[0])
    jam.maju(minutes=1)
    assert ambil("a", petugas[0]) is None


def test_what_a_colleague_holds_is_taken_only_on_purpose(jam, petugas):
    siti, budi = petugas
    serahan.minta("a", serahan.DIMINTA)
    ambil("a", siti)
    for dari in (None, budi, 99):
        with pytest.raises(serahan.DipegangError) as galat:
            ambil("a", budi, dari)
        assert galat.value.petugas_id == siti
    jam.maju(minutes=1)
    assert ambil("a", budi, siti)
    (satu,) = semua()
    assert satu.petugas_id == budi
    assert satu.dipegang < satu.terakhir, "how long the resident waited stays known"


def test_of_two_who_take_it_at_once_one_wins_and_the_other_hears_who(jam, petugas):
    siapa = baru()

    def coba(n: int):
        try:
            return ambil(siapa, petugas[n % 2])
        except serahan.DipegangError as galat:
            return galat

    hasil = at_once(coba)
    menang = {petugas[n % 2] for n, satu in enumerate(hasil) if isinstance(satu, int)}
    assert len(menang) == len(semua()) == 1
    assert {satu.petugas_id for satu in hasil if not isinstance(satu, int | None)} == menang


def test_who_has_been_erased_is_not_locked_and_not_made_anew(jam):
    with sesi() as s:
        assert serahan.kunci(s, "tak-ada") is None
        assert s.get(Warga, "tak-ada") is None


# letting go


def test_letting_go_waits_anew_and_the_bot_may_speak(jam, petugas):
    serahan.minta("a", serahan.KELUHAN)
    ambil("a", petugas[0])
    jam.maju(minutes=5)
    with sesi() as s:
        serahan.lepas(s, serahan.kunci(s, "a"))
    lama, lagi = semua()
    assert (lama.penutup, lama.selesai) == ("dilepas", jam.kini)
    assert (lagi.sebab, lagi.petugas_id, lagi.selesai) == ("dilepas", None, None)
    assert not dipegang("a")


def test_ending_twice_keeps_the_first_end(jam, petugas):
    serahan.minta("a", serahan.DIMINTA)
    tutup("a", serahan.OLEH_WARGA)
    tutup("a", serahan.SELESAI)
    assert [s.penutup for s in semua()] == ["warga"]


# merging two records of one resident


def gabung(jam) -> tuple[str, str]:
    """A number and a user id that turn out to be one person; the id that stays, the other."""
    lama = baru(NOMOR, None)
    jam.maju(seconds=1)  # the older record stays
    return lama, baru(None, BSUID)


def test_merging_takes_the_conversation_along(jam, petugas):
    tinggal, pergi = gabung(jam)
    serahan.minta(pergi, serahan.DIMINTA)
    ambil(pergi, petugas[0])
    with sesi() as s:
        serahan.catat(s, pergi, "halo", arah=serahan.MASUK, oleh="warga")
    assert baru(NOMOR, BSUID) == tinggal
    assert [s.warga_id for s in semua()] == [tinggal]
    assert dipegang(tinggal)
    assert not dipegang(pergi)
    with sesi(baca=True) as s:
        assert s.scalar(select(Obrolan.warga_id)) == tinggal
        assert serahan.terbuka(s, tinggal).petugas_id == petugas[0]


@pytest.mark.parametrize("yang_dipegang", [0, 1, None], ids=["the one", "the other", "neither"])
def test_of_two_open_ones_the_held_stays_else_the_older(jam, petugas, yang_dipegang):
    dua = gabung(jam)
    for siapa in dua:
        serahan.minta(siapa, serahan.DIMINTA)
        jam.maju(minutes=1)
    if yang_dipegang is not None:
        ambil(dua[yang_dipegang], petugas[0])
    tinggal = baru(NOMOR, BSUID)
    akhir = [satu.penutup for satu in semua()]
    assert akhir == (["digabung", None] if yang_dipegang == 1 else [None, "digabung"])
    assert {satu.warga_id for satu in semua()} == {tinggal}
    assert dipegang(tinggal) is (yang_dipegang is not None)


def test_two_held_by_different_officers_stay_with_the_first(jam, petugas):
    for siapa, oleh in zip(gabung(jam), petugas, strict=True):
        ambil(siapa, oleh)
        jam.maju(minutes=1)
    tinggal = baru(NOMOR, BSUID)
    with sesi(baca=True) as s:
        assert serahan.terbuka(s, tinggal).petugas_id == petugas[0]


# erasure


def test_erasure_forgets_the_words_and_keeps_only_how_long_it_took(jam, petugas):
    serahan.minta("a", serahan.DIMINTA)
    serahan.minta("lain", serahan.DIMINTA)
    jam.maju(minutes=7)
    ambil("a", petugas[0])
    with sesi() as s:
        for siapa in ("a", "lain"):
            serahan.catat(s, siapa, "rahasia", arah=serahan.MASUK, oleh="warga")
    jam.maju(minutes=8)
    with sesi() as s:
        serahan.lupakan(s, {"a"})
    satu, lain = semua()
    assert (satu.warga_id, satu.penutup) == (None, "dihapus")
    assert satu.dibuat == waktu.awal_bulan(jam.kini)
    assert satu.dipegang - satu.dibuat == timedelta(minutes=7)
    assert satu.selesai - satu.dibuat == timedelta(minutes=15)
    assert (lain.warga_id, lain.selesai) == ("lain", None)
    with sesi(baca=True) as s:
        assert list(s.scalars(select(Obrolan.warga_id))) == ["lain"]
