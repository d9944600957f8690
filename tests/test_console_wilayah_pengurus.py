"""RT/RW officers in the console: added, changed, imported; numbers and names kept close."""

from __future__ import annotations

import html
import json
import re

import pytest
from petugas_dunia import Meja, Peramban
from sqlalchemy import select

from kelurahan.console.keamanan import peran
from kelurahan.store import direktori, pengurus, sesi
from kelurahan.store.models_petugas import JejakAudit, Pengurus
from kelurahan.wilayah import urai_csv

kedua = pytest.mark.kedua_basis_data

DAFTAR = "/wilayah/pengurus"
TAMBAH, IMPOR, SIMPAN = f"{DAFTAR}/tambah", f"{DAFTAR}/impor", f"{DAFTAR}/impor/simpan"
ASEP = {"wilayah": "003/005", "nama": "H. Asep Saepudin, S.Pd.", "whatsapp": "0812-3456-7890"}


@pytest.fixture
def meja(basis_data) -> Meja:
    return Meja()


@pytest.fixture
def admin(meja: Meja) -> Peramban:
    return meja.masuk("ani", peran.ADMIN)


def semua() -> list[Pengurus]:
    with sesi(baca=True) as s:
        return pengurus.daftar(s)


def jejak() -> list[JejakAudit]:
    with sesi(baca=True) as s:
        return list(s.scalars(select(JejakAudit).order_by(JejakAudit.id)))


# one by one


@kedua
def test_an_officer_is_added_changed_and_removed(admin: Peramban):
    admin.kirim(TAMBAH, **ASEP, dikabari="ya")
    (satu,) = semua()
    assert (satu.jabatan, satu.rt, satu.rw, satu.wa_id, satu.dikabari) == (
        *("rt", "003", "005", "6281234567890"),
        True,
    )
    admin.kirim(f"{DAFTAR}/{satu.id}", **{**ASEP, "wilayah": "/006", "nama": "Asep"})
    (satu,) = semua()
    assert (satu.jabatan, satu.rt, satu.rw, satu.nama, satu.dikabari) == (
        *("rw", None, "006", "Asep"),
        False,
    )
    admin.kirim(f"{DAFTAR}/{satu.id}/hapus")
    assert semua() == []
    tindakan = [(j.tindakan, j.sasaran) for j in jejak()]
    sasaran = f"pengurus:{satu.id}"
    assert tindakan == [(f"pengurus_{t}", sasaran) for t in ("tambah", "ubah", "hapus")]
    ubah = jejak()[1]
    assert json.loads(ubah.sebelum) == {"wilayah": "RT 003/RW 005", "dikabari": True}
    assert json.loads(ubah.sesudah)["wilayah"] == "RW 006"
    assert set(json.loads(ubah.sesudah)["diganti"]) == {"jabatan", "rt", "rw", "nama", "dikabari"}


def test_the_trail_holds_neither_name_nor_number(admin: Peramban):
    admin.kirim(TAMBAH, **ASEP)
    baru = {"nama": "Dede Kurnia", "whatsapp": "0813-0000-1111"}
    admin.kirim(f"{DAFTAR}/{semua()[0].id}", **{**ASEP, **baru})
    admin.buka(f"{DAFTAR}.csv")
    admin.kirim(f"{DAFTAR}/{semua()[0].id}/hapus")
    isi = " ".join(f"{j.sasaran} {j.sebelum} {j.sesudah}" for j in jejak())
    assert "nomor" in isi
    for rahasia in ("Asep", "Dede", "1234", "0813", "62812", "62813"):
        assert rahasia not in isi


def test_saving_without_a_change_leaves_no_trace(admin: Peramban):
    admin.kirim(TAMBAH, **ASEP)
    admin.kirim(f"{DAFTAR}/{semua()[0].id}", **ASEP)
    assert [j.tindakan for j in jejak()] == ["pengurus_tambah"]


def test_a_list_shows_only_the_end_of_a_number_the_form_all_of_it(meja: Meja, admin: Peramban):
    admin.kirim(TAMBAH, **ASEP)
    for orang in (admin, meja.masuk("siti"), meja.masuk("lurah", peran.PIMPINAN)):
        halaman = orang.buka(DAFTAR).text
        assert "…7890" in halaman
        assert "3456" not in halaman
        assert "Ketua RT 003/RW 005" in halaman
    assert 'value="0812-3456-7890"' in admin.buka(f"{DAFTAR}/{semua()[0].id}").text


def test_those_who_may_not_change_see_no_way_to(meja: Meja, admin: Peramban):
    admin.kirim(TAMBAH, **ASEP)
    for siapa in (peran.PETUGAS, peran.PIMPINAN):
        orang = meja.masuk(siapa, siapa)
        halaman = orang.buka(DAFTAR).text
        assert "Ubah" not in halaman
        assert IMPOR not in halaman
        orang.buka(f"{DAFTAR}/{semua()[0].id}", 403)
        orang.buka(f"{DAFTAR}.csv", 403)
        orang.kirim(f"{DAFTAR}/{semua()[0].id}/hapus", 403)
    assert len(semua()) == 1


