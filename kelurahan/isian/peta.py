"""Whether an RT of an RW exists, as the directory says: one judgement for residents and staff."""

from __future__ import annotations

from typing import Protocol

from kelurahan.isian.model import RT_RW, Salah


class Peta(Protocol):
    """What is asked of the directory; it has at least one RT."""

    def ada(self, rt: str, rw: str) -> bool:
        """Does this RT of this RW exist?"""

    def rw(self) -> list[str]:
        """All RW, sorted."""

    def rt_di(self, rw: str) -> list[str]:
        """The RT of one RW, sorted."""


def periksa(rt: str | None, rw: str, peta: Peta) -> Salah | None:
    """What is wrong with an RT/RW that nobody has there; None if it exists (RT may be unknown)."""
    semua = peta.rw()
    if rw not in semua:
        alasan = f"RW {rw} tidak ada di sini. Yang ada RW {semua[0]} sampai RW {semua[-1]}."
        contoh = f"{peta.rt_di(semua[0])[0]}/{semua[0]}"
        return Salah(RT_RW, f"RT {rt or '?'} / RW {rw}", alasan, contoh)
    if rt and not peta.ada(rt, rw):
        ada = peta.rt_di(rw)
        alasan = f"di RW {rw} tidak ada RT {rt}. Yang ada RT {ada[0]} sampai RT {ada[-1]}."
        return Salah(RT_RW, f"RT {rt} / RW {rw}", alasan, f"{ada[0]}/{rw}")
    return None
