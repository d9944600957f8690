"""Purpose and service in two steps: two linear models read the words, a third weighs what they say.

A message that never names its service ("bapak saya meninggal kemarin") looks like nothing to the
purpose model, but the service model is sure. The second step learns such combinations from
scores of messages that the first step had not seen, which also makes its probabilities honest.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

from kelurahan.nlu.label import TANPA_LAYANAN, TUJUAN_LAYANAN
from kelurahan.nlu.linear import ModelLinear, latih_baris, penanda, softmax, susun_ciri
from kelurahan.nlu.proses import serentak
from kelurahan.nlu.sebutan import PENGGANTI

LIPATAN = 3
CUKUP = 200  # with fewer messages the second step has nothing to learn from
BANYAK = 3000  # with fewer messages starting processes takes longer than they save
# A word in this many follow-ups ("biayanya?", "bawa apa saja") names no subject of its own.
UMUM_SEJAK = 3
# A message of at most this many words that stands in the training data as it is means what it is
# labelled there: what a maintainer teaches word by word works, whatever the sums say.
INGAT_SAMPAI = 8
INGATAN = 0.98
# Log odds on top of what was learned. Residents who write to an office complain more often than
# those who wrote the training data; measured in docs/nlu.md.
CONDONG = {"sampaikan_keluhan": 0.5}
SUHU = tuple(n / 100 for n in range(10, 62, 4))
SUHU_BIASA = 0.26


@dataclass(frozen=True)
class Contoh:
    """One message as the models read it; `layanan` None: says nothing about services."""

    kata_tujuan: str
    kata_layanan: str
    disebut: frozenset[str] = frozenset()  # services that are named
    kapital: bool = False
    tujuan: str = ""
    layanan: str | None = None

    def fakta(self, umum: frozenset[str]) -> tuple[float, ...]:
        """What n-grams do not say: names, a question, length, and how much is not common talk."""
        kata = self.kata_tujuan.split()
        panjang = len(self.kata_layanan.split())
        khas = sum(k not in umum for k in kata)
        return (
            float(bool(self.disebut)),
            float(len(self.disebut)),
            float("?" in kata),
            math.log1p(panjang),
            float(self.kapital),
            float(panjang <= 3),
            math.log1p(khas),
            khas / max(1, len(kata)),
            float(not khas),
        )


@dataclass(frozen=True)
class Dugaan:
    """What the models make of one message: probability per purpose, and per service or none."""

    tujuan: dict[str, float]
    layanan: dict[str, float]


@dataclass
class ModelBertingkat:
    """`bobot` is feature by purpose, None without a second step."""

    tujuan: ModelLinear
    layanan: ModelLinear
    umum: frozenset[str] = frozenset()
    suhu: float = SUHU_BIASA  # margins of services become probabilities by it
    bobot: np.ndarray | None = None
    geser: np.ndarray | None = None
    ingatan: dict[str, tuple[str, str | None]] = field(default_factory=dict)

    @classmethod
    def latih(cls, contoh: list[Contoh], ulangan: list[Contoh], c: float) -> ModelBertingkat:
        """Fit on messages and on their repetitions with typing slips (same order)."""
        langkah = _LangkahSatu(contoh, ulangan, c)
        utuh, nilai = langkah.latih(silang=len(contoh) >= CUKUP)
        model = cls(*utuh, umum=kata_umum(contoh), ingatan=ingat(contoh))
        if len(contoh) < CUKUP:
            return model
        model.suhu = suhu_terbaik(contoh, nilai[1], utuh[1].kelas)
        model._timbang(contoh, np.hstack([*nilai, model._sisi(contoh)]))
        return model

    def _timbang(self, contoh: list[Contoh], ciri: np.ndarray) -> None:
        """Learn the second step, and fold the scaling of its features into the weights."""
        ukuran = StandardScaler().fit(ciri)
        mesin = LogisticRegression(C=0.1, max_iter=400)
        mesin.fit(ukuran.transform(ciri), [satu.tujuan for satu in contoh])
        urut = [list(mesin.classes_).index(k) for k in self.tujuan.kelas]
        bobot = (mesin.coef_[urut] / ukuran.scale_).T
        condong = [CONDONG.get(k, 0.0) for k in self.tujuan.kelas]
        geser = mesin.intercept_[urut] - ukuran.mean_ @ bobot + condong
        self.geser = geser.astype(np.float32)
        self.bobot = bobot.astype(np.float32)

    def _sisi(self, contoh: list[Contoh]) -> np.ndarray:
        """The features beside both models' scores."""
        fakta = np.array([satu.fakta(self.umum) for satu in contoh], dtype=np.float32)
        return np.hstack([fakta, penanda([satu.disebut for satu in contoh], self.layanan.tanda)])

    def duga(self, satu: Contoh) -> Dugaan | None:
        """Probabilities of a message, or None when no part of its text was ever seen."""
        satu_huruf = len(satu.kata_layanan) == 1 and satu.kata_layanan not in self.ingatan
        ciri = self.tujuan.ciri(satu.kata_tujuan)
        if satu_huruf or not any(len(tempat) for tempat, _ in ciri):
            return None
        nilai_tujuan = self.tujuan.nilai(ciri)
        nilai_layanan = self.layanan.nilai(self.layanan.ciri(satu.kata_layanan), satu.disebut)
        if self.bobot is None:
            peluang = softmax(nilai_tujuan, self.suhu)
        else:
            ciri = np.concatenate([nilai_tujuan, nilai_layanan, self._sisi([satu])[0]])
            peluang = softmax(ciri @ self.bobot + self.geser)
        tujuan = dict(zip(self.tujuan.kelas, map(float, peluang), strict=True))
        layanan = softmax(nilai_layanan, self.suhu)
        dugaan = Dugaan(tujuan, dict(zip(self.layanan.kelas, map(float, layanan), strict=True)))
        return self._ingat(satu, dugaan)

    def _ingat(self, satu: Contoh, dugaan: Dugaan) -> Dugaan:
        """The labels of a message that was learned word by word."""
        tujuan, layanan = self.ingatan.get(satu.kata_layanan, (None, None))
        return Dugaan(_pasti(dugaan.tujuan, tujuan), _pasti(dugaan.layanan, layanan))

    def simpan(self, folder: Path) -> None:
        """Write both models and the second step; no pickle."""
        for nama in ("tujuan", "layanan"):
            (folder / nama).mkdir(exist_ok=True)
            getattr(self, nama).simpan(folder / nama)
        ada = self.bobot is not None
        isi = {
            "tingkat_dua": ada,
            "umum": sorted(self.umum),
            "suhu": self.suhu,
            "ingatan": self.ingatan,
        }
        (folder / "bertingkat.json").write_text(
            json.dumps(isi, ensure_ascii=False), encoding="utf-8"
        )
        if ada:
            np.savez_compressed(folder / "tingkat_dua.npz", bobot=self.bobot, geser=self.geser)

    @classmethod
    def muat(cls, folder: Path) -> ModelBertingkat:
        """Read what `simpan` wrote."""
        isi = json.loads((folder / "bertingkat.json").read_text(encoding="utf-8"))
        tujuan, layanan = (ModelLinear.muat(folder / nama) for nama in ("tujuan", "layanan"))
        ingatan = {teks: tuple(label) for teks, label in isi["ingatan"].items()}
        model = cls(tujuan, layanan, frozenset(isi["umum"]), isi["suhu"], ingatan=ingatan)
        if isi["tingkat_dua"]:
            with np.load(folder / "tingkat_dua.npz", allow_pickle=False) as angka:
                model.bobot, model.geser = angka["bobot"], angka["geser"]
        return model


