"""Asking for a human in the bot: into the queue once, with what may honestly be promised."""

from __future__ import annotations

import re
import shutil
from datetime import datetime, timedelta

import pytest
from pelacak import Warga
from petugas_dunia import Meja
from sqlalchemy import select

from actions.info import AksiKeluhan, AksiPetugas
from actions.obrolan import AksiKlarifikasi
from kelurahan import settings as pengaturan
from kelurahan import wilayah
from kelurahan.settings import ROOT
from kelurahan.store import StoreBusyError, serahan, sesi, waktu
from kelurahan.store.models_petugas import Serahan

PERINGKAT = (("ktp", 0.4), ("kk", 0.3))
# the model's opening hours: Monday to Thursday 08.00-16.00, Friday to 15.00
SENIN_PAGI = "2026-11-23 09:00"


@pytest.fixture
def jam(basis_data, monkeypatch):
    """A clock to set by hand, in WIB."""

    class Jam:
        def setel(self, teks: str) -> None:
            self.kini = datetime.fromisoformat(teks).replace(tzinfo=waktu.WIB)

        def maju(self, **selang) -> None:
            self.kini += timedelta(**selang)

    satu = Jam()
    satu.setel(SENIN_PAGI)
    monkeypatch.setattr(waktu, "sekarang", lambda: satu.kini)
    return satu


def terbuka() -> list[tuple[str, str]]:
    with sesi(baca=True) as s:
        pilih = select(Serahan.warga_id, Serahan.sebab).where(Serahan.selesai.is_(None))
        return [tuple(baris) for baris in s.execute(pilih.order_by(Serahan.id))]


def minta(siapa: str = "warga-a"):
    return Warga(siapa).tulis("petugas", "minta_petugas").jalankan(AksiPetugas())


def ambil(siapa: str) -> None:
    oleh = Meja().petugas()
    with sesi() as s:
        serahan.ambil(s, serahan.kunci(s, siapa), oleh)


def riwayat(jam, *menit: int) -> None:
    """Hand-overs of today that were taken after so many minutes."""
    for n, lama in enumerate(menit):
        serahan.minta(f"dulu-{n}", serahan.DIMINTA)
        jam.maju(minutes=lama)
        ambil(f"dulu-{n}")
        jam.maju(minutes=-lama)
    jam.maju(minutes=max(menit))


# asking


def test_asking_puts_the_resident_into_the_queue(jam):
    jawab = minta()
    assert jawab.jenis == "petugas"
    assert "sudah saya teruskan ke petugas" in jawab.teks
    assert "Anda yang berikutnya" in jawab.teks
    assert terbuka() == [("warga-a", "diminta")]


def test_who_waits_before_is_told(jam):
    for siapa in ("b", "c"):
        minta(siapa)
        jam.maju(seconds=1)
    assert "2 warga di depan Anda" in minta().teks


def test_asking_again_waits_on_and_says_since_when(jam):
    minta()
    jam.maju(minutes=25)
    jawab = minta()
    assert "masih menunggu petugas sejak hari ini 09.00 WIB" in jawab.teks
    assert len(terbuka()) == 1


def test_the_day_is_named_when_it_was_not_today(jam):
    minta()
    jam.setel("2026-11-24 10:00")
    assert "sejak Senin 09.00 WIB" in minta().teks


def test_while_an_officer_helps_nothing_is_promised_any_more(jam):
    minta()
    ambil("warga-a")
    jawab = minta()
    assert "sedang ditangani petugas" in jawab.teks
    assert "menunggu" not in jawab.teks


# how long, and when


def test_with_little_to_go_by_it_says_so(jam):
    riwayat(jam, 5, 5, 5, 5)
    teks = minta().teks
    assert "belum bisa diperkirakan" in teks
    assert "jam kerja hari ini, sampai 16.00 WIB" in teks


@pytest.mark.parametrize(
    ("menit", "kata"),
    [
        ((1, 2, 2, 3, 4), "dalam 5 menit"),
        ((10, 17, 18, 19, 60), "dalam sekitar 20 menit"),
        ((10, 10, 61, 70, 80), "dalam sekitar 2 jam kerja"),
    ],
)
def test_the_wait_told_is_the_median_rounded_up(jam, menit, kata):
    riwayat(jam, *menit)
    assert kata in minta().teks


def test_what_came_at_night_waits_from_the_next_opening(jam):
    """Otherwise one Friday evening would promise three days to everybody."""
    jam.setel("2026-11-20 20:00")
    for n in range(5):
        serahan.minta(f"malam-{n}", serahan.DIMINTA)
    jam.setel("2026-11-23 08:10")
    for n in range(5):
        ambil(f"malam-{n}")
    assert "dalam sekitar 10 menit" in minta().teks


def test_what_will_hardly_be_answered_today_names_the_next_day_too(jam):
    riwayat(jam, 60, 60, 60, 60, 60)
    jam.setel("2026-11-23 15:30")
    assert "Kalau tidak sempat hari ini, mulai Selasa 08.00 WIB" in minta().teks


