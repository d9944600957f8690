"""The files of attachments: a folder outside every web root, random names, readable by us alone.

A name is written into the table before its file comes to be, so a file nobody knows of can only be
left behind by a restored backup.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import shutil
import stat
import time
from pathlib import Path

from kelurahan.settings import settings

logger = logging.getLogger(__name__)

NAMA = re.compile(r"[0-9a-f]{32}")
BELUM_JADI = ".baru"
TERBESAR = 10 * 1024 * 1024  # bytes; nothing larger is ever stored, so nothing larger is read
# Bytes that stay free: the database usually lies on the same disk and must go on working.
SISA_RUANG = 500 * 1024 * 1024


class BerkasError(OSError):
    """A file cannot be kept or is not there; the message says which and why."""


def nama_baru() -> str:
    """A name that says nothing about what it names."""
    return secrets.token_hex(16)


def pastikan_ruang() -> None:
    """Raise BerkasError while the disk is nearly full."""
    if shutil.disk_usage(_folder()).free < SISA_RUANG:
        raise BerkasError(f"attachments: less than {SISA_RUANG} bytes free; make room on the disk")


def simpan(nama: str, isi: bytes) -> None:
    """Write a file: whole or not at all, mode 0600."""
    tujuan = _tempat(nama)
    sementara = tujuan.with_name(nama + BELUM_JADI)
    sementara.unlink(missing_ok=True)  # of a process that died while writing
    baru = os.open(sementara, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(baru, "wb") as berkas:
        berkas.write(isi)
        berkas.flush()
        os.fsync(berkas.fileno())
    os.replace(sementara, tujuan)


def baca(nama: str) -> bytes:
    """The bytes; BerkasError when there is no such file in the folder."""
    tempat = _tempat(nama)
    try:
        if not stat.S_ISREG(tempat.lstat().st_mode):
            raise BerkasError("attachment file: not a regular file")
        with tempat.open("rb") as berkas:
            return berkas.read(TERBESAR)
    except OSError as galat:
        raise BerkasError(f"attachment file: {galat.strerror or galat}") from None


def hapus(nama: str) -> bool:
    """Remove a file, and what was left of writing it; True once it is gone."""
    try:
        tempat = _tempat(nama)
        for satu in (tempat, tempat.with_name(nama + BELUM_JADI)):
            satu.unlink(missing_ok=True)
    except OSError as galat:
        logger.error("attachment file not removed: %s", galat.strerror or galat)
        return False
    return True


def semua() -> dict[str, float]:
    """Every file of ours in the folder, and its age in seconds; other files are not ours."""
    kini = time.time()
    ditemukan = {}
    for satu in os.scandir(_folder()):
        nama = satu.name.removesuffix(BELUM_JADI)
        if NAMA.fullmatch(nama) and satu.is_file(follow_symlinks=False):
            ditemukan[nama] = kini - satu.stat(follow_symlinks=False).st_mtime
    return ditemukan


def _folder() -> Path:
    folder = settings().lampiran
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder.resolve()


def _tempat(nama: str) -> Path:
    """Where a file of this name lies; only our own names, only inside the folder."""
    folder = _folder()
    tempat = folder / nama
    if not NAMA.fullmatch(nama) or tempat.parent.resolve() != folder:
        raise BerkasError("attachment file: not a name of ours")
    return tempat
