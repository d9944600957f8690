"""Officers of the console: one-time passwords, roles, switching off; an admin is always left."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from petugas_dunia import ASAL, KATA_SANDI, Meja, Peramban
from sqlalchemy import select

from kelurahan.console.keamanan import masuk, peran, sandi
from kelurahan.console.pengguna import aturan
from kelurahan.console.pengguna.aturan import AturanError
from kelurahan.store import sesi, waktu
from kelurahan.store.models_petugas import JejakAudit, Petugas, SesiPetugas

kedua = pytest.mark.kedua_basis_data
BUDI = {"nama_pengguna": "budi", "nama": "Budi Santoso", "peran": "petugas"}


@pytest.fixture
def meja(basis_data) -> Meja:
    return Meja()


@pytest.fixture
def admin(meja: Meja) -> Peramban:
    return meja.masuk("ani", peran.ADMIN)


def ambil(nama_pengguna: str) -> Petugas:
    with sesi(baca=True) as s:
        return s.scalar(select(Petugas).where(Petugas.nama_pengguna == nama_pengguna))


def jejak() -> list[tuple[str, str]]:
    with sesi(baca=True) as s:
        semua = s.scalars(select(JejakAudit).order_by(JejakAudit.id))
        return [(j.tindakan, j.sasaran) for j in semua]


def sesi_dari(petugas_id: int) -> int:
    with sesi(baca=True) as s:
        pilih = select(SesiPetugas).where(SesiPetugas.petugas_id == petugas_id)
        return len(s.scalars(pilih).all())


def kata_sandi_di(halaman: str) -> str:
    return re.search(r'<output class="sekali">([^<]+)</output>', halaman).group(1)


def coba_masuk(meja: Meja, nama: str, kata_sandi: str):
    data = {"nama_pengguna": nama, "kata_sandi": kata_sandi}
    klien = meja.klien()
    return klien, klien.post("/masuk", data=data, headers={"Origin": ASAL})


# adding


@kedua
def test_an_officer_is_added_with_a_password_that_is_shown_once(meja: Meja, admin: Peramban):
    halaman = admin.kirim("/pengguna/tambah", 200, **BUDI)
    kata_sandi = kata_sandi_di(halaman.text)
    assert len(kata_sandi) == 19
    assert halaman.headers["cache-control"] == "no-store"
    budi = ambil("budi")
    assert (budi.nama, budi.peran, budi.aktif) == ("Budi Santoso", "petugas", True)
    assert budi.sandi.startswith("$argon2id$")
    klien, jawab = coba_masuk(meja, "budi", kata_sandi)
    assert jawab.status_code == 303
    assert klien.get("/permohonan").headers["location"] == "/akun/sandi", "it must be changed"
    lain = [admin.buka(p).text for p in ("/pengguna", f"/pengguna/{budi.id}", "/pengguna/jejak")]
    assert not [halaman for halaman in lain if kata_sandi in halaman]
    assert ("petugas_tambah", f"petugas:{budi.id}") in jejak()


SALAH = [
    ("no user name", {"nama_pengguna": ""}, "3 sampai 40"),
    ("a space", {"nama_pengguna": "bu di"}, "3 sampai 40"),
    ("markup", {"nama_pengguna": "<b>x</b>"}, "3 sampai 40"),
    ("what histories call a resident", {"nama_pengguna": "warga"}, "bukan warga"),
    ("too short", {"nama_pengguna": "bu"}, "3 sampai 40"),
    ("taken", {"nama_pengguna": "ani"}, "ani sudah dipakai"),
    ("taken in capitals", {"nama_pengguna": " ANI "}, "ani sudah dipakai"),
    ("no name", {"nama": ""}, "isi nama"),
    ("a direction mark", {"nama": "Budi\u202e"}, "huruf biasa"),
    ("a long name", {"nama": "B" * 101}, "paling panjang 100"),
    ("no role", {"peran": ""}, "belum dipilih"),
    ("an unknown role", {"peran": "dewa"}, "belum dipilih"),
]


@pytest.mark.parametrize(("beda", "pesan"), [s[1:] for s in SALAH], ids=[s[0] for s in SALAH])
def test_a_wrong_field_is_named_and_the_others_are_kept(admin: Peramban, beda: dict, pesan: str):
    halaman = admin.kirim("/pengguna/tambah", 422, **{**BUDI, **beda}).text
    assert pesan in halaman
    assert "<output" not in halaman
    tetap = {n: v for n, v in BUDI.items() if n not in beda}
    assert all(f'value="{nilai}"' in halaman for nilai in tetap.values())
    assert ambil("budi") is None


# changing


@kedua
def test_name_and_role_change_and_a_new_role_ends_the_logins(meja: Meja, admin: Peramban):
    budi = meja.masuk("budi")
    admin.kirim(f"/pengguna/{budi.petugas_id}", nama="Budi S.", peran="petugas")
    assert sesi_dari(budi.petugas_id) == 1, "a name is no reason to throw anybody out"
    admin.kirim(f"/pengguna/{budi.petugas_id}", nama="Budi S.", peran="pimpinan")
    assert (ambil("budi").nama, ambil("budi").peran) == ("Budi S.", "pimpinan")
    assert budi.klien.get("/permohonan").status_code == 303
    with sesi(baca=True) as s:
        akhir = s.scalars(select(JejakAudit).order_by(JejakAudit.id.desc())).first()
    assert json.loads(akhir.sebelum) == {"nama": "Budi S.", "peran": "petugas"}
    assert json.loads(akhir.sesudah) == {"nama": "Budi S.", "peran": "pimpinan"}


def test_saving_without_a_change_leaves_no_trace(meja: Meja, admin: Peramban):
    nomor = meja.petugas("budi")
    admin.kirim(f"/pengguna/{nomor}", nama="Budi", peran="petugas")
    assert jejak() == []


def test_a_wrong_change_is_shown_as_it_was_typed(meja: Meja, admin: Peramban):
    nomor = meja.petugas("budi")
    halaman = admin.kirim(f"/pengguna/{nomor}", 422, nama="", peran="pimpinan").text
    assert "isi nama" in halaman
    assert re.search(r'value="pimpinan" required checked', halaman)
    assert ambil("budi").peran == "petugas"


@kedua
def test_switched_off_nobody_gets_in_until_switched_on_again(meja: Meja, admin: Peramban):
    budi = meja.masuk("budi")
    admin.kirim(f"/pengguna/{budi.petugas_id}/matikan")
    assert budi.klien.get("/permohonan").status_code == 303
    assert coba_masuk(meja, "budi", KATA_SANDI)[1].status_code == 422
    assert "nonaktif" in admin.buka("/pengguna").text
    admin.kirim(f"/pengguna/{budi.petugas_id}/hidupkan")
    assert coba_masuk(meja, "budi", KATA_SANDI)[1].status_code == 303
    sasaran = f"petugas:{budi.petugas_id}"
    assert ("petugas_nonaktif", sasaran) in jejak()
    assert ("petugas_aktif", sasaran) in jejak()


def test_a_forgotten_password_is_replaced_and_every_login_ends(meja: Meja, admin: Peramban):
    budi = meja.masuk("budi")
    kata_sandi = kata_sandi_di(admin.kirim(f"/pengguna/{budi.petugas_id}/sandi", 200).text)
    assert budi.klien.get("/permohonan").status_code == 303
    assert coba_masuk(meja, "budi", KATA_SANDI)[1].status_code == 422
    klien, jawab = coba_masuk(meja, "budi", kata_sandi)
    assert jawab.status_code == 303
    assert klien.get("/permohonan").headers["location"] == "/akun/sandi"
    assert ("petugas_sandi_baru", f"petugas:{budi.petugas_id}") in jejak()


def test_a_password_made_by_an_admin_is_good_for_some_days_only(
    meja: Meja, admin: Peramban, monkeypatch
):
    nomor = meja.petugas("budi")
    kata_sandi = kata_sandi_di(admin.kirim(f"/pengguna/{nomor}/sandi", 200).text)
    nanti = waktu.sekarang() + masuk.SANDI_AWAL + timedelta(minutes=1)
    monkeypatch.setattr(waktu, "sekarang", lambda: nanti)
    _, jawab = coba_masuk(meja, "budi", kata_sandi)
    assert jawab.status_code == 422
    assert f"{masuk.SANDI_AWAL.days} hari" in jawab.text


def test_all_logins_of_somebody_can_be_ended_and_ones_own_elsewhere(meja: Meja, admin: Peramban):
    budi = meja.masuk("budi")
    meja.masuk("budi")
    assert "<dt>Sesi terbuka</dt><dd>2</dd>" in admin.buka(f"/pengguna/{budi.petugas_id}").text
    admin.kirim(f"/pengguna/{budi.petugas_id}/keluarkan")
    assert sesi_dari(budi.petugas_id) == 0
    lain = meja.masuk("ani", peran.ADMIN)
    admin.kirim(f"/pengguna/{admin.petugas_id}/keluarkan")
    assert lain.klien.get("/pengguna").status_code == 303
    admin.buka("/pengguna")


# the last admin, and oneself


def test_the_last_active_admin_keeps_the_role(meja: Meja, admin: Peramban):
    meja.petugas("rudi", peran.ADMIN, aktif=False)
    halaman = admin.kirim(f"/pengguna/{admin.petugas_id}", 422, nama="Ani", peran="petugas").text
    assert "admin terakhir yang aktif" in halaman
    assert ambil("ani").peran == peran.ADMIN


def test_with_a_second_admin_the_first_may_step_down_and_is_logged_out(meja: Meja, admin: Peramban):
    meja.petugas("rudi", peran.ADMIN)
    admin.kirim(f"/pengguna/{admin.petugas_id}", nama="Ani", peran="petugas")
    assert ambil("ani").peran == peran.PETUGAS
    assert admin.klien.get("/permohonan").status_code == 303


def test_nobody_switches_off_themselves(meja: Meja, admin: Peramban):
    meja.petugas("rudi", peran.ADMIN)
    assert "Nonaktifkan" not in admin.buka(f"/pengguna/{admin.petugas_id}").text
    halaman = admin.kirim(f"/pengguna/{admin.petugas_id}/matikan", 422).text
    assert "tidak bisa menonaktifkan diri sendiri" in halaman
    assert ambil("ani").aktif


def test_ones_own_password_is_changed_on_its_own_page(admin: Peramban):
    halaman = admin.kirim(f"/pengguna/{admin.petugas_id}/sandi", 422).text
    assert "Ganti kata sandi" in halaman
    assert "<output" not in halaman
    assert sandi.cocok(ambil("ani").sandi, KATA_SANDI)


@kedua
def test_two_admins_who_demote_each_other_at_once_leave_one(meja: Meja):
    nomor = [meja.petugas(nama, peran.ADMIN) for nama in ("ani", "rudi")]

    def turunkan(petugas_id: int) -> bool:
        try:
            with sesi() as s:
                satu = aturan.kunci(s, petugas_id)
                aturan.pastikan_ada_admin(s, satu, peran.PETUGAS, aktif=True)
                satu.peran = peran.PETUGAS
        except AturanError:
            return False
        return True

    for _ in range(5):
        with sesi() as s:
            for petugas_id in nomor:
                s.get(Petugas, petugas_id).peran = peran.ADMIN
        with ThreadPoolExecutor(2) as bersama:
            assert sorted(bersama.map(turunkan, nomor)) == [False, True]


def test_an_officer_who_is_not_there_is_not_found(admin: Peramban):
    admin.buka("/pengguna/99", 404)
    admin.kirim("/pengguna/99", 404, nama="X", peran="petugas")
    for tindakan in ("matikan", "hidupkan", "sandi", "keluarkan"):
        admin.kirim(f"/pengguna/99/{tindakan}", 404)


@pytest.mark.parametrize("siapa", [peran.PETUGAS, peran.PIMPINAN])
def test_only_admins_see_or_change_officers(meja: Meja, siapa: str):
    meja.petugas("ani", peran.ADMIN)
    orang = meja.masuk("orang", siapa)
    for path in ("/pengguna", "/pengguna/tambah", "/pengguna/1", "/pengguna/jejak"):
        orang.buka(path, 403)
    orang.kirim(f"/pengguna/{orang.petugas_id}", 403, nama="X", peran="admin")
    assert ambil("orang").peran == siapa


def test_a_hostile_name_is_shown_harmlessly(meja: Meja, admin: Peramban):
    nomor = meja.petugas("budi", nama="<script>alert(1)</script>")
    for path in ("/pengguna", f"/pengguna/{nomor}"):
        halaman = admin.buka(path).text
        assert "<script>alert" not in halaman
        assert "&lt;script&gt;" in halaman


# one's own settings


@kedua
@pytest.mark.parametrize("siapa", list(peran.LABEL))
def test_everybody_has_settings_of_their_own(meja: Meja, siapa: str):
    orang = meja.masuk("orang", siapa)
    orang.kirim("/akun/setelan", bunyi="ya", ringkasan="ya", whatsapp="0812-3456-7890")
    satu = ambil("orang")
    assert (satu.bunyi, satu.ringkasan, satu.wa_id) == (True, True, "6281234567890")
    halaman = orang.buka("/akun/setelan?ok=1").text
    assert halaman.count(" checked") == 2
    assert 'value="0812-3456-7890"' in halaman
    orang.kirim("/akun/setelan")
    satu = ambil("orang")
    assert (satu.bunyi, satu.ringkasan, satu.wa_id) == (False, False, None)


def test_the_sound_is_told_to_the_page(meja: Meja):
    orang = meja.masuk("orang")
    assert 'data-bunyi="0"' in orang.buka("/akun/setelan").text
    orang.kirim("/akun/setelan", bunyi="ya")
    assert 'data-bunyi="1"' in orang.buka("/akun/setelan").text


@pytest.mark.parametrize(("nomor", "pesan"), [("", "kosong"), ("0812", "4 angka"), ("x", "angka")])
def test_a_digest_without_a_usable_number_is_refused(meja: Meja, nomor: str, pesan: str):
    orang = meja.masuk("orang")
    halaman = orang.kirim("/akun/setelan", 422, ringkasan="ya", bunyi="ya", whatsapp=nomor).text
    assert pesan in halaman
    assert halaman.count(" checked") == 2
    assert not ambil("orang").ringkasan


def test_settings_are_in_the_trail_without_the_number(meja: Meja):
    orang = meja.masuk("orang")
    orang.kirim("/akun/setelan", ringkasan="ya", whatsapp="0812-3456-7890")
    orang.kirim("/akun/setelan", ringkasan="ya", whatsapp="0812-3456-7890")
    with sesi(baca=True) as s:
        (satu,) = s.scalars(select(JejakAudit)).all()
    assert (satu.oleh, satu.tindakan) == ("orang", "setelan")
    assert json.loads(satu.sesudah) == {"bunyi": False, "ringkasan": True, "nomor": "diganti"}


def test_nobody_reaches_the_settings_of_another(meja: Meja):
    lain = meja.petugas("lain")
    orang = meja.masuk("orang")
    orang.kirim("/akun/setelan", bunyi="ya", id=str(lain))
    assert not ambil("lain").bunyi
    assert ambil("orang").bunyi
