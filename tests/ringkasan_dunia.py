"""A few weeks of a small office, counted by hand: what the summary and the digest tell about."""

from __future__ import annotations

from datetime import datetime

from kelurahan.store import sesi
from kelurahan.store.models import Inbox, Outbox, Permohonan, RiwayatStatus
from kelurahan.store.models_petugas import Serahan
from kelurahan.store.waktu import WIB

KINI = datetime(2026, 11, 24, 14, 5, tzinfo=WIB)  # a Tuesday


def pada(hari: int, pukul: int = 0, bulan: int = 11, menit: int = 0) -> datetime:
    """A moment of 2026, as Bogor's clocks show it."""
    return datetime(2026, bulan, hari, pukul, menit, tzinfo=WIB)


def isi_dunia() -> None:
    """A small world, counted by hand: see the figures in the tests."""
    with sesi() as s:
        for n, kapan in enumerate((pada(3, 9), pada(10, 9), pada(23, 9, menit=30), pada(23, 10))):
            s.add(
                Inbox(
                    pesan_id=f"p{n}",
                    kind="text",
                    sent_at=1,
                    received_at=kapan,
                    state="done",
                    attempts=1,
                )
            )
        s.add(
            Inbox(
                pesan_id="o",
                kind="text",
                sent_at=1,
                received_at=pada(2, 9, bulan=10),
                state="done",
                attempts=1,
            )
        )
        jawaban = [("syarat", "ktp"), ("syarat", "kk"), ("biaya", "kk"), ("klarifikasi", None)]
        for n, (jenis, layanan) in enumerate([*jawaban, ("petugas", None)]):
            satu = Outbox(part=0, kind=f"bot:{jenis}", layanan=layanan, state="done", attempts=1)
            satu.created_at, satu.pesan_id = pada(23, 9), f"p{n}"
            s.add(satu)
        for jenis in ("status_permohonan", "foto"):  # of staff, of the channel: no answers
            s.add(Outbox(part=0, kind=jenis, created_at=pada(23, 9), state="done", attempts=1))
        _permohonan(
            s,
            "KDJ-2611-0001",
            pada(2, 8),
            [("diperiksa", 10), ("diproses", 11), ("siap_diambil", 32)],
        )
        _permohonan(s, "KDJ-2611-0002", pada(23, 8), [("diperiksa", 12)], rw="012")
        s.add(
            Serahan(
                sebab="diminta",
                dibuat=pada(5, 9),
                dipegang=pada(5, 9, menit=8),
                terakhir=pada(5, 10),
                selesai=pada(5, 10),
            )
        )
        s.add(
            Serahan(
                sebab="petugas",
                dibuat=pada(5, 9),
                dipegang=pada(5, 9),
                terakhir=pada(5, 10),
                selesai=pada(5, 10),
            )
        )


def _permohonan(s, nomor: str, dibuat: datetime, langkah: list[tuple[str, int]], rw="001") -> None:
    """An application; each step so many hours after midnight of the day it was filed."""
    satu = Permohonan(nomor=nomor, layanan="kk", rw=rw, nama="Uji", status=langkah[-1][0])
    satu.dibuat = satu.diubah = dibuat
    satu.riwayat.append(RiwayatStatus(ke="baru", pada=dibuat, oleh="warga"))
    dari, awal = "baru", dibuat.replace(hour=0)
    for ke, jam in langkah:
        saat = awal + jam * (pada(1, 1) - pada(1, 0))
        satu.riwayat.append(RiwayatStatus(dari=dari, ke=ke, pada=saat, oleh="budi"))
        dari = ke
    s.add(satu)
