"""Who may enter the console: logins, sessions, roles on every route, CSRF, headers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from petugas_dunia import ASAL, KATA_SANDI, Meja
from sqlalchemy import select
from starlette.routing import Mount, Route

from kelurahan.console.__main__ import buat_admin, main
from kelurahan.console.app import semua_halaman
from kelurahan.console.halaman import UMUM, Penjaga
from kelurahan.console.keamanan import batas, masuk, peran, sandi
from kelurahan.store import sesi, waktu
from kelurahan.store.models_petugas import JejakAudit, Petugas, SesiPetugas

PUBLIK = {("/masuk", "GET"), ("/masuk", "POST")}
SEMUA = [(h.path, h.metode) for h in semua_halaman()]


@pytest.fixture
def meja(basis_data) -> Meja:
    return Meja()


def isi_path(path: str) -> str:
    """A path with something in place of its parameters."""
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda m: "1" if m.group(2) == ":int" else "x", path)


def test_every_route_is_guarded(meja: Meja):
    bebas = []
    for rute in meja.app.routes:
        if isinstance(rute, Mount):
            assert rute.path == "/statis"
        elif not isinstance(rute.endpoint, Penjaga):
            bebas.append(rute.path)
    assert bebas == ["/hidup"]
    rute = [r for r in meja.app.routes if isinstance(r, Route) and r.path != "/hidup"]
    assert len(rute) == len(SEMUA)


def test_only_the_login_is_open_to_everybody():
    assert {(h.path, h.metode) for h in semua_halaman() if h.peran == UMUM} == PUBLIK
    assert len(set(SEMUA)) == len(SEMUA)


@pytest.mark.parametrize(("path", "metode"), [s for s in SEMUA if s not in PUBLIK])
def test_nobody_gets_in_without_a_login(meja: Meja, path: str, metode: str):
    jawab = meja.klien().request(
        metode,
        isi_path(path),
        headers={"Origin": ASAL},
        data={"x": "y"} if metode == "POST" else None,
    )
    assert jawab.status_code == 303
    assert jawab.headers["location"].startswith("/masuk")


@pytest.mark.parametrize("siapa", [peran.PETUGAS, peran.PIMPINAN])
def test_roles_are_kept_out_of_what_is_not_theirs(meja: Meja, siapa: str):
    peramban = meja.masuk("orang", siapa)
    for halaman in semua_halaman():
        if not halaman.peran or siapa in halaman.peran:
            continue
        jawab = peramban.klien.request(
            halaman.metode,
            isi_path(halaman.path),
            headers={"Origin": ASAL},
            data={"csrf": peramban.csrf} if halaman.metode == "POST" else None,
        )
        assert jawab.status_code == 403, halaman.path


def test_the_head_of_the_office_changes_nothing():
    """Whatever changes something is not for `pimpinan`, except their own login and settings."""
    milik_sendiri = ("/keluar", "/akun/")
    boleh = [
        h.path
        for h in semua_halaman()
        if h.metode != "GET" and peran.PIMPINAN in h.peran and not h.path.startswith(milik_sendiri)
    ]
    # searching by name is a POST, because a name must not stand in an address
    assert [path for path in boleh if not path.endswith("/cari")] == []


@pytest.mark.parametrize(
    ("path", "metode"), [s for s in SEMUA if s[1] == "POST" and s[0] != "/masuk"]
)
def test_every_form_needs_its_token(meja: Meja, path: str, metode: str):
    peramban = meja.masuk("kepala", peran.ADMIN)
    for csrf in ("", "salah"):
        jawab = peramban.klien.post(isi_path(path), data={"csrf": csrf}, headers={"Origin": ASAL})
        assert jawab.status_code == 403


@pytest.mark.parametrize("asal", ["https://jahat.example", "null", None])
def test_a_form_of_another_site_is_refused(meja: Meja, asal: str | None):
    peramban = meja.masuk("kepala", peran.ADMIN)
    kepala = {"Origin": asal} if asal else {}
    for path in ("/keluar", "/masuk"):
        jawab = peramban.klien.post(path, data={"csrf": peramban.csrf}, headers=kepala)
        assert jawab.status_code == 403


def test_a_form_that_is_too_large_is_refused(meja: Meja):
    peramban = meja.masuk("kepala", peran.ADMIN)
    jawab = peramban.klien.post("/akun/sandi", content=b"x" * 3_000_000, headers={"Origin": ASAL})
    assert jawab.status_code == 413


def login(meja: Meja, nama: str = "siti", kata_sandi: str = KATA_SANDI, ke: str = "/"):
    klien = meja.klien()
    data = {"nama_pengguna": nama, "kata_sandi": kata_sandi, "ke": ke}
    return klien, klien.post("/masuk", data=data, headers={"Origin": ASAL})


def test_the_right_password_opens_a_session_with_a_safe_cookie(meja: Meja):
    meja.petugas()
    klien, jawab = login(meja, " SITI ", ke="/layanan")
    assert (jawab.status_code, jawab.headers["location"]) == (303, "/layanan")
    kuki = jawab.headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/"} <= set(kuki.split("; "))
    assert klien.get("/akun/sandi").status_code == 200


def test_behind_https_the_cookie_is_secure_and_bound_to_the_host(basis_data, monkeypatch):
    from kelurahan import settings as pengaturan

    monkeypatch.setenv("CONSOLE_URL", "https://meja.example")
    pengaturan.settings.cache_clear()
    meja = Meja()
    meja.petugas()
    _, jawab = login(meja)
    kuki = jawab.headers["set-cookie"]
    assert kuki.startswith("__Host-petugas=")
    assert "secure" in kuki.lower()
    assert "domain" not in kuki.lower()
    assert jawab.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize(
    "ke", ["//jahat.example", "https://jahat.example", "/\\jahat", "", "/a\nb"]
)
def test_after_the_login_nobody_is_sent_elsewhere(meja: Meja, ke: str):
    meja.petugas()
    _, jawab = login(meja, ke=ke)
    assert jawab.headers["location"] == "/permohonan"


@pytest.mark.parametrize(
    ("nama", "kata_sandi"), [("siti", "salah"), ("tidak.ada", KATA_SANDI), ("", "")]
)
def test_a_wrong_login_says_the_same_for_user_and_password(meja: Meja, nama: str, kata_sandi: str):
    meja.petugas()
    _, jawab = login(meja, nama, kata_sandi)
    assert jawab.status_code == 422
    assert "Nama pengguna atau kata sandi salah" in jawab.text
    assert "set-cookie" not in jawab.headers


def test_a_switched_off_officer_gets_in_no_more(meja: Meja):
    peramban = meja.masuk()
    with sesi() as s:
        s.get(Petugas, peramban.petugas_id).aktif = False
    assert peramban.klien.get("/permohonan").status_code == 303
    assert login(meja)[1].status_code == 422


def test_guessing_is_stopped_even_with_the_right_password_and_then_forgiven(
    meja: Meja, monkeypatch
):
    meja.petugas()
    for _ in range(batas.PALING_BANYAK["keduanya"]):
        login(meja, kata_sandi="salah")
    _, jawab = login(meja)
    assert jawab.status_code == 422
    assert "15 menit" in jawab.text
    nanti = waktu.sekarang() + batas.JENDELA + timedelta(seconds=1)
    monkeypatch.setattr(waktu, "sekarang", lambda: nanti)
    assert login(meja)[1].status_code == 303


def test_an_idle_session_ends_and_a_page_that_asks_by_itself_does_not_keep_it(
    meja: Meja, monkeypatch
):
    peramban = meja.masuk()
    mulai = waktu.sekarang()
    for menit in (10, 20, 29):
        monkeypatch.setattr(waktu, "sekarang", lambda m=menit: mulai + timedelta(minutes=m))
        assert peramban.klien.get("/lencana").status_code == 200
    monkeypatch.setattr(waktu, "sekarang", lambda: mulai + timedelta(minutes=31))
    assert peramban.klien.get("/lencana").status_code == 303


def test_a_click_keeps_a_session_until_the_day_is_over(meja: Meja, monkeypatch):
    peramban = meja.masuk()
    mulai = waktu.sekarang()
    for seperempat in range(1, 48):
        monkeypatch.setattr(
            waktu, "sekarang", lambda n=seperempat: mulai + timedelta(minutes=15 * n)
        )
        assert peramban.klien.get("/akun/sandi").status_code == 200
    monkeypatch.setattr(waktu, "sekarang", lambda: mulai + masuk.USIA + timedelta(seconds=1))
    assert peramban.klien.get("/akun/sandi").status_code == 303


def test_logging_out_ends_the_session_on_the_server(meja: Meja):
    peramban = meja.masuk()
    peramban.kirim("/keluar")
    with sesi(baca=True) as s:
        assert s.scalars(select(SesiPetugas)).all() == []


def test_a_new_password_ends_the_other_logins(meja: Meja):
    satu, dua = meja.masuk(), meja.masuk()
    baru = "empat gajah naik sepeda"
    satu.kirim("/akun/sandi", kata_sandi=KATA_SANDI, sandi_baru=baru, sandi_ulang=baru)
    assert satu.klien.get("/akun/sandi").status_code == 200
    assert dua.klien.get("/akun/sandi").status_code == 303
    assert login(meja, kata_sandi=baru)[1].status_code == 303


SALAH = [
    ("salah", "empat gajah naik sepeda", "empat gajah naik sepeda", "sekarang salah"),
    (KATA_SANDI, "empat gajah naik sepeda", "empat gajah naik", "tidak sama"),
    (KATA_SANDI, KATA_SANDI, KATA_SANDI, "sama dengan yang lama"),
    (KATA_SANDI, "pendek", "pendek", "paling sedikit 12"),
    (KATA_SANDI, "password1234", "password1234", "mudah ditebak"),
    (KATA_SANDI, "siti siti siti", "siti siti siti", "mudah ditebak"),
]


@pytest.mark.parametrize(("lama", "baru", "ulang", "kata"), SALAH, ids=[s[3] for s in SALAH])
def test_a_bad_new_password_is_refused_with_the_reason(meja: Meja, lama, baru, ulang, kata):
    jawab = meja.masuk().kirim(
        "/akun/sandi", 422, kata_sandi=lama, sandi_baru=baru, sandi_ulang=ulang
    )
    assert kata in jawab.text


def test_the_first_admin_comes_from_a_command_and_must_choose_a_password(meja: Meja):
    kata_sandi = buat_admin("ani", "")
    klien, jawab = login(meja, "ani", kata_sandi)
    assert jawab.status_code == 303
    assert klien.get("/permohonan").headers["location"] == "/akun/sandi"
    assert klien.get("/akun/sandi").status_code == 200


@pytest.mark.parametrize("nama", ["A B", "warga", "sistem"])
def test_the_command_refuses_a_name_nobody_can_use(basis_data, capsys, nama: str):
    assert main(["admin", nama]) == 2
    assert "tidak bisa dipakai" in capsys.readouterr().err


def test_a_database_without_officers_lets_nobody_in(meja: Meja):
    """There is no default password."""
    for nama in ("admin", "root", "petugas"):
        for kata_sandi in ("admin", "password", ""):
            assert login(meja, nama, kata_sandi)[1].status_code == 422


def test_hashes_are_argon2id(meja: Meja):
    assert sandi.acak("x").startswith("$argon2id$")
    assert not sandi.cocok("bukan acakan", "x")


def test_pages_carry_the_headers_and_may_not_be_stored(meja: Meja):
    for jawab in (meja.klien().get("/masuk"), meja.masuk().klien.get("/permohonan")):
        aturan = jawab.headers["content-security-policy"]
        assert "default-src 'none'" in aturan
        assert "unsafe" not in aturan
        assert jawab.headers["x-content-type-options"] == "nosniff"
        assert jawab.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in aturan


def test_logins_are_in_the_audit_trail_without_what_was_typed(meja: Meja):
    meja.petugas()
    login(meja)
    login(meja, kata_sandi="salah")
    login(meja, "kata.sandi.di.sini")
    with sesi(baca=True) as s:
        jejak = [
            (j.oleh, j.tindakan) for j in s.scalars(select(JejakAudit).order_by(JejakAudit.id))
        ]
    assert jejak == [("siti", "masuk"), ("siti", "masuk_gagal"), ("sistem", "masuk_gagal")]
