"""Corrections: "eh salah, lahirnya 1991", "bukan Budi tapi Budiman", "ganti RW jadi 6"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from kelurahan.isian import nama
from kelurahan.isian.kata import IZIN, jenis
from kelurahan.isian.teks import kata, siapkan
from kelurahan.isian.urai import Uraian, urai

_MAKS_KOREKSI = 200  # a longer text tells a story
_PENANDA = re.compile(
    r"\Aeh\b|(?<!\w)(?:salah|ralat|koreksi|keliru|kliru|typo|(?:se)?harusnya|mestinya"
    r"|maksud(?:nya| saya)|maaf|maap|sori|sorry|hapunten|punten|lepat|bukan"
    r"|(?:yang|yg) (?:benar|bener|betul)"
    r"|kedahna|kuduna|sebenarnya|(?:(?:di)?ganti|(?:di)?r?ubah|gentos).{1,60}?(?:jadi|menjadi|ke))(?!\w)",
    re.IGNORECASE,
)
_TEGAS = re.compile(
    r"(?<!\w)(?:ralat|koreksi|(?:se)?harusnya|mestinya|maksudnya|maksud saya|kedahna"
    r"|bukan(?!\w).{1,80}(?<!\w)(?:tapi|tetapi|tp|melainkan))(?!\w)",
    re.IGNORECASE,
)
_PEMISAH = re.compile(
    r"(?<!\w)(?:(?:se)?harusnya|harus nya|mestinya|melainkan|kedahna|kuduna|sebenarnya"
    r"|(?:yang|yg) (?:benar|bener|betul)(?:nya)?|(?P<bukan>tapi|tetapi|tp|tpi)"
    r"|(?P<ganti>jadi|menjadi|ke))(?!\w)[\s:,]*",
    re.IGNORECASE,
)
_LABEL_BARU = re.compile(
    r"(?<!\w)((?:rt|rw|nama|lahir|tanggal|tgl|bulan|bln|tahun|thn)(?:nya)?)"
    r"\s(?:jadi|menjadi|(?:se)?harusnya|mestinya)\s",
    re.IGNORECASE,
)
_GANTI = re.compile(r"(?<!\w)(?:(?:di)?ganti|(?:di)?r?ubah|dari|salah|bukan|gentos)", re.IGNORECASE)
_BUKAN_AKHIR = re.compile(r"(?<=\S)[\s,]+bukan(?!\w)[\s,]*\w[^\n]*", re.IGNORECASE)
_LABEL = re.compile(
    r"(?<!\w)(?:(?P<rt>rt|erte)|(?P<rw>rw|erwe)|(?P<nama>nama|nami)|(?P<unsur>(?:tanggal|tgl|bulan|bln|tahun|thn)"
    r"(?:nya)?(?:\s?lahir(?:nya)?)?|lahir(?:nya)?))(?![a-z])(?:\s?-?nya)?|(?P<nya>(?:nama|rt|rw)nya)",
    re.IGNORECASE,
)
_BERNYA = re.compile(
    r"(?<!\w)(?:nama|(?:(?:tanggal|tgl|bulan|tahun|thn)\s?)?lahir|tanggal|tgl|bulan|tahun|thn|rt|rw)"
    r"\s?-?(?:nya|na)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Koreksi:
    """A text with its correction made plain: the new value behind its label."""

    teks: str
    latar: list[str] = field(default_factory=list)
    bertanda: bool = False


def pisah(teks: str) -> Koreksi:
    """Leave the new value only: "rw dari 5 jadi 6" -> "rw 6"; other texts stay as they are."""
    if not _PENANDA.search(teks[:_MAKS_KOREKSI]) or len(teks) > _MAKS_KOREKSI:
        return Koreksi(teks)
    if re.search(r"(?<!\w)salah[\s.!]*$", teks, re.IGNORECASE):
        return Koreksi(teks)  # "RT 3 salah" says what is wrong, not what is right
    # "rt jadi 4 dan rw jadi 6": each new value already stands behind its label.
    teks = _LABEL_BARU.sub(r"\1 ", teks)
    batas = _batas(teks)
    if batas is None:
        sisa = _BUKAN_AKHIR.sub("", teks)
        return Koreksi(sisa, kata(teks[len(sisa) :]), True)
    lama, baru = teks[: batas.start()], teks[batas.end() :]
    buang = _BUKAN_AKHIR.sub("", baru)
    latar = [*kata(_LABEL.sub(" ", lama)), *kata(baru[len(buang) :])]
    if not kata(buang) and not re.search(r"\d", buang):
        return Koreksi(teks)
    return Koreksi(f"{_label(lama, buang)} {buang}".strip(), latar, True)


def _batas(teks: str) -> re.Match | None:
    """Return the word behind which the new value stands."""
    pilihan = None
    for cocok in _PEMISAH.finditer(teks):
        lama = teks[: cocok.start()]
        if cocok["bukan"] and not re.search(r"(?<!\w)bukan", lama, re.IGNORECASE):
            continue
        if cocok["ganti"] and not _GANTI.search(lama):
            continue
        pilihan = cocok
    return pilihan


def _label(lama: str, baru: str) -> str:
    """Return the label of the old value if the new one has none of its own."""
    if _LABEL.search(baru):
        return ""
    cocok = list(_LABEL.finditer(lama))
    if not cocok:
        return ""
    akhir = cocok[-1]
    if akhir["nama"] or (akhir["nya"] and akhir["nya"].lower().startswith("nama")):
        return "nama"
    return akhir["unsur"] or (akhir["rt"] or akhir["rw"] or akhir.group()[:2])


def nama_polos(koreksi: Koreksi, asli: str) -> str | None:
    """Return the name in "harusnya Budiman", where no label says that it is one."""
    if not koreksi.bertanda or not _TEGAS.search(asli):
        return None
    isi = re.sub(_PENANDA, " ", koreksi.teks).strip(" ,.:")
    nilai = nama.periksa(isi)
    return nilai if isinstance(nilai, str) and len(nilai.split()) <= 5 else None


def tampak_koreksi(teks: str) -> bool:
    """True if the whole text corrects a field and asks for nothing else."""
    bersih = siapkan(teks[: 5 * _MAKS_KOREKSI])
    if not bersih or "#" in bersih or "?" in bersih or len(bersih) > _MAKS_KOREKSI:
        return False
    koreksi = pisah(bersih)
    if not koreksi.bertanda and not _BERNYA.search(bersih):
        return False
    # The day of reading does not matter for whether this is a correction.
    uraian = urai(koreksi.teks, None, date(2000, 1, 1), koreksi=True)
    latar = [satu for satu in koreksi.latar if satu not in IZIN and jenis(satu)]
    sisa = [satu for satu in uraian.sisa if satu not in IZIN]
    if _ada_nilai(uraian):
        return not latar and not sisa
    return not latar and nama_polos(koreksi, bersih) is not None


def _ada_nilai(uraian: Uraian) -> bool:
    return bool(uraian.jumlah or uraian.sebagian)
