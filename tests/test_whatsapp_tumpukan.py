"""The whole stack as Meta meets it: signed webhooks in, Graph messages out, nothing in the logs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from layanan_uji import Bot, bot

from actions.dasar import GANGGUAN
from kelurahan.katalog import Layanan, katalog
from kelurahan.whatsapp.replies import FIXED_REPLIES
from scripts.serve_test import ACCOUNT
from simulator import ids, testing
from simulator.model import Bubble

pytestmark = pytest.mark.tumpukan

PATIENCE = 60.0  # seconds; two cores may be busy with other tests
THREE_MB = 3 * 1024 * 1024
SKU = katalog().ambil("sku")


@dataclass
class Dunia:
    """Meta's side and the bot, and everything that must never stand in a log."""

    sim: testing.RunningSimulator
    bot: Bot
    basis: Path
    rahasia: set[str] = field(default_factory=set)
    terakhir: int = 100

    def warga(self) -> str:
        """A resident nobody has heard of yet."""
        self.terakhir += 1
        nomor = f"62812000{self.terakhir:05d}"
        self.rahasia.add(nomor)
        return nomor

    def tanya(self, warga: str, teks: str) -> Bubble:
        """Write a text; the one reply to it."""
        return self._satu(warga, lambda: self.sim.send_text(warga, teks))

    def ketuk(self, warga: str, judul: str) -> Bubble:
        """Tap a button or row; the one reply to it."""
        return self._satu(warga, lambda: self.sim.tap(warga, judul))

    def kirim(self, warga: str, **spec) -> Bubble:
        """Send one message of any kind; the one reply to it."""
        return self._satu(warga, lambda: self.sim.play({"resident": warga, **spec}))

    def _satu(self, warga: str, lakukan) -> Bubble:
        lama = len(self.sim.replies(warga))
        lakukan()
        self.tunggu(warga, lama + 1)
        return self.sim.replies(warga)[lama]

    def tunggu(self, warga: str, jumlah: int) -> list[Bubble]:
        """Wait until the resident sees this many replies."""
        self.sim.wait_until(
            lambda: len(self.sim.replies(warga)) >= jumlah,
            lambda: f"waited for reply {jumlah}\n{self.sim.transcript_text(warga)}",
            PATIENCE,
        )
        return self.sim.replies(warga)

    def tidak_ada_lagi(self, warga: str, jumlah: int) -> None:
        """One lane per resident: once this is answered, everything before it has been."""
        self.sim.send_text(warga, "jam buka")
        self.sim.wait_until(
            lambda: any("Jam layanan" in satu.text for satu in self.sim.replies(warga)),
            lambda: f"no answer to the last question\n{self.sim.transcript_text(warga)}",
            PATIENCE,
        )
        assert len(self.sim.replies(warga)) == jumlah + 1, self.sim.transcript_text(warga)

    def baris(self, sql: str, *nilai: str) -> list[tuple]:
        """Read the bot's database."""
        with closing(sqlite3.connect(self.basis)) as koneksi:
            return koneksi.execute(sql, nilai).fetchall()

    def ubah(self, sql: str) -> None:
        """Change the bot's database behind its back."""
        with closing(sqlite3.connect(self.basis)) as koneksi, koneksi:
            koneksi.execute(sql)

    def permohonan(self, warga: str) -> list[tuple]:
        """(number, service, name, status) of what this resident filed."""
        orang = self.sim.simulator.state.resident(warga)
        return self.baris(
            "SELECT p.nomor, p.layanan, p.nama, p.status FROM permohonan p JOIN warga w"
            " ON w.id = p.warga_id WHERE w.wa_id = ? OR w.bsuid = ? ORDER BY p.id",
            orang.wa_id or "-",
            orang.bsuid,
        )


@pytest.fixture(scope="module")
def dunia(tmp_path_factory) -> Iterator[Dunia]:
    """One simulator and one bot for the whole module; every test brings its own residents."""
    logs = tmp_path_factory.mktemp("bot")
    basis = tmp_path_factory.mktemp("basis") / "kelurahan.db"
    akun = {
        "access_token": ACCOUNT["whatsapp_access_token"],
        "verify_token": ACCOUNT["whatsapp_verify_token"],
        "phone_number_id": ACCOUNT["whatsapp_phone_number_id"],
        "business_account_id": ACCOUNT["whatsapp_business_account_id"],
    }
    rahasia = ACCOUNT["whatsapp_app_secret"]
    with testing.start(secret=rahasia, retry_delays=(), webhook_timeout=30, **akun) as sim:
        environ = {name.upper(): nilai for name, nilai in ACCOUNT.items()}
        environ |= {"GRAPH_API_URL": sim.url, "DATABASE_URL": f"sqlite:///{basis}"}
        with bot(logs, environ) as berjalan:
            sim.set_webhook(berjalan.whatsapp)
            yield Dunia(sim, berjalan, basis)


