"""Logging in and out, and one's own password."""

from __future__ import annotations

from starlette.responses import Response

from kelurahan.console import audit
from kelurahan.console.halaman import (
    GANTI_SANDI,
    NILAI_SANDI,
    UMUM,
    Halaman,
    Permintaan,
    pindah,
)
from kelurahan.console.keamanan import kabar, masuk, peran, sandi
from kelurahan.console.tampilan import tampil
from kelurahan.store import sesi
from kelurahan.store.models_petugas import Petugas

AWAL = "/permohonan"


def _tujuan(p: Permintaan) -> str:
    """Where to after the login: a path of ours, never another host."""
    ke = p.form.get("ke") or p.query.get("ke") or AWAL
    aman = isinstance(ke, str) and ke.startswith("/") and ke[1:2] not in ("/", "\\")
    return ke if aman and ke.isprintable() and len(ke) < 200 else AWAL


def halaman_masuk(p: Permintaan) -> Response:
    """The login form."""
    return tampil(p, "akun/masuk.html", salah="", nama="", ke=_tujuan(p))


def coba_masuk(p: Permintaan) -> Response:
    """Open a session, or say what was wrong."""
    nama, kata_sandi = p.isi("nama_pengguna", 200), str(p.form.get("kata_sandi", ""))[:500]
    try:
        token = masuk.masuk(nama, kata_sandi, p.tempat)
    except masuk.MasukError as galat:
        isi = {"salah": str(galat), "nama": nama, "ke": _tujuan(p)}
        return tampil(p, "akun/masuk.html", status=422, **isi)
    jawaban = pindah(p.mentah, _tujuan(p))
    taruh_kuki(p, jawaban, token)
    return jawaban


def keluar(p: Permintaan) -> Response:
    """End this session."""
    masuk.keluar(p.pengguna.sesi_id)
    jawaban = pindah(p.mentah, "/masuk")
    taruh_kuki(p, jawaban, "")
    return jawaban


def halaman_sandi(p: Permintaan) -> Response:
    """The form for a new password."""
    return tampil(p, "akun/sandi.html", salah="", berhasil=p.query.get("ok") == "1")


def nilai_sandi(p: Permintaan) -> Response:
    """How strong the new password is so far, while it is typed; nothing of it is kept."""
    baru = str(p.form.get("sandi_baru", ""))[: sandi.TERPANJANG]
    saya = p.pengguna
    try:
        sandi.periksa(baru, saya.nama_pengguna, saya.nama)
        kurang = ""
    except sandi.SandiError as galat:
        kurang = str(galat)
    nilai = sandi.nilai(baru, saya.nama_pengguna, saya.nama) if baru else None
    return tampil(p, "akun/nilai.html", nilai=nilai, kurang=kurang)


def ganti_sandi(p: Permintaan) -> Response:
    """Change one's own password; every other login of the same person ends."""
    lama, baru, ulang = (
        str(p.form.get(n, ""))[:500] for n in ("kata_sandi", "sandi_baru", "sandi_ulang")
    )
    saya = p.pengguna
    try:
        _ganti(saya, lama, baru, ulang)
    except sandi.SandiError as galat:
        return tampil(p, "akun/sandi.html", status=422, salah=str(galat), berhasil=False)
    return pindah(p.mentah, AWAL if saya.wajib_ganti else f"{GANTI_SANDI}?ok=1")


def _ganti(saya: masuk.Pengguna, lama: str, baru: str, ulang: str) -> None:
    with sesi(baca=True) as s:
        acakan = s.get(Petugas, saya.id).sandi
    if not sandi.cocok(acakan, lama):
        raise sandi.SandiError("Kata sandi sekarang salah.")
    if baru != ulang:
        raise sandi.SandiError("Kedua kata sandi baru tidak sama; ketik ulang.")
    if baru == lama:
        raise sandi.SandiError("Kata sandi baru sama dengan yang lama; buat yang lain.")
    sandi.periksa(baru, saya.nama_pengguna, saya.nama)
    acakan = sandi.acak(baru)
    with sesi() as s:
        petugas = s.get(Petugas, saya.id)
        petugas.sandi, petugas.wajib_ganti = acakan, False
        masuk.keluarkan(s, saya.id, kecuali=saya.sesi_id)
        audit.catat(s, saya.nama_pengguna, "ganti_sandi", f"petugas:{saya.id}")
        kabar.kabari(s, petugas, kabar.SANDI_DIGANTI)


def taruh_kuki(p: Permintaan, jawaban: Response, token: str) -> None:
    """Set the session cookie; an empty token takes it away."""
    keadaan = p.mentah.app.state
    jawaban.set_cookie(
        keadaan.kuki,
        token,
        path="/",
        secure=keadaan.https,
        httponly=True,
        samesite="lax",
        max_age=None if token else 0,
    )


def beranda(p: Permintaan) -> Response:
    """The front page is the queue."""
    return pindah(p.mentah, AWAL)


HALAMAN = (
    Halaman("/", beranda, peran.LIHAT),
    Halaman("/masuk", halaman_masuk, UMUM),
    Halaman("/masuk", coba_masuk, UMUM, "POST"),
    Halaman("/keluar", keluar, peran.LIHAT, "POST"),
    Halaman(GANTI_SANDI, halaman_sandi, peran.LIHAT),
    Halaman(GANTI_SANDI, ganti_sandi, peran.LIHAT, "POST"),
    Halaman(NILAI_SANDI, nilai_sandi, peran.LIHAT, "POST"),
)
