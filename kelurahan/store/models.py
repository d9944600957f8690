"""The tables. Reprs show no names, numbers, dates of birth or sender ids."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, declarative_base, relationship
from sqlalchemy.types import TypeDecorator

PANJANG_NAMA = 200
PANJANG_PENGIRIM = 255


class UtcDateTime(TypeDecorator):
    """Timezone-aware moments; SQLite, which knows no zones, holds the UTC clock reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse moments without a zone, convert the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("time without a timezone; use kelurahan.store.waktu.sekarang()")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give back an aware UTC moment."""
        if value is None:
            return None
        berzona = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return berzona.astimezone(timezone.utc)


# fixed constraint names, so that later migrations can name them on both databases
_NAMA = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
Basis: Any = declarative_base(metadata=MetaData(naming_convention=_NAMA))


# the states in which a row still waits for something; only these are searched when work is taken
TERBUKA = text("state IN ('waiting', 'running')")
TERPARKIR = text("state = 'parked'")  # what staff should see to


def _terbuka(nama: str, *kolom: str) -> Index:
    """An index over open rows alone: it stays small however many messages are behind us."""
    return Index(nama, *kolom, sqlite_where=TERBUKA, postgresql_where=TERBUKA)


class Warga(Basis):
    """A sender: a resident, or an RT/RW officer who applies for neighbours."""

    __tablename__ = "warga"
    id: Mapped[str] = Column(String(PANJANG_PENGIRIM), primary_key=True)
    wa_id: Mapped[str | None] = Column(String(64), unique=True)
    bsuid: Mapped[str | None] = Column(String(160), unique=True)
    # the same person's other record; messages under way may still carry this record's id
    digabung_ke: Mapped[str | None] = Column(String(PANJANG_PENGIRIM), ForeignKey("warga.id"))
    dibuat: Mapped[datetime] = Column(UtcDateTime, nullable=False)
    privasi_pada: Mapped[datetime | None] = Column(UtcDateTime)
    # unix seconds of the resident's last message: WhatsApp's 24-hour window counts from it
    terakhir_menulis: Mapped[int | None] = Column(Integer)
    # an officer holds the conversation: the bot is silent (see models_petugas.Serahan)
    dipegang: Mapped[bool] = Column(Boolean, nullable=False, default=False, server_default=false())

    def __repr__(self) -> str:
        return "<Warga>"


class Permohonan(Basis):
    """One application; without `warga_id` it has been anonymised."""

    __tablename__ = "permohonan"
    __table_args__ = (
        UniqueConstraint("warga_id", "pesan_id"),
        Index("ix_permohonan_status_dibuat", "status", "dibuat"),
        # the queue's filters; `rt` rides along so that it is judged without reading the row
        Index("ix_permohonan_rw_status_rt", "rw", "status", "rt"),
        Index("ix_permohonan_layanan_status", "layanan", "status"),
    )
    id: Mapped[int] = Column(Integer, primary_key=True)
    nomor: Mapped[str] = Column(String(40), nullable=False, unique=True)
    warga_id: Mapped[str | None] = Column(String(PANJANG_PENGIRIM), ForeignKey("warga.id"))
    pesan_id: Mapped[str | None] = Column(String(255))
    layanan: Mapped[str] = Column(String(64), nullable=False)
    varian: Mapped[str | None] = Column(String(64))
    nama: Mapped[str] = Column(String(PANJANG_NAMA), nullable=False)
    tanggal_lahir: Mapped[date | None] = Column(Date)
    rt: Mapped[str | None] = Column(String(3))
    rw: Mapped[str] = Column(String(3), nullable=False)
    status: Mapped[str] = Column(String(32), nullable=False)
    dibuat: Mapped[datetime] = Column(UtcDateTime, nullable=False, index=True)
    diubah: Mapped[datetime] = Column(UtcDateTime, nullable=False)
    riwayat: Mapped[list[RiwayatStatus]] = relationship(
        "RiwayatStatus", order_by="RiwayatStatus.id", cascade="all, delete-orphan"
    )
    koreksi: Mapped[list[RiwayatIsian]] = relationship(
        "RiwayatIsian", order_by="RiwayatIsian.id", cascade="all, delete-orphan"
    )

    def pindah(self, ke: str, oleh: str, pada: datetime, catatan: str | None = None) -> None:
        """Set the status and write its history row; the caller has checked that it may follow."""
        baris = RiwayatStatus(dari=self.status, ke=ke, pada=pada, oleh=oleh, catatan=catatan)
        self.riwayat.append(baris)
        self.status, self.diubah = ke, pada

    def __repr__(self) -> str:
        return f"<Permohonan {self.nomor} {self.layanan} {self.status}>"


class RiwayatStatus(Basis):
    """One change of status: who, when, from, to."""

    __tablename__ = "riwayat_status"
    __table_args__ = (Index("ix_riwayat_status_ke_pada", "ke", "pada"),)
    id: Mapped[int] = Column(Integer, primary_key=True)
    permohonan_id: Mapped[int] = Column(ForeignKey("permohonan.id"), nullable=False, index=True)
    dari: Mapped[str | None] = Column(String(32))
    ke: Mapped[str] = Column(String(32), nullable=False)
    pada: Mapped[datetime] = Column(UtcDateTime, nullable=False)
    oleh: Mapped[str] = Column(String(100), nullable=False)
    catatan: Mapped[str | None] = Column(Text)

    def __repr__(self) -> str:
        return f"<RiwayatStatus {self.dari} -> {self.ke}>"


class RiwayatIsian(Basis):
    """One corrected field: who, when, before, after."""

    __tablename__ = "riwayat_isian"
    id: Mapped[int] = Column(Integer, primary_key=True)
    permohonan_id: Mapped[int] = Column(ForeignKey("permohonan.id"), nullable=False, index=True)
    isian: Mapped[str] = Column(String(32), nullable=False)
    sebelum: Mapped[str | None] = Column(String(PANJANG_NAMA))
    sesudah: Mapped[str | None] = Column(String(PANJANG_NAMA))
    pada: Mapped[datetime] = Column(UtcDateTime, nullable=False)
    oleh: Mapped[str] = Column(String(100), nullable=False)
    alasan: Mapped[str | None] = Column(Text)  # of an officer; residents need to give none

    def __repr__(self) -> str:
        return f"<RiwayatIsian {self.isian}>"


class RtRw(Basis):
    """One RT of the kelurahan; `contoh` while the shipped sample directory is in use."""

    __tablename__ = "rt_rw"
    rt: Mapped[str] = Column(String(3), primary_key=True)
    rw: Mapped[str] = Column(String(3), primary_key=True)
    contoh: Mapped[bool] = Column(Boolean, nullable=False)


class Inbox(Basis):
    """A received message: waiting, in work, or the mark that it was seen (`content` empty).

    `content` holds what is needed to answer it, number and wamid included, and only until then;
    `pesan_id` is a hash, since a wamid contains the phone number.
    """

    __tablename__ = "inbox"
    id: Mapped[int] = Column(Integer, primary_key=True)  # order of arrival
    pesan_id: Mapped[str] = Column(String(64), nullable=False, unique=True)
    # no foreign key: the mark outlives the resident's record, or old messages would count as new
    warga_id: Mapped[str | None] = Column(String(PANJANG_PENGIRIM))
    kind: Mapped[str] = Column(String(32), nullable=False)
    sent_at: Mapped[int] = Column(Integer, nullable=False)  # unix seconds, by WhatsApp's clock
    received_at: Mapped[datetime] = Column(UtcDateTime, nullable=False, index=True)
    content: Mapped[str | None] = Column(Text)
    state: Mapped[str] = Column(String(16), nullable=False)
    attempts: Mapped[int] = Column(Integer, nullable=False)
    due_at: Mapped[datetime | None] = Column(UtcDateTime)
    claimed_by: Mapped[str | None] = Column(String(80))
    claimed_until: Mapped[datetime | None] = Column(UtcDateTime)
    finished_at: Mapped[datetime | None] = Column(UtcDateTime)
    __table_args__ = (
        Index("ix_inbox_warga_id_sent_at", "warga_id", "sent_at"),
        _terbuka("ix_inbox_open", "id"),
        _terbuka("ix_inbox_lane", "warga_id", "sent_at", "id"),
        Index("ix_inbox_parked", "id", sqlite_where=TERPARKIR, postgresql_where=TERPARKIR),
    )

    def __repr__(self) -> str:
        return f"<Inbox {self.id} {self.kind} {self.state}>"


class Outbox(Basis):
    """A message to a resident: written down before it is sent, body kept until it has arrived.

    The address stands in the row, because a resident who had everything erased still gets the
    answer that says so.
    """

    __tablename__ = "outbox"
    id: Mapped[int] = Column(Integer, primary_key=True)  # order of sending, per resident
    warga_id: Mapped[str | None] = Column(String(PANJANG_PENGIRIM))
    pesan_id: Mapped[str | None] = Column(String(64))  # the message that it answers
    part: Mapped[int] = Column(Integer, nullable=False)
    kind: Mapped[str] = Column(String(40), nullable=False)
    layanan: Mapped[str | None] = Column(String(64))  # the service it is about, for statistics
    body: Mapped[str | None] = Column(Text)
    template: Mapped[str | None] = Column(Text)  # what goes out once the 24-hour window has closed
    wa_id: Mapped[str | None] = Column(String(64))
    bsuid: Mapped[str | None] = Column(String(160))
    created_at: Mapped[datetime] = Column(UtcDateTime, nullable=False, index=True)
    state: Mapped[str] = Column(String(16), nullable=False)
    attempts: Mapped[int] = Column(Integer, nullable=False)
    due_at: Mapped[datetime | None] = Column(UtcDateTime)
    claimed_by: Mapped[str | None] = Column(String(80))
    claimed_until: Mapped[datetime | None] = Column(UtcDateTime)
    finished_at: Mapped[datetime | None] = Column(UtcDateTime)
    wamid_hash: Mapped[str | None] = Column(String(64), index=True)
    delivery: Mapped[str | None] = Column(String(16))  # the highest status WhatsApp has reported
    error: Mapped[str | None] = Column(String(40))  # class of the last error, see whatsapp.errors
    error_code: Mapped[int | None] = Column(Integer)
    __table_args__ = (
        UniqueConstraint("pesan_id", "part"),
        Index("ix_outbox_warga_id_created_at", "warga_id", "created_at"),
        _terbuka("ix_outbox_open", "id"),
        _terbuka("ix_outbox_lane", "warga_id", "id"),
    )

    def __repr__(self) -> str:
        return f"<Outbox {self.id} {self.kind} {self.state}>"


class Peringatan(Basis):
    """Something staff must see to; one row per kind and code while it is open."""

    __tablename__ = "peringatan"
    id: Mapped[int] = Column(Integer, primary_key=True)
    jenis: Mapped[str] = Column(String(40), nullable=False)
    kode: Mapped[int] = Column(Integer, nullable=False)
    pesan: Mapped[str] = Column(Text, nullable=False)
    jumlah: Mapped[int] = Column(Integer, nullable=False)
    pertama: Mapped[datetime] = Column(UtcDateTime, nullable=False)
    terakhir: Mapped[datetime] = Column(UtcDateTime, nullable=False)
    selesai: Mapped[datetime | None] = Column(UtcDateTime)
    __table_args__ = (
        Index(
            "ix_peringatan_terbuka",
            "jenis",
            "kode",
            unique=True,
            sqlite_where=text("selesai IS NULL"),
            postgresql_where=text("selesai IS NULL"),
        ),
    )

    def __repr__(self) -> str:
        return f"<Peringatan {self.jenis} {self.kode}>"


class Penghapusan(Basis):
    """A sender whose conversation must still be erased (`selesai` empty) or has been."""

    __tablename__ = "penghapusan"
    warga_id: Mapped[str] = Column(String(PANJANG_PENGIRIM), primary_key=True)
    diminta: Mapped[datetime] = Column(UtcDateTime, nullable=False)
    selesai: Mapped[datetime | None] = Column(UtcDateTime)

    def __repr__(self) -> str:
        return "<Penghapusan>"


class UrutanNomor(Basis):
    """The last application number given out in a month ("2611")."""

    __tablename__ = "urutan_nomor"
    bulan: Mapped[str] = Column(String(4), primary_key=True)
    terakhir: Mapped[int] = Column(Integer, nullable=False)