@pytest.mark.parametrize(
    ("saat", "kata"),
    [
        ("2026-11-23 06:00", "hari ini 08.00 WIB"),
        ("2026-11-23 16:00", "Selasa 08.00 WIB"),
        ("2026-11-27 15:00", "Senin 08.00 WIB"),
        ("2026-11-29 23:00", "Senin 08.00 WIB"),
    ],
    ids=["early", "evening", "friday afternoon", "sunday night"],
)
def test_outside_hours_it_says_when_and_that_the_bot_goes_on(jam, saat, kata):
    jam.setel(saat)
    teks = minta().teks
    assert "Kantor sedang tutup" in teks
    assert f"petugas membalas mulai {kata}" in teks
    assert "saya tetap menjawab" in teks
    assert terbuka() == [("warga-a", "diminta")]


@pytest.fixture
def tanpa_jam(jam, tmp_path, monkeypatch):
    """A kelurahan that has not told its hours."""
    folder = tmp_path / "wilayah"
    shutil.copytree(ROOT / "wilayah", folder)
    isi = (folder / "kelurahan.yml").read_text(encoding="utf-8")
    sisa = re.sub(r"^jam:\n(?:  .*\n)+", "", isi, flags=re.M)
    (folder / "kelurahan.yml").write_text(sisa, encoding="utf-8")
    monkeypatch.setenv("WILAYAH_DIR", str(folder))
    for simpanan in (pengaturan.settings, wilayah.kelurahan):
        simpanan.cache_clear()
    yield
    monkeypatch.undo()
    for simpanan in (pengaturan.settings, wilayah.kelurahan):
        simpanan.cache_clear()


def test_where_no_hours_are_known_none_are_named(tanpa_jam):
    teks = minta().teks
    assert "Petugas membalas pada jam kerja." in teks
    assert "WIB" not in teks


# complaints


def test_a_complaint_about_our_service_waits_for_a_human(jam):
    warga = Warga().tulis("pelayanan lambat sekali", "sampaikan_keluhan")
    jawab = warga.jalankan(AksiKeluhan())
    assert "Mohon maaf" in jawab.teks
    assert "SiBadra" in jawab.teks
    assert terbuka() == [("warga-a", "keluhan")]


def test_a_complaint_about_another_matter_goes_where_it_belongs(jam):
    jawab = Warga().tulis("lampu jalan mati terus", "sampaikan_keluhan").jalankan(AksiKeluhan())
    assert jawab.jenis == "luar_topik"
    assert terbuka() == []


# misunderstanding


def bingung(warga: Warga, teks: str = "ngurus surat"):
    return warga.tulis(teks, peringkat=PERINGKAT).jalankan(AksiKlarifikasi())


def test_the_third_time_in_a_row_a_human_is_asked(jam):
    warga = Warga()
    for _ in range(2):
        assert "petugas" not in bingung(warga).teks.split("\n\n")[0]
    assert terbuka() == []
    jawab = bingung(warga)
    assert jawab.jenis == "klarifikasi"
    assert "belum paham" in jawab.teks
    assert "sudah saya teruskan ke petugas" in jawab.teks
    assert "#1 e-KTP" in jawab.pilihan
    assert terbuka() == [("warga-a", "tidak_paham")]


def test_the_fourth_time_still_waits(jam):
    warga = Warga()
    for _ in range(3):
        bingung(warga)
    assert "masih menunggu petugas sejak" in bingung(warga).teks
    assert len(terbuka()) == 1


@pytest.mark.parametrize("antara", ["syarat", "isian_salah", "basa_basi"])
def test_an_answer_in_between_starts_anew(jam, antara):
    warga = Warga()
    bingung(warga)
    warga.tulis("syarat ktp", "tanya_syarat").bot(antara)
    for _ in range(2):
        bingung(warga)
    assert terbuka() == []


def test_what_was_not_understood_before_an_officer_helped_does_not_count(jam):
    warga = Warga()
    for _ in range(2):
        bingung(warga)
        warga.events[-1]["timestamp"] = jam.kini.timestamp()
        jam.maju(minutes=1)
    serahan.minta("warga-a", serahan.DIMINTA)
    ambil("warga-a")
    with sesi() as s:
        serahan.tutup(s, serahan.kunci(s, "warga-a"), serahan.SELESAI)
    jam.maju(minutes=1)
    assert "petugas Kelurahan" not in bingung(warga).teks
    assert terbuka() == []


# inside the form, and when the database is away


def test_inside_the_form_it_is_answered_and_the_form_goes_on(jam):
    warga = Warga().formulir("tanggal_lahir", "sku", nama="Siti Aminah")
    jawab = warga.tulis("petugas", "minta_petugas").jalankan(AksiPetugas())
    assert jawab.jenis == "petugas"
    assert "tanggal lahir" in jawab.teks.split("\n\n")[-1]
    assert not jawab.selesai
    assert terbuka() == [("warga-a", "diminta")]


def test_the_same_turn_run_twice_waits_once(jam):
    warga = Warga().tulis("petugas", "minta_petugas")
    for _ in range(2):
        assert warga.jalankan(AksiPetugas()).jenis == "petugas"
    assert len(terbuka()) == 1


def test_a_database_that_is_away_puts_the_turn_off(jam, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://orang@127.0.0.1:9/tak_ada")
    pengaturan.settings.cache_clear()
    with pytest.raises(StoreBusyError):
        minta()
