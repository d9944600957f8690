"""Checks what was entered about an RT or RW officer, in the form or in a row of a table."""

from __future__ import annotations

from kelurahan.isian import telepon
from kelurahan.store.models import PANJANG_NAMA
from kelurahan.store.pengurus import RT, RW, Data
from kelurahan.wilayah import Direktori

NAMA_TERPANJANG = 100
assert NAMA_TERPANJANG <= PANJANG_NAMA


class IsianError(ValueError):
    """Fields cannot be used; `salah` has a sentence for each."""

    def __init__(self, salah: dict[str, str]) -> None:
        super().__init__("; ".join(salah))
        self.salah = salah


def periksa(
    rt: str | None, rw: str, nama: str, whatsapp: str, dikabari: bool, peta: Direktori
) -> Data:
    """The officer of this RT (or of the RW: `rt` None); raises IsianError naming every fault."""
    salah = {}
    if not rw:
        salah["wilayah"] = "belum dipilih; pilih RT atau RW-nya"
    elif not (peta.ada(rt, rw) if rt else rw in peta.rw()):
        salah["wilayah"] = f"{_wilayah(rt, rw)} tidak ada di daftar RT/RW; pilih yang ada"
    if keliru := _nama_keliru(nama):
        salah["nama"] = keliru
    wa_id = ""
    try:
        wa_id = telepon.baca(whatsapp)
    except telepon.TeleponError as galat:
        salah["whatsapp"] = str(galat)
    if salah:
        raise IsianError(salah)
    return Data(RT if rt else RW, rt, rw, nama, wa_id, dikabari)


def _wilayah(rt: str | None, rw: str) -> str:
    return f"RT {rt}/RW {rw}" if rt else f"RW {rw}"


def _nama_keliru(nama: str) -> str:
    """Why this is no name; a name that a spreadsheet would run as a formula is none either."""
    if not nama:
        return "kosong; isi nama orangnya"
    if len(nama) > NAMA_TERPANJANG:
        return f"{len(nama)} karakter; paling panjang {NAMA_TERPANJANG}"
    if not nama.isprintable() or not any(huruf.isalpha() for huruf in nama):
        return "bukan nama; tulis dengan huruf biasa"
    if not nama[0].isalpha():
        return "harus dimulai dengan huruf"
    return ""
