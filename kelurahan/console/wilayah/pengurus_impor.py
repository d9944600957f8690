"""The list of RT and RW officers as CSV: out, and in again after a look at what would change."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.responses import Response

from kelurahan.console import audit
from kelurahan.console.halaman import Halaman, Permintaan, pindah
from kelurahan.console.keamanan import peran
from kelurahan.console.tampilan import tampil
from kelurahan.console.wilayah.impor import KOSONG
from kelurahan.console.wilayah.isian import IsianError, periksa
from kelurahan.console.wilayah.pengurus import DAFTAR
from kelurahan.console.wilayah.unduh import unduhan
from kelurahan.isian import telepon
from kelurahan.replies.pengurus import sebutan
from kelurahan.store import direktori, sesi
from kelurahan.store import pengurus as simpanan
from kelurahan.store.pengurus import Data
from kelurahan.tabel import BARIS_TERBANYAK, Cacat, TabelError, baca, kutip, tulis
from kelurahan.wilayah import Direktori, tiga_angka

WAJIB, BOLEH = ("rw", "rt", "nama", "whatsapp"), ("dikabari",)
YA_TIDAK = {"ya": True, "y": True, "tidak": False, "t": False, "": False}
ISI_TERPANJANG = 1_000_000  # characters of a checked table on its way back


@dataclass(frozen=True)
class Perubahan:
    """What an import would change; a number stands for a person."""

    ditambah: tuple[Data, ...]
    diubah: tuple[Data, ...]
    dihapus: tuple[Data, ...]
    tetap: int

    @property
    def ada(self) -> bool:
        """Whether anything changes at all."""
        return bool(self.ditambah or self.diubah or self.dihapus)


def ekspor(p: Permintaan) -> Response:
    """Everybody with the whole number: for admins, and written down in the audit trail."""
    with sesi() as s:
        isi = _tulis(_sekarang(s))
        audit.catat(s, p.pengguna.nama_pengguna, "pengurus_ekspor", "pengurus")
    return unduhan("pengurus_rt_rw.csv", isi)


def halaman_impor(p: Permintaan) -> Response:
    """The form for a file."""
    return _formulir(p)


def periksa_berkas(p: Permintaan) -> Response:
    """Read the file; show every fault, or what would change. Nothing is stored yet."""
    isi = p.berkas("berkas")
    if not isi:
        return _formulir(p, KOSONG)
    with sesi(baca=True) as s:
        peta, lama = direktori.baca(s), _sekarang(s)
    try:
        return _pratinjau(p, lama, urai(isi, peta))
    except TabelError as galat:
        return _formulir(p, galat.cacat)


def simpan(p: Permintaan) -> Response:
    """Replace the list by the checked one."""
    try:
        with sesi() as s:
            baru = urai(p.isi("isi", ISI_TERPANJANG).encode(), direktori.baca(s))
            lama = _sekarang(s)
            if _sidik(lama) != p.isi("sidik", 64):
                return _pratinjau(p, lama, baru, berubah=True)
            beda = bandingkan(lama, baru)
            simpanan.ganti_semua(s, baru)
            jumlah = {n: len(getattr(beda, n)) for n in ("ditambah", "diubah", "dihapus")}
            audit.catat(s, p.pengguna.nama_pengguna, "pengurus_impor", "pengurus", None, jumlah)
    except TabelError as galat:
        return _formulir(p, galat.cacat)
    return pindah(p.mentah, f"{DAFTAR}?ok=impor")


def urai(isi: bytes, peta: Direktori) -> list[Data]:
    """The officers in a file; TabelError names every faulty row."""
    tabel = baca("berkas", isi, WAJIB, BOLEH)
    cacat = list(tabel.cacat)
    pemilik: dict[str, int] = {}
    semua = []
    for n, sel in tabel.baris:
        try:
            satu = _baris(sel, peta)
        except IsianError as galat:
            cacat += [Cacat(f"{kolom} {pesan}", n) for kolom, pesan in galat.salah.items()]
            continue
        if (lama := pemilik.setdefault(satu.wa_id, n)) != n:
            pesan = f"whatsapp sama dengan baris {lama}; satu nomor untuk satu pengurus"
            cacat.append(Cacat(pesan, n))
        semua.append(satu)
    if cacat:
        raise TabelError("berkas", sorted(cacat, key=lambda c: c.baris or 0))
    return semua


def _baris(sel: Mapping[str, str], peta: Direktori) -> Data:
    salah = {}
    angka: dict[str, str | None] = {"rt": None, "rw": ""}
    for kolom in ("rw", "rt") if sel["rt"] else ("rw",):
        try:
            angka[kolom] = tiga_angka(kolom, sel[kolom])
        except ValueError as galat:
            salah[kolom] = str(galat).removeprefix(f"{kolom} ")
    kabari = sel.get("dikabari", "").casefold()
    if kabari not in YA_TIDAK:
        salah["dikabari"] = f"{kutip(sel['dikabari'])} tidak dikenal; tulis ya atau tidak"
    try:
        data = periksa(
            *(angka["rt"], angka["rw"] or "", sel["nama"], sel["whatsapp"]),
            YA_TIDAK.get(kabari, False),
            peta,
        )
    except IsianError as galat:
        if salah.keys() & {"rt", "rw"}:
            galat.salah.pop("wilayah", None)  # said already, and better
        salah |= galat.salah
    if salah:
        raise IsianError(salah)
    return data


def bandingkan(lama: list[Data], baru: list[Data]) -> Perubahan:
    """Who comes, changes, goes."""
    dulu = {satu.wa_id: satu for satu in lama}
    kini = {satu.wa_id for satu in baru}
    diubah = tuple(s for s in baru if s.wa_id in dulu and dulu[s.wa_id] != s)
    return Perubahan(
        ditambah=tuple(s for s in baru if s.wa_id not in dulu),
        diubah=diubah,
        dihapus=tuple(s for s in lama if s.wa_id not in kini),
        tetap=sum(s.wa_id in dulu for s in baru) - len(diubah),
    )


def _sekarang(s: Session) -> list[Data]:
    return [
        Data(satu.jabatan, satu.rt, satu.rw, satu.nama, satu.wa_id, satu.dikabari)
        for satu in simpanan.daftar(s)
    ]


def _tulis(semua: list[Data]) -> bytes:
    return tulis(
        (*WAJIB, *BOLEH),
        (
            {
                "rw": satu.rw,
                "rt": satu.rt or "",
                "nama": satu.nama,
                "whatsapp": telepon.tulis(satu.wa_id),
                "dikabari": "ya" if satu.dikabari else "tidak",
            }
            for satu in semua
        ),
    )


def _sidik(semua: list[Data]) -> str:
    """Tells whether the list is still the one that a preview was made from."""
    return hashlib.sha256(_tulis(semua)).hexdigest()[:16]


def _pratinjau(
    p: Permintaan, lama: list[Data], baru: list[Data], berubah: bool = False
) -> Response:
    return tampil(
        p,
        "wilayah/pengurus_pratinjau.html",
        status=409 if berubah else 200,
        perubahan=bandingkan(lama, baru),
        sebutan=sebutan,
        samar=telepon.samarkan,
        isi=_tulis(baru).decode("utf-8-sig"),
        sidik=_sidik(lama),
        berubah=berubah,
    )


def _formulir(p: Permintaan, cacat: tuple[Cacat, ...] = ()) -> Response:
    status = 422 if cacat else 200
    return tampil(
        p, "wilayah/pengurus_impor.html", status=status, cacat=cacat, terbanyak=BARIS_TERBANYAK
    )


HALAMAN = (
    Halaman(f"{DAFTAR}.csv", ekspor, peran.KELOLA),
    Halaman(f"{DAFTAR}/impor", halaman_impor, peran.KELOLA),
    Halaman(f"{DAFTAR}/impor", periksa_berkas, peran.KELOLA, "POST", berkas=1),
    Halaman(f"{DAFTAR}/impor/simpan", simpan, peran.KELOLA, "POST"),
)
