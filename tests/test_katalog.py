"""The catalogue: what is shipped, and what each fault in a file is answered with."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from kelurahan import katalog as modul
from kelurahan.berkas import panjang_utf16
from kelurahan.katalog import Katalog, KatalogError, Layanan, muat, pilih_varian
from kelurahan.katalog_periksa import panjang_jawaban
from kelurahan.settings import ROOT, settings

FOLDER = ROOT / "layanan"
URUTAN = """ktp kk akta_lahir skdu sku sktt sktm skck belum_menikah keramaian bepergian kematian
    kelahiran beda_identitas haji ahli_waris sppt_pbb pindah_masuk pindah_keluar nikah"""
MENU = URUTAN.split()
TANPA_PENGANTAR = ["ktp", "kk", "akta_lahir", "sppt_pbb", "pindah_masuk", "pindah_keluar"]


@pytest.fixture(scope="module")
def katalog() -> Katalog:
    return muat(FOLDER)


def contoh(**ubah: object) -> dict:
    """A valid service as it stands in a file; a value of None takes the key out."""
    isi = {
        "nomor": 1,
        "kelompok": "satu",
        "judul": "Surat Contoh",
        "nama": "Surat Keterangan Contoh",
        "singkat": "Surat Contoh",
        "sebutan": ["surat contoh", "suket contoh"],
        "syarat": ["Fotokopi KTP"],
        "varian": [varian("hilang", "ilang"), varian("rusak", "patah")],
        "biaya": "Gratis.",
        "lama": "Angka resmi belum ada.",
        "alur": ["Siapkan berkas", "Bawa ke loket", "Ambil surat"],
        "penerbit": "Lurah",
        "catatan": ["Bawa yang asli."],
        "pengantar": {"perlu": "ya", "pesan": "Minta surat pengantar."},
        "data_siapa": "pemohon",
        "sumber": [{"url": "https://contoh.go.id/syarat"}],
        "diperiksa": date(2026, 11, 24),
        "keyakinan": "sedang",
    }
    return {k: v for k, v in {**isi, **ubah}.items() if v is not None}


def varian(kunci: str, *sebutan: str, **ubah: object) -> dict:
    return {
        "kunci": kunci,
        "nama": kunci.title(),
        "sebutan": [kunci, *sebutan],
        "syarat": [f"Surat {kunci}"],
        **ubah,
    }


def tulis(folder: Path, **layanan: object) -> Path:
    """Write a catalogue folder; a service given as text is written as it is."""
    folder = folder / "layanan"
    folder.mkdir()
    (folder / "_kelompok.yml").write_text("- {kunci: satu, judul: Surat}\n")
    for slug, isi in layanan.items():
        with (folder / f"{slug}.yml").open("w", encoding="utf-8") as berkas:
            if isinstance(isi, str):
                berkas.write(isi)
            else:
                YAML().dump(isi, berkas)
    return folder


def kedua(**ubah: object) -> dict:
    """A second valid service beside `contoh()`."""
    return contoh(**{"nomor": 2, "judul": "Surat Lain", "sebutan": ["surat lain"], **ubah})


def test_the_shipped_catalogue_has_the_twenty_services_in_menu_order(katalog):
    assert list(katalog.slugs()) == MENU
    assert [x.nomor for x in katalog.layanan] == list(range(1, 21))


def test_every_service_is_in_exactly_one_group_of_at_most_ten(katalog):
    kelompok = [katalog.per_kelompok(k.kunci) for k in katalog.kelompok]
    assert sorted(x.slug for isi in kelompok for x in isi) == sorted(MENU)
    assert 5 <= len(kelompok) <= 6
    assert max(map(len, kelompok)) <= 10


@pytest.mark.parametrize("slug", MENU)
def test_every_service_can_be_shown_to_a_resident(katalog, slug):
    x = katalog.ambil(slug)
    assert panjang_utf16(f"#{x.nomor} {x.judul}") <= 24, (
        "the list shows the number before the title"
    )
    assert panjang_jawaban(x) <= 3000
    assert all(len(s) <= 110 for s in (*x.syarat, *(s for v in x.varian for s in v.syarat)))
    assert x.sumber
    assert x.keyakinan in ("tinggi", "sedang", "rendah")
    assert x.keraguan, "every service has a doubt recorded in the facts"


@pytest.mark.parametrize("slug", MENU)
def test_a_service_without_a_fee_says_gratis_first(katalog, slug):
    biaya = katalog.ambil(slug).biaya
    bercabang = ("skck", "haji", "nikah", "sppt_pbb")
    assert biaya.startswith("Gratis.") != (slug in bercabang), biaya


@pytest.mark.parametrize("slug", MENU)
def test_unchecked_facts_are_not_shown_as_law(katalog, slug):
    x = katalog.ambil(slug)
    for belum in ("109/2019", "16/2019", "74/2022", "PP 5/2021", "PP 28/2025", "UU 14/2025"):
        assert not any(belum in baris for baris in (*x.dasar_hukum, *x.alur, *x.baris()))


@pytest.mark.parametrize("slug", MENU)
def test_the_letter_of_rt_and_rw_is_asked_for_only_where_it_is_needed(katalog, slug):
    x = katalog.ambil(slug)
    semua = " ".join((*x.syarat, *(s for v in x.varian for s in v.syarat)))
    if slug in TANPA_PENGANTAR:
        assert x.pengantar.perlu == "tidak"
        assert "pengantar RT/RW" not in semua
    else:
        assert x.pengantar.perlu in ("ya", "mungkin")
        assert "Surat pengantar RT/RW" in semua
        assert "Ketua RT" in x.pengantar.pesan
        assert "Ketua RW" in x.pengantar.pesan


def test_only_the_ktp_has_an_age_rule_and_marriage_lifts_it(katalog):
    usia = {x.slug: x.usia_minimal for x in katalog.layanan if x.usia_minimal}
    assert list(usia) == ["ktp"]
    assert (usia["ktp"].tahun, usia["ktp"].kecuali_kawin) == (17, True)


def test_the_catalogue_is_found_by_number_and_by_slug(katalog):
    assert katalog.nomor(3).slug == "akta_lahir"
    assert [katalog.nomor(n) for n in (0, -1, 21)] == [None] * 3
    with pytest.raises(KatalogError, match="did you mean 'kematian'"):
        katalog.ambil("kematin")


def test_the_readme_explains_every_key(katalog):
    teks = (FOLDER / "README.md").read_text(encoding="utf-8")
    tertulis = re.findall(r"^\| `(\w+)` \|", teks, re.MULTILINE)
    assert tertulis == [f.name for f in dataclasses.fields(Layanan) if f.name != "slug"]


PILIHAN = [
    ("ktp", "kalau hilang?", "hilang"),
    ("ktp", "KTP saya ILANG min", "hilang"),
    ("ktp", "hilangnya kemarin", "hilang"),
    ("ktp", "yang patah gimana", "rusak"),
    ("ktp", "buat yang baru 17 tahun", "baru"),
    ("ktp", "menghilangkan", None),
    ("ktp", "berapa biayanya", None),
    ("ktp", "ilang atau rusak", None),
    ("ktp", "", None),
    ("kk", "pisah kk karena nikah", "pisah"),
    ("kk", "mau pecah", "pisah"),
    ("kk", "nambah anak baru lahir", "tambah_anak"),
    ("kk", "ayah meninggal, ganti kepala keluarga", "ganti_kepala"),
    ("kk", "kena banjir jadi robek", "hilang_rusak"),
    ("sktt", "saya WNA", "wna"),
    ("sktt", "buat orang asing", "wna"),
    ("belum_menikah", "kalau janda?", "janda_duda"),
    ("belum_menikah", "saya duda", "janda_duda"),
    ("akta_lahir", "udah telat 2 tahun", "terlambat"),
    ("akta_lahir", "kalau nikah siri", "tanpa_buku_nikah"),
    ("skck", "mau perpanjang", "perpanjangan"),
    ("pindah_keluar", "masih satu kota", "dalam_kota"),
    ("nikah", "daftar ke KUA", "kua"),
    ("sku", "hilang", None),
]


@pytest.mark.parametrize(("slug", "teks", "kunci"), PILIHAN, ids=lambda x: str(x)[:30])
def test_the_words_of_a_follow_up_choose_the_variant(katalog, slug, teks, kunci):
    terpilih = pilih_varian(katalog.ambil(slug), teks)
    assert (terpilih and terpilih.kunci) == kunci


def test_a_valid_folder_loads_and_optional_keys_have_defaults(tmp_path):
    isi = contoh(varian=None, catatan=None)
    x = muat(tulis(tmp_path, contoh=isi, lain=kedua())).ambil("contoh")
    assert (x.varian, x.catatan, x.usia_minimal, x.dasar_hukum) == ((), (), None, ())
    assert (x.rt_rw_mana, x.pembuka) == ("tempat tinggal", "")


def test_the_folder_comes_from_the_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("LAYANAN_DIR", str(tulis(tmp_path, contoh=contoh())))
    settings.cache_clear()
    modul.katalog_berkas.cache_clear()
    try:
        assert modul.katalog().slugs() == ("contoh",)
    finally:
        settings.cache_clear()
        modul.katalog_berkas.cache_clear()


def test_the_fingerprint_follows_aliases_and_not_fees(tmp_path):
    def sidik(nama: str, **ubah: object) -> str:
        (tmp_path / nama).mkdir()
        return muat(tulis(tmp_path / nama, contoh=contoh(**ubah))).sidik()

    asal = sidik("a")
    assert sidik("b", biaya="Rp5.000.") == asal
    assert sidik("c", sebutan=["surat contoh", "skc"]) != asal
    assert sidik("d", varian=[varian("hilang", "leungit"), varian("rusak")]) != asal


# One key wrong: what the file says, and what the fault must say.
SALAH = [
    ("nomor missing", {"nomor": None}, "layanan/contoh.yml: nomor: missing"),
    ("nomor text", {"nomor": "satu"}, "nomor: 'satu' expected a whole number"),
    ("nomor true", {"nomor": True}, "nomor: True expected a whole number"),
    ("nomor zero", {"nomor": 0}, "nomor: 0 is not between 1 and 99"),
    ("group unknown", {"kelompok": "saru"}, "kelompok: 'saru' is not one of: satu; did you mean"),
    ("title long", {"judul": "J" * 27}, "27 characters, at most 24"),
    ("title emoji", {"judul": "\U0001f600" * 13}, "26 characters, at most 24"),
    ("title number", {"judul": 17}, "judul: 17 expected text (put it in quotes)"),
    ("title empty", {"judul": " "}, "judul: ' ' is empty or has spaces around it"),
    ("title spaced", {"judul": "Surat "}, "judul: 'Surat ' is empty or has spaces around it"),
    ("name long", {"nama": "N" * 73}, "nama: "),
    ("bold sign", {"nama": "Surat *penting*"}, "nama: 'Surat *penting*' contains '*'"),
    ("two lines", {"biaya": "Gratis.\nYa."}, "biaya: 'Gratis.\\nYa.' contains '\\n'"),
    ("unchecked", {"lama": "1 hari [belum dicek di sumber]"}, "contains '[belum dicek'"),
    ("alias missing", {"sebutan": None}, "sebutan: 0 lines, expected 1 to 99"),
    ("alias not a list", {"sebutan": "ktp"}, "sebutan: 'ktp' expected a list"),
    ("alias capital", {"sebutan": ["KTP"]}, "sebutan[1]: 'KTP' does not have the form"),
    ("alias twice", {"sebutan": ["a b", "a b"]}, "sebutan: 'a b' stands there twice"),
    ("no requirement", {"syarat": None, "varian": None}, "syarat: missing; a service needs"),
    ("requirement long", {"syarat": ["S" * 111]}, "111 characters, at most 110"),
    ("requirement number", {"syarat": [3]}, "syarat[1]: 3 expected text"),
    ("steps few", {"alur": ["Datang"]}, "alur: 1 lines, expected 3 to 6"),
    ("notes many", {"catatan": list("abcde")}, "catatan: 5 lines, expected 0 to 4"),
    ("letter missing", {"pengantar": None}, "pengantar: missing"),
    ("letter text", {"pengantar": "ya"}, "pengantar: 'ya': expected keys with values"),
    (
        "letter unknown",
        {"pengantar": {"perlu": "tidka", "pesan": "Ya."}},
        "pengantar.perlu: 'tidka' is not one of: ya, tidak, mungkin; did you mean 'tidak'?",
    ),
    (
        "age text",
        {"usia_minimal": {"tahun": "17", "kecuali_kawin": "ya", "pesan": "17."}},
        "usia_minimal.tahun: '17' expected a whole number",
    ),
    (
        "age yes",
        {"usia_minimal": {"tahun": 17, "kecuali_kawin": "ya", "pesan": "17."}},
        "usia_minimal.kecuali_kawin: 'ya' expected true or false",
    ),
    ("no source", {"sumber": None}, "sumber: 0 entries, at least 1"),
    ("bad address", {"sumber": [{"url": "kotabogor"}]}, "sumber[1].url: 'kotabogor' is not a web"),
    ("source key", {"sumber": [{"link": "x"}]}, "sumber[1].link: unknown key"),
    ("date text", {"diperiksa": "24-11-2026"}, "diperiksa: '24-11-2026' expected YYYY-MM-DD"),
    ("date missing", {"diperiksa": None}, "diperiksa: missing"),
    ("confidence", {"keyakinan": "tingi"}, "keyakinan: 'tingi' is not one of: tinggi, sedang"),
    ("unknown key", {"biyaya": "x"}, "biyaya: unknown key; did you mean 'biaya'?"),
    ("variant key", {"varian": [varian("a b")]}, "varian[1].kunci: 'a b' does not have the form"),
    ("variant typo", {"varian": [varian("a", sarat=["x"])]}, "varian[1].sarat: unknown key; did"),
    ("variant empty", {"varian": [varian("a", syarat=[])]}, "varian[1].syarat: 0 lines"),
    ("variant twice", {"varian": [varian("a"), varian("a")]}, "varian: kunci 'a' stands there twi"),
    (
        "variant word",
        {"varian": [varian("aa"), varian("bb", "aa")]},
        "varian: 'aa' stands in 'aa' and in 'bb'",
    ),
    ("dead number", {"catatan": ["Ketik #9."]}, "sends residents to #9, but there is no service 9"),
    (
        "answer long",
        {"varian": [varian(f"v{n}", syarat=[f"{n}{m:0>100}" for m in range(6)]) for n in range(5)]},
        "at most 3000",
    ),
]


@pytest.mark.parametrize(("ubah", "pesan"), [s[1:] for s in SALAH], ids=[s[0] for s in SALAH])
def test_each_fault_names_file_key_and_value(tmp_path, ubah, pesan):
    with pytest.raises(KatalogError) as info:
        muat(tulis(tmp_path, contoh=contoh(**ubah)))
    baris = [b for b in str(info.value).splitlines() if pesan in b]
    assert baris, f"{pesan!r} is not in:\n{info.value}"
    assert all(b.startswith("layanan/contoh.yml: ") for b in baris)


# Two files that do not go together.
BERSAMA = [
    ("number twice", {"nomor": 1}, "layanan/lain.yml: nomor: 1 is used by contoh.yml too"),
    ("number gap", {"nomor": 3}, "layanan/: nomor: 2 is missing"),
    (
        "title twice",
        {"judul": "surat contoh"},
        "lain.yml: judul: 'surat contoh' is used by",
    ),
    ("alias twice", {"sebutan": ["surat-contoh"]}, "'surat-contoh' stands in contoh.yml too"),
]


@pytest.mark.parametrize(("ubah", "pesan"), [s[1:] for s in BERSAMA], ids=[s[0] for s in BERSAMA])
def test_services_that_contradict_each_other_are_refused(tmp_path, ubah, pesan):
    with pytest.raises(KatalogError, match=re.escape(pesan)):
        muat(tulis(tmp_path, contoh=contoh(), lain=kedua(**ubah)))


RUSAK = [
    ("empty", "", "layanan/contoh.yml: the file is empty"),
    ("list", "- satu\n- dua\n", "layanan/contoh.yml: ['satu', 'dua']: expected keys with values"),
    ("tab", "nomor: 1\n\tjudul: x\n", "layanan/contoh.yml: line 2: not valid YAML"),
    ("key twice", "nomor: 1\nnomor: 2\n", "layanan/contoh.yml: line 2: not valid YAML"),
]


@pytest.mark.parametrize(("isi", "pesan"), [s[1:] for s in RUSAK], ids=[s[0] for s in RUSAK])
def test_a_file_that_cannot_be_read_is_named_with_the_line(tmp_path, isi, pesan):
    with pytest.raises(KatalogError, match=re.escape(pesan)):
        muat(tulis(tmp_path, contoh=isi, lain=kedua(nomor=1)))


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    folder = tulis(tmp_path, contoh=contoh())
    (folder / "lain.yml").write_bytes("judul: Ket\xe9rangan".encode("latin-1"))
    with pytest.raises(KatalogError, match=r"lain.yml: not UTF-8 text; save it as UTF-8"):
        muat(folder)


@pytest.mark.parametrize("nama", ["KTP.yml", "ktp-el.yml", "ktp.yaml"])
def test_a_file_name_that_is_no_slug_is_refused(tmp_path, nama):
    folder = tulis(tmp_path, contoh=contoh())
    (folder / "contoh.yml").rename(folder / nama)
    with pytest.raises(KatalogError, match=f"{nama}: the file name must be <slug>.yml"):
        muat(folder)


def test_an_empty_folder_and_missing_groups_are_said_at_once(tmp_path):
    (tmp_path / "layanan").mkdir()
    with pytest.raises(KatalogError) as info:
        muat(tmp_path / "layanan")
    assert "no service file" in str(info.value)
    assert "_kelompok.yml: the file is missing" in str(info.value)


def test_a_group_too_big_for_a_list_is_refused(tmp_path):
    banyak = {
        f"surat_{n}": contoh(nomor=n, judul=f"Surat {n}", sebutan=[f"surat nomor {n}"])
        for n in range(1, 12)
    }
    with pytest.raises(KatalogError, match="_kelompok.yml: satu: 11 services, expected 1 to 10"):
        muat(tulis(tmp_path, **banyak))


def test_a_group_without_services_is_refused(tmp_path):
    folder = tulis(tmp_path, contoh=contoh())
    (folder / "_kelompok.yml").write_text("- {kunci: satu, judul: A}\n- {kunci: dua, judul: B}\n")
    with pytest.raises(KatalogError, match="dua: 0 services, expected 1 to 10"):
        muat(folder)


def test_all_faults_of_all_files_are_listed_at_once(tmp_path):
    folder = tulis(
        tmp_path, contoh=contoh(judul="J" * 30, lama=None), lain=kedua(keyakinan="x", biyaya="y")
    )
    with pytest.raises(KatalogError) as info:
        muat(folder)
    assert len(str(info.value).splitlines()) == 4
