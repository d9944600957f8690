"""The tables of the petugas console. Reprs show no names, numbers or words of residents."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, validates

from kelurahan.store import waktu
from kelurahan.store.models import PANJANG_NAMA, PANJANG_PENGIRIM, Basis, UtcDateTime

BELUM_SELESAI = text("selesai IS NULL")
BERLAKU = text("state = 'berlaku'")


class Petugas(Basis):
    """Someone who may log in to the console."""

    __tablename__ = "petugas"
    id: Mapped[int] = Column(Integer, primary_key=True)
    nama_pengguna: Mapped[str] = Column(String(40), nullable=False, unique=True)  # lower case
    nama: Mapped[str] = Column(String(100), nullable=False)
    peran: Mapped[str] = Column(String(16), nullable=False)  # petugas, pimpinan, admin
    sandi: Mapped[str] = Column(String(200), nullable=False)  # Argon2id hash, parameters included
    sandi_sejak: Mapped[datetime] = Column(UtcDateTime, nullable=False)  # set with the password
    wajib_ganti: Mapped[bool] = Column(Boolean, nullable=False)  # a password somebody else chose
    aktif: Mapped[bool] = Column(Boolean, nullable=False)
    dibuat: Mapped[datetime] = Column(UtcDateTime, nullable=False)
    terakhir_masuk: Mapped[datetime | None] = Column(UtcDateTime)
    bunyi: Mapped[bool] = Column(Boolean, nullable=False)  # a sound for every new application
    ringkasan: Mapped[bool] = Column(Boolean, nullable=False)  # the daily digest over WhatsApp
    wa_id: Mapped[str | None] = Column(String(64))  # where the digest goes
    ringkasan_terakhir: Mapped[datetime | None] = Column(UtcDateTime)

    @validates("sandi")
    def _catat_sandi(self, _nama: str, acakan: str) -> str:
        """Whoever sets a password: a password made by an admin is good for some days only."""
        self.sandi_sejak = waktu.sekarang()
        return acakan

    def __repr__(self) -> str:
        return f"<Petugas {self.id} {self.peran}>"


class SesiPetugas(Basis):
    """A login. The cookie holds the token, the table its hash: a stolen backup opens no session."""

    __tablename__ = "sesi_petugas"
    id: Mapped[str] = Column(String(64), primary_key=True)  # SHA-256 of the token
    petugas_id: Mapped[int] = Column(ForeignKey("petugas.id"), nullable=False, index=True)
    csrf: Mapped[str] = Column(String(64), nullable=False)
    dibuat: Mapped[datetime] = Column(UtcDateTime, nullable=False)
    dipakai: Mapped[datetime] = Column(UtcDateTime, nullable=False)

    def __repr__(self) -> str:
        return f"<SesiPetugas {self.petugas_id}>"


class PercobaanMasuk(Basis):
    """A failed login; `kunci` is a hash of whom or where it concerns."""

    __tablename__ = "percobaan_masuk"
    id: Mapped[int] = Column(Integer, primary_key=True)
    kunci: Mapped[str] = Column(String(64), nullable=False)
    pada: Mapped[datetime] = Column(UtcDateTime, nullable=False)
    __table_args__ = (Index("ix_percobaan_masuk_kunci_pada", "kunci", "pada"),)


class JejakAudit(Basis):
    """What an officer did to what: who, when, before, after. Never holds residents' data."""

    __tablename__ = "jejak_audit"
    id: Mapped[int] = Column(Integer, primary_key=True)
    pada: Mapped[datetime] = Column(UtcDateTime, nullable=False, index=True)
    oleh: Mapped[str] = Column(String(100), nullable=False)  # user name, or "sistem"
    tindakan: Mapped[str] = Column(String(40), nullable=False)
    sasaran: Mapped[str] = Column(String(80), nullable=False)  # "layanan:ktp", "petugas:3"
    sebelum: Mapped[str | None] = Column(Text)
    sesudah: Mapped[str | None] = Column(Text)
    __table_args__ = (Index("ix_jejak_audit_sasaran_id", "sasaran", "id"),)

    def __repr__(self) -> str:
        return f"<JejakAudit {self.tindakan} {self.sasaran}>"


class Serahan(Basis):
    """A conversation that a human should take, has taken, or had; one open per resident."""

    __tablename__ = "serahan"
    id: Mapped[int] = Column(Integer, primary_key=True)
    warga_id: Mapped[str | None] = Column(String(PANJANG_PENGIRIM), index=True)
    sebab: Mapped[str] = Column(String(24), nullable=False)  # see store.serahan
    dibuat: Mapped[datetime] = Column(UtcDateTime, nullable=False)
    petugas_id: Mapped[int | None] = Column(ForeignKey("petugas.id"))  # who holds it
    dipegang: Mapped[datetime | None] = Column(UtcDateTime)  # since when
    terakhir: Mapped[datetime] = Column(UtcDateTime, nullable=False)  # last thing either side said
    selesai: Mapped[datetime | None] = Column(UtcDateTime)
    penutup: Mapped[str | None] = Column(String(24))  # how it ended
    __table_args__ = (
        Index(
            "ix_serahan_terbuka",
            "warga_id",
            unique=True,
            sqlite_where=BELUM_SELESAI,
            postgresql_where=BELUM_SELESAI,
        ),
    )

    def __repr__(self) -> str:
        return f"<Serahan {self.id} {self.sebab}>"


