"""Recognisers that need no statistics: numbers, `#` lines, application numbers, plain commands.

What they settle carries confidence 1.0 and is left alone by every later component.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from kelurahan import isian, wilayah
from kelurahan.katalog import katalog
from kelurahan.nlu.label import DIKENALI, ENTITAS_LAYANAN, sudah_jelas
from kelurahan.nlu.normal import kata
from kelurahan.nlu.sebutan import pencari

# A message of these words alone is the command in it; any other word makes it a sentence.
SOPAN = frozenset(
    """tolong mohon bapak ibu min admin kak kakak mas mbak kang teh neng bang gan dong ya yah saja
    deh dah ah lah sih eh oh nih ini itu atuh sekarang dulu permisi maaf terima-kasih bisa boleh ok
    oke bot mau saya sudah jadi""".split()
)
BATAL = frozenset("batal batalkan membatalkan stop gajadi gakjadi".split())
SOAL_BATAL = frozenset(
    """permohonan permohonannya pengajuan pengajuannya pendaftaran formulir form isian semua
    semuanya tadi barusan""".split()
)
MENU = frozenset("menu menunya".split())
SOAL_MENU = frozenset("lihat tampilkan buka kembali ke balik utama layanan awal minta".split())
_HAPUS = re.compile(
    r"(?:hapus|buang|musnahkan|hilangkan) (?:semua |seluruh |segala )*(?:data|datanya|akun)"
    r"(?: data| pribadi| diri)*(?: milik)?(?: saya)?"
    r"(?: (?:dari|di) (?:sini|sistem|bot|server|wa|whatsapp|nomor ini|database))?"
    r"|(?:semua |seluruh )*data(?: pribadi)? saya (?:untuk |agar |mau |minta )*"
    r"(?:hapus|dihapus|dihapuskan|dibuang)"
)
# Our own replies, sent back or forwarded: "ketik *ajukan*", or several lines all in bold. They hold
# an example application, which must not be filed.
_AJAKAN = re.compile(r"\b(?:ketik|kirim|balas|tanya)\W+(?:dengan\W+#nomor\W+misalnya\W+)?\*", re.I)
_TEBAL = re.compile(r"^\*[^*#\n]{3,}\*", re.M)
_CABUT = re.compile(r"\b(?:batal|batalkan|membatalkan|pembatalan|tarik|cabut)\b")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class PengenalPasti(GraphComponent):
    """Fills intent and entities of messages whose form alone says what they are."""

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PengenalPasti:
        """The component has no state."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Settle what can be settled; the rest passes unchanged."""
        for message in messages:
            teks = message.get(TEXT)
            if not isinstance(teks, str) or not teks.strip() or sudah_jelas(message):
                continue
            if (hasil := kenali(teks)) is None:
                continue
            intent, entitas = hasil
            utama = {"name": intent, "confidence": 1.0}
            message.set(DIKENALI, True)
            message.set(INTENT, utama, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [dict(utama)], add_to_output=True)
            message.set(ENTITIES, [_entitas(teks, *e) for e in entitas.items()], add_to_output=True)
        return messages


def kenali(teks: str) -> tuple[str, dict[str, Any]] | None:
    """Intent and entity values of a text whose form settles it, else None."""
    for pengenal in (_gema, _menu, _nomor_menu, _permohonan, _isian, _perintah):
        if (hasil := pengenal(teks)) is not None:
            return hasil
    return None


def _gema(teks: str) -> tuple[str, dict[str, Any]] | None:
    if _AJAKAN.search(teks) or len(_TEBAL.findall(teks)) > 1:
        return DEFAULT_NLU_FALLBACK_INTENT_NAME, {"tindakan": "gema"}
    return None


def _menu(teks: str) -> tuple[str, dict[str, Any]] | None:
    if wilayah.adalah_pemicu(teks) or _hanya(kata(teks), MENU, SOAL_MENU):
        return "minta_menu", {}
    return None


