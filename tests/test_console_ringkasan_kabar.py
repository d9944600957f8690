"""The officers' daily digest: when it goes out, to whom, what it says, and only once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import petugas_dunia
import pytest
from petugas_dunia import Meja, surat
from ringkasan_dunia import isi_dunia, pada

from kelurahan import settings as pengaturan
from kelurahan.console.app import semua_tugas
from kelurahan.console.ringkasan import kabar
from kelurahan.store import peringatan, sesi, waktu, warga
from kelurahan.store.models import Outbox
from kelurahan.store.models_petugas import Petugas, Serahan
from kelurahan.whatsapp import templates
from kelurahan.wilayah import kelurahan

NOMOR = "6281100000099"


@pytest.fixture
def meja(basis_data, monkeypatch) -> Meja:
    pukul(monkeypatch, 24, 8)
    return Meja()


def pukul(monkeypatch, hari: int, jam: int, menit: int = 0) -> None:
    """Set the clock to a moment of November 2026."""
    saat = pada(hari, jam, menit=menit)
    monkeypatch.setattr(waktu, "sekarang", lambda: saat)


def peminat(meja: Meja, nama: str = "siti", **isi) -> int:
    """An officer who wants the digest."""
    return meja.petugas(nama, **{"ringkasan": True, "wa_id": NOMOR, **isi})


def kotak() -> list[Outbox]:
    with sesi(baca=True) as s:
        return s.query(Outbox).filter_by(kind=kabar.JENIS).order_by(Outbox.id).all()


def isi() -> list[str]:
    return [json.loads(satu.body)["text"]["body"] for satu in kotak()]


# Monday the 23rd, 08.00 to 16.00; Friday the 27th until 15.00
KAPAN = [
    ("before the office opens", 23, (7, 59), 0),
    ("when it opens", 23, (8, 0), 1),
    ("later, when the console was off in the morning", 23, (11, 30), 1),
    ("after it has closed", 23, (16, 0), 0),
    ("on Friday afternoon", 27, (15, 0), 0),
    ("on Saturday", 28, (9, 0), 0),
    ("on Sunday", 29, (9, 0), 0),
]


@pytest.mark.parametrize(
    ("hari", "jam", "banyak"), [k[1:] for k in KAPAN], ids=[k[0] for k in KAPAN]
)
def test_it_goes_out_in_office_hours_only(meja: Meja, monkeypatch, hari, jam, banyak):
    peminat(meja)
    pukul(monkeypatch, hari, *jam)
    assert kabar.kirim() == banyak == len(kotak())


@pytest.mark.kedua_basis_data
def test_it_goes_out_once_a_day(meja: Meja, monkeypatch):
    peminat(meja)
    for hari, jam in ((23, 8), (23, 8), (23, 15), (24, 8), (24, 9)):
        pukul(monkeypatch, hari, jam)
        kabar.kirim()
    assert [satu.pesan_id[-10:] for satu in kotak()] == ["2026-11-23", "2026-11-24"]


@pytest.mark.kedua_basis_data
def test_two_consoles_write_it_once(meja: Meja):
    for n in range(3):
        peminat(meja, f"petugas{n}")
    with ThreadPoolExecutor(4) as kolam:
        ditulis = list(kolam.map(lambda _: kabar.kirim(), range(4)))
    assert (sum(ditulis), len(kotak())) == (3, 3)


def test_a_digest_written_before_its_note_was_lost_is_not_written_again(meja: Meja):
    siapa = peminat(meja)
    kabar.kirim()
    with sesi() as s:
        s.get(Petugas, siapa).ringkasan_terakhir = None
    assert kabar.kirim() == 0
    assert len(kotak()) == 1


@pytest.mark.parametrize(
    "isian",
    [{"ringkasan": False}, {"wa_id": None}, {"aktif": False}],
    ids=["unasked", "no number", "left"],
)
def test_whoever_does_not_want_it_or_has_left_gets_none(meja: Meja, isian):
    peminat(meja, **isian)
    assert kabar.kirim() == 0
    assert kotak() == []


@pytest.mark.kedua_basis_data
def test_it_says_what_is_new_what_waits_and_never_a_name(meja: Meja, monkeypatch):
    monkeypatch.setenv("CONSOLE_URL", "https://meja.example")
    pengaturan.settings.cache_clear()
    isi_dunia()
    peminat(meja, ringkasan_terakhir=pada(20, 8))
    with sesi() as s:
        for menit in (35, 5):
            sejak = pada(24, 8) - timedelta(minutes=menit)
            s.add(Serahan(warga_id=f"w{menit}", sebab="diminta", dibuat=sejak, terakhir=sejak))
        peringatan.catat(s, "PolicyError", "Satu pesan ditolak.")
    assert kabar.kirim() == 1
    assert isi() == [
        "*Ringkasan meja petugas*, Selasa 24 Nov 2026\n"
        "\n"
        "• 1 permohonan baru sejak 20 Nov 2026 08.00\n"
        "• 1 permohonan perlu dikerjakan\n"
        "• paling lama menunggu: KDJ-2611-0002 (24 jam)\n"
        "• 2 percakapan menunggu, paling lama 35 menit\n"
        "• 1 gangguan perlu dilihat\n"
        "\n"
        "Buka: https://meja.example\n"
        "\n"
        "Ringkasan ini bisa dimatikan di setelan meja petugas."
    ]


def test_a_quiet_office_is_told_so(meja: Meja):
    peminat(meja)
    kabar.kirim()
    (satu,) = isi()
    assert "• 0 permohonan baru sejak 23 Nov 2026 08.00" in satu
    assert "tidak ada percakapan yang menunggu" in satu
    assert "paling lama" not in satu
    assert "gangguan" not in satu
    assert "Buka:" not in satu


def test_only_the_longest_waiting_are_named(meja: Meja):
    siapa = petugas_dunia.warga()
    nomor = [
        petugas_dunia.ajukan(siapa, f"p{n}", layanan=satu)
        for n, satu in enumerate(("kk", "ktp", "sku", "skck"))
    ]
    peminat(meja)
    kabar.kirim()
    (satu,) = isi()
    assert "4 permohonan perlu dikerjakan" in satu
    assert [n in satu for n in nomor] == [True, True, True, False]


def test_it_goes_to_the_officers_number_with_a_template_for_a_closed_window(meja: Meja):
    siapa = peminat(meja)
    kabar.kirim()
    with sesi(baca=True) as s:
        penerima = warga.kenali(s, wa_id=NOMOR, bsuid=None)
    (satu,) = surat(penerima)
    assert (satu.state, satu.pesan_id) == ("waiting", f"ringkasan:{siapa}:2026-11-24")
    assert templates.words(json.loads(satu.template)) == (
        "Ringkasan meja petugas 24 Nov 2026: 0 permohonan baru, 0 perlu dikerjakan, 0 percakapan "
        "menunggu. Rinciannya ada di meja petugas."
    )


def test_where_no_hours_are_known_ordinary_ones_hold(meja: Meja, monkeypatch):
    monkeypatch.setattr(kabar, "kelurahan", lambda: replace(kelurahan(), jam=()))
    peminat(meja)
    assert kabar.kirim() == 1
    pukul(monkeypatch, 29, 9)
    assert kabar.kirim() == 0


def test_the_console_runs_it_as_a_job():
    assert kabar.TUGAS[0] in semua_tugas()