class Obrolan(Basis):
    """One message between a resident and an officer: what Rasa never saw."""

    __tablename__ = "obrolan"
    id: Mapped[int] = Column(Integer, primary_key=True)
    warga_id: Mapped[str] = Column(String(PANJANG_PENGIRIM), nullable=False)
    arah: Mapped[str] = Column(String(8), nullable=False)  # masuk, keluar
    oleh: Mapped[str] = Column(String(100), nullable=False)  # "warga", a user name, "sistem"
    teks: Mapped[str] = Column(Text, nullable=False)
    pada: Mapped[datetime] = Column(UtcDateTime, nullable=False)
    pesan_id: Mapped[str | None] = Column(String(64), unique=True)  # of a received message
    outbox_id: Mapped[int | None] = Column(Integer)  # of a sent one: did it arrive?
    __table_args__ = (Index("ix_obrolan_warga_id_id", "warga_id", "id"),)

    def __repr__(self) -> str:
        return f"<Obrolan {self.id} {self.arah}>"


class Lampiran(Basis):
    """A photo or document a resident sent: fetched from WhatsApp, kept outside the web root."""

    __tablename__ = "lampiran"
    id: Mapped[int] = Column(Integer, primary_key=True)
    warga_id: Mapped[str] = Column(String(PANJANG_PENGIRIM), nullable=False, index=True)
    permohonan_id: Mapped[int | None] = Column(ForeignKey("permohonan.id"), index=True)
    pesan_id: Mapped[str] = Column(String(64), nullable=False, unique=True)
    media_id: Mapped[str | None] = Column(String(255))  # at WhatsApp; forgotten once fetched
    mime: Mapped[str] = Column(String(100), nullable=False)  # announced; then what the bytes are
    ukuran: Mapped[int | None] = Column(Integer)  # bytes
    berkas: Mapped[str | None] = Column(String(80))  # random name in the attachments folder
    state: Mapped[str] = Column(String(16), nullable=False)  # waiting, stored, refused, failed
    alasan: Mapped[str | None] = Column(String(40))
    dibuat: Mapped[datetime] = Column(UtcDateTime, nullable=False)
    attempts: Mapped[int] = Column(Integer, nullable=False)
    due_at: Mapped[datetime | None] = Column(UtcDateTime)
    __table_args__ = (
        Index(
            "ix_lampiran_menunggu",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    def __repr__(self) -> str:
        return f"<Lampiran {self.id} {self.state}>"


class PerubahanLayanan(Basis):
    """A change to the catalogue made in the console; one per service is `berlaku`."""

    __tablename__ = "perubahan_layanan"
    id: Mapped[int] = Column(Integer, primary_key=True)  # the version
    slug: Mapped[str] = Column(String(64), nullable=False, index=True)
    dari: Mapped[int | None] = Column(Integer)  # the version it was made from; None: the file
    isi: Mapped[str] = Column(Text, nullable=False)  # JSON, see kelurahan.katalog_perubahan
    alasan: Mapped[str] = Column(Text, nullable=False)
    state: Mapped[str] = Column(String(16), nullable=False)  # usulan, berlaku, digantikan, ditolak
    oleh: Mapped[str] = Column(String(100), nullable=False)
    dibuat: Mapped[datetime] = Column(UtcDateTime, nullable=False)
    diputuskan_oleh: Mapped[str | None] = Column(String(100))
    diputuskan: Mapped[datetime | None] = Column(UtcDateTime)
    alasan_keputusan: Mapped[str | None] = Column(Text)
    __table_args__ = (
        Index(
            "ix_perubahan_layanan_berlaku",
            "slug",
            unique=True,
            sqlite_where=BERLAKU,
            postgresql_where=BERLAKU,
        ),
    )

    def __repr__(self) -> str:
        return f"<PerubahanLayanan {self.id} {self.slug} {self.state}>"


class Pengurus(Basis):
    """An RT or RW officer and the number they write from."""

    __tablename__ = "pengurus"
    id: Mapped[int] = Column(Integer, primary_key=True)
    jabatan: Mapped[str] = Column(String(8), nullable=False)  # rt, rw
    rt: Mapped[str | None] = Column(String(3))
    rw: Mapped[str] = Column(String(3), nullable=False)
    nama: Mapped[str] = Column(String(PANJANG_NAMA), nullable=False)
    wa_id: Mapped[str] = Column(String(64), nullable=False, unique=True)
    dikabari: Mapped[bool] = Column(Boolean, nullable=False)  # told of applications from the RT/RW
    dibuat: Mapped[datetime] = Column(UtcDateTime, nullable=False)

    def __repr__(self) -> str:
        return f"<Pengurus {self.jabatan} {self.rt}/{self.rw}>"