SALAH = [
    ("no RT", {"wilayah": ""}, "belum dipilih"),
    ("an RT that does not exist", {"wilayah": "099/005"}, "RT 099/RW 005 tidak ada"),
    ("an RW that does not exist", {"wilayah": "/099"}, "RW 099 tidak ada"),
    ("no name", {"nama": " "}, "isi nama orangnya"),
    ("a number as name", {"nama": "12345"}, "bukan nama"),
    ("a formula as name", {"nama": "=cmd|'/c calc'!A1"}, "dimulai dengan huruf"),
    ("a hidden direction mark", {"nama": "Asep\u202ekil"}, "bukan nama"),
    ("a long name", {"nama": "A" * 101}, "101 karakter"),
    ("no number", {"whatsapp": ""}, "isi nomornya"),
    ("a short number", {"whatsapp": "0812"}, "4 angka"),
    ("a landline", {"whatsapp": "0251-8888888"}, "bukan nomor seluler"),
]


@pytest.mark.parametrize(("beda", "pesan"), [s[1:] for s in SALAH], ids=[s[0] for s in SALAH])
def test_a_wrong_field_is_named_and_the_others_are_kept(admin: Peramban, beda: dict, pesan: str):
    halaman = admin.kirim(TAMBAH, 422, **{**ASEP, **beda}, dikabari="ya").text
    assert pesan in halaman
    assert 'aria-invalid="true"' in halaman
    assert " checked" in halaman
    tetap = {n: v for n, v in ASEP.items() if n not in beda and n != "wilayah"}
    assert all(f'value="{nilai}"' in halaman for nilai in tetap.values())
    assert semua() == []


@kedua
@pytest.mark.parametrize("ejaan", ["0812-3456-7890", "+62 812 3456 7890", "81234567890"])
def test_a_number_belongs_to_one_officer_however_it_is_spelt(admin: Peramban, ejaan: str):
    admin.kirim(TAMBAH, **ASEP)
    halaman = admin.kirim(TAMBAH, 422, wilayah="/006", nama="Dede", whatsapp=ejaan).text
    assert "sudah terdaftar untuk Ketua RT 003/RW 005" in halaman
    admin.kirim(TAMBAH, wilayah="/006", nama="Dede", whatsapp="0813-0000-1111")
    dede = next(satu for satu in semua() if satu.rt is None)
    isi = {"wilayah": "/006", "nama": "Dede", "whatsapp": ejaan}
    assert "sudah terdaftar" in admin.kirim(f"{DAFTAR}/{dede.id}", 422, **isi).text


def test_an_officer_whose_rt_is_gone_is_marked_and_must_be_moved(admin: Peramban):
    admin.kirim(TAMBAH, **ASEP)
    with sesi() as s:
        direktori.ganti(s, urai_csv("x", b"rw,rt\n1,1\n"))
    assert "tidak ada lagi di daftar" in admin.buka(DAFTAR).text
    alamat = f"{DAFTAR}/{semua()[0].id}"
    assert "RT 003/RW 005 (tidak ada lagi di daftar)" in admin.buka(alamat).text
    admin.kirim(alamat, 422, **ASEP)
    admin.kirim(alamat, **{**ASEP, "wilayah": "001/001"})
    assert semua()[0].rw == "001"


def test_an_officer_who_is_not_there_is_not_found(admin: Peramban):
    admin.buka(f"{DAFTAR}/99", 404)
    admin.kirim(f"{DAFTAR}/99", 404, **ASEP)
    admin.kirim(f"{DAFTAR}/99/hapus", 404)


# as a table

JUDUL = "rw;rt;nama;whatsapp;dikabari\n"


def unggah(admin: Peramban, isi: str | bytes | None, status: int = 200) -> str:
    badan = isi.encode() if isinstance(isi, str) else isi
    berkas = {"berkas": ("p.csv", badan, "text/csv")} if badan is not None else None
    return admin.kirim(IMPOR, status, berkas=berkas).text


def tersembunyi(halaman: str) -> dict[str, str]:
    pola = r'<input type="hidden" name="(isi|sidik)" value="([^"]*)"'
    return {nama: html.unescape(nilai) for nama, nilai in re.findall(pola, halaman)}


