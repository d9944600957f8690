"""The section Layanan: what is shown, who may change what, versions, and the bot's next answer."""

from __future__ import annotations

import json
import shutil
import time
from datetime import timedelta
from html import unescape

import pytest
from pelacak import Warga
from petugas_dunia import Meja, Peramban, teks_polos
from sqlalchemy import select

from actions.layanan import AksiJawabLayanan, AksiPilihNomor
from kelurahan import katalog as modul
from kelurahan.console.layanan.isian import tulis
from kelurahan.katalog import katalog_berkas, muat
from kelurahan.katalog_perubahan import nilai
from kelurahan.settings import ROOT, settings
from kelurahan.store import perubahan_layanan as simpanan
from kelurahan.store import sesi, waktu
from kelurahan.store.models_petugas import JejakAudit, PerubahanLayanan


@pytest.fixture
def meja(basis_data) -> Meja:
    return Meja()


@pytest.fixture
def admin(meja: Meja) -> Peramban:
    return meja.masuk("ani", "admin")


@pytest.fixture
def petugas(meja: Meja) -> Peramban:
    return meja.masuk("siti", "petugas")


def formulir(slug: str = "ktp", dari: object = "", **ubah: str) -> dict[str, str]:
    """The form as a browser sends it: every field, some of them changed."""
    isi = {k: tulis(v) for k, v in nilai(katalog_berkas().ambil(slug)).items()}
    return {**isi, "dari": str(dari), "alasan": "Edaran 12", **ubah}


def kini(slug: str = "ktp") -> tuple[int | None, dict]:
    """The version in force and what it changes."""
    with sesi(baca=True) as s:
        baris = simpanan.kini(s, slug)
    return (baris.id if baris else None), simpanan.isi(baris)


def semua() -> list[PerubahanLayanan]:
    with sesi(baca=True) as s:
        return list(s.scalars(select(PerubahanLayanan).order_by(PerubahanLayanan.id)))


def biaya_menurut_bot() -> str:
    """What a resident who asks for the fee of a KTP reads now."""
    jawab = Warga().tulis("biaya ktp?", "tanya_biaya", "ktp").jalankan(AksiJawabLayanan())
    return jawab.teks


# pages


def test_the_list_names_every_service_with_how_sure_and_how_old(petugas):
    teks = teks_polos(petugas.buka("/layanan").text)
    for satu in katalog_berkas().layanan:
        assert f"#{satu.nomor} {satu.nama} {satu.keyakinan}" in teks
    assert "lebih dari 180 hari" not in teks
    assert teks.count("seperti berkas") == 20


def test_facts_that_nobody_has_checked_for_half_a_year_are_marked(petugas, monkeypatch):
    diperiksa = max(x.diperiksa for x in katalog_berkas().layanan)
    hari = waktu.sekarang().replace(year=diperiksa.year, month=diperiksa.month, day=diperiksa.day)
    monkeypatch.setattr(waktu, "sekarang", lambda: hari + timedelta(days=185))
    peramban = Meja().masuk("budi", "pimpinan")
    assert teks_polos(peramban.buka("/layanan").text).count("lebih dari 180 hari") == 20
    assert "lebih dari 180 hari" in peramban.buka("/layanan/ktp").text


@pytest.mark.parametrize("layanan", katalog_berkas().layanan, ids=lambda x: x.slug)
def test_a_service_shows_all_that_residents_read_and_where_it_comes_from(meja, layanan):
    html = meja.masuk("kepala", "pimpinan").buka(f"/layanan/{layanan.slug}").text
    teks = unescape(teks_polos(html))
    for baris in (*layanan.baris(), *layanan.alur, *layanan.dasar_hukum, *layanan.keraguan):
        assert baris in teks
    for sumber in layanan.sumber:
        assert f'<a href="{sumber.url}" rel="noreferrer">' in unescape(html)
    assert "<strong>Biaya:</strong>" in html


def test_an_unknown_service_or_version_is_not_found(admin):
    for path in ("/layanan/sim", "/layanan/sim/ubah", "/layanan/ktp/versi/7", "/layanan/sim/unduh"):
        admin.buka(path, 404)
    admin.buka("/layanan/ktp/ubah?usulan=7", 404)
    admin.buka(f"/layanan/ktp/versi/{10**30}", 404)
    admin.kirim("/layanan/ktp/versi/7/setujui", 404)
    admin.kirim("/layanan/sim/ubah", 404, **formulir())


