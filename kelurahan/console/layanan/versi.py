"""One version: what it changes; approving, rejecting, going back, and the file for maintainers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from io import StringIO

from ruamel.yaml import YAML
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kelurahan.console.halaman import Permintaan, pindah
from kelurahan.console.layanan import dasar, isian, pesan
from kelurahan.console.layanan.beda import beda
from kelurahan.console.layanan.dasar import Versi
from kelurahan.console.layanan.ubah import SUDAH_DIPUTUSKAN
from kelurahan.console.tampilan import tampil
from kelurahan.katalog import Layanan, folder_layanan, katalog_berkas, segarkan
from kelurahan.katalog_perubahan import Nilai, periksa, selaraskan, tempel
from kelurahan.store import perubahan_layanan as simpanan
from kelurahan.store import sesi

LEBAR = 100  # of a line in layanan/*.yml
BARU_SAJA = "Baru saja ada versi lain yang berlaku. Lihat dulu, lalu putuskan lagi."


@dataclass(frozen=True)
class Tinjauan:
    """A version (number 0: the file) beside the one it was made from and the one in force."""

    berkas: Layanan
    ini: Versi
    asal: Versi
    kini: Versi

    @property
    def isi(self) -> dict[str, Nilai]:
        """What it changes in the file, as it was written down."""
        return simpanan.isi(self.ini.baris)

    @property
    def usulan(self) -> bool:
        """Whether it waits for a decision."""
        return bool(self.ini.baris and self.ini.baris.state == simpanan.USULAN)

    @cached_property
    def usang(self) -> list[str]:
        """What of it does not fit today's file."""
        return dasar.usang(self.berkas, self.isi)

    @property
    def bentrok(self) -> list[str]:
        """Where the version in force has changed the same since."""
        return [isian.judul(self.berkas, k) for k in self._selaras[1]] if self.usulan else []

    @property
    def hasil(self) -> dict[str, Nilai]:
        """The change that would hold if this were chosen now."""
        return self._selaras[0] if self.usulan else self.ini.isi

    @cached_property
    def halangan(self) -> str:
        """Why it cannot be put into force as it stands; "" when it can."""
        if self.usang or periksa(katalog_berkas(), self.berkas.slug, self.hasil)[1]:
            return "Isinya tidak cocok lagi dengan berkas layanan."
        if self.bentrok:
            return f"Versi yang berlaku sudah mengubah bagian yang sama: {', '.join(self.bentrok)}."
        if self.hasil == (simpanan.isi(self.kini.baris) if self.kini.baris else {}):
            return "Isinya sama dengan yang berlaku sekarang."
        return ""

    @cached_property
    def _selaras(self) -> tuple[dict[str, Nilai], list[str]]:
        return selaraskan(self.asal.isi, self.ini.isi, self.kini.isi)


def _tinjau(p: Permintaan) -> Tinjauan:
    berkas, nomor = dasar.layanan(p), p.path["id"]
    with sesi(baca=True) as s:
        ini = dasar.versi(s, berkas.slug, nomor)
        if nomor and ini.baris is None:
            raise HTTPException(404)
        asal = dasar.versi(s, berkas.slug, ini.baris.dari if ini.baris else None)
        return Tinjauan(berkas, ini, asal, dasar.kini(s, berkas.slug))


def lihat(p: Permintaan, salah: str = "", status: int = 200) -> Response:
    """What a version changes, and what may be done with it."""
    t = _tinjau(p)
    return tampil(
        p,
        "layanan/versi.html",
        status=status,
        x=t.berkas,
        t=t,
        state=dasar.STATE,
        beda=beda(t.berkas, t.asal.isi, t.isi),
        beda_kini=beda(t.berkas, t.kini.isi, t.hasil),
        semua_pesan=pesan.semua(dasar.dengan(t.berkas.slug, t.hasil)),
        alasan=isian.alasan(p),
        salah=salah,
    )


