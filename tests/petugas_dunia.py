"""The petugas console under test: logged-in clients without a browser, on `basis_data`.

`Meja()` is the console; `meja.masuk()` is a logged-in client whose forms carry the CSRF token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text
from starlette.testclient import TestClient

from kelurahan import permohonan
from kelurahan.console.app import buat
from kelurahan.console.keamanan import masuk as login
from kelurahan.console.keamanan import peran as peran_
from kelurahan.console.keamanan import sandi
from kelurahan.store import sesi, waktu
from kelurahan.store import warga as _warga
from kelurahan.store.models import Outbox
from kelurahan.store.models_petugas import Petugas

ASAL = "http://meja.uji"
KATA_SANDI = "kuda baterai staples benar"
_ACAKAN: list[str] = []


@dataclass
class Peramban:
    """A client with a login of its own."""

    klien: TestClient
    csrf: str
    petugas_id: int

    def buka(self, path: str, status: int = 200, **opsi):
        """GET a page, and check how it answers."""
        jawab = self.klien.get(path, **opsi)
        assert jawab.status_code == status, (path, jawab.status_code, jawab.text[:500])
        return jawab

    def kirim(self, path: str, status: int = 303, /, berkas=None, **isian):
        """POST a form with the token."""
        data = {"csrf": self.csrf, **isian}
        jawab = self.klien.post(path, data=data, files=berkas, headers={"Origin": ASAL})
        assert jawab.status_code == status, (path, jawab.status_code, jawab.text[:2000])
        return jawab


class Meja:
    """The console, with officers made as they are needed."""

    def __init__(self) -> None:
        self.app = buat(pekerja=False)

    def klien(self) -> TestClient:
        """A browser that is not logged in."""
        # a fault in a page shows as a failed test, not as a polite page
        return TestClient(self.app, base_url=ASAL, follow_redirects=False)

    def petugas(self, nama_pengguna: str = "siti", peran: str = peran_.PETUGAS, **isi) -> int:
        """An officer in the table; returns the id."""
        nilai = {
            "nama": nama_pengguna.title(),
            "wajib_ganti": False,
            "aktif": True,
            "bunyi": False,
            "ringkasan": False,
            **isi,
        }
        with sesi() as s:
            ada = s.scalar(select(Petugas.id).where(Petugas.nama_pengguna == nama_pengguna))
            if ada:
                return ada
            baru = Petugas(
                nama_pengguna=nama_pengguna,
                peran=peran,
                sandi=acakan(),
                dibuat=waktu.sekarang(),
                **nilai,
            )
            s.add(baru)
            s.flush()
            return baru.id

    def masuk(self, nama_pengguna: str = "siti", peran: str = peran_.PETUGAS) -> Peramban:
        """A logged-in client; the login itself (slow on purpose) is tested elsewhere."""
        petugas_id = self.petugas(nama_pengguna, peran)
        with sesi() as s:
            token = login.buka(s, petugas_id)
        klien = self.klien()
        klien.cookies.set(self.app.state.kuki, token)
        return Peramban(klien, login.kenali(token).csrf, petugas_id)


def acakan() -> str:
    """The hash of KATA_SANDI, made once per run."""
    if not _ACAKAN:
        _ACAKAN.append(sandi.acak(KATA_SANDI))
    return _ACAKAN[0]


def warga(wa_id: str = "6281100000001", menulis: bool = True) -> str:
    """A resident who has just written (`menulis=False`: whose 24-hour window is closed)."""
    with sesi() as s:
        satu = _warga.kenali(s, wa_id=wa_id, bsuid=None)
        detik = int(waktu.sekarang().timestamp())
        s.execute(
            text("UPDATE warga SET terakhir_menulis = :t WHERE id = :i"),
            {"t": detik if menulis else detik - 3 * 86400, "i": satu},
        )
        return satu


def ajukan(pengirim: str, pesan_id: str = "p1", **isi) -> str:
    """An application filed by that resident; returns its number."""
    data = {
        "layanan": "sku",
        "nama": "Siti Aminah",
        "tanggal_lahir": date(1990, 5, 3),
        "rt": "001",
        "rw": "001",
        **isi,
    }
    return permohonan.ajukan(pengirim, pesan_id, permohonan.Data(**data)).permohonan.nomor


def surat(pengirim: str) -> list[Outbox]:
    """What has been written to a resident, in order."""
    with sesi(baca=True) as s:
        pilih = select(Outbox).where(Outbox.warga_id == pengirim).order_by(Outbox.id)
        return list(s.scalars(pilih))


def teks_polos(html: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
