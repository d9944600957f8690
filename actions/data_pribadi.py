"""Personal data: what is stored, and erasing it after one confirmation."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.dasar import Aksi, Events
from actions.konteks import Konteks
from kelurahan import permohonan
from kelurahan.replies import Balasan, info
from kelurahan.replies import permohonan as teks
from kelurahan.wilayah import kelurahan


class AksiDataPribadi(Aksi):
    """What is stored about me; "hapus data saya" says what would happen and asks once."""

    nama = "action_data_pribadi"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        if "hapus" not in konteks.entitas("tindakan"):
            return info.data_pribadi(kelurahan()), []
        jumlah = len(permohonan.daftar(konteks.pengirim, batas=1000))
        return teks.tanya_hapus(jumlah), [SlotSet("pertanyaan", "hapus_data")]
