"""Every text residents read: complete, within WhatsApp's limits, and never a dead end."""

from __future__ import annotations

import inspect
import itertools
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from actions.dasar import GANGGUAN
from actions.obrolan import UCAPAN
from kelurahan import replies
from kelurahan.katalog import Layanan, katalog
from kelurahan.replies import Balasan, formulir, info, layanan, permohonan, serahan, tombol
from kelurahan.replies import pengurus as teks_pengurus
from kelurahan.replies.formulir import CATATAN_CONTOH, pengingat
from kelurahan.store import status
from kelurahan.store.pengurus import Jabatan
from kelurahan.store.waktu import WIB, wib
from kelurahan.whatsapp import templates
from kelurahan.whatsapp.build import build
from kelurahan.wilayah import Direktori, Kantor, Kelurahan, Rujukan, kelurahan

ROOT = Path(__file__).resolve().parent.parent
SEMUA = katalog().layanan
LAIN = Kelurahan(
    nama="Kelurahan Mekarsari",
    nama_pendek="Mekarsari",
    kecamatan="Cimekar",
    kota="Kota Contoh",
    provinsi="Provinsi Contoh",
    awalan_nomor="MKS",
    pemicu=("kelurahan mekar sari",),
    pemicu_tempat=(),
    alamat="Jl. Melati No. 2",
    surel="kantor@contoh.invalid",
    situs="https://contoh.invalid",
    jam=(("Senin-Jumat", "08.00-15.00 WIB"),),
    jam_catatan="Jam bisa berubah.",
    pengaduan=Kantor("Lapor Contoh", wa="0800-0000-0000", situs="https://lapor.contoh.invalid"),
    disdukcapil=None,
    kantor_kecamatan=None,
    rujukan=(),
)
TAK_DIKETAHUI = replace(
    LAIN, alamat=None, surel=None, situs=None, jam=(), jam_catatan=None, pengaduan=None
)
SIM = Rujukan("sim", ("sim",), "Polres", "SIM diurus di Polres.")
KETUA_RT, KETUA_RW = Jabatan("rt", "003", "005"), Jabatan("rw", None, "005")
CONTOH = Direktori(frozenset({("001", "001"), ("002", "001"), ("001", "002")}), contoh=True)
RESMI = replace(CONTOH, contoh=False)
HOSTILE = [
    "O'Brien",
    "{siapa}",
    "%s %(nama)s",
    "*tebal*",
    "_miring_",
    "<b>x</b>",
    "`kode`",
    "\\n#7",
]


@dataclass(frozen=True)
class Langkah:
    """One change of status."""

    ke: str
    catatan: str | None


@dataclass(frozen=True)
class Isian:
    """A filed application or the fields of a form."""

    nama: str | None = "Siti Nur'aini"
    tanggal_lahir: date | None = date(1990, 5, 3)
    rt: str | None = "003"
    rw: str | None = "005"
    nomor: str = "MKS-2611-0042"
    layanan: str = "ktp"
    status: str = "baru"
    dibuat: datetime = datetime(2026, 11, 24, 1, tzinfo=timezone.utc)
    varian: str | None = None
    riwayat: tuple[Langkah, ...] = ()


@dataclass(frozen=True)
class Salah:
    """A wrong field."""

    isian: str = "nama"
    nilai: str = "123"
    alasan: str = "nama tidak memakai angka"
    contoh: str = "Siti Aminah"


KOSONG = Isian(None, None, None, None)
TIGA_SALAH = (
    Salah(),
    Salah("tanggal_lahir", "x" * 300, "y" * 120),
    Salah("rt_rw", "RT 9 / RW 5", "z" * 120),
)


