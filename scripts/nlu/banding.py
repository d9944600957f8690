"""Two models on the same messages: better, worse, same, message by message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scripts.nlu.nilai import Nilai

# what an outcome is worth to a resident: a wrong answer costs more than a question back
NILAI = {"right": 3, "asks": 2, "half": 1, "wrong": 0}


@dataclass
class Banding:
    """Messages of both runs by what changed; `lain`: in only one of the two runs."""

    lebih_baik: list[tuple[Nilai, Nilai]] = field(default_factory=list)
    lebih_buruk: list[tuple[Nilai, Nilai]] = field(default_factory=list)
    sama: int = 0
    lain: int = 0


def bandingkan(lama: Sequence[Nilai], baru: Sequence[Nilai]) -> Banding:
    """Compare outcome by outcome; pairs are (before, now)."""
    dulu = {satu.teks: satu for satu in lama}
    hasil = Banding(lain=len(set(dulu) ^ {satu.teks for satu in baru}))
    for kini in baru:
        if (sebelum := dulu.get(kini.teks)) is None:
            continue
        beda = NILAI[kini.hasil] - NILAI[sebelum.hasil]
        if beda > 0:
            hasil.lebih_baik.append((sebelum, kini))
        elif beda < 0:
            hasil.lebih_buruk.append((sebelum, kini))
        else:
            hasil.sama += 1
    return hasil


def tulis(banding: Banding) -> str:
    """The comparison as Markdown, the losses first: they are what to look at."""
    baris = [
        "# Against the model before",
        "",
        f"{len(banding.lebih_baik)} better, {len(banding.lebih_buruk)} worse, "
        f"{banding.sama} same, {banding.lain} in only one of the two runs.",
    ]
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
