"""One's own settings: the sound, and the daily digest over WhatsApp."""

from __future__ import annotations

from starlette.responses import Response

from kelurahan.console import audit
from kelurahan.console.halaman import Halaman, Permintaan, pindah
from kelurahan.console.keamanan import kabar, peran
from kelurahan.console.tampilan import tampil
from kelurahan.isian import telepon
from kelurahan.store import sesi
from kelurahan.store.models_petugas import Petugas

SETELAN = "/akun/setelan"


def halaman_setelan(p: Permintaan) -> Response:
    """The form, as it is stored."""
    with sesi(baca=True) as s:
        saya = s.get(Petugas, p.pengguna.id)
    nomor = telepon.tulis(saya.wa_id) if saya.wa_id else ""
    return _formulir(p, saya.bunyi, saya.ringkasan, nomor)


def simpan(p: Permintaan) -> Response:
    """Store them; the digest needs a number to go to."""
    bunyi, ringkasan = p.isi("bunyi", 5) == "ya", p.isi("ringkasan", 5) == "ya"
    nomor = p.isi("whatsapp", 100)
    try:
        wa_id = telepon.baca(nomor) if nomor or ringkasan else None
    except telepon.TeleponError as galat:
        return _formulir(p, bunyi, ringkasan, nomor, str(galat))
    with sesi() as s:
        saya = s.get(Petugas, p.pengguna.id, with_for_update=True)
        sebelum = {"bunyi": saya.bunyi, "ringkasan": saya.ringkasan}
        sesudah = {"bunyi": bunyi, "ringkasan": ringkasan}
        if saya.wa_id != wa_id:
            sesudah["nomor"] = "diganti" if wa_id else "dihapus"
            kabar.kabari(s, saya, kabar.NOMOR_DIGANTI)  # to the old number
        if sebelum != sesudah:
            saya.bunyi, saya.ringkasan, saya.wa_id = bunyi, ringkasan, wa_id
            oleh = p.pengguna.nama_pengguna
            audit.catat(s, oleh, "setelan", f"petugas:{saya.id}", sebelum, sesudah)
    return pindah(p.mentah, f"{SETELAN}?ok=1")


def _formulir(p: Permintaan, bunyi: bool, ringkasan: bool, nomor: str, salah: str = "") -> Response:
    return tampil(
        p,
        "pengguna/setelan.html",
        status=422 if salah else 200,
        bunyi=bunyi,
        ringkasan=ringkasan,
        nomor=nomor,
        salah=salah,
        berhasil=p.query.get("ok") == "1",
    )


HALAMAN = (
    Halaman(SETELAN, halaman_setelan, peran.LIHAT),
    Halaman(SETELAN, simpan, peran.LIHAT, "POST"),
)