def untuk(satu: Layanan, kel: Kelurahan = LAIN) -> Iterator[tuple[str, Balasan]]:
    """Every reply that is about one service, by the name of its builder."""
    data = Isian(layanan=satu.slug)
    for varian in (None, *satu.varian):
        yield "layanan.syarat", layanan.syarat(satu, varian)
    for nama in ("biaya", "lama", "alur"):
        yield f"layanan.{nama}", getattr(layanan, nama)(satu)
    yield "layanan.tujuan_yang_mana", layanan.tujuan_yang_mana(satu)
    for diminta, isi in itertools.product(
        formulir.PERTANYAAN, (KOSONG, Isian("Siti", None, "003", None))
    ):
        for awal in (True, False):
            yield "formulir.minta", formulir.minta(diminta, satu, isi, awal)
        yield "formulir.belum_terbaca", formulir.belum_terbaca("apa ya " * 99, diminta, satu, isi)
    for salah in (TIGA_SALAH, TIGA_SALAH[:1]):
        yield "formulir.salah", formulir.salah(salah, satu, data, CATATAN_CONTOH)
    for baru in (True, False):
        tercatat = formulir.tercatat(data.nomor, satu, data, baru, contoh=True)
        yield "formulir.tercatat", tercatat.ditambah(formulir.PRIVASI)
        dari_rt = formulir.tercatat(data.nomor, satu, data, baru, True, teks_pengurus.LAGI)
        dari_rt = dari_rt.ditambah(teks_pengurus.di_luar(KETUA_RT)).ditambah(formulir.PRIVASI)
        yield "formulir.tercatat", dari_rt
    for keadaan in status.SEMUA:
        milik = replace(data, status=keadaan)
        bercatatan = replace(
            milik, riwayat=(Langkah(keadaan, "Fotokopi KK belum ada,\nfoto tempat usaha juga."),)
        )
        for isi, bernama in itertools.product((milik, bercatatan), (False, True)):
            teks = permohonan.status(isi, katalog(), wib, LAIN, bernama=bernama)
            yield "permohonan.status", teks
        yield "permohonan.tidak_bisa_diperbaiki", permohonan.tidak_bisa_diperbaiki(milik)
    for banyak, bernama in itertools.product((2, 50), (False, True)):
        daftar = permohonan.daftar_status(
            [data] * banyak, katalog(), wib, bernama=bernama, masih_ada=banyak == 50
        )
        yield "permohonan.daftar_status", daftar
    yield "permohonan.diperbaiki", permohonan.diperbaiki(data, katalog(), CATATAN_CONTOH)
    yield "permohonan.perbaikan_belum_jelas", permohonan.perbaikan_belum_jelas(data)
    yield "permohonan.perbaikan_salah", permohonan.perbaikan_salah(data, TIGA_SALAH, CATATAN_CONTOH)
    yield "permohonan.batal_formulir", permohonan.batal_formulir(satu.slug)
    yield "permohonan.tanya_batal", permohonan.tanya_batal(data, katalog())
    yield "permohonan.dibatalkan", permohonan.dibatalkan(data)


