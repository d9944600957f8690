"""The purpose in two steps: two linear models read the words, a third weighs what they say.

A message that never names its service ("bapak saya meninggal kemarin") looks like nothing to the
purpose model, but the service model is sure. The second step learns such combinations from
scores of messages that the first step had not seen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

from kelurahan.nlu.linear import ModelLinear, softmax, susun_ciri

LIPATAN = 4
CUKUP = 200  # with fewer messages the second step has nothing to learn from


@dataclass(frozen=True)
class Contoh:
    """One message as the models read it; `layanan` None: says nothing about services."""

    kata_tujuan: str
    kata_layanan: str
    ciri: tuple[float, ...]
    tujuan: str = ""
    layanan: str | None = None


@dataclass
class ModelBertingkat:
    """Purpose probabilities; `bobot` is feature by class, None without a second step."""

    tujuan: ModelLinear
    layanan: ModelLinear
    bobot: np.ndarray | None
    geser: np.ndarray | None

    @classmethod
    def latih(cls, contoh: list[Contoh], ulangan: list[Contoh], c: float) -> ModelBertingkat:
        """Fit on messages and on their repetitions with typing slips (same order)."""
        langkah = _LangkahSatu(contoh + ulangan, c)
        tujuan, layanan = langkah.latih(np.arange(len(contoh) * 2))
        model = cls(tujuan, layanan, None, None)
        if len(contoh) < CUKUP:
            return model
        nilai = np.full((len(contoh), len(model.ciri(contoh[0]))), -1.0, dtype=np.float32)
        for latih, uji in KFold(LIPATAN, shuffle=True, random_state=1).split(contoh):
            lipat = langkah.latih(np.concatenate([latih, latih + len(contoh)]))
            nilai[uji] = langkah.nilai(uji, lipat, (tujuan, layanan))
        ukuran = StandardScaler().fit(nilai)
        mesin = LogisticRegression(C=0.1, max_iter=300)
        mesin.fit(ukuran.transform(nilai), [satu.tujuan for satu in contoh])
        urut = [list(mesin.classes_).index(k) for k in tujuan.kelas]
        bobot = (mesin.coef_[urut] / ukuran.scale_).T
        geser = mesin.intercept_[urut] - ukuran.mean_ @ bobot
        model.bobot, model.geser = bobot.astype(np.float32), geser.astype(np.float32)
        return model

    @property
    def kelas(self) -> list[str]:
        """The purposes, in the order of the probabilities."""
        return self.tujuan.kelas

    def ciri(self, satu: Contoh) -> np.ndarray:
        """What the second step sees: both models' scores and a few facts about the text."""
        a, b = self.tujuan.nilai(satu.kata_tujuan), self.layanan.nilai(satu.kata_layanan)
        return np.concatenate([a, b, satu.ciri]).astype(np.float32)

    def peluang(self, satu: Contoh) -> np.ndarray | None:
        """Probability per purpose, or None when no part of the text was ever seen."""
        if not self.tujuan.kenal(satu.kata_tujuan):
            return None
        if self.bobot is None:
            return softmax(self.tujuan.nilai(satu.kata_tujuan))
        return softmax(self.ciri(satu) @ self.bobot + self.geser, 1.0)

    def simpan(self, folder: Path) -> None:
        """Write both models and the second step; no pickle."""
        for nama in ("tujuan", "layanan"):
            (folder / nama).mkdir(exist_ok=True)
            getattr(self, nama).simpan(folder / nama)
        ada = self.bobot is not None
        (folder / "bertingkat.json").write_text(json.dumps({"tingkat_dua": ada}), encoding="utf-8")
        if ada:
            np.savez_compressed(folder / "tingkat_dua.npz", bobot=self.bobot, geser=self.geser)

    @classmethod
    def muat(cls, folder: Path) -> ModelBertingkat:
        """Read what `simpan` wrote."""
        isi = json.loads((folder / "bertingkat.json").read_text(encoding="utf-8"))
        tujuan, layanan = (ModelLinear.muat(folder / nama) for nama in ("tujuan", "layanan"))
        if not isi["tingkat_dua"]:
            return cls(tujuan, layanan, None, None)
        with np.load(folder / "tingkat_dua.npz", allow_pickle=False) as angka:
            return cls(tujuan, layanan, angka["bobot"], angka["geser"])


class _LangkahSatu:
    """Both models of the first step over features that are counted once."""

    def __init__(self, contoh: list[Contoh], c: float) -> None:
        self._contoh, self._c = contoh, c
        self._ciri_tujuan, self._lihat_tujuan = susun_ciri([s.kata_tujuan for s in contoh])
        self._ciri_layanan, self._lihat_layanan = susun_ciri([s.kata_layanan for s in contoh])

    def latih(self, baris: np.ndarray) -> tuple[ModelLinear, ModelLinear]:
        """Models of purpose and service, learned from these rows."""
        bicara = np.array([i for i in baris if self._contoh[i].layanan is not None])
        tujuan = ModelLinear.dari_ciri(
            self._ciri_tujuan[baris],
            [self._contoh[i].tujuan for i in baris],
            self._lihat_tujuan,
            c=self._c,
        )
        layanan = ModelLinear.dari_ciri(
            self._ciri_layanan[bicara],
            [self._contoh[i].layanan for i in bicara],
            self._lihat_layanan,
            c=self._c,
        )
        return tujuan, layanan

    def nilai(
        self,
        baris: np.ndarray,
        lipat: tuple[ModelLinear, ModelLinear],
        utuh: tuple[ModelLinear, ModelLinear],
    ) -> np.ndarray:
        """Scores of rows that `lipat` has not seen, in the order of the classes of `utuh`."""
        bagian = []
        for ciri, model, acuan in zip(
            (self._ciri_tujuan, self._ciri_layanan), lipat, utuh, strict=True
        ):
            skor = np.full((len(baris), len(acuan.kelas)), -1.0, dtype=np.float32)
            skor[:, [acuan.kelas.index(k) for k in model.kelas]] = model.nilai_ciri(ciri[baris])
            bagian.append(skor)
        return np.hstack([*bagian, np.array([self._contoh[i].ciri for i in baris])])
