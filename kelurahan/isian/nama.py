"""Names: what is one, what is a sentence, and what must be refused with a reason."""

from __future__ import annotations

import re
import unicodedata

from kelurahan.isian.gelar import rapikan
from kelurahan.isian.kata import kalimat, kuat
from kelurahan.isian.model import CONTOH, NAMA, Salah
from kelurahan.isian.teks import kata, lipat, ringkas

MAKS_NAMA = 100  # a KTP holds 60; titles and degrees come on top
_MAKS_PERIKSA = 1500  # a longer text is not looked at word by word

_SAYA = r"(?:saya|sy|aku|gw|gue|abdi|kami|kuring|nya)"
LABEL = (
    r"(?:(?<!\w)(?:a\.\s?n\.?|a/n|atas nama|nami|ngaran|nama|nm)"
    r"(?:\s?-?(?:nya|na|ku)(?!\w))?(?:\s(?:lengkap|asli|pemohon)(?:nya|na)?)?"
    rf"(?:\s(?:anak|bayi|istri|suami|pemohon|almarhum(?:ah)?|alm))?(?:\s{_SAYA}(?!\w))?(?!\w)"
    r"(?:\s?(?:[:=]|adalah|ialah|yaitu|itu|jadi|teh|yg benar|yang benar|yg bener)(?!\w)){0,2})"
)
_AWAL = re.compile(
    rf"(?:(?:{LABEL}|(?:oh|eh|ok|oke|okey|baik|ya|iya|siap|nah|ini|nih|itu|halo|hai|maaf|punten"
    r"|assalamualaikum|saya|sy|aku|gw|gue|an|bapak|ibu|pak|bu|bpk|sdr|sdri|saudara"
    r"|saudari|tn|ny|nn|tuan|nyonya|nona|alm|almh|almarhum|almarhumah|mendiang|bayi"
    r"|ananda|anak saya|istri saya|suami saya)(?!\w))[\s.,:=-]+)+",
    re.IGNORECASE,
)
_AKHIR = re.compile(
    r"(?:[\s.,]+(?:ya+h?|y|pak|bu|min|admin|kak+|ka|mbak|mba|bang|mas|kang|teh|om|makasih|nuhun"
    r"|thx|trims|terima kasih|dong|deh|nih|namanya|nama saya|nama lengkap saya))+[\s.,!]*"
)
_KODE = re.compile(
    r"<[a-z/!]|[{}]{2}|\$\{|--\s?$|\b(?:drop|alter)\s+table\b|\bselect\b.{0,80}\bfrom\b"
    r"|\b(?:insert into|delete from|union select)\b|^/\w|'\s?(?:or|and)\s.{0,20}=",
    re.IGNORECASE,
)
# Signs that also stand in an ordinary sentence ("RT > RW > kelurahan").
_TANDA_KODE = re.compile(r"[<>{}\[\]\\|;]|https?:|www\.|--|\(\)", re.IGNORECASE)
_ALASAN_KODE = "nama tidak memakai tautan, kode, atau tanda baca seperti itu"
_BOLEH = frozenset(" '.,-")
_LATIN_AKHIR = "\u024f"


def periksa(teks: str) -> str | Salah | None:
    """Return the name, what is wrong with it, or None if the text is not meant as a name."""
    mentah = " ".join(teks.split())
    if not mentah or "?" in mentah:
        return None
    if _KODE.search(mentah[:_MAKS_PERIKSA]):
        return _salah(mentah, _ALASAN_KODE)
    inti = kupas(mentah)
    if kalimat(inti[:_MAKS_PERIKSA]) or _tanpa_vokal(inti):
        return None
    alasan = _alasan(mentah, inti)
    return _salah(mentah, alasan) if alasan else rapikan(inti)


def kupas(teks: str) -> str:
    """Take off what people put around a name: "nama saya ... ya pak", brackets, emoji."""
    teks = _buang_hiasan(teks)
    lepas = _AWAL.match(teks)
    if lepas and kata(teks[lepas.end() :]):
        teks = teks[lepas.end() :]
    ekor = _AKHIR.search(teks[-60:])
    if ekor and ekor.end() == len(teks[-60:]):
        teks = teks[: len(teks) - len(teks[-60:]) + ekor.start()]
    return _buang_hiasan(teks)


def _buang_hiasan(teks: str) -> str:
    awal, akhir = 0, len(teks)
    while awal < akhir and _hiasan(teks[awal]):
        awal += 1
    while akhir > awal and _hiasan(teks[akhir - 1], akhir=True):
        akhir -= 1
    return re.sub(r"\s*\([^()]{0,40}\)$", "", teks[awal:akhir])


def _hiasan(huruf: str, *, akhir: bool = False) -> bool:
    if huruf.isspace() or huruf in ("!'\"*_~:;,=-" if akhir else "!'\"*_~:;,=-."):
        return True
    return unicodedata.category(huruf) in ("So", "Sk")


def _tanpa_vokal(inti: str) -> bool:
    """True for abbreviations and keyboard mash ("btl", "SKTM"); "Ng" and "Sd" are names."""
    semua = kata(inti[:_MAKS_PERIKSA])
    if not semua or any(huruf.isdigit() for huruf in inti):
        return False
    return all(len(satu) > 2 and satu.isascii() and not set(satu) & set("aeiouy") for satu in semua)


def _alasan(mentah: str, inti: str) -> str | None:
    """Return why this is no name that can be put on a letter."""
    huruf = [h for h in inti if h.isalpha()]
    asing = [h for h in inti if not (h in _BOLEH or _latin(h))]
    keberatan = (
        (_TANDA_KODE.search(mentah[:_MAKS_PERIKSA]), _ALASAN_KODE),
        (not any(h.isalnum() for h in mentah), "nama ditulis dengan huruf"),
        (any(h.isdigit() for h in inti), "nama tidak memakai angka"),
        (len(inti) > MAKS_NAMA, f"nama terlalu panjang, paling banyak {MAKS_NAMA} huruf"),
        (
            len(huruf) < 2 or len(huruf) > 2 and len(set(lipat(inti)) - _BOLEH) == 1,
            "nama belum lengkap",
        ),
        (asing and asing[0].isalpha(), "nama ditulis dengan huruf Latin"),
        (asing, f"nama tidak memakai tanda \u201c{asing[0] if asing else ''}\u201d"),
    )
    return next((alasan for ada, alasan in keberatan if ada), None)


def _latin(huruf: str) -> bool:
    if unicodedata.category(huruf) == "Mn":
        return True
    return huruf.isalpha() and (huruf <= _LATIN_AKHIR or "\u1e00" <= huruf <= "\u1eff")


def potong(teks: str) -> str:
    """Return the words of a sentence up to the first everyday one: "Budi mau daftar" -> Budi."""
    awal = _AWAL.match(teks)
    mulai = awal.end() if awal and kata(teks[awal.end() :]) else 0
    for cocok in re.finditer(r"[^\W\d_]+", teks[mulai:]):
        if kuat(kata(cocok.group())[0] if kata(cocok.group()) else ""):
            return teks[: mulai + cocok.start()].strip(" ,.-")
    return teks


def ekor(teks: str) -> str:
    """Return what stands behind the last everyday word: "daftar sktm Budi" -> Budi."""
    mulai = 0
    for cocok in re.finditer(r"[^\W\d_]+", teks):
        if any(kuat(satu) for satu in kata(cocok.group())):
            mulai = cocok.end()
    return teks[mulai:].strip(" ,.-")


def _salah(mentah: str, alasan: str) -> Salah:
    return Salah(NAMA, ringkas(mentah), alasan, CONTOH[NAMA])
