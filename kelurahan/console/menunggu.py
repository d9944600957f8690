"""What waits for officers: the figures of the badges under the menu."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import func, select

from kelurahan.store import peringatan, sesi, status
from kelurahan.store.models import Peringatan, Permohonan
from kelurahan.store.models_petugas import Serahan


@dataclass(frozen=True)
class Menunggu:
    """New applications, the newest one's id, waiting chats, open alerts."""

    baru: int
    terbaru: int
    percakapan: int
    gangguan: list[Peringatan]

    @property
    def sidik(self) -> str:
        """A short word that differs when anything of this differs."""
        gangguan = [(g.id, g.jumlah) for g in self.gangguan]
        isi = (self.baru, self.terbaru, self.percakapan, gangguan)
        return hashlib.sha256(repr(isi).encode()).hexdigest()[:12]


def hitung() -> Menunggu:
    """Count now."""
    with sesi(baca=True) as s:
        baru = select(func.count(), func.max(Permohonan.id)).where(Permohonan.status == status.BARU)
        jumlah, terbaru = s.execute(baru).one()
        menunggu = select(func.count()).select_from(Serahan)
        menunggu = menunggu.where(Serahan.selesai.is_(None), Serahan.dipegang.is_(None))
        return Menunggu(jumlah, terbaru or 0, s.scalar(menunggu), peringatan.terbuka(s))
