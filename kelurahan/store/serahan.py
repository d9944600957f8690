"""Hand-over to a human: who waits, who holds which conversation, what was said, how it ended.

While somebody holds a conversation its `Warga.dipegang` is set and the bot is silent. Whoever
changes that holds the resident's lane (`kunci`), so that a message arriving just then goes either
to the bot or to the officer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from kelurahan.store import waktu, warga
from kelurahan.store.engine import sesi, sisip_bila_baru
from kelurahan.store.errors import StoreError
from kelurahan.store.models import Warga
from kelurahan.store.models_petugas import BELUM_SELESAI, Obrolan, Serahan
from kelurahan.store.queue import lock

# why: the resident asked, complains about our service, was not understood; an officer began by
# themselves, let go again; the resident wants everything erased, which the bot does
DIMINTA, KELUHAN, TIDAK_PAHAM = "diminta", "keluhan", "tidak_paham"
PETUGAS, DILEPAS, HAPUS_DATA = "petugas", "dilepas", "hapus_data"
# how it ended: done, ended by the resident, let go, nobody wrote, nobody came, erased; merging
# two records of one resident ends one of two as "digabung"
SELESAI, OLEH_WARGA, OTOMATIS = "selesai", "warga", "otomatis"
KEDALUWARSA, DIHAPUS = "kedaluwarsa", "dihapus"
MASUK, KELUAR = "masuk", "keluar"
# of what was asked lately, to say how long it takes
TERAKHIR, SELAMA = 20, timedelta(days=30)
_DIAM = {"synchronize_session": False}


class DipegangError(StoreError):
    """Another officer holds the conversation (`petugas_id`); nothing was changed."""

    def __init__(self, petugas_id: int) -> None:
        super().__init__(f"conversation: held by officer {petugas_id}; ask them to let go")
        self.petugas_id = petugas_id


@dataclass(frozen=True)
class Antrean:
    """Where a resident stands after asking for a human."""

    baru: bool  # False: had asked before
    sejak: datetime
    dipegang: bool
    di_depan: int
    lama: tuple[tuple[datetime, datetime], ...]  # recent ones: asked, taken


def minta(pengirim: str, sebab: str, *, setelah: datetime | None = None) -> Antrean | None:
    """Put a resident into the queue, once; None when one of theirs ended after `setelah`."""
    with sesi() as s:
        siapa = warga.kunci(s, pengirim)
        satu = terbuka(s, siapa.id)
        baru = satu is None
        if baru and setelah and _selesai_setelah(s, siapa.id, setelah):
            return None
        satu = satu or _baru(s, siapa.id, sebab)
        dipegang = satu.dipegang is not None
        return Antrean(baru, satu.dibuat, dipegang, _di_depan(s, satu), _lama(s))


def terbuka(s: Session, warga_id: str) -> Serahan | None:
    """The resident's open hand-over, waiting or held."""
    return s.scalar(select(Serahan).where(Serahan.warga_id == warga_id, BELUM_SELESAI))


def kunci(s: Session, pengirim: str) -> Warga | None:
    """The resident with the lane locked until the transaction ends; None when there is none."""
    tujuan = warga.id_sekarang(s, pengirim)
    lock(s, tujuan)
    pilih = select(Warga).where(Warga.id == tujuan, Warga.digabung_ke.is_(None)).with_for_update()
    return s.scalar(pilih, execution_options={"populate_existing": True})


def ambil(s: Session, siapa: Warga, petugas_id: int, *, dari: int | None = None) -> Serahan | None:
    """Let an officer hold the conversation of a resident that is locked; None if they already do.

    `dari`: the colleague it is taken from on purpose. Held by anybody else is a DipegangError.
    """
    satu = terbuka(s, siapa.id)
    if satu is not None and satu.petugas_id == petugas_id:
        return None
    if satu is not None and satu.petugas_id not in (None, dari):
        raise DipegangError(satu.petugas_id)
    kini = waktu.sekarang()
    satu = satu or _baru(s, siapa.id, PETUGAS)
    satu.petugas_id, satu.dipegang, satu.terakhir = petugas_id, satu.dipegang or kini, kini
    siapa.dipegang = True
    s.flush()
    return satu