def umum(kel: Kelurahan = LAIN, peta: Direktori = CONTOH) -> Iterator[tuple[str, Balasan]]:
    """Every reply that is about no service in particular."""
    yield "layanan.menu", layanan.menu(katalog(), kel)
    yield "layanan.menu", layanan.menu(katalog(), kel, "Waalaikumsalam, Bapak/Ibu. " * 3)
    for ketua, salam in itertools.product((KETUA_RT, KETUA_RW), ("", "Waalaikumsalam")):
        yield "layanan.menu", layanan.menu(katalog(), kel, teks_pengurus.sapaan(ketua, salam))
    for kelompok in katalog().kelompok:
        yield "layanan.menu_kelompok", layanan.menu_kelompok(katalog(), kelompok.kunci)
    for mentah in ("#25", "#" + "9" * 500):
        yield "layanan.nomor_tidak_ada", layanan.nomor_tidak_ada(mentah, katalog())
    panjang = sorted(SEMUA, key=lambda s: -len(s.nama))
    for banyak in (0, 1, 3):
        yield "layanan.layanan_yang_mana", layanan.layanan_yang_mana(panjang[:banyak])
    for isi in (KOSONG, Isian()):
        yield "formulir.minta_layanan", formulir.minta_layanan(katalog(), isi)
    yield "formulir.salah", formulir.salah(TIGA_SALAH, None, Isian(), CATATAN_CONTOH)
    for nomor in (None, "MKS-2611-9999", "M" * 500):
        yield "permohonan.status_tidak_ada", permohonan.status_tidak_ada(nomor, kel.awalan_nomor)
    yield from kantor(kel, peta)
    yield "permohonan.tidak_bisa_diperbaiki", permohonan.tidak_bisa_diperbaiki(None)
    yield "permohonan.batal_formulir", permohonan.batal_formulir(None)
    yield "permohonan.dibatalkan", permohonan.dibatalkan(None)
    yield "permohonan.tidak_ada_yang_dibatalkan", permohonan.tidak_ada_yang_dibatalkan()
    for jumlah, terdaftar in itertools.product((0, 3), (False, True)):
        yield "permohonan.tanya_hapus", permohonan.tanya_hapus(jumlah, terdaftar)
    yield "permohonan.dihapus", permohonan.dihapus("Yang tersisa hanya catatan tanpa nama.")


def antrean(kel: Kelurahan) -> Iterator[serahan.Kabar]:
    """A resident's place in the queue, in every state that is told differently."""
    senin = datetime(2026, 11, 23, 14, 30, tzinfo=WIB)
    besok, lusa = (senin.replace(day=n, hour=8, minute=0) for n in (24, 30))
    tutup = senin.replace(hour=15, minute=0)
    awal = serahan.Kabar(True, senin, False, 0, None, senin, tutup, besok)
    yield replace(awal, tutup=None, buka=None)
    if not kel.jam:
        return
    yield awal
    yield replace(awal, baru=False, sejak=senin.replace(day=2), di_depan=12)
    yield replace(awal, di_depan=3, lama=timedelta(minutes=90))
    for menit in (0, 5, 6, 60, 61):
        yield replace(awal, lama=timedelta(minutes=menit))
    yield replace(awal, tutup=None, buka=lusa)
    yield replace(awal, baru=False, sejak=senin.replace(day=20), tutup=None, buka=besok)
    yield replace(awal, baru=False, dipegang=True)


def kantor(kel: Kelurahan, peta: Direktori) -> Iterator[tuple[str, Balasan]]:
    """Every reply about the office, this bot and other offices."""
    for nama in ("jam", "lokasi", "kontak", "bot", "bantuan", "data_pribadi"):
        yield f"info.{nama}", getattr(info, nama)(kel)
    for rw in (None, "001", "077"):
        yield "info.rt_rw", info.rt_rw(kel, peta, rw)
    for kabar in antrean(kel):
        yield "serahan.petugas", serahan.petugas(kel, kabar)
        yield "serahan.keluhan", serahan.keluhan(kel, kabar)
        for banyak in (0, 3):
            mana = layanan.layanan_yang_mana(sorted(SEMUA, key=lambda s: -len(s.nama))[:banyak])
            yield "serahan.tidak_paham", serahan.tidak_paham(mana, kel, kabar)
    for rujukan in (SIM, None):
        yield "info.keluhan_lain", info.keluhan_lain(kel, rujukan)
        yield "info.luar_topik", info.luar_topik(kel, rujukan)
    for teks in UCAPAN.values():
        yield "info.basa_basi", info.basa_basi(teks, None)


def pasangan() -> Iterator[tuple[str, Balasan]]:
    """Answers about two services at once, all pairs and purposes."""
    for intent in ("tanya_syarat", *layanan.JAWABAN):
        for dua in itertools.permutations(SEMUA, 2):
            yield "layanan.jawab_dua", layanan.jawab_dua(intent, *dua)


