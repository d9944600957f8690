"""A resident's whole conversation in time order: with the bot, with officers, and notices."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kelurahan.console.percakapan import asisten
from kelurahan.console.tampilan import tanggal
from kelurahan.store import serahan
from kelurahan.store.models import Inbox, Outbox, Warga
from kelurahan.store.models_petugas import Obrolan, Petugas
from kelurahan.store.queue import DONE, RUNNING, WAITING
from kelurahan.store.waktu import wib
from kelurahan.whatsapp import held, inbox, outbox, templates

BATAS = 200  # lines; an officer who needs more looks at the application
MASUK, KELUAR, KABAR = "masuk", "keluar", "kabar"
ASISTEN, WARGA, SISTEM = "Asisten", "Warga", "Pemberitahuan"
ISI_LUPA = "(isinya tidak disimpan lagi)"
TANDA = {
    WAITING: "menunggu dikirim",
    RUNNING: "sedang dikirim",
    DONE: "terkirim",
    outbox.WINDOWED: "terkirim begitu warga menulis",
    outbox.FAILED: "gagal terkirim",
    outbox.UNCERTAIN: "belum pasti sampai",
    held.WITHDRAWN: "tidak jadi dikirim",
}
SAMPAI = {"sent": "terkirim", "delivered": "sampai", "read": "dibaca", "failed": "gagal terkirim"}
TAK_DIKIRIM = "tidak dikirim: petugas sudah mengambil alih"
PESAN_KHUSUS = {
    inbox.PARKED: "belum terjawab: asisten gagal menjawab",
    inbox.LIMITED: "tidak dibaca: terlalu banyak pesan sekaligus",
    inbox.EXPIRED: "tidak dijawab: sampai lebih dari 24 jam terlambat",
    WAITING: "menunggu asisten",
    RUNNING: "sedang dijawab asisten",
}


@dataclass(frozen=True)
class Baris:
    """One line of the chat."""

    saat: datetime
    sisi: str  # masuk, keluar, kabar
    oleh: str
    teks: str = field(repr=False)
    tanda: str = ""
    pilihan: tuple[str, ...] = ()

    @property
    def hari(self) -> str:
        """The day, WIB."""
        return tanggal(wib(self.saat).date())

    @property
    def pukul(self) -> str:
        """The time of day, WIB."""
        return f"{wib(self.saat):%H.%M}"


@dataclass(frozen=True)
class Linimasa:
    """The last lines."""

    baris: list[Baris]
    lengkap: bool  # False: older lines are left out
    asisten_terbaca: bool

    @property
    def terakhir_masuk(self) -> Baris | None:
        """What the resident said last."""
        return next((satu for satu in reversed(self.baris) if satu.sisi == MASUK), None)


def baca(s: Session, warga: Warga) -> Linimasa:
    """Put together what Rasa, the officers' chat, inbox and outbox know of a resident."""
    semua = [warga.id, *s.scalars(select(Warga.id).where(Warga.digabung_ke == warga.id))]
    ucapan = asisten.baca(semua, BATAS)
    surat = _terakhir(s, Outbox, Outbox.warga_id == warga.id, Outbox.created_at)
    pesan = _terakhir(s, Inbox, Inbox.warga_id == warga.id, Inbox.sent_at)
    obrolan = _terakhir(s, Obrolan, Obrolan.warga_id == warga.id, Obrolan.id)
    nama = dict(s.execute(select(Petugas.nama_pengguna, Petugas.nama)).all())
    baris = [
        *_dengan_asisten(ucapan or [], surat, pesan),
        *_dengan_petugas(obrolan, surat, nama),
        *_pemberitahuan(surat, {o.outbox_id for o in obrolan}, bot=ucapan is None),
        *_lainnya(pesan, {u.pesan_id for u in ucapan or []}, {o.pesan_id for o in obrolan}),
    ]
    baris.sort(key=lambda satu: satu.saat)
    lengkap = len(baris) <= BATAS and BATAS not in map(len, (ucapan or [], surat, pesan, obrolan))
    return Linimasa(baris[-BATAS:], lengkap, ucapan is not None)


def sidik(isi: Any) -> str:
    """A short mark of what a page shows: another one when anything of it changes."""
    teks = json.dumps(isi, default=_rinci)
    return hashlib.sha256(teks.encode()).hexdigest()[:16]


def _rinci(nilai: Any) -> Any:
    return asdict(nilai) if is_dataclass(nilai) else str(nilai)


