"""What officers do to an application: status, note, correction; the resident hears of each."""

from __future__ import annotations

import html
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from petugas_dunia import Meja, Peramban, ajukan, surat, teks_polos, warga
from sqlalchemy import select, text, update

from kelurahan import permohonan
from kelurahan.console.permohonan import ubah
from kelurahan.console.permohonan.saringan import LABEL
from kelurahan.permohonan import BerubahError
from kelurahan.store import sesi, status, waktu
from kelurahan.store.models import Outbox, Permohonan
from kelurahan.store.models_petugas import Lampiran
from kelurahan.store.queue import Worker
from kelurahan.whatsapp import outbox
from kelurahan.whatsapp.limits import units
from kelurahan.wilayah import kelurahan

JALAN = {
    "baru": (),
    "diperiksa": ("diperiksa",),
    "perlu_dilengkapi": ("perlu_dilengkapi",),
    "diproses": ("diproses",),
    "siap_diambil": ("diproses", "siap_diambil"),
    "selesai": ("diproses", "siap_diambil", "selesai"),
    "ditolak": ("ditolak",),
    "dibatalkan": ("dibatalkan",),
}
BOLEH = [(dari, ke) for dari in status.SEMUA for ke in status.SEMUA if status.boleh(dari, ke)]
TIDAK = [(dari, ke) for dari in status.SEMUA for ke in status.SEMUA if not status.boleh(dari, ke)]


@pytest.fixture
def meja(basis_data) -> Meja:
    return Meja()


@pytest.fixture
def siti(meja: Meja) -> Peramban:
    return meja.masuk()


def dalam(keadaan: str, pengirim: str | None = None, **isi) -> str:
    """An application in that status; nobody has been told anything yet."""
    nomor = ajukan(pengirim or warga(), **isi)
    for ke in JALAN[keadaan]:
        permohonan.ubah_status(nomor, ke, "budi")
    return nomor


def baca(nomor: str) -> Permohonan:
    with sesi(baca=True) as s:
        satu = s.scalar(select(Permohonan).where(Permohonan.nomor == nomor))
        assert satu.riwayat is not None
        assert satu.koreksi is not None
        return satu


def surat_pertama() -> tuple[str, dict]:
    """Text and template of the only message written so far."""
    with sesi(baca=True) as s:
        satu = s.scalars(select(Outbox)).one()
    return json.loads(satu.body)["text"]["body"], json.loads(satu.template)


def parameter(templat: dict) -> list[str]:
    return [satu["text"] for satu in templat["template"]["components"][0]["parameters"]]


def ubah_ke(siti: Peramban, nomor: str, dari: str, ke: str, kode: int = 303, catatan: str = "x"):
    return siti.kirim(f"/permohonan/{nomor}/status", kode, dari=dari, ke=ke, catatan=catatan)


# status


@pytest.mark.parametrize(("dari", "ke"), BOLEH)
def test_every_allowed_step_is_offered_written_down_and_told(siti, dari, ke):
    nomor = dalam(dari)
    assert f'value="{ke}"' in siti.buka(f"/permohonan/{nomor}").text
    jawab = ubah_ke(siti, nomor, dari, ke, catatan="Mohon diperhatikan.")
    assert jawab.headers["location"] == f"/permohonan/{nomor}?ok=status"
    langkah = baca(nomor).riwayat[-1]
    assert (langkah.dari, langkah.ke, langkah.oleh, langkah.catatan) == (
        dari,
        ke,
        "siti",
        "Mohon diperhatikan.",
    )
    isi, templat = surat_pertama()
    assert nomor in isi
    assert "Mohon diperhatikan." in isi
    assert parameter(templat)[0] == nomor


@pytest.mark.parametrize(("dari", "ke"), TIDAK)
def test_no_other_step_is_offered_or_taken(siti, dari, ke):
    nomor = dalam(dari)
    assert f'name="ke" value="{ke}"' not in siti.buka(f"/permohonan/{nomor}").text
    halaman = ubah_ke(siti, nomor, dari, ke, 422).text
    assert "tidak bisa menjadi" in halaman
    assert baca(nomor).status == dari
    with sesi(baca=True) as s:
        assert s.scalars(select(Outbox)).all() == []


