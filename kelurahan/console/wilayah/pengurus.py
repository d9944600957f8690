"""RT and RW officers: the list, adding, changing and removing one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kelurahan.console import audit
from kelurahan.console.halaman import Halaman, Permintaan, pindah
from kelurahan.console.keamanan import peran
from kelurahan.console.tampilan import tampil
from kelurahan.console.wilayah import data
from kelurahan.console.wilayah.isian import IsianError, periksa
from kelurahan.isian import telepon
from kelurahan.replies.pengurus import sebutan
from kelurahan.replies.pengurus import wilayah as sebut_wilayah
from kelurahan.store import direktori, sesi
from kelurahan.store import pengurus as simpanan
from kelurahan.store.models_petugas import Pengurus
from kelurahan.wilayah import Direktori

DAFTAR = "/wilayah/pengurus"
HASIL = {
    "tambah": "Pengurus sudah ditambahkan.",
    "ubah": "Perubahan sudah disimpan.",
    "hapus": "Pengurus sudah dihapus dari daftar.",
    "impor": "Daftar pengurus sudah diganti.",
}


@dataclass(frozen=True)
class Formulir:
    """What stands in the form: as stored, or as it was typed."""

    wilayah: str = ""  # "003/005" for an RT, "/005" for an RW
    nama: str = ""
    whatsapp: str = ""
    dikabari: bool = False


def daftar(p: Permintaan) -> Response:
    """Everybody registered, the numbers cut short."""
    with sesi(baca=True) as s:
        peta = direktori.baca(s)
        semua = [(satu, data.ada_wilayahnya(satu, peta)) for satu in simpanan.daftar(s)]
    return tampil(
        p,
        "wilayah/pengurus.html",
        semua=semua,
        sebutan=sebutan,
        samar=telepon.samarkan,
        hasil=HASIL.get(p.query.get("ok", ""), ""),
    )


def formulir_baru(p: Permintaan) -> Response:
    """The form for a new officer."""
    return _formulir(p, Formulir())


def tambah(p: Permintaan) -> Response:
    """Register an officer."""
    try:
        with sesi() as s:
            baru = _periksa(p, s)
            nomor = simpanan.tambah(s, baru)
            if nomor is None:  # somebody else was quicker
                raise IsianError({"whatsapp": "baru saja didaftarkan; lihat daftarnya"})
            audit.catat(
                s, p.pengguna.nama_pengguna, "pengurus_tambah", _sasaran(nomor), None, ringkas(baru)
            )
    except IsianError as galat:
        return _formulir(p, _diketik(p), salah=galat.salah)
    return pindah(p.mentah, f"{DAFTAR}?ok=tambah")


def formulir_ubah(p: Permintaan) -> Response:
    """The form of one officer, with the whole number."""
    with sesi(baca=True) as s:
        satu = _ambil(p, s)
    wilayah = f"{satu.rt or ''}/{satu.rw}"
    isi = Formulir(wilayah, satu.nama, telepon.tulis(satu.wa_id), satu.dikabari)
    return _formulir(p, isi, satu)


def ubah(p: Permintaan) -> Response:
    """Change an officer."""
    try:
        with sesi() as s:
            satu = _ambil(p, s, kunci=True)
            baru, sebelum = _periksa(p, s, satu.id), ringkas(satu)
            berubah = simpanan.ubah(satu, baru)
            if berubah:
                nama = {"wa_id": "nomor"}
                sesudah = {**ringkas(baru), "diganti": [nama.get(b, b) for b in berubah]}
                _catat(p, s, "pengurus_ubah", satu.id, sebelum, sesudah)
    except IsianError as galat:
        with sesi(baca=True) as s:
            return _formulir(p, _diketik(p), _ambil(p, s), galat.salah)
    return pindah(p.mentah, f"{DAFTAR}?ok=ubah")


def hapus(p: Permintaan) -> Response:
    """Take an officer off the list."""
    with sesi() as s:
        satu = _ambil(p, s, kunci=True)
        _catat(p, s, "pengurus_hapus", satu.id, ringkas(satu))
        s.delete(satu)
    return pindah(p.mentah, f"{DAFTAR}?ok=hapus")


def ringkas(satu: Pengurus | simpanan.Data) -> dict[str, object]:
    """What the audit trail may know: neither name nor number."""
    return {"wilayah": sebut_wilayah(satu.rt, satu.rw), "dikabari": satu.dikabari}


def _catat(p: Permintaan, s: Session, tindakan: str, nomor: int, *isi: object) -> None:
    audit.catat(s, p.pengguna.nama_pengguna, tindakan, _sasaran(nomor), *isi)


def _sasaran(nomor: int) -> str:
    return f"pengurus:{nomor}"


def _ambil(p: Permintaan, s: Session, kunci: bool = False) -> Pengurus:
    satu = s.get(Pengurus, p.path["id"], with_for_update=kunci)
    if satu is None:
        raise HTTPException(404)
    return satu


def _diketik(p: Permintaan) -> Formulir:
    dikabari = p.isi("dikabari", 5) == "ya"
    return Formulir(p.isi("wilayah", 7), p.isi("nama", 500), p.isi("whatsapp", 100), dikabari)


def _periksa(p: Permintaan, s: Session, sendiri: int | None = None) -> simpanan.Data:
    """What was typed, checked against the directory and the other officers."""
    isi = _diketik(p)
    rt, _, rw = isi.wilayah.partition("/")
    peta = direktori.baca(s)
    baru = periksa(rt or None, rw, isi.nama, isi.whatsapp, isi.dikabari, peta)
    pemilik = simpanan.pemilik(s, baru.wa_id)
    if pemilik not in (None, sendiri):
        lain = s.get(Pengurus, pemilik)
        raise IsianError(
            {"whatsapp": f"sudah terdaftar untuk {sebutan(lain)}; satu nomor untuk satu pengurus"}
        )
    return baru


def _formulir(
    p: Permintaan, isi: Formulir, satu: Pengurus | None = None, salah: dict[str, str] | None = None
) -> Response:
    with sesi(baca=True) as s:
        peta = direktori.baca(s)
    return tampil(
        p,
        "wilayah/pengurus_ubah.html",
        status=422 if salah else 200,
        isi=isi,
        id=satu.id if satu else None,
        salah=salah or {},
        pilihan=_pilihan(peta),
        hilang=bool(isi.wilayah) and isi.wilayah not in _nilai(peta),
        sebut=sebut_wilayah(*_pecah(isi.wilayah)),
    )


def _pecah(wilayah: str) -> tuple[str | None, str]:
    rt, _, rw = wilayah.partition("/")
    return rt or None, rw


def _pilihan(peta: Direktori) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of the select: per RW its own officer and those of its RT."""
    return [
        (
            f"RW {rw}",
            [
                (f"/{rw}", f"Ketua RW {rw}"),
                *((f"{rt}/{rw}", f"Ketua RT {rt}/RW {rw}") for rt in peta.rt_di(rw)),
            ],
        )
        for rw in peta.rw()
    ]


def _nilai(peta: Direktori) -> set[str]:
    return {nilai for _, isi in _pilihan(peta) for nilai, _ in isi}


HALAMAN = (
    Halaman(DAFTAR, daftar, peran.LIHAT),
    Halaman(f"{DAFTAR}/tambah", formulir_baru, peran.KELOLA),
    Halaman(f"{DAFTAR}/tambah", tambah, peran.KELOLA, "POST"),
    Halaman(DAFTAR + "/{id:int}", formulir_ubah, peran.KELOLA),
    Halaman(DAFTAR + "/{id:int}", ubah, peran.KELOLA, "POST"),
    Halaman(DAFTAR + "/{id:int}/hapus", hapus, peran.KELOLA, "POST"),
)
