"""The two buttons on an application: a new status, a correction."""

from __future__ import annotations

from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.responses import Response

from kelurahan.console.halaman import Permintaan, pindah
from kelurahan.console.permohonan import koreksi, rinci, ubah
from kelurahan.console.permohonan.riwayat import siapa
from kelurahan.console.permohonan.saringan import LABEL
from kelurahan.permohonan import BerubahError
from kelurahan.store import sesi, status
from kelurahan.store.waktu import wib


def ubah_status(p: Permintaan) -> Response:
    """Move the application and tell the resident, or say what is missing."""
    nomor, dari = p.path["nomor"], p.isi("dari", 40)
    formulir = rinci.baca_formulir(p)
    if salah := _kekurangan(dari, formulir):
        return rinci.halaman(p, formulir=_dengan(formulir, *salah), kode=422)
    with sesi(baca=True) as s:
        nomor = rinci.cari(s, nomor).nomor
    try:
        ubah.pindahkan(nomor, dari, formulir.ke, p.pengguna.nama_pengguna, formulir.catatan)
    except BerubahError:
        return _didahului(p, nomor, formulir)
    return pindah(p.mentah, f"/permohonan/{nomor}?ok=status")


def _kekurangan(dari: str, formulir: rinci.Formulir) -> list[str]:
    """What keeps the form from being used, one sentence each."""
    ke, panjang = formulir.ke, len(formulir.catatan)
    salah = []
    if not ke:
        salah.append("Pilih dulu status barunya.")
    elif not status.boleh(dari, ke):
        salah.append(
            f"“{LABEL.get(dari, dari)}” tidak bisa menjadi “{LABEL.get(ke, ke)}”; "
            "pilih salah satu dari daftar."
        )
    elif ke in ubah.BUTUH_CATATAN and not formulir.catatan:
        contoh = {
            status.PERLU_DILENGKAPI: "apa yang kurang, contoh: Fotokopi KK belum ada",
            status.DITOLAK: "alasannya, contoh: Alamat usaha di luar kelurahan ini",
            status.DIBATALKAN: "alasannya, contoh: Dibatalkan atas permintaan Anda di loket",
        }
        salah.append(f"Catatan belum diisi. Tulis {contoh[ke]}.")
    if panjang > rinci.CATATAN_TERPANJANG:
        salah.append(
            f"Catatan {panjang} karakter, paling banyak {rinci.CATATAN_TERPANJANG}; ringkaskan."
        )
    return salah


def _didahului(p: Permintaan, nomor: str, formulir: rinci.Formulir) -> Response:
    """Somebody was quicker: say who, keep the note. A button pressed twice is no conflict."""
    with sesi(baca=True) as s:
        satu = rinci.cari(s, nomor)
        langkah = satu.riwayat[-1]
    if (langkah.ke, langkah.oleh, langkah.catatan or "") == (
        formulir.ke,
        p.pengguna.nama_pengguna,
        formulir.catatan,
    ):
        return pindah(p.mentah, f"/permohonan/{nomor}?ok=status")
    salah = (
        f"Permohonan ini sudah diubah menjadi “{LABEL[satu.status]}” oleh {siapa(langkah.oleh)} "
        f"pukul {wib(langkah.pada):%H.%M}, sesudah Anda membuka halaman ini. Belum ada yang Anda "
        "ubah, dan catatan Anda masih ada di bawah. Periksa riwayatnya, lalu pilih lagi."
    )
    return rinci.halaman(p, formulir=_dengan(formulir, salah), kode=409)


def _dengan(formulir: rinci.Formulir, *salah: str) -> rinci.Formulir:
    return rinci.Formulir(formulir.ke, formulir.catatan, salah)


def perbaiki(p: Permintaan) -> Response:
    """Correct fields and tell the resident, or say which field is wrong and why."""
    tulisan = {nama: p.isi(nama, 1000) for nama in koreksi.SEBUTAN}
    dilihat = _dilihat(p)
    with sesi(baca=True) as s:
        satu = rinci.cari(s, p.path["nomor"])
    bacaan = koreksi.baca(tulisan, satu, ubah.layanan_dari(satu))
    if bacaan.salah:
        perbaikan = rinci.FormulirKoreksi(tulisan, bacaan.salah, dilihat=dilihat)
        return rinci.halaman(p, perbaikan=perbaikan, kode=422)
    alasan = tulisan[koreksi.ALASAN]
    try:
        ada = ubah.perbaiki(satu.nomor, bacaan.isian, p.pengguna.nama_pengguna, alasan, dilihat)
    except BerubahError:
        return _berubah(p, satu.nomor, tulisan, dilihat)
    return pindah(p.mentah, f"/permohonan/{satu.nomor}?ok={'koreksi' if ada else 'sama'}")


def _berubah(p: Permintaan, nomor: str, tulisan: dict[str, str], dilihat: datetime) -> Response:
    """Changed since the page was opened: what others corrected takes its place in the form."""
    with sesi(baca=True) as s:
        satu = rinci.cari(s, nomor)
        diubah = {k.isian for k in satu.koreksi if k.pada > dilihat}
    baru = koreksi.tertulis(satu)
    tulisan |= {n: baru[n] for n in baru if diubah & ({"rt", "rw"} if n == koreksi.RT_RW else {n})}
    umum = (
        "Permohonan ini diubah orang lain sesudah Anda membuka halaman ini, jadi perbaikan Anda "
        "belum disimpan. Periksa riwayatnya, lalu simpan lagi kalau masih perlu."
    )
    return rinci.halaman(p, perbaikan=rinci.FormulirKoreksi(tulisan, umum=umum), kode=409)


def _dilihat(p: Permintaan) -> datetime:
    """The `diubah` that stood in the page."""
    try:
        saat = datetime.fromisoformat(p.isi("dilihat", 40))
    except ValueError:
        saat = None
    if saat is None or saat.tzinfo is None:
        raise HTTPException(422, "Halaman ini rusak. Muat ulang, lalu coba lagi.")
    return saat
