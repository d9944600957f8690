"""Taking over, writing, letting go: by one officer at a time, told to both, ended by itself."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from petugas_dunia import Meja, surat, teks_polos
from petugas_dunia import warga as warga_baru
from sqlalchemy import select
from whatsapp_store_world import at_once, ledger, message, receive, rows, value

from kelurahan.console.keamanan import peran
from kelurahan.console.percakapan import pegang, tugas
from kelurahan.replies import serahan as teks_
from kelurahan.store import serahan, sesi, waktu
from kelurahan.store.models import Warga
from kelurahan.store.models_petugas import JejakAudit
from kelurahan.whatsapp import held
from kelurahan.whatsapp.events import Content, Outcome

NOMOR = "6281100000001"
KUNCI = "a" * 32


@pytest.fixture
def jam(basis_data, monkeypatch):
    """A clock to set by hand, in UTC."""

    class Jam:
        kini = datetime(2026, 11, 24, 3, 0, tzinfo=timezone.utc)

        def maju(self, **selang):
            self.kini += timedelta(**selang)

    satu = Jam()
    monkeypatch.setattr(waktu, "sekarang", lambda: satu.kini)
    return satu


@pytest.fixture
def meja(jam) -> Meja:
    return Meja()


@pytest.fixture
def siapa(jam) -> str:
    return warga_baru()


def terkirim(siapa: str) -> list[str]:
    """What the resident is told, in order."""
    hasil = []
    for satu in surat(siapa):
        badan = json.loads(satu.body) if satu.body else {}
        hasil.append(badan.get("text", {}).get("body") or badan.get("type") or satu.state)
    return hasil


def dipegang(siapa: str) -> bool:
    with sesi(baca=True) as s:
        return s.get(Warga, siapa).dipegang


def jejak() -> list[tuple]:
    with sesi(baca=True) as s:
        pilih = select(JejakAudit.oleh, JejakAudit.tindakan, JejakAudit.sebelum, JejakAudit.sesudah)
        return [tuple(b) for b in s.execute(pilih.order_by(JejakAudit.id))]


# taking over


def test_taking_over_tells_the_resident_and_the_page(meja, siapa):
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{siapa}/ambil")
    assert terkirim(siapa) == [teks_.diambil("Siti")]
    assert dipegang(siapa)
    assert "Anda memegang percakapan ini" in siti.buka(f"/percakapan/{siapa}").text
    ke = f'"petugas:{siti.petugas_id}"'
    assert jejak() == [("siti", "percakapan_diambil", None, ke)]


def test_a_second_click_changes_and_tells_nothing(meja, siapa):
    siti = meja.masuk()
    for _ in range(3):
        siti.kirim(f"/percakapan/{siapa}/ambil")
    assert len(surat(siapa)) == len(jejak()) == 1


def test_the_second_officer_hears_who_was_first(meja, siapa):
    siti, budi = meja.masuk(), meja.masuk("budi")
    siti.kirim(f"/percakapan/{siapa}/ambil")
    jawab = budi.kirim(f"/percakapan/{siapa}/ambil", 409, dari=str(siti.petugas_id))
    assert "sudah diambil Siti" in jawab.text
    assert "Dipegang Siti" in jawab.text
    assert terkirim(siapa) == [teks_.diambil("Siti")]


@pytest.mark.kedua_basis_data
def test_of_two_at_the_same_moment_one_wins(meja, siapa):
    dua = [
        SimpleNamespace(id=meja.petugas(n), nama=n, nama_pengguna=n, peran=peran.PETUGAS)
        for n in ("siti", "budi")
    ]

    def coba(n: int) -> str:
        try:
            pegang.ambil(siapa, dua[n % 2])
        except pegang.PegangError as galat:
            return str(galat)
        return ""

    hasil = at_once(coba)
    assert len(surat(siapa)) == 1
    menang = value("SELECT nama FROM petugas JOIN serahan ON petugas_id = petugas.id")
    kalah = [kata for n, kata in enumerate(hasil) if dua[n % 2].nama != menang.lower()]
    assert kalah == [f"Percakapan ini sudah diambil {menang}."] * 4
    assert set(hasil) - set(kalah) == {""}


def test_an_admin_takes_over_from_the_colleague_seen_on_the_page_only(meja, siapa):
    siti, budi, kepala = meja.masuk(), meja.masuk("budi"), meja.masuk("kepala", peran.ADMIN)
    siti.kirim(f"/percakapan/{siapa}/ambil")
    assert "Ambil alih dari Siti" in kepala.buka(f"/percakapan/{siapa}").text
    assert "Ambil alih" not in budi.buka(f"/percakapan/{siapa}").text
    for dari in ("", str(budi.petugas_id), "x"):
        kepala.kirim(f"/percakapan/{siapa}/ambil", 409, dari=dari)
    kepala.kirim(f"/percakapan/{siapa}/ambil", dari=str(siti.petugas_id))
    assert terkirim(siapa)[-1] == teks_.diambil("Kepala")
    sebelum, sesudah = (f'"petugas:{p.petugas_id}"' for p in (siti, kepala))
    assert jejak()[-1] == ("kepala", "percakapan_diambil", sebelum, sesudah)
    siti.kirim(f"/percakapan/{siapa}/kirim", 409, teks="halo")


# writing


def test_what_is_written_goes_out_as_typed(meja, siapa):
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{siapa}/ambil")
    siti.kirim(f"/percakapan/{siapa}/kirim", teks="  Baris satu\r\nbaris *dua* <b>😊 ", kunci=KUNCI)
    assert terkirim(siapa)[-1] == "Baris satu\nbaris *dua* <b>😊"
    assert surat(siapa)[-1].kind == held.WORDS


def test_a_form_sent_twice_is_one_message(meja, siapa):
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{siapa}/ambil")
    for _ in range(2):
        siti.kirim(f"/percakapan/{siapa}/kirim", teks="halo", kunci=KUNCI)
    siti.kirim(f"/percakapan/{siapa}/kirim", teks="halo", kunci="b" * 32)
    assert terkirim(siapa)[1:] == ["halo", "halo"]
    assert value("SELECT count(*) FROM obrolan WHERE oleh = 'siti'") == 2


@pytest.mark.parametrize("kunci", ["", "x" * 32, "' OR 1", "A" * 32])
def test_a_form_without_a_usable_key_is_sent_all_the_same(meja, siapa, kunci):
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{siapa}/ambil")
    for _ in range(2):
        siti.kirim(f"/percakapan/{siapa}/kirim", teks="halo", kunci=kunci)
    assert terkirim(siapa)[1:] == ["halo", "halo"]


SALAH = {
    "too long": ("x" * 4097, "4097 karakter, paling banyak 4096"),
    "too long for the phone, which counts emoji twice": ("😊" * 2049, "4098 karakter"),
    "empty": ("   ", "Tulis pesannya dulu"),
}


@pytest.mark.parametrize(("tulisan", "kata"), SALAH.values(), ids=SALAH.keys())
def test_what_cannot_be_sent_is_told_and_kept(meja, siapa, tulisan, kata):
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{siapa}/ambil")
    jawab = siti.kirim(f"/percakapan/{siapa}/kirim", 409, teks=tulisan, kunci=KUNCI)
    assert kata in jawab.text
    assert tulisan.strip() in jawab.text
    assert len(surat(siapa)) == 1
    siti.kirim(f"/percakapan/{siapa}/kirim", teks="x" * 4096, kunci=KUNCI)


@pytest.mark.parametrize("keadaan", ["nobody", "a colleague", "it has ended"])
def test_only_who_holds_it_may_write_and_the_draft_stays(meja, siapa, keadaan):
    siti, budi = meja.masuk(), meja.masuk("budi")
    if keadaan != "nobody":
        (siti if keadaan == "it has ended" else budi).kirim(f"/percakapan/{siapa}/ambil")
    if keadaan == "it has ended":
        receive(ledger(), message(sender=NOMOR, content=Content(Outcome.TO_RASA, text="selesai")))
    jawab = siti.kirim(f"/percakapan/{siapa}/kirim", 409, teks="rancangan saya")
    assert "rancangan saya" in jawab.text
    assert ("dipegang Budi" if keadaan == "a colleague" else "tidak (lagi) dipegang") in jawab.text
    assert "rancangan saya" not in terkirim(siapa)
    for tombol in ("lepas",):
        siti.kirim(f"/percakapan/{siapa}/{tombol}", 409)


# outside the 24-hour window


@pytest.fixture
def lama(jam) -> str:
    """A resident who wrote some days ago."""
    return warga_baru(menulis=False)


def test_the_page_says_that_the_window_has_closed_and_offers_to_ask(meja, lama):
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{lama}/ambil")
    halaman = siti.buka(f"/percakapan/{lama}").text
    assert "lebih dari 24 jam lalu" in halaman
    assert "Kirim undangan menulis" in halaman
    assert "tetap terbuka sampai warga menulis" not in halaman


def test_a_window_that_closed_unnoticed_keeps_the_draft_and_sends_nothing(meja, siapa, jam):
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{siapa}/ambil")
    jam.maju(hours=24)
    siti = meja.masuk()
    jawab = siti.kirim(f"/percakapan/{siapa}/kirim", 409, teks="rancangan", kunci=KUNCI)
    assert "belum bisa dikirim" in jawab.text
    assert "rancangan</textarea>" in jawab.text
    assert 'name="undang" value="1"' in jawab.text
    assert len(surat(siapa)) == 1


def test_the_invitation_goes_out_and_the_text_waits(meja, lama):
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{lama}/ambil")
    siti.kirim(f"/percakapan/{lama}/kirim", teks="KTP sudah jadi", kunci=KUNCI, undang="1")
    assert terkirim(lama) == [teks_.diambil("Siti"), "template", "KTP sudah jadi"]
    assert [s.kind for s in surat(lama)[1:]] == [held.INVITATION, held.WORDS]
    teks = teks_polos(siti.buka(f"/percakapan/{lama}").text)
    assert "Undangan menulis sudah dikirim" in teks
    assert "Petugas kelurahan, Siti, sudah siap menjawab" in teks
    assert "tetap terbuka sampai warga menulis" in teks


def test_one_invitation_a_day_is_enough(meja, lama, jam):
    for jam_lagi, undangan in ((0, 1), (1, 1), (24, 2)):
        jam.maju(hours=jam_lagi)
        siti = meja.masuk()
        siti.kirim(f"/percakapan/{lama}/ambil")
        siti.kirim(f"/percakapan/{lama}/kirim", teks="halo", kunci="", undang="1")
        assert terkirim(lama).count("template") == undangan


def test_an_invitation_without_a_text_is_possible(meja, lama):
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{lama}/ambil")
    siti.kirim(f"/percakapan/{lama}/kirim", teks="", kunci=KUNCI, undang="1")
    assert terkirim(lama)[1:] == ["template"]


def test_inside_the_window_nobody_is_invited(meja, siapa):
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{siapa}/ambil")
    siti.kirim(f"/percakapan/{siapa}/kirim", teks="halo", kunci=KUNCI, undang="1")
    siti.kirim(f"/percakapan/{siapa}/kirim", 409, teks="", kunci=KUNCI, undang="1")
    assert terkirim(siapa)[1:] == ["halo"]


# letting go


def test_done_ends_it_and_tells_the_resident(meja, siapa):
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{siapa}/ambil")
    for _ in range(2):
        siti.kirim(f"/percakapan/{siapa}/selesai")
    assert terkirim(siapa)[1:] == [teks_.SELESAI]
    assert not dipegang(siapa)
    assert rows("SELECT penutup FROM serahan") == [("selesai",)]
    assert [baris[1] for baris in jejak()] == ["percakapan_diambil", "percakapan_selesai"]


def test_letting_go_puts_it_back_into_the_queue(meja, siapa):
    siti, budi = meja.masuk(), meja.masuk("budi")
    siti.kirim(f"/percakapan/{siapa}/ambil")
    budi.kirim(f"/percakapan/{siapa}/lepas", 409)
    siti.kirim(f"/percakapan/{siapa}/lepas")
    assert terkirim(siapa)[1:] == [teks_.dilepas("Siti")]
    assert not dipegang(siapa)
    assert "Dikembalikan ke antrean" in budi.buka("/percakapan").text
    budi.kirim(f"/percakapan/{siapa}/ambil")
    assert terkirim(siapa)[-1] == teks_.diambil("Budi")


def test_a_waiting_request_is_closed_without_taking_it(meja, siapa):
    serahan.minta(siapa, serahan.DIMINTA)
    meja.masuk().kirim(f"/percakapan/{siapa}/selesai")
    assert terkirim(siapa) == [teks_.SELESAI]
    assert "Menunggu petugas (0)" in meja.masuk().buka("/percakapan").text


# what ends by itself


def akhiri() -> int:
    """The job behind the pages."""
    return tugas.rapikan()


@pytest.mark.kedua_basis_data
def test_after_two_hours_without_a_word_the_bot_answers_again(meja, siapa, jam):
    meja.masuk().kirim(f"/percakapan/{siapa}/ambil")
    jam.maju(hours=1, minutes=59)
    assert akhiri() == 0
    receive(ledger(), message(sender=NOMOR, stamp=int(jam.kini.timestamp())))
    jam.maju(hours=1, minutes=59)
    assert akhiri() == 0
    jam.maju(minutes=2)
    assert akhiri() == 1
    assert terkirim(siapa)[-1] == teks_.OTOMATIS
    assert not dipegang(siapa)
    assert rows("SELECT penutup FROM serahan") == [("otomatis",)]
    assert jejak()[-1][:2] == ("sistem", "percakapan_otomatis")


@pytest.mark.kedua_basis_data
def test_two_consoles_end_it_once(meja, siapa, jam):
    meja.masuk().kirim(f"/percakapan/{siapa}/ambil")
    jam.maju(hours=3)
    assert sum(at_once(lambda _: akhiri(), 4)) == 1
    assert terkirim(siapa).count(teks_.OTOMATIS) == 1
    assert [baris[1] for baris in jejak()].count("percakapan_otomatis") == 1


def test_what_an_officer_writes_keeps_it_alive(meja, siapa, jam):
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{siapa}/ambil")
    jam.maju(hours=1, minutes=50)
    meja.masuk().kirim(f"/percakapan/{siapa}/kirim", teks="sebentar ya", kunci=KUNCI)
    jam.maju(hours=1, minutes=50)
    assert akhiri() == 0


def test_who_was_asked_to_write_is_waited_for_a_week(meja, lama, jam):
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{lama}/ambil")
    siti.kirim(f"/percakapan/{lama}/kirim", teks="KTP jadi", kunci=KUNCI, undang="1")
    jam.maju(days=6)
    assert akhiri() == 0
    assert dipegang(lama)
    jam.maju(days=1, minutes=1)
    assert akhiri() == 1
    assert not dipegang(lama)


def test_a_request_nobody_answers_for_a_week_is_closed_with_an_apology(meja, siapa, jam):
    serahan.minta(siapa, serahan.DIMINTA)
    jam.maju(days=7)
    assert akhiri() == 0
    jam.maju(minutes=1)
    assert akhiri() == 1
    assert akhiri() == 0
    assert terkirim(siapa) == [teks_.KEDALUWARSA]
    assert rows("SELECT penutup FROM serahan") == [("kedaluwarsa",)]


def test_the_job_is_run_by_the_console():
    from kelurahan.console.app import semua_tugas

    assert [t.kerja for t in semua_tugas() if t.nama == "percakapan"] == [tugas.rapikan]


@pytest.mark.parametrize(
    "teks", [teks_.SELESAI, teks_.OTOMATIS, teks_.KEDALUWARSA, teks_.dilepas("Siti"),
             teks_.diambil("Siti"), teks_.HAPUS_DATA],
)  # fmt: skip
def test_whatever_residents_are_told_says_what_can_be_typed(teks):
    assert any(f"*{kata}*" in teks for kata in ("menu", "petugas", "selesai"))
    assert len(teks) < 300