@kedua
def test_a_table_replaces_the_list_after_a_look(admin: Peramban):
    admin.kirim(TAMBAH, **ASEP)
    admin.kirim(TAMBAH, wilayah="/006", nama="Dede", whatsapp="0813-0000-1111")
    asep = next(satu.id for satu in semua() if satu.rt)
    halaman = unggah(admin, JUDUL + "5;3;Asep S.;081234567890;ya\n5;;Euis;+6281300002222;\n")
    assert "0 pengurus tetap, 1 ditambah, 1 diubah, 1 dihapus" in halaman
    assert "3456" not in re.sub(r'value="[^"]*"', "", halaman), "a preview is a list too"
    assert len(semua()) == 2
    assert {satu.nama for satu in semua()} >= {"Dede"}
    admin.kirim(SIMPAN, **tersembunyi(halaman))
    assert [(satu.nama, satu.rt, satu.dikabari) for satu in semua()] == [
        ("Euis", None, False),
        ("Asep S.", "003", True),
    ]
    assert semua()[1].id == asep
    assert json.loads(jejak()[-1].sesudah) == {"ditambah": 1, "diubah": 1, "dihapus": 1}


def test_the_export_imports_again_unchanged(admin: Peramban):
    admin.kirim(TAMBAH, **ASEP, dikabari="ya")
    admin.kirim(TAMBAH, wilayah="/006", nama='Dede; "Dedi"', whatsapp="0813-0000-1111")
    unduhan = admin.buka(f"{DAFTAR}.csv")
    assert "attachment" in unduhan.headers["content-disposition"]
    assert "0812-3456-7890" in unduhan.text
    assert jejak()[-1].tindakan == "pengurus_ekspor"
    assert "sama dengan daftar sekarang (2 pengurus)" in unggah(admin, unduhan.content)


def test_a_list_that_changed_meanwhile_is_looked_at_again(admin: Peramban):
    bidang = tersembunyi(unggah(admin, JUDUL + "5;3;Asep;081234567890;ya\n"))
    admin.kirim(TAMBAH, wilayah="/006", nama="Dede", whatsapp="0813-0000-1111")
    halaman = admin.kirim(SIMPAN, 409, **bidang).text
    assert "baru saja diubah orang lain" in halaman
    assert "1 dihapus" in halaman
    assert [satu.nama for satu in semua()] == ["Dede"]
    admin.kirim(SIMPAN, **tersembunyi(halaman))
    assert [satu.nama for satu in semua()] == ["Asep"]


RUSAK = [
    ("no file", None, ["pilih berkas CSV dulu"]),
    ("wrong header", "rw;rt;nama;telepon\n1;1;A;0812\n", ["kolom 'whatsapp' tidak ada"]),
    ("nobody", JUDUL, ["tidak ada baris data"]),
    ("letters as RT", JUDUL + "5;tiga;Asep;081234567890;ya\n", ["rt 'tiga' bukan angka"]),
    ("no RW", JUDUL + ";3;Asep;081234567890;ya\n", ["rw kosong"]),
    ("an unknown RT", JUDUL + "5;99;Asep;081234567890;ya\n", ["RT 099/RW 005 tidak ada"]),
    ("Excel ate the number", JUDUL + "5;3;Asep;6,28123E+12;ya\n", ["diubah Excel"]),
    ("perhaps", JUDUL + "5;3;Asep;081234567890;mungkin\n", ["'mungkin' tidak dikenal"]),
    ("formula", JUDUL + '5;3;"=HYPERLINK(1)";081234567890;ya\n', ["dimulai dengan huruf"]),
    ("script", JUDUL + "5;3;<script>x</script>;081234567890;ya\n", ["dimulai dengan huruf"]),
    (
        "one number twice",
        JUDUL + "5;3;Asep;081234567890;ya\n5;4;Dede;+62 812-3456-7890;ya\n",
        ['<td class="angka">3</td>', "sama dengan baris 2"],
    ),
    (
        "all at once",
        JUDUL + "x;1;;0812;ya\n5;3;Asep;;y\n",
        ["4 kesalahan", "rw 'x'", "isi nama orangnya", "4 angka", "isi nomornya"],
    ),
    ("not UTF-8", JUDUL.encode() + b"5;3;Ren\xe9;081234567890;ya\n", ["bukan teks UTF-8"]),
    ("70,000 rows", JUDUL + "5;3;Asep;081234567890;ya\n" * 70_000, ["paling banyak 5000"]),
]


@pytest.mark.parametrize(("isi", "kata"), [r[1:] for r in RUSAK], ids=[r[0] for r in RUSAK])
def test_a_broken_table_changes_nothing_and_every_fault_is_shown(admin: Peramban, isi, kata):
    admin.kirim(TAMBAH, **{**ASEP, "whatsapp": "0813-9999-9999"})
    halaman = html.unescape(unggah(admin, isi, 422))
    assert [k for k in kata if k not in halaman] == []
    assert "<script>x" not in halaman
    assert [satu.wa_id for satu in semua()] == ["6281399999999"]


def test_the_checked_table_is_checked_again_when_it_comes_back(admin: Peramban):
    bidang = tersembunyi(unggah(admin, JUDUL + "5;3;Asep;081234567890;ya\n"))
    admin.kirim(SIMPAN, 422, **{**bidang, "isi": JUDUL + "99;3;Asep;081234567890;ya\n"})
    assert semua() == []
