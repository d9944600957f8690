"""The audit trail: who did what to what, newest first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kelurahan.console.halaman import Halaman, Permintaan
from kelurahan.console.keamanan import peran
from kelurahan.console.tampilan import tampil
from kelurahan.store import sesi
from kelurahan.store.models_petugas import JejakAudit, Petugas
from kelurahan.store.waktu import WIB

SEHALAMAN = 100
BUKAN_PETUGAS = ("sistem", "warga")


@dataclass(frozen=True)
class Saringan:
    """What is looked for. Officers stand in the address by number, not by name."""

    oleh: str = ""  # id of an officer, or one of BUKAN_PETUGAS
    tindakan: str = ""
    dari: date | None = None
    sampai: date | None = None
    sebelum: int | None = None  # lines older than this one

    def alamat(self, sebelum: int | None = None) -> str:
        """The query string of this search, from that line on."""
        isi = {
            "oleh": self.oleh,
            "tindakan": self.tindakan,
            "dari": self.dari.isoformat() if self.dari else "",
            "sampai": self.sampai.isoformat() if self.sampai else "",
            "sebelum": str(sebelum or ""),
        }
        return "&".join(f"{nama}={nilai}" for nama, nilai in isi.items() if nilai)


@dataclass(frozen=True)
class Baris:
    """One line, readable."""

    jejak: JejakAudit
    beda: list[tuple[str, str, str]]  # what, before, after


def halaman_jejak(p: Permintaan) -> Response:
    """A page of the trail."""
    with sesi(baca=True) as s:
        orang = dict(s.execute(select(Petugas.id, Petugas.nama_pengguna)).all())
        tindakan = list(s.scalars(select(JejakAudit.tindakan).distinct()))
        saring = _baca(p, orang, tindakan)
        jejak = _cari(s, saring, orang)
    lagi = len(jejak) > SEHALAMAN
    baris = [Baris(satu, beda(satu.sebelum, satu.sesudah)) for satu in jejak[:SEHALAMAN]]
    return tampil(
        p,
        "pengguna/jejak.html",
        saring=saring,
        baris=baris,
        orang=sorted(orang.items(), key=lambda satu: satu[1]),
        lain=BUKAN_PETUGAS,
        tindakan=sorted(tindakan),
        lebih_lama=saring.alamat(baris[-1].jejak.id) if lagi else "",
    )


def _baca(p: Permintaan, orang: Mapping[int, str], tindakan: list[str]) -> Saringan:
    """The filters of the address; what is not known there is said, not ignored."""
    ambil = {nama: p.query.get(nama, "").strip() for nama in Saringan.__dataclass_fields__}
    if ambil["oleh"] and ambil["oleh"] not in (*map(str, orang), *BUKAN_PETUGAS):
        raise HTTPException(422, "Petugas itu tidak ada; pilih dari daftar.")
    if ambil["tindakan"] and ambil["tindakan"] not in tindakan:
        raise HTTPException(422, "Tindakan itu tidak ada di jejak; pilih dari daftar.")
    if ambil["sebelum"] and not (ambil["sebelum"].isdecimal() and len(ambil["sebelum"]) < 10):
        raise HTTPException(422, "Halaman itu tidak ada; mulai lagi dari yang terbaru.")
    return Saringan(
        ambil["oleh"],
        ambil["tindakan"],
        _tanggal(ambil["dari"]),
        _tanggal(ambil["sampai"]),
        int(ambil["sebelum"]) if ambil["sebelum"] else None,
    )


def _tanggal(teks: str) -> date | None:
    if not teks:
        return None
    try:
        hari = date.fromisoformat(teks)
    except ValueError:
        hari = date.min
    if not 2000 <= hari.year <= 2999:  # no moment of the first or last day may overflow
        raise HTTPException(422, "Tanggal ditulis seperti 2026-11-24.")
    return hari


def _cari(s: Session, saring: Saringan, orang: Mapping[int, str]) -> list[JejakAudit]:
    pilih = select(JejakAudit).order_by(JejakAudit.id.desc()).limit(SEHALAMAN + 1)
    if saring.oleh:
        nama = orang[int(saring.oleh)] if saring.oleh.isdecimal() else saring.oleh
        pilih = pilih.where(JejakAudit.oleh == nama)
    if saring.tindakan:
        pilih = pilih.where(JejakAudit.tindakan == saring.tindakan)
    if saring.dari:
        pilih = pilih.where(JejakAudit.pada >= _awal_hari(saring.dari))
    if saring.sampai:
        pilih = pilih.where(JejakAudit.pada < _awal_hari(saring.sampai) + timedelta(days=1))
    if saring.sebelum is not None:
        pilih = pilih.where(JejakAudit.id < saring.sebelum)
    return list(s.scalars(pilih))


def _awal_hari(hari: date) -> datetime:
    return datetime.combine(hari, time(), WIB)


def beda(sebelum: str | None, sesudah: str | None) -> list[tuple[str, str, str]]:
    """What changed: field, before, after; a value that is no object stands under ""."""
    lama, baru = _urai(sebelum), _urai(sesudah)
    kunci = dict.fromkeys([*lama, *baru])
    return [
        (nama, _kata(lama.get(nama)), _kata(baru.get(nama)))
        for nama in kunci
        if lama.get(nama) != baru.get(nama)
    ]


def _urai(teks: str | None) -> dict[str, Any]:
    if teks is None:
        return {}
    try:
        isi = json.loads(teks)
    except ValueError:
        isi = teks
    return isi if isinstance(isi, dict) else {"": isi}


def _kata(nilai: Any) -> str:
    if nilai is None:
        return "-"
    if isinstance(nilai, bool):
        return "ya" if nilai else "tidak"
    if isinstance(nilai, list):
        return "\n".join(map(_kata, nilai)) or "-"
    if isinstance(nilai, dict):
        return "\n".join(f"{nama}: {_kata(isi)}" for nama, isi in nilai.items()) or "-"
    return str(nilai)


HALAMAN = (Halaman("/pengguna/jejak", halaman_jejak, peran.KELOLA),)
