"""What an officer does with a conversation: take it, write, let go, end it; one transaction each.

Each is told to the resident through the outbox and stands in the trail, without the resident.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from kelurahan.console import audit
from kelurahan.console.keamanan import peran
from kelurahan.console.keamanan.masuk import Pengguna
from kelurahan.replies import serahan as teks_
from kelurahan.store import serahan, sesi, waktu
from kelurahan.store.models import Outbox, Warga
from kelurahan.store.models_petugas import Petugas, Serahan
from kelurahan.whatsapp import held, inbox, limits, outbox, templates

# one invitation a day: a second would not be read sooner
UNDANG_LAGI = timedelta(hours=24)
KUNCI = re.compile(r"[0-9a-f]{32}")


class PegangError(Exception):
    """It was not done; the message is for the officer."""


class JendelaError(PegangError):
    """WhatsApp's 24-hour window has closed: only an invitation can be sent."""


def ambil(warga_id: str, saya: Pengguna, dari: int | None = None) -> None:
    """Take a conversation; an admin may take it from the colleague `dari`.

    Raises PegangError when somebody else holds it, LookupError when the resident is gone.
    """
    if saya.peran != peran.ADMIN:
        dari = None
    with sesi() as s:
        siapa = _warga(s, warga_id)
        lama = serahan.terbuka(s, siapa.id)
        sebelum = lama.petugas_id if lama else None
        try:
            satu = serahan.ambil(s, siapa, saya.id, dari=dari)
        except serahan.DipegangError as galat:
            pemegang = s.get(Petugas, galat.petugas_id).nama
            raise PegangError(f"Percakapan ini sudah diambil {pemegang}.") from None
        if satu is None:
            return
        inbox.hand_over(s, siapa.id)
        held.withdraw(s, siapa.id)  # what an earlier officer's coming and going left unsaid
        kunci = f"serahan:{satu.id}:ambil:{uuid.uuid4().hex[:8]}"
        held.say(s, siapa.id, teks_.diambil(saya.nama), key=kunci)
        _catat(s, saya, "percakapan_diambil", satu.id, sebelum, saya.id)


def kirim(warga_id: str, saya: Pengguna, teks: str, kunci: str, *, undang: bool = False) -> None:
    """Write to the resident; `kunci` (of the form) makes a double click one message.

    With `undang` the window has closed: a template asks the resident to write, and the text goes
    out as soon as they do. Raises JendelaError when it has closed unnoticed, PegangError when the
    text cannot be sent or the conversation is not ours.
    """
    with sesi() as s:
        siapa = _milik_saya(s, warga_id, saya)
        terbuka = jendela(siapa) is not None
        if not terbuka and not undang:
            raise JendelaError("Warga menulis lebih dari 24 jam lalu: pesan belum bisa dikirim.")
        if not teks and not (undang and not terbuka):
            raise PegangError("Tulis pesannya dulu.")
        if (panjang := limits.units(teks)) > limits.TEXT_BODY:
            raise PegangError(
                f"Pesan ini {panjang} karakter, paling banyak {limits.TEXT_BODY}; bagi menjadi dua."
            )
        if not terbuka:
            _undang(s, siapa, saya, _kunci(saya, kunci, "u"))
        if teks:
            asal = {"by": saya.nama_pengguna, "kind": held.WORDS}
            held.say(s, siapa.id, teks, key=_kunci(saya, kunci, "p"), **asal)


def _undang(s: Session, siapa: Warga, saya: Pengguna, kunci: str) -> None:
    """Ask the resident to write, unless they were asked just lately."""
    if not perlu_undangan(diundang(s, siapa)):
        return
    isi = templates.petugas_menjawab(saya.nama)
    asal = {"by": saya.nama_pengguna, "kind": held.INVITATION, "body": isi}
    held.say(s, siapa.id, templates.words(isi), key=kunci, **asal)


def lepas(warga_id: str, saya: Pengguna) -> None:
    """Put a conversation of ours back into the queue."""
    with sesi() as s:
        siapa = _milik_saya(s, warga_id, saya)
        lama = held.release(s, siapa.id, serahan.DILEPAS, teks_.dilepas(saya.nama))
        _catat(s, saya, "percakapan_dilepas", lama)


def selesai(warga_id: str, saya: Pengguna) -> None:
    """End a conversation of ours, or one that waits."""
    with sesi() as s:
        siapa = _warga(s, warga_id)
        satu = serahan.terbuka(s, siapa.id)
        if satu is None:
            return  # ended already, by the resident or a second click
        if satu.petugas_id is not None:
            _milik_saya(s, warga_id, saya)
        held.end(s, siapa.id, serahan.SELESAI, teks_.SELESAI)
        _catat(s, saya, "percakapan_selesai", satu.id)


def jendela(siapa: Warga) -> datetime | None:
    """Until when free text may be sent; None when the window has closed."""
    if siapa.terakhir_menulis is None:
        return None
    batas = siapa.terakhir_menulis + outbox.WINDOW - outbox.MARGIN
    sampai = datetime.fromtimestamp(batas, timezone.utc)
    return sampai if sampai > waktu.sekarang() else None


def diundang(s: Session, siapa: Warga) -> datetime | None:
    """When the resident was last asked to write, if they have not written since."""
    undangan = select(Outbox.created_at).where(
        Outbox.warga_id == siapa.id, Outbox.kind == held.INVITATION
    )
    terakhir = s.scalar(undangan.order_by(Outbox.created_at.desc()).limit(1))
    if terakhir is None or terakhir.timestamp() < (siapa.terakhir_menulis or 0):
        return None
    return terakhir


def perlu_undangan(terakhir: datetime | None) -> bool:
    """Whether the next text brings an invitation along, after the one of that moment."""
    return terakhir is None or waktu.sekarang() - terakhir >= UNDANG_LAGI


def tangani(inbox_id: int, saya: Pengguna) -> None:
    """A message the bot could not answer has been seen to: its words are forgotten."""
    with sesi() as s:
        if inbox.settle(s, inbox_id):
            _catat(s, saya, "pesan_ditangani", inbox_id, jenis="inbox")


def _warga(s: Session, warga_id: str) -> Warga:
    siapa = serahan.kunci(s, warga_id)
    if siapa is None:
        raise LookupError("resident: gone")
    return siapa


def _milik_saya(s: Session, warga_id: str, saya: Pengguna) -> Warga:
    """The resident, locked, if this officer holds the conversation."""
    siapa = _warga(s, warga_id)
    satu = serahan.terbuka(s, siapa.id)
    if satu is None or satu.petugas_id is None:
        raise PegangError("Percakapan ini tidak (lagi) dipegang petugas. Ambil alih dulu.")
    if satu.petugas_id != saya.id:
        pemegang = s.get(Petugas, satu.petugas_id).nama
        raise PegangError(f"Percakapan ini sedang dipegang {pemegang}.")
    return siapa


def _kunci(saya: Pengguna, kunci: str, jenis: str) -> str:
    return f"ptgs:{saya.id}:{kunci if KUNCI.fullmatch(kunci) else uuid.uuid4().hex}:{jenis}"


def _catat(
    s: Session,
    saya: Pengguna,
    tindakan: str,
    nomor: int | None,
    sebelum: int | None = None,
    sesudah: int | None = None,
    jenis: str = Serahan.__tablename__,
) -> None:
    kata = [None if p is None else f"petugas:{p}" for p in (sebelum, sesudah)]
    audit.catat(s, saya.nama_pengguna, tindakan, f"{jenis}:{nomor}", *kata)