def test_the_head_of_the_office_reads_and_changes_nothing(meja):
    kepala = meja.masuk("kepala", "pimpinan")
    assert "/layanan/ktp/ubah" not in kepala.buka("/layanan/ktp").text
    kepala.buka("/layanan/ktp/ubah", 403)
    kepala.kirim("/layanan/ktp/ubah", 403, **formulir(biaya="Gratis."))
    assert semua() == []


# changing


@pytest.mark.kedua_basis_data
def test_an_admins_change_is_the_bots_next_answer(admin):
    assert "Rp 7.000" not in biaya_menurut_bot()
    jawab = admin.kirim("/layanan/ktp/ubah", **formulir(biaya="Rp 7.000 untuk cetak ulang."))
    assert jawab.headers["location"] == "/layanan/ktp?kabar=berlaku"
    assert "Rp 7.000 untuk cetak ulang." in biaya_menurut_bot()
    syarat = Warga().tulis("#1", "pilih_nomor", "ktp").jalankan(AksiPilihNomor()).teks
    assert "*Biaya:* Rp 7.000 untuk cetak ulang." in syarat
    assert "mulai sekarang" in admin.buka("/layanan/ktp?kabar=berlaku").text


def test_another_process_sees_the_change_within_a_second(meja, monkeypatch):
    """Written straight into the table, as another console would: nothing tells this process."""
    biaya_menurut_bot()
    with sesi() as s:
        simpanan.berlakukan(s, "ktp", {"biaya": "Rp 8."}, dari=None, oleh="x", alasan="y")
    lusa = time.monotonic() + 1.01
    monkeypatch.setattr(modul.time, "monotonic", lambda: lusa)
    assert "Rp 8." in biaya_menurut_bot()


def test_only_what_differs_from_the_file_is_kept(admin):
    admin.kirim("/layanan/ktp/ubah", **formulir(lama="3 hari kerja."))
    assert kini()[1] == {"lama": "3 hari kerja."}


def test_a_change_of_one_variant_reaches_who_asks_for_it(admin):
    admin.kirim(
        "/layanan/ktp/ubah",
        **formulir(**{"varian.hilang.syarat": "- Surat polisi  asli\n\n• Fotokopi KK\n"}),
    )
    jawab = Warga(slots={"layanan": "ktp"}).tulis("kalau hilang?", "tanya_syarat")
    assert "• Surat polisi asli\n• Fotokopi KK\n" in jawab.jalankan(AksiJawabLayanan()).teks


def test_an_officer_proposes_and_the_bot_waits_for_the_admin(admin, petugas):
    semula = biaya_menurut_bot()
    jawab = petugas.kirim("/layanan/ktp/ubah", **formulir(biaya="Rp 9.000."))
    assert jawab.headers["location"] == "/layanan/ktp?kabar=diusulkan"
    assert biaya_menurut_bot() == semula
    assert "1 usulan menunggu" in petugas.buka("/layanan").text
    usulan = semua()[0]
    halaman = petugas.buka(f"/layanan/ktp/versi/{usulan.id}").text
    assert "Setujui" not in halaman
    petugas.kirim(f"/layanan/ktp/versi/{usulan.id}/setujui", 403)
    assert "Setujui" in admin.buka(f"/layanan/ktp/versi/{usulan.id}").text
    admin.kirim(f"/layanan/ktp/versi/{usulan.id}/setujui", alasan="Sudah dicek")
    assert "Rp 9.000." in biaya_menurut_bot()
    teks = teks_polos(petugas.buka(f"/layanan/ktp/versi/{usulan.id}").text)
    assert "siti" in teks
    assert "Sudah dicek" in teks


def test_a_rejection_needs_a_reason_which_its_author_reads(admin, petugas):
    petugas.kirim("/layanan/ktp/ubah", **formulir(biaya="Rp 9.000."))
    usulan = semua()[0].id
    jawab = admin.kirim(f"/layanan/ktp/versi/{usulan}/tolak", 422)
    assert "Alasan wajib diisi" in jawab.text
    admin.kirim(f"/layanan/ktp/versi/{usulan}/tolak", alasan="Tidak ada dasarnya")
    assert "Tidak ada dasarnya" in petugas.buka(f"/layanan/ktp/versi/{usulan}").text
    for perbuatan in ("setujui", "tolak"):
        lagi = admin.kirim(f"/layanan/ktp/versi/{usulan}/{perbuatan}", 409, alasan="x")
        assert "sudah diputuskan" in lagi.text
    assert kini() == (None, {})


