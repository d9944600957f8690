"""Conversations over the running stack: REST channel, NLU, rules, action server, store."""

from __future__ import annotations

import httpx
import percakapan
import pytest
from layanan_uji import Bot, bot

from kelurahan.whatsapp.replies import FIXED_REPLIES

pytestmark = pytest.mark.tumpukan
SKENARIO = percakapan.semua_skenario()


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Bot:
    """One bot for all conversations; every conversation is a new resident."""
    with bot(tmp_path_factory.mktemp("percakapan")) as berjalan:
        yield berjalan


@pytest.mark.parametrize("skenario", SKENARIO, ids=[s["nama"] for s in SKENARIO])
def test_the_conversation_goes_as_written(server, skenario):
    """Kinds of reply, service in context, words, and one message per answer."""
    assert percakapan.mainkan(server.url, skenario) == []


def kirim(server: Bot, pengirim: str, teks: str, pesan_id: str) -> str:
    """Send one message with its own id; return the replies' text."""
    isi = {"sender": pengirim, "message": teks, "message_id": pesan_id}
    jawab = httpx.post(server.rest, json=isi, timeout=30).raise_for_status().json()
    return "\n".join(satu.get("text", "") for satu in jawab)


def test_the_same_message_delivered_twice_files_one_application(server):
    """The second delivery answers with the number of the first."""
    kirim(server, "dua-kali", "#7", "p1")
    pertama = kirim(server, "dua-kali", "Komariah#2-3-1966#1/4", "p2")
    kedua = kirim(server, "dua-kali", "Komariah#2-3-1966#1/4", "p2")
    daftar = kirim(server, "dua-kali", "status", "p3")
    nomor = pertama.split("Nomor: *")[1].split("*")[0]
    assert nomor in kedua
    assert nomor in daftar
    assert "Permohonan dari nomor ini" not in daftar, "a list means more than one application"


def test_nobody_sees_the_application_of_another_sender(server):
    """A right number from the wrong sender is answered as if it did not exist."""
    kirim(server, "pemilik", "#9", "p1")
    tercatat = kirim(server, "pemilik", "Rosmiati#2-3-1996#2/4", "p2")
    nomor = tercatat.split("Nomor: *")[1].split("*")[0]
    jawaban = kirim(server, "tetangga", f"status {nomor}", "p1")
    assert "tidak ditemukan" in jawaban
    assert "Rosmiati" not in jawaban
    assert "Menikah" not in jawaban


def test_five_thousand_characters_get_an_answer(server):
    """A very long message is cut, understood as far as it goes, and answered."""
    panjang = "min syarat bikin ktp yang hilang apa saja ya " + "mohon dibantu " * 400
    assert "KTP" in kirim(server, "panjang", panjang[:5000], "p1")


@pytest.mark.parametrize("teks", ["", "   ", "\u200b\u200e"], ids=["empty", "blank", "invisible"])
def test_a_message_without_content_is_asked_again(server, teks):
    """Nothing reaches the understanding; the resident is told politely."""
    assert kirim(server, "kosong", teks, "p1") == FIXED_REPLIES["kosong"]
