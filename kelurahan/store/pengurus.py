"""RT and RW officers: who they are, by the number they write from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session, aliased

from kelurahan.store import waktu
from kelurahan.store.engine import sesi, sisip_bila_baru
from kelurahan.store.models import Outbox, Warga
from kelurahan.store.models_petugas import JejakAudit, Pengurus
from kelurahan.store.siap import Siap

RT, RW = "rt", "rw"
KABAR = "kabar_pengurus"  # the kind of the outbox rows that tell an officer
UMUR_KABAR = timedelta(hours=1)  # an older application is news to nobody
_DIAM = {"synchronize_session": False}
# built once: it is asked for every menu
_asal = aliased(Warga)
_KINI = select(func.coalesce(_asal.digabung_ke, _asal.id)).where(_asal.id == bindparam("pengirim"))
_JABATAN = Siap(
    select(Pengurus.jabatan, Pengurus.rt, Pengurus.rw)
    .join(Warga, Warga.wa_id == Pengurus.wa_id)
    .where(Warga.id == _KINI.scalar_subquery())
)


@dataclass(frozen=True)
class Jabatan:
    """The office somebody holds; `rt` is None for an RW officer."""

    jabatan: str
    rt: str | None
    rw: str

    def mencakup(self, rt: str | None, rw: str) -> bool:
        """Whether this RT of this RW is theirs."""
        return rw == self.rw and (self.jabatan == RW or rt == self.rt)


@dataclass(frozen=True)
class Data:
    """An officer as entered and checked; `dikabari`: has agreed to be told of applications."""

    jabatan: str
    rt: str | None
    rw: str
    nama: str = field(repr=False)
    wa_id: str = field(repr=False)
    dikabari: bool


def jabatan(pengirim: str) -> Jabatan | None:
    """The office of this sender, judged by the number they write from; None for residents."""
    with sesi(baca=True) as s:
        baris = _JABATAN.baris(s, {"pengirim": pengirim})
    return Jabatan(*baris[0]) if baris else None


def daftar(s: Session) -> list[Pengurus]:
    """All of them: by RW, the RW's own officers before those of its RT."""
    urut = (Pengurus.rw, Pengurus.jabatan.desc(), Pengurus.rt, Pengurus.id)
    return list(s.scalars(select(Pengurus).order_by(*urut)))


def tambah(s: Session, data: Data) -> int | None:
    """Register an officer; returns the id, or None when the number is registered already."""
    if not sisip_bila_baru(s, Pengurus, **asdict(data), dibuat=waktu.sekarang()):
        return None
    return s.scalar(select(Pengurus.id).where(Pengurus.wa_id == data.wa_id))


def pemilik(s: Session, wa_id: str) -> int | None:
    """Whose number this is."""
    return s.scalar(select(Pengurus.id).where(Pengurus.wa_id == wa_id))


def ubah(satu: Pengurus, data: Data) -> list[str]:
    """Take over what was entered; returns the names of the fields that changed."""
    isi = asdict(data)
    berubah = [nama for nama, nilai in isi.items() if getattr(satu, nama) != nilai]
    for nama in berubah:
        setattr(satu, nama, isi[nama])
    return berubah


def ganti_semua(s: Session, baru: Iterable[Data]) -> None:
    """Make the list exactly this one; an officer is recognised by the number, and keeps the id."""
    lama = {satu.wa_id: satu for satu in s.scalars(select(Pengurus).with_for_update())}
    for data in baru:
        satu = lama.pop(data.wa_id, None)
        if satu is None:
            s.add(Pengurus(**asdict(data), dibuat=waktu.sekarang()))
        else:
            ubah(satu, data)
    for satu in lama.values():
        s.delete(satu)


def pindah_nomor(s: Session, dari: str, ke: str) -> None:
    """Follow a number that WhatsApp announced as changed; whoever gets the old one is nobody."""
    if pemilik(s, ke) is None:
        ikut = update(Pengurus).where(Pengurus.wa_id == dari).values(wa_id=ke)
        s.execute(ikut, execution_options=_DIAM)
    else:
        s.execute(delete(Pengurus).where(Pengurus.wa_id == dari), execution_options=_DIAM)


def lupakan(s: Session, wa_id: str | None) -> None:
    """Take somebody off the list who had their data erased; the trail keeps only the row's id."""
    satu = s.scalar(select(Pengurus).where(Pengurus.wa_id == wa_id)) if wa_id else None
    if satu is None:
        return
    s.delete(satu)
    s.add(
        JejakAudit(
            pada=waktu.sekarang(),
            oleh="warga",
            tindakan="pengurus_hapus_diri",
            sasaran=f"pengurus:{satu.id}",
        )
    )


def kunci_kabar(nomor: Any, pengurus_id: Any) -> Any:
    """What makes the news of an application exist once per officer: the outbox's `pesan_id`.

    Of texts a text, of columns the same as SQL.
    """
    return "rt:" + nomor + ":" + pengurus_id


def tarik_kabar(s: Session, nomor: str, dibuat: datetime) -> None:
    """The applicant had their data erased: unsent news is withdrawn, the sent ones are emptied."""
    kabar = (
        Outbox.created_at.between(dibuat, dibuat + 2 * UMUR_KABAR),  # the index: few rows are left
        Outbox.kind == KABAR,
        Outbox.pesan_id.startswith(kunci_kabar(nomor, "")),
    )
    belum = delete(Outbox).where(*kabar, Outbox.state.in_(("waiting", "window")))
    s.execute(belum, execution_options=_DIAM)
    sudah = update(Outbox).where(*kabar, Outbox.state != "running")
    s.execute(sudah.values(body=None, template=None), execution_options=_DIAM)
