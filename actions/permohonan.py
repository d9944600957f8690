"""Applications already filed: status, correction, cancelling; always bound to the sender."""

from __future__ import annotations

import re
from dataclasses import replace

from rasa_sdk.events import SlotSet

from actions.dasar import Aksi, Events
from actions.formulir import Draf, catatan_contoh, gabung, kosongkan, periksa
from actions.konteks import Konteks
from kelurahan import isian, permohonan
from kelurahan.katalog import katalog
from kelurahan.replies import Balasan
from kelurahan.replies import formulir as teks_formulir
from kelurahan.replies import permohonan as teks
from kelurahan.store import pengurus
from kelurahan.store.direktori import direktori
from kelurahan.store.waktu import wib
from kelurahan.wilayah import kelurahan

PALING_BANYAK = 50  # of one sender's applications are looked through for a service named
MENYEBUT_PERMOHONAN = re.compile(r"\b(permohonan|pengajuan|pendaftaran|ajuan)", re.I)


class AksiCekStatus(Aksi):
    """Status by number, of one service, or of everything this sender filed."""

    nama = "action_cek_status"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        nomor = konteks.entitas("nomor_permohonan")
        if nomor:
            satu = _bernomor(konteks)
            semua = [satu] if satu else []
        else:
            semua = self._milik(konteks)
        if not semua:
            return teks.status_tidak_ada(nomor[0] if nomor else None, kelurahan().awalan_nomor), []
        bernama = pengurus.jabatan(konteks.pengirim) is not None
        if len(semua) == 1:
            balasan = teks.status(semua[0], katalog(), wib, kelurahan(), bernama=bernama)
        else:
            masih_ada = len(semua) == PALING_BANYAK
            balasan = teks.daftar_status(
                semua, katalog(), wib, bernama=bernama, masih_ada=masih_ada
            )
        # inside a form, looking something up must not change what is being applied for
        events = [] if konteks.formulir_aktif else [SlotSet("layanan", semua[0].layanan)]
        return balasan, events

    @staticmethod
    def _milik(konteks: Konteks) -> list[permohonan.Permohonan]:
        semua = permohonan.daftar(konteks.pengirim, batas=PALING_BANYAK)
        semua = [s for s in semua if s.layanan in katalog().slugs()]
        disebut = {satu.slug for satu in konteks.layanan_disebut}
        return [satu for satu in semua if satu.layanan in disebut] or semua


class AksiPerbaiki(Aksi):
    """ "eh salah, lahirnya 1991" after the application was filed."""

    nama = "action_perbaiki"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        nomor = konteks.entitas("nomor_permohonan")
        satu = _bernomor(konteks) if nomor else permohonan.terakhir(konteks.pengirim)
        if nomor and satu is None:
            return teks.status_tidak_ada(nomor[0], kelurahan().awalan_nomor), []
        if satu is None or satu.status != "baru":
            return teks.tidak_bisa_diperbaiki(satu), []
        lama = isian.Hasil(satu.nama, satu.tanggal_lahir, satu.rt, satu.rw)
        layanan = katalog().ambil(satu.layanan)
        draf = gabung(Draf(layanan, lama), konteks, None)
        if draf is None:
            return teks.perbaikan_belum_jelas(satu), []
        # the age was judged when it was filed (someone married may be younger)
        lahir_tetap = draf.isian.tanggal_lahir == lama.tanggal_lahir
        draf = periksa(replace(draf, kawin=lahir_tetap), konteks.hari_ini, tercatat=True)
        if draf.salah:
            return teks.perbaikan_salah(satu, draf.salah, catatan_contoh(draf)), []
        baru = draf.isian
        hasil = permohonan.koreksi(
            konteks.pengirim,
            satu.nomor,
            nama=baru.nama,
            tanggal_lahir=baru.tanggal_lahir,
            rt=baru.rt,
            rw=baru.rw,
        )
        if hasil is None:
            return teks.tidak_bisa_diperbaiki(satu), []
        contoh = teks_formulir.CATATAN_CONTOH if direktori().contoh else ""
        return teks.diperbaiki(hasil, katalog(), contoh), [SlotSet("layanan", hasil.layanan)]


class AksiBatal(Aksi):
    """Stop the form; outside it, offer to cancel the application just filed."""

    nama = "action_batal"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        nomor = konteks.entitas("nomor_permohonan")
        if konteks.formulir_aktif and not nomor:
            layanan = konteks.layanan_formulir
            return teks.batal_formulir(layanan.slug if layanan else None), kosongkan()
        satu = self._yang_dimaksud(konteks)
        if satu is None and nomor:
            return teks.status_tidak_ada(nomor[0], kelurahan().awalan_nomor), []
        if satu is None:
            return teks.tidak_ada_yang_dibatalkan(), []
        return teks.tanya_batal(satu, katalog()), [
            SlotSet("pertanyaan", "batal_permohonan"),
            SlotSet("nomor_permohonan", satu.nomor),
        ]

    @staticmethod
    def _yang_dimaksud(konteks: Konteks) -> permohonan.Permohonan | None:
        if konteks.entitas("nomor_permohonan"):
            return _bernomor(konteks)
        baru_saja = konteks.balasan_sebelumnya().get("balasan") == "permohonan_tercatat"
        if baru_saja or MENYEBUT_PERMOHONAN.search(konteks.teks):
            satu = permohonan.terakhir(konteks.pengirim)
            return satu if satu and satu.status == "baru" else None
        return None


class AksiSetuju(Aksi):
    """ "ya" to the bot's own question: erase my data, cancel the application, or nothing open."""

    nama = "action_setuju"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        pertanyaan = konteks.pertanyaan
        if pertanyaan == "hapus_data":
            ringkasan = permohonan.hapus_data(konteks.pengirim)
            return teks.dihapus(ringkasan.tersisa), [*kosongkan(), SlotSet("layanan", None)]
        if pertanyaan == "batal_permohonan":
            satu = permohonan.batalkan(konteks.pengirim, konteks.slot("nomor_permohonan") or "")
            return teks.dibatalkan(satu), [SlotSet("nomor_permohonan", None)]
        if konteks.diminta == "layanan":
            return teks_formulir.minta_layanan(katalog(), konteks.isian), []
        if konteks.formulir_aktif:
            return Balasan("Baik, kita lanjutkan.", "basa_basi", konteks.slot("layanan")), []
        return Balasan(
            "Baik. Ketik *menu* untuk melihat layanan, *ajukan* untuk mulai mengajukan, atau "
            "*status* untuk melihat permohonan Anda.",
            "basa_basi",
            konteks.slot("layanan"),
        ), []


def _bernomor(konteks: Konteks) -> permohonan.Permohonan | None:
    """The application whose number stands in the message, if it is this sender's."""
    satu = permohonan.cari(konteks.pengirim, konteks.entitas("nomor_permohonan")[0])
    # an application may outlive a service that was taken out of the catalogue
    return satu if satu and satu.layanan in katalog().slugs() else None
