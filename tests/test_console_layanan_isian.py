"""The form of a change: faults in plain words beside their field, preview, hostile text."""

from __future__ import annotations

import re
from html import unescape

import pytest
from petugas_dunia import Meja, Peramban, teks_polos
from ruamel.yaml import YAML
from sqlalchemy import func, select

from kelurahan.console.layanan import isian, pesan
from kelurahan.katalog import katalog_berkas
from kelurahan.katalog_perubahan import nilai, periksa, tempat
from kelurahan.store import sesi
from kelurahan.store.models_petugas import JejakAudit, PerubahanLayanan
from kelurahan.whatsapp import limits

KTP = katalog_berkas().ambil("ktp")


@pytest.fixture
def admin(basis_data) -> Peramban:
    return Meja().masuk("ani", "admin")


def formulir(slug: str = "ktp", **ubah: str) -> dict[str, str]:
    """The form as a browser sends it: every field, some of them changed."""
    isi = {k: isian.tulis(v) for k, v in nilai(katalog_berkas().ambil(slug)).items()}
    return {**isi, "dari": "", "alasan": "Edaran 12", **ubah}


def tertulis() -> int:
    """Rows in the table of changes and in the audit trail."""
    with sesi(baca=True) as s:
        return sum(
            s.scalar(select(func.count()).select_from(t)) for t in (PerubahanLayanan, JejakAudit)
        )


def beside(html: str, kolom: str) -> str:
    """The fault that stands beside a field."""
    ketemu = re.search(rf'<p class="salah" id="s-f-{kolom}">([^<]*)</p>', html)
    return unescape(ketemu[1]) if ketemu else ""


# what is typed -> the field -> what is said there
SALAH = [
    ("biaya", "", "Wajib diisi."),
    ("biaya", "   \n ", "Wajib diisi."),
    ("biaya", "x" * 261, "261 karakter, paling banyak 260. Ringkas kalimatnya."),
    ("biaya", "Gratis *sekali*.", "“*” tidak bisa dipakai di pesan WhatsApp."),
    ("lama", "3 hari {{ 7 * 7 }}", "“{” tidak bisa dipakai"),
    ("lama", "_cepat_", "“_” tidak bisa dipakai"),
    ("lama", "~cepat~", "“~” tidak bisa dipakai"),
    ("lama", "`cepat`", "“`” tidak bisa dipakai"),
    ("lama", "1 hari [belum dicek]", "“[belum dicek” tidak bisa dipakai"),
    ("lama", "1 hari \x07", "tidak bisa dipakai"),
    ("alur", "Datang\nPulang", "2 baris; boleh 3 sampai 6."),
    ("alur", "1. A\n2) B\n3. A", "“A” tertulis dua kali."),
    ("catatan", "a\nb\nc\nd\ne", "5 baris; boleh 0 sampai 4."),
    ("catatan", "a\n" + "b" * 151, "Baris 2: 151 karakter, paling banyak 150."),
    ("catatan", "Ketik #18\nKetik #99", "Ada tulisan #99, tetapi layanan nomor 99 tidak ada."),
    ("varian.hilang.syarat", "", "0 baris; boleh 1 sampai 12."),
    ("varian.hilang.syarat", "a\nb\n" + "c" * 111, "Baris 3: 111 karakter, paling banyak 110."),
    ("varian.hilang.catatan", "a\nb\nc", "3 baris; boleh 0 sampai 2."),
    ("pengantar.pesan", "", "Wajib diisi."),
    ("pengantar.pesan", "\U0001f600" * 151, "302 karakter, paling banyak 300."),
    ("sumber", "", "Isi paling sedikit 1."),
    ("sumber", "https://a.id\njavascript:alert(1)", "Baris 2: bukan alamat web."),
    ("sumber", "https://a.id " + "k" * 151, "Baris 1: 151 karakter, paling banyak 150."),
    ("diperiksa", "", "Tanggal tidak terbaca."),
    ("diperiksa", "24-11-2026", "Tanggal tidak terbaca."),
    ("diperiksa", "2099-01-01", "Tanggalnya belum tiba."),
    ("keyakinan", "pasti", "Pilih salah satu."),
    ("keyakinan", "", "Pilih salah satu."),
]


