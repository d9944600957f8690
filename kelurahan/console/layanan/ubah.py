"""The form of a change: shown, previewed while typing, saved as a proposal or put into force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kelurahan.berkas import Salah
from kelurahan.console.halaman import Permintaan, pindah
from kelurahan.console.keamanan import peran
from kelurahan.console.layanan import dasar, isian, pesan
from kelurahan.console.layanan.beda import Beda, beda
from kelurahan.console.layanan.dasar import Versi
from kelurahan.console.tampilan import tampil
from kelurahan.katalog import Layanan, katalog_berkas, segarkan
from kelurahan.katalog_perubahan import Nilai, nilai, periksa, selaraskan, selisih
from kelurahan.store import perubahan_layanan as simpanan
from kelurahan.store import sesi

SUDAH_DIPUTUSKAN = "Usulan ini sudah diputuskan. Buka riwayatnya untuk melihat hasilnya."


@dataclass
class Formulir:
    """What the page shows: values as typed, the version they started from, and what is wrong."""

    berkas: Layanan
    dari: Versi
    isian: dict[str, Nilai]
    alasan: str = ""
    usulan: int | None = None  # the proposal that stands in the form
    lihat: str = "syarat"  # the message in the preview
    salah: Mapping[str, list[str]] = field(default_factory=dict)
    bentrok: Mapping[str, Nilai] = field(default_factory=dict)  # what the newest version says there
    terbaru: list[Beda] = field(default_factory=list)  # what it changed meanwhile

    @property
    def perubahan(self) -> dict[str, Nilai]:
        """What these values change in the file."""
        return selisih(self.berkas, self.isian)


def buka(p: Permintaan) -> Response:
    """The form with what holds now; `?usulan=` lays a proposal over it."""
    berkas = dasar.layanan(p)
    with sesi(baca=True) as s:
        kini = dasar.kini(s, berkas.slug)
        usulan_id = _nomor(p.query.get("usulan", ""))
        usulan = simpanan.ambil(s, berkas.slug, usulan_id)
        if usulan_id and (usulan is None or usulan.state != simpanan.USULAN):
            raise HTTPException(404)
        asal = dasar.versi(s, berkas.slug, usulan.dari if usulan else None)
    if usulan is None:
        return _halaman(p, Formulir(berkas, kini, _nilai(berkas, kini.isi)))
    milik = dasar.versi_dari(berkas.slug, usulan).isi
    isi, bentrok = selaraskan(asal.isi, milik, kini.isi)
    formulir = Formulir(berkas, kini, _nilai(berkas, isi), usulan.alasan, usulan.id)
    formulir.bentrok = _pilih(_nilai(berkas, kini.isi), bentrok)
    return _halaman(p, formulir)


def pratinjau(p: Permintaan) -> Response:
    """The WhatsApp message with what is typed so far; nothing is written."""
    with sesi(baca=True) as s:
        formulir = _terisi(p, s)
    hasil, salah = _periksa(formulir)
    if p.sepotong:
        daftar = [isian.kalimat(formulir.berkas, x) for x in salah]
        isi = {"pesan": pesan.satu(hasil, formulir.lihat), "salah": daftar}
        return tampil(p, "layanan/pratinjau.html", **isi)
    formulir.salah = isian.menurut_kolom(formulir.berkas, formulir.isian, salah)
    return _halaman(p, formulir)


def simpan(p: Permintaan) -> Response:
    """A proposal of an officer; an admin's change is in force at once."""
    with sesi(baca=True) as s:
        formulir = _terisi(p, s)
        kini = dasar.kini(s, formulir.berkas.slug)
    if kini.id != formulir.dari.id:
        return _ada_yang_baru(p, formulir, kini)
    _, salah = _periksa(formulir)
    salah += isian.salah_sendiri(formulir.isian, formulir.alasan)
    formulir.salah = isian.menurut_kolom(formulir.berkas, formulir.isian, salah)
    if not salah and formulir.perubahan == kini.isi:
        formulir.salah = {"": ["Belum ada yang diubah. Ubah dulu isinya, lalu kirim."]}
    if formulir.salah:
        return _halaman(p, formulir, 422)
    try:
        kabar = _tulis(p, formulir)
    except simpanan.VersiBaruError:
        with sesi(baca=True) as s:
            return _ada_yang_baru(p, formulir, dasar.kini(s, formulir.berkas.slug))
    except simpanan.SudahDiputuskanError:
        formulir.salah, formulir.usulan = {"": [SUDAH_DIPUTUSKAN]}, None
        return _halaman(p, formulir, 409)
    segarkan()
    return pindah(p.mentah, f"/layanan/{formulir.berkas.slug}?kabar={kabar}")


