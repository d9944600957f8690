"""Officers of the console: the list, adding one, roles, passwords, switching off."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kelurahan.console import audit
from kelurahan.console.halaman import Halaman, Permintaan, pindah
from kelurahan.console.keamanan import kabar, masuk, peran, sandi
from kelurahan.console.pengguna import aturan
from kelurahan.console.pengguna.aturan import AturanError
from kelurahan.console.tampilan import tampil
from kelurahan.store import sesi, waktu
from kelurahan.store.engine import sisip_bila_baru
from kelurahan.store.models_petugas import Petugas, SesiPetugas

DAFTAR = "/pengguna"
HASIL = {
    "ubah": "Perubahan sudah disimpan.",
    "mati": "Petugas dinonaktifkan dan semua sesinya diakhiri.",
    "hidup": "Petugas diaktifkan lagi.",
    "keluar": "Semua sesinya sudah diakhiri.",
}


@dataclass(frozen=True)
class Orang:
    """What stands in the form."""

    nama_pengguna: str = ""
    nama: str = ""
    peran: str = peran.PETUGAS


def daftar(p: Permintaan) -> Response:
    """Every officer, the active ones first."""
    with sesi(baca=True) as s:
        pilih = select(Petugas).order_by(Petugas.aktif.desc(), Petugas.nama_pengguna)
        semua, masuk_kini = list(s.scalars(pilih)), _jumlah_sesi(s)
    return tampil(p, "pengguna/daftar.html", semua=semua, masuk_kini=masuk_kini)


def formulir_baru(p: Permintaan) -> Response:
    """The form for a new officer."""
    return tampil(p, "pengguna/tambah.html", isi=Orang(), salah={})


def tambah(p: Permintaan) -> Response:
    """Add an officer; the page that answers is the only place that ever shows the password."""
    isi = Orang(p.isi("nama_pengguna", 200).lower(), p.isi("nama", 500), p.isi("peran", 20))
    salah = aturan.periksa_nama_pengguna(isi.nama_pengguna)
    salah |= aturan.periksa_orang(isi.nama, isi.peran)
    if not salah:
        kata_sandi = sandi.buat()
        acakan = sandi.acak(kata_sandi)
        with sesi() as s:
            if baru := _sisip(s, isi, acakan):
                _catat(p, s, "petugas_tambah", baru, None, {"peran": isi.peran})
        if baru:
            return _sekali(p, baru, kata_sandi, baru=True)
        salah = {"nama_pengguna": f"{isi.nama_pengguna} sudah dipakai; pilih yang lain"}
    return tampil(p, "pengguna/tambah.html", status=422, isi=isi, salah=salah)


def _sisip(s: Session, isi: Orang, acakan: str) -> Petugas | None:
    nilai = {"wajib_ganti": True, "aktif": True, "bunyi": True, "ringkasan": False}
    kini = waktu.sekarang()
    orang = {"nama_pengguna": isi.nama_pengguna, "nama": isi.nama, "peran": isi.peran}
    tertulis = sisip_bila_baru(
        s, Petugas, **orang, **nilai, sandi=acakan, sandi_sejak=kini, dibuat=kini
    )
    if not tertulis:
        return None
    return s.scalar(select(Petugas).where(Petugas.nama_pengguna == isi.nama_pengguna))


def formulir_ubah(p: Permintaan) -> Response:
    """One officer: name, role, and what else can be done."""
    return _formulir(p, {})


def ubah(p: Permintaan) -> Response:
    """Change name and role; with another role every login ends."""
    nama, peran_ = p.isi("nama", 500), p.isi("peran", 20)
    salah = aturan.periksa_orang(nama, peran_)
    if salah:
        return _formulir(p, salah, Orang(nama=nama, peran=peran_))
    try:
        with sesi() as s:
            satu = _ambil(p, s)
            aturan.pastikan_ada_admin(s, satu, peran_, satu.aktif)
            _ubah(p, s, satu, nama, peran_)
    except AturanError as galat:
        return _formulir(p, galat.salah, Orang(nama=nama, peran=peran_))
    return _kembali(p, "ubah")


def _ubah(p: Permintaan, s: Session, satu: Petugas, nama: str, peran_: str) -> None:
    sebelum = {"nama": satu.nama, "peran": satu.peran}
    sesudah = {"nama": nama, "peran": peran_}
    if sebelum == sesudah:
        return
    if satu.peran != peran_:
        masuk.keluarkan(s, satu.id)
    satu.nama, satu.peran = nama, peran_
    _catat(p, s, "petugas_ubah", satu, sebelum, sesudah)


def matikan(p: Permintaan) -> Response:
    """Switch an officer off: no login any more, and those that are open end."""
    try:
        with sesi() as s:
            satu = _ambil(p, s)
            if satu.id == p.pengguna.id:
                raise AturanError({"": "Anda tidak bisa menonaktifkan diri sendiri."})
            aturan.pastikan_ada_admin(s, satu, satu.peran, aktif=False)
            if satu.aktif:
                satu.aktif = False
                masuk.keluarkan(s, satu.id)
                _catat(p, s, "petugas_nonaktif", satu, {"aktif": True}, {"aktif": False})
    except AturanError as galat:
        return _formulir(p, galat.salah)
    return _kembali(p, "mati")


def hidupkan(p: Permintaan) -> Response:
    """Let a switched-off officer in again."""
    with sesi() as s:
        satu = _ambil(p, s)
        if not satu.aktif:
            satu.aktif = True
            _catat(p, s, "petugas_aktif", satu, {"aktif": False}, {"aktif": True})
    return _kembali(p, "hidup")


def sandi_baru(p: Permintaan) -> Response:
    """A new one-time password for somebody who forgot theirs; every login ends."""
    if p.path["id"] == p.pengguna.id:
        return _formulir(p, {"": "Untuk diri sendiri pakai halaman Ganti kata sandi."})
    kata_sandi = sandi.buat()
    acakan = sandi.acak(kata_sandi)
    with sesi() as s:
        satu = _ambil(p, s)
        satu.sandi, satu.wajib_ganti = acakan, True
        masuk.keluarkan(s, satu.id)
        _catat(p, s, "petugas_sandi_baru", satu)
        kabar.kabari(s, satu, kabar.SANDI_DIBUATKAN)
    return _sekali(p, satu, kata_sandi, baru=False)


def keluarkan(p: Permintaan) -> Response:
    """End every login of an officer (of oneself: all but this one)."""
    with sesi() as s:
        satu = _ambil(p, s)
        masuk.keluarkan(s, satu.id, kecuali=p.pengguna.sesi_id)
        _catat(p, s, "petugas_keluarkan", satu)
    return _kembali(p, "keluar")


def _ambil(p: Permintaan, s: Session) -> Petugas:
    satu = aturan.kunci(s, p.path["id"])
    if satu is None:
        raise HTTPException(404)
    return satu


def _catat(p: Permintaan, s: Session, tindakan: str, satu: Petugas, *isi: object) -> None:
    audit.catat(s, p.pengguna.nama_pengguna, tindakan, f"petugas:{satu.id}", *isi)


def _kembali(p: Permintaan, hasil: str) -> Response:
    return pindah(p.mentah, f"{DAFTAR}/{p.path['id']}?ok={hasil}")


def _jumlah_sesi(s: Session) -> dict[int, int]:
    """How many logins each officer has open."""
    kini = waktu.sekarang()
    hidup = (SesiPetugas.dipakai > kini - masuk.DIAM) & (SesiPetugas.dibuat > kini - masuk.USIA)
    pilih = select(SesiPetugas.petugas_id, func.count()).where(hidup)
    return dict(s.execute(pilih.group_by(SesiPetugas.petugas_id)).all())


def _formulir(p: Permintaan, salah: dict[str, str], isi: Orang | None = None) -> Response:
    with sesi(baca=True) as s:
        satu = s.get(Petugas, p.path["id"])
        jumlah = _jumlah_sesi(s)
    if satu is None:
        raise HTTPException(404)
    return tampil(
        p,
        "pengguna/ubah.html",
        status=422 if salah else 200,
        satu=satu,
        isi=isi or Orang(satu.nama_pengguna, satu.nama, satu.peran),
        salah=salah,
        jumlah=jumlah.get(satu.id, 0),
        hasil=HASIL.get(p.query.get("ok", ""), ""),
    )


def _sekali(p: Permintaan, satu: Petugas, kata_sandi: str, baru: bool) -> Response:
    return tampil(
        p,
        "pengguna/sandi.html",
        satu=satu,
        kata_sandi=kata_sandi,
        baru=baru,
        hari=masuk.SANDI_AWAL.days,
    )


HALAMAN = (
    Halaman(DAFTAR, daftar, peran.KELOLA),
    Halaman(f"{DAFTAR}/tambah", formulir_baru, peran.KELOLA),
    Halaman(f"{DAFTAR}/tambah", tambah, peran.KELOLA, "POST"),
    Halaman(DAFTAR + "/{id:int}", formulir_ubah, peran.KELOLA),
    Halaman(DAFTAR + "/{id:int}", ubah, peran.KELOLA, "POST"),
    Halaman(DAFTAR + "/{id:int}/matikan", matikan, peran.KELOLA, "POST"),
    Halaman(DAFTAR + "/{id:int}/hidupkan", hidupkan, peran.KELOLA, "POST"),
    Halaman(DAFTAR + "/{id:int}/sandi", sandi_baru, peran.KELOLA, "POST"),
    Halaman(DAFTAR + "/{id:int}/keluarkan", keluarkan, peran.KELOLA, "POST"),
)
