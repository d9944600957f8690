"""Menu, numbers, and questions about a service."""

from __future__ import annotations

from rasa_sdk.events import ActiveLoop, SlotSet

from actions.dasar import Aksi, Events
from actions.konteks import Konteks
from kelurahan.katalog import katalog, pilih_varian
from kelurahan.replies import Balasan
from kelurahan.replies import layanan as teks
from kelurahan.replies import pengurus as teks_pengurus
from kelurahan.store import pengurus
from kelurahan.wilayah import kelurahan


class AksiMenu(Aksi):
    """The menu of all services, or of one group of it."""

    nama = "action_menu"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        kelompok = konteks.entitas("kelompok")
        balasan = teks.menu_kelompok(katalog(), kelompok[0]) if kelompok else None
        return balasan or menu(konteks), []


def menu(konteks: Konteks, salam: str = "") -> Balasan:
    """The whole menu, opened by a greeting; RT/RW officers are greeted as such."""
    jabatan = pengurus.jabatan(konteks.pengirim)
    if jabatan:
        pembuka = teks_pengurus.sapaan(jabatan, salam)
    else:
        pembuka = f"{salam}, Bapak/Ibu. Selamat datang, ada yang bisa dibantu?" if salam else ""
    return teks.menu(katalog(), kelurahan(), pembuka)


class AksiPilihNomor(Aksi):
    """`#nomor`: the requirements of that service; inside a form it changes the service."""

    nama = "action_pilih_nomor"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        if not konteks.layanan_disebut:
            mentah = konteks.entitas("nomor_menu")
            return teks.nomor_tidak_ada(mentah[0] if mentah else konteks.teks, katalog()), []
        layanan = konteks.layanan_disebut[0]
        balasan = teks.syarat(layanan)  # also after "biaya untuk yang mana?": it holds the fee
        events: Events = [SlotSet("layanan", layanan.slug)]
        dipilih = konteks.layanan_formulir if konteks.formulir_aktif else None
        if dipilih and dipilih.slug == layanan.slug:  # its texts may have changed since
            return balasan, events
        events.append(SlotSet("pertanyaan", "ajukan"))
        if konteks.formulir_aktif:
            # the service changed: this form ends, what was typed stays for the next one
            draf = {k: v for k, v in konteks.draf.items() if k in ("rt", "rw", "sebagian")}
            events += [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("draf", draf)]
            balasan = balasan.ditambah(teks.isian_tersimpan(konteks.isian))
        return balasan, events


class AksiJawabLayanan(Aksi):
    """Requirements, fee, duration or steps of the service named or in context."""

    nama = "action_jawab_layanan"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        if konteks.layanan is None:
            return teks.layanan_yang_mana((), konteks.intent), []
        intent = tujuan(konteks)
        if len(konteks.layanan_disebut) > 1:
            pertama, kedua = konteks.layanan_disebut[:2]
            return teks.jawab_dua(intent, pertama, kedua), [SlotSet("layanan", pertama.slug)]
        layanan = konteks.layanan
        varian = pilih_varian(layanan, konteks.teks) if intent == "tanya_syarat" else None
        events = [SlotSet("layanan", layanan.slug)]
        if not konteks.formulir_aktif:
            events.append(SlotSet("pertanyaan", "ajukan"))
        return teks.jawab(intent, layanan, varian), events


def tujuan(konteks: Konteks) -> str:
    """The purpose; a bare name after "which service?" keeps the purpose asked before."""
    menjawab = konteks.balasan_sebelumnya().get("balasan") == "pilih_layanan"
    sebelumnya = konteks.intent_sebelumnya()
    if menjawab and konteks.intent == "tanya_syarat" and sebelumnya in teks.JAWABAN:
        return sebelumnya
    return konteks.intent
