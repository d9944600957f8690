"""RT and RW as people write them: "003/005", "rt 3 rw 5", "RW.05/RT.03", "rt tiga"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kelurahan.isian.angka import POLA_KATA, dari_kata, dari_romawi
from kelurahan.isian.kata import jenis, kalimat
from kelurahan.isian.model import CONTOH, RT_RW, Hasil, Salah
from kelurahan.isian.nama import kupas
from kelurahan.isian.teks import ringkas

_RT = r"(?:r\.?\s?t|erte|rukun tetangga)"
_RW = r"(?:r\.?\s?w|erwe|rukun warga)"
_NYA = r"(?:\s?-?\s?(?:nya|na)\b)?(?:\s(?:saya|sy|abdi|nomor|nomer|no)\b)?"
_AWAL = r"(?<![a-z])"
_NILAI = rf"(?:\d{{1,6}}(?=r\.?[tw])|{POLA_KATA}|[a-z0-9]{{1,12}})"
_SELA = r"[\s.:=,/-]{0,4}"

# RT/RW: 003/005, "rt rw 3 5", "RW/RT 5/3"
_BERDUA = re.compile(
    rf"{_AWAL}(?:(?P<urut>{_RT}\.?\s?[/&,.-]?\s?(?:dan\s)?{_RW})|{_RW}\.?\s?[/&,.-]?\s?(?:dan\s)?{_RT})"
    rf"\.?{_NYA}[\s:=.]{{0,4}}(?P<a>\d{{1,6}})(?:\s?[/.,-]\s?|\s)(?P<b>\d{{1,6}})(?![\d/])",
    re.IGNORECASE,
)
# "rt 3/5" without the word RW
_RT_GARIS = re.compile(
    rf"{_AWAL}{_RT}{_NYA}[\s.:=]{{0,3}}(?P<a>\d{{1,4}})\s?[/-]\s?(?P<b>\d{{1,4}})(?![\w/-])",
    re.IGNORECASE,
)
# "3 rw 5" where RT and RW are asked for
_TANPA_RT = re.compile(
    rf"(?<!\w)(?P<a>\d{{1,4}})\s?[/,]?\s?{_RW}{_NYA}[\s.:=]{{0,3}}(?P<b>\d{{1,4}})(?!\w)",
    re.IGNORECASE,
)
_SATU = re.compile(
    rf"{_AWAL}(?P<jenis>{_RT}|{_RW})(?![a-qs-z])\.?{_NYA}{_SELA}(?P<nilai>{_NILAI})(?![a-qs-z0-9]|r[a-su-vx-z])",
    re.IGNORECASE,
)
_POLOS = re.compile(r"(?<![\w/.-])(?P<a>\d{1,4})\s?/\s?(?P<b>\d{1,4})(?![\w/]|[.-]\d)")
_POLOS_DIMINTA = re.compile(r"(?P<a>\w{1,6})(?:\s?[/.,&;+-]\s?|\s)(?P<b>\w{1,6})")
_BERANGKA = re.compile(r"(?!r[tw]$)(?:\d{1,3}[a-z]?|[a-z]\d{1,2}|[a-z]{1,2})", re.IGNORECASE)


@dataclass(frozen=True)
class RtRw:
    """What a text says about RT and RW; `alasan` says what is wrong with it."""

    rt: str | None = None
    rw: str | None = None
    mentah: str = ""
    alasan: str | None = None

    @property
    def salah(self) -> Salah | None:
        """The wrong field, if it is wrong."""
        if self.alasan is None:
            return None
        return Salah(RT_RW, ringkas(self.mentah), self.alasan, CONTOH[RT_RW])


def ambil(teks: str, *, ketat: bool = False) -> tuple[RtRw | None, str]:
    """Find RT and RW named as such; return them and the text without them.

    `ketat`: RT and RW are due here, so that "RT 3A" is a wrong value and not another word.
    """
    for pola in (_BERDUA, _RT_GARIS, *((_TANPA_RT,) if ketat and not _ada_rt(teks) else ())):
        cocok = pola.search(teks)
        if cocok:
            tulis = (cocok["a"], cocok["b"])
            if pola is _BERDUA and not cocok["urut"]:
                tulis = tulis[::-1]
            return _susun(*tulis, cocok.group()), _buang(teks, [cocok])
    return _satu_satu(teks, ketat)


def _ada_rt(teks: str) -> bool:
    return bool(re.search(rf"{_AWAL}{_RT}(?![a-qs-z])", teks, re.IGNORECASE))


def _satu_satu(teks: str, ketat: bool) -> tuple[RtRw | None, str]:
    nilai: dict[str, str] = {}
    cocokan = []
    for cocok in _SATU.finditer(teks):
        jenis = "rt" if re.match(_RT, cocok["jenis"], re.IGNORECASE) else "rw"
        terbaca = _angka(cocok["nilai"]) is not None
        if not terbaca and not (ketat and _mirip_nomor(cocok["nilai"])):
            continue
        if jenis not in nilai:
            nilai[jenis] = cocok["nilai"]
            cocokan.append(cocok)
    if not cocokan:
        return None, teks
    mentah = teks[cocokan[0].start() : cocokan[-1].end()]
    return _susun(nilai.get("rt"), nilai.get("rw"), mentah), _buang(teks, cocokan)


def ambil_polos(teks: str) -> tuple[RtRw | None, str]:
    """Find "3/5" without the words RT and RW; only where nothing else can be meant."""
    cocok = _POLOS.search(teks)
    if not cocok:
        return None, teks
    return _susun(cocok["a"], cocok["b"], cocok.group()), _buang(teks, [cocok])


def utuh(teks: str) -> RtRw | None:
    """Read a whole text as "3/5"."""
    cocok = _POLOS.fullmatch(kupas(teks))
    return _susun(cocok["a"], cocok["b"], teks) if cocok else None


def diminta(teks: str, lama: Hasil | None) -> RtRw | None:
    """Read a whole text that answers the question for RT and RW; None if it is no answer."""
    teks = teks.strip(" .,!")
    if teks.isdecimal() or dari_kata(teks) is not None:
        return _satu_angka(teks, lama)
    cocok = _POLOS_DIMINTA.fullmatch(teks)
    if not cocok or not _sepasang(teks, cocok["a"], cocok["b"]):
        banyak = re.fullmatch(r"[\d\s/.,-]{3,30}", teks)
        return rusak(teks) if banyak else None
    return _susun(cocok["a"], cocok["b"], teks)


def _mirip_nomor(tulisan: str) -> bool:
    """True for "3a" or "x", but not for the next word of a sentence ("RT di sini")."""
    return bool(_BERANGKA.fullmatch(tulisan)) and jenis(tulisan.lower()) in (None, "lemah")


def _sepasang(teks: str, *sisi: str) -> bool:
    """True for two numbers, or for something like "3a/5" that was meant as two."""
    terbaca = [_angka(tulisan) is not None for tulisan in sisi]
    if all(terbaca):
        return True
    bergaris = "/" in teks or any(satu.isdecimal() for satu in sisi)
    return bergaris and all(_mirip_nomor(satu) for satu in sisi) and not kalimat(teks)


def _satu_angka(teks: str, lama: Hasil | None) -> RtRw:
    if len(teks) == 6 and teks.isdecimal():
        return _susun(teks[:3], teks[3:], teks)
    if lama and lama.rt and not lama.rw:
        return _susun(None, teks, teks)
    if lama and lama.rw and not lama.rt:
        return _susun(teks, None, teks)
    return rusak(teks, "baru satu angka; RT dan RW perlu dua-duanya")


def rusak(teks: str, alasan: str = "yang diperlukan dua angka: RT lalu RW") -> RtRw:
    """Return the wrong field for a text that should be RT and RW and is not."""
    return RtRw(mentah=teks, alasan=alasan)


def dari_angka(rt: str, rw: str) -> RtRw:
    """Read RT and RW that stand apart: "nama#tanggal#003#005"."""
    return _susun(rt, rw, f"{rt}/{rw}")


def _angka(tulisan: str) -> int | None:
    if tulisan.isdecimal():
        return int(tulisan)
    nilai = dari_kata(tulisan)
    return dari_romawi(tulisan) if nilai is None else nilai


def _susun(rt: str | None, rw: str | None, mentah: str) -> RtRw:
    mentah = mentah.strip(" ,.:")
    alasan = None
    hasil: list[str | None] = []
    for sebutan, tulisan in (("RT", rt), ("RW", rw)):
        nilai, keliru = _periksa(sebutan, tulisan)
        hasil.append(nilai)
        alasan = alasan or keliru
    return RtRw(hasil[0], hasil[1], mentah, alasan)


def _periksa(sebutan: str, tulisan: str | None) -> tuple[str | None, str | None]:
    if tulisan is None:
        return None, None
    nilai = _angka(tulisan)
    if nilai is None:
        return None, f"nomor {sebutan} ditulis dengan angka saja"
    if nilai == 0:
        return None, f"nomor {sebutan} dimulai dari 1"
    if nilai > 999:
        return None, f"nomor {sebutan} paling banyak tiga angka"
    return f"{nilai:03d}", None


def _buang(teks: str, cocokan: list[re.Match]) -> str:
    for cocok in reversed(cocokan):
        teks = teks[: cocok.start()] + " | " + teks[cocok.end() :]
    return teks
