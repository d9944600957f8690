"""Applications: file, find, correct, cancel, erase. Everything is bound to who sent it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, selectinload

from kelurahan import wilayah
from kelurahan.store import models, penghapusan, sesi, status, waktu
from kelurahan.store.engine import sisip_bila_baru
from kelurahan.store.penghapusan import RingkasanHapus
from kelurahan.store.salinan import Permohonan
from kelurahan.store.salinan import salin as _salin
from kelurahan.store.waktu import wib
from kelurahan.store.warga import id_sekarang, kunci

OLEH_WARGA = "warga"
ISIAN_KOREKSI = ("nama", "tanggal_lahir", "rt", "rw", "varian")
UMUR_KEMBAR = timedelta(hours=24)  # an equal request later than this is meant as a new one
# built once: putting a statement together costs more than running it
_P, _U = models.Permohonan, models.UrutanNomor
_MILIK = select(_P).where(_P.warga_id == bindparam("warga"))
_PESAN_INI = _MILIK.where(_P.pesan_id == bindparam("pesan"))
_KEMBAR = (
    _MILIK.where(_P.layanan == bindparam("layanan"), _P.tanggal_lahir == bindparam("lahir"))
    .where(_P.rt == bindparam("rt"), _P.rw == bindparam("rw"))
    .where(_P.status.in_(status.TERBUKA), _P.dibuat > bindparam("sejak"))
    .order_by(_P.id)
)
_URUTAN = select(_U).where(_U.bulan == bindparam("bulan")).with_for_update()


class IsianError(ValueError):
    """A field cannot be stored; the message names the field, never a resident's name."""


class NomorError(LookupError):
    """There is no application with this number."""


class BerubahError(RuntimeError):
    """Somebody else has changed the application since it was looked at; nothing was done."""


@dataclass(frozen=True)
class Data:
    """What is applied for and for whom, already checked by `isian` and the directory."""

    layanan: str
    nama: str = field(repr=False)
    tanggal_lahir: date = field(repr=False)
    rt: str
    rw: str
    varian: str | None = None

    def __post_init__(self) -> None:
        if not self.layanan:
            raise IsianError("layanan: empty; give the service's slug")
        nama = self.nama or ""
        if not (nama.strip() and nama.isprintable() and len(nama) <= models.PANJANG_NAMA):
            raise IsianError(
                f"nama: {len(nama)} characters; give 1 to {models.PANJANG_NAMA} printable ones"
            )
        if isinstance(self.tanggal_lahir, datetime) or not isinstance(self.tanggal_lahir, date):
            raise IsianError(f"tanggal_lahir: {type(self.tanggal_lahir).__name__}; give a date")
        for isian, nilai in (("rt", self.rt), ("rw", self.rw)):
            if not re.fullmatch(r"[0-9]{3}", nilai or ""):
                raise IsianError(f"{isian}: {nilai!r}; give three digits, like '003'")


@dataclass(frozen=True)
class Tercatat:
    """The outcome of filing; `baru` is False when the application existed already."""

    permohonan: Permohonan
    baru: bool
    pesan_sama: bool = False  # filed by this very message, whose turn was cut off before its reply
    privasi: bool = False  # the privacy notice is due with the answer; it is noted as shown


def ajukan(pengirim: str, pesan_id: str, data: Data) -> Tercatat:
    """File an application exactly once per message, and once a day per equal request."""
    if not pesan_id:
        raise IsianError("pesan_id: empty; pass the message id, filing is exactly once per message")
    with sesi() as s:
        warga = kunci(s, pengirim)  # this sender's filings come one after another
        if (lama := _dari_pesan(s, warga.id, pesan_id)) is not None:
            # noted by a turn that was cut off, the notice may not have been read
            return Tercatat(_salin(lama), baru=False, pesan_sama=True, privasi=True)
        lama = _kembar(s, warga.id, data)
        kini, privasi = waktu.sekarang(), warga.privasi_pada is None
        if privasi:
            warga.privasi_pada = kini
        if lama is not None:
            return Tercatat(_salin(lama), baru=False, privasi=privasi)
        catatan = models.Permohonan(
            nomor=_nomor_baru(s, kini),
            warga_id=warga.id,
            pesan_id=pesan_id,
            status=status.BARU,
            dibuat=kini,
            diubah=kini,
            riwayat=[models.RiwayatStatus(ke=status.BARU, pada=kini, oleh=OLEH_WARGA)],
            koreksi=[],  # known to be empty, so that it is not read back
            **asdict(data),
        )
        s.add(catatan)
        s.flush()
        return Tercatat(_salin(catatan), baru=True, privasi=privasi)


def cari(pengirim: str, nomor: str) -> Permohonan | None:
    """This sender's application with that number; nobody else's."""
    with sesi(baca=True) as s:
        catatan = s.scalar(_milik(s, pengirim, nomor))
        return _salin(catatan) if catatan else None


def daftar(pengirim: str, batas: int = 5) -> list[Permohonan]:
    """This sender's applications, newest first."""
    with sesi(baca=True) as s:
        pilih = _milik(s, pengirim).order_by(models.Permohonan.id.desc()).limit(max(batas, 0))
        pilih = pilih.options(
            selectinload(models.Permohonan.riwayat), selectinload(models.Permohonan.koreksi)
        )
        return [_salin(catatan) for catatan in s.scalars(pilih)]


def terakhir(pengirim: str) -> Permohonan | None:
    """This sender's newest application."""
    return next(iter(daftar(pengirim, batas=1)), None)


