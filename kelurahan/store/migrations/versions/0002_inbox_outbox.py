"""Inbox in place of the marks of received messages; outbox, alerts, the last time one wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PENGIRIM = sa.String(255)
SAAT = sa.DateTime(timezone=True)
TERBUKA = sa.text("state IN ('waiting', 'running')")
BELUM_SELESAI = sa.text("selesai IS NULL")


def upgrade() -> None:
    """Create the queues; what was received before becomes a finished inbox row."""
    op.add_column("warga", sa.Column("terakhir_menulis", sa.Integer))
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer),
        sa.Column("pesan_id", sa.String(64), nullable=False),
        sa.Column("warga_id", PENGIRIM),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("sent_at", sa.Integer, nullable=False),
        sa.Column("received_at", SAAT, nullable=False),
        sa.Column("content", sa.Text),
        *_kolom_antrean(),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("pesan_id", name="uq_inbox_pesan_id"),
    )
    op.create_index("ix_inbox_warga_id_sent_at", "inbox", ["warga_id", "sent_at"])
    _indeks_terbuka("inbox", ["warga_id", "sent_at", "id"])
    _outbox()
    _peringatan()
    op.execute(
        "INSERT INTO inbox (pesan_id, warga_id, kind, sent_at, received_at, state, attempts,"
        " finished_at) SELECT pesan_id, warga_id, jenis, 0, diterima, 'done', 1,"
        " COALESCE(selesai, diterima) FROM pesan_masuk"
    )
    op.drop_table("pesan_masuk")


def downgrade() -> None:
    """Back to marks alone: what still waits is lost, so finish the queues first."""
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
    op.execute(
        "INSERT INTO pesan_masuk (pesan_id, warga_id, jenis, diterima, selesai)"
        " SELECT pesan_id, warga_id, kind, received_at, finished_at FROM inbox"
    )
    for tabel in ("peringatan", "outbox", "inbox"):
        op.drop_table(tabel)
    with op.batch_alter_table("warga") as warga:
        warga.drop_column("terakhir_menulis")


def _kolom_antrean() -> list[sa.schema.SchemaItem]:
    """What both queues need to be worked by one worker at a time."""
    return [
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", SAAT),
        sa.Column("claimed_by", sa.String(80)),
        sa.Column("claimed_until", SAAT),
        sa.Column("finished_at", SAAT),
    ]


def _indeks_terbuka(tabel: str, jalur: list[str]) -> None:
    for nama, kolom in (("open", ["id"]), ("lane", jalur)):
        op.create_index(
            f"ix_{tabel}_{nama}", tabel, kolom, sqlite_where=TERBUKA, postgresql_where=TERBUKA
        )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer),
        sa.Column("warga_id", PENGIRIM),
        sa.Column("pesan_id", sa.String(64)),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("body", sa.Text),
        sa.Column("template", sa.Text),
        sa.Column("wa_id", sa.String(64)),
        sa.Column("bsuid", sa.String(160)),
        sa.Column("created_at", SAAT, nullable=False),
        *_kolom_antrean(),
        sa.Column("wamid_hash", sa.String(64)),
        sa.Column("delivery", sa.String(16)),
        sa.Column("error", sa.String(40)),
        sa.Column("error_code", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("pesan_id", "part", name="uq_outbox_pesan_id_part"),
    )
    op.create_index("ix_outbox_warga_id_created_at", "outbox", ["warga_id", "created_at"])
    op.create_index("ix_outbox_wamid_hash", "outbox", ["wamid_hash"])
    _indeks_terbuka("outbox", ["warga_id", "id"])


def _peringatan() -> None:
    op.create_table(
        "peringatan",
        sa.Column("id", sa.Integer),
        sa.Column("jenis", sa.String(40), nullable=False),
        sa.Column("kode", sa.Integer, nullable=False),
        sa.Column("pesan", sa.Text, nullable=False),
        sa.Column("jumlah", sa.Integer, nullable=False),
        sa.Column("pertama", SAAT, nullable=False),
        sa.Column("terakhir", SAAT, nullable=False),
        sa.Column("selesai", SAAT),
        sa.PrimaryKeyConstraint("id", name="pk_peringatan"),
    )
    op.create_index(
        "ix_peringatan_terbuka",
        "peringatan",
        ["jenis", "kode"],
        unique=True,
        sqlite_where=BELUM_SELESAI,
        postgresql_where=BELUM_SELESAI,
    )
