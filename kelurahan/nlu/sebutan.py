"""Find the services that a message names outright, by the catalogue's own names for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans
from spacy.vocab import Vocab

from kelurahan.katalog import Katalog, katalog
from kelurahan.nlu.normal import kata

# Stands for any named service where the purpose is judged: "bayar ktp" and "bayar skck" are one.
PENGGANTI = "layanan-ini"
# Between two names these say that both are meant ("ktp sama kk"); `untuk` would not.
PENGHUBUNG = frozenset("dan sama atau sekalian plus serta juga".split())
# May stand between as well ("bikin ktp sama bikin kk").
PENYELA = frozenset("bikin urus surat pengantar syarat biaya ganti sekalian juga yang".split())
# Before a name these make it a paper to bring, not the service asked for ("bawa ktp sama kk").
PRASYARAT = frozenset(
    """bawa bawanya dibawa perlu pakai pake fotokopi lampirkan lampirin dilampirkan punya ada cuma
    butuh foto scan asli di dari pada""".split()
)


# Just before a name: that one is not meant ("bukan ktp, tapi kk"; Sundanese sanes, lain).
SANGKALAN = frozenset("bukan bukannya sanes lain dudu".split())
# Between two names: the first was a slip ("surat kelahiran eh maaf surat kematian").
RALAT = frozenset("eh maaf salah maksud maksudnya maksudna sori sorry ralat keliru".split())
JARAK_SANGKALAN = 3
# "tidak usah kk", "tidak butuh surat domisili": two words that deny together.
TIDAK = frozenset("tidak jangan teu henteu".split())
TIDAK_APA = frozenset("usah butuh perlu mau pakai kudu jadi minta kasih".split())


@dataclass(frozen=True)
class Sebutan:
    """A service named at words `awal` to `akhir` (exclusive)."""

    slug: str
    awal: int
    akhir: int


class Pencari:
    """Looks the catalogue's aliases up in a list of plain words; the longest name wins."""

    def __init__(self, isi: Katalog) -> None:
        # a bare vocabulary: the words are plain already, and a whole language takes seconds
        self._kosakata = Vocab()
        self._cocok = PhraseMatcher(self._kosakata, attr="ORTH")
        for layanan in isi.layanan:
            bentuk = {tuple(kata(s)) for s in (*layanan.sebutan, layanan.judul, layanan.nama)}
            pola = [Doc(self._kosakata, words=list(b)) for b in sorted(bentuk) if b]
            self._cocok.add(layanan.slug, pola)

    def cari(self, daftar_kata: list[str]) -> list[Sebutan]:
        """Named services in the order of the text."""
        if not daftar_kata:
            return []
        dok = Doc(self._kosakata, words=daftar_kata)
        rentang = filter_spans(self._cocok(dok, as_spans=True))
        return [Sebutan(r.label_, r.start, r.end) for r in rentang]


@lru_cache(maxsize=1)
def pencari() -> Pencari:
    """The process's finder over the process's catalogue."""
    return Pencari(katalog())


def baca(teks: str) -> tuple[list[str], list[Sebutan]]:
    """Plain words and named services of a message, without services it takes back."""
    daftar = kata(teks)
    ditemukan = pencari().cari(daftar)
    dibuang = {n for n in range(len(ditemukan)) if _disangkal(daftar, ditemukan, n)}
    if not dibuang or len(dibuang) == len(ditemukan):
        return daftar, ditemukan
    hasil: list[str] = []
    tersisa, dari = [], 0
    for n, s in enumerate(ditemukan):
        hasil += daftar[dari : s.awal]
        if n not in dibuang:
            awal = len(hasil)
            hasil += daftar[s.awal : s.akhir]
            tersisa.append(Sebutan(s.slug, awal, len(hasil)))
        dari = s.akhir
    return hasil + daftar[dari:], tersisa


def _disangkal(daftar: list[str], ditemukan: list[Sebutan], n: int) -> bool:
    """Does the message deny or correct this named service in favour of another one?"""
    satu = ditemukan[n]
    if all(s.slug == satu.slug for s in ditemukan):
        return False
    batas = ditemukan[n - 1].akhir if n else 0  # a denial belongs to the name right after it
    sebelum = daftar[max(batas, satu.awal - JARAK_SANGKALAN) : satu.awal]
    if SANGKALAN & set(sebelum):
        return True
    if any(a in TIDAK and b in TIDAK_APA for a, b in pairwise(sebelum)):
        return True
    kemudian = ditemukan[n + 1] if n + 1 < len(ditemukan) else None
    if kemudian is None or kemudian.slug == satu.slug:
        return False
    return bool(RALAT & set(daftar[satu.akhir : kemudian.awal]))


def samarkan(daftar_kata: list[str], ditemukan: list[Sebutan]) -> list[str]:
    """Replace every named service by the same placeholder."""
    hasil, dari = [], 0
    for s in ditemukan:
        hasil += [*daftar_kata[dari : s.awal], PENGGANTI]
        dari = s.akhir
    return hasil + daftar_kata[dari:]


def sepasang(daftar_kata: list[str], ditemukan: list[Sebutan]) -> tuple[str, str] | None:
    """The first two different services that the message asks for side by side, if it does."""
    for a, b in pairwise(ditemukan):
        antara = daftar_kata[a.akhir : b.awal]
        sebelum = daftar_kata[max(0, a.awal - 2) : a.awal]
        if a.slug == b.slug or PRASYARAT & set(sebelum):
            continue
        if PENGHUBUNG & set(antara) and set(antara) <= PENGHUBUNG | PENYELA:
            return a.slug, b.slug
    return None