KUMPULAN = {"umum": list(umum()), **{satu.slug: list(untuk(satu)) for satu in SEMUA}}
setiap_kumpulan = pytest.mark.parametrize("kumpulan", KUMPULAN.values(), ids=list(KUMPULAN))


def test_no_builder_is_forgotten_here():
    """A new builder must be added to the tables above."""
    ada = {
        f"{modul.__name__.rsplit('.', 1)[1]}.{nama}"
        for modul in (formulir, info, layanan, permohonan, serahan)
        for nama, f in inspect.getmembers(modul, inspect.isfunction)
        if f.__module__ == modul.__name__ and "Balasan" in str(f.__annotations__.get("return"))
    }
    diuji = {nama for nama, _ in itertools.chain(untuk(SEMUA[0]), umum(), pasangan())}
    assert ada - {"layanan.jawab"} == diuji


# WhatsApp's limits


def satuan(teks: str) -> int:
    return len(teks.encode("utf-16-le")) // 2


def pesan_whatsapp(balasan: Balasan) -> list[dict]:
    isi = {"text": balasan.teks, "buttons": list(balasan.pilihan), "daftar": balasan.daftar}
    return build([isi], lambda jenis, muatan, urutan: f"{jenis}:{urutan}")


def periksa_batas(badan: dict) -> None:
    """The Cloud API's limits, written down again."""
    if badan["type"] == "text":
        assert 1 <= satuan(badan["text"]["body"]) <= 4096
        return
    isi = badan["interactive"]
    assert 1 <= satuan(isi["body"]["text"]) <= 1024
    if isi["type"] == "button":
        judul = [b["reply"]["title"] for b in isi["action"]["buttons"]]
        assert 1 <= len(judul) <= 3
        assert all(1 <= satuan(satu) <= 20 for satu in judul)
        return
    assert satuan(isi["action"]["button"]) <= 20
    assert all(satuan(bagian["title"]) <= 24 for bagian in isi["action"]["sections"])
    baris = [satu for bagian in isi["action"]["sections"] for satu in bagian["rows"]]
    assert 1 <= len(baris) <= 10
    assert all(1 <= satuan(satu["title"]) <= 24 for satu in baris)
    assert all(satuan(satu.get("description", "")) <= 72 for satu in baris)
    assert len({satu["title"] for satu in baris}) == len(baris)


def satu_pesan_utuh(nama: str, balasan: Balasan, caplog) -> None:
    """One message on the wire, nothing cut."""
    with caplog.at_level(logging.WARNING):
        badan = pesan_whatsapp(balasan)
    assert len(badan) == 1, f"{nama}: {len(badan)} messages"
    assert [satu.getMessage() for satu in caplog.records] == [], f"{nama}: the channel cut it"
    periksa_batas(badan[0])


@setiap_kumpulan
def test_every_reply_is_one_message_within_the_limits_and_uncut(kumpulan, caplog):
    for nama, balasan in kumpulan:
        satu_pesan_utuh(nama, balasan, caplog)


INGAT = max((pengingat(d, s, KOSONG) for s in SEMUA for d in formulir.PERTANYAAN), key=satuan)


def test_the_longest_reminder_of_a_form_still_fits(caplog):
    for nama, balasan in KUMPULAN["umum"]:
        satu_pesan_utuh(nama, balasan.ditambah(INGAT), caplog)


@pytest.mark.parametrize("satu", SEMUA, ids=lambda s: s.slug)
def test_the_longest_answer_about_a_service_fits_with_a_reminder(satu, caplog):
    for balasan in (layanan.syarat(satu), layanan.alur(satu)):
        panjang = balasan.ditambah(INGAT).ditambah(layanan.isian_tersimpan(Isian()))
        satu_pesan_utuh(satu.slug, panjang, caplog)


def test_two_services_at_once_still_fit(caplog):
    for nama, balasan in pasangan():
        satu_pesan_utuh(nama, balasan, caplog)
        assert bisa_diketik(balasan.teks), balasan.teks


