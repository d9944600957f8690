"""What has happened to an application, as one line of time: filed, moved, corrected, told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kelurahan.console.permohonan.saringan import LABEL
from kelurahan.console.permohonan.ubah import (
    layanan_dari,
    surat_koreksi,
    surat_status,
    tampak,
)
from kelurahan.katalog import Layanan
from kelurahan.permohonan import OLEH_WARGA
from kelurahan.store.models import Outbox, Permohonan, RiwayatIsian, RiwayatStatus
from kelurahan.whatsapp import outbox

SAMPAI = {"read": "sudah dibaca", "played": "sudah dibaca", "delivered": "sudah sampai"}
KEADAAN = {
    "waiting": "sedang dikirim",
    "running": "sedang dikirim",
    outbox.WINDOWED: "belum terkirim, menunggu warga menulis lagi",
    outbox.FAILED: "tidak sampai",
    outbox.UNCERTAIN: "belum pasti sampai",
}
SEBUTAN = {"rt": "RT", "rw": "RW", "nama": "Nama", "tanggal_lahir": "Tanggal lahir"}


@dataclass(frozen=True)
class Peristiwa:
    """One event. `surat`: how far the message about it has come, "" if there was none."""

    pada: datetime
    oleh: str
    judul: str
    status: str = ""
    rincian: tuple[str, ...] = field(default=(), repr=False)
    catatan: str = field(default="", repr=False)
    surat: str = ""


def susun(s: Session, satu: Permohonan) -> list[Peristiwa]:
    """The whole history, oldest first."""
    layanan = layanan_dari(satu)
    surat = _surat(s, satu)
    semua = [_langkah(langkah, surat) for langkah in satu.riwayat]
    # fields corrected together are one event
    for ralat in _bersama(satu.koreksi):
        semua.append(_ralat(ralat, layanan, surat))
    return sorted(semua, key=lambda p: p.pada)


def _bersama(koreksi: list[RiwayatIsian]) -> list[list[RiwayatIsian]]:
    kelompok: dict[tuple, list[RiwayatIsian]] = {}
    for satu in koreksi:
        kelompok.setdefault((satu.pada, satu.oleh, satu.alasan), []).append(satu)
    return list(kelompok.values())


def _langkah(langkah: RiwayatStatus, surat: dict[str, str]) -> Peristiwa:
    judul = "Permohonan diajukan" if langkah.dari is None else LABEL.get(langkah.ke, langkah.ke)
    return Peristiwa(
        langkah.pada,
        siapa(langkah.oleh),
        judul,
        langkah.ke,
        catatan=langkah.catatan or "",
        surat=surat.get(surat_status(langkah.id), ""),
    )


def _ralat(ralat: list[RiwayatIsian], layanan: Layanan | None, surat: dict[str, str]) -> Peristiwa:
    baris = tuple(
        f"{SEBUTAN.get(r.isian, 'Jenis')}: {tampak(r.isian, r.sebelum, layanan)} → "
        f"{tampak(r.isian, r.sesudah, layanan)}"
        for r in ralat
    )
    return Peristiwa(
        ralat[0].pada,
        siapa(ralat[0].oleh),
        "Data diperbaiki",
        rincian=baris,
        catatan=ralat[0].alasan or "",
        surat=surat.get(surat_koreksi(ralat[0].id), ""),
    )


def siapa(oleh: str) -> str:
    """Who did it, as colleagues read it."""
    return "warga" if oleh == OLEH_WARGA else oleh


def _surat(s: Session, satu: Permohonan) -> dict[str, str]:
    """How far each message about this application has come, by the message's name."""
    if satu.warga_id is None:
        return {}
    nama = [surat_status(r.id) for r in satu.riwayat] + [surat_koreksi(r.id) for r in satu.koreksi]
    pilih = select(Outbox.pesan_id, Outbox.state, Outbox.delivery).where(Outbox.pesan_id.in_(nama))
    return {baris.pesan_id: _sampai(baris.state, baris.delivery) for baris in s.execute(pilih)}


def _sampai(keadaan: str, terkirim: str | None) -> str:
    if terkirim == "failed":
        return KEADAAN[outbox.FAILED]
    return KEADAAN.get(keadaan) or SAMPAI.get(terkirim or "", "terkirim")
