"""`make nlu-report`: train, test on the held-out messages, and write a folder to look through.

`results/nlu/<date>-<model>/` holds Rasa's own reports (`rasa test nlu`: intents, services as
response selection, confusion matrices, confidence histograms) and ours: `ringkasan.md` (figures
per register, purpose and service), `reliabilitas.png`, `kerancuan.md` (worst confusions with
their messages), `perbandingan.md` (against the model before) and `prediksi.jsonl`.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from scripts.children import ROOT, Children, LaunchError, say, stop_on_signals
from scripts.nlu import banding, gambar, nilai
from scripts.nlu.nilai import HASIL, Nilai
from scripts.nlu.pesan import (
    BERLAYANAN,
    HELD_OUT,
    INTENT,
    PesanError,
    Uji,
    baca_uji,
    tulis_rasa,
)
from scripts.surroundings import MODEL, PYTHON, QUIET, own_environ
from scripts.train import FINGERPRINT, LOGS, ensure_model

HASIL_DI = ROOT / "results" / "nlu"
PREDIKSI = "prediksi.jsonl"
TERBURUK = 25  # confusions that are listed with their messages


def data_rasa(uji: Iterable[Uji], berkas: Path) -> None:
    """The held-out messages in Rasa's format; of several accepted labels the first."""
    label: dict[str, list[str]] = defaultdict(list)
    for satu in uji:
        tujuan = satu.tujuan[0]
        slug = min(satu.layanan) if satu.layanan and tujuan in BERLAYANAN else ""
        label[INTENT[tujuan] + (f"/{slug}" if slug else "")].append(" ".join(satu.teks.split()))
    tulis_rasa(label, berkas)


