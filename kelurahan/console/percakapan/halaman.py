"""The pages of conversations: the lists, and one resident's chat."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kelurahan.console import lampiran
from kelurahan.console.halaman import Halaman, Permintaan, pindah
from kelurahan.console.keamanan import peran
from kelurahan.console.percakapan import daftar, linimasa, pegang, tugas
from kelurahan.console.tampilan import sejak, tampil
from kelurahan.store import serahan, sesi
from kelurahan.store.models import Permohonan, Warga
from kelurahan.store.models_petugas import Petugas
from kelurahan.store.warga import id_sekarang

TUGAS = tugas.TUGAS
PALING_PANJANG = 20_000  # of a message typed; WhatsApp's own limit is told with the draft kept
PERMOHONAN_TERAKHIR = 5
TAK_BERUBAH = 204  # htmx leaves the page as it is


def semua(p: Permintaan) -> Response:
    """The lists."""
    isi, versi = _daftar(p)
    return tampil(p, "percakapan/semua.html", daftar=isi, versi=versi)


def daftar_baru(p: Permintaan) -> Response:
    """The lists again, asked by the page itself; nothing when they have not changed."""
    isi, versi = _daftar(p)
    if p.query.get("versi") == versi:
        return Response(status_code=TAK_BERUBAH)
    return tampil(p, "percakapan/daftar.html", daftar=isi, versi=versi)


def _daftar(p: Permintaan) -> tuple[daftar.Daftar, str]:
    """The lists, and a mark that changes when anything shown does, the waiting time included."""
    with sesi(baca=True) as s:
        isi = daftar.baca(s, p.pengguna.id)
    return isi, linimasa.sidik((isi, [sejak(satu.saat) for satu in isi.menunggu]))


def obrolan(p: Permintaan) -> Response:
    """One resident's chat."""
    return _tampil(p)


def _tampil(p: Permintaan, status: int = 200, salah: str = "", draf: str = "") -> Response:
    isi = _isi(p)
    if isi is None:
        raise HTTPException(404)
    if isi["warga_id"] != p.path["warga_id"] and p.mentah.method == "GET":
        return pindah(p.mentah, f"/percakapan/{isi['warga_id']}")  # merged since
    isi |= {"salah": salah, "draf": draf, "potongan": False}
    return tampil(p, "percakapan/obrolan.html", status=status, **isi)


def obrolan_baru(p: Permintaan) -> Response:
    """What has changed in a chat, asked by the page itself every few seconds."""
    isi = _isi(p)
    if isi is None:  # erased meanwhile
        return pindah(p.mentah, "/percakapan")
    papan = p.query.get("papan") != isi["papan"]
    if not papan and p.query.get("versi") == isi["versi"]:
        return Response(status_code=TAK_BERUBAH)
    lagi = {"potongan": True, "baru": papan, "draf": "", "salah": ""}
    return tampil(p, "percakapan/isi.html", **isi, **lagi)


def _isi(p: Permintaan) -> dict[str, Any] | None:
    """Everything the chat page shows; None when there is no such resident (any more)."""
    with sesi(baca=True) as s:
        warga = s.get(Warga, id_sekarang(s, p.path["warga_id"]))
        if warga is None:
            return None
        satu = serahan.terbuka(s, warga.id)
        pemegang = s.get(Petugas, satu.petugas_id) if satu and satu.petugas_id else None
        milik = select(Permohonan).where(Permohonan.warga_id == warga.id)
        milik = milik.order_by(Permohonan.id.desc()).limit(PERMOHONAN_TERAKHIR)
        isi = {
            "warga_id": warga.id,
            "orang": daftar.orang(s, [warga.id])[warga.id],
            "serahan": satu,
            "sebab": daftar.SEBAB.get(satu.sebab, satu.sebab) if satu else "",
            "pemegang": pemegang,
            "saya_pegang": pemegang is not None and pemegang.id == p.pengguna.id,
            "jendela": pegang.jendela(warga),
            "diundang": (diundang := pegang.diundang(s, warga)),
            "perlu_undangan": pegang.perlu_undangan(diundang),
            "terakhir_menulis": linimasa.saat(warga.terakhir_menulis),
            "permohonan": list(s.scalars(milik)),
            "lampiran": lampiran.daftar(s, warga_id=warga.id),
            "chat": linimasa.baca(s, warga),
            "kunci": uuid.uuid4().hex,
            "diam_terlama": tugas.DIAM_TERLAMA,
            "menunggu_terlama": tugas.MENUNGGU_TERLAMA,
        }
    tampak = (isi["chat"], isi["lampiran"], isi["jendela"])
    # what the form depends on; while that stays the same, the form and its focus stay, too
    papan = (satu and satu.id, pemegang and pemegang.id, bool(isi["jendela"]))
    papan += (diundang, isi["perlu_undangan"])
    return {**isi, "versi": linimasa.sidik(tampak), "papan": linimasa.sidik(papan)}


def _ubah(lakukan: Callable[[Permintaan, str], None]) -> Callable[[Permintaan], Response]:
    """A button: done, then back to the chat; what went wrong is told there, the draft kept."""

    def jawab(p: Permintaan) -> Response:
        warga_id = p.path["warga_id"]
        try:
            lakukan(p, warga_id)
        except LookupError:
            raise HTTPException(404) from None
        except pegang.PegangError as galat:
            return _tampil(p, 409, str(galat), p.isi("teks", PALING_PANJANG))
        return pindah(p.mentah, f"/percakapan/{warga_id}#papan")

    return jawab


def _ambil(p: Permintaan, warga_id: str) -> None:
    dari = p.isi("dari", 20)
    pegang.ambil(warga_id, p.pengguna, int(dari) if dari.isdecimal() else None)


def _kirim(p: Permintaan, warga_id: str) -> None:
    undang = p.isi("undang", 1) == "1"
    teks, kunci = p.isi("teks", PALING_PANJANG), p.isi("kunci", 40)
    pegang.kirim(warga_id, p.pengguna, teks, kunci, undang=undang)


def tangani(p: Permintaan) -> Response:
    """A message that the bot could not answer has been seen to."""
    if p.path["id"] >= 2**31:  # no row can have it
        raise HTTPException(404)
    pegang.tangani(p.path["id"], p.pengguna)
    return pindah(p.mentah, "/percakapan")


SATU = "/percakapan/{warga_id}"
HALAMAN = (
    Halaman("/percakapan", semua, peran.LIHAT),
    Halaman("/percakapan/daftar", daftar_baru, peran.LIHAT, diam=True),
    Halaman("/percakapan/terparkir/{id:int}/selesai", tangani, peran.KERJA, "POST"),
    Halaman(SATU, obrolan, peran.LIHAT),
    Halaman(f"{SATU}/isi", obrolan_baru, peran.LIHAT, diam=True),
    Halaman(f"{SATU}/ambil", _ubah(_ambil), peran.KERJA, "POST"),
    Halaman(f"{SATU}/kirim", _ubah(_kirim), peran.KERJA, "POST"),
    Halaman(f"{SATU}/lepas", _ubah(lambda p, w: pegang.lepas(w, p.pengguna)), peran.KERJA, "POST"),
    Halaman(
        f"{SATU}/selesai", _ubah(lambda p, w: pegang.selesai(w, p.pengguna)), peran.KERJA, "POST"
    ),
)
