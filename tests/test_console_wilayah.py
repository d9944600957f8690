"""The RT/RW directory in the console: shown, exported, and replaced only by a faultless file."""

from __future__ import annotations

import html
import re

import pytest
from petugas_dunia import Meja, Peramban, ajukan, teks_polos, warga
from sqlalchemy import select

from kelurahan import permohonan
from kelurahan.console.keamanan import peran
from kelurahan.store import direktori, pengurus, sesi
from kelurahan.store.models_petugas import JejakAudit
from kelurahan.wilayah import Direktori, urai_csv

kedua = pytest.mark.kedua_basis_data

IMPOR, SIMPAN = "/wilayah/impor", "/wilayah/impor/simpan"
BARU = b"rw,rt\n1,1\n1,2\n13,1\n"


@pytest.fixture
def meja(basis_data) -> Meja:
    return Meja()


@pytest.fixture
def admin(meja: Meja) -> Peramban:
    return meja.masuk("ani", peran.ADMIN)


def berkas(isi: bytes, nama: str = "rt.csv") -> dict:
    return {"berkas": (nama, isi, "text/csv")}


def unggah(admin: Peramban, isi: bytes, status: int = 200):
    return admin.kirim(IMPOR, status, berkas=berkas(isi))


def tersembunyi(halaman: str) -> dict[str, str]:
    """What the preview would send back."""
    pola = r'<input type="hidden" name="(isi|sidik)" value="([^"]*)"'
    return {nama: html.unescape(nilai) for nama, nilai in re.findall(pola, halaman)}


def tersimpan() -> Direktori:
    with sesi(baca=True) as s:
        return direktori.baca(s)


def daftarkan(rt: str | None, rw: str, wa_id: str) -> None:
    with sesi() as s:
        jabatan = pengurus.RT if rt else pengurus.RW
        pengurus.tambah(s, pengurus.Data(jabatan, rt, rw, "Asep", wa_id, True))


def jejak() -> list[tuple[str, str, str | None, str | None]]:
    with sesi(baca=True) as s:
        pilih = select(JejakAudit).order_by(JejakAudit.id)
        return [(j.tindakan, j.sasaran, j.sebelum, j.sesudah) for j in s.scalars(pilih)]


# the list


@kedua
def test_every_rt_is_shown_with_what_is_to_be_done(meja: Meja):
    siti = warga()
    for n, rt in enumerate(("001", "001", "002")):
        ajukan(siti, f"p{n}", rt=rt, nama=f"Siti {'ABC'[n]}minah")
    permohonan.ubah_status(ajukan(siti, "selesai", nama="Budi"), "ditolak", "petugas")
    halaman = meja.masuk().buka("/wilayah").text
    assert re.search(r'rw=001&amp;rt=001">RT 001 <strong>\(2\)', halaman)
    assert re.search(r'rw=001&amp;rt=002">RT 002 <strong>\(1\)', halaman)
    assert re.search(r'rw=001">3<span', halaman)
    assert "72 RT di 12 RW" in teks_polos(halaman)


@kedua
def test_an_rt_whose_officer_is_registered_is_marked(meja: Meja):
    assert "Ketua RT terdaftar</span>" not in meja.masuk().buka("/wilayah").text
    daftarkan("003", "005", "6281200000001")
    daftarkan(None, "005", "6281200000002")
    halaman = meja.masuk().buka("/wilayah").text
    assert halaman.count("Ketua RT terdaftar</span>") == 1
    assert halaman.count("Ketua RW terdaftar</span>") == 1


@kedua
def test_applications_from_an_rt_that_is_not_in_the_list_are_counted_apart(meja: Meja):
    ajukan(warga(), rt="099")
    assert "1 permohonan yang perlu dikerjakan berasal" in meja.masuk().buka("/wilayah").text


@pytest.mark.parametrize(("siapa", "boleh"), [(peran.ADMIN, True), (peran.PIMPINAN, False)])
def test_while_it_is_the_sample_the_page_says_what_to_do(meja: Meja, siapa: str, boleh: bool):
    halaman = meja.masuk("orang", siapa).buka("/wilayah").text
    assert "Daftar ini masih contoh" in halaman
    assert ("impor berkasnya" in halaman) is boleh
    assert (IMPOR in halaman) is boleh


