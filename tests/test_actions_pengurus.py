"""An RT or RW officer writes: greeted by office, applies for neighbours, sees what they filed."""

from __future__ import annotations

from datetime import date

import pytest
from pelacak import Warga
from petugas_dunia import warga

from actions.data_pribadi import AksiDataPribadi
from actions.formulir import AksiAjukan
from actions.layanan import AksiMenu
from actions.obrolan import AksiSalam
from actions.permohonan import AksiCekStatus
from kelurahan import permohonan
from kelurahan.replies.pengurus import nama_singkat
from kelurahan.replies.permohonan import TAMPIL_PENGURUS
from kelurahan.store import pengurus, sesi

pytestmark = pytest.mark.usefixtures("basis_data")

NOMOR = "6281234567890"
HURUF = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def daftarkan(rt: str | None = "003", rw: str = "005") -> str:
    """A registered officer who has written; returns the sender id."""
    jabatan = pengurus.RT if rt else pengurus.RW
    with sesi() as s:
        pengurus.tambah(s, pengurus.Data(jabatan, rt, rw, "Asep", NOMOR, True))
    return warga(NOMOR)


def ajukan(pengirim: str, nama: str, n: int = 0, rt: str = "003", rw: str = "005") -> str:
    isi = permohonan.Data("sku", nama, date(1990, 5, 3), rt, rw)
    return permohonan.ajukan(pengirim, f"{nama}-{n}", isi).permohonan.nomor


def isi_formulir(pengirim: str, rt_rw: str = "003/005"):
    bot = Warga(pengirim).formulir(
        "rt_rw", "sku", nama="Siti Aminah", tanggal_lahir="1990-05-03", rt_rw=rt_rw
    )
    return bot.tulis(rt_rw, "isi_permohonan").jalankan(AksiAjukan())


# greeting


@pytest.mark.parametrize(
    ("rt", "sebutan"), [("003", "Ketua RT 003/RW 005"), (None, "Ketua RW 005")]
)
@pytest.mark.parametrize(
    ("aksi", "teks", "salam"),
    [
        (AksiSalam, "assalamualaikum", "Waalaikumsalam, selamat datang, "),
        (AksiSalam, "halo", "Halo, selamat datang, "),
        (AksiMenu, "menu", "Selamat datang, "),
    ],
)
def test_an_officer_is_greeted_by_office_and_told_what_can_be_done(rt, sebutan, aksi, teks, salam):
    asep = daftarkan(rt)
    jawab = Warga(asep).tulis(teks, "salam").jalankan(aksi())
    assert jawab.jenis == "menu"
    assert jawab.teks.startswith(f"{salam}Bapak/Ibu {sebutan}.")
    assert "untuk warga satu per satu" in jawab.teks
    assert "*status*" in jawab.teks.split("\n")[0]


def test_a_resident_is_greeted_as_before():
    daftarkan()
    siti = warga("6281300000001")
    salam = Warga(siti).tulis("halo", "salam").jalankan(AksiSalam())
    menu = Warga(siti).tulis("menu", "minta_menu").jalankan(AksiMenu())
    assert salam.teks.startswith("Halo, Bapak/Ibu. Selamat datang, ada yang bisa dibantu?")
    assert menu.teks.startswith("*Layanan")
    assert "Ketua" not in salam.teks + menu.teks


def test_in_the_middle_of_a_form_a_greeting_stays_short():
    asep = daftarkan()
    jawab = Warga(asep).formulir("nama", "sku").tulis("halo", "salam").jalankan(AksiSalam())
    assert jawab.teks.startswith("Halo, Bapak/Ibu.")
    assert "satu per satu" not in jawab.teks


# applying


def test_after_each_application_the_next_is_invited():
    jawab = isi_formulir(daftarkan())
    assert jawab.jenis == "permohonan_tercatat"
    assert "Untuk warga berikutnya, kirim lagi *nama#tanggal lahir#RT/RW*" in jawab.teks
    assert "di luar wilayah" not in jawab.teks


def test_a_resident_gets_the_usual_invitation():
    jawab = isi_formulir(warga("6281300000001"))
    assert "Untuk orang lain, kirim lagi" in jawab.teks
    assert "warga berikutnya" not in jawab.teks


