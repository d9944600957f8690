"""Fill an empty database with made-up months of work, for looking at the console and timing it.

`DATABASE_URL=sqlite:////tmp/demo.db python -m bench.demo_console` and then, with the same
DATABASE_URL, `python -m kelurahan.console`. Names are put together by chance, numbers are of a
range that tests use (62811000...). A database in which somebody already works is refused.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from bench import demo_perjalanan
from kelurahan.console.keamanan import peran, sandi
from kelurahan.store import direktori, peringatan, serahan, sesi, siapkan, waktu
from kelurahan.store.models import (
    Inbox,
    Outbox,
    Permohonan,
    RiwayatStatus,
    UrutanNomor,
    Warga,
)
from kelurahan.store.models_petugas import Obrolan, Petugas, Serahan
from kelurahan.wilayah import kelurahan


def _bobot(tulisan: str) -> dict[str, int]:
    """`"ktp 22 kk 17"` as weights."""
    kata = tulisan.split()
    return {nama: int(n) for nama, n in zip(kata[::2], kata[1::2], strict=True)}


PETUGAS = (
    ("siti", "Siti Rahmawati", peran.ADMIN),
    ("budi", "Budi Hartono", peran.PETUGAS),
    ("rina", "Rina Marlina", peran.PETUGAS),
    ("lurah", "Ahmad Fauzi", peran.PIMPINAN),
)
DEPAN = (
    *("Aan", "Agus", "Ai", "Asep", "Dadan", "Dede", "Dewi", "Eka", "Euis", "Fitri", "Hendra"),
    *(
        "Ika",
        "Iwan",
        "Jajang",
        "Lilis",
        "Maman",
        "Neneng",
        "Nurul",
        "Rudi",
        "Sari",
        "Tati",
        "Yayan",
    ),
)
BELAKANG = (
    *("Anggraini", "Firmansyah", "Gunawan", "Hidayat", "Kurniasih", "Lestari", "Maulana"),
    *("Nugraha", "Permana", "Pratiwi", "Ramdani", "Saputra", "Suryana", "Wulandari", "Yuliana"),
)
# how often a service is asked for, and what answers are
LAYANAN = _bobot(
    "ktp 22 kk 17 sktm 12 sku 11 pindah_keluar 8 akta_lahir 7 skck 6 nikah 6 kematian 4 "
    "pindah_masuk 4 belum_menikah 3 skdu 3 ahli_waris 2 beda_identitas 2 sppt_pbb 2 keramaian 1"
)
JENIS = _bobot(
    "syarat 26 menu 15 biaya 9 lama 7 alur 5 minta_isian 9 permohonan_tercatat 5 status 7 info 5 "
    "basa_basi 5 klarifikasi 4 pilih_layanan 3 isian_salah 3 petugas 2 luar_topik 2 rt_rw 1"
)
TENTANG = {"syarat", "biaya", "lama", "alur", "minta_isian", "permohonan_tercatat", "status"}
# messages of an hour, by the hour and by the weekday
JAM = (1, 0, 0, 0, 1, 3, 7, 16, 30, 34, 30, 22, 15, 20, 20, 16, 11, 9, 9, 12, 11, 8, 5, 2)
HARI = (1.5, 1.2, 1.1, 1.0, 0.9, 0.4, 0.25)
SEKALIGUS = 5000  # rows of one insert


@dataclass
class Dunia:
    """What is made up, and by which dice."""

    warga: int
    pesan: int
    permohonan: int
    hari: int
    kini: datetime = field(default_factory=waktu.sekarang)
    dadu: random.Random = field(default_factory=lambda: random.Random(7))

    def pilih(self, bobot: dict[str, int]) -> str:
        """One of the words, the heavier the likelier."""
        return self.dadu.choices(list(bobot), list(bobot.values()))[0]

    def saat(self) -> datetime:
        """A moment at which a resident writes."""
        while True:
            # more towards the end: the number becomes known
            lalu = self.hari * (1 - self.dadu.random() ** 0.8)
            hari = waktu.wib(self.kini - timedelta(days=lalu))
            if self.dadu.random() * 1.5 > HARI[hari.weekday()]:
                continue
            jam = self.dadu.choices(range(24), JAM)[0]
            lagi = self.dadu.randrange(3600)
            hasil = hari.replace(hour=jam, minute=lagi // 60, second=lagi % 60)
            if hasil < self.kini:
                return hasil

    def orang(self) -> str:
        """A name that nobody was asked for."""
        return f"{self.dadu.choice(DEPAN)} {self.dadu.choice(BELAKANG)}"


def isi(dunia: Dunia) -> str:
    """Fill the configured database; returns the password of all its officers."""
    siapkan()
    with sesi() as s:
        if s.scalar(select(func.count()).select_from(Permohonan)) or s.scalar(
            select(func.count()).select_from(Petugas)
        ):
            raise SystemExit("database: not empty; give DATABASE_URL of a new one")
        kata_sandi = _petugas(s, dunia)
        warga = _warga(s, dunia)
        _pesan(s, dunia, warga)
        _permohonan(s, dunia, warga)
        _serahan(s, dunia, warga)
        _rapikan(s, dunia.permohonan)
        peringatan.catat(s, "PolicyError", "Satu pesan ditolak WhatsApp (lihat log).", 131049)
    return kata_sandi


def _petugas(s: Session, dunia: Dunia) -> str:
    kata_sandi = sandi.buat()
    acakan = sandi.acak(kata_sandi)
    for nama_pengguna, nama, siapa in PETUGAS:
        satu = Petugas(nama_pengguna=nama_pengguna, nama=nama, peran=siapa, sandi=acakan)
        satu.wajib_ganti, satu.aktif, satu.dibuat = False, True, dunia.kini
        satu.bunyi, satu.ringkasan = siapa != peran.PIMPINAN, False
        s.add(satu)
    s.flush()
    return kata_sandi


def _warga(s: Session, dunia: Dunia) -> list[str]:
    semua = [uuid.UUID(int=dunia.dadu.getrandbits(128)).hex for _ in range(dunia.warga)]
    awal = dunia.kini - timedelta(days=dunia.hari)
    _sisip(
        s,
        Warga,
        (
            {
                "id": satu,
                "wa_id": f"62811{n:08d}",
                "dibuat": awal,
                "privasi_pada": awal,
                "terakhir_menulis": int((dunia.kini - timedelta(hours=n % 90)).timestamp()),
                "dipegang": False,
            }
            for n, satu in enumerate(semua, 1)
        ),
    )
    return semua


def _pesan(s: Session, dunia: Dunia, warga: list[str]) -> None:
    """Messages of residents and the bot's answers, two seconds later."""
    semua = sorted(dunia.saat() for _ in range(dunia.pesan))
    masuk, keluar = [], []
    for n, saat in enumerate(semua):
        umum = {"pesan_id": hashlib.sha256(b"%d" % n).hexdigest(), "warga_id": None}
        umum |= {"warga_id": dunia.dadu.choice(warga), "state": "done", "attempts": 1}
        jenis = dunia.pilih(JENIS)
        detik = int(saat.timestamp())
        masuk.append({**umum, "kind": "text", "sent_at": detik, "received_at": saat})
        keluar.append(
            {
                **umum,
                "part": 0,
                "kind": f"bot:{jenis}",
                "layanan": dunia.pilih(LAYANAN) if jenis in TENTANG else None,
                "created_at": saat + timedelta(seconds=2),
                "finished_at": saat + timedelta(seconds=3),
                "delivery": "read",
            }
        )
    _sisip(s, Inbox, masuk)
    _sisip(s, Outbox, keluar)