def rasa_test(folder: Path, uji: list[Uji], model: Path) -> None:
    """`rasa test nlu` on the held-out messages, into the same folder."""
    data = folder / "pesan.yml"
    data_rasa(uji, data)
    perintah = [PYTHON, "-m", "rasa", "test", "nlu", "--nlu", str(data), "--model", str(model)]
    lingkungan = {**own_environ(), **QUIET, "PYTHONPATH": str(ROOT)}
    with (folder / "rasa-test.log").open("w", encoding="utf-8") as catatan:
        hasil = subprocess.run(
            [*perintah, "--out", str(folder)],
            cwd=ROOT, env=lingkungan, stdout=catatan, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    if hasil.returncode:
        raise LaunchError(f"rasa test nlu failed, see {folder / 'rasa-test.log'}")


def tabel(semua: list[Nilai], kunci: Callable[[Nilai], str], judul: str) -> list[str]:
    """Outcomes in per cent by a key, the weakest first."""
    kelompok: dict[str, list[Nilai]] = defaultdict(list)
    for satu in semua:
        kelompok[kunci(satu)].append(satu)
    baris = [f"| {judul} | messages | right | asks | half | wrong | service |", "|---" * 7 + "|"]
    isi = {nama: nilai.bagian(daftar) for nama, daftar in kelompok.items()}
    for nama, b in sorted(isi.items(), key=lambda x: x[1]["right"]):
        angka = " | ".join(f"{b[h]:.0f}" for h in HASIL)
        service = "" if np.isnan(b["service"]) else f"{b['service']:.0f}"
        baris.append(f"| {nama} | {b['messages']:.0f} | {angka} | {service} |")
    return baris


def ringkasan(semua: list[Nilai], waktu: list[float], latih: float | None, model: Path) -> str:
    """The figures as Markdown."""
    perlu = [s for s in semua if s.layanan_benar is not None]
    return "\n".join(
        [
            "# Held-out messages",
            "",
            *angka(semua),
            f"- {kecepatan(waktu, latih, model)}",
            "",
            *tabel(semua, lambda s: s.ragam, "register"),
            "",
            *tabel(semua, lambda s: s.ingin_tujuan[0], "purpose"),
            "",
            *tabel(perlu, lambda s: s.ingin_layanan[0], "service"),
            "",
        ]
    )


def angka(semua: list[Nilai]) -> list[str]:
    """The figures of the whole set, a line each."""
    b, tolak = nilai.bagian(semua), nilai.penolakan(semua)
    tepat, tanya = nilai.tawaran_tepat(semua)
    tujuan = gambar.galat_kalibrasi(*_tujuan(semua))
    layanan = gambar.galat_kalibrasi(*_layanan(semua))
    return [
        f"{len(semua)} messages: right {b['right']:.1f} %, asks back {b['asks']:.1f} %, "
        f"half {b['half']:.1f} %, wrong {b['wrong']:.1f} %; service right {b['service']:.1f} %.",
        "",
        f"- Questions back that need a service: {tepat} of {tanya} offer a right one among three.",
        f"- Out of scope refused {tolak['refused']:.1f} %; "
        f"in scope refused {tolak['wrongly refused']:.1f} %.",
        f"- Calibration error: purpose {tujuan:.3f}, service {layanan:.3f} (reliabilitas.png).",
    ]


def kecepatan(waktu: list[float], latih: float | None, model: Path) -> str:
    """Parse times, size, and how long the training took."""
    p50, p95 = np.percentile(waktu, [50, 95])
    durasi = f"trained in {latih:.0f} s" if latih else "the model was current, not trained"
    return (
        f"Parse {p50:.1f} ms (p50), {p95:.1f} ms (p95) with Rasa around it; "
        f"model {model.stat().st_size / 1e6:.1f} MB; {durasi}."
    )


def kerancuan(semua: list[Nilai]) -> str:
    """The commonest confusions with their messages, then what is wrong and most sure of itself."""
    buruk = [s for s in semua if s.hasil in ("wrong", "half")]

    def beda(s: Nilai) -> str:
        if not s.tujuan_benar:
            return f"{s.ingin_tujuan[0]} taken for {s.tujuan}"
        return f"{s.ingin_layanan[0]} taken for {s.layanan or 'no service'}"

    baris = ["# Worst confusions", ""]
    for jenis, jumlah in Counter(map(beda, buruk)).most_common(TERBURUK):
        baris += [f"## {jenis}: {jumlah}", ""]
        for s in sorted((s for s in buruk if beda(s) == jenis), key=lambda s: -s.yakin_tujuan):
            baris.append(
                f"- {banding.sel(s.teks)} (wanted {banding.ingin(s)}; got {s.tujuan} "
                f"{s.yakin_tujuan:.2f}, {s.layanan or '-'} {s.yakin_layanan:.2f})"
            )
        baris.append("")
    return "\n".join(baris)


def _tujuan(semua: list[Nilai]) -> tuple[list[float], list[bool]]:
    return [s.yakin_tujuan for s in semua], [s.tujuan_benar for s in semua]


def _layanan(semua: list[Nilai]) -> tuple[list[float], list[bool]]:
    perlu = [s for s in semua if s.layanan_benar is not None and s.layanan]
    return [s.yakin_layanan for s in perlu], [bool(s.layanan_benar) for s in perlu]


def sebelumnya(folder: Path, selain: str) -> Path | None:
    """The predictions of the latest report of another model."""
    ada = [f for f in sorted(folder.glob(f"*/{PREDIKSI}")) if not f.parent.name.endswith(selain)]
    return ada[-1] if ada else None


def tanda_model() -> str:
    """Eight letters that name what the model was made from."""
    return hashlib.sha256(FINGERPRINT.read_bytes()).hexdigest()[:8]


def laporkan(uji: list[Uji], model: Path, latih: float | None, lawan: Path | None) -> Path:
    """Write the whole folder and return it."""
    tanda = tanda_model()
    folder = HASIL_DI / f"{time.strftime('%Y%m%d-%H%M%S')}-{tanda}"
    lawan = lawan or sebelumnya(HASIL_DI, tanda)
    folder.mkdir(parents=True)
    say(f"[nlu-report] parsing {len(uji)} held-out messages ...")
    jawab, waktu = nilai.urai_semua(model, [satu.teks for satu in uji])
    semua = [nilai.nilai(*pasangan) for pasangan in zip(uji, jawab, strict=True)]
    nilai.simpan(semua, folder / PREDIKSI)
    teks = ringkasan(semua, waktu, latih, model)
    (folder / "ringkasan.md").write_text(teks, encoding="utf-8")
    (folder / "kerancuan.md").write_text(kerancuan(semua), encoding="utf-8")
    gambar.reliabilitas(
        folder / "reliabilitas.png", {"purpose": _tujuan(semua), "service": _layanan(semua)}
    )
    if lawan:
        hasil = banding.bandingkan(nilai.muat(lawan), semua)
        (folder / "perbandingan.md").write_text(banding.tulis(hasil), encoding="utf-8")
    say("[nlu-report] rasa test nlu ...")
    rasa_test(folder, uji, model)
    say(teks)
    if lawan:
        baris = banding.tulis(hasil).splitlines()[2:5]
        say(f"[nlu-report] against {lawan.parent.name}: " + " ".join(filter(None, baris)))
    return folder


def main() -> int:
    """`python -m scripts.nlu.report [--against FILE] [--messages FILE]`"""
    baca = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    baca.add_argument("--against", type=Path, help=f"{PREDIKSI} of another report")
    baca.add_argument("--messages", type=Path, default=HELD_OUT, help="labelled messages (JSONL)")
    pilihan = baca.parse_args()
    stop_on_signals()
    try:
        uji = baca_uji(pilihan.messages)
        with Children(LOGS) as anak:
            mulai = time.monotonic()
            dilatih = ensure_model(anak)
            latih = time.monotonic() - mulai if dilatih else None
        folder = laporkan(uji, MODEL, latih, pilihan.against)
    except (LaunchError, PesanError, OSError) as galat:
        print(f"[nlu-report] {galat}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("[nlu-report] stopped", file=sys.stderr)
        return 130
    say(f"[nlu-report] {folder.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