def kata_umum(contoh: list[Contoh]) -> frozenset[str]:
    """The words of follow-ups: a message of these alone has no subject, so it is not off topic."""
    jumlah = Counter(
        kata
        for satu in contoh
        if satu.tujuan in TUJUAN_LAYANAN and satu.layanan == TANPA_LAYANAN
        for kata in set(satu.kata_tujuan.split())
    )
    return frozenset(k for k, n in jumlah.items() if n >= UMUM_SEJAK) | {PENGGANTI, "?", "0"}


def ingat(contoh: list[Contoh]) -> dict[str, tuple[str, str | None]]:
    """Short messages and their purpose and service, without those that are taught both ways."""
    label: dict[str, set[tuple[str, str | None]]] = {}
    for satu in contoh:
        if len(satu.kata_layanan.split()) <= INGAT_SAMPAI:
            label.setdefault(satu.kata_layanan, set()).add((satu.tujuan, satu.layanan))
    return {teks: min(semua) for teks, semua in label.items() if len(semua) == 1}


def _pasti(peluang: dict[str, float], pilihan: str | None) -> dict[str, float]:
    """Nearly all probability for the remembered label, the rest as it was shared before."""
    if pilihan not in peluang:
        return peluang
    lain = (1 - INGATAN) / max(1 - peluang[pilihan], 1e-9)
    return {k: max(INGATAN, p) if k == pilihan else p * min(lain, 1.0) for k, p in peluang.items()}


