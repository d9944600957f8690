"""A linear text classifier over character and word n-grams, stored without pickle.

scikit-learn trains it; prediction is a dozen lines of numpy over the same n-grams, because the
vectorizers' checks and sparse products cost five times as much as the sums themselves.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from kelurahan.nlu.batang import batangkan
from kelurahan.nlu.hitung import ciri_suku

BENTUK = 5  # version of the stored layout
# The n-grams of a text have length 1 together, whatever its length; a mark beside them does not
# shrink, so that the one "ktp" of a long story still counts.
BOBOT_TANDA = 0.5
Ciri = list[tuple[np.ndarray, np.ndarray]]  # per view: places and values


def _pengubah(huruf: bool, panjang: tuple[int, int], min_df: int = 1) -> TfidfVectorizer:
    """One view of a text: pieces of words, or stems with their neighbours."""
    return TfidfVectorizer(
        analyzer="char_wb" if huruf else "word",
        token_pattern=r"\S+",  # noqa: S106 (a pattern, not a password)
        ngram_range=panjang,
        min_df=min_df,
        preprocessor=None if huruf else batangkan,
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
    # marks beside the text, in the order of their weights (after the views')
    tanda: list[str] = field(default_factory=list)

    @classmethod
    def dari_ciri(
        cls,
        ciri: csr_matrix,
        label: list[str],
        pandangan: list[Pandangan],
        tanda: list[str],
        *,
        c: float,
    ) -> ModelLinear:
        """Fit on features that `susun_ciri` counted; `c` is the inverse of the regularisation."""
        mesin = LinearSVC(C=c, class_weight="balanced", tol=0.02, random_state=0)
        mesin.fit(ciri, label)
        bobot, geser = mesin.coef_, mesin.intercept_
        if len(mesin.classes_) == 2:  # one row of weights then stands for both classes
            bobot, geser = np.vstack([-bobot, bobot]), np.concatenate([-geser, geser])
        return cls(
            kelas=[str(k) for k in mesin.classes_],
            bobot=np.ascontiguousarray(bobot.T, dtype=np.float32),
            geser=geser.astype(np.float32),
            pandangan=pandangan,
            tanda=tanda,
        )

    def nilai_ciri(self, ciri: csr_matrix) -> np.ndarray:
        """Margins of many texts at once, from their features: text by class."""
        return ciri @ self.bobot + self.geser

    def ciri(self, teks: str) -> Ciri:
        """What of this text was seen in training, view by view."""
        return [p.ciri(teks) for p in self.pandangan]

    def nilai(self, ciri: Ciri, tanda: Collection[str] = ()) -> np.ndarray:
        """Margin per class: the distance to each class's border."""
        hasil, mulai = self.geser.copy(), 0
        for p, (tempat, nilai) in zip(self.pandangan, ciri, strict=True):
            hasil += nilai @ self.bobot[mulai + tempat]
            mulai += len(p.idf)
        for satu in sorted(tanda):  # a set has no order, and the sum's last digits depend on it
            if satu in self.tanda:
                hasil += BOBOT_TANDA * self.bobot[mulai + self.tanda.index(satu)]
        return hasil

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
        isi = {
            "bentuk": BENTUK,
            "kelas": self.kelas,
            "pandangan": pandangan,
            "tanda": self.tanda,
        }
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
            return cls(isi["kelas"], bobot, angka["geser"], pandangan, isi["tanda"])


def latih_baris(
    ciri: csr_matrix, label: list[str | None], c: float, baris: np.ndarray, uji: np.ndarray | None
) -> tuple[np.ndarray | list[str], ...]:
    """Learn from these messages and their slips, which fill the lower half of `ciri`.

    Returns classes, weights and intercepts, or with `uji` classes and the scores of those rows.
    Runs in processes of its own (see proses.py), so it lives in a module without Rasa.
    """
    baris = np.concatenate([baris, baris + ciri.shape[0] // 2])
    baris = baris[[label[i] is not None for i in baris]]
    model = ModelLinear.dari_ciri(ciri[baris], [label[i] for i in baris], [], [], c=c)
    if uji is None:
        return model.kelas, model.bobot, model.geser
    return model.kelas, model.nilai_ciri(ciri[uji])


def softmax(nilai: np.ndarray, suhu: float = 1.0) -> np.ndarray:
    """Scores as probabilities that sum to one along the last axis; a low `suhu` sharpens them."""
    e = np.exp((nilai - nilai.max(axis=-1, keepdims=True)) / suhu)
    return e / e.sum(axis=-1, keepdims=True)


def susun_ciri(
    teks: list[str], tanda: list[Collection[str]] | None = None
) -> tuple[csr_matrix, list[Pandangan], list[str]]:
    """Learn the vocabulary of these texts; return features, views, and the marks' order."""
    banyak = len(teks) > 200
    huruf, kata = (True, (2, 5)), (False, (1, 2))
    suku, kosakata, idf = ciri_suku(teks, _pengubah(*huruf).build_analyzer(), 3 if banyak else 1)
    pengubah = _pengubah(*kata, 2 if banyak else 1)
    bagian = [suku, pengubah.fit_transform(teks)]
    urut = sorted({satu for daftar in tanda or [] for satu in daftar})
    if urut:
        bagian.append(csr_matrix(BOBOT_TANDA * penanda(tanda, urut)))
    pandangan = [
        Pandangan(*huruf, kosakata, idf),
        Pandangan(*kata, pengubah.vocabulary_, pengubah.idf_.astype(np.float32)),
    ]
    return hstack(bagian).tocsr(), pandangan, urut


def penanda(tanda: list[Collection[str]], urut: list[str]) -> np.ndarray:
    """Marks as zeros and ones: text by mark."""
    return np.array([[satu in daftar for satu in urut] for daftar in tanda], dtype=np.float32)
