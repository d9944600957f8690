"""Run by Alembic: migrates on the connection that `kelurahan.store.schema` hands over."""

from __future__ import annotations

from alembic import context

from kelurahan.store.models import Basis

koneksi = context.config.attributes.get("connection")
if koneksi is None:
    raise SystemExit("run `python -m kelurahan.store`, not the alembic command")
# render_as_batch: SQLite cannot alter a column in place
context.configure(connection=koneksi, target_metadata=Basis.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
