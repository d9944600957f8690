"""Two models on the same messages: better, worse, same, message by message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scripts.nlu.nilai import HASIL, Nilai, bagian

# what an outcome is worth to a resident: a wrong answer costs more than a question back
NILAI = {"right": 3, "asks": 2, "half": 1, "wrong": 0}


@dataclass
class Banding:
    """Messages of both runs by what changed; `lain`: in only one of the two runs.

    `dulu` and `kini` are the outcomes in per cent, over the messages that both runs have.
    """

    lebih_baik: list[tuple[Nilai, Nilai]] = field(default_factory=list)
    lebih_buruk: list[tuple[Nilai, Nilai]] = field(default_factory=list)
    sama: int = 0
    lain: int = 0
    dulu: dict[str, float] = field(default_factory=dict)
    kini: dict[str, float] = field(default_factory=dict)


def bandingkan(lama: Sequence[Nilai], baru: Sequence[Nilai]) -> Banding:
    """Compare outcome by outcome; pairs are (before, now), the greatest change first."""
    dulu = {satu.teks: satu for satu in lama}
    hasil = Banding(lain=len(set(dulu) ^ {satu.teks for satu in baru}))
    bersama = [(dulu[kini.teks], kini) for kini in baru if kini.teks in dulu]
    if bersama:
        hasil.dulu, hasil.kini = map(bagian, zip(*bersama, strict=True))
    for sebelum, kini in bersama:
        beda = NILAI[kini.hasil] - NILAI[sebelum.hasil]
        if beda > 0:
            hasil.lebih_baik.append((sebelum, kini))
        elif beda < 0:
            hasil.lebih_buruk.append((sebelum, kini))
        else:
            hasil.sama += 1
    for pasangan in (hasil.lebih_baik, hasil.lebih_buruk):
        pasangan.sort(key=lambda dua: -abs(NILAI[dua[1].hasil] - NILAI[dua[0].hasil]))
    return hasil


def tulis(banding: Banding) -> str:
    """The comparison as Markdown, the losses first: they are what to look at."""
    baris = [
        "# Against the model before",
        "",
        f"{len(banding.lebih_baik)} better, {len(banding.lebih_buruk)} worse, "
        f"{banding.sama} same, {banding.lain} in only one of the two runs.",
    ]
    if banding.dulu:
        angka = (f"{h} {banding.dulu[h]:.1f} to {banding.kini[h]:.1f}" for h in (*HASIL, "service"))
        baris += ["", f"Per cent: {', '.join(angka)}."]
    for judul, pasangan in (("Worse", banding.lebih_buruk), ("Better", banding.lebih_baik)):
        if not pasangan:
            continue
        baris += ["", f"## {judul}", "", "| message | wanted | before | now |", "|---|---|---|---|"]
        baris += [
            f"| {sel(b.teks)} | {ingin(b)} | {a.hasil}: {a.tujuan} {a.layanan or ''} "
            f"| {b.hasil}: {b.tujuan} {b.layanan or ''} |"
            for a, b in pasangan
        ]
    return "\n".join(baris) + "\n"


def sel(teks: str, panjang: int = 140) -> str:
    """A message in a table's cell."""
    satu_baris = " ".join(teks.split()).replace("|", "/")
    return satu_baris if len(satu_baris) <= panjang else satu_baris[: panjang - 1] + "…"


def ingin(satu: Nilai) -> str:
    """What would have been accepted."""
    return f"{'/'.join(satu.ingin_tujuan)} {'/'.join(satu.ingin_layanan)}".strip()
