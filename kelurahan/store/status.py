"""The life of an application: its statuses and which may follow which."""

from __future__ import annotations

BARU = "baru"
DIPERIKSA = "diperiksa"
PERLU_DILENGKAPI = "perlu_dilengkapi"
DIPROSES = "diproses"
SIAP_DIAMBIL = "siap_diambil"
SELESAI = "selesai"
DITOLAK = "ditolak"
DIBATALKAN = "dibatalkan"

PERPINDAHAN: dict[str, frozenset[str]] = {
    BARU: frozenset({DIPERIKSA, PERLU_DILENGKAPI, DIPROSES, DITOLAK, DIBATALKAN}),
    DIPERIKSA: frozenset({PERLU_DILENGKAPI, DIPROSES, DITOLAK, DIBATALKAN}),
    PERLU_DILENGKAPI: frozenset({DIPERIKSA, DIPROSES, DITOLAK, DIBATALKAN}),
    DIPROSES: frozenset({PERLU_DILENGKAPI, SIAP_DIAMBIL, DITOLAK, DIBATALKAN}),
    # the paper exists: it is fetched, or the resident no longer wants it
    SIAP_DIAMBIL: frozenset({SELESAI, DIBATALKAN}),
    SELESAI: frozenset(),
    DITOLAK: frozenset(),
    DIBATALKAN: frozenset(),
}
SEMUA = tuple(PERPINDAHAN)
# still being worked on: the same request again means this application
TERBUKA = frozenset({BARU, DIPERIKSA, PERLU_DILENGKAPI, DIPROSES})


class StatusError(ValueError):
    """A status is unknown or may not follow the present one."""


def boleh(dari: str, ke: str) -> bool:
    """Whether an application in status `dari` may be moved to `ke`."""
    return ke in PERPINDAHAN.get(dari, frozenset())


def pastikan_boleh(dari: str, ke: str) -> None:
    """Raise StatusError, naming the possible statuses, unless `ke` may follow `dari`."""
    if ke not in PERPINDAHAN:
        raise StatusError(f"status {ke!r} is unknown; use one of {', '.join(SEMUA)}")
    if not boleh(dari, ke):
        pilihan = ", ".join(s for s in SEMUA if boleh(dari, s)) or "nothing, it is final"
        raise StatusError(f"status {dari!r} cannot become {ke!r}; possible: {pilihan}")
