"""Deletion on request (UU 27/2022): what goes, what stays unnamed, what is due."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from kelurahan.store import lampiran, pengurus, serahan, status, waktu
from kelurahan.store.engine import sesi, sisip_bila_baru
from kelurahan.store.models import Inbox, Outbox, Penghapusan, Permohonan, Warga
from kelurahan.store.warga import kunci

NAMA_DIHAPUS = "[dihapus]"
TERSISA = (
    "Yang tersisa hanya catatan tanpa identitas: nomor permohonan, jenis layanan, bulan, RW, "
    "perjalanan statusnya, dan lama menunggu petugas, untuk laporan kelurahan. Kami juga menyimpan "
    "kode acak dari pesan WhatsApp yang sudah diproses, supaya pesan lama tidak diproses dua kali."
)


@dataclass(frozen=True)
class RingkasanHapus:
    """What a deletion did, to be told to the resident (`tersisa` is meant for them)."""

    dianonimkan: int  # applications that lost name, birth date, RT and sender
    dihapus: int  # records deleted whole: the contact (1) and corrected earlier values
    dibatalkan: int = 0  # of the anonymised, those that were still open and are now cancelled
    tersisa: str = TERSISA


def hapus(s: Session, pengirim: str, oleh: str) -> RingkasanHapus:
    """Anonymise a sender's applications, delete the contact, ask for the conversation's erasure."""
    warga = kunci(s, pengirim)
    pilih = select(Permohonan).where(Permohonan.warga_id == warga.id).with_for_update()
    permohonan = list(s.scalars(pilih.order_by(Permohonan.id)))
    dibatalkan = [p for p in permohonan if status.boleh(p.status, status.DIBATALKAN)]
    dihapus = sum(len(p.koreksi) for p in permohonan) + bool(warga.wa_id or warga.bsuid)
    for satu in permohonan:
        pengurus.tarik_kabar(s, satu.nomor, satu.dibuat)
        _anonimkan(satu)
    for satu in dibatalkan:
        satu.pindah(status.DIBATALKAN, oleh, satu.diubah)
    s.flush()
    pengurus.lupakan(s, warga.wa_id)
    _lepaskan(s, warga)
    return RingkasanHapus(len(permohonan), dihapus, len(dibatalkan))


def diminta(pengirim: str) -> bool:
    """Whether this sender's conversation must be erased after the present turn."""
    with sesi(baca=True) as s:
        return s.scalar(_tertunda().where(Penghapusan.warga_id == pengirim)) is not None


def tertunda() -> list[str]:
    """Every sender id whose conversation is still to be erased (after a crash, for instance)."""
    with sesi(baca=True) as s:
        return list(s.scalars(_tertunda().order_by(Penghapusan.diminta)))


def selesai(pengirim: str) -> None:
    """Note that the conversation has been erased."""
    with sesi() as s:
        kini = update(Penghapusan).where(Penghapusan.warga_id == pengirim)
        kini = kini.where(Penghapusan.selesai.is_(None)).values(selesai=waktu.sekarang())
        s.execute(kini, execution_options={"synchronize_session": False})


def _tertunda():
    return select(Penghapusan.warga_id).where(Penghapusan.selesai.is_(None))


def _anonimkan(p: Permohonan) -> None:
    """Keep service, month, RW and the time each step took; nothing that points at a person."""
    p.nama, p.tanggal_lahir, p.rt, p.warga_id, p.pesan_id = NAMA_DIHAPUS, None, None, None, None
    p.koreksi.clear()
    # day and hour could be matched with a chat; durations, moved to the month's start, cannot
    geser = p.dibuat - waktu.awal_bulan(p.dibuat)
    p.dibuat, p.diubah = p.dibuat - geser, waktu.sekarang() - geser
    for langkah in p.riwayat:
        langkah.pada -= geser
        langkah.catatan = None  # free text of staff may name the resident


def _lepaskan(s: Session, warga: Warga) -> None:
    """Delete the sender's records and list every id whose conversation must be erased."""
    gabungan = list(s.scalars(select(Warga.id).where(Warga.digabung_ke == warga.id)))
    semua = {warga.id, *gabungan}
    jalankan = {"synchronize_session": False}
    surat = {"body": None, "template": None, "wa_id": None, "bsuid": None}
    for tabel, isi in ((Inbox, {"content": None}), (Outbox, surat)):
        # open rows are left: the answer that says so is still to go out; it is emptied once sent
        tutup = tabel.state.not_in(("waiting", "running"))
        lepas = update(tabel).where(tabel.warga_id.in_(semua), tutup)
        s.execute(lepas.values({"warga_id": None, **isi}), execution_options=jalankan)
    serahan.lupakan(s, semua)
    lagi = delete(Penghapusan).where(Penghapusan.warga_id.in_(semua))  # asked once before
    s.execute(lagi, execution_options=jalankan)
    for satu in sorted(semua):
        sisip_bila_baru(s, Penghapusan, warga_id=satu, diminta=waktu.sekarang())
    lampiran.lepaskan(s, semua)
    for saring in (Warga.id.in_(gabungan), Warga.id == warga.id):  # signposts before their goal
        s.execute(delete(Warga).where(saring), execution_options=jalankan)
