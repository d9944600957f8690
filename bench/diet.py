"""Our purpose classifier against Rasa's DIET on the same messages: accuracy, training, latency.

    python -m bench.diet [--n 3200] [--epochs 40]

Both pipelines learn the same sample of the training data through `rasa train nlu` and parse the
held-out messages through Rasa's own agent. DIET takes about half a minute an epoch at 3,000
messages on two cores: start it in the background. Prints a table for docs/nlu.md.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scripts.children import ROOT, LaunchError, say
from scripts.nlu.nilai import PENDEK, RAGU, urai_semua
from scripts.nlu.pesan import Latih, Uji, baca_latih, baca_uji, tulis_rasa
from scripts.surroundings import PYTHON, QUIET, own_environ

MOST = 20_000  # messages; DIET would take hours with more
# The pipeline of Rasa's starter bot, with DIET for intents only.
DIET = """
recipe: default.v1
assistant_id: diet
language: id
pipeline:
  - name: WhitespaceTokenizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: {epochs}
    entity_recognition: false
    constrain_similarities: true
    random_seed: 1
"""


@dataclass(frozen=True)
class Baris:
    """One row of the table; times in seconds and milliseconds."""

    nama: str
    tujuan: float  # per cent of purposes accepted
    yakin_salah: float  # of the purposes that are not, per cent given with 0.9 or more
    latih: float
    p50: float
    p95: float


def contoh(latih: list[Latih], banyak: int) -> list[Latih]:
    """A sample with every label in its share, at least two messages each; always the same."""
    acak = random.Random(3)
    label: dict[str, list[Latih]] = defaultdict(list)
    for satu in latih:
        label[satu.label].append(satu)
    hasil = []
    for semua in label.values():
        ambil = max(2, round(len(semua) * banyak / len(latih)))
        hasil += acak.sample(semua, min(len(semua), ambil))
    return hasil


def tulis_data(berkas: Path, pesan: list[Latih], *, layanan: bool) -> None:
    """Training data for Rasa; without `layanan` the part after the slash is dropped."""
    label: dict[str, list[str]] = defaultdict(list)
    for satu in pesan:
        nama = satu.label if layanan else satu.label.partition("/")[0]
        label[nama].append(satu.teks)
    tulis_rasa(label, berkas)


def latih(folder: Path, nama: str, config: Path, data: Path) -> tuple[Path, float]:
    """`rasa train nlu`; returns the model and the seconds of its training steps."""
    lingkungan = {**own_environ(), **QUIET, "PYTHONPATH": str(ROOT)}
    perintah = [PYTHON, "-m", "rasa", "train", "nlu", "--config", str(config), "--nlu", str(data)]
    perintah += ["--out", str(folder), "--fixed-model-name", nama]
    mulai = time.monotonic()
    hasil = subprocess.run(
        perintah, cwd=ROOT, env=lingkungan, capture_output=True, text=True, check=False
    )
    model = folder / f"{nama}.tar.gz"
    if hasil.returncode or not model.exists():
        raise LaunchError(f"training {nama} failed:\n{(hasil.stdout + hasil.stderr)[-2000:]}")
    return model, time.monotonic() - mulai


def ukur(nama: str, model: Path, detik: float, uji: list[Uji]) -> Baris:
    """Parse the held-out messages; "unsure" counts as the purpose below it."""
    jawab, waktu = urai_semua(model, [satu.teks for satu in uji])
    benar, salah_yakin = 0, []
    for satu, isi in zip(uji, jawab, strict=True):
        urut = [p for p in isi["intent_ranking"] if p["name"] not in (RAGU, None)]
        utama = urut[0] if urut else {"name": "", "confidence": 0.0}
        if PENDEK.get(utama["name"], utama["name"]) in satu.tujuan:
            benar += 1
        else:
            salah_yakin.append(utama["confidence"] >= 0.9)
    p50, p95 = np.percentile(waktu, [50, 95])
    return Baris(
        nama, 100 * benar / len(uji), 100 * float(np.mean(salah_yakin or [0])), detik, p50, p95
    )


def jalankan(banyak: int, epoch: int) -> list[Baris]:
    """Train and measure both pipelines one after the other."""
    pesan, uji = contoh(baca_latih(), banyak), baca_uji()
    say(f"[diet] {len(pesan)} messages to learn, {len(uji)} held out, {epoch} epochs")
    hasil = []
    with tempfile.TemporaryDirectory() as tempat:
        folder = Path(tempat)
        config = folder / "diet.yml"
        config.write_text(DIET.format(epochs=epoch), encoding="utf-8")
        for nama, dengan, berkas in (
            ("ours", True, ROOT / "config.yml"),
            ("diet", False, config),
        ):
            data = folder / f"data-{nama}.yml"
            tulis_data(data, pesan, layanan=dengan)
            hasil.append(ukur(nama, *latih(folder, nama, berkas, data), uji))
            say(f"[diet] {hasil[-1]}")
    return hasil


def main() -> int:
    """`python -m bench.diet [--n 3200] [--epochs 40]`"""
    baca = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    baca.add_argument("--n", type=int, default=3200, help="messages to learn")
    baca.add_argument("--epochs", type=int, default=40, help="of DIET")
    pilihan = baca.parse_args()
    try:
        hasil = jalankan(min(pilihan.n, MOST), pilihan.epochs)
    except LaunchError as galat:
        print(f"[diet] {galat}", file=sys.stderr)
        return 1
    say("| pipeline | purpose right | sure of itself when wrong | training | parse p50 / p95 |")
    say("|---|---|---|---|---|")
    for b in hasil:
        say(
            f"| {b.nama} | {b.tujuan:.1f} % | {b.yakin_salah:.0f} % "
            f"| {b.latih:.0f} s | {b.p50:.1f} / {b.p95:.1f} ms |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
