"""Senders: who writes to us, known by phone number, BSUID or both, and their privacy notice."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from kelurahan.store import pengurus, waktu
from kelurahan.store.engine import sisip_bila_baru
from kelurahan.store.errors import StoreBusyError, StoreError
from kelurahan.store.models import PANJANG_PENGIRIM, Inbox, Outbox, Permohonan, Warga
from kelurahan.store.models_petugas import Lampiran, Obrolan, Serahan
from kelurahan.store.siap import Siap

_COBA = 5
# built once; nothing equals a number or BSUID that is not given
_SEGAR = {"populate_existing": True}
_TERKUNCI = (
    select(Warga).where(Warga.id == bindparam("id"), Warga.digabung_ke.is_(None)).with_for_update()
)
_DIKENAL = Siap(
    select(Warga.id, Warga.wa_id, Warga.bsuid).where(
        or_(Warga.wa_id == bindparam("wa_id"), Warga.bsuid == bindparam("bsuid"))
    )
)


class PengirimError(StoreError):
    """A sender cannot be told from others: id, number and BSUID are missing or unusable."""


@dataclass(frozen=True)
class Alamat:
    """Where a sender can be answered; at least one of the two is set."""

    wa_id: str | None = field(repr=False)
    bsuid: str | None = field(repr=False)


def kenali(sesi: Session, *, wa_id: str | None, bsuid: str | None) -> str:
    """The sender id behind a number and/or BSUID: found, merged from two records, or new."""
    wa_id, bsuid = wa_id or None, bsuid or None
    if not (wa_id or bsuid):
        raise PengirimError("sender: neither number nor BSUID given; pass at least one")
    for _ in range(_COBA):
        kini = _DIKENAL.baris(sesi, {"wa_id": wa_id, "bsuid": bsuid})
        if len(kini) == 1 and wa_id in (None, kini[0][1]) and bsuid in (None, kini[0][2]):
            return kini[0][0]
        if kini:
            # something must change: look again under lock, another message may be changing it too
            if terkunci := _cari(sesi, wa_id, bsuid, kunci=True):
                return _satukan(sesi, terkunci, wa_id, bsuid)
            continue
        baru = uuid.uuid4().hex
        nilai = {"id": baru, "wa_id": wa_id, "bsuid": bsuid, "dibuat": waktu.sekarang()}
        if sisip_bila_baru(sesi, Warga, **nilai):
            return baru
    raise StoreBusyError("sender: its record keeps changing under us; try again")


def alamat(sesi: Session, pengirim: str) -> Alamat | None:
    """Number and BSUID of a sender; None for unknown senders and after deletion."""
    warga = sesi.get(Warga, id_sekarang(sesi, pengirim))
    if warga is None or not (warga.wa_id or warga.bsuid):
        return None
    return Alamat(warga.wa_id, warga.bsuid)


def pindahkan(
    sesi: Session,
    *,
    lama_wa_id: str | None,
    lama_bsuid: str | None,
    wa_id: str | None,
    bsuid: str | None,
) -> str | None:
    """Follow a change of number or BSUID that WhatsApp announced; None if the sender is unknown."""
    ditemukan = _cari(sesi, lama_wa_id, lama_bsuid, kunci=True)
    lama = _pemilik(ditemukan, lama_wa_id, lama_bsuid)
    if lama is None:
        return None
    if wa_id and wa_id != lama.wa_id and not bsuid:
        lama.bsuid = None  # a new number gets a new BSUID; it comes with the next message
    for lain in _cari(sesi, wa_id, bsuid, kunci=True):
        if lain.id == lama.id:
            continue
        if bsuid and lain.bsuid == bsuid:
            _gabung(sesi, lama, lain)  # wrote from the new account before the announcement came
        else:
            lain.wa_id = None  # an earlier holder of a recycled number: another person
    sesi.flush()  # free the unique values before they are taken
    if wa_id and lama.wa_id and wa_id != lama.wa_id:
        pengurus.pindah_nomor(sesi, lama.wa_id, wa_id)
    lama.wa_id = wa_id or lama.wa_id
    lama.bsuid = bsuid or lama.bsuid
    sesi.flush()
    return lama.id


def id_sekarang(sesi: Session, pengirim: str) -> str:
    """The id under which a sender's data is kept: its own, or that of the record merged into."""
    tujuan = sesi.scalar(select(Warga.digabung_ke).where(Warga.id == pengirim))
    return tujuan or pengirim


def kunci(sesi: Session, pengirim: str) -> Warga:
    """The sender's record, created if need be, locked: one change per sender at a time."""
    if not 0 < len(pengirim) <= PANJANG_PENGIRIM:
        raise PengirimError(f"sender id: {len(pengirim)} characters; use 1 to {PANJANG_PENGIRIM}")
    tujuan = pengirim
    for _ in range(_COBA):
        # signposts are never locked: a merge locks them after their goal, which could deadlock
        if warga := sesi.scalar(_TERKUNCI, {"id": tujuan}, execution_options=_SEGAR):
            return warga
        tujuan = id_sekarang(sesi, pengirim)
        if tujuan == pengirim:  # new, or deleted while we waited
            sisip_bila_baru(sesi, Warga, id=pengirim, dibuat=waktu.sekarang())
    raise StoreBusyError("sender: its record keeps changing under us; try again")


