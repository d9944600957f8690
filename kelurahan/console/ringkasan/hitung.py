"""All figures of one summary, read in one go."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kelurahan.console.permohonan.saringan import UMUR
from kelurahan.console.ringkasan.masa import Masa
from kelurahan.store import serahan, statistik
from kelurahan.store.statistik import Penyerahan, PerJam
from kelurahan.whatsapp.outbox import BOT

# what became of a message that the bot answered; every other kind of reply is an answer
DITANYA, DISERAHKAN, DI_LUAR = "ditanya", "diserahkan", "di_luar"
DIJAWAB, GAGAL = "dijawab", "gagal"
_HASIL = {
    "klarifikasi": DITANYA,
    "pilih_layanan": DITANYA,
    "petugas": DISERAHKAN,
    "luar_topik": DI_LUAR,
}
_SEBELUM_ADA_JENIS = "balasan"  # answers of a release that did not write their kind down
_TAK_TERJAWAB = "gangguan"  # the channel's apology for a message that was set aside
# of hand-overs, those in which a resident waits for somebody to come
MENUNGGU = (serahan.DIMINTA, serahan.TIDAK_PAHAM, serahan.KELUHAN)


@dataclass(frozen=True)
class Tunggu:
    """How long something took: half of them up to `median`, nine of ten up to `sebagian_besar`."""

    banyak: int
    median: float | None  # seconds
    sebagian_besar: float | None


@dataclass(frozen=True)
class Keluar:
    """What went to residents."""

    hasil: Counter[str]  # of the bot's answers: DIJAWAB, DITANYA, ...
    layanan: Counter[str]  # services that answers were about

    @property
    def jawaban(self) -> int:
        """How many answers."""
        return sum(self.hasil.values())

    def bagian(self, hasil: str) -> float:
        """The share of answers that came out like this, 0 to 1."""
        return self.hasil[hasil] / self.jawaban if self.jawaban else 0.0


@dataclass(frozen=True)
class Hitungan:
    """Everything a summary tells; `lalu` is the stretch it is compared with."""

    masa: Masa
    masuk: PerJam  # messages, over masa.semua
    keluar: Keluar
    keluar_lalu: Keluar
    diajukan: PerJam  # applications, over masa.semua
    tuntas: dict[str, PerJam]
    layanan_diajukan: Counter[str]
    rw: Counter[str]
    rw_lalu: Counter[str]
    dilihat: Tunggu
    dilihat_lalu: Tunggu
    siap: Tunggu
    siap_lalu: Tunggu
    terbuka: Counter[tuple[str, int]]  # as things stand now
    serahan: list[Penyerahan]
    serahan_lalu: list[Penyerahan]
    tren: list[tuple[int, int, int]]


def hitung(s: Session, masa: Masa) -> Hitungan:
    """Read them."""
    ini, lalu = masa.rentang, masa.sebelum
    return Hitungan(
        masa=masa,
        masuk=statistik.pesan_masuk(s, masa.semua),
        keluar=_keluar(statistik.surat_keluar(s, ini)),
        keluar_lalu=_keluar(statistik.surat_keluar(s, lalu)),
        diajukan=statistik.permohonan_masuk(s, masa.semua),
        tuntas=statistik.permohonan_tuntas(s, masa.semua),
        layanan_diajukan=statistik.permohonan_menurut(s, "layanan", ini),
        rw=statistik.permohonan_menurut(s, "rw", ini),
        rw_lalu=statistik.permohonan_menurut(s, "rw", lalu),
        dilihat=tunggu(statistik.tunggu_dilihat(s, ini)),
        dilihat_lalu=tunggu(statistik.tunggu_dilihat(s, lalu)),
        siap=tunggu(statistik.tunggu_siap(s, ini)),
        siap_lalu=tunggu(statistik.tunggu_siap(s, lalu)),
        terbuka=statistik.belum_tuntas(s, masa.kini, UMUR),
        serahan=_ditunggu(statistik.penyerahan(s, ini)),
        serahan_lalu=_ditunggu(statistik.penyerahan(s, lalu)),
        tren=statistik.banyaknya(s, (rentang for _, rentang in masa.tren)),
    )


def tunggu(detik: list[float]) -> Tunggu:
    """What is told about a list of waiting times."""
    median, sebagian_besar = (statistik.persentil(detik, bagian) for bagian in (0.5, 0.9))
    return Tunggu(len(detik), median, sebagian_besar)


def _keluar(surat: Counter[tuple[str, str | None]]) -> Keluar:
    hasil: Counter[str] = Counter()
    layanan: Counter[str] = Counter()
    for (jenis, tentang), banyak in surat.items():
        if jenis.startswith(BOT):
            hasil[_HASIL.get(jenis.removeprefix(BOT), DIJAWAB)] += banyak
            layanan.update({tentang: banyak} if tentang else {})
        elif jenis in (_SEBELUM_ADA_JENIS, _TAK_TERJAWAB):
            hasil[DIJAWAB if jenis == _SEBELUM_ADA_JENIS else GAGAL] += banyak
    return Keluar(hasil, layanan)


def _ditunggu(semua: list[Penyerahan]) -> list[Penyerahan]:
    return [satu for satu in semua if satu.sebab in MENUNGGU]