def test_a_proposal_can_be_corrected_while_approving_it(admin, petugas):
    petugas.kirim("/layanan/ktp/ubah", **formulir(biaya="Rp 9000"))
    usulan = semua()[0].id
    isi = admin.buka(f"/layanan/ktp/ubah?usulan={usulan}").text
    assert "Rp 9000</textarea>" in isi
    assert f'name="usulan" value="{usulan}"' in isi
    admin.kirim("/layanan/ktp/ubah", **formulir(biaya="Rp 9.000.", usulan=str(usulan)))
    assert kini() == (usulan, {"biaya": "Rp 9.000."})
    assert [(v.oleh, v.diputuskan_oleh) for v in semua()] == [("siti", "ani")]
    lagi = formulir(biaya="Rp 1.", usulan=str(usulan), dari=usulan)
    assert "sudah diputuskan" in admin.kirim("/layanan/ktp/ubah", 409, **lagi).text


def test_nothing_changed_is_said_and_not_kept(admin):
    assert "Belum ada yang diubah" in admin.kirim("/layanan/ktp/ubah", 422, **formulir()).text
    assert semua() == []


# two at once


def test_whoever_is_slower_is_told_and_keeps_what_was_typed(admin, petugas):
    admin.kirim("/layanan/ktp/ubah", **formulir(biaya="Rp 1.", lama="1 hari."))
    versi, _ = kini()
    jawab = petugas.kirim("/layanan/ktp/ubah", 409, **formulir(biaya="Rp 2.", catatan="Bawa map."))
    teks = teks_polos(jawab.text)
    assert f"Sementara Anda mengisi, versi {versi} mulai berlaku." in teks
    assert f"Di versi {versi} tertulis: Rp 1." in teks
    assert "Rp 2.</textarea>" in jawab.text
    assert "Bawa map.</textarea>" in jawab.text
    assert "1 hari.</textarea>" in jawab.text  # not typed here: the other's change is kept
    assert f'name="dari" value="{versi}"' in jawab.text
    assert len(semua()) == 1
    ulang = formulir(dari=versi, biaya="Rp 2.", lama="1 hari.", catatan="Bawa map.")
    petugas.kirim("/layanan/ktp/ubah", **ulang)
    assert simpanan.isi(semua()[1]) == {
        "biaya": "Rp 2.",
        "lama": "1 hari.",
        "catatan": ["Bawa map."],
    }


def test_an_older_proposal_is_approved_over_what_others_changed_since(admin, petugas):
    petugas.kirim("/layanan/ktp/ubah", **formulir(lama="1 hari."))
    admin.kirim("/layanan/ktp/ubah", **formulir(biaya="Rp 1."))
    usulan, versi = semua()[0].id, kini()[0]
    halaman = admin.buka(f"/layanan/ktp/versi/{usulan}").text
    assert f'name="dari" value="{versi}"' in halaman
    assert "sudah berlaku" not in halaman
    basi = admin.kirim(f"/layanan/ktp/versi/{usulan}/setujui", 409, dari="")
    assert "Baru saja ada versi lain" in basi.text
    admin.kirim(f"/layanan/ktp/versi/{usulan}/setujui", dari=str(versi))
    assert kini() == (usulan, {"biaya": "Rp 1.", "lama": "1 hari."})


def test_a_proposal_that_contradicts_a_newer_version_goes_through_the_form(admin, petugas):
    petugas.kirim("/layanan/ktp/ubah", **formulir(biaya="Rp 2."))
    admin.kirim("/layanan/ktp/ubah", **formulir(biaya="Rp 1."))
    usulan, versi = semua()[0].id, kini()[0]
    halaman = admin.buka(f"/layanan/ktp/versi/{usulan}").text
    assert "sudah mengubah bagian yang sama: Biaya" in halaman
    admin.kirim(f"/layanan/ktp/versi/{usulan}/setujui", 409, dari=str(versi))
    isi = admin.buka(f"/layanan/ktp/ubah?usulan={usulan}").text
    assert "Rp 2.</textarea>" in isi
    assert f"Di versi {versi} tertulis: Rp 1." in teks_polos(isi)
    assert kini() == (versi, {"biaya": "Rp 1."})


# versions