def test_the_page_of_a_real_list_speaks_of_no_sample(meja: Meja):
    with sesi() as s:
        direktori.ganti(s, urai_csv("x", BARU))
    assert "contoh" not in meja.masuk().buka("/wilayah").text


# out and in again


def test_the_export_imports_again_unchanged(meja: Meja, admin: Peramban):
    unduhan = meja.masuk("budi").buka("/wilayah/rt_rw.csv")
    assert unduhan.headers["content-disposition"] == 'attachment; filename="rt_rw.csv"'
    assert unduhan.headers["content-type"].startswith("text/csv")
    assert unduhan.content.startswith(b"\xef\xbb\xbf"), "or Excel takes it for another encoding"
    assert urai_csv("x", unduhan.content) == tersimpan()
    assert "sama dengan daftar sekarang (72 RT)" in unggah(admin, unduhan.content).text


@kedua
def test_a_file_is_shown_first_and_replaces_the_list_after_a_yes(admin: Peramban):
    lama = tersimpan()
    halaman = unggah(admin, BARU).text
    teks = teks_polos(halaman)
    assert "RT tetap 2 RT ditambah 1 RT dihapus 70 RW baru 013" in teks
    assert "menjadi data resmi" in teks
    assert "RT 001/RW 013" in teks
    assert tersimpan() == lama, "nothing is stored by looking"
    admin.kirim(SIMPAN, **tersembunyi(halaman))
    assert tersimpan() == urai_csv("x", BARU)
    assert "sudah diganti" in admin.buka("/wilayah?ok=1").text
    assert jejak() == [
        (
            "impor_rt_rw",
            "wilayah",
            '{"rt": 72, "rw": 12, "contoh": true}',
            '{"rt": 3, "rw": 2, "contoh": false}',
        )
    ]


def test_the_bot_and_every_page_know_the_new_list_at_once(admin: Peramban):
    assert direktori.direktori().contoh
    admin.kirim(SIMPAN, **tersembunyi(unggah(admin, BARU).text))
    assert direktori.direktori() == urai_csv("x", BARU)
    assert "masih <strong>contoh" not in admin.buka("/wilayah/pengurus").text


def test_a_file_that_still_says_contoh_stays_the_sample(admin: Peramban):
    halaman = unggah(admin, b"rw;rt;keterangan\n1;1;contoh\n1;2;\n").text
    assert "di kolom keterangan masih tertulis" in halaman
    admin.kirim(SIMPAN, **tersembunyi(halaman))
    assert tersimpan().contoh
    assert "Daftar ini masih contoh" in admin.buka("/wilayah").text


def test_taking_the_mark_away_is_a_change_too(admin: Peramban):
    ekspor = admin.buka("/wilayah/rt_rw.csv").content
    halaman = unggah(admin, ekspor.replace(b"contoh", b"")).text
    admin.kirim(SIMPAN, **tersembunyi(halaman))
    assert not tersimpan().contoh
    assert len(tersimpan().pasangan) == 72


@kedua
def test_whoever_would_lose_their_rt_is_counted_before_the_yes(admin: Peramban):
    siti = warga()
    for n, (rt, rw) in enumerate([("002", "001"), ("006", "001"), ("006", "012")]):
        ajukan(siti, f"p{n}", rt=rt, rw=rw)
    for n, (rt, rw) in enumerate([("001", "001"), ("006", "001"), (None, "012"), (None, "001")]):
        daftarkan(rt, rw, f"628120000000{n}")
    teks = teks_polos(unggah(admin, BARU).text)
    assert "2 permohonan yang perlu dikerjakan berasal dari sana" in teks
    assert "2 pengurus terdaftar di sana" in teks


def test_nothing_is_said_of_losses_when_there_are_none(admin: Peramban):
    ajukan(warga(), rt="001")
    assert "masih dipakai" not in unggah(admin, BARU).text


def test_a_list_that_changed_meanwhile_is_looked_at_again(admin: Peramban):
    bidang = tersembunyi(unggah(admin, BARU).text)
    with sesi() as s:
        direktori.ganti(s, urai_csv("x", b"rw,rt\n1,1\n"))
    halaman = admin.kirim(SIMPAN, 409, **bidang).text
    assert "baru saja diubah orang lain" in halaman
    assert len(tersimpan().pasangan) == 1
    admin.kirim(SIMPAN, **tersembunyi(halaman))
    assert tersimpan() == urai_csv("x", BARU)