# never a dead end

PERINTAH = (
    r"menu|ajukan|syarat|biaya|lama|alur|batal|status(?: MKS-2611-\d{4})?|petugas|bantuan|jam|ya"
    r"|tidak|hapus data saya|sudah menikah|#\d+|ralat RT 4 RW 5|RT apa saja di RW \d+\?"
    r"|nama#tanggal lahir#RT/RW|Siti Aminah#3 Mei 1990#003/005|(?:nama lengkap|nama|tanggal lahir"
    r"|RT/RW|RW|RT|rt/rw)"
)


def bisa_diketik(teks: str) -> bool:
    return re.search(rf"\*(?:{PERINTAH})\*", teks) is not None


@setiap_kumpulan
def test_every_reply_says_what_can_be_typed_next(kumpulan):
    assert [(n, b.teks) for n, b in kumpulan if not bisa_diketik(b.teks)] == []


def test_the_texts_outside_the_builders_say_it_too():
    domain = YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    teks = [satu["text"] for semua in domain["responses"].values() for satu in semua]
    assert [satu for satu in [GANGGUAN.teks, *teks] if not bisa_diketik(satu)] == []


@pytest.mark.parametrize("kata", sorted(set(UCAPAN)))
def test_small_talk_invites_to_go_on(kata):
    assert "*menu*" in UCAPAN[kata]


# tidy


JANGGAL = ("None", "  ", "\n\n\n", " .", "..", " ,", "ke .", "[]", "()", "{", "}")


def janggal(teks: str) -> list[str]:
    """What looks broken in a text."""
    salah = [satu for satu in JANGGAL if satu in teks]
    salah += ["blank at an end"] if teks != teks.strip() else []
    salah += ["a lone star"] if teks.count("*") % 2 else []
    return salah + [baris for baris in teks.splitlines() if len(baris) > 300]


@setiap_kumpulan
def test_every_reply_is_tidy(kumpulan):
    assert [(n, j, b.teks) for n, b in kumpulan if (j := janggal(b.teks))] == []


def test_replies_are_tidy_where_little_is_known_of_the_office():
    kumpulan = umum(TAK_DIKETAHUI, RESMI)
    assert [(n, j, b.teks) for n, b in kumpulan if (j := janggal(b.teks))] == []


def test_what_is_not_known_of_an_office_is_not_invented():
    teks = "\n".join(balasan.teks for _, balasan in umum(TAK_DIKETAHUI, RESMI))
    assert "Kantor sedang" not in teks, "without hours nobody knows whether it is open"
    for nilai in ("Jl.", "@", "https://", "0800", "WIB"):
        assert nilai not in teks


def test_the_kinds_of_reply_are_those_of_the_contract():
    jenis = {balasan.jenis for kumpulan in KUMPULAN.values() for _, balasan in kumpulan}
    assert jenis <= {
        *("menu", "syarat", "biaya", "lama", "alur", "minta_isian", "isian_salah", "status"),
        *("permohonan_tercatat", "status_tidak_ada", "petugas", "batal", "klarifikasi"),
        *("luar_topik", "basa_basi", "pilih_layanan", "rt_rw", "info"),
    }


def test_abbreviations_keep_their_capitals():
    satu_salah = formulir.salah([Salah("rt_rw")], SEMUA[0], KOSONG)
    belum = formulir.belum_terbaca("apa", "rt_rw", SEMUA[0], KOSONG)
    assert "rt/rw" not in satu_salah.teks + belum.teks


def test_no_place_or_office_stands_in_the_code():
    """Another kelurahan changes `wilayah/` and nothing else."""
    nama = {
        kelurahan().nama_pendek,
        kelurahan().awalan_nomor,
        "Kedung",
        "Bogor",
        "Sareal",
        "SiBadra",
    }
    berkas = [*Path(replies.__file__).parent.glob("*.py"), *(ROOT / "actions").glob("*.py")]
    assert len(berkas) > 8
    ketemu = [(b.name, n) for b in berkas for n in nama if n in b.read_text(encoding="utf-8")]
    assert ketemu == []