def test_every_version_says_who_when_why_and_what(admin):
    admin.kirim("/layanan/ktp/ubah", **formulir(biaya="Rp 1."))
    dua = formulir(dari=kini()[0], biaya="Rp 2.", alasan="Naik")
    admin.kirim("/layanan/ktp/ubah", **dua)
    riwayat = teks_polos(admin.buka("/layanan/ktp").text)
    assert "Berlaku ani" in riwayat
    assert "Pernah berlaku ani" in riwayat
    assert "Naik" in riwayat
    beda = teks_polos(admin.buka(f"/layanan/ktp/versi/{kini()[0]}").text)
    assert "Biaya − Dihapus: Rp 1. + Ditambah: Rp 2." in beda


def test_an_admin_goes_back_to_an_earlier_version_and_to_the_file(admin):
    semula = biaya_menurut_bot()
    admin.kirim("/layanan/ktp/ubah", **formulir(biaya="Rp 1."))
    satu = kini()[0]
    admin.kirim("/layanan/ktp/ubah", **formulir(dari=satu, biaya="Rp 2."))
    dua = kini()[0]
    path = f"/layanan/ktp/versi/{satu}/kembali"
    assert "Alasan wajib" in admin.kirim(path, 422, dari=str(dua)).text
    assert "Baru saja ada versi lain" in admin.kirim(path, 409, dari=str(satu), alasan="x").text
    admin.kirim(path, dari=str(dua), alasan="Salah ketik")
    tiga, isi = kini()
    assert (isi, "Rp 1." in biaya_menurut_bot()) == ({"biaya": "Rp 1."}, True)
    assert semua()[-1].alasan == f"Kembali ke versi {satu}: Salah ketik"
    sama = admin.kirim(path, 409, dari=str(tiga), alasan="lagi")
    assert "sama dengan yang berlaku" in sama.text
    admin.kirim("/layanan/ktp/versi/0/kembali", dari=str(tiga), alasan="Sudah di berkas")
    assert kini()[1] == {}
    assert biaya_menurut_bot() == semula
    assert len(semua()) == 4


def test_a_proposal_never_in_force_is_nothing_to_go_back_to(admin, petugas):
    petugas.kirim("/layanan/ktp/ubah", **formulir(biaya="Rp 9."))
    usulan = semua()[0].id
    admin.kirim(f"/layanan/ktp/versi/{usulan}/kembali", 409, dari="", alasan="x")
    petugas.kirim("/layanan/ktp/versi/0/kembali", 403, dari="", alasan="x")
    assert kini() == (None, {})


def test_the_audit_trail_holds_who_did_what_and_the_words_before_and_after(admin, petugas):
    petugas.kirim("/layanan/ktp/ubah", **formulir(biaya="Rp 9."))
    usulan = semua()[0].id
    admin.kirim(f"/layanan/ktp/versi/{usulan}/setujui")
    petugas.kirim("/layanan/ktp/ubah", **formulir(dari=usulan, biaya="Rp 10."))
    admin.kirim(f"/layanan/ktp/versi/{semua()[-1].id}/tolak", alasan="x")
    admin.kirim("/layanan/ktp/versi/0/kembali", dari=str(usulan), alasan="x")
    with sesi(baca=True) as s:
        jejak = s.scalars(select(JejakAudit).order_by(JejakAudit.id)).all()
    assert [(j.oleh, j.tindakan, j.sasaran) for j in jejak] == [
        ("siti", "layanan_diusulkan", "layanan:ktp"),
        ("ani", "layanan_disetujui", "layanan:ktp"),
        ("siti", "layanan_diusulkan", "layanan:ktp"),
        ("ani", "layanan_ditolak", "layanan:ktp"),
        ("ani", "layanan_dikembalikan", "layanan:ktp"),
    ]
    assert json.loads(jejak[2].sebelum) == {"versi": usulan, "isi": {"biaya": "Rp 9."}}
    assert json.loads(jejak[2].sesudah)["isi"] == {"biaya": "Rp 10."}


# the file changes beneath