# broken files

RUSAK = [
    ("no file", None, ["pilih berkas CSV dulu"]),
    ("empty", b"", ["pilih berkas CSV dulu"]),
    ("only blanks", b"\n;;\n", ["berkas kosong"]),
    ("only a header", b"rw,rt\n", ["tidak ada baris data"]),
    ("wrong header", b"nama,alamat\n1,2\n", ["kolom 'rw' tidak ada", "'alamat' tidak dikenal"]),
    ("no header", b"1,2\n3,4\n", ["tulis judul kolom rw,rt"]),
    ("letters", b"rw,rt\n1,1\n1,lima\n", ["<td", "3", "rt 'lima' bukan angka"]),
    ("duplicates", b"rw,rt\n1,1\n2,1\n01,001\n", ["4", "sudah ada di baris 2"]),
    ("a hole", b"rw,rt\n1,\n", ["rt kosong"]),
    ("Excel's separator", b"\xef\xbb\xbfrw;rt\r\n1;x\r\n", ["2", "rt 'x' bukan angka"]),
    ("formulas", b'rw,rt\n=1+1,1\n1,"=HYPERLINK(""http://x"")"\n', ["'=1+1' bukan angka"]),
    ("markup", b"rw,rt\n1,<script>alert(1)</script>\n", ["&lt;script&gt;"]),
    ("direction marks", "rw,rt\n1,\u202e5\n".encode(), ["bukan angka"]),
    ("not UTF-8", b"rw,rt\n1,\xe9\n", ["bukan teks UTF-8", "CSV UTF-8"]),
    ("a workbook", b"PK\x03\x04" + b"\x00" * 50, ["berkas Excel (.xlsx)"]),
    ("a picture", b"\x89PNG\r\n\x1a\n\x00\x00", ["bukan teks UTF-8"]),
    ("100,000 rows", b"rw,rt\n" + b"1,1\n" * 100_000, ["100000 baris data, paling banyak 5000"]),
    ("a thousand faults", b"rw,rt\n" + b"x,1\n" * 1000, ["1000 kesalahan", "900 kesalahan lagi"]),
]


@pytest.mark.parametrize(("isi", "kata"), [r[1:] for r in RUSAK], ids=[r[0] for r in RUSAK])
def test_a_broken_file_changes_nothing_and_every_fault_is_shown(admin: Peramban, isi, kata):
    lama = tersimpan()
    halaman = admin.kirim(IMPOR, 422, berkas=berkas(isi) if isi is not None else None).text
    assert [k for k in kata if k not in html.unescape(halaman) and k not in halaman] == []
    assert "<script>alert" not in halaman
    assert "\u202e" not in halaman
    assert "Tidak ada yang diubah" in halaman
    assert 'name="berkas"' in halaman, "the form is there to try again"
    assert tersimpan() == lama
    assert jejak() == []


def test_one_wrong_row_among_many_keeps_all_of_them_out(admin: Peramban):
    isi = b"rw,rt\n" + b"".join(b"1,%d\n" % n for n in range(1, 500)) + b"1,abc\n"
    halaman = unggah(admin, isi, 422).text
    assert "1 kesalahan" in halaman
    assert '<td class="angka">501</td>' in halaman
    assert len(tersimpan().pasangan) == 72


def test_a_file_over_the_limit_is_refused_whole(admin: Peramban):
    halaman = unggah(admin, b"rw,rt\n" + b" " * (2 * 1024 * 1024), 413).text
    assert "paling besar 2 MB" in halaman


@pytest.mark.parametrize("isi", ["", "rw,rt\nx,1\n", "rw;rt\n" + "1;1\n" * 2])
def test_the_checked_table_is_checked_again_when_it_comes_back(admin: Peramban, isi: str):
    sidik = tersembunyi(unggah(admin, BARU).text)["sidik"]
    admin.kirim(SIMPAN, 422, isi=isi, sidik=sidik)
    assert len(tersimpan().pasangan) == 72


@pytest.mark.parametrize("siapa", [peran.PETUGAS, peran.PIMPINAN])
def test_only_admins_replace_the_list(meja: Meja, siapa: str):
    orang = meja.masuk("orang", siapa)
    orang.buka(IMPOR, 403)
    orang.kirim(SIMPAN, 403, isi="rw,rt\n1,1\n")
    assert len(tersimpan().pasangan) == 72
