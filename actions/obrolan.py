"""Small talk, and asking back when the message was not understood."""

from __future__ import annotations

from actions.dasar import Aksi, Events
from actions.konteks import Konteks
from actions.layanan import menu
from actions.serahan import serahkan_bila_buntu
from kelurahan.katalog import Layanan, katalog
from kelurahan.replies import Balasan, info, layanan
from kelurahan.replies import formulir as teks_formulir
from kelurahan.replies import serahan as teks_serahan
from kelurahan.wilayah import kelurahan

UCAPAN = {
    "terima_kasih": "Sama-sama. Semoga urusannya lancar. Ketik *menu* kapan saja kalau perlu lagi.",
    "pamit": "Baik, sampai jumpa. Layanan ini bisa dihubungi kapan saja; cukup ketik *menu*.",
    "tolak": "Baik, tidak apa-apa. Ketik *menu* kalau perlu layanan lain.",
}
# below this share a service is not worth offering as "perhaps you meant"
PANTAS_DITAWARKAN = 0.08
# from here on the service is clear and only the question is not
LAYANAN_JELAS = 0.5
# a follow-up in context needs less certainty than a first question
AGAK_YAKIN = 0.3
PENDEK = 6  # words
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
        return menu(konteks, sapaan), []


class AksiKlarifikasi(Aksi):
    """Not sure: never guess, offer the likeliest services; the third time in a row, a human."""

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
        if lanjutan := tujuan_lanjutan(konteks):
            return layanan.jawab(lanjutan, konteks.layanan), []
        balasan = tanya_balik(konteks)
        if kabar := serahkan_bila_buntu(konteks):
            balasan = teks_serahan.tidak_paham(balasan, kelurahan(), kabar)
        return balasan, []


def tanya_balik(konteks: Konteks) -> Balasan:
    """Ask which service is meant, or what about it."""
    calon = calon_layanan(konteks)
    if calon and keyakinan_layanan(konteks) >= LAYANAN_JELAS:
        return layanan.tujuan_yang_mana(calon[0])
    return layanan.layanan_yang_mana(calon, tujuan_terdekat(konteks))


def tujuan_lanjutan(konteks: Konteks) -> str | None:
    """A short half-understood question without a service, while one is in context."""
    pendek = len(konteks.teks.split()) <= PENDEK
    if not pendek or konteks.layanan_disebut or konteks.layanan is None:
        return None
    for satu in konteks.tracker.latest_message.get("intent_ranking") or []:
        if satu.get("name") != konteks.intent:  # the first is "unsure" itself
            bertanya = satu.get("name") in (*layanan.JAWABAN, "tanya_syarat")
            return satu["name"] if bertanya and satu["confidence"] >= AGAK_YAKIN else None
    return None


def peringkat_layanan(konteks: Konteks) -> list[dict]:
    """Services by likelihood, as the selector ranked them."""
    pemilih = konteks.tracker.latest_message.get("response_selector") or {}
    return [s for s in pemilih.get("layanan") or [] if s["slug"] in katalog().slugs()]


def keyakinan_layanan(konteks: Konteks) -> float:
    """How likely the likeliest service is."""
    return max((s["confidence"] for s in peringkat_layanan(konteks)), default=0.0)


def calon_layanan(konteks: Konteks) -> list[Layanan]:
    """The two or three likeliest services, best first (none when nothing is likely)."""
    peringkat = peringkat_layanan(konteks)
    if keyakinan_layanan(konteks) < PANTAS_DITAWARKAN:
        return []
    return [katalog().ambil(satu["slug"]) for satu in peringkat[:3]]


def tujuan_terdekat(konteks: Konteks) -> str:
    """The likeliest question about a service, for the choices' payloads."""
    for satu in konteks.tracker.latest_message.get("intent_ranking") or []:
        if satu.get("name") in TUJUAN_LAYANAN:
            return satu["name"]
    return "tanya_syarat"


def _slug(konteks: Konteks) -> str | None:
    return konteks.slot("layanan")