def baris_menu(layanan: Layanan) -> tuple[str, str]:
    """The group to tap in the menu, and the row to tap in that group."""
    kelompok = next(k for k in katalog().kelompok if k.kunci == layanan.kelompok)
    return kelompok.judul, f"#{layanan.nomor} {layanan.judul}"


def pilih(dunia: Dunia, warga: str, layanan: Layanan) -> Bubble:
    """From the menu to one service by two taps."""
    for judul in baris_menu(layanan):
        jawaban = dunia.ketuk(warga, judul)
    return jawaban


def ajukan(dunia: Dunia, warga: str, baris: str, layanan: Layanan = SKU) -> str:
    """File an application; return its number."""
    dunia.tanya(warga, f"#{layanan.nomor}")
    return nomor(dunia.tanya(warga, baris))


def nomor(jawaban: Bubble) -> str:
    return jawaban.text.split("Nomor: *")[1].split("*")[0]


def test_meta_accepts_the_webhook(dunia):
    assert dunia.sim.handshake() == (200, "1158201444")
    assert dunia.sim.handshake("kata lain")[0] == 403


# three residents, from menu to application


@pytest.mark.parametrize(
    ("warga", "layanan", "isian"),
    [
        ("siti", "akta_lahir", ["Aisyah Putri Rahmawati", "2 Februari 2024", "RT 3 RW 5"]),
        ("budi", "sku", ["Budi Santosa Wiraharja#12-04-1985#4/7"]),
        ("rara", "sktm", ["nama saya Rara Anjani Kusuma, lahir 3 mei 1990", "rt03/rw05"]),
    ],
    ids=["field by field", "one line", "known by BSUID only"],
)
def test_a_resident_is_served_from_menu_to_recorded_application(dunia, warga, layanan, isian):
    satu = katalog().ambil(layanan)
    menu = dunia.tanya(warga, "Kelurahan Kedung Jaya")
    assert menu.titles == [k.judul for k in katalog().kelompok]
    syarat = pilih(dunia, warga, satu)
    assert satu.nama in syarat.text
    assert "nama lengkap" in dunia.tanya(warga, "ya").text
    for teks in isian:
        jawaban = dunia.tanya(warga, teks)
    [(tercatat, slug, nama, _)] = dunia.permohonan(warga)
    assert slug == layanan
    assert nama in jawaban.text
    assert tercatat == nomor(jawaban)
    assert tercatat in dunia.tanya(warga, "status").text


def test_a_button_cancels_what_was_filed(dunia):
    warga = dunia.warga()
    ajukan(dunia, warga, "Wulan Purnamasari#1-1-1991#1/1")
    tanya = dunia.tanya(warga, "batal")
    assert tanya.titles == ["Ya, batalkan", "Tidak"]
    assert "dibatalkan" in dunia.ketuk(warga, "Ya, batalkan").text
    assert dunia.permohonan(warga)[0][3] == "dibatalkan"


def test_a_row_tapped_inside_the_form_is_a_question_not_an_answer(dunia):
    """What a tap means travels as `/intent{…}`: no resident may ever read that."""
    warga = dunia.warga()
    dunia.tanya(warga, "ajukan sku")
    dunia.tanya(warga, "menu")
    jawaban = pilih(dunia, warga, katalog().ambil("haji"))
    assert katalog().ambil("haji").nama in jawaban.text
    assert "/tanya_syarat" not in jawaban.text
    assert jawaban.text.rstrip().split("\n\n")[-1].startswith("📝")
    assert "Nama: Wawan Setiawan Hadi" in dunia.tanya(warga, "Wawan Setiawan Hadi").text


def test_the_same_button_tapped_twice_does_one_thing(dunia):
    warga = dunia.warga()
    ajukan(dunia, warga, "Kurnia Sandi Wibawa#1-1-1991#1/1")
    dunia.tanya(warga, "hapus data saya")
    assert "sudah dihapus" in dunia.ketuk(warga, "Ya, hapus").text
    kedua = dunia.ketuk(warga, "Ya, hapus")
    assert "sudah dihapus" not in kedua.text


