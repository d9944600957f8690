"""One application: what it says, its history, and the two forms that change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kelurahan.console import lampiran
from kelurahan.console.halaman import Permintaan
from kelurahan.console.permohonan import koreksi, pratinjau, riwayat, ubah
from kelurahan.console.permohonan.antrean import menunggu
from kelurahan.console.permohonan.saringan import LABEL
from kelurahan.console.tampilan import tampil
from kelurahan.isian import Salah
from kelurahan.katalog import Layanan
from kelurahan.store import sesi, status, waktu
from kelurahan.store.models import Permohonan

CATATAN_TERPANJANG = 600  # characters; longer ones are not read on a phone
BERHASIL = {
    "status": "Status sudah diubah.",
    "koreksi": "Perbaikan sudah disimpan.",
    "sama": "Tidak ada yang berbeda, jadi tidak ada yang diubah dan tidak ada pesan terkirim.",
}


@dataclass(frozen=True)
class Formulir:
    """The form for a new status as it was sent, and what is wrong with it."""

    ke: str = ""
    catatan: str = field(default="", repr=False)
    salah: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormulirKoreksi:
    """The form for corrections as it was sent, and what is wrong with it."""

    tulisan: Mapping[str, str] = field(repr=False)
    salah: Mapping[str, Salah] = field(default_factory=dict, repr=False)
    umum: str = ""
    dilihat: datetime | None = None  # None: the application as it stands now


def cari(s: Session, nomor: str) -> Permohonan:
    """The application with this number, or a page that says there is none."""
    satu = s.scalar(select(Permohonan).where(Permohonan.nomor == nomor.strip().upper()[:40]))
    if satu is None:
        raise HTTPException(404)
    return satu


def rinci(p: Permintaan) -> Response:
    """The page."""
    return halaman(p)


def halaman(
    p: Permintaan,
    *,
    formulir: Formulir | None = None,
    perbaikan: FormulirKoreksi | None = None,
    kode: int = 200,
) -> Response:
    """The page, with forms as they were sent."""
    formulir = formulir or Formulir()
    with sesi(baca=True) as s:
        satu = cari(s, p.path["nomor"])
        isi: dict[str, Any] = {
            "satu": satu,
            "riwayat": riwayat.susun(s, satu),
            "lewat": pratinjau.jangkauan(s, satu),
            "lampiran": lampiran.daftar(s, permohonan_id=satu.id),
        }
    layanan = ubah.layanan_dari(satu)
    isi |= {
        "butir": layanan,
        "varian": ubah.tampak("varian", satu.varian, layanan),
        "syarat": _syarat(layanan, satu.varian),
        "umur": _umur(satu, layanan),
        "menunggu": menunggu(satu),
        "label": LABEL,
        "tujuan": tujuan(satu),
        "akhir": [k for k, lanjut in status.PERPINDAHAN.items() if not lanjut],
        "butuh_catatan": ubah.BUTUH_CATATAN,
        "catatan_terpanjang": CATATAN_TERPANJANG,
        "formulir": formulir,
        **isi_pratinjau(satu, formulir, isi["lewat"]),
        "sepotong": False,
        "sebutan": koreksi.SEBUTAN,
        "perbaikan": perbaikan or FormulirKoreksi(koreksi.tertulis(satu)),
        "boleh_diperbaiki": ubah.boleh_diperbaiki(satu),
        "berhasil": BERHASIL.get(p.query.get("ok", ""), ""),
    }
    return tampil(p, "permohonan/rinci.html", status=kode, **isi)


def lihat_pratinjau(p: Permintaan) -> Response:
    """The message before it is sent: a piece for htmx, the whole page without a script."""
    formulir = baca_formulir(p)
    if not p.sepotong:
        return halaman(p, formulir=formulir)
    with sesi(baca=True) as s:
        satu = cari(s, p.path["nomor"])
        lewat = pratinjau.jangkauan(s, satu)
    isi = isi_pratinjau(satu, formulir, lewat)
    return tampil(p, "permohonan/pratinjau.html", sepotong=True, lewat=lewat, **isi)


def baca_formulir(p: Permintaan) -> Formulir:
    """The form for a new status."""
    return Formulir(p.isi("ke", 40), p.isi("catatan"))


def isi_pratinjau(
    satu: Permohonan, formulir: Formulir, lewat: pratinjau.Jangkauan
) -> dict[str, Any]:
    """What the preview shows of a form that may be half filled in."""
    ke = formulir.ke if status.boleh(satu.status, formulir.ke) else ""
    kosong = bool(ke in ubah.BUTUH_CATATAN and not formulir.catatan)
    catatan = "(catatan Anda)" if kosong else formulir.catatan
    return {
        "ke": ke,
        "pratinjau": pratinjau.pratinjau(satu, ke, catatan, lewat) if ke else None,
        "akibat": pratinjau.akibat(ke, lewat),
        "kurang_catatan": kosong,
    }


def tujuan(satu: Permohonan) -> list[str]:
    """The statuses that may follow, in the order of the work."""
    return [s for s in status.SEMUA if status.boleh(satu.status, s)]


def _syarat(layanan: Layanan | None, kunci: str | None) -> list[tuple[str, tuple[str, ...]]]:
    """What must be there: of the resident's own case, of all cases while it is unknown."""
    if layanan is None:
        return []
    milik = [v for v in layanan.varian if v.kunci == kunci] or list(layanan.varian)
    umum = [("", layanan.syarat)] if layanan.syarat else []
    return umum + [(v.nama, v.syarat) for v in milik]


def _umur(satu: Permohonan, layanan: Layanan | None) -> tuple[int, str] | None:
    """Age in whole years when it was filed, and the service's rule if that is too young."""
    lahir = satu.tanggal_lahir
    if lahir is None:
        return None
    hari: date = waktu.wib(satu.dibuat).date()
    tahun = hari.year - lahir.year - ((hari.month, hari.day) < (lahir.month, lahir.day))
    aturan = layanan.usia_minimal if layanan else None
    return tahun, aturan.pesan if aturan and tahun < aturan.tahun else ""
