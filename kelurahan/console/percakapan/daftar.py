"""The lists of conversations: who waits, who is helped, who wrote lately, what went unanswered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kelurahan.console.percakapan import asisten
from kelurahan.console.percakapan.linimasa import ISI_LUPA, kata_pesan
from kelurahan.replies.pengurus import wilayah
from kelurahan.store import serahan, waktu
from kelurahan.store.models import TERPARKIR, Inbox, Warga
from kelurahan.store.models_petugas import BELUM_SELESAI, Obrolan, Pengurus, Petugas, Serahan

SEBAB = {
    serahan.DIMINTA: "Minta petugas",
    serahan.KELUHAN: "Keluhan tentang layanan",
    serahan.TIDAK_PAHAM: "Asisten berulang kali tidak paham",
    serahan.PETUGAS: "Dimulai petugas",
    serahan.DILEPAS: "Dikembalikan ke antrean",
    serahan.HAPUS_DATA: "Ingin menghapus datanya",
}
BELAKANGAN = timedelta(days=3)
TERBANYAK = 50  # of each list
DILIHAT = 1000  # messages looked at for those who wrote last; on a busy day less than three days
CUPLIKAN = 120  # characters of the last words


@dataclass(frozen=True)
class Orang:
    """A resident as officers see them in a list."""

    nomor: str = field(repr=False)
    pengurus: str


@dataclass(frozen=True)
class Baris:
    """One conversation of a list."""

    warga_id: str
    orang: Orang
    saat: datetime  # waits or is held since; wrote last
    sebab: str = ""
    pemegang: str = ""
    milik_saya: bool = False
    kata: str = field(default="", repr=False)
    inbox_id: int | None = None


@dataclass(frozen=True)
class Daftar:
    """All lists of the page."""

    menunggu: list[Baris]
    dipegang: list[Baris]
    belakangan: list[Baris]
    terparkir: list[Baris]


def baca(s: Session, saya: int) -> Daftar:
    """The lists as this officer sees them."""
    buka = select(Serahan, Petugas.nama).outerjoin(Petugas, Petugas.id == Serahan.petugas_id)
    urut = buka.where(BELUM_SELESAI).order_by(Serahan.dibuat, Serahan.id)
    terbuka = s.execute(urut.limit(4 * TERBANYAK)).all()
    terparkir = list(s.scalars(select(Inbox).where(TERPARKIR).order_by(Inbox.id).limit(TERBANYAK)))
    belakangan = _belakangan(s, {satu.warga_id for satu, _ in terbuka})
    siapa = {satu.warga_id for satu, _ in terbuka} | set(belakangan)
    siapa |= {satu.warga_id for satu in terparkir if satu.warga_id}
    semua, kata = orang(s, siapa), _kata(s, siapa)
    baris = [
        Baris(
            satu.warga_id,
            semua[satu.warga_id],
            satu.dipegang or satu.dibuat,
            SEBAB.get(satu.sebab, satu.sebab),
            nama or "",
            satu.petugas_id == saya,
            kata.get(satu.warga_id, ""),
        )
        for satu, nama in terbuka
        if satu.warga_id in semua
    ]
    return Daftar(
        [satu for satu in baris if not satu.pemegang],
        sorted((b for b in baris if b.pemegang), key=lambda b: (not b.milik_saya, b.saat)),
        [
            Baris(warga_id, semua[warga_id], saat, kata=kata.get(warga_id, ""))
            for warga_id, saat in belakangan.items()
            if warga_id in semua
        ],
        [_terparkir(satu, semua) for satu in terparkir],
    )


def orang(s: Session, siapa: Collection[str]) -> dict[str, Orang]:
    """How these residents are called: by number, and by office if they hold one."""
    pilih = select(Warga.id, Warga.wa_id, Pengurus).outerjoin(
        Pengurus, Pengurus.wa_id == Warga.wa_id
    )
    return {
        warga_id: Orang(_nomor(wa_id), _jabatan(satu))
        for warga_id, wa_id, satu in s.execute(pilih.where(Warga.id.in_(siapa)))
    }


def _nomor(wa_id: str | None) -> str:
    """`+62 811-0000-0001`; WhatsApp hides some people's numbers."""
    if not wa_id:
        return "Nomor disembunyikan"
    negara, sisa = (wa_id[:2], wa_id[2:]) if wa_id.startswith("62") else ("", wa_id)
    potong = [sisa[:3], *(sisa[i : i + 4] for i in range(3, len(sisa), 4))]
    return f"+{negara} {'-'.join(potong)}" if negara else f"+{wa_id}"


def _jabatan(satu: Pengurus | None) -> str:
    if satu is None:
        return ""
    return f"Ketua {wilayah(satu.rt if satu.jabatan == 'rt' else None, satu.rw)}, {satu.nama}"


def _belakangan(s: Session, kecuali: Collection[str]) -> dict[str, datetime]:
    """Who wrote in the last days, the latest first, without those who stand in another list."""
    pilih = select(Inbox.warga_id, Inbox.received_at).order_by(Inbox.id.desc()).limit(DILIHAT)
    hasil: dict[str, datetime] = {}
    for warga_id, saat in s.execute(pilih):
        if len(hasil) == TERBANYAK or saat < waktu.sekarang() - BELAKANGAN:
            break
        if warga_id is not None and warga_id not in kecuali:
            hasil.setdefault(warga_id, saat)
    return hasil


def _kata(s: Session, siapa: Collection[str]) -> dict[str, str]:
    """The last words of each, to the bot or, if there are any, to an officer."""
    pilih = select(func.max(Obrolan.id)).where(
        Obrolan.warga_id.in_(siapa), Obrolan.arah == serahan.MASUK
    )
    terakhir = Obrolan.id.in_(pilih.group_by(Obrolan.warga_id))
    isi = select(Obrolan.warga_id, Obrolan.teks, Obrolan.pada).where(terakhir)
    semua = asisten.terakhir_ditulis(siapa)
    for warga_id, teks, pada in s.execute(isi):
        lama = semua.get(warga_id)
        if lama is None or lama[0] < pada:
            semua[warga_id] = (pada, teks)
    return {warga_id: potong(teks) for warga_id, (_, teks) in semua.items()}


def potong(teks: str) -> str:
    """The beginning of a text, on one line."""
    rata = " ".join(teks.split())
    return rata if len(rata) <= CUPLIKAN else rata[: CUPLIKAN - 1].rstrip() + "…"


def _terparkir(satu: Inbox, semua: dict[str, Orang]) -> Baris:
    siapa = satu.warga_id or ""
    return Baris(
        siapa if siapa in semua else "",
        semua.get(siapa, Orang("Warga yang datanya sudah dihapus", "")),
        satu.received_at,
        kata=kata_pesan(satu.content) or ISI_LUPA,
        inbox_id=satu.id,
    )
