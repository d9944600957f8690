"""The plots of a report: how far the confidences can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

BATAS = np.linspace(0.0, 1.0, 11)
HIJAU, MERAH = "#0b6e4f", "#c1440e"


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
        _garis(panel[0][kolom], nama, yakin, benar)
        _batang(panel[1][kolom], np.asarray(yakin), np.asarray(benar, dtype=bool))
    gambar.tight_layout()
    gambar.savefig(berkas, dpi=110)
    pyplot.close(gambar)


def _garis(panel, nama: str, yakin: Sequence[float], benar: Sequence[bool]) -> None:
    """Confidence against the share that is right."""
    isi = keranjang(yakin, benar)
    panel.plot([0, 1], [0, 1], color="0.7", linestyle="--", label="honest")
    panel.plot([y for y, *_ in isi], [b for _, b, _ in isi], "o-", color=HIJAU, label="ours")
    judul = f"{nama}: calibration error {galat_kalibrasi(yakin, benar):.3f}"
    panel.set(title=judul, ylabel="share right", xlim=(0, 1), ylim=(0, 1.02))
    panel.legend(loc="upper left")


def _batang(panel, yakin: np.ndarray, benar: np.ndarray) -> None:
    """How many messages stand at each confidence."""
    panel.hist(
        [yakin[benar], yakin[~benar]],
        bins=BATAS,
        stacked=True,
        color=[HIJAU, MERAH],
        label=["right", "not right"],
    )
    panel.set(xlabel="confidence", ylabel="messages", yscale="log")
    panel.legend(loc="upper left")
