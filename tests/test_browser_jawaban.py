"""What pages answer to a form (faults, previews, results): accessible, and on a phone as well."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from peramban_periksa import PONSEL, pelanggaran, tak_muat

pytest_plugins = ["petugas_peramban"]
pytestmark = [pytest.mark.tumpukan, pytest.mark.chromium]


def kirim(page, tombol: str) -> None:
    """Press a button; what the browser itself would refuse is sent all the same."""
    page.evaluate("document.querySelectorAll('form').forEach((f) => { f.noValidate = true; })")
    page.get_by_role("button", name=re.compile(tombol)).first.click()


def unggah(page, isi: str) -> None:
    berkas = {"name": "x.csv", "mimeType": "text/csv", "buffer": isi.encode()}
    page.get_by_label("Berkas CSV").set_input_files(berkas)
    kirim(page, "Periksa berkas")


def cari(page, kata: str) -> None:
    page.get_by_label("Cari nomor atau nama").fill(kata)
    kirim(page, "Tampilkan")


def kurang_catatan(page) -> None:
    page.get_by_label("Perlu dilengkapi").check()
    kirim(page, "Ubah")


def salah_koreksi(page) -> None:
    page.get_by_text("Perbaiki data").click()
    page.get_by_label("Tanggal lahir").fill("31 Februari 1990")
    page.get_by_label("RT/RW").fill("99/99")
    kirim(page, "Simpan")


def salah_sandi(page) -> None:
    page.get_by_label("Kata sandi sekarang").fill("salah")
    page.get_by_label("Kata sandi baru", exact=True).fill("pendek")
    page.locator("#nilai-sandi meter").wait_for()
    kirim(page, "Ganti")


def salah_layanan(page) -> None:
    page.locator("#formulir textarea").first.fill("x" * 200)
    page.get_by_label("Biaya").first.fill("")
    kirim(page, "Berlakukan")


def petugas_baru(page) -> None:
    page.get_by_label("Nama pengguna").fill("baru.sekali")
    page.get_by_label("Nama", exact=True).fill("Baru Sekali")
    page.get_by_label("Petugas").check()
    kirim(page, "Tambah")


def pegang(page) -> None:
    kirim(page, "Ambil alih")
    page.get_by_role("heading", name="Anda memegang").wait_for()
    page.get_by_label("Pesan untuk warga").fill("x" * 5000)
    kirim(page, "^Kirim")


PENGURUS = "rw;rt;nama;whatsapp;dikabari\n001;001;{};{};{}\n"
# name -> page, what is done there, words of the answer
JAWABAN: dict[str, tuple[str, Callable, str]] = {
    "a login that failed": ("/masuk", lambda p: kirim(p, "Masuk"), "salah"),
    "found": ("/permohonan", lambda p: cari(p, "wulan"), "Wulan"),
    "nothing found": ("/permohonan", lambda p: cari(p, "tidak ada orang ini"), "Tidak ada"),
    "an empty filter": ("/permohonan?status=ditolak&rt=x", lambda p: None, "RT"),
    "a note is missing": ("/permohonan/{nomor}", kurang_catatan, "Catatan belum diisi"),
    "a wrong correction": ("/permohonan/{nomor}", salah_koreksi, "Belum disimpan"),
    "a bad new password": ("/akun/sandi", salah_sandi, "salah"),
    "a digest without a number": (
        "/akun/setelan",
        lambda p: (p.get_by_label(re.compile("ringkasan", re.I)).check(), kirim(p, "Simpan")),
        "nomor",
    ),
    "a wrong service": ("/layanan/{slug}/ubah", salah_layanan, "Perbaiki dulu"),
    "a broken list": ("/wilayah/impor", lambda p: unggah(p, "rw;rt\n001;x\n"), "1 kesalahan"),
    "a new list": ("/wilayah/impor", lambda p: unggah(p, "rw;rt\n001;001\n"), "Yang akan berubah"),
    "an empty RT officer": ("/wilayah/pengurus/tambah", lambda p: kirim(p, "Simpan"), "Belum"),
    "broken RT officers": (
        "/wilayah/pengurus/impor",
        lambda p: unggah(p, PENGURUS.format("", "12", "entah")),
        "kesalahan",
    ),
    "new RT officers": (
        "/wilayah/pengurus/impor",
        lambda p: unggah(p, PENGURUS.format("Udin", "081234567890", "ya")),
        "Udin",
    ),
    "an empty officer": ("/pengguna/tambah", lambda p: kirim(p, "Tambah"), "Belum disimpan"),
    "a new officer": ("/pengguna/tambah", petugas_baru, "hanya tampil sekali"),
    "a chat in hand": ("/percakapan/{warga_id}", pegang, "paling banyak"),
}


@pytest.mark.parametrize(("path", "lakukan", "kata"), JAWABAN.values(), ids=JAWABAN)
def test_an_answer_is_accessible_and_fits_a_phone(layar, isi, path, lakukan, kata):
    opsi = {"nama_pengguna": ""} if path == "/masuk" else {"nama_pengguna": "ratu"}
    page = layar.buka(path.format(**vars(isi)), maklum=("status of 4",), bypass_csp=True, **opsi)
    lakukan(page)
    page.locator("main", has_text=kata).wait_for()
    for warna in ("light", "dark"):
        page.emulate_media(color_scheme=warna)
        assert pelanggaran(page) == [], warna
    assert page.locator("h1").count() == 1
    page.set_viewport_size(PONSEL)
    assert tak_muat(page) == []


def test_answers_break_no_rule_of_the_page_either(layar, isi):
    """With the policy in force: a fault in the form, beside the field, and then the message."""
    page = layar.buka(f"/permohonan/{isi.nomor}", maklum=("status of 422",))
    salah_koreksi(page)
    page.get_by_role("alert").first.wait_for()
    assert page.locator("[aria-invalid=true]").count() == 3
    for medan in page.locator("[aria-invalid=true]").all():
        assert page.locator(f"#{medan.get_attribute('aria-describedby')}").is_visible()