def test_another_kelurahan_is_named_as_it_is_called():
    for nama, balasan in umum():
        assert "Kedungjaya" not in balasan.teks, nama
        assert "KDJ" not in balasan.teks, nama
    assert "Kelurahan Mekarsari" in layanan.menu(katalog(), LAIN).teks


# what must stand in them


@pytest.mark.parametrize("satu", SEMUA, ids=lambda s: s.slug)
def test_requirements_hold_everything_of_the_catalogue(satu):
    teks = layanan.syarat(satu).teks
    varian = [baris for v in satu.varian for baris in (v.nama, *v.syarat)]
    isi = [*satu.syarat, *varian, *satu.catatan, satu.biaya, satu.lama, satu.pengantar.pesan]
    assert [baris for baris in [*isi, f"#{satu.nomor} {satu.nama}"] if baris not in teks] == []
    assert f"({satu.data_siapa})" in teks


VARIAN = [(s, v) for s in SEMUA for v in s.varian]


@pytest.mark.parametrize(("satu", "varian"), VARIAN, ids=[f"{s.slug}-{v.kunci}" for s, v in VARIAN])
def test_a_variant_shows_its_own_requirements_only(satu, varian):
    teks = layanan.syarat(satu, varian).teks
    assert all(baris in teks for baris in (*satu.syarat, *varian.syarat))
    milik = {*satu.syarat, *varian.syarat}
    asing = {baris for v in satu.varian for baris in v.syarat} - milik
    assert not [baris for baris in asing if f"• {baris}\n" in teks]


@pytest.mark.parametrize("satu", SEMUA, ids=lambda s: s.slug)
def test_fee_duration_and_steps_hold_everything_of_the_catalogue(satu):
    assert satu.biaya in layanan.biaya(satu).teks
    assert satu.lama in layanan.lama(satu).teks
    alur = layanan.alur(satu).teks
    tempat = [alur.index(f"{n}. {langkah}") for n, langkah in enumerate(satu.alur, 1)]
    assert tempat == sorted(tempat)
    assert satu.penerbit in alur


@pytest.mark.parametrize("satu", SEMUA, ids=lambda s: s.slug)
def test_a_recorded_application_tells_number_data_and_the_officers_to_see(satu):
    balasan = formulir.tercatat("MKS-2611-0042", satu, Isian(), baru=True, contoh=False)
    isi = ("MKS-2611-0042", satu.nama, "Siti Nur'aini", "3 Mei 1990", "RT 003", "RW 005")
    assert all(baris in balasan.teks for baris in (*isi, satu.pengantar.pesan))
    assert balasan.nomor == "MKS-2611-0042"
    menyuruh = "temui Ketua RT 003" in balasan.teks
    assert menyuruh == (satu.pengantar.perlu != "tidak"), "nobody is sent for a needless letter"


@pytest.mark.parametrize("satu", SEMUA, ids=lambda s: s.slug)
def test_the_form_says_whose_data_it_asks_for(satu):
    for diminta in ("nama", "tanggal_lahir"):
        assert satu.data_siapa in formulir.pertanyaan(diminta, satu, KOSONG)
    assert satu.rt_rw_mana in formulir.pertanyaan("rt_rw", satu, KOSONG)


@pytest.mark.parametrize("keadaan", status.SEMUA)
def test_every_status_of_the_store_has_words(keadaan):
    teks = permohonan.status(Isian(status=keadaan), katalog(), wib, LAIN).teks
    assert permohonan.STATUS[keadaan] in teks
    assert "24 November 2026 pukul 08.00 WIB" in teks


