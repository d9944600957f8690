"""Message templates: what may be sent after WhatsApp's 24-hour window has closed (facts section 7).

A template is submitted to Meta once, by hand, and approved there; its text must stay in step with
`TEXTS` here, which docs/operations.md quotes.
"""

from __future__ import annotations

import re
from typing import Any

from kelurahan.whatsapp.limits import shorten

Json = dict[str, Any]
STATUS = "status_permohonan"
PENGURUS = "kabar_pengurus"
PETUGAS = "petugas_menjawab"
RINGKASAN = "ringkasan_petugas"
AKUN = "akun_petugas"
LANGUAGE = "id"
# category "utility"; a text neither begins nor ends with a parameter, Meta refuses that
TEXTS = {
    # {{1}} number, {{2}} service, {{3}} status
    STATUS: "Kabar permohonan {{1}} ({{2}}) di kelurahan: {{3}}. Balas pesan ini untuk bertanya.",
    # {{1}} RT and RW, {{2}} number, {{3}} service, {{4}} applicant, {{5}} what they will ask for
    PENGURUS: "Permohonan baru dari {{1}}: {{2}} ({{3}}) atas nama {{4}}. Yang akan diminta dari "
    "Anda: {{5}}. Anda dikabari karena terdaftar sebagai pengurus RT/RW.",
    # {{1}} the officer's name
    PETUGAS: "Petugas kelurahan, {{1}}, sudah siap menjawab pesan Anda. Balas pesan ini dengan "
    "kata apa saja, supaya jawabannya bisa kami kirim.",
    # {{1}} day, {{2}} new applications, {{3}} those to work on, {{4}} waiting conversations
    RINGKASAN: "Ringkasan meja petugas {{1}}: {{2}} permohonan baru, {{3}} perlu dikerjakan, {{4}} "
    "percakapan menunggu. Rinciannya ada di meja petugas.",
    # {{1}} user name, {{2}} what has happened
    AKUN: "Akun meja petugas {{1}}: {{2}}. Kalau bukan Anda yang meminta, hubungi admin sekarang.",
}
PARAMETER = 200  # units; Meta allows more, but the whole text must stay readable on a phone
# Meta refuses parameters with line breaks, tabs or more than four spaces in a row (132018)
_SPACES = re.compile(r"\s+")


def status_permohonan(nomor: str, layanan: str, status: str) -> Json:
    """The template that tells how an application stands; a body for `outbox.enqueue`."""
    return body(STATUS, nomor, layanan, status)


def petugas_menjawab(nama: str) -> Json:
    """The template that asks the resident to write again, so that an officer can answer."""
    return body(PETUGAS, nama)


def words(template: Json) -> str:
    """What the resident reads of a template message that `body` made."""
    inner = template["template"]
    values = [one["text"] for part in inner["components"] for one in part["parameters"]]
    text = TEXTS[inner["name"]]
    return re.sub(r"\{\{(\d+)\}\}", lambda number: values[int(number[1]) - 1], text)


def body(name: str, *parameters: str) -> Json:
    """A template message without its address.

    Raises ValueError when a parameter is empty: Meta would refuse the whole message.
    """
    wanted = TEXTS[name].count("{{")
    if len(parameters) != wanted:
        raise ValueError(f"template {name}: {len(parameters)} parameters, needs {wanted}")
    texts = [_SPACES.sub(" ", parameter).strip() for parameter in parameters]
    if not all(texts):
        raise ValueError(f"template {name}: parameter {texts.index('') + 1} is empty")
    values = [{"type": "text", "text": shorten(t, PARAMETER, "template parameter")} for t in texts]
    return {
        "type": "template",
        "template": {
            "name": name,
            "language": {"code": LANGUAGE, "policy": "deterministic"},
            "components": [{"type": "body", "parameters": values}],
        },
    }
