"""First tables: residents, applications and their history, RT/RW, messages, deletions, counters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PENGIRIM = sa.String(255)
SAAT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create every table of the first version."""
    _warga()
    _permohonan()
    _riwayat()
    _lain_lain()


def downgrade() -> None:
    """Drop them again, children first."""
    for tabel in (
        "urutan_nomor",
        "penghapusan",
        "pesan_masuk",
        "rt_rw",
        "riwayat_isian",
        "riwayat_status",
        "permohonan",
        "warga",
    ):
        op.drop_table(tabel)


def _warga() -> None:
    op.create_table(
        "warga",
        sa.Column("id", PENGIRIM),
        sa.Column("wa_id", sa.String(64)),
        sa.Column("bsuid", sa.String(160)),
        sa.Column("digabung_ke", PENGIRIM),
        sa.Column("dibuat", SAAT, nullable=False),
        sa.Column("privasi_pada", SAAT),
        sa.PrimaryKeyConstraint("id", name="pk_warga"),
        sa.UniqueConstraint("wa_id", name="uq_warga_wa_id"),
        sa.UniqueConstraint("bsuid", name="uq_warga_bsuid"),
        sa.ForeignKeyConstraint(["digabung_ke"], ["warga.id"], name="fk_warga_digabung_ke_warga"),
    )


def _permohonan() -> None:
    op.create_table(
        "permohonan",
        sa.Column("id", sa.Integer),
        sa.Column("nomor", sa.String(40), nullable=False),
        sa.Column("warga_id", PENGIRIM),
        sa.Column("pesan_id", sa.String(255)),
        sa.Column("layanan", sa.String(64), nullable=False),
        sa.Column("varian", sa.String(64)),
        sa.Column("nama", sa.String(200), nullable=False),
        sa.Column("tanggal_lahir", sa.Date),
        sa.Column("rt", sa.String(3)),
        sa.Column("rw", sa.String(3), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("dibuat", SAAT, nullable=False),
        sa.Column("diubah", SAAT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_permohonan"),
        sa.UniqueConstraint("nomor", name="uq_permohonan_nomor"),
        sa.UniqueConstraint("warga_id", "pesan_id", name="uq_permohonan_warga_id_pesan_id"),
        sa.ForeignKeyConstraint(["warga_id"], ["warga.id"], name="fk_permohonan_warga_id_warga"),
    )


def _riwayat() -> None:
    op.create_table(
        "riwayat_status",
        *_kolom_riwayat("riwayat_status"),
        sa.Column("dari", sa.String(32)),
        sa.Column("ke", sa.String(32), nullable=False),
        sa.Column("catatan", sa.Text),
    )
    op.create_table(
        "riwayat_isian",
        *_kolom_riwayat("riwayat_isian"),
        sa.Column("isian", sa.String(32), nullable=False),
        sa.Column("sebelum", sa.String(200)),
        sa.Column("sesudah", sa.String(200)),
    )
    for tabel in ("riwayat_status", "riwayat_isian"):
        op.create_index(f"ix_{tabel}_permohonan_id", tabel, ["permohonan_id"])


def _kolom_riwayat(tabel: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Integer),
        sa.Column("permohonan_id", sa.Integer, nullable=False),
        sa.Column("pada", SAAT, nullable=False),
        sa.Column("oleh", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{tabel}"),
        sa.ForeignKeyConstraint(
            ["permohonan_id"], ["permohonan.id"], name=f"fk_{tabel}_permohonan_id_permohonan"
        ),
    ]


def _lain_lain() -> None:
    op.create_table(
        "rt_rw",
        sa.Column("rt", sa.String(3)),
        sa.Column("rw", sa.String(3)),
        sa.Column("contoh", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("rt", "rw", name="pk_rt_rw"),
    )
    op.create_table(
        "pesan_masuk",
        sa.Column("pesan_id", sa.String(64)),
        sa.Column("warga_id", PENGIRIM),
        sa.Column("jenis", sa.String(32), nullable=False),
        sa.Column("diterima", SAAT, nullable=False),
        sa.Column("selesai", SAAT),
        sa.PrimaryKeyConstraint("pesan_id", name="pk_pesan_masuk"),
    )
    op.create_index("ix_pesan_masuk_warga_id", "pesan_masuk", ["warga_id"])
    op.create_table(
        "penghapusan",
        sa.Column("warga_id", PENGIRIM),
        sa.Column("diminta", SAAT, nullable=False),
        sa.Column("selesai", SAAT),
        sa.PrimaryKeyConstraint("warga_id", name="pk_penghapusan"),
    )
    op.create_table(
        "urutan_nomor",
        sa.Column("bulan", sa.String(4)),
        sa.Column("terakhir", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("bulan", name="pk_urutan_nomor"),
    )
