"""The plots of a report: how far the confidences can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

BATAS = np.linspace(0.0, 1.0, 11)


def keranjang(yakin: Sequence[float], benar: Sequence[bool]) -> list[tuple[float, float, int]]:
    """Mean confidence, share of right ones and count for each tenth that holds messages."""
    yakin_, benar_ = np.asarray(yakin, dtype=float), np.asarray(benar, dtype=float)
    nomor = np.clip(np.digitize(yakin_, BATAS) - 1, 0, len(BATAS) - 2)
    return [
        (
            float(yakin_[nomor == n].mean()),
            float(benar_[nomor == n].mean()),
            int((nomor == n).sum()),
        )
        for n in range(len(BATAS) - 1)
        if (nomor == n).any()
    ]


def galat_kalibrasi(yakin: Sequence[float], benar: Sequence[bool]) -> float:
    """Expected calibration error: the mean gap between confidence and being right."""
    isi = keranjang(yakin, benar)
    return sum(n * abs(y - b) for y, b, n in isi) / max(1, sum(n for *_, n in isi))


def reliabilitas(berkas: Path, kumpulan: dict[str, tuple[Sequence[float], Sequence[bool]]]) -> None:
    """One panel per name: confidence against being right, and how many messages stand where."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    gambar, panel = pyplot.subplots(
        2,
        len(kumpulan),
        figsize=(5 * len(kumpulan), 6),
        sharex=True,
        squeeze=False,
        gridspec_kw={"height_ratios": [3, 1]},
    )
    for kolom, (nama, (yakin, benar)) in enumerate(kumpulan.items()):
        isi = keranjang(yakin, benar)
        atas, bawah = panel[0][kolom], panel[1][kolom]
        atas.plot([0, 1], [0, 1], color="0.7", linestyle="--", label="honest")
        atas.plot(
            [y for y, *_ in isi], [b for _, b, _ in isi], marker="o", color="#0b6e4f", label="ours"
        )
        atas.set(
            title=f"{nama}: calibration error {galat_kalibrasi(yakin, benar):.3f}",
            ylabel="share right",
            xlim=(0, 1),
            ylim=(0, 1.02),
        )
        atas.legend(loc="upper left")
        benar_ = np.asarray(benar, dtype=bool)
        yakin_ = np.asarray(yakin)
        bawah.hist(
            [yakin_[benar_], yakin_[~benar_]],
            bins=BATAS,
            stacked=True,
            color=["#0b6e4f", "#c1440e"],
            label=["right", "not right"],
        )
        bawah.set(xlabel="confidence", ylabel="messages", yscale="log")
        bawah.legend(loc="upper left")
    gambar.tight_layout()
    gambar.savefig(berkas, dpi=110)
    pyplot.close(gambar)