def _nomor_menu(teks: str) -> tuple[str, dict[str, Any]] | None:
    if (pilihan := isian.nomor_menu(teks)) is None:
        return None
    layanan = None if pilihan.nilai is None else katalog().nomor(pilihan.nilai)
    return "pilih_nomor", {
        **({ENTITAS_LAYANAN: layanan.slug} if layanan else {}),
        "nomor_menu": pilihan.mentah,
    }


def _permohonan(teks: str) -> tuple[str, dict[str, Any]] | None:
    nomor = isian.nomor_permohonan(teks, wilayah.kelurahan().awalan_nomor)
    if nomor is None:
        return None
    entitas = {"nomor_permohonan": nomor}
    if isian.tampak_koreksi(_tanpa_nomor(teks)):
        return "perbaiki_isian", entitas
    ingin_batal = "?" not in teks and _CABUT.search(" ".join(kata(teks)))
    return ("batal" if ingin_batal else "cek_status"), entitas


def _tanpa_nomor(teks: str) -> str:
    """ "ralat KDJ-2611-0001 RT 4" without the number, whose digits are no field."""
    awalan = re.escape(wilayah.kelurahan().awalan_nomor)
    return re.sub(rf"{awalan}[\s-]*\d{{4}}[\s-]*\d{{4}}", " ", teks, flags=re.IGNORECASE)


def _isian(teks: str) -> tuple[str, dict[str, Any]] | None:
    if isian.tampak_koreksi(teks):
        return "perbaiki_isian", {}
    if not isian.tampak_isian(teks):
        return None
    slug = layanan_di_luar_nama(teks)
    return "isi_permohonan", {ENTITAS_LAYANAN: slug} if slug else {}


def layanan_di_luar_nama(teks: str) -> str | None:
    """The one service named beside the name: "Sulaeman Haji#..." names none."""
    nama = kata(isian.baca(teks, hari_ini=datetime.now(timezone.utc).date()).nama or "")
    if not nama:  # the line's part that failed to be a name may still be meant as one
        teks = "\n".join(b for b in teks.splitlines() if "#" not in b and "＃" not in b)
    daftar = kata(teks)
    for i in range(len(daftar) - len(nama) + 1) if nama else ():
        if daftar[i : i + len(nama)] == nama:
            daftar = [*daftar[:i], "|", *daftar[i + len(nama) :]]
            break
    slug = {s.slug for s in pencari().cari(daftar)}
    return slug.pop() if len(slug) == 1 else None


def _perintah(teks: str) -> tuple[str, dict[str, Any]] | None:
    daftar = kata(teks)
    tanpa_tidak_jadi = " ".join(daftar).replace("tidak jadi", "batal").split()
    if "?" not in teks and _hanya(tanpa_tidak_jadi, BATAL, SOAL_BATAL):
        return "batal", {}
    inti = " ".join(k for k in _lepas(daftar) if k != "?")
    return ("data_pribadi", {"tindakan": "hapus"}) if _HAPUS.fullmatch(inti) else None


def _lepas(daftar: list[str]) -> list[str]:
    """Without the polite words at both ends."""
    awal, akhir = 0, len(daftar)
    while awal < akhir and daftar[awal] in SOPAN:
        awal += 1
    while akhir > awal and daftar[akhir - 1] in SOPAN - {"saya"} | {"?"}:
        akhir -= 1
    return daftar[awal:akhir]


def _hanya(daftar: list[str], perintah: frozenset[str], soal: frozenset[str]) -> bool:
    """Does the message hold the command and nothing but its object and courtesies?"""
    return bool(perintah & set(daftar)) and set(daftar) <= perintah | soal | SOPAN


def _entitas(teks: str, nama: str, nilai: Any) -> dict[str, Any]:
    return {
        "entity": nama,
        "value": nilai,
        "start": 0,
        "end": len(teks),
        "confidence_entity": 1.0,
        "extractor": PengenalPasti.__name__,
    }
