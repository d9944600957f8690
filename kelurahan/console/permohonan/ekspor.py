"""The filtered list as a CSV file that Excel opens in Indonesia."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.engine import Row
from starlette.responses import StreamingResponse

from kelurahan.console import audit
from kelurahan.console.halaman import Permintaan
from kelurahan.console.permohonan import antrean, saringan
from kelurahan.console.permohonan.saringan import LABEL, Saringan
from kelurahan.console.tampilan import aman, nama_layanan
from kelurahan.store import sesi, waktu
from kelurahan.store.models import Permohonan
from kelurahan.store.waktu import wib

SEKALI = 500  # rows read at once: no transaction stays open while a slow line takes them
BOM = "\ufeff"  # without it Excel does not read UTF-8
PEMISAH = ";"  # what Excel expects where the decimal sign is a comma
RUMUS = frozenset("=+-@")
JUDUL = (
    *("Nomor", "Masuk", "Layanan", "Jenis", "Nama", "Tanggal lahir", "RT", "RW"),
    *("Status", "Status sejak"),
)


def ekspor(p: Permintaan) -> StreamingResponse:
    """Stream what the filters and the search leave; the trail tells how much, not whom."""
    saring, cari = saringan.baca(p.form), p.isi("cari", 100)
    with sesi() as s:
        batas = s.scalar(select(func.max(Permohonan.id))) or 0
        banyak = antrean.jumlah(s, saring, cari)
        isi = {"saringan": saring.isi, "pencarian": bool(cari), "baris": banyak}
        audit.catat(s, p.pengguna.nama_pengguna, "ekspor", "permohonan", sesudah=isi)
    nama = f"permohonan-{wib(waktu.sekarang()):%Y-%m-%d-%H%M}.csv"
    return StreamingResponse(
        _teks(_baris(saring, cari, batas)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{nama}"'},
    )


def _baris(saring: Saringan, cari: str, batas: int) -> Iterator[Row]:
    """The rows in the order of the queue, those filed meanwhile left out."""
    syarat = [*saring.syarat(), Permohonan.id <= batas]
    pilih = select(*antrean.KOLOM).where(*syarat).order_by(Permohonan.id).limit(SEKALI)
    sesudah = 0
    while True:
        with sesi(baca=True) as s:
            lanjut = pilih.where(Permohonan.id > sesudah, *antrean.pencarian(s, cari))
            sekali = s.execute(lanjut).all()
        yield from sekali
        if len(sekali) < SEKALI:
            return
        sesudah = sekali[-1].id


def _teks(baris: Iterator[Row]) -> Iterator[str]:
    penampung = io.StringIO()
    tulis = csv.writer(penampung, delimiter=PEMISAH, lineterminator="\r\n")
    penampung.write(BOM)
    tulis.writerow(JUDUL)
    for n, satu in enumerate(baris, 1):
        tulis.writerow([jinak(sel) for sel in _sel(satu)])
        if n % SEKALI == 0:
            yield _ambil(penampung)
    yield _ambil(penampung)


def _ambil(penampung: io.StringIO) -> str:
    teks = penampung.getvalue()
    penampung.seek(0)
    penampung.truncate()
    return teks


def _sel(satu: Row) -> tuple[str, ...]:
    lahir = satu.tanggal_lahir
    return (
        satu.nomor,
        _saat(satu.dibuat),
        nama_layanan(satu.layanan),
        satu.varian or "",
        aman(satu.nama),
        f"{lahir:%d/%m/%Y}" if lahir else "",
        satu.rt or "",
        satu.rw,
        LABEL[satu.status],
        _saat(satu.diubah),
    )


def _saat(saat: datetime) -> str:
    return f"{wib(saat):%d/%m/%Y %H:%M}"


def jinak(sel: str) -> str:
    """A cell that no spreadsheet takes for a formula; looks through blanks and wide letters."""
    awal = unicodedata.normalize("NFKC", sel.lstrip()[:1])
    return f"'{sel}" if awal[:1] in RUMUS or sel[:1] in ("\t", "\r", "\n") else sel
