"""The office itself: hours, address, contacts, RT/RW, humans, complaints, other offices."""

from __future__ import annotations

import re

from actions.dasar import Aksi, Events
from actions.konteks import Konteks
from actions.serahan import serahkan
from kelurahan import isian
from kelurahan.replies import Balasan
from kelurahan.replies import info as teks
from kelurahan.replies import serahan as teks_serahan
from kelurahan.store import serahan
from kelurahan.store.direktori import direktori
from kelurahan.wilayah import cari_rujukan, kelurahan

RW = re.compile(r"\brw\W{0,2}(\d{1,3})\b", re.I)


class AksiInfo(Aksi):
    """General questions, one text per purpose."""

    nama = "action_info"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        kel = kelurahan()
        jawaban = {
            "tanya_jam": lambda: teks.jam(kel),
            "tanya_lokasi": lambda: teks.lokasi(kel),
            "tanya_kontak": lambda: teks.kontak(kel),
            "tanya_bot": lambda: teks.bot(kel),
        }
        return jawaban.get(konteks.intent, lambda: teks.bantuan(kel))(), []


class AksiRtRw(Aksi):
    """Which RT and RW there are, and what their letter is for."""

    nama = "action_rt_rw"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        # a question about RW 5 gives no data, so `isian` reads nothing from it
        if disebut := RW.search(konteks.teks):
            rw = f"{int(disebut.group(1)):03d}"
        else:
            rw = isian.baca(konteks.teks, hari_ini=konteks.hari_ini).rw
        return teks.rt_rw(kelurahan(), direktori(), rw), []


class AksiPetugas(Aksi):
    """A human is wanted: into the queue."""

    nama = "action_petugas"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        return teks_serahan.petugas(kelurahan(), serahkan(konteks, serahan.DIMINTA)), []


class AksiKeluhan(Aksi):
    """Complaints: about our own services to a human, about other matters to where they belong."""

    nama = "action_keluhan"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        rujukan = cari_rujukan(konteks.teks)
        if rujukan is None or konteks.layanan_disebut:
            return teks_serahan.keluhan(kelurahan(), serahkan(konteks, serahan.KELUHAN)), []
        return teks.keluhan_lain(kelurahan(), rujukan), []


class AksiLuarTopik(Aksi):
    """Not the kelurahan's work: say so and name the right office where it is known."""

    nama = "action_luar_topik"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        return teks.luar_topik(kelurahan(), cari_rujukan(konteks.teks)), []
