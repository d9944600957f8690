"""The kelurahan's facts, its trigger, other offices' matters, and the directory of RT and RW."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from kelurahan import pemicu, wilayah
from kelurahan.settings import ROOT, settings
from kelurahan.wilayah import Direktori, Kelurahan, WilayahError, baca_csv

FOLDER = ROOT / "wilayah"


@pytest.fixture(scope="module")
def kel() -> Kelurahan:
    return wilayah.muat(FOLDER)


@pytest.fixture(autouse=True)
def _shipped_folder(monkeypatch, kel):
    """Whatever WILAYAH_DIR says on this machine, these tests are about the shipped files."""
    monkeypatch.setattr(wilayah, "kelurahan", lambda: kel)


# --- facts -----------------------------------------------------------------------------------


def test_the_shipped_kelurahan_says_who_and_where_it_is(kel):
    assert (kel.nama, kel.nama_pendek) == ("Kelurahan Kedungjaya", "Kedungjaya")
    assert (kel.kecamatan, kel.kota, kel.provinsi) == ("Tanah Sareal", "Kota Bogor", "Jawa Barat")
    assert kel.awalan_nomor == "KDJ"
    assert kel.alamat.startswith("Jl. Singasari No. 1")
    assert kel.jam[1] == ("Jumat", "08.00-15.00 WIB")
    assert kel.disdukcapil.situs == "https://disdukcapil.kotabogor.go.id"


def test_the_only_number_is_the_citys_complaint_line(kel):
    """The number of the 2018 news was never confirmed; no telephone of the office is known."""
    teks = "".join(p.read_text(encoding="utf-8") for p in FOLDER.iterdir())
    nomor = set(re.findall(r"\b(?:\+62|0)8[\d-]{8,}", teks))
    assert nomor == {kel.pengaduan.wa}


KELURAHAN_SALAH = [
    ("missing name", "nama: Kelurahan Kedungjaya\n", "", "kelurahan.yml: nama: missing"),
    ("unknown key", "kota: ", "kotta: ", "kotta: unknown key; did you mean 'kota'?"),
    ("bad prefix", "awalan_nomor: KDJ", "awalan_nomor: kdj", "awalan_nomor: 'kdj' does not have"),
    ("no trust", "  keyakinan: tinggi\n", "", "pengaduan.keyakinan: missing; one of: tinggi"),
    ("bad trust", "  keyakinan: tinggi\n", "  keyakinan: pasti\n", "'pasti' is not one of"),
    ("bad mail", "kel.kedungjaya@", "kel.kedungjaya-", "surel.isi: 'kel.kedungjaya-kotabogor"),
    ("bad number", "wa: 0811-9600-0060", "wa: delapan", "pengaduan.wa: 'delapan' does not have"),
    ("bad hours", "[Jumat, 08.00-15.00 WIB]", "[Jumat]", "jam.hari: "),
    ("trigger", "  - kelurahan kedung jaya\n", "  - KDJ\n", "pemicu[1]: 'KDJ' does not have"),
]


@pytest.mark.parametrize(
    ("lama", "baru", "pesan"), [s[1:] for s in KELURAHAN_SALAH], ids=[s[0] for s in KELURAHAN_SALAH]
)
def test_a_fault_in_kelurahan_yml_names_key_and_value(tmp_path, lama, baru, pesan):
    folder = salin(tmp_path)
    ganti(folder / "kelurahan.yml", lama, baru)
    with pytest.raises(WilayahError, match=re.escape(pesan)):
        wilayah.muat(folder)


def test_facts_that_are_not_known_are_absent(tmp_path):
    folder = salin(tmp_path)
    isi = (folder / "kelurahan.yml").read_text(encoding="utf-8")
    (folder / "kelurahan.yml").write_text(isi.split("\nalamat:")[0], encoding="utf-8")
    kel = wilayah.muat(folder)
    assert (kel.alamat, kel.surel, kel.situs, kel.pengaduan) == (None,) * 4
    assert (kel.jam, kel.jam_catatan) == ((), None)
    assert not any("{" in r.pesan for r in kel.rujukan)


def test_another_kelurahan_is_another_folder(tmp_path):
    folder = salin(tmp_path)
    berkas = folder / "kelurahan.yml"
    for lama, baru in (
        ("kedung jaya", "suka maju"),
        ("Tanah Sareal\nkota: Kota Bogor", "Laut\nkota: Kota Ambon"),
    ):
        ganti(berkas, lama, baru)
    kel = wilayah.muat(folder)
    tempat = (kel.kecamatan, kel.kota)
    assert pemicu.cocok("Halo Kel. Sukamaju Kota Ambon", kel.pemicu, tempat)
    assert not pemicu.cocok("Kelurahan Kedungjaya", kel.pemicu, tempat)


def test_the_folder_comes_from_the_settings(tmp_path, monkeypatch):
    monkeypatch.undo()  # the real, cached kelurahan()
    folder = salin(tmp_path)
    ganti(folder / "kelurahan.yml", "awalan_nomor: KDJ", "awalan_nomor: ABC")
    monkeypatch.setenv("WILAYAH_DIR", str(folder))
    settings.cache_clear()
    wilayah.kelurahan.cache_clear()
    try:
        assert wilayah.kelurahan().awalan_nomor == "ABC"
        assert wilayah.folder_wilayah() == folder
    finally:
        settings.cache_clear()
        wilayah.kelurahan.cache_clear()


def test_missing_files_are_named(tmp_path):
    with pytest.raises(WilayahError, match=r"kelurahan\.yml: the file is missing"):
        wilayah.muat(tmp_path)
    folder = salin(tmp_path)
    (folder / "rujukan.yml").unlink()
    with pytest.raises(WilayahError, match=r"rujukan\.yml: the file is missing"):
        wilayah.muat(folder)


def salin(tmp_path: Path) -> Path:
    """A copy of the shipped folder to break."""
    folder = tmp_path / "wilayah"
    folder.mkdir()
    for nama in ("kelurahan.yml", "rujukan.yml"):
        (folder / nama).write_text((FOLDER / nama).read_text("utf-8"), encoding="utf-8")
    return folder


def ganti(path: Path, lama: str, baru: str) -> None:
    """Replace text that must be there."""
    isi = path.read_text(encoding="utf-8")
    assert lama in isi, lama
    path.write_text(isi.replace(lama, baru), encoding="utf-8")


# --- trigger ---------------------------------------------------------------------------------

PEMICU = """Kelurahan Kedung Jaya
kelurahan kedungjaya
KELURAHAN KEDUNG JAYA
KelurahanKedungJaya
kelurahankedungjaya
Kelurahan-Kedung-Jaya
kelurahan_kedung_jaya
Kedungjaya
kedung jaya
kel. Kedung Jaya
Kel.Kedungjaya
kel kdung jaya
kelurahan kdung jaya
Kelurahn Kedungjaya
klurahan kedungjya
kelurahan kedong jaya
kelurahan kedungjayaaaa
"Kelurahan Kedung Jaya"
Kelurahan Kedung Jaya.
kelurahan kedung jaya?
Kelurahan Kedung Jaya Kota Bogor
Kelurahan Kedungjaya, Kec. Tanah Sareal, Kota Bogor
kelurahan kedung jaya kecamatan tanahsareal
kelurahan kedungjaya tanah sereal bogor jawa barat
kedungjaya bogor
halo kelurahan kedung jaya
haloooo kelurahan kedungjaya 👋
assalamualaikum kelurahan kedungjaya bogor
Assalamu'alaikum wr. wb. Kelurahan Kedung Jaya
selamat pagi pak, kelurahan kedung jaya
punten, Kelurahan Kedung Jaya
min kelurahan kedung jaya
Yth. Kelurahan Kedungjaya
tes kelurahan kedung jaya
menu kelurahan kedungjaya
ｋｅｄｕｎｇ ｊａｙａ
kelurahan
kedung
jaya""".replace("kelurahan\nkedung\njaya", "kelurahan\\nkedung\\njaya").splitlines()

BUKAN = """kelurahan kedung jaya dimana alamatnya
jam buka kelurahan kedung jaya
kelurahan kedungjaya rt
kelurahan kedung jaya di
rw kelurahan kedungjaya
wa kelurahan kedungjaya
no wa kelurahan kedung jaya
kelurahan kedungjaya buka
kelurahan kedungjaya tutup
ini kelurahan kedung jaya bukan
kantor kelurahan kedungjaya
lurah kedungjaya siapa
saya warga kelurahan kedung jaya
ktp kelurahan kedung jaya
pindah ke kelurahan kedungjaya
alamat kedungjaya
lokasi kelurahan kedungjaya dimana ya kak
instagram kelurahan kedungjaya ada?
selamat pagi bapak ibu kelurahan kedungjaya semoga sehat selalu
kelurahan kedung badak
kelurahan kedung waringin
kelurahan kebon pedes
kelurahan sukadamai
kelurahan tanah sareal
kedungjaya cirebon
kelurahan kedungjaya babelan
desa kedungjaya kabupaten bogor
kelurahan
kedung
jaya
kel
halo
kota bogor
assalamualaikum
#3
3
Budi Kedungjaya Santoso
Budi#3 mei 1990#003/005

