"""Attachments in the store: what they are kept for, who fetches them, how they are forgotten."""

from __future__ import annotations

import os
import stat
import time

import pytest
from lampiran_dunia import (
    PDF,
    baris,
    berkas,
    id_permohonan,
    menunggu,
    serahkan,
    tersimpan,
    ubah_permohonan,
)
from lampiran_dunia import folder as folder
from petugas_dunia import ajukan, warga
from sqlalchemy import select, update
from whatsapp_store_world import Clock, at_once, value

from kelurahan import permohonan
from kelurahan.replies import info
from kelurahan.store import lampiran, lampiran_berkas, sesi, status, waktu
from kelurahan.store import warga as warga_
from kelurahan.store.models import Warga
from kelurahan.store.models_petugas import Lampiran
from kelurahan.wilayah import kelurahan

pytestmark = pytest.mark.kedua_basis_data


@pytest.fixture
def jam(basis_data, monkeypatch) -> Clock:
    return Clock(monkeypatch)


def tujuan(warga_id: str, teks: str = "") -> lampiran.Tujuan | None:
    with sesi(baca=True) as s:
        return lampiran.tujuan(s, warga_id, teks)


# what for


@pytest.mark.parametrize("keadaan", status.SEMUA)
def test_a_photo_is_kept_for_an_application_that_is_being_worked_on_and_for_no_other(jam, keadaan):
    satu = warga()
    nomor = ajukan(satu)
    nomor_id = ubah_permohonan(nomor, status=keadaan)
    ditemukan = tujuan(satu)
    if keadaan in ("baru", "diperiksa", "perlu_dilengkapi", "diproses"):
        assert ditemukan == lampiran.Tujuan(nomor_id, nomor, False)
    else:
        assert ditemukan is None


def test_without_an_application_or_an_officer_nothing_is_kept(jam):
    satu = warga()
    ajukan(warga("6281100000002"))
    assert tujuan(satu) is None
    assert tujuan("tidak dikenal") is None


def test_a_conversation_that_was_handed_over_is_reason_enough_until_it_ends(jam):
    satu = warga()
    serahkan(satu, selesai=waktu.sekarang())
    assert tujuan(satu) is None
    serahkan(satu)
    assert tujuan(satu) == lampiran.Tujuan(None, None, False)
    with sesi() as s:
        s.execute(update(Warga).values(dipegang=True))
    assert tujuan(satu).dipegang


def test_of_several_applications_the_one_that_waits_for_something_then_the_newest(jam):
    satu = warga()
    nomor = [ajukan(satu, f"p{n}", layanan=layanan) for n, layanan in enumerate(("sku", "sktm"))]
    assert tujuan(satu).nomor == nomor[1]
    ubah_permohonan(nomor[0], status=status.PERLU_DILENGKAPI)
    assert tujuan(satu).nomor == nomor[0]
    assert tujuan(satu, f"foto KK untuk {nomor[1].lower()}").nomor == nomor[1]


# fetching


def ambil(banyak: int = 10) -> list[lampiran.Ambilan]:
    with sesi() as s:
        return lampiran.ambil(s, banyak)


def test_two_processes_never_fetch_the_same_one(jam, folder):
    semua = {menunggu(warga()) for _ in range(6)}
    didapat = at_once(lambda _: ambil(2), 5)
    diambil = [satu.id for daftar in didapat for satu in daftar]
    assert sorted(diambil) == sorted(set(diambil))
    assert set(diambil) <= semua
    assert len(set(diambil) | {satu.id for satu in ambil(10)}) == 6


def test_a_claim_runs_out_and_its_late_owner_changes_nothing(jam, folder):
    nomor = menunggu(warga())
    (mati,) = ambil()
    assert not lampiran.ada_yang_menunggu()
    jam.pass_(lampiran.SEWA.total_seconds() + 1)
    assert lampiran.ada_yang_menunggu()
    (hidup,) = ambil()
    assert (mati.percobaan, hidup.percobaan) == (1, 2)
    assert mati.berkas == hidup.berkas
    with sesi() as s:
        assert not lampiran.simpan(s, mati, mime="image/jpeg", ukuran=1)
        assert not lampiran.tutup(s, mati, lampiran.GAGAL, "whatsapp")
        assert lampiran.simpan(s, hidup, mime="image/jpeg", ukuran=7)
    satu = baris(nomor)
    assert (satu.state, satu.ukuran, satu.media_id) == (lampiran.TERSIMPAN, 7, None)