# delivered more than once, or together


@pytest.mark.parametrize("serentak", [False, True], ids=["one after another", "at once"])
def test_a_message_delivered_three_times_is_one_application_and_one_reply(dunia, serentak):
    warga = dunia.warga()
    dunia.tanya(warga, "#5")
    sebelum = len(dunia.sim.replies(warga))
    baris = {"resident": warga, "text": "Gunawan Saputro Adi#2-3-1966#1/4"}
    kiriman = dunia.sim.play(baris, duplicate=3, concurrent=serentak)
    assert [satu.attempts[0].status for satu in kiriman] == [200, 200, 200]
    dunia.tunggu(warga, sebelum + 1)
    dunia.tidak_ada_lagi(warga, sebelum + 1)
    assert len(dunia.permohonan(warga)) == 1


def test_two_equal_lines_at_the_same_moment_are_one_application(dunia):
    """Two messages, two replies, but the second says that it was recorded before."""
    warga = dunia.warga()
    dunia.tanya(warga, "#5")
    baris = {"resident": warga, "text": "Lastri Widyaningsih#2-3-1966#1/4"}
    dunia.sim.play(baris, baris, concurrent=True)
    pertama, kedua = dunia.tunggu(warga, 3)[1:3]
    assert nomor(pertama) == nomor(kedua)
    assert "sebelumnya" in kedua.text
    assert len(dunia.permohonan(warga)) == 1


@pytest.mark.parametrize("kemasan", ["batch", "entries", "with_statuses"])
def test_a_batch_with_mixed_senders_answers_each_of_them(dunia, kemasan):
    a, b = dunia.warga(), dunia.warga()
    dunia.sim.play(
        {"resident": a, "text": "#1"},
        {"resident": b, "text": "#2"},
        {"resident": a, "text": "#3"},
        packing=kemasan,
    )
    kata_a = [satu.text for satu in dunia.tunggu(a, 2)]
    kata_b = [satu.text for satu in dunia.tunggu(b, 1)]
    assert "#1 " in kata_a[0]
    assert "#3 " in kata_a[1]
    assert "#2 " in kata_b[0]
    assert len(kata_b) == 1


def test_two_residents_filing_at_once_get_different_numbers(dunia):
    warga = [dunia.warga() for _ in range(4)]
    for satu in warga:
        dunia.tanya(satu, "#5")
    baris = [{"resident": w, "text": "Prasetyo Nugroho Jati#2-3-1966#1/4"} for w in warga]
    dunia.sim.play(*baris, concurrent=True)
    jawaban = [dunia.tunggu(satu, 2)[1] for satu in warga]
    assert len({nomor(satu) for satu in jawaban}) == 4


def test_five_quick_messages_are_answered_in_their_order(dunia):
    warga = dunia.warga()
    for n in (11, 4, 9, 2, 17):
        dunia.sim.send_text(warga, f"#{n}")
    jawaban = dunia.tunggu(warga, 5)
    terbaca = [next(n for n in range(1, 21) if f"*#{n} " in satu.text) for satu in jawaban]
    assert terbaca == [11, 4, 9, 2, 17]


# what is not text


@pytest.mark.parametrize(
    ("contoh", "balasan"),
    [
        ("voice_note", "suara"),
        ("voice_old", "suara"),
        ("image", "foto"),
        ("video", "video"),
        ("document", "dokumen"),
        ("sticker", "stiker"),
        ("location", "lokasi"),
        ("contacts", "kontak"),
        ("unsupported", "tidak_didukung"),
        ("unsupported_poll", "tidak_didukung"),
        ("unsupported_edit", "suntingan"),
        ("edit", "suntingan"),
        ("media_too_large", "terlalu_besar"),
        ("unknown_type", "tidak_dikenal"),
        ("text_empty", "kosong"),
    ],
)
def test_what_cannot_be_read_gets_its_own_polite_reply(dunia, contoh, balasan):
    assert dunia.kirim(dunia.warga(), sample=contoh).text == FIXED_REPLIES[balasan]


@pytest.mark.parametrize(
    "contoh",
    ["reaction", "reaction_removed", "revoke", "order", "system_identity", "group_message"],
)
def test_what_needs_no_answer_gets_none(dunia, contoh):
    warga = dunia.warga()
    [kiriman] = dunia.sim.play({"resident": warga, "sample": contoh})
    assert kiriman.accepted
    dunia.tidak_ada_lagi(warga, 0)


