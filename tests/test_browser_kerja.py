"""A working day in a real browser, with residents on the simulator's phones."""

from __future__ import annotations

import json
import re
import time

import pytest

from kelurahan.console.keamanan import peran

pytest_plugins = ["petugas_peramban"]
pytestmark = [pytest.mark.tumpukan, pytest.mark.chromium]

SEGERA = 10.0  # seconds from a click to the resident's phone; results/console/ says how many it was
UBAH = "button:has(#akibat)"  # its words say what it will do
LANGKAH = [
    ("Diperiksa", "", "sedang diperiksa"),
    ("Perlu dilengkapi", "Fotokopi KK belum ada.", "perlu dilengkapi"),
    ("Diproses", "", "sedang diproses"),
    ("Siap diambil", "Ambil di loket 2.", "siap diambil"),
    ("Selesai", "", "selesai"),
]


def catat_waktu(layar, nama: str, detik: dict[str, float]) -> None:
    """Beside the screenshots: how long residents waited for what officers did."""
    layar.HASIL.mkdir(parents=True, exist_ok=True)
    berkas = layar.HASIL / f"waktu-{nama}.json"
    berkas.write_text(json.dumps(detik, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def test_an_application_is_worked_from_new_to_fetched_and_the_resident_hears_each_step(
    kantor, layar
):
    warga = kantor.warga()
    nomor = kantor.ajukan(warga, "Rukmini Handayani Putri#12-4-1985#1/1")
    page, lama = layar.buka("/permohonan", "siti", peran.PETUGAS), {}
    page.get_by_role("link", name=nomor).click()
    for status, catatan, kata in LANGKAH:
        page.get_by_label(status, exact=False).first.check()
        page.get_by_label("Catatan untuk warga").fill(catatan)
        page.locator("#pratinjau .gelembung", has_text=catatan or kata).wait_for()
        pratinjau = page.locator("#pratinjau .gelembung").inner_text()
        mulai = time.monotonic()
        pesan = kantor.tunggu(warga, page.locator(UBAH).click, kata, SEGERA)
        lama[status] = round(time.monotonic() - mulai, 2)
        assert rapat(pesan.text) == rapat(pratinjau)
        assert nomor in pesan.text
        assert catatan in pesan.text
        page.locator("h1 .status", has_text=status).wait_for()
        layar.potret(page, f"kerja-{status.lower().replace(' ', '-')}")
    assert page.get_by_role("heading", name="Ubah status").count() == 0
    assert page.locator(".riwayat li").count() == 6
    catat_waktu(layar, "status", lama)


def rapat(teks: str) -> str:
    """The words; the preview shows *bold* as such."""
    return " ".join(teks.replace("*", "").split())


def test_the_resident_answers_what_the_officer_wrote(kantor, layar):
    """ "Siap diambil" names place and hours, and a question about it is answered."""
    warga = kantor.warga()
    nomor = kantor.ajukan(warga, "Wening Astuti Ningsih#12-4-1985#1/1")
    page = layar.buka(f"/permohonan/{nomor}", "siti", peran.PETUGAS)
    for status in ("Diproses", "Siap diambil"):
        page.get_by_label(status).first.check()
        tombol = page.locator(UBAH)
        pesan = kantor.tunggu(warga, tombol.click, status, SEGERA)
        page.locator("h1 .status", has_text=status).wait_for()
    assert "KTP" in pesan.text
    assert re.search(r"\d\d\.\d\d", pesan.text)
    assert "08.00" in kantor.tanya(warga, "jam berapa buka?").text
    assert "siap diambil" in kantor.tanya(warga, "status").text.lower()


def test_an_officer_takes_a_chat_the_bot_is_silent_and_then_speaks_again(kantor, layar):
    warga, lama = kantor.warga(), {}
    kantor.tanya(warga, "halo")
    kantor.tanya(warga, "saya mau bicara dengan petugas")
    page = layar.buka("/percakapan", "siti", peran.PETUGAS)
    page.goto(f"{kantor.url}/percakapan/{kantor.warga_id(warga)}")
    page.locator(".obrolan", has_text="saya mau bicara dengan petugas").wait_for()
    mulai = time.monotonic()
    kabar = kantor.tunggu(warga, page.get_by_role("button", name="Ambil alih").click, sabar=SEGERA)
    lama["ambil alih"] = round(time.monotonic() - mulai, 2)
    assert "Siti" in kabar.text

    page.get_by_role("heading", name="Anda memegang percakapan ini").wait_for()
    sampai = len(kantor.sim.replies(warga))
    kantor.sim.send_text(warga, "menu")
    page.locator(".obrolan .gelembung", has_text=re.compile(r"\bmenu\b")).last.wait_for()
    page.get_by_label("Pesan untuk warga").fill("Selamat pagi, ada yang bisa dibantu?")
    mulai = time.monotonic()
    balasan = kantor.tunggu(
        warga, page.get_by_role("button", name="Kirim").click, "ada yang bisa dibantu", SEGERA
    )
    lama["pesan petugas"] = round(time.monotonic() - mulai, 2)
    assert len(kantor.sim.replies(warga)) == sampai + 1, "the bot spoke"
    assert balasan.text
    page.locator(".gelembung.keluar", has_text="Selamat pagi, ada yang bisa dibantu").wait_for()
    layar.potret(page, "kerja-percakapan")

    kantor.tunggu(warga, page.get_by_role("button", name="Selesai").click, sabar=SEGERA)
    page.get_by_role("button", name="Ambil alih").wait_for()
    assert "#20" in kantor.tanya(warga, "menu").text
    catat_waktu(layar, "percakapan", lama)


def test_what_an_officer_has_typed_survives_the_chat_renewing_itself(kantor, layar):
    warga = kantor.warga()
    kantor.tanya(warga, "petugas")
    page = layar.buka(f"/percakapan/{kantor.warga_id(warga)}", "siti", peran.PETUGAS)
    kantor.tunggu(warga, page.get_by_role("button", name="Ambil alih").click)
    medan = page.get_by_label("Pesan untuk warga")
    medan.fill("Tulisan yang belum selesai")
    kantor.sim.send_text(warga, "halo, masih di sana?")
    page.locator(".gelembung", has_text="masih di sana").wait_for()
    assert medan.input_value() == "Tulisan yang belum selesai"
    kantor.tunggu(warga, page.get_by_role("button", name="Selesai").click)


def test_a_changed_requirement_is_in_the_bots_next_answer(kantor, layar):
    baru = "Foto tempat usaha dari depan, dicetak"
    page = layar.buka("/layanan/sku", "ratu", peran.ADMIN)
    page.get_by_role("button", name="Ubah", exact=True).click()
    medan = page.locator("textarea").first
    lama = medan.input_value()
    assert baru not in lama
    medan.fill(f"{lama.rstrip()}\n{baru}")
    page.locator("#pratinjau", has_text=baru).wait_for()
    page.get_by_label("Alasan perubahan").fill("Keputusan rapat, dicoba di pengujian.")
    layar.potret(page, "kerja-layanan-ubah")
    page.get_by_role("button", name="Berlakukan sekarang").click()
    page.get_by_role("status").filter(has_text="Bot menjawab dengan isi ini").wait_for()
    page.wait_for_timeout(1200)  # the bot asks for changes once a second
    assert baru in kantor.tanya(kantor.warga(), "#5").text

    page.get_by_role("link", name="Versi berkas").click()
    page.get_by_label("Alasan").fill("Selesai dicoba.")
    page.get_by_role("button", name="Kembali ke").click()
    page.wait_for_url("**/layanan/sku?*")
    page.wait_for_timeout(1200)  # the bot asks for changes once a second
    assert baru not in kantor.tanya(kantor.warga(), "#5").text


RUSAK = b"rw;rt;keterangan\r\n001;001;\r\n001;01x;\r\n;002;\r\n001;001;\r\n"


def test_a_broken_csv_is_refused_row_by_row_and_changes_nothing(kantor, layar):
    page = layar.buka("/wilayah/impor", "ratu", peran.ADMIN, maklum=("status of 422",))
    unggah(page, RUSAK)
    salah = page.get_by_role("alert").filter(has_text="Berkas belum bisa dipakai")
    salah.wait_for()
    baris = [satu.inner_text() for satu in salah.locator("tbody tr td:first-child").all()]
    assert baris == ["3", "4", "5"]
    assert "01x" in salah.inner_text()
    layar.potret(page, "kerja-csv-rusak")
    page.goto(f"{kantor.url}/wilayah")
    assert page.get_by_text("masih contoh").first.is_visible()


def test_a_good_csv_is_shown_before_it_counts(kantor, layar):
    page = layar.buka("/wilayah/impor", "ratu", peran.ADMIN)
    unggah(page, b"rw;rt\r\n001;001\r\n001;002\r\n")
    page.get_by_role("heading", name="Yang akan berubah").wait_for()
    assert page.get_by_role("button", name="Ya, ganti daftarnya").is_visible()
    layar.potret(page, "kerja-csv-perubahan")


def unggah(page, isi: bytes) -> None:
    berkas = {"name": "rt-rw.csv", "mimeType": "text/csv", "buffer": isi}
    page.get_by_label("Berkas CSV").set_input_files(berkas)
    page.get_by_role("button", name="Periksa berkas").click()


def test_a_photo_of_a_resident_is_seen_by_the_officer(kantor, layar):
    warga = kantor.warga()
    nomor = kantor.ajukan(warga, "Tri Wahyuningsih Sari#12-4-1985#1/1")
    page = layar.buka(f"/permohonan/{nomor}", "siti", peran.PETUGAS)
    page.get_by_label("Perlu dilengkapi").check()
    page.get_by_label("Catatan untuk warga").fill("Kirim foto KK.")
    kantor.tunggu(warga, page.locator(UBAH).click, "foto KK")
    kantor.kirim(warga, attach="photo", caption="ini foto KK saya")
    lampiran = kantor.lampiran_tersimpan(kantor.warga_id(warga))
    for path in (f"/permohonan/{nomor}", f"/percakapan/{kantor.warga_id(warga)}"):
        page.goto(kantor.url + path)
        kecil = page.locator(f'img[src="/lampiran/{lampiran}/kecil"]')
        kecil.scroll_into_view_if_needed()
        kecil.wait_for()
        assert kecil.evaluate("e => e.decode().then(() => e.naturalWidth)") > 10
        assert kecil.get_attribute("alt")
        with page.context.expect_page() as baru:
            page.get_by_role("link", name="Buka foto").click()
        besar = baru.value
        besar.wait_for_load_state()
        assert besar.locator("img").evaluate("e => e.naturalWidth") >= 240
        besar.close()


def test_the_badges_tell_of_new_work_without_a_reload(kantor, layar):
    page = layar.buka("/ringkasan", "siti", peran.PETUGAS)
    baru = page.locator("#lencana li", has_text="permohonan baru").locator("strong")
    lama = int(baru.inner_text())
    kantor.ajukan(kantor.warga(), "Sekar Kinasih Wulandari#12-4-1985#1/1")
    page.locator("#lencana strong", has_text=re.compile(rf"^{lama + 1}$")).wait_for(timeout=25_000)
    assert page.title().startswith("●")