def tutup(s: Session, siapa: Warga, penutup: str) -> Serahan | None:
    """End the open hand-over of a resident that is locked, and let the bot speak again."""
    satu = terbuka(s, siapa.id)
    siapa.dipegang = False
    if satu is not None:
        satu.selesai, satu.penutup = waktu.sekarang(), penutup
    s.flush()
    return satu


def lepas(s: Session, siapa: Warga, sebab: str = DILEPAS) -> Serahan | None:
    """Let go of a held conversation: it waits anew, the bot speaks; returns the one that ended."""
    satu = tutup(s, siapa, DILEPAS)
    if satu is not None:
        _baru(s, siapa.id, sebab)
    return satu


def catat(
    s: Session,
    warga_id: str,
    teks: str,
    *,
    arah: str,
    oleh: str,
    pada: datetime | None = None,
    pesan_id: str | None = None,
    outbox_id: int | None = None,
) -> None:
    """Write down one line between a resident and an officer; a received message only once."""
    kunci_ = {"pesan_id": pesan_id, "outbox_id": outbox_id}
    isi = {"arah": arah, "oleh": oleh, "teks": teks, "pada": pada or waktu.sekarang()}
    sisip_bila_baru(s, Obrolan, warga_id=warga_id, **isi, **kunci_)


def sentuh(s: Session, warga_id: str) -> None:
    """One of the two has said something: the conversation is alive."""
    hidup = update(Serahan).where(Serahan.warga_id == warga_id, BELUM_SELESAI)
    s.execute(hidup.values(terakhir=waktu.sekarang()), execution_options=_DIAM)


def lupakan(s: Session, semua: Collection[str]) -> None:
    """Forget what was said with these residents; of the hand-overs only how long they took stays.

    Their moments are moved to the start of the month, as those of applications are: day and hour
    could be matched with a chat.
    """
    s.execute(delete(Obrolan).where(Obrolan.warga_id.in_(semua)), execution_options=_DIAM)
    for satu in s.scalars(select(Serahan).where(Serahan.warga_id.in_(semua))):
        if satu.selesai is None:
            satu.selesai, satu.penutup = waktu.sekarang(), DIHAPUS
        geser = satu.dibuat - waktu.awal_bulan(satu.dibuat)
        for nama in ("dibuat", "dipegang", "terakhir", "selesai"):
            if (saat := getattr(satu, nama)) is not None:
                setattr(satu, nama, saat - geser)
        satu.warga_id = None
    s.flush()


def _baru(s: Session, warga_id: str, sebab: str) -> Serahan:
    kini = waktu.sekarang()
    satu = Serahan(warga_id=warga_id, sebab=sebab, dibuat=kini, terakhir=kini)
    s.add(satu)
    s.flush()
    return satu


def _selesai_setelah(s: Session, warga_id: str, saat: datetime) -> bool:
    milik = select(Serahan.id).where(Serahan.warga_id == warga_id, Serahan.selesai > saat)
    return s.scalar(milik.limit(1)) is not None


def _di_depan(s: Session, satu: Serahan) -> int:
    """How many wait before this one."""
    dulu = or_(
        Serahan.dibuat < satu.dibuat, and_(Serahan.dibuat == satu.dibuat, Serahan.id < satu.id)
    )
    pilih = select(func.count()).select_from(Serahan)
    return s.scalar(pilih.where(BELUM_SELESAI, Serahan.dipegang.is_(None), dulu)) or 0


def _lama(s: Session) -> tuple[tuple[datetime, datetime], ...]:
    """When the last ones that residents caused were asked and taken."""
    pilih = select(Serahan.dibuat, Serahan.dipegang).where(
        Serahan.dipegang.is_not(None),
        Serahan.sebab.in_((DIMINTA, KELUHAN, TIDAK_PAHAM)),
        Serahan.dibuat > waktu.sekarang() - SELAMA,
    )
    return tuple(map(tuple, s.execute(pilih.order_by(Serahan.id.desc()).limit(TERAKHIR))))
