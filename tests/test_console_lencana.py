"""The badges: what waits, cheap to ask for, and nothing sent when nothing has changed."""

from __future__ import annotations

import re

import pytest
from petugas_dunia import Meja, ajukan, teks_polos, warga

from kelurahan import permohonan
from kelurahan.console.keamanan import peran
from kelurahan.store import peringatan, serahan, sesi, status


@pytest.fixture
def meja(basis_data) -> Meja:
    return Meja()


def lencana(peramban, sidik: str = "") -> tuple[str, str]:
    """What the badges say, and the word by which the page asks next time."""
    html = peramban.buka(f"/lencana?sidik={sidik}").text
    return teks_polos(html).strip(), re.search(r'data-sidik="(\w+)"', html).group(1)


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize("siapa", [peran.PETUGAS, peran.PIMPINAN])
def test_they_count_new_applications_and_waiting_conversations(meja: Meja, siapa):
    peramban, pemohon = meja.masuk("orang", siapa), warga()
    assert lencana(peramban)[0] == "0 permohonan baru 0 percakapan menunggu"
    nomor = ajukan(pemohon)
    ajukan(pemohon, "p2", layanan="ktp")
    serahan.minta(pemohon, serahan.DIMINTA)
    assert lencana(peramban)[0] == "2 permohonan baru 1 percakapan menunggu"
    permohonan.ubah_status(nomor, status.DIPERIKSA, "siti")
    with sesi() as s:
        serahan.ambil(s, serahan.kunci(s, pemohon), peramban.petugas_id)
    assert lencana(peramban)[0] == "1 permohonan baru 0 percakapan menunggu"


def test_the_page_is_left_alone_until_something_changes(meja: Meja):
    peramban, pemohon = meja.masuk(), warga()
    ajukan(pemohon)
    _, sidik = lencana(peramban)
    assert peramban.buka(f"/lencana?sidik={sidik}", 204).content == b""
    ajukan(pemohon, "p2", layanan="ktp")
    _, lain = lencana(peramban, sidik)
    assert lain != sidik
    with sesi() as s:
        peringatan.catat(s, "PolicyError", "Satu pesan ditolak.")
    teks, lagi = lencana(peramban, lain)
    assert "1 gangguan perlu dilihat" in teks
    with sesi() as s:
        peringatan.catat(s, "PolicyError", "Satu pesan ditolak.")
    assert lencana(peramban, lagi)[1] != lagi, "it happened once more"


def test_the_newest_application_is_told_by_its_id_alone(meja: Meja):
    pemohon = warga()
    ajukan(pemohon)
    html = meja.masuk().buka("/lencana").text
    assert re.search(r'data-terbaru="(\d+)"', html).group(1) == "1"
    assert "Siti Aminah" not in html


def test_a_page_has_a_place_for_screen_readers_before_anything_happens(meja: Meja):
    html = meja.masuk().buka("/ringkasan").text
    assert '<p id="kabar" class="kabar tersembunyi" role="status"></p>' in html
    assert "/statis/lencana.js" in html
    assert "/statis/lencana.js" not in meja.klien().get("/masuk").text
