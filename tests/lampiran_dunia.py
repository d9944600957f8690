"""Attachments for tests: small files of every kind, and stored ones to look at.

Tests ask for the fixture `folder` (below, imported), which gives the attachments a place.
"""

from __future__ import annotations

import io
import uuid
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select, update

from kelurahan.settings import settings
from kelurahan.store import lampiran, lampiran_berkas, sesi, waktu
from kelurahan.store.models import Permohonan
from kelurahan.store.models_petugas import Lampiran, Serahan

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def folder(basis_data, tmp_path: Path, monkeypatch) -> Path:
    """The folder of the attachments, which does not exist yet."""
    tempat = tmp_path / "lampiran"
    monkeypatch.setenv("LAMPIRAN_DIR", str(tempat))
    settings.cache_clear()
    return tempat


def gambar(jenis: str = "JPEG", ukuran=(40, 30), mode: str = "RGB", **opsi) -> bytes:
    """A picture of any format, size and mode."""
    hasil = io.BytesIO()
    Image.new(mode, ukuran).save(hasil, jenis, **opsi)
    return hasil.getvalue()


def menunggu(warga_id: str, *, permohonan_id: int | None = None, media_id: str = "1") -> int:
    """A row that waits to be fetched."""
    pesan_id = uuid.uuid4().hex * 2
    with sesi() as s:
        lampiran.catat(
            s, warga_id, pesan_id, media_id=media_id, mime="", permohonan_id=permohonan_id
        )
        return s.scalar(select(Lampiran.id).where(Lampiran.pesan_id == pesan_id))


def tersimpan(
    warga_id: str,
    isi: bytes | None = None,
    mime: str = "image/jpeg",
    permohonan_id: int | None = None,
) -> int:
    """A stored attachment, with its file."""
    nomor = menunggu(warga_id, permohonan_id=permohonan_id)
    isi = gambar() if isi is None else isi
    with sesi() as s:
        satu = s.get(Lampiran, nomor)
        satu.state, satu.mime, satu.ukuran, satu.media_id = lampiran.TERSIMPAN, mime, len(isi), None
        lampiran_berkas.simpan(satu.berkas, isi)
    return nomor


def baris(nomor: int) -> Lampiran | None:
    """The row as it stands."""
    with sesi(baca=True) as s:
        return s.get(Lampiran, nomor)


def berkas(folder: Path) -> list[Path]:
    """What lies in the folder."""
    return sorted(folder.iterdir()) if folder.exists() else []


def id_permohonan(nomor: str) -> int:
    """The row id behind an application number."""
    with sesi(baca=True) as s:
        return s.scalar(select(Permohonan.id).where(Permohonan.nomor == nomor))


def ubah_permohonan(nomor: str, **nilai) -> int:
    """Change an application behind everybody's back; its row id."""
    with sesi() as s:
        s.execute(update(Permohonan).where(Permohonan.nomor == nomor).values(**nilai))
    return id_permohonan(nomor)


def serahkan(warga_id: str, **nilai) -> None:
    """Hand a resident's conversation over to an officer."""
    kini = waktu.sekarang()
    with sesi() as s:
        s.add(Serahan(warga_id=warga_id, sebab="diminta", dibuat=kini, terakhir=kini, **nilai))
