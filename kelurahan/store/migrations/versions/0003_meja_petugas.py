"""The petugas console: officers, sessions, audit, hand-over, attachments, catalogue changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PENGIRIM = sa.String(255)
SAAT = sa.DateTime(timezone=True)
ORANG = sa.String(100)
TABEL = (
    *("obrolan", "lampiran", "perubahan_layanan", "pengurus"),
    *("serahan", "jejak_audit", "percobaan_masuk", "sesi_petugas", "petugas"),
)


def upgrade() -> None:
    """Create the console's tables, and the indexes its pages need on the others."""
    _masuk()
    _audit()
    _percakapan()
    _lampiran()
    _katalog_dan_wilayah()
    op.add_column("riwayat_isian", sa.Column("alasan", sa.Text))
    op.add_column("outbox", sa.Column("layanan", sa.String(64)))
    # the channel looks a resident up anyway: one flag there spares a query for every message
    dipegang = sa.Column("dipegang", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("warga", dipegang)
    op.create_index("ix_permohonan_status_dibuat", "permohonan", ["status", "dibuat"])
    op.create_index("ix_permohonan_dibuat", "permohonan", ["dibuat"])
    op.create_index("ix_permohonan_rw_status_rt", "permohonan", ["rw", "status", "rt"])
    op.create_index("ix_permohonan_layanan_status", "permohonan", ["layanan", "status"])
    op.create_index("ix_riwayat_status_ke_pada", "riwayat_status", ["ke", "pada"])
    op.create_index("ix_outbox_created_at", "outbox", ["created_at"])
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])
    parkir = sa.text("state = 'parked'")
    saring = {"sqlite_where": parkir, "postgresql_where": parkir}
    op.create_index("ix_inbox_parked", "inbox", ["id"], **saring)


def downgrade() -> None:
    """Back to a service without a console; what officers wrote is lost."""
    for indeks, tabel in (
        ("ix_inbox_parked", "inbox"),
        ("ix_inbox_received_at", "inbox"),
        ("ix_outbox_created_at", "outbox"),
        ("ix_riwayat_status_ke_pada", "riwayat_status"),
        ("ix_permohonan_layanan_status", "permohonan"),
        ("ix_permohonan_rw_status_rt", "permohonan"),
        ("ix_permohonan_dibuat", "permohonan"),
        ("ix_permohonan_status_dibuat", "permohonan"),
    ):
        op.drop_index(indeks, tabel)
    for tabel, kolom in (("warga", "dipegang"), ("outbox", "layanan"), ("riwayat_isian", "alasan")):
        with op.batch_alter_table(tabel) as ubah:
            ubah.drop_column(kolom)
    for tabel in TABEL:
        op.drop_table(tabel)