@pytest.mark.parametrize("ke", ["perlu_dilengkapi", "ditolak", "dibatalkan"])
def test_a_step_that_residents_could_not_understand_needs_a_note(siti, ke):
    nomor = dalam("baru")
    halaman = ubah_ke(siti, nomor, "baru", ke, 422, catatan="  ").text
    assert "Catatan belum diisi. Tulis" in halaman
    assert "contoh:" in halaman
    assert re.search(rf'value="{ke}"[^>]* checked', halaman)
    assert baca(nomor).status == "baru"


@pytest.mark.parametrize(
    ("ke", "catatan", "kata"),
    [("", "sudah", "Pilih dulu"), ("diperiksa", "x" * 601, "601 karakter, paling banyak 600")],
)
def test_a_form_that_cannot_be_used_keeps_what_was_typed(siti, ke, catatan, kata):
    nomor = dalam("baru")
    halaman = ubah_ke(siti, nomor, "baru", ke, 422, catatan=catatan).text
    assert kata in halaman
    assert f">{catatan}</textarea>" in halaman


def test_a_colleague_was_quicker(meja, siti):
    nomor = dalam("baru")
    ubah_ke(meja.masuk("budi"), nomor, "baru", "diproses")
    halaman = ubah_ke(siti, nomor, "baru", "ditolak", 409, catatan="Bukan warga sini").text
    assert "sudah diubah menjadi “Diproses” oleh budi" in halaman
    assert ">Bukan warga sini</textarea>" in halaman
    assert 'name="dari" value="diproses"' in halaman
    assert baca(nomor).status == "diproses"
    surat_pertama()  # one message only


def test_a_colleague_has_finished_it_and_the_note_is_not_lost(meja, siti):
    nomor = dalam("baru")
    ubah_ke(meja.masuk("budi"), nomor, "baru", "ditolak")
    halaman = ubah_ke(siti, nomor, "baru", "diproses", 409, catatan="Sudah saya cek").text
    assert "sudah diubah menjadi “Ditolak” oleh budi" in halaman
    assert "<q>Sudah saya cek</q>" in halaman


def test_a_button_pressed_twice_is_one_step_and_no_reproach(siti):
    nomor = dalam("baru")
    for _ in range(2):
        jawab = ubah_ke(siti, nomor, "baru", "diproses", catatan="baik")
        assert jawab.headers["location"].endswith("?ok=status")
    assert [r.ke for r in baca(nomor).riwayat] == ["baru", "diproses"]
    surat_pertama()


@pytest.mark.kedua_basis_data
def test_of_many_officers_at_once_one_changes_it_and_one_message_goes_out(basis_data):
    nomor = dalam("baru")
    mulai = threading.Barrier(6)

    def satu(i: int) -> bool:
        mulai.wait()
        try:
            ubah.pindahkan(nomor, "baru", "diperiksa", f"petugas{i}", "")
        except BerubahError:
            return False
        return True

    with ThreadPoolExecutor(6) as kolam:
        assert sum(kolam.map(satu, range(6))) == 1
    assert len(baca(nomor).riwayat) == 2
    surat_pertama()


@pytest.mark.kedua_basis_data
def test_a_message_that_cannot_be_written_takes_the_step_back(basis_data, monkeypatch):
    nomor = dalam("baru")

    def putus(*_, **__):
        raise RuntimeError("putus")

    monkeypatch.setattr(outbox, "sisip_bila_baru", putus)
    with pytest.raises(RuntimeError, match="putus"):
        ubah.pindahkan(nomor, "baru", "diperiksa", "siti", "")
    assert baca(nomor).status == "baru"


@pytest.mark.parametrize("kolom", ["warga_id", "nomor"])
def test_where_nobody_can_be_told_nobody_is_and_the_page_says_so(siti, kolom):
    pengirim = warga()
    nomor = dalam("diproses", pengirim)
    with sesi() as s:
        if kolom == "warga_id":
            s.execute(text("UPDATE permohonan SET warga_id = NULL"))
        else:
            s.execute(text("UPDATE warga SET wa_id = NULL"))
    halaman = siti.buka(f"/permohonan/{nomor}").text
    assert "tidak ada yang dikabari" in halaman
    assert (f"/percakapan/{pengirim}" in halaman) is (kolom == "nomor")
    ubah_ke(siti, nomor, "diproses", "siap_diambil")
    with sesi(baca=True) as s:
        assert s.scalars(select(Outbox)).all() == []