def test_a_caption_is_read_like_any_text(dunia):
    jawaban = dunia.kirim(dunia.warga(), attach="photo", caption="#7")
    assert "Tidak Mampu" in jawaban.text


def test_media_in_the_middle_of_a_form_does_not_lose_it(dunia):
    warga = dunia.warga()
    dunia.tanya(warga, "ajukan sku")
    dunia.kirim(warga, sample="voice_note")
    assert "tanggal lahir" in dunia.tanya(warga, "Herlina Damayanti Sari").text


def test_photos_for_an_application_are_fetched_and_go_when_their_resident_goes(dunia):
    warga = dunia.warga()
    tercatat = ajukan(dunia, warga, "Lilis Suryani Putri#1-2-1990#2/3")
    jawaban = dunia.kirim(warga, attach="photo", caption="jam buka")
    assert tercatat in jawaban.text
    assert "Jam layanan" in jawaban.text
    dunia.sim.send(warga, attach="pdf")  # of the same album: kept, not told again
    dunia.sim.wait_until(
        lambda: (
            dunia.baris("SELECT mime FROM lampiran WHERE state = 'stored' ORDER BY id")
            == [("image/jpeg",), ("application/pdf",)]
        ),
        lambda: str(dunia.baris("SELECT state, alasan FROM lampiran")),
        PATIENCE,
    )
    dunia.tanya(warga, "hapus data saya")
    assert "sudah dihapus" in dunia.ketuk(warga, "Ya, hapus").text
    assert set(dunia.baris("SELECT state, warga_id FROM lampiran")) <= {("gone", "")}


# hostile


def post(dunia: Dunia, body: bytes) -> int | None:
    kirim = dunia.sim.simulator.courier.deliver(body, kind="messages", ids=[])
    return dunia.sim.do(kirim).attempts[0].status


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[1,2]", b'{"entry": 7}', b"\xff\xfe", b"[" * 100_000, b'"x"'],
    ids=["empty", "half", "null", "list", "wrong type", "not UTF-8", "deep", "string"],
)
def test_a_malformed_body_is_swallowed_and_the_next_message_answered(dunia, body):
    assert post(dunia, body) == 200, "Meta would repeat it for a week"
    assert dunia.tanya(dunia.warga(), "#1").text


@pytest.mark.parametrize("tanda", ["bad", "missing"])
def test_a_forged_webhook_is_refused_and_leaves_no_trace(dunia, tanda):
    warga = dunia.warga()
    baris = {"resident": warga, "text": "Penyusup Palsu Jahat#1-1-1990#1/1"}
    [kiriman] = dunia.sim.play(baris, signature=tanda)
    assert kiriman.attempts[0].status == 403
    assert dunia.baris("SELECT 1 FROM warga WHERE wa_id = ?", warga) == []


def test_the_largest_body_meta_sends_is_read_and_a_larger_one_refused(dunia):
    besar, lebih = dunia.warga(), dunia.warga()
    [cukup] = dunia.sim.play({"resident": besar, "text": "#1"}, pad_to=THREE_MB)
    assert (len(cukup.body), cukup.attempts[0].status) == (THREE_MB, 200)
    assert dunia.tunggu(besar, 1)
    [ditolak] = dunia.sim.play({"resident": lebih, "text": "#1"}, pad_to=THREE_MB + 1)
    assert ditolak.attempts[0].status == 413
    dunia.tidak_ada_lagi(lebih, 0)


@pytest.mark.parametrize(
    "teks",
    [
        "/restart",
        "/session_start",
        '/ajukan_permohonan{"layanan":"ktp"}',
        "\ufeff/data_pribadi{}",
        '\u200b／ isi_permohonan{"layanan":"ktp"}',
    ],
)
def test_a_typed_command_of_rasa_is_only_text(dunia, teks):
    """A question is open, and a form would end by a "/restart" that Rasa took seriously."""
    warga = dunia.warga()
    ajukan(dunia, warga, "Ningrum Kartikasari#1-1-1990#1/1")
    dunia.tanya(warga, "hapus data saya")
    dunia.tanya(warga, teks)
    assert [(s[1], s[3]) for s in dunia.permohonan(warga)] == [("sku", "baru")]
    dunia.tanya(warga, "ajukan sktm")
    dunia.tanya(warga, "Baskoro Adiwinata")
    dunia.tanya(warga, "/restart")
    dunia.tanya(warga, "3 mei 1990")
    assert "Baskoro Adiwinata" in dunia.tanya(warga, "3/5").text


