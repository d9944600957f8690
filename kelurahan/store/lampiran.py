"""Residents' attachments: which are kept and why, fetching them as work, how they are forgotten."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, event, func, or_, select, text, update
from sqlalchemy.orm import Session

from kelurahan.store import lampiran_berkas, status, waktu
from kelurahan.store.engine import sesi, sisip_bila_baru
from kelurahan.store.models import Inbox, Permohonan, Warga
from kelurahan.store.models_petugas import Lampiran, Serahan

MENUNGGU, TERSIMPAN, DITOLAK, GAGAL, DIHAPUS = "waiting", "stored", "refused", "failed", "gone"
DOKUMEN = "document"  # the type of message, see whatsapp.media
SEWA = timedelta(minutes=5)  # a claim; far longer than a download may take
SEHARI = timedelta(days=1)
# Days for which an officer may still need them: a complaint about a finished application comes
# within weeks, and without an application there is nothing to need them for later.
SIMPAN_SETELAH_SELESAI = SIMPAN_TANPA_PERMOHONAN = 90
YATIM_HARI = 30  # files without a row come from a restored backup; it may be replaced by a better
# with the paper ready nobody examines anything more, even if it is never fetched
_SELESAI = tuple(s for s in status.SEMUA if s not in status.TERBUKA)
_DIAM = {"synchronize_session": False}
# written out, not bound: only so does SQLite use the index over waiting rows
_MENUNGGU = text("lampiran.state = 'waiting'")


@dataclass(frozen=True)
class Tujuan:
    """What an attachment is kept for: an open application, or an officer who will answer."""

    permohonan_id: int | None
    nomor: str | None
    dipegang: bool  # an officer holds the conversation: the bot says nothing


@dataclass(frozen=True)
class Ambilan:
    """An attachment that is ours to fetch until `sewa`; `percobaan` counts this try."""

    id: int
    warga_id: str
    pesan_id: str
    media_id: str = field(repr=False)
    berkas: str = field(repr=False)
    dokumen: bool
    percobaan: int
    dibuat: datetime
    sewa: datetime


def tujuan(s: Session, warga_id: str, teks: str = "") -> Tujuan | None:
    """Why an attachment of this resident would be kept; None without a reason (UU 27/2022).

    The newest open application that waits for something, else the newest open one; of several,
    the one whose number stands in `teks`.
    """
    milik = select(Permohonan.id, Permohonan.nomor).where(
        Permohonan.warga_id == warga_id, Permohonan.status.in_(status.TERBUKA)
    )
    menunggu = (Permohonan.status == status.PERLU_DILENGKAPI).desc()
    terbuka = s.execute(milik.order_by(menunggu, Permohonan.id.desc()).limit(100)).all()
    disebut = [baris for baris in terbuka if baris.nomor in teks.upper()]
    permohonan_id, nomor = (disebut or terbuka or [(None, None)])[0]
    pengirim = s.get(Warga, warga_id)
    dipegang = pengirim is not None and pengirim.dipegang
    diserahkan = select(Serahan.id).where(Serahan.warga_id == warga_id, Serahan.selesai.is_(None))
    if permohonan_id is None and not dipegang and s.scalar(diserahkan) is None:
        return None
    return Tujuan(permohonan_id, nomor, dipegang)


def belakangan(s: Session, warga_id: str) -> tuple[int, datetime | None]:
    """How many a resident sent within a day, and when the last one came."""
    sehari = Lampiran.dibuat > waktu.sekarang() - SEHARI
    pilih = select(func.count(), func.max(Lampiran.dibuat))
    return s.execute(pilih.where(Lampiran.warga_id == warga_id, sehari)).one()


def catat(
    s: Session, warga_id: str, pesan_id: str, *, media_id: str, mime: str, permohonan_id: int | None
) -> None:
    """Write down that it is to be fetched, in the transaction of its message; once per message."""
    sisip_bila_baru(
        s,
        Lampiran,
        warga_id=warga_id,
        permohonan_id=permohonan_id,
        pesan_id=pesan_id,
        media_id=media_id,
        mime=mime,
        berkas=lampiran_berkas.nama_baru(),
        state=MENUNGGU,
        dibuat=waktu.sekarang(),
        attempts=0,
    )


# fetching


def ada_yang_menunggu() -> bool:
    """Whether something is due; cheap, asked every few seconds."""
    with sesi(baca=True) as s:
        return s.scalar(select(Lampiran.id).where(*_jatuh_tempo()).limit(1)) is not None


def ambil(s: Session, banyak: int) -> list[Ambilan]:
    """Claim up to `banyak` that are due; two processes never get the same one."""
    sewa = waktu.sekarang() + SEWA
    pilih = select(Lampiran).where(*_jatuh_tempo()).order_by(Lampiran.id).limit(banyak)
    baris = list(s.scalars(pilih.with_for_update(skip_locked=True)))
    jenis = select(Inbox.pesan_id).where(
        Inbox.pesan_id.in_([b.pesan_id for b in baris]), Inbox.kind == DOKUMEN
    )
    dokumen = set(s.scalars(jenis)) if baris else set()
    for satu in baris:
        satu.due_at, satu.attempts = sewa, satu.attempts + 1
    return [
        Ambilan(
            id=b.id,
            warga_id=b.warga_id,
            pesan_id=b.pesan_id,
            media_id=b.media_id,
            berkas=b.berkas,
            dokumen=b.pesan_id in dokumen,
            percobaan=b.attempts,
            dibuat=b.dibuat,
            sewa=sewa,
        )
        for b in baris
    ]


def simpan(s: Session, satu: Ambilan, *, mime: str, ukuran: int) -> bool:
    """Its file has been written; False when it is no longer ours: then the file must go."""
    return _tulis(s, satu, state=TERSIMPAN, mime=mime, ukuran=ukuran, media_id=None, due_at=None)


def tutup(s: Session, satu: Ambilan, state: str, alasan: str) -> bool:
    """Give it up (`refused`, `failed`); False when it is no longer ours."""
    return _tulis(s, satu, state=state, alasan=alasan, media_id=None, due_at=None)


def tunda(s: Session, satu: Ambilan, detik: float, *, dihitung: bool = True) -> bool:
    """Try again later; `dihitung`: this try counts towards giving up."""
    nanti = waktu.sekarang() + timedelta(seconds=detik)
    return _tulis(s, satu, due_at=nanti, attempts=satu.percobaan - (0 if dihitung else 1))


def gagal_sehari(s: Session) -> int:
    """How many were given up within a day."""
    pilih = select(func.count()).select_from(Lampiran).where(Lampiran.state == GAGAL)
    return s.scalar(pilih.where(Lampiran.dibuat > waktu.sekarang() - SEHARI)) or 0


def _jatuh_tempo() -> tuple[Any, ...]:
    return _MENUNGGU, or_(Lampiran.due_at.is_(None), Lampiran.due_at <= waktu.sekarang())


def _tulis(s: Session, satu: Ambilan, **nilai: Any) -> bool:
    # the end of the claim is its proof: a later claim ends at another moment
    milik = update(Lampiran).where(Lampiran.id == satu.id, _MENUNGGU, Lampiran.due_at == satu.sewa)
    return s.execute(milik.values(**nilai), execution_options=_DIAM).rowcount == 1


# forgetting


def lepaskan(s: Session, warga_ids: Collection[str]) -> None:
    """Forget what these senders sent; the files go as soon as this is committed."""
    _tandai(s, Lampiran.warga_id.in_(warga_ids))


def bersihkan() -> int:
    """Remove what is too old or belongs to nobody, files included; how many files went.

    Safe to run in two processes at once; a file that cannot be removed now keeps its row.
    """
    with sesi() as s:
        _tandai(s, _usang())
    bebas = or_(Lampiran.due_at.is_(None), Lampiran.due_at <= waktu.sekarang())
    with sesi(baca=True) as s:
        pilih = select(Lampiran.id, Lampiran.berkas).where(Lampiran.state == DIHAPUS, bebas)
        ditandai = s.execute(pilih).all()
    hilang = [i for i, berkas in ditandai if berkas is None or lampiran_berkas.hapus(berkas)]
    if hilang:
        with sesi() as s:
            s.execute(delete(Lampiran).where(Lampiran.id.in_(hilang)), execution_options=_DIAM)
    return len(hilang) + sum(lampiran_berkas.hapus(nama) for nama in _yatim())


def _usang() -> Any:
    """What has been kept long enough, or whose sender has been erased meanwhile."""
    kini = waktu.sekarang()
    lama = kini - timedelta(days=SIMPAN_SETELAH_SELESAI)
    selesai = select(Permohonan.id).where(Permohonan.status.in_(_SELESAI), Permohonan.diubah < lama)
    tanpa = kini - timedelta(days=SIMPAN_TANPA_PERMOHONAN)
    return or_(
        Lampiran.permohonan_id.in_(selesai),
        and_(Lampiran.permohonan_id.is_(None), Lampiran.dibuat < tanpa),
        Lampiran.warga_id.not_in(select(Warga.id)),
    )


def _tandai(s: Session, syarat: Any) -> None:
    """Empty the rows, but let them name their files until these are gone, whatever dies meanwhile.

    One that is being fetched just now is left to `bersihkan`, after its claim has run out.
    """
    kena = and_(syarat, Lampiran.state != DIHAPUS)
    jadi = select(Lampiran.berkas).where(kena, Lampiran.state == TERSIMPAN)
    berkas = [nama for nama in s.scalars(jadi) if nama]
    kosong = {"warga_id": "", "permohonan_id": None, "media_id": None, "mime": "", "ukuran": None}
    ubah = update(Lampiran).where(kena).values(state=DIHAPUS, alasan=None, **kosong)
    s.execute(ubah, execution_options=_DIAM)
    if berkas:
        event.listen(s, "after_commit", lambda _: [*map(lampiran_berkas.hapus, berkas)], once=True)


def _yatim() -> list[str]:
    """Files no row names, old enough; none at all in a folder that is another database's.

    Whoever starts us with another database would otherwise empty the folder of the real one.
    """
    ada = lampiran_berkas.semua()
    if not ada:
        return []
    with sesi(baca=True) as s:
        dikenal = set(s.scalars(select(Lampiran.berkas).where(Lampiran.berkas.is_not(None))))
    if not dikenal & set(ada):
        return []
    return [n for n, umur in ada.items() if n not in dikenal and umur > YATIM_HARI * 86400]
