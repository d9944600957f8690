"""The form of a change: from values to what is typed and back, and its faults in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kelurahan.berkas import Salah
from kelurahan.console.halaman import Permintaan
from kelurahan.console.tampilan import aman
from kelurahan.katalog import Layanan
from kelurahan.katalog_perubahan import DIPERIKSA, Nilai, daftar, nilai, tempat
from kelurahan.store import waktu

ALASAN = "alasan"
PANJANG_ALASAN = 500
PANJANG_ISIAN = 20_000  # far beyond what the checks allow: they shall say it, beside the field
KEYAKINAN = {
    "tinggi": "Tinggi: aturan nasional, atau sumber resmi kota",
    "sedang": "Sedang: beberapa daerah lain menulis sama",
    "rendah": "Rendah: tidak resmi, atau sumbernya berbeda-beda",
}
LABEL = {
    "syarat": "Syarat",
    "biaya": "Biaya",
    "lama": "Lama proses",
    "alur": "Alur",
    "catatan": "Catatan",
    "pengantar.pesan": "Pengantar RT/RW",
    "sumber": "Sumber",
    DIPERIKSA: "Tanggal diperiksa",
    "keyakinan": "Seberapa yakin",
}
BANTUAN = {
    "syarat": "Satu syarat per baris.",
    "biaya": "Kalau gratis, mulai dengan “Gratis.”",
    "lama": "Kalau tidak ada angka resmi, tulis apa adanya.",
    "alur": "Satu langkah per baris, 3 sampai 6 langkah; nomornya ditulis bot.",
    "catatan": "Satu catatan per baris, paling banyak 4.",
    "pengantar.pesan": "Apa yang diminta di RT/RW, atau bahwa tidak perlu.",
    "sumber": "Satu sumber per baris: alamat web, lalu keterangan bila perlu.",
    DIPERIKSA: "Kapan isi ini terakhir dicocokkan dengan sumbernya.",
    "keyakinan": "Seberapa kuat sumbernya; warga tidak melihat ini.",
}
KATA = {
    "kosong": "wajib diisi.",
    "bukan_teks": "wajib diisi.",
    "panjang": "{ada} karakter, paling banyak {maks}. Ringkas kalimatnya.",
    "tanda": "“{tanda}” tidak bisa dipakai di pesan WhatsApp. Hapus atau ganti dengan kata.",
    "jumlah": "{ada} baris; boleh {min} sampai {maks}.",
    "kurang": "isi paling sedikit {min}.",
    "ganda": "“{nilai}” tertulis dua kali. Hapus salah satunya.",
    "pilihan": "pilih salah satu.",
    "tanggal": "tanggal tidak terbaca. Contoh: 2026-11-24.",
    "masa_depan": "tanggalnya belum tiba. Isi tanggal saat Anda memeriksa.",
    "alamat": "bukan alamat web. Contoh: https://www.contoh.go.id/syarat",
    "rujukan": "ada tulisan #{nomor}, tetapi layanan nomor {nomor} tidak ada.",
    "jawaban_panjang": "Jawaban syarat menjadi {ada} karakter, paling banyak {maks}. "
    "Ringkas atau gabungkan beberapa baris.",
    "tempat_hilang": "bagian ini sudah tidak ada di berkas layanan.",
    "layanan_hilang": "Layanan ini sudah tidak ada di berkas.",
    "alasan": "wajib diisi: tulis singkat apa yang berubah dan dari mana tahunya.",
}
_PELURU = re.compile(r"^[-•–]\s+")
_NOMOR = re.compile(r"^\d{1,2}[.)]\s+")


@dataclass(frozen=True)
class Kolom:
    """One field: where it belongs, what stands in it, what is wrong, what others wrote there."""

    tempat: str
    judul: str
    bantuan: str
    teks: str
    salah: tuple[str, ...] = ()
    lain: str | None = None

    @property
    def id(self) -> str:
        """For label and links."""
        return "f-" + self.tempat.replace(".", "-")

    @property
    def jenis(self) -> str:
        """Which control the page shows."""
        if self.tempat in (DIPERIKSA, "keyakinan"):
            return self.tempat
        return "daftar" if daftar(self.tempat) else "teks"

    @property
    def jarang(self) -> bool:
        """Whether the page folds it away: few variants have notes of their own."""
        catatan = self.tempat.startswith("varian.") and self.tempat.endswith(".catatan")
        return catatan and not (self.teks or self.salah or self.lain)

    @property
    def tinggi(self) -> int:
        """Rows of the box: everything that is in it, and room for one more."""
        return min(14, sum(1 + len(b) // 80 for b in self.teks.split("\n")) + daftar(self.tempat))


def judul(layanan: Layanan, satu: str) -> str:
    """What officers call a place."""
    bagian = satu.split(".")
    if bagian[0] != "varian":
        umum = satu == "syarat" and layanan.varian
        return LABEL.get(satu, satu) + (" untuk semua kasus" if umum else "")
    nama = {v.kunci: v.nama for v in layanan.varian}.get(bagian[1], bagian[1])
    return f"{LABEL.get(bagian[2], bagian[2])}: {nama}"


def tulis(isi: Nilai) -> str:
    """A value as it stands in a box: lists one line each, a source as address and remark."""
    if isinstance(isi, str):
        return isi
    return "\n".join(
        f"{x['url']} {x.get('ket', '')}".strip() if isinstance(x, Mapping) else x for x in isi
    )


def baca(p: Permintaan, layanan: Layanan) -> dict[str, Nilai]:
    """What was typed, as values; spaces, bullets and invisible signs are put right."""
    return {satu: _urai(satu, p.isi(satu, PANJANG_ISIAN)) for satu in tempat(layanan)}


def alasan(p: Permintaan) -> str:
    """Why something is changed or decided, in the officer's words."""
    return aman(p.isi(ALASAN, PANJANG_ALASAN))