@pytest.mark.parametrize(
    ("rt", "rt_rw", "diluar"),
    [
        ("003", "004/005", "di luar wilayah Anda (RT 003/RW 005)"),
        ("003", "003/006", "di luar wilayah Anda (RT 003/RW 005)"),
        (None, "004/006", "di luar wilayah Anda (RW 005)"),
        (None, "004/005", ""),
    ],
    ids=["other RT", "other RW", "RW officer elsewhere", "RW officer at home"],
)
def test_an_application_from_elsewhere_is_filed_and_pointed_out(rt, rt_rw, diluar):
    asep = daftarkan(rt)
    jawab = isi_formulir(asep, rt_rw)
    satu = permohonan.terakhir(asep)
    assert f"{satu.rt}/{satu.rw}" == rt_rw
    assert diluar in jawab.teks
    assert ("di luar wilayah" in jawab.teks) is bool(diluar)


def test_the_same_application_twice_a_day_is_one_for_officers_too():
    asep = daftarkan()
    isi_formulir(asep)
    jawab = isi_formulir(asep)
    assert "sudah tercatat sebelumnya" in jawab.teks
    assert len(permohonan.daftar(asep)) == 1


# what they filed


def test_the_list_tells_whom_each_is_for():
    asep = daftarkan()
    nomor = [ajukan(asep, nama) for nama in ("Siti Aminah", "Siti Badriah")]
    jawab = Warga(asep).tulis("status", "cek_status").jalankan(AksiCekStatus())
    assert f"*{nomor[0]}* Siti A., " in jawab.teks
    assert f"*{nomor[1]}* Siti B., " in jawab.teks
    assert "Aminah" not in jawab.teks


def test_up_to_twenty_are_listed_and_the_rest_is_counted():
    asep = daftarkan()
    nomor = [ajukan(asep, f"Warga {huruf}ani") for huruf in HURUF]
    teks = Warga(asep).tulis("status", "cek_status").jalankan(AksiCekStatus()).teks
    ada = [satu for satu in nomor if satu in teks]
    assert ada == nomor[-TAMPIL_PENGURUS:]
    assert f"({len(HURUF) - TAMPIL_PENGURUS} permohonan)" in teks
    assert len(teks) < 4096


def test_more_than_are_looked_through_is_said_as_more():
    asep = daftarkan()
    for a in "ABC":
        for b in HURUF:
            ajukan(asep, f"Warga {a}{b.lower()}ni")
    teks = Warga(asep).tulis("status", "cek_status").jalankan(AksiCekStatus()).teks
    assert "lebih dari 30 permohonan" in teks


def test_one_application_says_for_whom():
    asep = daftarkan()
    nomor = ajukan(asep, "Siti Aminah")
    bot = Warga(asep).tulis("status", "cek_status", nomor_permohonan=nomor)
    assert "\nUntuk: Siti A.\n" in bot.jalankan(AksiCekStatus()).teks


def test_a_resident_sees_no_names_and_five():
    siti = warga("6281300000001")
    for huruf in HURUF[:7]:
        ajukan(siti, f"Warga {huruf}ani")
    teks = Warga(siti).tulis("status", "cek_status").jalankan(AksiCekStatus()).teks
    assert "Warga" not in teks
    assert teks.count("SKU") == 5


def test_an_officer_sees_nothing_that_a_neighbour_filed():
    asep = daftarkan()
    nomor = ajukan(warga("6281300000001"), "Siti Aminah")
    tanpa = Warga(asep).tulis("status", "cek_status").jalankan(AksiCekStatus())
    dengan = Warga(asep).tulis("status", "cek_status", nomor_permohonan=nomor)
    assert tanpa.jenis == dengan.jalankan(AksiCekStatus()).jenis == "status_tidak_ada"


NAMA = [
    ("Siti Aminah", "Siti A."),
    ("Siti", "Siti"),
    ("M. Rizki Pratama", "M. Rizki P."),
    ("H. Asep Saepudin, S.Pd.", "H. Asep S."),
    ("Muhammad al-Habsyi", "Muhammad A."),
    ("Ng Ai", "Ng A."),
    ("X" * 90 + " Yani", "X" * 24 + " Y."),
    ("\u202eSiti (1)", "\u202eSiti"),
]


@pytest.mark.parametrize(("nama", "singkat"), NAMA)
def test_a_name_is_shortened(nama: str, singkat: str):
    assert nama_singkat(nama) == singkat


# erasing


def test_erasing_says_that_the_office_is_forgotten_too():
    asep, siti = daftarkan(), warga("6281300000001")
    tanya = [
        Warga(satu).tulis("hapus data saya", "data_pribadi", tindakan="hapus")
        for satu in (asep, siti)
    ]
    milik, biasa = (satu.jalankan(AksiDataPribadi()).teks for satu in tanya)
    assert "pengurus RT/RW" in milik
    assert "pengurus" not in biasa
