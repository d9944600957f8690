"""The officers' daily digest over WhatsApp: what came, what waits longest, who waits for an answer.

It goes out once per working day, when the office opens, to officers who want it. It names numbers
of applications and nobody's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kelurahan import jam_kantor
from kelurahan.console.pekerja import Tugas
from kelurahan.console.ringkasan.angka import angka
from kelurahan.console.tampilan import HARI, jam, lamanya, tanggal
from kelurahan.settings import settings
from kelurahan.store import peringatan, sesi, status, waktu, warga
from kelurahan.store.models import Permohonan
from kelurahan.store.models_petugas import BELUM_SELESAI, Petugas, Serahan
from kelurahan.store.waktu import WIB, wib
from kelurahan.whatsapp import build, outbox, templates
from kelurahan.wilayah import kelurahan

TIAP = 60.0  # seconds
JENIS = "ringkasan_petugas"  # of the outbox rows
TERLAMA = 3  # applications that are named
JAM_BIASA = (("Senin-Jumat", "08.00-16.00"),)  # where the kelurahan's hours are not known
# of the open ones, those that wait for the office and not for the resident
DI_MEJA = (status.BARU, status.DIPERIKSA, status.DIPROSES)


@dataclass(frozen=True)
class Keadaan:
    """How things stand, the same for every officer."""

    kini: datetime
    dikerjakan: int
    terlama: Sequence[tuple[str, datetime]]  # number and since when, the oldest first
    percakapan: int
    percakapan_sejak: datetime | None
    gangguan: int


def kirim() -> int:
    """Write the digests that are due; how many. Two consoles at once write each once."""
    kini = waktu.sekarang()
    if not jam_kantor.buka(kelurahan().jam or JAM_BIASA, wib(kini)):
        return 0
    with sesi(baca=True) as s:
        semua = list(s.scalars(_belum(kini)))
        if not semua:
            return 0
        keadaan = _keadaan(s, kini)
    with sesi() as s:
        siapa = s.scalars(_belum(kini).where(Petugas.id.in_(semua)).with_for_update()).all()
        return sum(_tulis(s, s.get(Petugas, satu), keadaan) for satu in siapa)


def teks(keadaan: Keadaan, baru: int, sejak: datetime) -> str:
    """What an officer reads."""
    hari = wib(keadaan.kini).date()
    butir = [
        f"{angka(baru)} permohonan baru sejak {jam(sejak)}",
        f"{angka(keadaan.dikerjakan)} permohonan perlu dikerjakan",
    ]
    if keadaan.terlama:
        lama = (f"{nomor} ({lamanya(keadaan.kini - saat)})" for nomor, saat in keadaan.terlama)
        butir.append(f"paling lama menunggu: {', '.join(lama)}")
    if keadaan.percakapan_sejak:
        menunggu = lamanya(keadaan.kini - keadaan.percakapan_sejak)
        butir.append(f"{angka(keadaan.percakapan)} percakapan menunggu, paling lama {menunggu}")
    else:
        butir.append("tidak ada percakapan yang menunggu")
    if keadaan.gangguan:
        butir.append(f"{angka(keadaan.gangguan)} gangguan perlu dilihat")
    alamat = settings().console_url
    return "\n".join(
        [
            f"*Ringkasan meja petugas*, {HARI[hari.weekday()]} {tanggal(hari)}",
            "",
            *(f"• {satu}" for satu in butir),
            *(("", f"Buka: {alamat}") if alamat else ()),
            "",
            "Ringkasan ini bisa dimatikan di setelan meja petugas.",
        ]
    )


def _belum(kini: datetime):
    """Ids of officers who want a digest and have had none today."""
    awal = datetime.combine(wib(kini).date(), time(), WIB)
    terakhir = Petugas.ringkasan_terakhir
    return (
        select(Petugas.id)
        .where(Petugas.aktif, Petugas.ringkasan, Petugas.wa_id.is_not(None))
        .where(or_(terakhir.is_(None), terakhir < awal))
        .order_by(Petugas.id)
    )


def _keadaan(s: Session, kini: datetime) -> Keadaan:
    di_meja = Permohonan.status.in_(DI_MEJA)
    lama = select(Permohonan.nomor, Permohonan.dibuat).where(di_meja)
    menunggu = select(func.count(), func.min(Serahan.dibuat)).where(
        BELUM_SELESAI, Serahan.dipegang.is_(None)
    )
    percakapan, sejak = s.execute(menunggu).one()
    return Keadaan(
        kini,
        s.scalar(select(func.count()).select_from(Permohonan).where(di_meja)),
        s.execute(lama.order_by(Permohonan.dibuat, Permohonan.id).limit(TERLAMA)).all(),
        percakapan,
        sejak,
        len(peringatan.terbuka(s)),
    )


def _tulis(s: Session, petugas: Petugas, keadaan: Keadaan) -> bool:
    kini = keadaan.kini
    sejak = petugas.ringkasan_terakhir or kini - timedelta(days=1)
    masuk = select(func.count()).select_from(Permohonan)
    baru = s.scalar(masuk.where(Permohonan.dibuat > sejak, Permohonan.dibuat <= kini))
    hari = wib(kini).date()
    petugas.ringkasan_terakhir = kini
    jumlah = (angka(n) for n in (baru, keadaan.dikerjakan, keadaan.percakapan))
    return outbox.enqueue(
        s,
        warga.kenali(s, wa_id=petugas.wa_id, bsuid=None),
        build.text_body(teks(keadaan, baru, sejak)),
        kind=JENIS,
        template=templates.body(templates.RINGKASAN, tanggal(hari), *jumlah),
        pesan_id=f"ringkasan:{petugas.id}:{hari.isoformat()}",
    )


TUGAS = (Tugas("ringkasan petugas", TIAP, kirim),)
