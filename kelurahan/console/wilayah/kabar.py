"""Tells RT and RW officers who agreed to it of new applications from their RT or RW."""

from __future__ import annotations

from sqlalchemy import String, and_, cast, exists, or_, select
from sqlalchemy.engine import Row

from kelurahan.console.pekerja import Tugas
from kelurahan.katalog import katalog
from kelurahan.replies import pengurus as teks
from kelurahan.store import pengurus, sesi, status, waktu, warga
from kelurahan.store.models import Outbox, Permohonan, Warga
from kelurahan.store.models_petugas import Pengurus
from kelurahan.whatsapp import build, outbox, templates

TIAP = 5  # seconds


def kabari() -> int:
    """Write the messages that are due; returns how many. Two consoles at once write each once."""
    with sesi(baca=True) as s:
        if s.execute(_belum_dikabari().limit(1)).first() is None:
            return 0  # nearly always: SQLite's one writer is left alone
    with sesi() as s:
        # again under the lock: applications may have been erased in between
        return sum(_tulis(s, permohonan, kepada) for permohonan, kepada in _baris(s))


def _baris(s) -> list[Row]:
    pilih = _belum_dikabari()
    pilih = pilih.order_by(Permohonan.id, Pengurus.id).with_for_update(of=Permohonan, read=True)
    return s.execute(pilih).all()


def _belum_dikabari():
    """Applications of the last hour and the officers concerned who have not been told yet."""
    kunci = pengurus.kunci_kabar(Permohonan.nomor, cast(Pengurus.id, String))
    milik = and_(Pengurus.jabatan == pengurus.RT, Pengurus.rt == Permohonan.rt)
    sendiri = exists().where(Warga.id == Permohonan.warga_id, Warga.wa_id == Pengurus.wa_id)
    return select(Permohonan, Pengurus).where(
        Permohonan.dibuat > waktu.sekarang() - pengurus.UMUR_KABAR,
        Permohonan.dibuat >= Pengurus.dibuat,
        Permohonan.status.in_(status.TERBUKA),
        Permohonan.layanan.in_(katalog().slugs()),
        Permohonan.warga_id.is_not(None),  # erased: nobody's any more
        Pengurus.dikabari.is_(True),
        Pengurus.rw == Permohonan.rw,
        or_(Pengurus.jabatan == pengurus.RW, milik),
        ~sendiri,
        ~exists().where(Outbox.pesan_id == kunci),
    )


def _tulis(s, permohonan: Permohonan, kepada: Pengurus) -> bool:
    layanan = katalog().ambil(permohonan.layanan)
    return outbox.enqueue(
        s,
        warga.kenali(s, wa_id=kepada.wa_id, bsuid=None),
        build.text_body(teks.kabar(kepada, permohonan, layanan)),
        kind=pengurus.KABAR,
        template=templates.body(templates.PENGURUS, *teks.isi_templat(permohonan, layanan)),
        pesan_id=pengurus.kunci_kabar(permohonan.nomor, str(kepada.id)),
    )


TUGAS = (Tugas("kabar pengurus", TIAP, kabari),)