def _permohonan(s: Session, dunia: Dunia, warga: list[str]) -> None:
    """Applications, each with its way through the office as far as it has come by now."""
    tempat = sorted(direktori.direktori().pasangan)
    urutan: Counter[str] = Counter()
    baris, riwayat = [], []
    for n, saat in enumerate(sorted(dunia.saat() for _ in range(dunia.permohonan)), 1):
        bulan = f"{waktu.wib(saat):%y%m}"
        urutan[bulan] += 1
        rt, rw = tempat[min(int(dunia.dadu.expovariate(3) * len(tempat)), len(tempat) - 1)]
        langkah = demo_perjalanan.langkah(dunia.dadu, saat, dunia.kini)
        riwayat += [{"permohonan_id": n, **satu} for satu in langkah]
        baris.append(
            {
                "id": n,
                "nomor": f"{kelurahan().awalan_nomor}-{bulan}-{urutan[bulan]:04d}",
                "warga_id": dunia.dadu.choice(warga),
                "pesan_id": f"demo{n}",
                "layanan": dunia.pilih(LAYANAN),
                "nama": dunia.orang(),
                "tanggal_lahir": date(1955 + dunia.dadu.randrange(50), 1 + n % 12, 1 + n % 28),
                "rt": rt,
                "rw": rw,
                "status": langkah[-1]["ke"],
                "dibuat": saat,
                "diubah": langkah[-1]["pada"],
            }
        )
    _sisip(s, Permohonan, baris)
    _sisip(s, RiwayatStatus, riwayat)
    _sisip(s, UrutanNomor, [{"bulan": b, "terakhir": n} for b, n in urutan.items()])


