"""What a message means to a waiting form, where NLU alone does not say it."""

from __future__ import annotations

import re

from actions.konteks import Konteks

SUDAH_KAWIN = re.compile(
    r"\b(sudah|udah|udh|sdh|uda|telah|tos)\s+(pernah\s+)?(me)?(nikah|kawin)\b"
    r"|^\W*((ya|iya)\W+)?(sudah|udah|udh|sdh|uda)(\W+(kok|pak|bu|kak|min))*\W*$",
    re.I,
)
BERTANYA = re.compile(r"\?|\b(apa|apakah|kalau|kalo|klo|harus)\b", re.I)
TANYA_SYARAT = re.compile(r"\?|\b(syarat\w*|apa|gimana|bagaimana|berkas\w*|butuh|perlu)\b", re.I)
# when this sure, never an answer to a question of the form
YAKIN = 0.9
BUKAN_ISIAN = {"minta_menu", "batal", "cek_status", "minta_petugas", "data_pribadi"}
BERTANYA_LAYANAN = {"tanya_biaya", "tanya_lama", "tanya_alur"}
MEMILIH_LAYANAN = {"tanya_syarat", "ajukan_permohonan", "pilih_nomor", "nlu_fallback"}


def perintah(konteks: Konteks) -> bool:
    """A command is never an answer."""
    return konteks.intent in BUKAN_ISIAN and konteks.keyakinan >= YAKIN


def nomor_menu(konteks: Konteks) -> bool:
    """`#3` is always a menu choice; a bare number is judged by the form first."""
    return konteks.intent == "pilih_nomor" and not konteks.teks.strip().isdigit()


def gema(konteks: Konteks) -> bool:
    """Our own reply sent back: recognised by rule, so its example is nobody's data."""
    return "gema" in konteks.entitas("tindakan")


def memilih(konteks: Konteks) -> bool:
    """Whether a service is named as the one applied for."""
    return bool(konteks.layanan_disebut) and konteks.intent in MEMILIH_LAYANAN


def bertanya_layanan(konteks: Konteks) -> bool:
    """Whether this asks something about a service, rather than choosing it."""
    tanya = konteks.intent == "tanya_syarat" and TANYA_SYARAT.search(konteks.teks)
    return bool(konteks.layanan_disebut and (konteks.intent in BERTANYA_LAYANAN or tanya))


def sudah_kawin(teks: str) -> bool:
    """Whether this says "sudah menikah"; a question about it does not."""
    return bool(SUDAH_KAWIN.search(teks)) and not BERTANYA.search(teks)
