"""What every page here starts from: the service, its versions, and what of them holds."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from kelurahan.console import audit
from kelurahan.console.halaman import Permintaan
from kelurahan.console.layanan.isian import kalimat
from kelurahan.katalog import KatalogError, Layanan, katalog_berkas
from kelurahan.katalog_perubahan import Nilai, Perubahan, gabung, yang_berlaku
from kelurahan.store import perubahan_layanan as simpanan
from kelurahan.store import waktu
from kelurahan.store.models_petugas import PerubahanLayanan

STATE = {
    simpanan.USULAN: "Usulan",
    simpanan.BERLAKU: "Berlaku",
    simpanan.DIGANTIKAN: "Pernah berlaku",
    simpanan.DITOLAK: "Ditolak",
}


def layanan(p: Permintaan) -> Layanan:
    """The service of the path as the files have it."""
    try:
        return katalog_berkas().ambil(p.path["slug"])
    except KatalogError:
        raise HTTPException(404) from None


@dataclass(frozen=True)
class Versi:
    """A version, or (`baris` None) the file itself, and what of it holds over today's file."""

    baris: PerubahanLayanan | None
    isi: dict[str, Nilai]

    @property
    def id(self) -> int | None:
        """Its number; None for the file."""
        return self.baris.id if self.baris else None

    @property
    def nama(self) -> str:
        """What officers call it."""
        return f"versi {self.baris.id}" if self.baris else "versi berkas"


def versi(s: Session, slug: str, versi_id: int | None) -> Versi:
    """One version of a service; an unknown number gives the file."""
    return versi_dari(slug, simpanan.ambil(s, slug, versi_id))


def kini(s: Session, slug: str) -> Versi:
    """The version that the bot answers with."""
    return versi_dari(slug, simpanan.kini(s, slug))


def versi_dari(slug: str, baris: PerubahanLayanan | None) -> Versi:
    """A row of the table, None standing for the file."""
    return Versi(baris, yang_berlaku(katalog_berkas(), slug, simpanan.isi(baris)))


def dengan(slug: str, isi: Perubahan) -> Layanan:
    """The service as a change makes it, as far as it fits."""
    return gabung(katalog_berkas(), {slug: isi}).katalog.ambil(slug)


def usang(berkas: Layanan, isi: Perubahan) -> list[str]:
    """What of a change does not fit today's file any more."""
    ditolak = gabung(katalog_berkas(), {berkas.slug: isi}).ditolak.get(berkas.slug, ())
    return [kalimat(berkas, satu) for satu in ditolak]


def perlu_diperiksa(berkas: Layanan, baris: PerubahanLayanan | None) -> list[str]:
    """Why somebody should look at the version in force again."""
    isi = simpanan.isi(baris)
    if baris is None or not isi:
        return []
    alasan = [f"Tidak dipakai bot. {satu}" for satu in usang(berkas, isi)]
    if not alasan and not yang_berlaku(katalog_berkas(), berkas.slug, isi):
        alasan.append(
            "Perubahan ini sudah ada di berkas layanan. Kembalikan ke versi berkas, supaya "
            "perbaikan berkas berikutnya tidak tertutup."
        )
    elif berkas.diperiksa > waktu.wib(baris.dibuat).date():
        alasan.append(
            f"Berkas layanan diperiksa lagi pada {berkas.diperiksa.isoformat()}, sesudah "
            "perubahan ini dibuat. Bandingkan keduanya."
        )
    return alasan


def catat(
    s: Session, p: Permintaan, tindakan: str, dulu: Versi, baru: PerubahanLayanan, isi: Perubahan
) -> None:
    """The audit trail: which version held, which one this is about, and where the two differ."""
    beda = [k for k in {**dulu.isi, **isi} if dulu.isi.get(k) != isi.get(k)]
    audit.catat(
        s,
        p.pengguna.nama_pengguna,
        tindakan,
        f"layanan:{baru.slug}",
        {"versi": dulu.id, "isi": {k: dulu.isi.get(k) for k in beda}},
        {"versi": baru.id, "isi": {k: isi.get(k) for k in beda}},
    )