def _tulis(p: Permintaan, formulir: Formulir) -> str:
    """Write it down in the way this officer may; what the next page says of it."""
    slug, perubahan = formulir.berkas.slug, formulir.perubahan
    opsi = {"dari": formulir.dari.id, "oleh": p.pengguna.nama_pengguna, "alasan": formulir.alasan}
    with sesi() as s:
        if p.pengguna.peran not in peran.KELOLA:
            baru = simpanan.usulkan(s, slug, perubahan, **opsi)
            tindakan = "layanan_diusulkan"
        elif formulir.usulan and (usulan := simpanan.ambil(s, slug, formulir.usulan)):
            simpanan.setujui(s, usulan, perubahan, **opsi)
            baru, tindakan = usulan, "layanan_disetujui"
        else:
            baru = simpanan.berlakukan(s, slug, perubahan, **opsi)
            tindakan = "layanan_diubah"
        dasar.catat(s, p, tindakan, formulir.dari, baru, perubahan)
    return "diusulkan" if tindakan == "layanan_diusulkan" else "berlaku"


def _terisi(p: Permintaan, s: Session) -> Formulir:
    """The form as it was sent."""
    berkas = dasar.layanan(p)
    return Formulir(
        berkas,
        dasar.versi(s, berkas.slug, _nomor(p.isi("dari"))),
        isian.baca(p, berkas),
        alasan=isian.alasan(p),
        usulan=_nomor(p.isi("usulan")),
        lihat=p.isi("lihat") or "syarat",
    )


def _periksa(formulir: Formulir) -> tuple[Layanan, list[Salah]]:
    return periksa(katalog_berkas(), formulir.berkas.slug, formulir.perubahan)


def _ada_yang_baru(p: Permintaan, formulir: Formulir, kini: Versi) -> Response:
    """Somebody was faster: what they changed is shown, what was typed here stays."""
    berkas, asal = formulir.berkas, formulir.dari
    isi, bentrok = selaraskan(asal.isi, formulir.perubahan, kini.isi)
    formulir.terbaru = beda(berkas, asal.isi, kini.isi)
    formulir.bentrok = _pilih(_nilai(berkas, kini.isi), bentrok)
    formulir.isian, formulir.dari = _nilai(berkas, isi), kini
    formulir.salah = {"": [f"Sementara Anda mengisi, {kini.nama} mulai berlaku."]}
    return _halaman(p, formulir, 409)


def _nilai(berkas: Layanan, isi: Mapping[str, Nilai]) -> dict[str, Nilai]:
    return {**nilai(berkas), **isi}


def _pilih(isi: Mapping[str, Nilai], tempat: Iterable[str]) -> dict[str, Nilai]:
    return {satu: isi[satu] for satu in tempat}


def _nomor(teks: str) -> int | None:
    """The number of a version, if it is one."""
    return int(teks) if teks.isascii() and teks.isdecimal() and len(teks) <= 12 else None


def _halaman(p: Permintaan, formulir: Formulir, status: int = 200) -> Response:
    hasil, _ = _periksa(formulir)
    return tampil(
        p,
        "layanan/ubah.html",
        status=status,
        x=formulir.berkas,
        f=formulir,
        kolom=isian.kolom(formulir.berkas, formulir.isian, formulir.salah, formulir.bentrok),
        salah_umum=formulir.salah.get("", []),
        salah_alasan=formulir.salah.get(isian.ALASAN, []),
        pilihan_yakin=isian.KEYAKINAN,
        semua_pesan=pesan.semua(hasil),
        pesan=pesan.satu(hasil, formulir.lihat),
        langsung=p.pengguna.peran in peran.KELOLA,
    )
