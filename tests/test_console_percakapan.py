"""The pages of conversations: the lists, one chat from all its sources, hostile words harmless."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field

import pytest
from petugas_dunia import Meja, ajukan, surat, teks_polos
from petugas_dunia import warga as warga_baru
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from whatsapp_store_world import ledger, message, receive, rows

from kelurahan import settings as pengaturan
from kelurahan.console.keamanan import peran
from kelurahan.console.percakapan import asisten, linimasa
from kelurahan.console.percakapan.halaman import HALAMAN
from kelurahan.store import pengurus, serahan, sesi, waktu
from kelurahan.store.models import Warga
from kelurahan.whatsapp import outbox, templates
from kelurahan.whatsapp.build import text_body
from kelurahan.whatsapp.events import Content, Media, Outcome, Status

NOMOR = "6281100000001"
JAHAT = '<script>alert("x")</script>\u202ebalik'


@dataclass
class Rasa:
    """Conversations as Rasa itself saves them."""

    simpanan: SQLTrackerStore
    saat: float = field(default_factory=lambda: waktu.sekarang().timestamp() - 3600)

    def simpan(self, siapa: str, *events: Event) -> None:
        tracker = DialogueStateTracker(siapa, slots=[])
        lama = asyncio.run(self.simpanan.retrieve_full_tracker(siapa))
        for event in [*(lama.events if lama else []), *events]:
            tracker.update(event)
        asyncio.run(self.simpanan.save(tracker))

    def giliran(self, siapa: str, kata: str, jawab: str, tombol=(), pesan_id="m") -> None:
        """One turn: what was written, what the bot said."""
        self.saat += 10
        parse = {"intent": {"name": "x"}, "entities": []}
        self.simpan(
            siapa,
            UserUttered(kata, parse_data=parse, timestamp=self.saat, message_id=pesan_id),
            ActionExecuted("action_x", timestamp=self.saat + 1),
            BotUttered(jawab, data={"buttons": list(tombol)}, timestamp=self.saat + 2),
        )


@pytest.fixture
def rasa(basis_data, tmp_path, monkeypatch) -> Rasa:
    """Rasa's table, beside our own on PostgreSQL, in a file of its own on SQLite."""
    url = basis_data.url
    if basis_data.jenis == "sqlite":
        url = f"sqlite:///{tmp_path / 'percakapan.db'}"
    monkeypatch.setenv("TRACKER_URL", url)
    pengaturan.settings.cache_clear()
    simpanan = SQLTrackerStore(domain=Domain.empty(), host=url)
    yield Rasa(simpanan)
    simpanan.SQLEvent.__table__.drop(simpanan.engine)  # the schema is shared with other tests
    simpanan.engine.dispose()


@pytest.fixture
def meja(rasa) -> Meja:
    return Meja()


def isi(meja: Meja, siapa: str, nama: str = "siti") -> str:
    """The words of a chat page."""
    return teks_polos(meja.masuk(nama).buka(f"/percakapan/{siapa}").text)


def urutan(teks: str, *kata: str) -> bool:
    """Whether these words stand there in this order."""
    tempat = [teks.find(satu) for satu in kata]
    return -1 not in tempat and tempat == sorted(tempat)


# one chat


@pytest.mark.kedua_basis_data
def test_a_chat_shows_bot_officer_and_notices_in_the_order_in_which_they_came(meja, rasa):
    siapa = warga_baru()
    rasa.giliran(siapa, "syarat ktp?", "Bawa KK.")
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{siapa}/ambil")
    siti.kirim(f"/percakapan/{siapa}/kirim", teks="Selamat pagi, saya Siti.")
    receive(ledger(), message(sender=NOMOR, content=Content(Outcome.TO_RASA, text="pagi bu")))
    with sesi() as s:
        badan = text_body("Kabar: siap diambil.")
        outbox.enqueue(s, siapa, badan, kind="status", pesan_id="status:1")
    teks = isi(meja, siapa)
    assert urutan(
        teks, "syarat ktp?", "Bawa KK.", "Anda sekarang dibantu petugas Siti",
        "Selamat pagi, saya Siti.", "pagi bu", "Kabar: siap diambil.",
    )  # fmt: skip
    assert "Petugas Siti," in teks
    assert "Asisten," in teks


def test_a_tapped_choice_is_shown_as_the_words_on_it(meja, rasa):
    siapa = warga_baru()
    tombol = {"title": "Lihat syarat", "payload": '/tanya_syarat{"layanan": "ktp"}'}
    rasa.giliran(siapa, "ktp", "Apa yang ditanyakan?", [tombol])
    rasa.giliran(siapa, '/tanya_syarat{"layanan": "ktp"}', "Bawa KK.")
    rasa.giliran(siapa, '/tanya_biaya{"layanan": "sku"}', "Gratis.")
    rasa.giliran(siapa, "/tanya_biaya{rusak", "Gratis.")
    teks = isi(meja, siapa)
    assert "Pilihan: Lihat syarat" in teks
    assert urutan(teks, "Apa yang ditanyakan?", "Lihat syarat", "Bawa KK.")
    assert "Pilihan: tanya biaya Surat Keterangan Usaha" in teks
    assert "{" not in teks


