"""Our own tables: residents, applications, the RT/RW directory, message ids, deletion requests."""

from kelurahan.store import models_petugas  # noqa: F401 - its tables belong to the metadata
from kelurahan.store.engine import sesi
from kelurahan.store.errors import StoreBusyError, StoreError
from kelurahan.store.schema import siapkan

__all__ = ["StoreError", "StoreBusyError", "sesi", "siapkan"]