def koreksi(pengirim: str, nomor: str, **isian: Any) -> Permohonan | None:
    """Correct fields of an application nobody works on yet (`baru`); None if there is none."""
    with sesi() as s:
        catatan = s.scalar(_milik(s, pengirim, nomor).with_for_update())
        if catatan is None or catatan.status != status.BARU:
            return None
        koreksikan(catatan, isian, OLEH_WARGA)
        return _salin(catatan)


def koreksikan(
    catatan: models.Permohonan, isian: Mapping[str, Any], oleh: str, alasan: str | None = None
) -> list[models.RiwayatIsian]:
    """Set the fields that differ; each leaves a row that says what stood there."""
    if asing := set(isian) - set(ISIAN_KOREKSI):
        raise IsianError(
            f"{', '.join(sorted(asing))}: cannot be corrected; possible: {', '.join(ISIAN_KOREKSI)}"
        )
    lama = {nama: getattr(catatan, nama) for nama in Data.__dataclass_fields__}
    Data(**{**lama, **isian})  # refuses what must not be stored
    siapa = {"pada": waktu.sekarang(), "oleh": oleh, "alasan": alasan}
    perubahan = []
    for nama, baru in isian.items():
        if baru != lama[nama]:
            teks = [None if n is None else str(n) for n in (lama[nama], baru)]
            perubahan.append(
                models.RiwayatIsian(isian=nama, sebelum=teks[0], sesudah=teks[1], **siapa)
            )
            setattr(catatan, nama, baru)
            catatan.diubah = siapa["pada"]
    catatan.koreksi.extend(perubahan)
    return perubahan


def batalkan(pengirim: str, nomor: str) -> Permohonan | None:
    """Cancel an application, also twice; None if there is none or it is finished."""
    with sesi() as s:
        catatan = s.scalar(_milik(s, pengirim, nomor).with_for_update())
        if catatan is None:
            return None
        if status.boleh(catatan.status, status.DIBATALKAN):
            catatan.pindah(status.DIBATALKAN, OLEH_WARGA, waktu.sekarang())
        return _salin(catatan) if catatan.status == status.DIBATALKAN else None


def ubah_status(
    nomor: str,
    ke: str,
    oleh: str,
    catatan: str | None = None,
    *,
    dari: str | None = None,
    kabari: Callable[[Session, models.Permohonan], None] | None = None,
) -> Permohonan:
    """Move an application along the allowed transitions (for staff: not bound to a sender).

    `dari`: the status it was looked at in; another one by now is a BerubahError. `kabari` is
    called in the same transaction, to tell the resident.
    """
    with sesi() as s:
        baris = bernomor(s, nomor)
        if dari is not None and baris.status != dari:
            raise BerubahError(f"application {baris.nomor}: {baris.status}, no longer {dari}")
        status.pastikan_boleh(baris.status, ke)
        baris.pindah(ke, oleh, waktu.sekarang(), catatan)
        if kabari:
            kabari(s, baris)
        return _salin(baris)


def bernomor(s: Session, nomor: str) -> models.Permohonan:
    """Any sender's application, locked; for staff."""
    pilih = select(models.Permohonan).where(models.Permohonan.nomor == _rapi(nomor))
    if (baris := s.scalar(pilih.with_for_update())) is None:
        raise NomorError(f"application {nomor!r}: not found; check the number")
    return baris


def hapus_data(pengirim: str) -> RingkasanHapus:
    """Cancel what is open, anonymise what was filed, delete the contact; see `penghapusan`."""
    with sesi() as s:
        return penghapusan.hapus(s, pengirim, OLEH_WARGA)


def _rapi(nomor: str) -> str:
    return nomor.strip().upper()


def _milik(s: Session, pengirim: str, nomor: str | None = None):
    """Select this sender's applications; the one place where ownership is decided."""
    pilih = select(models.Permohonan).where(models.Permohonan.warga_id == id_sekarang(s, pengirim))
    return pilih if nomor is None else pilih.where(models.Permohonan.nomor == _rapi(nomor))


def _dari_pesan(s: Session, warga_id: str, pesan_id: str) -> models.Permohonan | None:
    return s.scalar(_PESAN_INI, {"warga": warga_id, "pesan": pesan_id})


def _kembar(s: Session, warga_id: str, data: Data) -> models.Permohonan | None:
    """An open application of the last day with the same content: sent twice, not meant twice."""
    sejak = waktu.sekarang() - UMUR_KEMBAR
    isi = {"layanan": data.layanan, "lahir": data.tanggal_lahir, "rt": data.rt, "rw": data.rw}
    mirip = s.scalars(_KEMBAR, {"warga": warga_id, "sejak": sejak, **isi})
    return next((c for c in mirip if _dasar(c.nama) == _dasar(data.nama)), None)


def _dasar(nama: str) -> str:
    return "".join(nama.split()).casefold()


def _nomor_baru(s: Session, saat: datetime) -> str:
    """The month's next number; its row stays locked until commit, so numbers have no gaps."""
    bulan = f"{wib(saat):%y%m}"
    urutan = s.scalar(_URUTAN, {"bulan": bulan})
    if urutan is None:  # the month's first; several may come at once
        sisip_bila_baru(s, models.UrutanNomor, bulan=bulan, terakhir=0)
        urutan = s.scalar(_URUTAN, {"bulan": bulan})
    urutan.terakhir += 1
    return f"{wilayah.kelurahan().awalan_nomor}-{bulan}-{urutan.terakhir:04d}"