def test_the_button_of_another_resident_is_worth_its_title_only(dunia):
    korban, penyerang = dunia.warga(), dunia.warga()
    ajukan(dunia, korban, "Mutiara Cahyaningtyas#1-1-1990#1/1")
    ajukan(dunia, penyerang, "Ferdinan Sukmajaya#1-1-1990#1/1")
    tombol = dunia.tanya(korban, "hapus data saya").choices[0]
    assert tombol.id.startswith("b:")
    curian = {"id": tombol.id, "title": "jam buka"}
    isi = {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": curian}}
    dunia.tanya(penyerang, "hapus data saya")  # a real "ya" would now erase the thief's data
    jawaban = dunia.kirim(penyerang, content=isi)
    assert "08.00" in jawaban.text
    assert len(dunia.permohonan(korban)) == len(dunia.permohonan(penyerang)) == 1


@pytest.mark.parametrize("palsu", ["/setuju", "b:/setuju", "l:0.0", "b:ffffffff.0.L3NldHVqdQ.AAAA"])
def test_an_invented_button_id_does_nothing(dunia, palsu):
    warga = dunia.warga()
    ajukan(dunia, warga, "Handayani Puspitasari#1-1-1990#1/1")
    dunia.tanya(warga, "hapus data saya")
    balas = {"id": palsu, "title": "menu"}
    isi = {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": balas}}
    assert "#20" in dunia.kirim(warga, content=isi).text
    assert len(dunia.permohonan(warga)) == 1


def test_no_payload_of_ours_goes_over_the_wire(dunia):
    warga = dunia.warga()
    dunia.tanya(warga, "menu")
    for bubble in dunia.sim.replies(warga):
        assert "/minta_menu" not in json.dumps(bubble.payload)


# and after all of this


def test_the_log_has_no_traceback(dunia):
    """Nothing above, however odd, is an error of ours."""
    dunia.tanya(dunia.warga(), "menu")
    for berkas in dunia.bot.logs.rglob("*.log"):
        assert "Traceback" not in berkas.read_text(encoding="utf-8", errors="replace")


def test_while_the_table_is_away_the_resident_is_told_and_nothing_is_lost(dunia):
    warga = dunia.warga()
    dunia.tanya(warga, "#5")
    dunia.ubah("ALTER TABLE permohonan RENAME TO dipindah")
    try:
        jawaban = dunia.tanya(warga, "Trisnawati Kusumaningrum#5-6-1978#2/6")
    finally:
        dunia.ubah("ALTER TABLE dipindah RENAME TO permohonan")
    assert jawaban.text == GANGGUAN.teks
    catatan = (dunia.bot.logs / "actions.log").read_text(encoding="utf-8")
    assert "action_ajukan failed: " in catatan
    assert "Trisnawati" not in catatan
    dunia.tanya(warga, "Trisnawati Kusumaningrum#5-6-1978#2/6")
    assert [satu[2] for satu in dunia.permohonan(warga)] == ["Trisnawati Kusumaningrum"]


def test_no_log_holds_a_number_a_message_id_a_secret_or_what_residents_wrote(dunia):
    warga = dunia.warga()
    ajukan(dunia, warga, "Rahardian Wicaksana#17-8-1979#2/6")
    rahasia = dunia.rahasia | {nilai for nilai in ACCOUNT.values() if not nilai.isdigit()}
    for orang in dunia.sim.simulator.state.residents.values():
        rahasia |= {nilai for nilai in (orang.wa_id, orang.bsuid) if nilai}
    for bubble in dunia.sim.simulator.state.bubbles.values():
        rahasia.add(bubble.id)
        if len(bubble.text) >= 12 or "/" in bubble.text:
            rahasia |= {bubble.text, bubble.text.split("#")[0]}
    rahasia |= {"Rahardian", ids.wamid(warga)[:30]}
    berkas = [p for p in dunia.bot.logs.rglob("*") if p.is_file()]
    assert {p.name for p in berkas} >= {"rasa.log", "actions.log"}
    bocor = [
        (p.name, satu[:30])
        for p in berkas
        for satu in rahasia
        if len(satu) > 3 and satu in p.read_text(encoding="utf-8", errors="replace")
    ]
    assert bocor == []
