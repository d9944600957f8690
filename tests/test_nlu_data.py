"""The training data as a whole, by the checks of `make nlu-check`, and the checks themselves."""

from __future__ import annotations

from collections import Counter

import pytest

from kelurahan.katalog import katalog
from kelurahan.nlu.label import TUJUAN_LAYANAN
from scripts.nlu import check
from scripts.nlu.pesan import DATA, Latih, PesanError, Uji, baca_latih, baca_uji


@pytest.fixture(scope="module")
def latih() -> list[Latih]:
    return baca_latih()


@pytest.fixture(scope="module")
def uji() -> list[Uji]:
    return baca_uji()


def test_there_is_as_much_data_as_the_docs_say(latih, uji):
    assert len(latih) > 34_000
    assert len(uji) > 1_600


def test_no_message_stands_under_two_labels_or_twice(latih):
    assert list(check.bentrok(latih)) == []


def test_no_message_is_a_near_copy_of_another(latih):
    assert list(check.salinan(latih)) == []


def test_no_held_out_message_is_trained_on_or_nearly(latih, uji):
    assert list(check.bocor(latih, uji)) == []


def test_no_message_marks_an_entity(latih):
    assert list(check.anotasi(latih)) == []


def test_every_purpose_and_service_has_enough_messages(latih, uji):
    assert list(check.tipis(latih, uji)) == []


@pytest.mark.parametrize("slug", katalog().slugs())
def test_the_file_of_a_service_holds_that_service_alone(latih, slug):
    berkas = f"data/nlu/layanan/{slug}.yml"
    label = Counter(satu.label for satu in latih if satu.berkas == berkas)
    assert {nama.partition("/")[0] for nama in label} == set(TUJUAN_LAYANAN)
    assert all(nama.endswith(f"/{slug}") for nama in label), label


def test_a_message_knows_its_line(latih):
    for satu in latih[:: len(latih) // 50]:
        baris = (DATA.parents[1] / satu.berkas).read_text(encoding="utf-8").splitlines()
        assert satu.teks in baris[satu.baris - 1]


def pesan(*isi: tuple[str, str]) -> list[Latih]:
    return [Latih(teks, label, "uji.yml", n) for n, (teks, label) in enumerate(isi, 1)]


def tanya(teks: str, *layanan: str) -> Uji:
    return Uji(teks, frozenset(layanan), ("syarat",), "biasa")


@pytest.mark.parametrize(
    ("isi", "temuan"),
    [
        ([("Bawa apa?", "tanya_syarat"), ("bawa apa", "tanya_alur")], "text has two labels"),
        ([("Bawa apa?", "tanya_syarat"), ("bawa apa!", "tanya_syarat")], "text stands twice"),
        ([("brp lama", "tanya_lama"), ("berapa lama", "tanya_jam")], "normalised text has two"),
        ([("brp lama", "tanya_lama"), ("berapa lama", "tanya_lama")], ""),
        ([("12", "pilih_nomor"), ("88888", "luar_topik")], ""),
    ],
    ids=["two labels", "twice", "two labels after normalisation", "same label", "numbers"],
)
def test_conflicts_are_found(isi, temuan):
    hasil = list(check.bentrok(pesan(*isi)))
    assert bool(hasil) is bool(temuan)
    if temuan:
        assert temuan in hasil[0]
        assert "uji.yml:2" in hasil[0]


SATU = "pak saya mau bikin surat keterangan usaha buat pinjaman di bank"


@pytest.mark.parametrize(
    ("lain", "salinan"),
    [
        (SATU.replace("pak", "bu"), True),
        ("buka warung kecil, bank minta surat dari lurah", False),
    ],
    ids=["a word changed", "said in other words"],
)
def test_near_copies_and_leaks_are_found(lain, salinan):
    isi = pesan((SATU, "tanya_syarat/sku"), (lain, "tanya_syarat/sku"))
    assert bool(list(check.salinan(isi))) is salinan
    assert bool(list(check.bocor(isi[:1], [tanya(lain, "sku")]))) is salinan


def test_short_messages_may_be_alike_but_not_the_same():
    isi = pesan(("bayar berapa", "tanya_biaya"))
    assert list(check.bocor(isi, [tanya("bayar berapa ya")])) == []
    assert "held-out" in next(iter(check.bocor(isi, [tanya("Bayar berapa?")])))


def test_thin_labels_are_found():
    hasil = "\n".join(check.tipis(pesan(("bayar?", "tanya_biaya")), [tanya("x", "ktp")]))
    for satu in (
        "purpose tanya_biaya: 1 ",
        "ktp.yml: 0 ",
        "tanya_lama/kk: 0 ",
        "1 messages for ktp",
    ):
        assert satu in hasil


def test_a_broken_held_out_line_is_named(tmp_path):
    berkas = tmp_path / "pesan.jsonl"
    berkas.write_text(
        '{"text": "a", "layanan": [], "tujuan": ["syarat"], "ragam": "biasa"}\n'
        '{"text": "b", "layanan": [], "tujuan": ["ngobrol"], "ragam": "biasa"}\n',
        encoding="utf-8",
    )
    with pytest.raises(PesanError, match=r"pesan.jsonl:2: unknown purpose \['ngobrol'\]"):
        baca_uji(berkas)


@pytest.mark.parametrize(
    ("teks", "label", "temuan"),
    [
        ('[syarat ktp?]{"entity": "layanan", "value": "ktp"}', "tanya_syarat", "tanya_syarat/ktp"),
        ('[#7][{"entity": "layanan"}, {"entity": "nomor_menu"}]', "pilih_nomor", "pilih_nomor:"),
        ("[ktp](layanan) saya hilang", "tanya_alur", "under tanya_alur:"),
        ("kirim ke [alamat] (rumah)", "tanya_lokasi", ""),
    ],
    ids=["service", "two entities", "short form", "brackets alone"],
)
def test_what_rasa_interactive_exports_is_sent_to_its_label(teks, label, temuan):
    hasil = list(check.anotasi(pesan((teks, label))))
    assert len(hasil) == bool(temuan)
    assert temuan in "".join(hasil)