def _cari(sesi: Session, wa_id: str | None, bsuid: str | None, *, kunci: bool) -> list[Warga]:
    """Records holding the number or the BSUID; locked in order of id, so that nobody deadlocks."""
    dicari = ((Warga.wa_id, wa_id), (Warga.bsuid, bsuid))
    syarat = [kolom == nilai for kolom, nilai in dicari if nilai]
    if not syarat:
        return []
    pilih = select(Warga).where(or_(*syarat)).order_by(Warga.id)
    if kunci:
        pilih = pilih.with_for_update()
    return list(sesi.scalars(pilih, execution_options=_SEGAR))


def _pemilik(ditemukan: list[Warga], wa_id: str | None, bsuid: str | None) -> Warga | None:
    """Of the records found, the person meant. A BSUID is one person; numbers are handed on."""
    lewat_bsuid = [w for w in ditemukan if bsuid and w.bsuid == bsuid]
    lewat_nomor = [w for w in ditemukan if wa_id and w.wa_id == wa_id and not (bsuid and w.bsuid)]
    return (lewat_bsuid or lewat_nomor or [None])[0]


def _satukan(sesi: Session, ditemukan: list[Warga], wa_id: str | None, bsuid: str | None) -> str:
    """Make the records found agree with a message that carries this number and BSUID."""
    warga = _pemilik(ditemukan, wa_id, bsuid)
    for lain in ditemukan:
        if warga is None or lain.id == warga.id:
            continue
        if lain.bsuid is None and warga.wa_id is None:
            tua, muda = sorted((warga, lain), key=lambda w: (w.dibuat, w.id))
            _gabung(sesi, tua, muda)
            warga = tua
    for lain in ditemukan:
        if (warga is None or lain.id != warga.id) and wa_id and lain.wa_id == wa_id:
            lain.wa_id = None  # the number belongs to someone else now, whose data this is not
    sesi.flush()
    if warga is None:
        warga = Warga(id=uuid.uuid4().hex, dibuat=waktu.sekarang())
        sesi.add(warga)
    warga.wa_id = wa_id or warga.wa_id
    warga.bsuid = bsuid or warga.bsuid
    sesi.flush()
    return warga.id


def _gabung(sesi: Session, tinggal: Warga, pergi: Warga) -> None:
    """Move everything of `pergi` to `tinggal`; `pergi` stays as a signpost to it."""
    milik = Permohonan.warga_id == pergi.id
    bentrok = select(Permohonan.pesan_id).where(Permohonan.warga_id == tinggal.id)
    jalankan = {"synchronize_session": False}
    # the same message filed under both records: keep both, the unique key allows one
    beda = update(Permohonan).where(milik, Permohonan.pesan_id.in_(bentrok))
    sesi.execute(beda.values(pesan_id=None), execution_options=jalankan)
    _satu_serahan(sesi, tinggal, pergi)
    for tabel, kolom in (
        (Permohonan, Permohonan.warga_id),
        (Inbox, Inbox.warga_id),
        (Outbox, Outbox.warga_id),
        (Serahan, Serahan.warga_id),
        (Obrolan, Obrolan.warga_id),
        (Lampiran, Lampiran.warga_id),
        (Warga, Warga.digabung_ke),
    ):
        pindah = update(tabel).where(kolom == pergi.id).values({kolom: tinggal.id})
        sesi.execute(pindah, execution_options=jalankan)
    pergi.wa_id, pergi.bsuid, pergi.digabung_ke = None, None, tinggal.id
    tulis = [w.terakhir_menulis for w in (tinggal, pergi) if w.terakhir_menulis]
    tinggal.terakhir_menulis = max(tulis, default=None)
    if pergi.privasi_pada and not tinggal.privasi_pada:
        tinggal.privasi_pada = pergi.privasi_pada
    sesi.flush()


def _satu_serahan(sesi: Session, tinggal: Warga, pergi: Warga) -> None:
    """Of two open hand-overs the held one stays, else the older; both records become silent."""
    milik = Serahan.warga_id.in_((tinggal.id, pergi.id))
    terbuka = list(sesi.scalars(select(Serahan).where(milik, Serahan.selesai.is_(None))))
    terbuka.sort(key=lambda satu: (satu.dipegang is None, satu.dibuat, satu.id))
    for lebih in terbuka[1:]:
        lebih.selesai, lebih.penutup = waktu.sekarang(), "digabung"
    tinggal.dipegang, pergi.dipegang = tinggal.dipegang or pergi.dipegang, False
    sesi.flush()
