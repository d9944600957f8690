"""The shape of a reply, and the small pieces that every text uses."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date

BULAN = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli"),
    *("Agustus", "September", "Oktober", "November", "Desember"),
)

FORMAT_ISIAN = "*nama#tanggal lahir#RT/RW*"
CONTOH_ISIAN = "Siti Aminah#3 Mei 1990#003/005"


@dataclass(frozen=True)
class Balasan:
    """One reply: text, its kind (DESIGN section 5), the service it is about, and choices.

    `daftar` ({"tombol"}) asks the channel for a list message instead of reply buttons.
    """

    teks: str
    jenis: str
    layanan: str | None = None
    nomor: str | None = None
    pilihan: tuple[dict, ...] = ()
    daftar: dict | None = None

    def ditambah(self, teks: str) -> Balasan:
        """Return the same reply with one more paragraph at its end."""
        return replace(self, teks=f"{self.teks}\n\n{teks}") if teks else self


def tombol(judul: str, intent: str, keterangan: str = "", **entitas: str) -> dict:
    """Return one choice; its payload is Rasa's `/intent{…}`, which never leaves the server."""
    isi = f"/{intent}" + (json.dumps(entitas) if entitas else "")
    pilihan = {"title": judul, "payload": isi}
    return {**pilihan, "keterangan": keterangan} if keterangan else pilihan


def tanggal_panjang(hari: date) -> str:
    """Return `3 Mei 1990`."""
    return f"{hari.day} {BULAN[hari.month - 1]} {hari.year}"


def butir(baris) -> str:
    """Return the lines as a bulleted list."""
    return "\n".join(f"• {satu}" for satu in baris)


def urutan(baris) -> str:
    """Return the lines as numbered steps."""
    return "\n".join(f"{n}. {satu}" for n, satu in enumerate(baris, 1))


def gabung(*bagian: str) -> str:
    """Join the non-empty paragraphs with a blank line between."""
    return "\n\n".join(satu for satu in bagian if satu)


def alamat_rt_rw(rt: str, rw: str) -> str:
    """Return `RT 003 / RW 005`."""
    return f"RT {rt} / RW {rw}"
