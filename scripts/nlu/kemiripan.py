"""How alike messages are: the cosine of their four-letter pieces, from 0 to 1."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from scripts.nlu.pesan import polos

SEPOTONG = 500  # rows compared at a time, so that memory stays small


class Kemiripan:
    """Compares texts with one fixed set of texts."""

    def __init__(self, teks: list[str]) -> None:
        self._hitung = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(4, 4), sublinear_tf=True, dtype=np.float32
        )
        self._acuan = self._hitung.fit_transform(map(polos, teks))

    def pasangan(self, batas: float) -> Iterator[tuple[int, int, float]]:
        """Pairs of the set that are at least `batas` alike, each once."""
        yield from ((i, j, m) for i, j, m in self._bandingkan(self._acuan, batas) if i < j)

    def dengan(self, teks: list[str], batas: float) -> Iterator[tuple[int, int, float]]:
        """Of other texts: their place, the place in the set, and how alike the two are."""
        yield from self._bandingkan(self._hitung.transform(map(polos, teks)), batas)

    def _bandingkan(self, baris, batas: float) -> Iterator[tuple[int, int, float]]:
        for awal in range(0, baris.shape[0], SEPOTONG):
            sama = (baris[awal : awal + SEPOTONG] @ self._acuan.T).tocoo()
            for n in np.flatnonzero(sama.data >= batas):
                yield int(sama.row[n]) + awal, int(sama.col[n]), float(sama.data[n])
