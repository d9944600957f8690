"""Attachments in the console: who sees what, and how a hostile file is kept harmless."""

from __future__ import annotations

import io

import pytest
from lampiran_dunia import PDF, berkas, gambar, id_permohonan, menunggu, tersimpan
from lampiran_dunia import folder as folder
from petugas_dunia import Meja, ajukan, teks_polos, warga
from PIL import Image
from sqlalchemy import select, update
from starlette.requests import Request

from kelurahan.console.halaman import Permintaan
from kelurahan.console.keamanan import peran
from kelurahan.console.lampiran import daftar, ukuran
from kelurahan.console.lampiran.halaman import TUGAS
from kelurahan.console.tampilan import tampil
from kelurahan.store import lampiran, lampiran_berkas, sesi
from kelurahan.store.models_petugas import JejakAudit, Lampiran

FOTO = gambar(ukuran=(400, 300))


@pytest.fixture
def meja(folder) -> Meja:
    return Meja()


def ubah(nomor: int, **nilai) -> None:
    with sesi() as s:
        s.execute(update(Lampiran).where(Lampiran.id == nomor).values(**nilai))


def jejak() -> list[tuple]:
    with sesi(baca=True) as s:
        return [(j.oleh, j.tindakan, j.sasaran) for j in s.scalars(select(JejakAudit))]


# the file


@pytest.mark.parametrize("siapa", [peran.PETUGAS, peran.PIMPINAN, peran.ADMIN])
def test_a_photo_is_shown_as_what_we_made_it_and_the_look_is_noted(meja, siapa):
    nomor = tersimpan(warga(), FOTO)
    jawab = meja.masuk("orang", siapa).buka(f"/lampiran/{nomor}")
    assert jawab.content == FOTO
    assert jawab.headers["content-type"] == "image/jpeg"
    assert jawab.headers["content-disposition"] == f'inline; filename="lampiran-{nomor}.jpg"'
    assert jawab.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert jawab.headers["x-content-type-options"] == "nosniff"
    assert jawab.headers["cache-control"] == "no-store"
    assert jejak() == [("orang", "lihat_lampiran", f"lampiran:{nomor}")]


def test_a_pdf_is_only_ever_downloaded(meja):
    nomor = tersimpan(warga(), PDF, "application/pdf")
    jawab = meja.masuk().buka(f"/lampiran/{nomor}")
    assert jawab.content == PDF
    assert jawab.headers["content-type"] == "application/pdf"
    assert jawab.headers["content-disposition"] == f'attachment; filename="lampiran-{nomor}.pdf"'
    assert "sandbox" in jawab.headers["content-security-policy"]


def test_a_small_picture_is_too_small_to_read_and_is_no_look(meja):
    nomor = tersimpan(warga(), FOTO)
    jawab = meja.masuk().buka(f"/lampiran/{nomor}/kecil")
    assert max(Image.open(io.BytesIO(jawab.content)).size) == 160
    assert jawab.headers["content-type"] == "image/jpeg"
    assert "sandbox" in jawab.headers["content-security-policy"]
    assert jejak() == []


def test_a_pdf_has_no_small_picture(meja):
    nomor = tersimpan(warga(), PDF, "application/pdf")
    meja.masuk().buka(f"/lampiran/{nomor}/kecil", 404)


def test_without_a_login_nobody_gets_a_file(meja):
    nomor = tersimpan(warga(), FOTO)
    for path in (f"/lampiran/{nomor}", f"/lampiran/{nomor}/kecil"):
        jawab = meja.klien().get(path)
        assert (jawab.status_code, jawab.headers["location"]) == (303, f"/masuk?ke={path}")


@pytest.mark.parametrize("nomor", ["0", "99", str(2**31), "9" * 30, "-1", "x", "1%2f..", "1.jpg"])
@pytest.mark.kedua_basis_data
def test_a_number_without_a_file_is_not_found(meja, nomor):
    peramban = meja.masuk()
    peramban.buka(f"/lampiran/{nomor}", 404)
    peramban.buka(f"/lampiran/{nomor}/kecil", 404)


@pytest.mark.parametrize(
    "state", [lampiran.MENUNGGU, lampiran.DITOLAK, lampiran.GAGAL, lampiran.DIHAPUS]
)
def test_only_what_was_checked_and_stored_is_given_out(meja, state):
    nomor = tersimpan(warga(), FOTO)
    ubah(nomor, state=state)
    meja.masuk().buka(f"/lampiran/{nomor}", 404)


JALAN = ["../rahasia", "../../etc/passwd", "", None, "rahasia", "a" * 32]


@pytest.mark.parametrize("nama", JALAN, ids=repr)
def test_a_name_put_into_the_table_by_someone_else_leads_nowhere(meja, folder, nama):
    nomor = tersimpan(warga(), FOTO)
    (folder.parent / "rahasia").write_bytes(b"rahasia")
    (folder / ("a" * 32)).symlink_to(folder.parent / "rahasia")
    ubah(nomor, berkas=nama)
    jawab = meja.masuk().buka(f"/lampiran/{nomor}", 404)
    assert b"rahasia" not in jawab.content
    assert jejak() == []