def _masuk() -> None:
    op.create_table(
        "petugas",
        sa.Column("id", sa.Integer),
        sa.Column("nama_pengguna", sa.String(40), nullable=False),
        sa.Column("nama", ORANG, nullable=False),
        sa.Column("peran", sa.String(16), nullable=False),
        sa.Column("sandi", sa.String(200), nullable=False),
        sa.Column("sandi_sejak", SAAT, nullable=False),
        *(sa.Column(k, sa.Boolean, nullable=False) for k in ("wajib_ganti", "aktif")),
        sa.Column("dibuat", SAAT, nullable=False),
        sa.Column("terakhir_masuk", SAAT),
        *(sa.Column(k, sa.Boolean, nullable=False) for k in ("bunyi", "ringkasan")),
        sa.Column("wa_id", sa.String(64)),
        sa.Column("ringkasan_terakhir", SAAT),
        sa.PrimaryKeyConstraint("id", name="pk_petugas"),
        sa.UniqueConstraint("nama_pengguna", name="uq_petugas_nama_pengguna"),
    )
    op.create_table(
        "sesi_petugas",
        sa.Column("id", sa.String(64)),
        sa.Column("petugas_id", sa.Integer, nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("dibuat", SAAT, nullable=False),
        sa.Column("dipakai", SAAT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sesi_petugas"),
        _petugas("sesi_petugas"),
    )
    op.create_index("ix_sesi_petugas_petugas_id", "sesi_petugas", ["petugas_id"])
    op.create_table(
        "percobaan_masuk",
        sa.Column("id", sa.Integer),
        sa.Column("kunci", sa.String(64), nullable=False),
        sa.Column("pada", SAAT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_percobaan_masuk"),
    )
    op.create_index("ix_percobaan_masuk_kunci_pada", "percobaan_masuk", ["kunci", "pada"])


def _petugas(tabel: str) -> sa.ForeignKeyConstraint:
    nama = f"fk_{tabel}_petugas_id_petugas"
    return sa.ForeignKeyConstraint(["petugas_id"], ["petugas.id"], name=nama)


def _audit() -> None:
    op.create_table(
        "jejak_audit",
        sa.Column("id", sa.Integer),
        sa.Column("pada", SAAT, nullable=False),
        sa.Column("oleh", ORANG, nullable=False),
        sa.Column("tindakan", sa.String(40), nullable=False),
        sa.Column("sasaran", sa.String(80), nullable=False),
        sa.Column("sebelum", sa.Text),
        sa.Column("sesudah", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_jejak_audit"),
    )
    op.create_index("ix_jejak_audit_pada", "jejak_audit", ["pada"])
    op.create_index("ix_jejak_audit_sasaran_id", "jejak_audit", ["sasaran", "id"])


def _percakapan() -> None:
    op.create_table(
        "serahan",
        sa.Column("id", sa.Integer),
        sa.Column("warga_id", PENGIRIM),
        sa.Column("sebab", sa.String(24), nullable=False),
        sa.Column("dibuat", SAAT, nullable=False),
        sa.Column("petugas_id", sa.Integer),
        sa.Column("dipegang", SAAT),
        sa.Column("terakhir", SAAT, nullable=False),
        sa.Column("selesai", SAAT),
        sa.Column("penutup", sa.String(24)),
        sa.PrimaryKeyConstraint("id", name="pk_serahan"),
        _petugas("serahan"),
    )
    op.create_index("ix_serahan_warga_id", "serahan", ["warga_id"])
    terbuka = sa.text("selesai IS NULL")
    saring = {"sqlite_where": terbuka, "postgresql_where": terbuka}
    op.create_index("ix_serahan_terbuka", "serahan", ["warga_id"], unique=True, **saring)
    op.create_table(
        "obrolan",
        sa.Column("id", sa.Integer),
        sa.Column("warga_id", PENGIRIM, nullable=False),
        sa.Column("arah", sa.String(8), nullable=False),
        sa.Column("oleh", ORANG, nullable=False),
        sa.Column("teks", sa.Text, nullable=False),
        sa.Column("pada", SAAT, nullable=False),
        sa.Column("pesan_id", sa.String(64)),
        sa.Column("outbox_id", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_obrolan"),
        sa.UniqueConstraint("pesan_id", name="uq_obrolan_pesan_id"),
    )
    op.create_index("ix_obrolan_warga_id_id", "obrolan", ["warga_id", "id"])


def _lampiran() -> None:
    op.create_table(
        "lampiran",
        sa.Column("id", sa.Integer),
        sa.Column("warga_id", PENGIRIM, nullable=False),
        sa.Column("permohonan_id", sa.Integer),
        sa.Column("pesan_id", sa.String(64), nullable=False),
        sa.Column("media_id", sa.String(255)),
        sa.Column("mime", sa.String(100), nullable=False),
        sa.Column("ukuran", sa.Integer),
        sa.Column("berkas", sa.String(80)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("alasan", sa.String(40)),
        sa.Column("dibuat", SAAT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", SAAT),
        sa.PrimaryKeyConstraint("id", name="pk_lampiran"),
        sa.UniqueConstraint("pesan_id", name="uq_lampiran_pesan_id"),
        sa.ForeignKeyConstraint(
            ["permohonan_id"], ["permohonan.id"], name="fk_lampiran_permohonan_id_permohonan"
        ),
    )
    op.create_index("ix_lampiran_warga_id", "lampiran", ["warga_id"])
    op.create_index("ix_lampiran_permohonan_id", "lampiran", ["permohonan_id"])
    menunggu = sa.text("state = 'waiting'")
    saring = {"sqlite_where": menunggu, "postgresql_where": menunggu}
    op.create_index("ix_lampiran_menunggu", "lampiran", ["id"], **saring)


def _katalog_dan_wilayah() -> None:
    op.create_table(
        "perubahan_layanan",
        sa.Column("id", sa.Integer),
        sa.Column("slug", sa.String(64), nullable=False),
        sa.Column("dari", sa.Integer),
        sa.Column("isi", sa.Text, nullable=False),
        sa.Column("alasan", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("oleh", ORANG, nullable=False),
        sa.Column("dibuat", SAAT, nullable=False),
        sa.Column("diputuskan_oleh", ORANG),
        sa.Column("diputuskan", SAAT),
        sa.Column("alasan_keputusan", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_perubahan_layanan"),
    )
    op.create_index("ix_perubahan_layanan_slug", "perubahan_layanan", ["slug"])
    berlaku = sa.text("state = 'berlaku'")
    saring = {"sqlite_where": berlaku, "postgresql_where": berlaku}
    op.create_index(
        "ix_perubahan_layanan_berlaku", "perubahan_layanan", ["slug"], unique=True, **saring
    )
    op.create_table(
        "pengurus",
        sa.Column("id", sa.Integer),
        sa.Column("jabatan", sa.String(8), nullable=False),
        sa.Column("rt", sa.String(3)),
        sa.Column("rw", sa.String(3), nullable=False),
        sa.Column("nama", sa.String(200), nullable=False),
        sa.Column("wa_id", sa.String(64), nullable=False),
        sa.Column("dikabari", sa.Boolean, nullable=False),
        sa.Column("dibuat", SAAT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pengurus"),
        sa.UniqueConstraint("wa_id", name="uq_pengurus_wa_id"),
    )