@pytest.mark.parametrize(("dihitung", "percobaan"), [(True, 2), (False, 1)])
def test_a_postponed_one_waits_for_its_time(jam, folder, dihitung, percobaan):
    menunggu(warga())
    with sesi() as s:
        lampiran.tunda(s, lampiran.ambil(s, 1)[0], 60, dihitung=dihitung)
    jam.pass_(59)
    assert (lampiran.ada_yang_menunggu(), ambil()) == (False, [])
    jam.pass_(2)
    assert ambil()[0].percobaan == percobaan


def test_the_same_message_is_one_attachment(jam, folder):
    satu = warga()
    with sesi() as s:
        for media_id in ("1", "2"):
            lampiran.catat(s, satu, "p" * 64, media_id=media_id, mime="", permohonan_id=None)
    assert value("SELECT media_id FROM lampiran") == "1"


# files


def test_a_file_is_readable_by_us_alone_and_its_name_says_nothing(folder):
    nama = lampiran_berkas.nama_baru()
    lampiran_berkas.simpan(nama, b"isi")
    assert [satu.name for satu in berkas(folder)] == [nama]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / nama).stat().st_mode) == 0o600
    assert lampiran_berkas.baca(nama) == b"isi"


def test_a_file_half_written_by_a_dead_process_is_written_anew_and_goes_with_it(folder):
    nama = lampiran_berkas.nama_baru()
    lampiran_berkas.simpan(nama, b"lama")
    (folder / f"{nama}.baru").write_bytes(b"setengah")
    lampiran_berkas.simpan(nama, b"baru")
    assert lampiran_berkas.baca(nama) == b"baru"
    (folder / f"{nama}.baru").write_bytes(b"setengah")
    assert lampiran_berkas.hapus(nama)
    assert berkas(folder) == []


JAHAT = [
    "../rahasia",
    "/etc/passwd",
    "..",
    "",
    "a/" + "b" * 32,
    "A" * 32,
    "a" * 31,
    "a" * 32 + "\n",
]


@pytest.mark.parametrize("nama", JAHAT, ids=repr)
def test_a_name_that_is_not_ours_leads_nowhere(folder, nama):
    folder.mkdir()
    (folder.parent / "rahasia").write_text("rahasia")
    with pytest.raises(lampiran_berkas.BerkasError):
        lampiran_berkas.baca(nama)
    with pytest.raises(lampiran_berkas.BerkasError):
        lampiran_berkas.simpan(nama, b"x")
    assert not lampiran_berkas.hapus(nama)
    assert (folder.parent / "rahasia").exists()


@pytest.mark.parametrize("jenis", ["link", "folder"])
def test_only_regular_files_are_read(folder, jenis):
    folder.mkdir()
    rahasia = folder.parent / "rahasia"
    rahasia.write_text("rahasia")
    nama = lampiran_berkas.nama_baru()
    if jenis == "link":
        (folder / nama).symlink_to(rahasia)
    else:
        (folder / nama).mkdir()
    with pytest.raises(lampiran_berkas.BerkasError):
        lampiran_berkas.baca(nama)


def test_a_nearly_full_disk_takes_no_attachments(folder, monkeypatch):
    lampiran_berkas.pastikan_ruang()
    monkeypatch.setattr(lampiran_berkas, "SISA_RUANG", 2**60)
    with pytest.raises(lampiran_berkas.BerkasError, match="make room"):
        lampiran_berkas.pastikan_ruang()


# forgetting


def test_erasing_a_resident_takes_the_files_at_once_and_nobody_elses(jam, folder):
    satu, lain = warga(), warga("6281100000002")
    nomor = ajukan(satu)
    milik = [tersimpan(satu, permohonan_id=id_permohonan(nomor)), tersimpan(satu, PDF)]
    tinggal = tersimpan(lain)
    permohonan.hapus_data(satu)
    assert [b.name for b in berkas(folder)] == [baris(tinggal).berkas]
    assert value("SELECT count(*) FROM lampiran WHERE warga_id = :w", w=satu) == 0
    for hilang in map(baris, milik):
        assert (hilang.state, hilang.permohonan_id, hilang.media_id) == ("gone", None, None)
    lampiran.bersihkan()
    assert value("SELECT id FROM lampiran") == tinggal


def test_an_erasure_that_is_rolled_back_keeps_the_files(jam, folder):
    satu = warga()
    tersimpan(satu)
    with pytest.raises(RuntimeError), sesi() as s:
        lampiran.lepaskan(s, [satu])
        raise RuntimeError
    lampiran.bersihkan()
    assert len(berkas(folder)) == 1