def _serahan(s: Session, dunia: Dunia, warga: list[str]) -> None:
    """Conversations that an officer took, two that wait, and one that is being held."""
    siapa = dunia.dadu.sample(warga, min(len(warga), 3 + dunia.pesan // 120))
    for n, satu in enumerate(siapa):
        saat = dunia.kini - timedelta(minutes=12 + 9 * n) if n < 3 else dunia.saat()
        ambil = saat + timedelta(minutes=dunia.dadu.expovariate(1 / 12))
        selesai = ambil + timedelta(minutes=3 + dunia.dadu.expovariate(1 / 10))
        if n > 0 and (n < 3 or selesai >= dunia.kini):
            ambil = selesai = None
        elif n == 0:
            selesai = None
        sebab = dunia.dadu.choices(
            (serahan.DIMINTA, serahan.TIDAK_PAHAM, serahan.KELUHAN), (6, 3, 1)
        )[0]
        s.add(
            Serahan(
                warga_id=satu,
                sebab=sebab,
                dibuat=saat,
                petugas_id=2 if ambil else None,
                dipegang=ambil,
                terakhir=selesai or ambil or saat,
                selesai=selesai,
                penutup=serahan.SELESAI if selesai else None,
            )
        )
        if selesai is None:
            s.get(Warga, satu).dipegang = ambil is not None
            teks = "Assalamualaikum, saya mau tanya langsung ke petugas soal KK yang hilang."
            s.add(Obrolan(warga_id=satu, arah="masuk", oleh="warga", teks=teks, pada=saat))
    s.flush()


def _sisip(s: Session, tabel: Any, baris: Any) -> None:
    """Many rows with few statements."""
    semua = list(baris)
    for n in range(0, len(semua), SEKALIGUS):
        s.execute(insert(tabel.__table__), semua[n : n + SEKALIGUS])


def _rapikan(s: Session, permohonan: int) -> None:
    """PostgreSQL does not see ids that were given by hand, nor at once how much there is now."""
    if s.get_bind().dialect.name == "postgresql":
        s.execute(select(func.setval("permohonan_id_seq", permohonan)))
        s.execute(text("ANALYZE"))


def main(argv: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.demo_console")
    parser.add_argument("--warga", type=int, default=600)
    parser.add_argument("--pesan", type=int, default=9000)
    parser.add_argument("--permohonan", type=int, default=900)
    parser.add_argument("--hari", type=int, default=92)
    pilih = parser.parse_args(argv)
    kata_sandi = isi(Dunia(pilih.warga, pilih.pesan, pilih.permohonan, pilih.hari))
    nama = ", ".join(satu for satu, _, _ in PETUGAS)
    print(f"Petugas: {nama}. Kata sandi semuanya: {kata_sandi}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
