"""WhatsApp numbers as officers write them: 0812..., +62 812..., 62812... -> 62812..."""

from __future__ import annotations

import re

_TANDA = re.compile(r"[\s().\-\u2010-\u2015\u00a0]+")  # what stands between the digits
_AWALAN = re.compile(r"^(?:\+?62|0062)?0?(?=8)")
_SELULER = re.compile(r"628[1-9][0-9]{6,10}")  # with the country code 10 to 14 digits
_ILMIAH = re.compile(r"[0-9][.,]?[0-9]*e\+?[0-9]+", re.IGNORECASE)
CONTOH = "0812-3456-7890"


class TeleponError(ValueError):
    """This is no WhatsApp number; the message tells what to do, without repeating the number."""


def baca(teks: str) -> str:
    """The number as WhatsApp names its owner: digits, country code first. Raises TeleponError."""
    if not teks.strip():
        raise TeleponError(f"kosong; isi nomornya, misalnya {CONTOH}")
    if _ILMIAH.fullmatch(teks.strip()):
        raise TeleponError(
            "sudah diubah Excel menjadi pangkat; jadikan kolomnya Teks, lalu ketik ulang nomornya"
        )
    rapi = _TANDA.sub("", teks)
    angka = _AWALAN.sub("62", rapi)
    if not re.fullmatch(r"\+?[0-9]+", angka):
        raise TeleponError(f"berisi selain angka; tulis seperti {CONTOH}")
    if not angka.startswith("628"):
        raise TeleponError(f"bukan nomor seluler Indonesia; tulis seperti {CONTOH}")
    if not _SELULER.fullmatch(angka):
        jumlah = len(angka) - 1  # as it is written at home: 0 for 62
        raise TeleponError(f"{jumlah} angka; nomor seluler 9 sampai 13 angka, periksa lagi")
    return angka


def tulis(nomor: str) -> str:
    """`0812-3456-7890`: easy to read, and Excel leaves it as it is."""
    lokal = "0" + nomor.removeprefix("62")
    return "-".join(filter(None, (lokal[:4], lokal[4:8], lokal[8:])))


def samarkan(nomor: str) -> str:
    """`…7890`: enough to recognise one's own number."""
    return f"…{nomor[-4:]}"