@pytest.mark.parametrize(
    ("kolom", "teks", "kata"), SALAH, ids=[f"{s[0]}: {s[2][:30]}" for s in SALAH]
)
def test_a_fault_stands_beside_its_field_and_everything_typed_stays(admin, kolom, teks, kata):
    lain = "catatan" if kolom == "biaya" else "biaya"
    ubahan = {kolom: teks, lain: "Gratis, sudah diperbaiki."}
    html = admin.kirim("/layanan/ktp/ubah", 422, **formulir(**ubahan)).text
    assert kata in beside(html, kolom.replace(".", "-"))
    assert "Gratis, sudah diperbaiki.</textarea>" in html
    assert "Edaran 12</textarea>" in html
    bersih = " ".join(teks.split())
    if kolom not in ("keyakinan", "diperiksa") and bersih and "\x07" not in bersih:
        assert teks.split("\n")[-1].split(". ")[-1].split(") ")[-1] in unescape(html)
    assert f'href="#f-{kolom.replace(".", "-")}"' in html
    assert tertulis() == 0


def test_a_missing_reason_is_asked_for_beside_its_field(admin):
    html = admin.kirim("/layanan/ktp/ubah", 422, **formulir(biaya="Rp 1.", alasan=" ")).text
    assert "Wajib diisi: tulis singkat apa yang berubah" in html
    assert "Rp 1.</textarea>" in html
    assert tertulis() == 0


def test_a_service_without_variants_needs_requirements(admin):
    html = admin.kirim("/layanan/sku/ubah", 422, **formulir("sku", syarat="")).text
    assert beside(html, "syarat") == "Wajib diisi."


def test_an_answer_that_becomes_too_long_is_said_for_the_whole(admin):
    kk = katalog_berkas().ambil("kk")
    panjang = {
        f"varian.{v.kunci}.syarat": "\n".join(f"{n} {v.kunci}".ljust(109, "x") for n in range(6))
        for v in kk.varian
    }
    html = admin.kirim("/layanan/kk/ubah", 422, **formulir("kk", **panjang)).text
    assert re.search(r"Jawaban syarat menjadi \d+ karakter, paling banyak 3000", html)


def test_a_form_without_fields_is_all_faults_and_no_crash(admin):
    html = admin.kirim("/layanan/ktp/ubah", 422).text
    assert beside(html, "biaya") == "Wajib diisi."
    assert beside(html, "sumber") == "Isi paling sedikit 1."


@pytest.mark.parametrize("dari", ["abc", "-1", "9" * 12, "999999999999999", "²"])
def test_a_made_up_version_is_no_crash(admin, dari):
    admin.kirim("/layanan/ktp/ubah", 303, **formulir(biaya="Rp 1.", dari=dari))


def test_every_fault_the_checks_can_find_in_a_form_has_words_of_its_own():
    """Whatever stands in the fields: no fault falls back to the general sentence."""
    buruk = ["", "x" * 400, "*", "a\na", "#99", 7, [], ["x"] * 20, [7], [{"url": "a"}], [{}]]
    kode = set()
    for satu in tempat(KTP):
        for isi in buruk:
            kode |= {s.kode for s in periksa(katalog_berkas(), "ktp", {satu: isi})[1]}
    # a form cannot send numbers or mappings where text stands
    assert kode - {"bukan_daftar", "bukan_bagian", ""} <= set(isian.KATA)
    assert {"kosong", "panjang", "tanda", "jumlah", "kurang", "alamat", "rujukan"} <= kode


RAPI = [
    ("biaya", "  Rp 1.\n  Lunas.\t", "Rp 1. Lunas."),
    ("syarat", "- a\n•  b\n\n  – c ", ["a", "b", "c"]),
    ("syarat", "a\u200b\u202eb\u00a0c", ["ab c"]),
    ("alur", "1. a\n2) b\n10. c\n3 hari", ["a", "b", "c", "3 hari"]),
    ("syarat", "1. surat", ["1. surat"]),
    ("sumber", "https://a.id  Kata  loket", [{"url": "https://a.id", "ket": "Kata loket"}]),
    ("catatan", " \n ", []),
]


@pytest.mark.parametrize(("kolom", "teks", "hasil"), RAPI, ids=[f"{r[0]} {r[1]!r}" for r in RAPI])
def test_what_is_typed_is_put_right_without_asking(kolom, teks, hasil):
    assert isian._urai(kolom, teks) == hasil


@pytest.mark.parametrize("layanan", katalog_berkas().layanan, ids=lambda x: x.slug)
def test_what_the_form_shows_reads_back_as_the_same(layanan):
    for satu, isi in nilai(layanan).items():
        assert isian._urai(satu, isian.tulis(isi)) == isi


# preview


def pratinjau(admin: Peramban, **ubah: str) -> str:
    """What the page puts in place while somebody types."""
    isi = {"csrf": admin.csrf, **formulir(**ubah)}
    kepala = {"Origin": "http://meja.uji", "HX-Request": "true"}
    jawab = admin.klien.post("/layanan/ktp/pratinjau", data=isi, headers=kepala)
    assert jawab.status_code == 200
    assert "<h1" not in jawab.text
    return jawab.text