def test_an_application_whose_data_was_erased_is_shown_as_such(siti):
    pengirim = warga()
    nomor = dalam("diproses", pengirim)
    permohonan.hapus_data(pengirim)
    halaman = siti.buka(f"/permohonan/{nomor}").text
    assert "Data diri pemohon sudah dihapus" in halaman
    assert "[dihapus]" in halaman
    assert "Siti Aminah" not in halaman
    assert "<textarea" not in halaman
    assert "Perbaiki data" not in halaman


# the message before it is sent, and what becomes of it


def pratinjau(siti: Peramban, nomor: str, ke: str, catatan: str = "") -> str:
    data = {"csrf": siti.csrf, "ke": ke, "catatan": catatan}
    kepala = {"HX-Request": "true", "Origin": "http://meja.uji"}
    jawab = siti.klien.post(f"/permohonan/{nomor}/pratinjau", data=data, headers=kepala)
    assert jawab.status_code == 200
    assert "<html" not in jawab.text
    return jawab.text


@pytest.mark.parametrize("menulis", [True, False], ids=["window open", "window closed"])
@pytest.mark.parametrize("ke", ["perlu_dilengkapi", "siap_diambil", "ditolak"])
def test_the_preview_is_what_will_be_sent(siti, ke, menulis):
    nomor = dalam("diproses", warga(menulis=menulis))
    potongan = pratinjau(siti, nomor, ke, "Bawa *KK*\nasli")
    assert f"Ubah ke “{LABEL[ke]}” dan kirim pesan ini" in potongan
    ubah_ke(siti, nomor, "diproses", ke, catatan="Bawa *KK*\nasli")
    isi, templat = surat_pertama()
    kalimat = rata(isi if menulis else parameter(templat)[2])
    if menulis or ke != "siap_diambil":  # there the place leaves no room for a note
        assert "Bawa KK asli" in kalimat
    assert kalimat in rata(potongan)
    assert ("Pesan baku" in potongan) is not menulis


def rata(teks: str) -> str:
    """Words alone: without bold, breaks and marks."""
    teks = re.sub(r"</?strong>", "", teks.replace("<br>", " "))
    return " ".join(html.unescape(teks).replace("*", "").split())


def test_the_preview_says_when_a_note_does_not_fit_the_template(siti):
    nomor = dalam("diproses", warga(menulis=False))
    assert "tidak muat di pesan baku" in pratinjau(siti, nomor, "perlu_dilengkapi", "Panjang " * 60)
    assert "tidak muat" not in pratinjau(siti, nomor, "perlu_dilengkapi", "KK asli.")
    assert "Catatan wajib diisi" in pratinjau(siti, nomor, "perlu_dilengkapi")
    assert "Pilih status" in pratinjau(siti, nomor, "selesai")


def test_without_a_script_the_preview_is_the_page_and_changes_nothing(siti):
    nomor = dalam("baru")
    isi = {"ke": "diperiksa", "catatan": "Sebentar ya"}
    halaman = siti.kirim(f"/permohonan/{nomor}/pratinjau", 200, **isi).text
    assert "Pesan yang akan diterima warga" in halaman
    assert ">Sebentar ya</textarea>" in halaman
    assert "<html" in halaman
    assert baca(nomor).status == "baru"


def test_outside_the_window_the_template_stands_in_for_the_text(siti):
    """The letter, as the sender will find it."""
    pengirim = warga(menulis=False)
    nomor = dalam("baru", pengirim)
    ubah_ke(siti, nomor, "baru", "perlu_dilengkapi", catatan="KK belum ada.")
    with sesi() as s:
        surat_keluar = outbox.claim(s, pengirim, Worker("uji"))
    assert not surat_keluar.window_open
    assert parameter(surat_keluar.template)[2] == "perlu dilengkapi: KK belum ada"


