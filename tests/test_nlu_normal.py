"""Plain spelling: slang, elongation, leetspeak and digits before anything is counted."""

from __future__ import annotations

import pytest

from kelurahan.nlu import normal
from kelurahan.nlu.batang import batang, batangkan
from kelurahan.nlu.normal import SingkatanError, baca_singkatan, kata, normalkan

KASUS = [
    (
        "slang becomes plain words",
        "gmn cara bikin katepe yg ilang",
        "bagaimana cara bikin ktp yang hilang",
    ),
    ("elongation is folded", "makasiiiih yaaaa", "terima-kasih ya"),
    ("digits between letters are letters", "b1kin sur4t", "bikin surat"),
    ("reduplication loses its 2", "syarat2nya", "syaratnya"),
    ("numbers become 0", "kelahiran 12 mei 1990", "kelahiran 0 mei 0"),
    ("question marks stay", "bayar?", "bayar ?"),
    ("upper case and full width", "ＫＴＰ RUSAK", "ktp rusak"),
    ("sundanese questions", "sabaraha, kumaha carana", "berapa bagaimana carana"),
    ("thumbs up is a yes", "👍🏽", "setuju"),
    ("nothing to read", "  ...  ", ""),
]


@pytest.mark.parametrize(("teks", "polos"), [k[1:] for k in KASUS], ids=[k[0] for k in KASUS])
def test_a_message_is_brought_to_plain_words(teks, polos):
    assert normalkan(teks) == polos


def test_a_long_text_is_judged_by_its_beginning_and_end():
    teks = "awalan " + "isi " * 5000 + "akhiran"
    daftar = kata(teks)
    assert daftar[0] == "awalan"
    assert daftar[-1] == "akhiran"
    assert len(daftar) < 400


@pytest.mark.parametrize(
    ("isi", "pesan"),
    [
        ("ktp katepe", "baris 1"),
        ("# judul\nktp:", "baris 2"),
        ("ktp: katepe\nkk: katepe", "'katepe' stands in two lines"),
    ],
    ids=["no colon", "no forms", "one form, two words"],
)
def test_a_faulty_line_of_the_slang_table_is_named(isi, pesan):
    with pytest.raises(SingkatanError, match=pesan):
        baca_singkatan(isi)


def test_no_plain_word_is_itself_replaced():
    tabel = normal.singkatan()
    assert not [(b, baku) for b, baku in tabel.items() if baku in tabel]


@pytest.mark.parametrize(
    ("batang_", "bentuk"),
    [
        ("terbit", "terbit diterbitkan menerbitkan penerbitan terbitkan terbitnya"),
        ("cetak", "cetak dicetak mencetak cetaknya"),
        ("pindah", "pindah dipindahkan memindahkan pemindahan"),
        ("salah", "salah disalahkan menyalahkan salahnya"),
        ("aju", "ajukan diajukan mengajukan pengajuan"),
        ("nikah", "nikah menikah pernikahan menikahkan"),
        ("meninggal", "meninggal meninggalnya"),
        ("urus", "mengurus diurus pengurusan urus"),
    ],
)
def test_forms_of_one_word_have_one_stem(batang_, bentuk):
    assert {batang(satu) for satu in bentuk.split()} == {batang_}


@pytest.mark.parametrize(
    "kata_", ["berapa", "kk", "semua", "mati", "haji", "0", "?", "terima-kasih"]
)
def test_what_has_no_affix_stays(kata_):
    assert batang(kata_) == kata_


def test_every_word_of_a_text_becomes_its_stem():
    assert batangkan("kapan suratnya dicetak ?") == "kapan surat cetak ?"
