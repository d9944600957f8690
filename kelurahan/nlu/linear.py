"""A linear text classifier over character and word n-grams, stored without pickle.

scikit-learn trains it; prediction is a dozen lines of numpy over the same n-grams, because the
vectorizers' checks and sparse products cost five times as much as the sums themselves.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

BENTUK = 3  # version of the stored layout
# Margins become probabilities by a softmax of this temperature (docs/nlu.md).
SUHU = 0.35


def _pengubah(huruf: bool, panjang: tuple[int, int], min_df: int = 1) -> TfidfVectorizer:
    """One view of a text: pieces of words, or words with their neighbours."""
    return TfidfVectorizer(
        analyzer="char_wb" if huruf else "word",
        token_pattern=r"\S+",  # noqa: S106 (a pattern, not a password)
        ngram_range=panjang,
        min_df=min_df,
        lowercase=False,
        sublinear_tf=True,
        dtype=np.float32,
    )


class Pandangan:
    """The learned vocabulary of one view, and how rare each entry is."""

    def __init__(
        self, huruf: bool, panjang: tuple[int, int], kosakata: dict[str, int], idf: np.ndarray
    ) -> None:
        self.huruf, self.panjang, self.kosakata, self.idf = huruf, panjang, kosakata, idf
        self._urai = _pengubah(huruf, panjang).build_analyzer()

    def ciri(self, teks: str) -> tuple[np.ndarray, np.ndarray]:
        """Places and tf-idf values of what the text and the vocabulary share."""
        ada = map(self.kosakata.get, self._urai(teks))
        jumlah = Counter(n for n in ada if n is not None)
        tempat = np.fromiter(jumlah, dtype=np.int64, count=len(jumlah))
        hitung = np.fromiter(jumlah.values(), dtype=np.float32, count=len(jumlah))
        nilai = (1 + np.log(hitung)) * self.idf[tempat]
        return tempat, nilai / (np.linalg.norm(nilai) or 1.0)


@dataclass
class ModelLinear:
    """Balanced linear support vectors, one against the rest; `bobot` is feature by class."""

    kelas: list[str]
    bobot: np.ndarray
    geser: np.ndarray
    pandangan: list[Pandangan]

    @classmethod
    def latih(cls, teks: list[str], label: list[str], *, c: float = 0.7) -> ModelLinear:
        """Fit on normalised texts; `c` is the inverse of the regularisation strength."""
        ciri, pandangan = susun_ciri(teks)
        return cls.dari_ciri(ciri, label, pandangan, c=c)

    @classmethod
    def dari_ciri(
        cls, ciri: csr_matrix, label: list[str], pandangan: list[Pandangan], *, c: float
    ) -> ModelLinear:
        """Fit on features that were counted before (several models may share them)."""
        mesin = LinearSVC(C=c, class_weight="balanced", tol=1e-3, random_state=0)
        mesin.fit(ciri, label)
        bobot, geser = mesin.coef_, mesin.intercept_
        if len(mesin.classes_) == 2:  # one row of weights then stands for both classes
            bobot, geser = np.vstack([-bobot, bobot]), np.concatenate([-geser, geser])
        return cls(
            kelas=[str(k) for k in mesin.classes_],
            bobot=np.ascontiguousarray(bobot.T, dtype=np.float32),
            geser=geser.astype(np.float32),
            pandangan=pandangan,
        )

    def nilai_ciri(self, ciri: csr_matrix) -> np.ndarray:
        """Margins of many texts at once, from their features: text by class."""
        return ciri @ self.bobot + self.geser

    def kenal(self, teks: str) -> bool:
        """Was any part of this text seen in training?"""
        return any(len(p.ciri(teks)[0]) for p in self.pandangan)

    def nilai(self, teks: str) -> np.ndarray:
        """Margin per class: the distance to each class's border."""
        hasil, mulai = self.geser.copy(), 0
        for p in self.pandangan:
            tempat, ciri = p.ciri(teks)
            hasil += ciri @ self.bobot[mulai + tempat]
            mulai += len(p.idf)
        return hasil

    def peluang(self, teks: str) -> np.ndarray | None:
        """Probability per class, or None when no part of the text was ever seen."""
        return softmax(self.nilai(teks)) if self.kenal(teks) else None

    def simpan(self, folder: Path) -> None:
        """Write `model.json` and `bobot.npz`."""
        pandangan = [
            {
                "huruf": p.huruf,
                "panjang": list(p.panjang),
                "kosakata": sorted(p.kosakata, key=p.kosakata.__getitem__),
            }
            for p in self.pandangan
        ]
        isi = {"bentuk": BENTUK, "kelas": self.kelas, "pandangan": pandangan}
        (folder / "model.json").write_text(json.dumps(isi, ensure_ascii=False), encoding="utf-8")
        idf = {f"idf{i}": p.idf for i, p in enumerate(self.pandangan)}
        # Half precision: half the file, the same answers to three digits.
        np.savez_compressed(
            folder / "bobot.npz", bobot=self.bobot.astype(np.float16), geser=self.geser, **idf
        )

    @classmethod
    def muat(cls, folder: Path) -> ModelLinear:
        """Read what `simpan` wrote; numbers and strings only, nothing is executed."""
        isi = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        if isi.get("bentuk") != BENTUK:
            raise ValueError(f"model.json: bentuk {isi.get('bentuk')!r}, expected {BENTUK}")
        with np.load(folder / "bobot.npz", allow_pickle=False) as angka:
            pandangan = [
                Pandangan(
                    p["huruf"],
                    tuple(p["panjang"]),
                    {istilah: n for n, istilah in enumerate(p["kosakata"])},
                    angka[f"idf{i}"],
                )
                for i, p in enumerate(isi["pandangan"])
            ]
            bobot = angka["bobot"].astype(np.float32)
            return cls(isi["kelas"], bobot, angka["geser"], pandangan)


def softmax(nilai: np.ndarray, suhu: float = SUHU) -> np.ndarray:
    """Margins as probabilities that sum to one."""
    e = np.exp((nilai - nilai.max()) / suhu)
    return e / e.sum()


def susun_ciri(teks: list[str]) -> tuple[csr_matrix, list[Pandangan]]:
    """Learn the vocabulary of these texts; return their features and the views."""
    banyak = len(teks) > 200
    bentuk = [(True, (2, 5), 3 if banyak else 1), (False, (1, 2), 2 if banyak else 1)]
    pengubah = [_pengubah(*b) for b in bentuk]
    ciri = hstack([p.fit_transform(teks) for p in pengubah]).tocsr()
    pandangan = [
        Pandangan(*b[:2], p.vocabulary_, p.idf_.astype(np.float32))
        for b, p in zip(bentuk, pengubah, strict=True)
    ]
    return ciri, pandangan