HANTARAN = {
    "waiting": ((), "menunggu dikirim"),
    "accepted": (("sent",), "terkirim"),
    "arrived": (("delivered",), "sampai"),
    "read": (("delivered", "read"), "dibaca"),
}


@pytest.mark.parametrize(("statuses", "kata"), HANTARAN.values(), ids=HANTARAN.keys())
def test_how_far_a_message_came_stands_beside_it(meja, rasa, statuses, kata):
    siapa = warga_baru()
    with sesi() as s:
        outbox.enqueue(s, siapa, text_body("Halo"), kind="status")
    one = ledger()
    if statuses:
        (letter,) = one.take_letters(1, ())
        one.sent(letter, "wamid.X", go_on=False)
    for status in statuses:
        with sesi() as s:
            outbox.merge(s, Status("wamid.X", status, 1))
    assert re.search(rf'class="tanda">{kata}<', meja.masuk().buka(f"/percakapan/{siapa}").text)


def test_the_bots_answer_carries_the_mark_of_its_letter(meja, rasa):
    one = ledger()
    (turn,) = receive(one, message(sender=NOMOR))
    rasa.giliran(turn.resident, "menu", "Ini menunya.", pesan_id=turn.pesan_id)
    done = one.finish_turn(turn, [text_body("Ini menunya.")], "bot:menu", go_on=False)
    one.sent(done.letter, "wamid.X", go_on=False)
    assert "Ini menunya. terkirim" in isi(meja, turn.resident)


def test_an_answer_that_was_held_back_says_so_and_the_question_stands_once(meja, rasa):
    one = ledger()
    words = Content(Outcome.TO_RASA, text="berapa biayanya")
    (turn,) = receive(one, message(sender=NOMOR, content=words))
    meja.masuk().kirim(f"/percakapan/{turn.resident}/ambil")
    rasa.giliran(turn.resident, "berapa biayanya", "Gratis.", pesan_id=turn.pesan_id)
    teks = isi(meja, turn.resident)
    assert "Gratis. tidak dikirim: petugas sudah mengambil alih" in teks
    assert teks.count("berapa biayanya") == 1


def test_what_the_bot_never_saw_is_there_too(meja, rasa):
    one = ledger()
    photo = Content(Outcome.FIXED_REPLY, "foto")
    (turn,) = receive(one, message(sender=NOMOR, content=photo, type="image"))
    one.finish_turn(turn, [text_body("Maaf, foto")], "foto", go_on=False)
    receive(one, message(sender=NOMOR, content=Content(Outcome.TO_RASA, text="halo")), slots=0)
    teks = isi(meja, turn.resident)
    assert urutan(teks, "[foto]", "Maaf, foto", "halo", "menunggu asisten")


def test_words_that_came_with_a_photo_keep_its_mark(meja, rasa):
    content = Content(Outcome.TO_RASA, text="KTP saya", media=Media("1"))
    (turn,) = receive(ledger(), message(sender=NOMOR, content=content, type="image"))
    rasa.giliran(turn.resident, "KTP saya", "Baik.", pesan_id=turn.pesan_id)
    assert "[foto] KTP saya" in isi(meja, turn.resident)


def test_a_message_the_bot_could_not_answer_is_marked(meja, rasa):
    one = ledger()
    (turn,) = receive(one, message(sender=NOMOR, content=Content(Outcome.TO_RASA, text="aneh")))
    one.park_turn(turn, text_body("Maaf, ada gangguan."), "x", go_on=False)
    teks = isi(meja, turn.resident)
    assert urutan(teks, "aneh", "belum terjawab", "Maaf, ada gangguan.")


def test_words_that_are_no_longer_kept_leave_their_place(meja, rasa):
    siapa = warga_baru()
    with sesi() as s:
        outbox.enqueue(s, siapa, text_body("Kabar"), kind="status")
        s.connection().exec_driver_sql("UPDATE outbox SET body = NULL, state = 'done'")
    assert linimasa.ISI_LUPA in isi(meja, siapa)


def test_a_template_is_shown_as_its_words(meja, rasa):
    siapa = warga_baru()
    with sesi() as s:
        badan = templates.status_permohonan("KDJ-2611-0001", "e-KTP", "siap diambil")
        outbox.enqueue(s, siapa, badan, kind="status")
    assert "Kabar permohonan KDJ-2611-0001 (e-KTP)" in isi(meja, siapa)