@pytest.mark.parametrize("mime", ["text/html", "image/svg+xml", "", "image/png"])
def test_a_type_that_we_never_store_is_never_given_out(meja, mime):
    nomor = tersimpan(warga(), b"<script>alert(1)</script>", mime)
    meja.masuk().buka(f"/lampiran/{nomor}", 404)


# the list


def tampilkan(isi: list) -> str:
    """The fragment alone, as the pages of others include it."""
    lingkup = {"type": "http", "method": "GET", "path": "/permohonan", "headers": []}
    p = Permintaan(Request({**lingkup, "query_string": b"", "server": ("meja", 80)}))
    return tampil(p, "lampiran/daftar.html", lampiran=isi).body.decode()


def ambil(**siapa) -> list:
    with sesi(baca=True) as s:
        return daftar(s, **siapa)


@pytest.mark.kedua_basis_data
def test_the_list_of_an_application_holds_its_own_in_order(meja):
    satu = warga()
    nomor = ajukan(satu)
    milik = id_permohonan(nomor)
    urut = [tersimpan(satu, permohonan_id=milik) for _ in range(3)]
    tersimpan(satu)
    tersimpan(warga("6281100000002"))
    assert [b.id for b in ambil(permohonan_id=milik)] == urut
    assert {b.nomor for b in ambil(permohonan_id=milik)} == {None}
    milik_warga = ambil(warga_id=satu)
    assert [b.id for b in milik_warga[:3]] == urut
    assert [b.nomor for b in milik_warga] == [nomor] * 3 + [None]


def test_the_list_wants_one_owner():
    with pytest.raises(ValueError, match="either"):
        daftar(None)
    with pytest.raises(ValueError, match="either"):
        daftar(None, warga_id="x", permohonan_id=1)


KEADAAN = {
    "waiting": ({"state": lampiran.MENUNGGU, "mime": "image/jpeg"}, "Foto Sedang diambil"),
    "wrong type": ({"state": lampiran.DITOLAK, "alasan": "jenis"}, "bukan foto atau PDF"),
    "too large": ({"state": lampiran.DITOLAK, "alasan": "besar"}, "terlalu besar"),
    "damaged": ({"state": lampiran.DITOLAK, "alasan": "rusak"}, "rusak"),
    "failed": (
        {"state": lampiran.GAGAL, "alasan": "kedaluwarsa", "mime": "application/pdf"},
        "Dokumen PDF Gagal diambil dari WhatsApp",
    ),
}


@pytest.mark.parametrize(("nilai", "kata"), KEADAAN.values(), ids=KEADAAN.keys())
def test_what_cannot_be_opened_says_why_and_offers_no_link(meja, nilai, kata):
    satu = warga()
    ubah(menunggu(satu), **nilai)
    html = tampilkan(ambil(warga_id=satu))
    assert kata in teks_polos(html)
    assert "/lampiran/" not in html


def test_photos_and_documents_are_links_with_size_and_time(meja):
    satu = warga()
    foto, pdf = tersimpan(satu, FOTO), tersimpan(satu, PDF, "application/pdf")
    html = tampilkan(ambil(warga_id=satu))
    assert f'href="/lampiran/{foto}"' in html
    assert f'src="/lampiran/{foto}/kecil" alt="Foto dari warga, ' in html
    assert f'href="/lampiran/{pdf}" download' in html
    assert "Unduh dokumen PDF" in html
    assert "WIB" not in html
    assert ukuran(len(FOTO)) in html


def test_no_attachments_is_said(meja):
    assert "Belum ada foto atau dokumen" in tampilkan([])


def test_what_the_resident_announced_never_reaches_the_page(meja):
    satu = warga()
    ubah(menunggu(satu), mime="image/<script>alert(1)</script>")
    assert "script" not in tampilkan(ambil(warga_id=satu))


@pytest.mark.parametrize(
    ("jumlah", "kata"),
    [(None, ""), (1, "1 kB"), (412_300, "412 kB"), (999_600, "1,0 MB"), (1_300_000, "1,3 MB")],
)
def test_sizes_are_said_as_people_say_them(jumlah, kata):
    assert ukuran(jumlah) == kata


def test_the_job_behind_the_page_removes_what_nobody_needs(meja, folder):
    tersimpan("sudah dihapus")
    (tugas,) = TUGAS
    tugas.kerja()
    assert berkas(folder) == []


def test_a_file_that_is_gone_from_the_disk_is_not_found(meja, folder, caplog):
    nomor = tersimpan(warga())
    lampiran_berkas.hapus(berkas(folder)[0].name)
    meja.masuk().buka(f"/lampiran/{nomor}", 404)
    assert f"attachment {nomor} cannot be read" in caplog.text