@pytest.fixture
def berkas(tmp_path, monkeypatch):
    """A copy of layanan/ that a maintainer edits: `berkas("ktp", lama, baru)`, then a restart."""
    folder = shutil.copytree(ROOT / "layanan", tmp_path / "layanan")
    monkeypatch.setenv("LAYANAN_DIR", str(folder))

    def mulai_ulang() -> None:
        settings.cache_clear()
        katalog_berkas.cache_clear()
        modul.sumber_perubahan(None)
        modul.sumber_perubahan(simpanan.berlaku)

    def ubah(slug: str, lama: str, baru: str) -> None:
        path = folder / f"{slug}.yml"
        isi = path.read_text(encoding="utf-8")
        assert isi.count(lama) == 1
        path.write_text(isi.replace(lama, baru), encoding="utf-8")
        mulai_ulang()

    mulai_ulang()
    ubah.folder = folder
    yield ubah
    katalog_berkas.cache_clear()
    settings.cache_clear()


def test_a_change_to_a_variant_that_left_the_file_is_ignored_and_shown(admin, berkas):
    ubahan = {"varian.rusak.syarat": "KTP rusak", "biaya": "Rp 1."}
    admin.kirim("/layanan/ktp/ubah", **formulir(**ubahan))
    berkas("ktp", "kunci: rusak", "kunci: cacat")
    assert "Rp 1." in biaya_menurut_bot()
    assert "perlu diperiksa" in admin.buka("/layanan").text
    teks = teks_polos(admin.buka("/layanan/ktp").text)
    assert "Perlu diperiksa. Tidak dipakai bot. Syarat: rusak: bagian ini sudah tidak ada" in teks
    versi = kini()[0]
    assert "Tidak cocok lagi" in admin.buka(f"/layanan/ktp/versi/{versi}").text
    admin.kirim("/layanan/ktp/ubah", **formulir(dari=versi, biaya="Rp 2."))
    assert kini()[1] == {"biaya": "Rp 2."}
    assert "perlu diperiksa" not in admin.buka("/layanan").text


def test_a_proposal_that_no_longer_fits_cannot_be_approved_as_it_stands(admin, petugas, berkas):
    petugas.kirim("/layanan/ktp/ubah", **formulir(**{"varian.rusak.syarat": "KTP rusak"}))
    usulan = semua()[0].id
    berkas("ktp", "kunci: rusak", "kunci: cacat")
    jawab = admin.kirim(f"/layanan/ktp/versi/{usulan}/setujui", 409)
    assert "tidak cocok lagi dengan berkas" in jawab.text
    admin.buka(f"/layanan/ktp/ubah?usulan={usulan}")


def test_a_change_that_has_reached_the_file_is_named(admin, berkas):
    semula = katalog_berkas().ambil("sku").biaya
    admin.kirim("/layanan/sku/ubah", **formulir("sku", biaya="Gratis. Sungguh."))
    berkas("sku", f"biaya: {semula}", "biaya: Gratis. Sungguh.")
    assert "sudah ada di berkas layanan" in admin.buka("/layanan/sku").text


def test_a_file_checked_after_the_change_is_to_be_compared(admin, berkas):
    admin.kirim("/layanan/sku/ubah", **formulir("sku", biaya="Gratis. Sungguh."))
    besok = waktu.sekarang().date() + timedelta(days=2)
    semula = katalog_berkas().ambil("sku").diperiksa
    berkas("sku", f"diperiksa: {semula}", f"diperiksa: {besok}")
    assert "Bandingkan keduanya" in admin.buka("/layanan/sku").text
    assert "perlu diperiksa" in admin.buka("/layanan").text


def test_the_download_is_the_file_with_the_change_and_nothing_else_touched(admin, berkas):
    for slug in katalog_berkas().slugs():
        asli = (berkas.folder / f"{slug}.yml").read_text(encoding="utf-8")
        assert admin.buka(f"/layanan/{slug}/unduh").text == asli
    ubahan = {
        "biaya": "Rp 1: “murah”, #3.",
        "varian.hilang.catatan": "Bawa saksi.",
        "catatan": "",
        "sumber": "https://a.example/b loket\nhttps://c.example/",
        "diperiksa": "2026-11-20",
    }
    admin.kirim("/layanan/ktp/ubah", **formulir(**ubahan))
    jawab = admin.buka("/layanan/ktp/unduh")
    assert jawab.headers["content-disposition"] == 'attachment; filename="ktp.yml"'
    dari_bot = modul.katalog().ambil("ktp")
    (berkas.folder / "ktp.yml").write_text(jawab.text, encoding="utf-8")
    assert muat(berkas.folder).ambil("ktp") == dari_bot
    assert dari_bot.catatan == ()


def test_only_an_admin_downloads(petugas):
    petugas.buka("/layanan/ktp/unduh", 403)
