"""Logging in to the console in a real browser: the first time, idle, out, and back again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from layanan_uji import ROOT
from petugas_dunia import KATA_SANDI
from sqlalchemy import select, update

from kelurahan.console.keamanan import masuk as login
from kelurahan.console.keamanan import peran
from kelurahan.store import waktu
from kelurahan.store.models_petugas import Petugas, SesiPetugas

pytest_plugins = ["petugas_peramban"]
pytestmark = [pytest.mark.tumpukan, pytest.mark.chromium]


def isi_masuk(page, nama_pengguna: str, kata_sandi: str) -> None:
    page.get_by_label("Nama pengguna").fill(nama_pengguna)
    page.get_by_label("Kata sandi", exact=True).fill(kata_sandi)
    page.get_by_role("button", name="Masuk").click()


def buat_admin(kantor, nama_pengguna: str) -> str:
    """The command of the README; returns the password it prints."""
    hasil = subprocess.run(
        [sys.executable, "-m", "kelurahan.console", "admin", nama_pengguna],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": kantor.url_basis, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return hasil.stdout.strip().rpartition(" ")[2]


def test_the_first_admin_logs_in_and_must_choose_a_password(kantor, layar):
    sementara, baru = buat_admin(kantor, "ratna"), "empat gajah naik sepeda"
    page = layar.buka("/", nama_pengguna="")
    page.wait_for_url("**/masuk")
    isi_masuk(page, "ratna", sementara)
    page.wait_for_url("**/akun/sandi")
    page.get_by_label("Kata sandi sekarang").fill(sementara)
    medan = page.get_by_label("Kata sandi baru", exact=True)
    medan.press_sequentially("gajah")
    page.get_by_text("paling sedikit 12").wait_for()
    medan.press_sequentially(" naik sepeda empat")
    page.get_by_text("cukup kuat").wait_for()
    page.get_by_label("Tampilkan kata sandi").check()
    assert medan.get_attribute("type") == "text"
    page.get_by_label("Tampilkan kata sandi").uncheck()
    assert medan.get_attribute("type") == "password"
    medan.fill(baru)
    page.get_by_label("sekali lagi").fill(baru)
    page.get_by_role("button", name="Ganti").click()
    page.wait_for_url("**/permohonan")
    page.get_by_role("link", name="Ratna").or_(page.get_by_role("link", name="ratna")).wait_for()


def test_a_wrong_password_is_told_and_the_user_name_kept(kantor, layar):
    kantor.petugas("siti", peran.PETUGAS)
    page = layar.buka("/masuk", nama_pengguna="", maklum=("status of 422",))
    isi_masuk(page, "siti", "salah sekali")
    salah = page.get_by_role("alert")
    salah.wait_for()
    assert "Nama pengguna atau kata sandi salah" in salah.inner_text()
    assert page.get_by_label("Nama pengguna").input_value() == "siti"
    assert page.get_by_label("Kata sandi", exact=True).input_value() == ""


def test_an_idle_session_leads_to_the_login_and_back_to_the_same_page(kantor, layar):
    """The page asks for its badges every few seconds: that notices, and takes the data away."""
    page = layar.buka("/ringkasan", "diam", peran.PETUGAS)
    with kantor.sesi() as s:
        saya = select(Petugas.id).where(Petugas.nama_pengguna == "diam").scalar_subquery()
        lama = waktu.sekarang() - login.DIAM - timedelta(seconds=1)
        s.execute(
            update(SesiPetugas).where(SesiPetugas.petugas_id == saya).values(dipakai=lama),
            execution_options={"synchronize_session": False},
        )
    page.wait_for_url("**/masuk?ke=/ringkasan", timeout=20_000)
    assert page.get_by_role("navigation").count() == 0
    isi_masuk(page, "diam", KATA_SANDI)
    page.wait_for_url("**/ringkasan")
    kantor.login.pop("diam")  # its cookie is dead


def test_a_click_after_idling_asks_for_the_password_and_then_shows_what_was_clicked(kantor, layar):
    page = layar.buka("/ringkasan", "pulang", peran.PETUGAS)
    page.context.clear_cookies()
    page.get_by_role("link", name="Wilayah").click()
    page.wait_for_url("**/masuk?ke=/wilayah")
    isi_masuk(page, "pulang", KATA_SANDI)
    page.wait_for_url("**/wilayah")


def test_after_logging_out_the_back_button_shows_nothing(kantor, layar):
    page = layar.buka("/permohonan", "keluar", peran.PETUGAS)
    page.goto(f"{kantor.url}/layanan")
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/masuk")
    page.go_back()
    page.wait_for_url(re.compile(r"/masuk"))
    assert page.get_by_role("button", name="Keluar").count() == 0
    kantor.login.pop("keluar")


def test_the_session_cookie_is_out_of_reach_of_scripts_and_nothing_else_is_kept(kantor, layar):
    page = layar.buka("/permohonan", "siti", peran.PETUGAS)
    [kuki] = page.context.cookies()
    assert (kuki["httpOnly"], kuki["sameSite"], kuki["path"]) == (True, "Lax", "/")
    assert page.evaluate("document.cookie") == ""
    page.locator("#lencana .lencana").wait_for()
    tetap, sementara = page.evaluate("[{...localStorage}, {...sessionStorage}]")
    assert list(tetap) == ["terbaru"]
    assert re.fullmatch(r'[\d{}":,idat]+', tetap["terbaru"]), "only the newest id, and when"
    assert sementara in ({}, {"htmx-current-path-for-history": "/permohonan"})


def test_without_scripts_one_can_log_in_and_out(kantor, layar):
    kantor.petugas("siti", peran.PETUGAS)
    page = layar.buka("/masuk", nama_pengguna="", java_script_enabled=False)
    isi_masuk(page, "siti", KATA_SANDI)
    page.wait_for_url("**/permohonan")
    assert not page.get_by_label("Tampilkan kata sandi").is_visible()
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/masuk")
