"""Logins: opened with a password, found again by a cookie, ended by hand, idleness or age."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from kelurahan.console import audit
from kelurahan.console.keamanan import batas, sandi
from kelurahan.store import sesi, waktu
from kelurahan.store.models_petugas import Petugas, SesiPetugas

DIAM = timedelta(minutes=30)  # without a click
USIA = timedelta(hours=12)  # a working day, whatever happens
CATAT_TIAP = timedelta(minutes=1)  # a click more often than that writes nothing
# not what histories call the resident, the program and the bot
NAMA_PENGGUNA = re.compile(r"(?!(?:warga|sistem|bot|asisten)$)[a-z][a-z0-9._-]{2,39}")
SANDI_AWAL = timedelta(days=3)  # how long a password that somebody else made opens the door


class MasukError(Exception):
    """The login failed; the message is for the person at the keyboard."""


@dataclass(frozen=True)
class Pengguna:
    """Whoever is logged in, as it stood when the request came."""

    id: int
    nama_pengguna: str
    nama: str
    peran: str
    wajib_ganti: bool
    bunyi: bool
    csrf: str = field(repr=False)
    sesi_id: str = field(repr=False)


def masuk(nama_pengguna: str, kata_sandi: str, tempat: str) -> str:
    """Check user and password; return the token of a new login, or raise MasukError."""
    nama = nama_pengguna.strip().lower()[:40]
    with sesi() as s:
        dihitung = batas.coba(s, nama, tempat)
        if dihitung is None:
            audit.catat(s, audit.SISTEM, "masuk_ditahan", "masuk")
        petugas = s.scalar(select(Petugas).where(Petugas.nama_pengguna == nama))
    if dihitung is None:
        raise MasukError(
            "Terlalu banyak percobaan. Tunggu 15 menit, lalu coba lagi; "
            "kalau lupa kata sandi, minta admin membuatkan yang baru."
        )
    # outside the transaction: hashing takes long on purpose, and SQLite has one writer
    benar = sandi.cocok(petugas.sandi if petugas else sandi.acakan_kosong(), kata_sandi)
    with sesi() as s:
        if not (benar and petugas and petugas.aktif):
            # a mistyped user name may be a password: it is not written down
            audit.catat(
                s, petugas.nama_pengguna if petugas else audit.SISTEM, "masuk_gagal", "masuk"
            )
        elif _kedaluwarsa(petugas):
            audit.catat(s, nama, "sandi_awal_kedaluwarsa", "masuk")
        else:
            batas.berhasil(s, nama, tempat, dihitung)
            return _buka(s, petugas.id, kata_sandi)
    if benar and petugas and petugas.aktif:
        raise MasukError(
            f"Kata sandi buatan admin ini hanya berlaku {SANDI_AWAL.days} hari dan sudah lewat. "
            "Minta admin membuatkan yang baru."
        )
    raise MasukError("Nama pengguna atau kata sandi salah. Periksa huruf besar dan kecilnya.")


def _kedaluwarsa(petugas: Petugas) -> bool:
    """Whether this password was made by somebody else, and too long ago."""
    return petugas.wajib_ganti and waktu.sekarang() - petugas.sandi_sejak > SANDI_AWAL


def _buka(s: Session, petugas_id: int, kata_sandi: str) -> str:
    petugas = s.get(Petugas, petugas_id)
    if sandi.perlu_diacak_ulang(petugas.sandi):
        petugas.sandi = sandi.acak(kata_sandi)
    petugas.terakhir_masuk = waktu.sekarang()
    audit.catat(s, petugas.nama_pengguna, "masuk", "masuk")
    _buang_lama(s)
    return buka(s, petugas_id)


def buka(s: Session, petugas_id: int) -> str:
    """A new login for somebody whose password has been checked; returns its token."""
    token, kini = secrets.token_urlsafe(32), waktu.sekarang()
    s.add(
        SesiPetugas(
            id=_sidik(token),
            petugas_id=petugas_id,
            csrf=secrets.token_urlsafe(32),
            dibuat=kini,
            dipakai=kini,
        )
    )
    return token


def kenali(token: str | None, *, diam: bool = False) -> Pengguna | None:
    """Who this token belongs to; None when it is unknown, idle too long, old, or switched off.

    `diam`: the page asked by itself, which does not count as work.
    """
    if not token or len(token) > 100:
        return None
    kini = waktu.sekarang()
    with sesi(baca=True) as s:
        pilih = select(SesiPetugas, Petugas).join(Petugas).where(SesiPetugas.id == _sidik(token))
        baris = s.execute(pilih).first()
    if baris is None:
        return None
    login, petugas = baris
    if not petugas.aktif or kini - login.dipakai > DIAM or kini - login.dibuat > USIA:
        return None
    if not diam and kini - login.dipakai > CATAT_TIAP:
        with sesi() as s:
            if (hidup := s.get(SesiPetugas, login.id)) is not None:
                hidup.dipakai = kini
    return Pengguna(
        petugas.id,
        petugas.nama_pengguna,
        petugas.nama,
        petugas.peran,
        petugas.wajib_ganti,
        petugas.bunyi,
        login.csrf,
        login.id,
    )


def keluar(sesi_id: str) -> None:
    """End one login."""
    with sesi() as s:
        s.execute(delete(SesiPetugas).where(SesiPetugas.id == sesi_id), execution_options=_DIAM)


def keluarkan(s: Session, petugas_id: int, kecuali: str = "") -> None:
    """End every login of an officer: the password, the role or the person has changed."""
    milik = delete(SesiPetugas).where(SesiPetugas.petugas_id == petugas_id)
    s.execute(milik.where(SesiPetugas.id != kecuali), execution_options=_DIAM)


_DIAM = {"synchronize_session": False}


def _buang_lama(s: Session) -> None:
    kini = waktu.sekarang()
    lewat = or_(SesiPetugas.dipakai < kini - DIAM, SesiPetugas.dibuat < kini - USIA)
    s.execute(delete(SesiPetugas).where(lewat), execution_options=_DIAM)


def _sidik(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