def test_the_history_tells_how_far_each_message_has_come(siti):
    pengirim = warga()
    nomor = dalam("baru", pengirim)
    ubah_ke(siti, nomor, "baru", "diperiksa", catatan="")
    polos = teks_polos(siti.buka(f"/permohonan/{nomor}").text)
    assert "oleh siti; pesan ke warga sedang dikirim" in polos
    for isi, kata in (
        ({"state": "done", "delivery": "read"}, "sudah dibaca"),
        ({"state": "done", "delivery": "delivered"}, "sudah sampai"),
        ({"state": "done", "delivery": "sent"}, "terkirim"),
        ({"state": "done", "delivery": None}, "terkirim"),
        ({"state": "done", "delivery": "failed"}, "tidak sampai"),
        ({"state": "window", "delivery": None}, "belum terkirim, menunggu warga menulis lagi"),
        ({"state": "failed", "delivery": None}, "tidak sampai"),
        ({"state": "uncertain", "delivery": None}, "belum pasti sampai"),
    ):
        with sesi() as s:
            s.execute(update(Outbox).values(isi))
        assert f"pesan ke warga {kata}" in teks_polos(siti.buka(f"/permohonan/{nomor}").text)


def test_the_page_shows_what_an_officer_needs_to_check(siti):
    pengirim = warga()
    nomor = dalam("baru", pengirim, layanan="ktp", varian="rusak", tanggal_lahir=date(2012, 5, 3))
    halaman = siti.buka(f"/permohonan/{nomor}").text
    polos = teks_polos(halaman)
    assert "KTP yang rusak (diserahkan)" in halaman
    assert "Surat kehilangan" not in halaman, "another case of the service"
    assert "(14 tahun) KTP untuk yang sudah berusia 17 tahun" in polos
    assert f'href="/percakapan/{pengirim}"' in halaman
    assert "belum 24 jam: pesan dikirim utuh" in polos


def test_attachments_stand_beside_the_application(siti):
    pengirim = warga()
    nomor = dalam("perlu_dilengkapi", pengirim)
    assert "Belum ada foto" in siti.buka(f"/permohonan/{nomor}").text
    with sesi() as s:
        ada = Lampiran(
            warga_id=pengirim,
            permohonan_id=baca(nomor).id,
            pesan_id="foto-1",
            mime="image/jpeg",
            state="stored",
            dibuat=waktu.sekarang(),
            attempts=1,
        )
        s.add(ada)
        s.flush()
        alamat = f"/lampiran/{ada.id}"
    assert f'href="{alamat}"' in siti.buka(f"/permohonan/{nomor}").text


def test_a_service_that_left_the_catalogue_can_still_be_worked_on(siti):
    nomor = dalam("baru")
    with sesi() as s:
        s.execute(text("UPDATE permohonan SET layanan = 'lama_sekali', varian = 'x'"))
    assert "sudah tidak ada di katalog" in siti.buka(f"/permohonan/{nomor}").text
    ubah_ke(siti, nomor, "baru", "diproses")
    assert parameter(surat_pertama()[1])[1] == "lama_sekali"


# corrections


def koreksi(siti: Peramban, nomor: str, kode: int = 303, **isi):
    halaman = siti.buka(f"/permohonan/{nomor}").text
    dilihat = re.search(r'name="dilihat" value="([^"]+)"', halaman)[1]
    semula = {"nama": "Siti Aminah", "tanggal_lahir": "3 Mei 1990", "rt_rw": "001/001"}
    data = {**semula, "varian": "", "alasan": "sesuai KK", "dilihat": dilihat, **isi}
    return siti.kirim(f"/permohonan/{nomor}/koreksi", kode, **data)


BENAR = [
    ({"nama": "sinta aminah"}, {"nama": "Sinta Aminah"}, "Nama: Siti Aminah → Sinta Aminah"),
    (
        {"tanggal_lahir": "04-05-1991"},
        {"tanggal_lahir": date(1991, 5, 4)},
        "Tanggal lahir: 3 Mei 1990 → 4 Mei 1991",
    ),
    ({"rt_rw": "RT 2 RW 3"}, {"rt": "002", "rw": "003"}, "RT 001 / RW 001 → RT 002 / RW 003"),
    ({"rt_rw": "2/1"}, {"rt": "002", "rw": "001"}, "RT 001 / RW 001 → RT 002 / RW 001"),
]


@pytest.mark.parametrize(("isi", "nilai", "kabar"), BENAR, ids=[b[2] for b in BENAR])
def test_a_field_is_corrected_kept_in_the_history_and_told(siti, isi, nilai, kabar):
    nomor = dalam("diperiksa")
    assert koreksi(siti, nomor, **isi).headers["location"].endswith("?ok=koreksi")
    satu = baca(nomor)
    assert {nama: getattr(satu, nama) for nama in nilai} == nilai
    for ralat in satu.koreksi:
        assert (ralat.oleh, ralat.alasan) == ("siti", "sesuai KK")
        assert ralat.sebelum != ralat.sesudah
    teks, templat = surat_pertama()
    assert kabar in teks
    assert "Alasan: sesuai KK" in teks
    assert parameter(templat)[2].startswith("data diperbaiki petugas: ")
    assert "Data diperbaiki" in siti.buka(f"/permohonan/{nomor}").text