🙂
/restart""".splitlines()


@pytest.mark.parametrize("teks", PEMICU)
def test_the_name_in_any_spelling_opens_the_menu(teks):
    assert wilayah.adalah_pemicu(teks.replace("\\n", "\n"))


@pytest.mark.parametrize("teks", BUKAN)
def test_a_question_or_another_name_is_not_the_trigger(teks):
    assert not wilayah.adalah_pemicu(teks)


def test_very_long_text_is_never_the_trigger():
    assert not wilayah.adalah_pemicu("halo " * 40 + "kelurahan kedung jaya")
    assert not wilayah.adalah_pemicu("x" * 5000)


JARAK = [
    ("", "", 0),
    ("abc", "abc", 0),
    ("abc", "abd", 1),
    ("abc", "ab", 1),
    ("kdung", "kedong", 2),
]


@pytest.mark.parametrize(("a", "b", "n"), JARAK)
def test_the_distance_counts_wrong_letters_both_ways(a, b, n):
    assert pemicu.jarak(a, b) == pemicu.jarak(b, a) == n


# --- matters of other offices ----------------------------------------------------------------

RUJUKAN = [
    ("perpanjang sim dimana ya", "sim"),
    ("STNK 5 tahunan", "kendaraan"),
    ("bayar pajak motor bisa disini?", "kendaraan"),
    ("motor gw ditilang", "tilang"),
    ("paspor anak", "paspor"),
    ("bpjs saya nonaktif", "bpjs_kesehatan"),
    ("bpjs ketenagakerjaan mau dicairkan", "bpjs_ketenagakerjaan"),
    ("token listrik ga bisa masuk", "listrik"),
    ("air pdam butek", "air"),
    ("sampah numpuk di depan", "keluhan_kota"),
    ("lampu jalan mati", "keluhan_kota"),
    ("BANSOS bulan ini", "bansos"),
    ("pkh kapan cair", "bansos"),
    ("ppdb smp kapan dibuka", "sekolah"),
    ("pindah sekolah", "sekolah"),
    ("legalisir ijazah sma", "ijazah"),
    ("sertifikat tanah hilang", "tanah"),
    ("ngurus AJB", "ajb"),
    ("gugat cerai berapa", "cerai"),
    ("buku nikah rusak kena air", "buku_nikah"),
    ("bikin nib online", "izin_usaha"),
    ("izin IMB renovasi", "bangunan"),
    ("sertifikat halal gratis", "halal_pirt"),
    ("npwp online", "pajak_pusat"),
    ("kartu kuning ak1", "tenaga_kerja"),
    ("prakerja kapan", "prakerja"),
    ("KIA anak", "kia"),
    ("jadwal imunisasi campak puskesmas", "kesehatan"),
    ("kartu sim telkomsel", "kartu_seluler"),
    ("kelurahan kebon pedes", "kelurahan_lain"),
    ("pindah faskes bpjs ke puskesmas mekarwangi", "bpjs_kesehatan"),
    ("simpan dulu ya", None),
    ("kiat sukses", None),
    ("ktp", None),
    ("", None),
]


@pytest.mark.parametrize(("teks", "kunci"), RUJUKAN)
def test_a_matter_of_another_office_is_found_by_whole_words(teks, kunci):
    rujukan = wilayah.cari_rujukan(teks)
    assert (rujukan and rujukan.kunci) == kunci


def test_every_referral_is_one_polite_sentence_of_its_own(kel):
    assert len({r.kunci for r in kel.rujukan}) == len(kel.rujukan) >= 25
    for r in kel.rujukan:
        assert r.pesan.endswith("."), r.kunci
        assert not re.search(r"\.\s+[A-Z]", r.pesan), r.kunci
        assert not re.search(r"\d{5,}", r.pesan), r.kunci


def test_a_complaint_is_sent_to_the_number_in_kelurahan_yml(kel):
    assert kel.pengaduan.wa in wilayah.cari_rujukan("jalan rusak").pesan


RUJUKAN_SALAH = [
    ("word twice", "kata: [halal, ", "kata: [nib, ", "kata: 'nib' stands in izin_usaha too"),
    ("key", "kantor: PLN", "kantr: PLN", "kantr: unknown key; did you mean 'kantor'?"),
    ("no full stop", "ditangani PLN, bukan kelurahan.", "ditangani PLN", "pesan: "),
    ("no words", "kata: [cpns, pppk, sscasn, tes cpns]", "kata: []", "kata: 0 lines"),
]


@pytest.mark.parametrize(
    ("lama", "baru", "pesan"), [s[1:] for s in RUJUKAN_SALAH], ids=[s[0] for s in RUJUKAN_SALAH]
)
def test_a_fault_in_rujukan_yml_names_the_entry(tmp_path, lama, baru, pesan):
    folder = salin(tmp_path)
    ganti(folder / "rujukan.yml", lama, baru)
    with pytest.raises(WilayahError) as info:
        wilayah.muat(folder)
    assert any(
        b.startswith("wilayah/rujukan.yml: ") and pesan in b for b in str(info.value).split("\n")
    )


# --- directory of RT and RW ------------------------------------------------------------------


def test_the_shipped_directory_is_the_marked_sample():
    direktori = baca_csv(FOLDER / "rt_rw.csv")
    assert direktori.contoh
    assert direktori.rw() == [f"{n:03d}" for n in range(1, 13)]
    assert all(direktori.rt_di(rw) == [f"{n:03d}" for n in range(1, 7)] for rw in direktori.rw())
    assert direktori.ada("006", "012")
    assert not direktori.ada("007", "012")
    assert not direktori.ada("003", "013")
    assert direktori.rt_di("013") == []


def berkas(tmp_path: Path, isi: str | bytes) -> Path:
    path = tmp_path / "rt_rw.csv"
    path.write_bytes(isi.encode("utf-8") if isinstance(isi, str) else isi)
    return path


SAMA = {("001", "002"), ("010", "002")}
BENAR = [
    ("commas", "rw,rt\n2,1\n2,10\n"),
    ("semicolons", "rw;rt\r\n2;1\r\n2;10\r\n"),
    ("tabs", "rw\trt\n2\t1\n2\t10\n"),
    ("three digits", "rw,rt\n002,001\n002,010\n"),
    ("byte order mark", b"\xef\xbb\xbfrw;rt\n2;1\n2;10\n"),
    ("other order, capitals, spaces", "RT , RW\n 1 , 2\n10,02\n"),
    ("quoted", '"rw","rt"\n"2","1"\n"2","10"\n'),
    ("blank lines", "\nrw;rt\n\n2;1\n;\n2;10\n;;\n"),
    ("empty trailing column", "rw;rt;\n2;1;\n2;10;\n"),
    ("no last newline", "rw,rt\n2,1\n2,10"),
    ("empty remark", "rw,rt,keterangan\n2,1,\n2,10\n"),
]


@pytest.mark.parametrize("isi", [b[1] for b in BENAR], ids=[b[0] for b in BENAR])
def test_the_directory_is_read_as_excel_or_hands_write_it(tmp_path, isi):
    assert baca_csv(berkas(tmp_path, isi)) == Direktori(frozenset(SAMA), contoh=False)


@pytest.mark.parametrize("baris", ["2,1,\n2,10,Contoh\n", "2,1,contoh\n2,10,\n"])
def test_one_row_marked_contoh_makes_the_whole_directory_a_sample(tmp_path, baris):
    assert baca_csv(berkas(tmp_path, f"rw,rt,keterangan\n{baris}")).contoh


CSV_SALAH = [
    ("empty", "", "rt_rw.csv: berkas kosong; baris pertama harus rw,rt"),
    ("only blanks", "\n \n;;\n", "rt_rw.csv: berkas kosong"),
    ("only header", "rw,rt\n", "rt_rw.csv: tidak ada baris data di bawah judul kolom"),
    ("no header", "1,2\n3,4\n", "rt_rw.csv baris 1: kolom 'rw' tidak ada; tulis judul kolom rw,rt"),
    ("one column", "rw\n1\n", "baris 1: kolom 'rt' tidak ada"),
    ("column twice", "rw,rt,rt\n1,2,3\n", "baris 1: kolom 'rt' ada dua kali"),
    ("typo", "rw,rt,keteragan\n1,2,contoh\n", "kolom 'keteragan' tidak dikenal; maksudnya 'ket"),
    ("people", "rw,rt,telepon\n1,2,x\n", "kolom 'telepon' tidak dikenal; hapus kolom itu"),
    (
        "letters",
        "rw,rt\n1,1\n1,1x\n",
        "rt_rw.csv baris 3: rt '1x' bukan angka; tulis angkanya saja",
    ),
    ("minus", "rw,rt\n1,-1\n", "baris 2: rt '-1' bukan angka"),
    ("decimal", "rw,rt\n1.5,1\n", "baris 2: rw '1.5' bukan angka"),
    ("other digits", "rw,rt\n1,٣\n", "baris 2: rt '٣' bukan angka"),
    ("zero", "rw,rt\n0,1\n", "baris 2: rw '0' di luar 1 sampai 999; periksa angkanya"),
    ("too big", "rw,rt\n1,1000\n", "baris 2: rt '1000' di luar 1 sampai 999"),
    ("missing", "rw,rt\n1,\n", "baris 2: rt kosong; isi dengan angka"),
    ("short row", "rw,rt\n1\n", "baris 2: rt kosong"),
    ("long row", "rw,rt\n1,2,3\n", "baris 2: 3 isian, hanya ada 2 kolom; hapus kelebihannya"),
    ("twice", "rw,rt\n1,2\n001,002\n", "baris 3: rt 002 rw 001 sudah ada di baris 2; hapus salah"),
    ("not utf-8", b"rw,rt\n1,\xff\n", "rt_rw.csv: bukan teks UTF-8; simpan sebagai 'CSV UTF-8'"),
    ("a workbook", b"PK\x03\x04\x00\x00", "rt_rw.csv"),
]


@pytest.mark.parametrize(
    ("isi", "pesan"), [s[1:] for s in CSV_SALAH], ids=[s[0] for s in CSV_SALAH]
)
def test_a_fault_names_file_row_column_and_what_to_do(tmp_path, isi, pesan):
    with pytest.raises(WilayahError) as info:
        baca_csv(berkas(tmp_path, isi))
    assert pesan in str(info.value)


def test_all_faulty_rows_are_listed_at_once(tmp_path):
    with pytest.raises(WilayahError) as info:
        baca_csv(berkas(tmp_path, "rw,rt\nx,1\n1,1\n1,1\n2,\n"))
    assert [b.split(":")[0][-1] for b in str(info.value).splitlines()] == ["2", "4", "5"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WilayahError, match=r"tiada\.csv: berkas tidak ada"):
        baca_csv(tmp_path / "tiada.csv")


def test_every_fact_of_the_dataclass_is_frozen(kel):
    with pytest.raises(dataclasses.FrozenInstanceError):
        kel.nama = "lain"