def test_without_rasas_table_the_rest_is_shown_and_it_says_so(basis_data, tmp_path, monkeypatch):
    berkas = tmp_path / "belum-ada.db"
    monkeypatch.setenv("TRACKER_URL", f"sqlite:///{berkas}")
    pengaturan.settings.cache_clear()
    siapa = warga_baru()
    with sesi() as s:
        outbox.enqueue(s, siapa, text_body("Jawaban bot"), kind="bot:menu")
    meja = Meja()
    teks = isi(meja, siapa)
    assert "sedang tidak bisa dibaca" in teks
    assert "Jawaban bot" in teks
    assert not berkas.exists(), "looking at it must not make Rasa's database"
    berkas.touch()
    assert "sedang tidak bisa dibaca" in isi(meja, siapa)
    meja.masuk().buka("/percakapan")


def test_a_conversations_database_that_is_away_is_no_fault_of_the_page(rasa, monkeypatch):
    monkeypatch.setenv("TRACKER_URL", "postgresql://orang@127.0.0.1:9/tak_ada")
    monkeypatch.setenv("DATABASE_URL", pengaturan.settings().store_url)
    pengaturan.settings.cache_clear()
    assert asisten.baca(["a"], 5) is None
    assert asisten.terakhir_ditulis(["a"]) == {}


def test_only_the_last_lines_are_shown_and_it_says_so(meja, rasa):
    siapa = warga_baru()
    with sesi() as s:
        for n in range(linimasa.BATAS + 20):
            serahan.catat(s, siapa, f"baris-{n:04}", arah=serahan.MASUK, oleh="warga")
    teks = isi(meja, siapa)
    assert "baris-0019" not in teks
    assert "baris-0020" in teks
    assert "Hanya yang terakhir" in teks


def test_hostile_words_are_shown_harmlessly(meja, rasa):
    siapa = warga_baru()
    rasa.giliran(siapa, JAHAT, JAHAT, [{"title": JAHAT, "payload": "/x"}])
    serahan.minta(siapa, serahan.DIMINTA)
    siti = meja.masuk()
    siti.kirim(f"/percakapan/{siapa}/ambil")
    receive(ledger(), message(sender=NOMOR, content=Content(Outcome.TO_RASA, text=JAHAT)))
    for path in ("/percakapan", f"/percakapan/{siapa}", f"/percakapan/{siapa}/isi"):
        html = siti.buka(path).text
        assert "<script>alert" not in html
        assert "&lt;script&gt;" in html
        assert "\u202e" not in html


def test_two_records_of_one_resident_are_one_chat(meja, rasa):
    lama = warga_baru()
    with sesi() as s:
        dini = Warga(id="dini", bsuid="ID.a", dibuat=waktu.sekarang(), digabung_ke=lama)
        s.add(dini)
    rasa.giliran("dini", "dari akun baru", "Baik.")
    rasa.giliran(lama, "dari akun lama", "Baik.")
    siti = meja.masuk()
    assert siti.buka("/percakapan/dini", 303).headers["location"] == f"/percakapan/{lama}"
    assert urutan(isi(meja, lama), "dari akun baru", "dari akun lama")


def test_who_is_gone_has_no_page(meja):
    siti = meja.masuk()
    siti.buka("/percakapan/tak-ada", 404)
    for tombol in ("ambil", "kirim", "lepas", "selesai"):
        siti.kirim(f"/percakapan/tak-ada/{tombol}", 404)
    kepala = {"HX-Request": "true"}
    jawab = siti.klien.get("/percakapan/tak-ada/isi", headers=kepala)
    assert jawab.headers["HX-Redirect"] == "/percakapan"


def test_applications_and_office_of_the_resident_stand_beside(meja):
    siapa = warga_baru()
    nomor = ajukan(siapa)
    with sesi() as s:
        pengurus.tambah(s, pengurus.Data("rt", "003", "005", "Pak Ahmad", NOMOR, False))
    halaman = meja.masuk().buka(f"/percakapan/{siapa}").text
    assert f'href="/permohonan/{nomor}"' in halaman
    assert "Ketua RT 003/RW 005, Pak Ahmad" in teks_polos(halaman)
    assert "+62 811-0000-0001" in halaman


# the page renews itself


def bagian(html: str) -> tuple[str, str]:
    """What the page sends along when it asks for news."""
    return re.search(r"versi=(\w+)&amp;papan=(\w+)", html).groups()