def setujui(p: Permintaan) -> Response:
    """Put a proposal into force, over whatever has come into force since it was made."""
    t, oleh = _tinjau(p), p.pengguna.nama_pengguna
    if not t.usulan:
        return lihat(p, SUDAH_DIPUTUSKAN, 409)
    if t.halangan:
        return lihat(p, t.halangan, 409)
    if _dilihat(p) != t.kini.id:
        return lihat(p, BARU_SAJA, 409)
    try:
        with sesi() as s:
            usulan = simpanan.ambil(s, t.berkas.slug, t.ini.id)
            simpanan.setujui(s, usulan, t.hasil, dari=t.kini.id, oleh=oleh, alasan=isian.alasan(p))
            dasar.catat(s, p, "layanan_disetujui", t.kini, usulan, t.hasil)
    except simpanan.VersiBaruError:
        return lihat(p, BARU_SAJA, 409)
    except simpanan.SudahDiputuskanError:
        return lihat(p, SUDAH_DIPUTUSKAN, 409)
    return _sesudah(p, t, "berlaku")


def tolak(p: Permintaan) -> Response:
    """Turn a proposal down, with the reason that its author reads."""
    t, oleh, alasan = _tinjau(p), p.pengguna.nama_pengguna, isian.alasan(p)
    if not t.usulan:
        return lihat(p, SUDAH_DIPUTUSKAN, 409)
    if not alasan:
        return lihat(p, "Alasan wajib diisi, supaya pengusul tahu sebabnya.", 422)
    try:
        with sesi() as s:
            usulan = simpanan.ambil(s, t.berkas.slug, t.ini.id)
            simpanan.tolak(s, usulan, oleh=oleh, alasan=alasan)
            dasar.catat(s, p, "layanan_ditolak", t.kini, usulan, t.kini.isi)
    except simpanan.SudahDiputuskanError:
        return lihat(p, SUDAH_DIPUTUSKAN, 409)
    return _sesudah(p, t, "ditolak")


def kembali(p: Permintaan) -> Response:
    """Make an earlier version, or (number 0) the file, hold again: as a new version."""
    t, oleh, alasan = _tinjau(p), p.pengguna.nama_pengguna, isian.alasan(p)
    if t.ini.baris and t.ini.baris.state != simpanan.DIGANTIKAN:
        return lihat(p, "Hanya versi yang pernah berlaku bisa dipakai lagi.", 409)
    if not alasan:
        return lihat(p, "Alasan wajib diisi.", 422)
    if t.halangan:
        return lihat(p, t.halangan, 409)
    if _dilihat(p) != t.kini.id:
        return lihat(p, BARU_SAJA, 409)
    ket = f"Kembali ke {t.ini.nama}: {alasan}"
    try:
        with sesi() as s:
            opsi = {"dari": t.kini.id, "oleh": oleh, "alasan": ket}
            baru = simpanan.berlakukan(s, t.berkas.slug, t.hasil, **opsi)
            dasar.catat(s, p, "layanan_dikembalikan", t.kini, baru, t.hasil)
    except simpanan.VersiBaruError:
        return lihat(p, BARU_SAJA, 409)
    return _sesudah(p, t, "berlaku")


def unduh(p: Permintaan) -> Response:
    """layanan/<slug>.yml with the version in force put in, comments and line breaks kept."""
    berkas = dasar.layanan(p)
    with sesi(baca=True) as s:
        kini = dasar.kini(s, berkas.slug)
    yaml = YAML()
    yaml.width, yaml.preserve_quotes = LEBAR, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    isi = yaml.load((folder_layanan() / f"{berkas.slug}.yml").read_text(encoding="utf-8-sig"))
    tempel(isi, kini.isi)
    yaml.dump(isi, hasil := StringIO())
    kepala = {"Content-Disposition": f'attachment; filename="{berkas.slug}.yml"'}
    return Response(hasil.getvalue(), media_type="application/yaml", headers=kepala)


def _dilihat(p: Permintaan) -> int | None:
    """The version in force when the page was opened."""
    dari = p.isi("dari", 12)
    return int(dari) if dari.isascii() and dari.isdecimal() else None


def _sesudah(p: Permintaan, t: Tinjauan, kabar: str) -> Response:
    segarkan()
    return pindah(p.mentah, f"/layanan/{t.berkas.slug}?kabar={kabar}")
