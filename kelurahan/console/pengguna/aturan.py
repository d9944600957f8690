"""Rules about who may be an officer: names, roles, and that an admin is always left."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kelurahan.console.keamanan import masuk, peran
from kelurahan.store.models_petugas import Petugas

NAMA_TERPANJANG = 100
TERAKHIR = "admin terakhir yang aktif; jadikan orang lain admin dulu"


class AturanError(ValueError):
    """A change is not allowed; `salah` has a sentence for each field ("" for the whole)."""

    def __init__(self, salah: dict[str, str]) -> None:
        super().__init__("; ".join(salah.values()))
        self.salah = salah


def periksa_nama_pengguna(nama_pengguna: str) -> dict[str, str]:
    """What is wrong with a user name; {} when nothing is."""
    if masuk.NAMA_PENGGUNA.fullmatch(nama_pengguna):
        return {}
    pesan = (
        "3 sampai 40 huruf kecil, angka, titik, atau garis; dimulai huruf; bukan warga, sistem, "
        "bot, asisten. Contoh: siti.a"
    )
    return {"nama_pengguna": pesan}


def periksa_orang(nama: str, peran_: str) -> dict[str, str]:
    """What is wrong with a name and a role; {} when nothing is."""
    salah = {}
    if not nama:
        salah["nama"] = "kosong; isi nama yang dilihat rekan kerja"
    elif len(nama) > NAMA_TERPANJANG or not nama.isprintable():
        salah["nama"] = f"tulis dengan huruf biasa, paling panjang {NAMA_TERPANJANG} karakter"
    if peran_ not in peran.LABEL:
        salah["peran"] = "belum dipilih"
    return salah


def kunci(s: Session, petugas_id: int) -> Petugas | None:
    """An officer, locked together with every active admin: two admins cannot remove each other."""
    admin = (Petugas.peran == peran.ADMIN) & Petugas.aktif.is_(True)
    pilih = select(Petugas).where(admin | (Petugas.id == petugas_id)).order_by(Petugas.id)
    segar = {"populate_existing": True}
    for satu in s.scalars(pilih.with_for_update(), execution_options=segar).all():
        if satu.id == petugas_id:
            return satu
    return None


def pastikan_ada_admin(s: Session, satu: Petugas, peran_: str, aktif: bool) -> None:
    """Raise AturanError when the officer is the last active admin and would no longer be one."""
    if not (satu.peran == peran.ADMIN and satu.aktif) or (peran_ == peran.ADMIN and aktif):
        return
    lain = select(Petugas.id).where(
        Petugas.peran == peran.ADMIN, Petugas.aktif.is_(True), Petugas.id != satu.id
    )
    if s.scalar(lain.limit(1)) is None:
        raise AturanError({"": f"{satu.nama} adalah {TERAKHIR}."})