def suhu_terbaik(contoh: list[Contoh], nilai: np.ndarray, kelas: list[str]) -> float:
    """The temperature under which unseen messages' true services are likeliest."""
    bicara = [i for i, satu in enumerate(contoh) if satu.layanan is not None]
    benar = [kelas.index(contoh[i].layanan) for i in bicara]

    def rugi(suhu: float) -> float:
        peluang = softmax(nilai[bicara], suhu)[np.arange(len(bicara)), benar]
        return float(-np.log(peluang + 1e-9).mean())

    return min(SUHU, key=rugi)


class _LangkahSatu:
    """Both models of the first step, and scores by models that had not seen what they score."""

    def __init__(self, contoh: list[Contoh], ulangan: list[Contoh], c: float) -> None:
        """`ulangan` repeats `contoh` with typing slips, in the same order."""
        semua, self._banyak, self._c = contoh + ulangan, len(contoh), c
        self._label = tuple([getattr(s, apa) for s in semua] for apa in ("tujuan", "layanan"))
        self._ciri = (
            susun_ciri([s.kata_tujuan for s in semua]),
            susun_ciri([s.kata_layanan for s in semua], [s.disebut for s in semua]),
        )

    def latih(self, *, silang: bool) -> tuple[list[ModelLinear], list[np.ndarray]]:
        """The models, and with `silang` the scores of all messages without their slips."""
        belah = KFold(LIPATAN, shuffle=True, random_state=1) if silang else None
        lipatan = list(belah.split(range(self._banyak))) if belah else []
        # Processes, not threads: liblinear's threads would share one stream of random numbers,
        # and the same data would give another model each time.
        tugas = [
            (ciri, label, self._c, latih, uji)
            for latih, uji in [(np.arange(self._banyak), None), *lipatan]
            for (ciri, *_), label in zip(self._ciri, self._label, strict=True)
        ]
        hasil = serentak(latih_baris, tugas, banyak=self._banyak >= BANYAK)
        utuh = [
            ModelLinear(*bobot, *lihat)
            for bobot, (_, *lihat) in zip(hasil[:2], self._ciri, strict=True)
        ]
        nilai = [np.full((self._banyak, len(m.kelas)), -1.0, dtype=np.float32) for m in utuh]
        for n, (kelas, skor) in enumerate(hasil[2:]):
            kolom = [utuh[n % 2].kelas.index(k) for k in kelas]
            nilai[n % 2][np.ix_(lipatan[n // 2][1], kolom)] = skor
        return utuh, nilai