def test_choices_become_rasas_intents():
    assert tombol("Ya", "setuju")["payload"] == "/setuju"
    assert tombol("X", "a", layanan="ktp")["payload"] == '/a{"layanan": "ktp"}'


# the sample directory

BERPETA: list[tuple[str, Callable[[bool], Balasan]]] = [
    ("info.rt_rw", lambda contoh: info.rt_rw(LAIN, CONTOH if contoh else RESMI)),
    ("info.rt_rw RW", lambda contoh: info.rt_rw(LAIN, CONTOH if contoh else RESMI, "001")),
    ("formulir.tercatat", lambda c: formulir.tercatat("N", SEMUA[0], Isian(), True, contoh=c)),
]


@pytest.mark.parametrize(("nama", "buat"), BERPETA, ids=[n for n, _ in BERPETA])
def test_a_sample_directory_is_marked_and_a_real_one_is_not(nama, buat):
    assert CATATAN_CONTOH in buat(True).teks
    assert CATATAN_CONTOH not in buat(False).teks


# hostile names


@pytest.mark.parametrize("nama", HOSTILE)
def test_a_hostile_name_is_shown_as_it_is_and_changes_nothing_else(nama):
    biasa = dict(untuk_nama("Siti"))
    for mana, balasan in untuk_nama(nama):
        assert nama in balasan.teks, mana
        assert balasan.teks.replace(nama, "Siti") == biasa[mana].teks, mana


def untuk_nama(nama: str) -> Iterator[tuple[str, Balasan]]:
    """Every reply that shows a name."""
    data, satu = Isian(nama), SEMUA[0]
    yield "tercatat", formulir.tercatat(data.nomor, satu, data, True, contoh=True)
    yield "minta", formulir.minta("rt_rw", satu, replace(data, rw=None))
    yield "minta_layanan", formulir.minta_layanan(katalog(), data)
    yield "salah", formulir.salah(TIGA_SALAH[2:], satu, data)
    yield "diperbaiki", permohonan.diperbaiki(data, katalog())


def test_a_long_wrong_value_is_quoted_on_one_short_line():
    teks = formulir.salah([Salah(nilai="ba\nris " * 100)], SEMUA[0], KOSONG).teks
    kutipan = re.search(r"“(.*)”", teks).group(1)
    assert len(kutipan) <= 40
    assert kutipan.endswith("…")


# news for RT and RW officers


@pytest.mark.parametrize("satu", SEMUA, ids=lambda s: s.slug)
@pytest.mark.parametrize("ketua", [KETUA_RT, KETUA_RW], ids=["RT", "RW"])
def test_the_news_of_an_application_tells_what_the_resident_will_ask_for(satu, ketua):
    teks = teks_pengurus.kabar(ketua, Isian(layanan=satu.slug), satu)
    isi = ("MKS-2611-0042", satu.nama, "Siti Nur'aini", "RT 003/RW 005")
    assert all(baris in teks for baris in (*isi, teks_pengurus.sebutan(ketua)))
    assert ("meminta *surat pengantar" in teks) == (satu.pengantar.perlu != "tidak")
    assert ("mungkin meminta" in teks) == (satu.pengantar.perlu == "mungkin")
    assert "1990" not in teks, "the birth date is none of the neighbours' business"
    assert janggal(teks) == []
    assert bisa_diketik(teks)
    assert satuan(teks) < 1024


@pytest.mark.parametrize("satu", SEMUA, ids=lambda s: s.slug)
def test_outside_the_window_the_template_tells_the_same(satu):
    badan = templates.body(templates.PENGURUS, *teks_pengurus.isi_templat(Isian(), satu))
    (bagian,) = badan["template"]["components"]
    nilai = [isi["text"] for isi in bagian["parameters"]]
    assert nilai[:4] == ["RT 003/RW 005", "MKS-2611-0042", satu.singkat, "Siti Nur'aini"]
    assert nilai[4] == teks_pengurus.DIMINTA[satu.pengantar.perlu]
