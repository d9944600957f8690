"""The WhatsApp messages about a service, as the bot would send them and a phone would show them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from kelurahan.katalog import Layanan
from kelurahan.replies import Balasan
from kelurahan.replies import layanan as balasan
from kelurahan.whatsapp import build, limits

# WhatsApp's own rule: the sign hugs the words, and no letter stands outside
_TEBAL = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]*?)(?<=\S)\*(?![\w*])")
_MIRING = re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]*?)(?<=\S)_(?![\w_])")


@dataclass(frozen=True)
class Gelembung:
    """One message on its way: what is read, how long it is and how long it may be."""

    teks: str
    panjang: int
    batas: int

    @property
    def html(self) -> Markup:
        """The text with WhatsApp's bold and italics; everything else is escaped."""
        aman = str(escape(self.teks))
        aman = _TEBAL.sub(r"<strong>\1</strong>", aman)
        return Markup(_MIRING.sub(r"<em>\1</em>", aman).replace("\n", "<br>"))


@dataclass(frozen=True)
class Pesan:
    """An answer of the bot: what was asked for, and the messages it goes out as."""

    kunci: str
    judul: str
    gelembung: tuple[Gelembung, ...]


def semua(layanan: Layanan) -> list[Pesan]:
    """Every answer about one service."""
    varian = [
        _pesan(f"syarat.{v.kunci}", f"Syarat: {v.nama}", balasan.syarat(layanan, v))
        for v in layanan.varian
    ]
    return [
        _pesan("syarat", "Syarat", balasan.syarat(layanan)),
        *varian,
        _pesan("biaya", "Biaya", balasan.biaya(layanan)),
        _pesan("lama", "Lama", balasan.lama(layanan)),
        _pesan("alur", "Alur", balasan.alur(layanan)),
    ]


def satu(layanan: Layanan, kunci: str) -> Pesan:
    """The answer with this key; an unknown key gives the requirements."""
    pesan = semua(layanan)
    return next((x for x in pesan if x.kunci == kunci), pesan[0])


def _pesan(kunci: str, judul: str, jawab: Balasan) -> Pesan:
    ucapan = {"text": jawab.teks, "buttons": list(jawab.pilihan), "daftar": jawab.daftar}
    badan = build.build([ucapan], lambda _jenis, muatan, _urut: muatan)
    return Pesan(kunci, judul, tuple(map(_gelembung, badan)))


def _gelembung(badan: build.Json) -> Gelembung:
    if badan["type"] == "text":
        teks, batas = badan["text"]["body"], limits.TEXT_BODY
    else:
        teks, batas = badan["interactive"]["body"]["text"], limits.INTERACTIVE_BODY
    return Gelembung(teks, limits.units(teks), batas)
