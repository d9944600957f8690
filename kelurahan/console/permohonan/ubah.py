"""What officers do to an application. The resident hears of it in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from kelurahan import permohonan
from kelurahan.katalog import Katalog, KatalogError, Layanan, katalog
from kelurahan.permohonan import BerubahError
from kelurahan.replies import kabar, tanggal_panjang
from kelurahan.replies.dasar import alamat_rt_rw
from kelurahan.replies.kabar import Kabar, Perubahan
from kelurahan.store import sesi, status
from kelurahan.store.models import Permohonan, RiwayatIsian, Warga
from kelurahan.store.warga import id_sekarang
from kelurahan.whatsapp import build, outbox, templates
from kelurahan.wilayah import kelurahan

# without these words the resident would not know what to do, or why
BUTUH_CATATAN = frozenset({status.PERLU_DILENGKAPI, status.DITOLAK, status.DIBATALKAN})
SURAT_STATUS, SURAT_KOREKSI = "kabar_status", "kabar_koreksi"  # kinds in the outbox
ISIAN = {"nama": "Nama", "tanggal_lahir": "Tanggal lahir", "varian": "Jenis"}


def layanan_dari(satu: Permohonan) -> Layanan | None:
    """Its service; None when that is no longer in the catalogue."""
    kat: Katalog = katalog()
    try:
        return kat.ambil(satu.layanan)
    except KatalogError:
        return None


def kabar_status(satu: Permohonan, ke: str, catatan: str) -> Kabar:
    """What the resident will be told when its status becomes `ke`."""
    return kabar.status(satu, ke, layanan_dari(satu), kelurahan(), catatan)


def pindahkan(nomor: str, dari: str, ke: str, oleh: str, catatan: str) -> None:
    """Change the status and tell the resident; BerubahError if it is no longer `dari`."""

    def kabari(s: Session, satu: Permohonan) -> None:
        s.flush()  # gives the step its id
        isi = kabar_status(satu, ke, catatan)
        _kirim(s, satu, isi, SURAT_STATUS, surat_status(satu.riwayat[-1].id))

    permohonan.ubah_status(nomor, ke, oleh, catatan or None, dari=dari, kabari=kabari)


def perbaiki(
    nomor: str, isian: Mapping[str, Any], oleh: str, alasan: str, dilihat: datetime
) -> bool:
    """Correct fields and tell the resident; False if nothing differs.

    BerubahError if it has been changed since `dilihat` (its `diubah` at that time) or is finished.
    """
    with sesi() as s:
        satu = permohonan.bernomor(s, nomor)
        if satu.diubah != dilihat or not boleh_diperbaiki(satu):
            raise BerubahError(f"application {satu.nomor}: changed since, now {satu.status}")
        ralat = permohonan.koreksikan(satu, isian, oleh, alasan)
        if ralat:
            s.flush()
            layanan = layanan_dari(satu)
            isi = kabar.koreksi(satu, layanan, perubahan(satu, layanan, ralat), alasan)
            _kirim(s, satu, isi, SURAT_KOREKSI, surat_koreksi(ralat[0].id))
        return bool(ralat)


def boleh_diperbaiki(satu: Permohonan) -> bool:
    """While it is not finished and belongs to somebody."""
    return bool(status.PERPINDAHAN[satu.status]) and satu.warga_id is not None


def perubahan(
    satu: Permohonan, layanan: Layanan | None, ralat: Sequence[RiwayatIsian]
) -> list[Perubahan]:
    """Corrected fields as they are shown; RT and RW are one."""
    sebelum = {r.isian: r.sebelum for r in ralat}
    hasil = [
        Perubahan(ISIAN[r.isian], *(tampak(r.isian, n, layanan) for n in (r.sebelum, r.sesudah)))
        for r in ralat
        if r.isian in ISIAN
    ]
    if {"rt", "rw"} & set(sebelum):
        lama = (sebelum.get("rt", satu.rt), sebelum.get("rw", satu.rw))
        hasil.append(Perubahan("RT/RW", alamat_rt_rw(*lama), alamat_rt_rw(satu.rt, satu.rw)))
    return hasil


def tampak(isian: str, nilai: str | None, layanan: Layanan | None) -> str:
    """A stored value as people read it."""
    if not nilai:
        return "belum dipilih" if isian == "varian" else "-"
    if isian == "tanggal_lahir":
        return tanggal_panjang(date.fromisoformat(nilai))
    if isian == "varian" and layanan:
        return next((v.nama for v in layanan.varian if v.kunci == nilai), nilai)
    return nilai


def surat_status(langkah_id: int) -> str:
    """The name under which the news of a step stands in the outbox."""
    return f"status:{langkah_id}"


def surat_koreksi(ralat_id: int) -> str:
    """The same for the first field of a correction."""
    return f"koreksi:{ralat_id}"


def templat(satu: Permohonan, isi: Kabar) -> dict[str, Any]:
    """What goes out in place of the text once the 24-hour window has closed."""
    layanan = layanan_dari(satu)
    nama = layanan.singkat if layanan else satu.layanan
    return templates.status_permohonan(satu.nomor, nama, isi.singkat)


def penerima(s: Session, satu: Permohonan) -> Warga | None:
    """Who is told: None when the data was erased, or nobody knows the number any more."""
    if satu.warga_id is None:
        return None
    warga = s.get(Warga, id_sekarang(s, satu.warga_id))
    return warga if warga is not None and (warga.wa_id or warga.bsuid) else None


def _kirim(s: Session, satu: Permohonan, isi: Kabar, jenis: str, surat: str) -> None:
    warga = penerima(s, satu)
    if warga is None:
        return
    outbox.enqueue(
        s,
        warga.id,
        build.text_body(isi.teks),
        kind=jenis,
        template=templat(satu, isi),
        pesan_id=surat,
        layanan=satu.layanan,
    )