def test_what_is_being_fetched_while_its_resident_is_erased_leaves_nothing(jam, folder):
    satu = warga()
    menunggu(satu)
    (ambilan,) = ambil()
    permohonan.hapus_data(satu)
    lampiran_berkas.simpan(ambilan.berkas, b"foto")  # by a process that knows nothing of it
    lampiran.bersihkan()
    assert len(berkas(folder)) == 1, "its claim still runs: the process may be writing"
    with sesi() as s:
        assert not lampiran.simpan(s, ambilan, mime="image/jpeg", ukuran=4)
    jam.pass_(lampiran.SEWA.total_seconds() + 1)
    lampiran.bersihkan()
    assert berkas(folder) == []
    assert value("SELECT count(*) FROM lampiran") == 0


HARI = 86400
UMUR = {
    "finished long ago": (status.SELESAI, 91, False),
    "finished lately": (status.SELESAI, 89, True),
    "refused long ago": (status.DITOLAK, 91, False),
    "cancelled long ago": (status.DIBATALKAN, 91, False),
    "ready but never fetched": (status.SIAP_DIAMBIL, 91, False),
    "still open": (status.PERLU_DILENGKAPI, 400, True),
    "no application, old": (None, 91, False),
    "no application, young": (None, 89, True),
}


@pytest.mark.parametrize(("keadaan", "hari", "tinggal"), UMUR.values(), ids=UMUR.keys())
def test_attachments_go_when_nobody_needs_them_any_more(jam, folder, keadaan, hari, tinggal):
    satu = warga()
    nomor_id = None
    if keadaan:
        nomor_id = ubah_permohonan(ajukan(satu), status=keadaan, diubah=waktu.sekarang())
    nomor = tersimpan(satu, permohonan_id=nomor_id)
    jam.pass_(hari * HARI)
    lampiran.bersihkan()
    assert (baris(nomor) is not None) is tinggal
    assert bool(berkas(folder)) is tinggal


def test_residents_are_told_how_long_it_is():
    hari = f"foto dan PDF {lampiran.SIMPAN_SETELAH_SELESAI} hari setelah permohonan selesai"
    assert hari in info.data_pribadi(kelurahan()).teks


def test_one_whose_resident_was_erased_in_the_same_moment_goes_too(jam, folder):
    nomor = tersimpan("sudah dihapus")
    lampiran.bersihkan()
    assert (baris(nomor), berkas(folder)) == (None, [])


def test_a_file_that_cannot_be_removed_keeps_its_row_until_it_can(jam, folder):
    satu = warga()
    nomor = tersimpan(satu)
    tempat = folder / baris(nomor).berkas
    tempat.unlink()
    tempat.mkdir()  # what unlink cannot remove, whoever runs the test
    permohonan.hapus_data(satu)
    lampiran.bersihkan()
    assert baris(nomor).state == lampiran.DIHAPUS
    tempat.rmdir()
    lampiran.bersihkan()
    assert baris(nomor) is None


def yatim(folder, hari: int, nama: str = "") -> str:
    """A file no row names, of that age."""
    nama = nama or lampiran_berkas.nama_baru()
    folder.mkdir(exist_ok=True)
    (folder / nama).write_bytes(b"x")
    saat = time.time() - hari * HARI
    os.utime(folder / nama, (saat, saat))
    return nama


def test_files_of_a_restored_backup_go_after_a_month_but_never_those_that_are_not_ours(jam, folder):
    tetap = [baris(tersimpan(warga())).berkas, yatim(folder, 29), yatim(folder, 40, "catatan.txt")]
    yatim(folder, 31)
    assert lampiran.bersihkan() == 1
    assert [b.name for b in berkas(folder)] == sorted(tetap)


def test_the_folder_of_another_database_is_left_alone(jam, folder):
    """Whoever starts the console with an empty database must not empty the real folder."""
    asing = yatim(folder, 400)
    nomor = tersimpan(warga())
    (folder / baris(nomor).berkas).unlink()
    assert lampiran.bersihkan() == 0
    assert [b.name for b in berkas(folder)] == [asing]


def test_two_records_of_one_resident_become_one_with_all_attachments(jam, folder):
    with sesi() as s:
        lewat_nomor = warga_.kenali(s, wa_id="6281100000009", bsuid=None)
    jam.pass_(1)
    with sesi() as s:
        lewat_bsuid = warga_.kenali(s, wa_id=None, bsuid="ID.abc")
    semua = {tersimpan(lewat_nomor), tersimpan(lewat_bsuid)}
    with sesi() as s:
        tinggal = warga_.kenali(s, wa_id="6281100000009", bsuid="ID.abc")
        assert set(s.scalars(select(Lampiran.id).where(Lampiran.warga_id == tinggal))) == semua


def test_reprs_show_neither_residents_nor_files(jam, folder):
    nomor = menunggu(warga(), media_id="rahasia1")
    (satu,) = ambil()
    for dilihat in (repr(satu), repr(baris(nomor))):
        assert "rahasia1" not in dilihat
        assert satu.berkas not in dilihat