def test_the_case_of_a_service_is_corrected_by_choosing(siti):
    nomor = dalam("baru", layanan="ktp")
    koreksi(siti, nomor, varian="hilang")
    assert baca(nomor).varian == "hilang"
    assert "Jenis: belum dipilih → Hilang" in surat_pertama()[0]
    assert "tidak mempunyai jenis itu" in koreksi(siti, nomor, 422, varian="meledak").text


SALAH = [
    ("nama", "Bud1", ("“<bdi>Bud1</bdi>”", "nama tidak memakai angka", "Siti Aminah")),
    ("nama", "", ("belum diisi", "Siti Aminah")),
    ("nama", "Budi lahir 3 Mei 1991", ("kolom ini hanya untuk nama",)),
    ("nama", "besok saya ke kantor ya", ("belum nama orang yang lengkap",)),
    ("tanggal_lahir", "31 Februari 1990", ("hanya sampai tanggal 28", "3 Mei 1990")),
    ("tanggal_lahir", "1990", ("tanggal dan bulannya belum ada",)),
    ("tanggal_lahir", "nanti saja", ("tanggal, bulan, dan tahun yang lengkap",)),
    ("tanggal_lahir", "3 Mei 2090", ("belum tiba",)),
    ("rt_rw", "9/99", ("RW 099 tidak ada di sini", "001/001")),
    ("rt_rw", "99/1", ("di RW 001 tidak ada RT 099",)),
    ("rt_rw", "RW 2", ("dua angka: RT lalu RW",)),
    ("rt_rw", "atas/bawah", ("angka",)),
    ("alasan", "", ("alasan belum diisi", "sesuai KK")),
    ("alasan", "y" * 301, ("301 karakter, paling banyak 300",)),
]


@pytest.mark.parametrize(("isian", "nilai", "kata"), SALAH, ids=[f"{s[0]}-{s[1]}" for s in SALAH])
def test_a_wrong_field_is_named_and_the_good_ones_are_kept(siti, isian, nilai, kata):
    nomor = dalam("baru")
    lain = {"nama": "Sinta Aminah", "tanggal_lahir": "4 Mei 1991", "rt_rw": "002/001"}
    halaman = koreksi(siti, nomor, 422, **{**lain, isian: nilai}).text
    assert all(satu in halaman for satu in kata)
    assert all(f'value="{isi}"' in halaman for nama, isi in lain.items() if nama != isian)
    assert f'aria-describedby="salah-{isian}"' in halaman
    assert halaman.count('aria-invalid="true"') == 1
    assert baca(nomor).koreksi == []
    with sesi(baca=True) as s:
        assert s.scalars(select(Outbox)).all() == []


def test_a_correction_without_a_difference_tells_nobody(siti):
    nomor = dalam("baru")
    assert koreksi(siti, nomor).headers["location"].endswith("?ok=sama")
    with sesi(baca=True) as s:
        assert s.scalars(select(Outbox)).all() == []
    assert "tidak ada yang diubah" in siti.buka(f"/permohonan/{nomor}?ok=sama").text


def test_a_correction_on_an_old_page_is_refused_and_does_not_undo_a_colleagues(meja, siti):
    nomor = dalam("baru")
    dilihat = baca(nomor).diubah.isoformat()
    koreksi(meja.masuk("budi"), nomor, rt_rw="002/001")
    halaman = koreksi(siti, nomor, 409, nama="Sinta Aminah", dilihat=dilihat).text
    assert "diubah orang lain" in halaman
    assert 'value="Sinta Aminah"' in halaman
    assert 'name="rt_rw" value="002/001"' in halaman, "what the colleague has corrected"
    assert baca(nomor).nama == "Siti Aminah"
    koreksi(siti, nomor, nama="Sinta Aminah", rt_rw="002/001")
    assert (baca(nomor).nama, baca(nomor).rt) == ("Sinta Aminah", "002")