def test_the_preview_is_the_message_of_the_bot_with_its_length_and_writes_nothing(admin):
    html = pratinjau(admin, biaya="Rp 1.")
    assert "<strong>Biaya:</strong> Rp 1.<br><strong>Lama:</strong>" in html
    assert re.search(r"1\.\d{3} dari 4\.096 karakter", html)
    assert tertulis() == 0


@pytest.mark.parametrize(
    ("lihat", "kata"),
    [
        ("syarat", "<strong>#1 KTP elektronik"),
        ("syarat.hilang", "<em>Hilang</em>"),
        ("biaya", "<strong>Biaya e-KTP</strong><br>Rp 1."),
        ("lama", "<strong>Lama proses e-KTP</strong>"),
        ("alur", "<strong>Alur e-KTP</strong><br>1. Cek KK"),
        ("apa saja", "<strong>#1 KTP elektronik"),
    ],
)
def test_any_message_can_be_previewed(admin, lihat, kata):
    assert kata in pratinjau(admin, biaya="Rp 1.", lihat=lihat)


def test_the_preview_says_what_keeps_it_from_being_saved(admin):
    teks = unescape(teks_polos(pratinjau(admin, biaya="*x*", alur="a\nb")))
    assert "Belum bisa disimpan: Biaya: “*” tidak bisa dipakai" in teks
    assert "Alur: 2 baris; boleh 3 sampai 6." in teks


def test_without_a_script_the_button_gives_the_whole_page_with_what_was_typed(admin):
    html = admin.kirim("/layanan/ktp/pratinjau", 200, **formulir(biaya="Rp 1.", lihat="biaya")).text
    assert "<h1>Ubah: e-KTP</h1>" in html
    assert "Rp 1.</textarea>" in html
    assert "<strong>Biaya e-KTP</strong><br>Rp 1." in html
    assert tertulis() == 0


def test_the_preview_is_not_for_the_head_of_the_office(basis_data):
    kepala = Meja().masuk("kepala", "pimpinan")
    kepala.kirim("/layanan/ktp/pratinjau", 403, **formulir())


@pytest.mark.parametrize("layanan", katalog_berkas().layanan, ids=lambda x: x.slug)
def test_every_message_fits_into_one_of_whatsapps(layanan):
    for satu in pesan.semua(layanan):
        assert len(satu.gelembung) == 1
        assert 0 < satu.gelembung[0].panjang <= satu.gelembung[0].batas == limits.TEXT_BODY


TANDA = [
    ("*tebal* dan _miring_", "<strong>tebal</strong> dan <em>miring</em>"),
    ("*_keduanya_*", "<strong><em>keduanya</em></strong>"),
    ("2*3*4 dan a_b_c", "2*3*4 dan a_b_c"),
    ("* bukan * dan *a\nb*", "* bukan * dan *a<br>b*"),
    ("**", "**"),
    ("<script>*x*</script>", "&lt;script&gt;<strong>x</strong>&lt;/script&gt;"),
    ('*<img src=x onerror="y">*', "<strong>&lt;img src=x onerror=&#34;y&#34;&gt;</strong>"),
    ("*1*, *2*.", "<strong>1</strong>, <strong>2</strong>."),
]


@pytest.mark.parametrize(("teks", "html"), TANDA, ids=[t[0] for t in TANDA])
def test_bold_and_italics_are_shown_and_everything_else_is_escaped(teks, html):
    assert str(pesan.Gelembung(teks, 0, 0).html) == html


JAHAT = "Gratis. <script>alert(1)</script><img src=x onerror=alert(2)> \"'&"


def test_hostile_text_is_shown_as_text_wherever_it_appears(basis_data):
    meja = Meja()
    siti, ani = meja.masuk("siti", "petugas"), meja.masuk("ani", "admin")
    ubahan = {
        "biaya": JAHAT,
        "sumber": 'https://a.id/"onmouseover="alert(3) <b>x</b>',
        "alasan": JAHAT + "\u202eterbalik",
    }
    siti.kirim("/layanan/ktp/ubah", **formulir(**ubahan))
    ani.kirim("/layanan/ktp/versi/1/setujui", alasan=JAHAT)
    halaman = [ani.buka(p).text for p in ("/layanan", "/layanan/ktp", "/layanan/ktp/versi/1")]
    halaman += [ani.buka(p).text for p in ("/layanan/ktp/ubah", "/layanan/ktp/versi/0")]
    halaman.append(pratinjau(ani, biaya=JAHAT))
    for html in halaman:
        assert "<script>alert" not in html
        assert "<img" not in html
        assert '"onmouseover' not in html
        assert "\u202e" not in html
    assert "&lt;script&gt;alert(1)" in halaman[1]
    assert YAML(typ="safe").load(ani.buka("/layanan/ktp/unduh").text)["biaya"] == JAHAT
