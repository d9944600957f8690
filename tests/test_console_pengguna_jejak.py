"""The audit trail: newest first, narrowed down, a hundred a page, before and after readable."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from petugas_dunia import Meja, Peramban, teks_polos

from kelurahan.console import audit
from kelurahan.console.keamanan import peran
from kelurahan.console.pengguna.jejak import beda
from kelurahan.store import sesi, waktu
from kelurahan.store.models_petugas import JejakAudit
from kelurahan.store.waktu import WIB

pytestmark = pytest.mark.kedua_basis_data
JEJAK = "/pengguna/jejak"


@pytest.fixture
def meja(basis_data) -> Meja:
    return Meja()


@pytest.fixture
def admin(meja: Meja) -> Peramban:
    return meja.masuk("ani", peran.ADMIN)


def catat(oleh: str, tindakan: str, pada: datetime | None = None, sasaran: str = "x:1", **isi):
    with sesi() as s:
        audit.catat(s, oleh, tindakan, sasaran, **isi)
        if pada:
            s.flush()
            s.query(JejakAudit).order_by(JejakAudit.id.desc()).first().pada = pada


def tindakan_di(halaman: str) -> list[str]:
    return re.findall(r'data-label="Tindakan">([^<]*)<', halaman)


def test_the_newest_is_on_top_with_who_what_and_the_difference(admin: Peramban):
    catat("ani", "pertama")
    catat(
        "budi",
        "ubah_peran",
        sebelum={"peran": "petugas", "a": 1},
        sesudah={"peran": "admin", "a": 1},
    )
    halaman = admin.buka(JEJAK).text
    assert tindakan_di(halaman) == ["ubah peran", "pertama"]
    assert "peran: petugas → admin" in teks_polos(halaman)
    assert "budi" in halaman


def test_an_officer_an_action_and_days_narrow_it_down(meja: Meja, admin: Peramban):
    budi = meja.petugas("budi")
    hari = datetime(2026, 11, 24, tzinfo=WIB)
    catat("budi", "malam", hari - timedelta(seconds=1))
    catat("budi", "pagi", hari)
    catat("sistem", "pagi", hari + timedelta(hours=23, minutes=59))
    catat("budi", "besok", hari + timedelta(days=1))

    def cari(**isi: str) -> list[str]:
        alamat = "&".join(f"{nama}={nilai}" for nama, nilai in isi.items())
        return tindakan_di(admin.buka(f"{JEJAK}?{alamat}").text)

    assert cari(oleh=str(budi)) == ["besok", "pagi", "malam"]
    assert cari(oleh="sistem") == ["pagi"]
    assert cari(tindakan="pagi") == ["pagi", "pagi"]
    assert cari(dari="2026-11-24", sampai="2026-11-24") == ["pagi", "pagi"]
    assert cari(dari="2026-11-25") == ["besok"]
    assert cari(sampai="2026-11-23") == ["malam"]
    assert cari(oleh=str(budi), tindakan="pagi", dari="2026-11-24", sampai="") == ["pagi"]
    assert cari(oleh=str(budi), dari="2026-12-01") == []


def test_the_filter_stands_in_the_form_and_no_user_name_in_the_address(meja: Meja, admin: Peramban):
    budi = meja.petugas("budi")
    for n in range(101):
        catat("budi", f"kerja_{n % 2}", datetime(2026, 11, 24, 10, tzinfo=WIB))
    halaman = admin.buka(f"{JEJAK}?oleh={budi}&dari=2026-11-24").text
    assert re.search(rf'<option value="{budi}" selected>budi<', halaman)
    assert 'name="dari" value="2026-11-24"' in halaman
    lanjut = re.search(r'href="([^"]+)" rel="next"', halaman).group(1).replace("&amp;", "&")
    assert lanjut.startswith(f"{JEJAK}?oleh={budi}&dari=2026-11-24&sebelum=")
    assert "budi" not in lanjut


def test_a_hundred_stand_on_a_page_and_none_is_lost_between_them(admin: Peramban):
    with sesi() as s:
        for n in range(250):
            audit.catat(s, "ani", f"t_{n}", "x:1")
    alamat, semua, halaman_ke = JEJAK, [], 0
    while alamat:
        halaman = admin.buka(alamat).text
        tindakan = tindakan_di(halaman)
        assert len(tindakan) <= 100
        semua += tindakan
        lanjut = re.search(r'href="([^"]+)" rel="next"', halaman)
        alamat = lanjut.group(1).replace("&amp;", "&") if lanjut else ""
        halaman_ke += 1
    assert semua == [f"t {n}" for n in reversed(range(250))]
    assert halaman_ke == 3


@pytest.mark.parametrize(
    "alamat",
    [
        *("oleh=999", "oleh=budi", "tindakan=tidak_ada", "dari=kemarin", "sampai=2026-13-01"),
        *("dari=0001-01-01", "sampai=9999-12-31", "sebelum=x", "sebelum=" + "9" * 30),
        "sebelum=-1",
    ],
)
def test_a_filter_that_means_nothing_is_said(admin: Peramban, alamat: str):
    assert 'role="alert"' in admin.buka(f"{JEJAK}?{alamat}", 422).text


def test_what_officers_wrote_is_shown_harmlessly(admin: Peramban):
    catat("ani", "ubah_layanan", sesudah={"biaya": "<script>alert(1)</script>", "b": "a\u202eb"})
    halaman = admin.buka(JEJAK).text
    assert "<script>alert" not in halaman
    assert "&lt;script&gt;" in halaman
    assert "\u202e" not in halaman


BEDA = [
    ("nothing", None, None, []),
    ("new", None, '{"peran": "admin"}', [("peran", "-", "admin")]),
    ("gone", '{"peran": "admin"}', None, [("peran", "admin", "-")]),
    ("changed", '{"a": 1, "b": true}', '{"a": 1, "b": false}', [("b", "ya", "tidak")]),
    ("a list", '{"syarat": ["KTP"]}', '{"syarat": ["KTP", "KK"]}', [("syarat", "KTP", "KTP\nKK")]),
    ("emptied", '{"catatan": ["x"]}', '{"catatan": []}', [("catatan", "x", "-")]),
    ("an object", None, '{"p": {"perlu": "ya"}}', [("p", "-", "perlu: ya")]),
    ("a bare value", '"gratis"', '"Rp10.000"', [("", "gratis", "Rp10.000")]),
    ("no JSON", "rusak{", None, [("", "rusak{", "-")]),
]


@pytest.mark.parametrize(
    ("sebelum", "sesudah", "hasil"), [b[1:] for b in BEDA], ids=[b[0] for b in BEDA]
)
def test_the_difference_is_told_in_words(sebelum, sesudah, hasil):
    assert beda(sebelum, sesudah) == hasil


def test_the_page_is_quick_with_a_long_trail(admin: Peramban):
    baris = {"pada": waktu.sekarang(), "oleh": "ani", "sasaran": "x:1"}
    with sesi() as s:
        semua = [{**baris, "tindakan": f"t_{n % 20}"} for n in range(20_000)]
        s.bulk_insert_mappings(JejakAudit, semua)
    admin.buka(JEJAK)
    mulai = waktu.sekarang()
    admin.buka(JEJAK)
    assert waktu.sekarang() - mulai < timedelta(seconds=1)
