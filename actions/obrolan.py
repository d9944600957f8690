"""Small talk, and asking back when the message was not understood."""

from __future__ import annotations

from actions.dasar import Aksi, Events
from actions.konteks import Konteks
from kelurahan.katalog import Layanan, katalog
from kelurahan.replies import Balasan, info, layanan
from kelurahan.replies import formulir as teks_formulir
from kelurahan.wilayah import kelurahan

UCAPAN = {
    "terima_kasih": "Sama-sama. Semoga urusannya lancar. Ketik *menu* kapan saja kalau perlu lagi.",
    "pamit": "Baik, sampai jumpa. Layanan ini bisa dihubungi kapan saja; cukup ketik *menu*.",
    "tolak": "Baik, tidak apa-apa. Ketik *menu* kalau perlu layanan lain.",
}
# below this share a service is not worth offering as "perhaps you meant"
PANTAS_DITAWARKAN = 0.08
TUJUAN_LAYANAN = ("tanya_syarat", "tanya_biaya", "tanya_lama", "tanya_alur", "ajukan_permohonan")


class AksiBasaBasi(Aksi):
    """Thanks, goodbye, no."""

    nama = "action_basa_basi"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        return info.basa_basi(UCAPAN.get(konteks.intent, UCAPAN["tolak"]), _slug(konteks)), []


class AksiSalam(Aksi):
    """A greeting: greeted back with the menu; inside a form only greeted back."""

    nama = "action_salam"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        muslim = "assalam" in konteks.teks.lower() or "asalam" in konteks.teks.lower()
        sapaan = "Waalaikumsalam" if muslim else "Halo"
        if konteks.formulir_aktif:
            return info.basa_basi(f"{sapaan}, Bapak/Ibu.", _slug(konteks)), []
        pembuka = f"{sapaan}, Bapak/Ibu. Selamat datang, ada yang bisa dibantu?"
        return layanan.menu(katalog(), kelurahan(), pembuka), []


class AksiKlarifikasi(Aksi):
    """Not sure: never guess, offer the likeliest services and a human."""

    nama = "action_klarifikasi"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        diminta = konteks.diminta
        if diminta and diminta != "layanan" and konteks.layanan_formulir:
            return (
                teks_formulir.belum_terbaca(
                    konteks.teks, diminta, konteks.layanan_formulir, konteks.isian
                ),
                [],
            )
        if len(konteks.layanan_disebut) == 1:
            return layanan.tujuan_yang_mana(konteks.layanan_disebut[0]), []
        calon = konteks.layanan_disebut or calon_layanan(konteks)
        return layanan.layanan_yang_mana(calon, tujuan_terdekat(konteks)), []


def calon_layanan(konteks: Konteks) -> list[Layanan]:
    """The two or three likeliest services, best first (none when nothing is likely)."""
    pemilih = konteks.tracker.latest_message.get("response_selector") or {}
    kat = katalog()
    peringkat = pemilih.get("layanan") or []
    calon = [
        kat.ambil(satu["slug"])
        for satu in peringkat
        if satu["slug"] in kat.slugs() and satu["confidence"] >= PANTAS_DITAWARKAN
    ]
    return calon[:3]


def tujuan_terdekat(konteks: Konteks) -> str:
    """The likeliest question about a service, for the choices' payloads."""
    for satu in konteks.tracker.latest_message.get("intent_ranking") or []:
        if satu.get("name") in TUJUAN_LAYANAN:
            return satu["name"]
    return "tanya_syarat"


def _slug(konteks: Konteks) -> str | None:
    return konteks.slot("layanan")