def test_a_finished_application_is_corrected_no_more(siti):
    nomor = dalam("selesai")
    assert "Perbaiki data" not in siti.buka(f"/permohonan/{nomor}").text
    isi = {
        "nama": "Budi Santoso",
        "tanggal_lahir": "3 Mei 1990",
        "rt_rw": "001/001",
        "alasan": "uji",
    }
    dilihat = baca(nomor).diubah.isoformat()
    jawab = siti.kirim(f"/permohonan/{nomor}/koreksi", 409, **isi, varian="", dilihat=dilihat)
    assert "diubah orang lain" in jawab.text
    assert baca(nomor).nama == "Siti Aminah"
    for rusak in ("", "kemarin", "2026-11-24T10:00:00"):
        siti.kirim(f"/permohonan/{nomor}/koreksi", 422, **isi, dilihat=rusak)


def test_the_correction_is_erased_with_the_resident(siti):
    pengirim = warga()
    nomor = dalam("baru", pengirim)
    koreksi(siti, nomor, nama="Sinta Aminah", alasan="kata Bu Sinta sendiri")
    permohonan.hapus_data(pengirim)
    assert baca(nomor).koreksi == []
    assert "Sinta" not in siti.buka(f"/permohonan/{nomor}").text


# what residents read


def test_ready_to_fetch_tells_place_hours_and_what_to_bring(siti):
    nomor = dalam("diproses", layanan="ktp", varian="rusak")
    ubah_ke(siti, nomor, "diproses", "siap_diambil", catatan="")
    isi, templat = surat_pertama()
    kantor = kelurahan()
    for satu in (kantor.nama, kantor.alamat, *(f"{h}: {j}" for h, j in kantor.jam)):
        assert satu in isi
    assert "KTP asli" in isi
    assert "nomor permohonan" in isi
    assert "KTP yang rusak (diserahkan)" in isi, "from the catalogue"
    pendek = parameter(templat)[2]
    assert kantor.alamat in pendek
    assert "Bawa KTP asli dan nomor ini" in pendek
    assert "Senin-Kamis 08.00-16.00" in pendek


def test_no_message_is_cut_on_its_way(siti, caplog):
    """The longest note and name: one message, and a template Meta takes."""
    nomor = dalam("diproses", warga(), nama="Raden " * 33)
    ubah_ke(siti, nomor, "diproses", "siap_diambil", catatan="baris\n" * 100)
    isi, templat = surat_pertama()
    assert units(isi) <= 4096
    assert all(units(satu) <= 200 and "\n" not in satu for satu in parameter(templat))
    assert parameter(templat)[2].endswith("ketik status")
    assert "shortened" not in caplog.text


def test_messages_stay_in_order_and_carry_the_service(siti):
    pengirim = warga()
    nomor = dalam("baru", pengirim)
    for dari, ke in (
        ("baru", "diperiksa"),
        ("diperiksa", "diproses"),
        ("diproses", "siap_diambil"),
    ):
        ubah_ke(siti, nomor, dari, ke, catatan="")
    semua = surat(pengirim)
    assert [s.kind for s in semua] == ["kabar_status"] * 3
    assert {s.layanan for s in semua} == {"sku"}
    judul = [json.loads(s.body)["text"]["body"].partition("*\n")[0] for s in semua]
    assert [j.rpartition(" ")[2] for j in judul] == ["diperiksa", "diproses", "diambil"]


def test_history_is_one_line_of_time(siti, monkeypatch):
    kini = waktu.sekarang()
    nomor = dalam("baru")

    def pukul(menit: int) -> None:
        monkeypatch.setattr(waktu, "sekarang", lambda: kini + timedelta(minutes=menit))

    pukul(1)
    ubah_ke(siti, nomor, "baru", "diperiksa", catatan="Kami cek dulu")
    pukul(2)
    koreksi(siti, nomor, nama="Sinta Aminah")
    pukul(3)
    ubah_ke(siti, nomor, "diperiksa", "diproses", catatan="")
    halaman = siti.buka(f"/permohonan/{nomor}").text.partition('class="riwayat"')[2]
    polos = teks_polos(halaman)
    urut = [polos.index(k) for k in ("Permohonan diajukan", "Kami cek dulu", "Data diperbaiki")]
    assert [*urut, polos.index("Diproses")] == sorted([*urut, polos.index("Diproses")])
    assert "Nama: Siti Aminah → Sinta Aminah" in polos
