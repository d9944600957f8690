"""Personal data: what is stored, and erasing it after one confirmation."""

from __future__ import annotations

import re

from rasa_sdk.events import SlotSet

from actions.dasar import Aksi, Events
from actions.konteks import Konteks
from kelurahan import permohonan
from kelurahan.replies import Balasan, info
from kelurahan.replies import permohonan as teks
from kelurahan.store import pengurus
from kelurahan.wilayah import kelurahan

# "hapus data saya" is recognised by rule; longer wishes to erase are told by these words
MINTA_HAPUS = re.compile(r"\b(di)?(hapus|hilangkan|musnahkan|delete|tarik)", re.I)


class AksiDataPribadi(Aksi):
    """What is stored about me; "hapus data saya" says what would happen and asks once."""

    nama = "action_data_pribadi"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        if "hapus" not in konteks.entitas("tindakan") and not MINTA_HAPUS.search(konteks.teks):
            return info.data_pribadi(kelurahan()), []
        jumlah = len(permohonan.daftar(konteks.pengirim, batas=1000))
        terdaftar = pengurus.jabatan(konteks.pengirim) is not None
        return teks.tanya_hapus(jumlah, terdaftar), [SlotSet("pertanyaan", "hapus_data")]