def saat(detik: int | None) -> datetime | None:
    """Unix seconds as a moment."""
    return None if detik is None else datetime.fromtimestamp(detik, timezone.utc)


def _terakhir(s: Session, tabel: Any, milik: Any, urut: Any) -> list[Any]:
    """The newest rows, oldest first."""
    pilih = select(tabel).where(milik).order_by(urut.desc(), tabel.id.desc()).limit(BATAS)
    return list(s.scalars(pilih))[::-1]


def _dengan_asisten(
    ucapan: list[asisten.Ucapan], surat: list[Outbox], pesan: list[Inbox]
) -> Iterator[Baris]:
    masuk = {satu.pesan_id: satu for satu in pesan}
    jawaban = {satu.pesan_id: satu for satu in surat if satu.kind.startswith(outbox.BOT)}
    for satu in ucapan:
        asal = masuk.get(satu.pesan_id)
        diambil = asal is not None and asal.state == held.HANDED
        if not satu.dari_warga:
            tanda = TAK_DIKIRIM if diambil else _tanda(jawaban.get(satu.pesan_id))
            yield Baris(satu.saat, KELUAR, ASISTEN, satu.teks, tanda, satu.pilihan)
        elif not diambil:  # else it stands among what officers were told
            jenis = held.KINDS.get(asal.kind, "") if asal else ""
            tanda = PESAN_KHUSUS.get(asal.state, "") if asal else ""
            yield Baris(satu.saat, MASUK, WARGA, f"{jenis} {satu.teks}".strip(), tanda)


def _dengan_petugas(
    obrolan: list[Obrolan], surat: list[Outbox], nama: dict[str, str]
) -> Iterator[Baris]:
    menurut = {satu.id: satu for satu in surat}
    for satu in obrolan:
        tanda = _tanda(menurut.get(satu.outbox_id))
        if satu.arah == serahan.MASUK:
            yield Baris(satu.pada, MASUK, WARGA, satu.teks)
        elif satu.oleh == held.SYSTEM:
            yield Baris(satu.pada, KABAR, SISTEM, satu.teks, tanda)
        else:
            oleh = f"Petugas {nama.get(satu.oleh, satu.oleh)}"
            yield Baris(satu.pada, KELUAR, oleh, satu.teks, tanda)


def _pemberitahuan(surat: list[Outbox], tampil: set[int | None], *, bot: bool) -> Iterator[Baris]:
    """What else went out; the bot's answers only where its own conversation cannot be read."""
    for satu in surat:
        dari_bot = satu.kind.startswith(outbox.BOT)
        if satu.id not in tampil and (bot or not dari_bot):
            sisi, oleh = (KELUAR, ASISTEN) if dari_bot else (KABAR, SISTEM)
            yield Baris(satu.created_at, sisi, oleh, _kata(satu.body), _tanda(satu))


def _lainnya(
    pesan: list[Inbox], rasa: set[str | None], petugas: set[str | None]
) -> Iterator[Baris]:
    """What the bot has not (yet) taken in: photos, what waits, what it could not answer."""
    for satu in pesan:
        if satu.pesan_id in rasa | petugas:
            continue
        jenis, tanda = held.KINDS.get(satu.kind, ""), PESAN_KHUSUS.get(satu.state, "")
        if jenis or tanda:
            kata = kata_pesan(satu.content) or jenis or f"[pesan] {ISI_LUPA}"
            yield Baris(satu.received_at, MASUK, WARGA, kata, tanda)


def kata_pesan(content: str | None) -> str:
    """The words of a message while it is kept; "" otherwise."""
    try:
        return held.words(inbox.decode(content)) if content else ""
    except (ValueError, KeyError, TypeError):
        return held.UNREADABLE


def _kata(body: str | None) -> str:
    """The words of a message of ours while they are kept."""
    isi = json.loads(body) if body else {}
    if isi.get("type") == "template":
        return templates.words(isi)
    kata = isi.get("text") or (isi.get("interactive") or {}).get("body") or {}
    return kata.get("body") or kata.get("text") or ISI_LUPA


def _tanda(surat: Outbox | None) -> str:
    """How far a message of ours came."""
    if surat is None:
        return ""
    if surat.delivery and surat.state == DONE:
        return SAMPAI.get(surat.delivery, SAMPAI["read"])
    return TANDA.get(surat.state, surat.state)