def _urai(satu: str, teks: str) -> Nilai:
    if not daftar(satu):
        return _rapi(teks)
    baris = [_PELURU.sub("", rapi) for b in teks.split("\n") if (rapi := _rapi(b))]
    if satu == "sumber":
        return [_sumber(b) for b in baris]
    # the bot numbers the steps itself
    return [_NOMOR.sub("", b) for b in baris] if satu == "alur" else baris


def _rapi(teks: str) -> str:
    return " ".join(aman(teks).split())


def _sumber(baris: str) -> dict[str, str]:
    alamat, _, ket = baris.partition(" ")
    return {"url": alamat, **({"ket": ket} if ket else {})}


def salah_sendiri(isian: Mapping[str, Nilai], mengapa: str) -> list[Salah]:
    """What only the form asks for: a reason, and a date that has come."""
    salah = [] if mengapa else [Salah("", ALASAN, "missing", "alasan")]
    if _belum_tiba(isian[DIPERIKSA]):
        salah.append(Salah("", DIPERIKSA, "in the future", "masa_depan"))
    return salah


def _belum_tiba(hari: str) -> bool:
    try:
        return date.fromisoformat(hari) > waktu.wib(waktu.sekarang()).date()
    except ValueError:
        return False  # the files' checks say that


def kalimat(layanan: Layanan, salah: Salah) -> str:
    """A fault with its field's name, for a list of faults."""
    tempatnya, baris = _tempat(salah)
    awal = judul(layanan, tempatnya) + baris if tempatnya else ""
    return ": ".join(x for x in (awal, _kata(salah)) if x)


def _tempat(salah: Salah) -> tuple[str, str]:
    """The field of a fault, and which of its lines: sumber[2].url is line 2 of sumber."""
    cocok = re.fullmatch(r"([^\[\]]*)(?:\[(\d+)\].*)?", salah.kunci)
    tempatnya, nomor = cocok.groups() if cocok else ("", None)
    return tempatnya, f", baris {nomor}" if nomor else ""


def _kata(salah: Salah) -> str:
    pola = KATA.get(salah.kode, "tidak bisa dipakai; periksa tulisannya.")
    return pola.format(**salah.rincian)


def menurut_kolom(
    layanan: Layanan, isian: Mapping[str, Nilai], salah: Iterable[Salah]
) -> dict[str, list[str]]:
    """Faults by field; "" holds those of the whole."""
    hasil: dict[str, list[str]] = {}
    for satu in salah:
        tempatnya, baris = _tempat(satu)
        tujuan = [tempatnya]
        if satu.kode == "rujukan":  # the check reads the whole answer: find the field
            tanda = re.compile(rf"#{satu.rincian['nomor']}(?!\d)")
            tujuan = [k for k, isi in isian.items() if tanda.search(tulis(isi))] or [""]
        kata = _kata(satu)
        pesan = f"Baris{baris.removeprefix(', baris')}: {kata}" if baris else kata
        for k in tujuan:
            hasil.setdefault(k, []).append(pesan[:1].upper() + pesan[1:])
    return hasil


def kolom(
    layanan: Layanan,
    isian: Mapping[str, Nilai],
    salah: Mapping[str, list[str]] | None = None,
    lain: Mapping[str, Any] | None = None,
) -> list[Kolom]:
    """The fields of the form; `lain`: what the newest version says where both were changed."""
    semula = nilai(layanan)
    return [
        Kolom(
            satu,
            judul(layanan, satu),
            _bantuan(satu),
            tulis(isian.get(satu, semula[satu])),
            tuple((salah or {}).get(satu, ())),
            tulis(lain[satu]) if lain and satu in lain else None,
        )
        for satu in semula
    ]


def _bantuan(satu: str) -> str:
    if satu.startswith("varian.") and satu.endswith(".catatan"):
        return "Kalau diisi, ini yang tampil untuk kasus ini, bukan catatan umum. Paling banyak 2."
    return BANTUAN[satu.rpartition(".")[2] if satu.startswith("varian.") else satu]