def test_a_chat_that_has_not_changed_sends_nothing(meja, rasa):
    siapa = warga_baru()
    siti = meja.masuk()
    versi, papan = bagian(siti.buka(f"/percakapan/{siapa}").text)
    lagi = f"/percakapan/{siapa}/isi?versi={versi}&papan={papan}"
    assert siti.buka(lagi, 204).text == ""
    rasa.giliran(siapa, "baru", "Baik.")
    html = siti.buka(lagi).text
    assert "baru" in html
    assert 'id="papan"' not in html, "the form and what is typed in it stay as they are"
    assert "<main" not in html


def test_the_form_is_renewed_when_somebody_takes_over_and_keeps_the_draft(meja, rasa):
    siapa = warga_baru()
    siti, budi = meja.masuk(), meja.masuk("budi")
    versi, papan = bagian(siti.buka(f"/percakapan/{siapa}").text)
    budi.kirim(f"/percakapan/{siapa}/ambil")
    html = siti.buka(f"/percakapan/{siapa}/isi?versi={versi}&papan={papan}").text
    assert 'id="papan" aria-labelledby="judul-papan" hx-swap-oob="true"' in html
    assert "Dipegang Budi" in html
    assert re.search(r'<textarea id="teks"[^>]* hx-preserve="true"', html)


def test_asking_for_news_is_no_work():
    """It must not keep a login alive that nobody uses."""
    diam = {h.path for h in HALAMAN if h.diam}
    assert diam == {"/percakapan/daftar", "/percakapan/{warga_id}/isi"}


# the lists


def nomor(n: int) -> str:
    return f"628110000{n:04}"


@pytest.mark.kedua_basis_data
def test_each_conversation_stands_in_its_list(meja, rasa):
    menunggu, lama, milik, orang_lain, biasa = (warga_baru(nomor(n)) for n in range(5))
    receive(ledger(), message(sender=nomor(4)))
    for siapa, sebab in ((lama, serahan.KELUHAN), (menunggu, serahan.TIDAK_PAHAM)):
        serahan.minta(siapa, sebab)
    rasa.giliran(menunggu, "tolong bicara", "Baik.")
    siti, budi = meja.masuk(), meja.masuk("budi")
    budi.kirim(f"/percakapan/{orang_lain}/ambil")
    siti.kirim(f"/percakapan/{milik}/ambil")
    html = siti.buka("/percakapan").text
    tempat = [html.index(f'/percakapan/{s}"') for s in (lama, menunggu, milik, orang_lain, biasa)]
    assert tempat == sorted(tempat)
    teks = teks_polos(html)
    assert urutan(teks, "Menunggu petugas (2)", "Keluhan tentang", "berulang kali tidak paham")
    assert urutan(teks, "Sedang dibantu petugas (2)", "Anda", "Budi")
    assert "tolong bicara" in teks


def test_the_list_sends_nothing_while_it_stays_the_same(meja, rasa):
    siti = meja.masuk()
    versi = re.search(r"daftar\?versi=(\w+)", siti.buka("/percakapan").text)[1]
    siti.buka(f"/percakapan/daftar?versi={versi}", 204)
    serahan.minta(warga_baru(), serahan.DIMINTA)
    assert "Minta petugas" in siti.buka(f"/percakapan/daftar?versi={versi}").text


@pytest.mark.kedua_basis_data
def test_unanswered_messages_are_listed_until_somebody_has_seen_to_them(meja, rasa):
    one = ledger()
    (turn,) = receive(one, message(sender=NOMOR, content=Content(Outcome.TO_RASA, text="rahasia")))
    one.park_turn(turn, text_body("maaf"), "x", go_on=False)
    siti = meja.masuk()
    assert urutan(teks_polos(siti.buka("/percakapan").text), "Tidak terjawab", "rahasia")
    ((satu,),) = rows("SELECT id FROM inbox")
    for _ in range(2):  # a second click does nothing
        siti.kirim(f"/percakapan/terparkir/{satu}/selesai")
    assert "Tidak terjawab" not in siti.buka("/percakapan").text
    assert rows("SELECT state, content FROM inbox") == [("done", None)]
    assert rows("SELECT oleh, tindakan, sasaran FROM jejak_audit WHERE tindakan LIKE 'pesan%'") == [
        ("siti", "pesan_ditangani", f"inbox:{satu}")
    ]
    siti.kirim(f"/percakapan/terparkir/{2**31}/selesai", 404)


def test_the_head_of_the_office_reads_and_has_no_buttons(meja, rasa):
    siapa = warga_baru()
    serahan.minta(siapa, serahan.DIMINTA)
    kepala = meja.masuk("lurah", peran.PIMPINAN)
    for path in ("/percakapan", f"/percakapan/{siapa}"):
        assert "<main" in kepala.buka(path).text
        assert 'action="/percakapan' not in kepala.buka(path).text
    kepala.kirim(f"/percakapan/{siapa}/ambil", 403)
    assert surat(siapa) == []
