"""`make nlu-check`: conflicts, copies, marked entities, thin labels and leaks in the data."""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable

from kelurahan.katalog import katalog
from kelurahan.nlu.label import TUJUAN_LAYANAN
from kelurahan.nlu.normal import normalkan
from scripts.children import say
from scripts.nlu.kemiripan import Kemiripan
from scripts.nlu.pesan import Latih, Uji, baca_latih, baca_uji, polos

# Chosen on 33,000 messages: above it stand copies with a word or a letter changed, below it
# begin different messages about the same thing.
MIRIP = 0.9
# Shorter messages ("bayar berapa", "ktp hilang") cannot be written in many ways.
PENDEK = 3
SEDIKIT = 40  # messages of a purpose or of a service; fewer do not teach its borders
SEDIKIT_PASANGAN = 8  # messages of one purpose of one service
HANYA_BENTUK = frozenset({"pilih_nomor", "isi_permohonan", "perbaiki_isian"})
TANPA_KATA = frozenset({"0", "?", "#"})  # what normalisation leaves of a number
CUKUP_UJI = 10  # held-out messages of a service
# [text](entity), [text]{"entity": ...}, [text][{"entity": ...}]
TANDA_ENTITAS = re.compile(r"\](?:\(\w+[):]|\[?\{\")")
NILAI_LAYANAN = re.compile(r'"entity": "layanan", "value": "(\w+)"')


def bentrok(latih: list[Latih]) -> Iterable[str]:
    """Texts that stand under two labels, or twice, as typed or after normalisation."""
    for bentuk, nama in ((polos, "text"), (normalkan, "normalised text")):
        dilihat: dict[str, Latih] = {}
        for satu in latih:
            kunci = bentuk(satu.teks)
            if set(kunci.split()) <= TANPA_KATA:
                kunci = satu.teks
            lain = dilihat.setdefault(kunci, satu)
            if lain is satu or (nama != "text" and lain.label == satu.label):
                continue
            if nama != "text" and polos(lain.teks) == polos(satu.teks):
                continue  # told already
            masalah = "stands twice" if lain.label == satu.label else "has two labels"
            yield (
                f"{satu.tempat}: {nama} {masalah}: {satu.teks!r} ({satu.label}); "
                f"{lain.tempat}: {lain.teks!r} ({lain.label})"
            )


def salinan(latih: list[Latih]) -> Iterable[str]:
    """Near copies among longer training messages."""
    for i, j, mirip in Kemiripan([satu.teks for satu in latih]).pasangan(MIRIP):
        a, b = latih[i], latih[j]
        if polos(a.teks) != polos(b.teks) and _panjang(a.teks) and _panjang(b.teks):
            yield f"{b.tempat}: near copy ({mirip:.2f}): {b.teks!r} of {a.tempat}: {a.teks!r}"


def bocor(latih: list[Latih], uji: list[Uji]) -> Iterable[str]:
    """Held-out messages that are trained on, as they are or nearly."""
    dilatih = {polos(satu.teks): satu for satu in latih}
    for satu in uji:
        if (kembar := dilatih.get(polos(satu.teks))) is not None:
            yield f"{kembar.tempat}: stands in the held-out set: {satu.teks!r}"
    pembanding = Kemiripan([satu.teks for satu in latih])
    for i, j, mirip in pembanding.dengan([satu.teks for satu in uji], MIRIP):
        a, b = uji[i].teks, latih[j].teks
        if polos(a) != polos(b) and _panjang(a) and _panjang(b):
            yield f"{latih[j].tempat}: near copy ({mirip:.2f}) of held-out {a!r}: {b!r}"


def anotasi(latih: list[Latih]) -> Iterable[str]:
    """Messages with marked entities: `rasa interactive` exports them so, and loses the service."""
    for satu in latih:
        if TANDA_ENTITAS.search(satu.teks):
            slug = NILAI_LAYANAN.search(satu.teks)
            perlu = slug and satu.label in TUJUAN_LAYANAN
            label = f"{satu.label}/{slug[1]}" if perlu else satu.label
            yield f"{satu.tempat}: write the text alone, under {label}: {satu.teks!r}"


def tipis(latih: list[Latih], uji: list[Uji]) -> Iterable[str]:
    """Purposes and services with too few messages to learn from or to be measured on."""
    tujuan, layanan = Counter(), Counter()
    pasangan: dict[str, Counter] = defaultdict(Counter)
    for satu in latih:
        nama, _, slug = satu.label.partition("/")
        tujuan[nama] += 1
        if slug:
            layanan[slug] += 1
            pasangan[slug][nama] += 1
    for nama, jumlah in sorted(tujuan.items()):
        if jumlah < SEDIKIT and nama not in HANYA_BENTUK:
            yield f"purpose {nama}: {jumlah} messages, needs {SEDIKIT}"
    for slug in katalog().slugs():
        if layanan[slug] < SEDIKIT:
            yield f"data/nlu/layanan/{slug}.yml: {layanan[slug]} messages, needs {SEDIKIT}"
        for nama in TUJUAN_LAYANAN:
            if (jumlah := pasangan[slug][nama]) < SEDIKIT_PASANGAN:
                yield f"{nama}/{slug}: {jumlah} messages, needs {SEDIKIT_PASANGAN}"
        if (jumlah := sum(slug in satu.layanan for satu in uji)) < CUKUP_UJI:
            yield f"tests/nlu/pesan.jsonl: {jumlah} messages for {slug}, needs {CUKUP_UJI}"


def _panjang(teks: str) -> bool:
    return len(polos(teks).split()) > PENDEK


def main() -> int:
    """`python -m scripts.nlu.check`"""
    latih, uji = baca_latih(), baca_uji()
    gagal = 0
    for judul, temuan in (
        ("label conflicts", bentrok(latih)),
        (f"near copies (at least {MIRIP:.2f} alike)", salinan(latih)),
        ("marked entities", anotasi(latih)),
        ("thin labels", tipis(latih, uji)),
        ("leaks into the held-out set", bocor(latih, uji)),
    ):
        daftar = list(temuan)
        gagal += len(daftar)
        say(f"[nlu-check] {judul}: {len(daftar) or 'none'}")
        for satu in daftar:
            say(f"  {satu}")
    say(f"[nlu-check] {len(latih)} training messages, {len(uji)} held out")
    return 1 if gagal else 0


if __name__ == "__main__":
    sys.exit(main())
