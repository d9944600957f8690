"""Plays the conversations of tests/skenario/*.yml against a running bot and names what differs."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import httpx
from ruamel.yaml import YAML

FOLDER = Path(__file__).parent / "skenario"
KUNCI = {"warga", "balasan", "layanan", "berisi", "tanpa"}


def semua_skenario() -> list[dict[str, Any]]:
    """Every conversation, with the file it stands in."""
    hasil = []
    for berkas in sorted(FOLDER.glob("*.yml")):
        for skenario in YAML(typ="safe").load(berkas.read_text(encoding="utf-8")):
            for giliran in skenario["giliran"]:
                asing = set(giliran) - KUNCI
                assert not asing, f"{berkas.name}: {skenario['nama']}: unknown key {asing}"
            hasil.append(skenario)
    return hasil


def metadata(event: dict[str, Any]) -> dict[str, Any]:
    """An utterance's metadata; a response of domain.yml keeps its own one level deeper."""
    luar = event.get("metadata") or {}
    return {**luar, **(luar.get("metadata") or {})}


def balasan_terakhir(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the bot said after the resident's last message."""
    awal = max((n for n, e in enumerate(events) if e["event"] == "user"), default=-1)
    return [e for e in events[awal + 1 :] if e["event"] == "bot"]


def mainkan(server: str, skenario: dict[str, Any]) -> list[str]:
    """Play one conversation as a new resident; return what was not as expected."""
    warga, nomor, beda = f"skenario-{uuid.uuid4().hex[:12]}", [], []
    with httpx.Client(base_url=server, timeout=30) as klien:
        for giliran in skenario["giliran"]:
            teks = _isi(giliran["warga"], nomor)
            isi = {"sender": warga, "message": teks}
            klien.post("/webhooks/rest/webhook", json=isi).raise_for_status()
            keadaan = klien.get(f"/conversations/{warga}/tracker?include_events=ALL").json()
            bot = balasan_terakhir(keadaan["events"])
            nomor += [
                metadata(e)["nomor"]
                for e in bot
                if metadata(e).get("balasan") == "permohonan_tercatat"
            ]
            beda += [f"{teks[:50]!r}: {satu}" for satu in bandingkan(giliran, bot, keadaan, nomor)]
    return beda


def bandingkan(
    giliran: dict[str, Any], bot: list[dict], keadaan: dict[str, Any], nomor: list[str]
) -> list[str]:
    """Compare one turn: how many messages, their kinds, the service in context, the words."""
    jenis = [metadata(e).get("balasan") for e in bot]
    kata = "\n".join(e.get("text") or "" for e in bot)
    beda = [] if len(bot) == 1 else [f"{len(bot)} messages instead of one: {jenis}"]
    if not set(giliran.get("balasan", jenis)) & set(jenis):
        beda.append(f"balasan {jenis}, wanted {giliran['balasan']}: {kata[:80]!r}")
    layanan = keadaan["slots"].get("layanan")
    if "layanan" in giliran and layanan != giliran["layanan"]:
        beda.append(f"layanan {layanan}, wanted {giliran['layanan']}")
    beda += [
        f"lacks {_isi(satu, nomor)!r}: {kata[:400]!r}"
        for satu in giliran.get("berisi", [])
        if _isi(satu, nomor).lower() not in kata.lower()
    ]
    beda += [
        f"must not say {satu!r}"
        for satu in giliran.get("tanpa", [])
        if satu.lower() in kata.lower()
    ]
    return beda


def _isi(teks: Any, nomor: list[str]) -> str:
    hasil = str(teks)
    for n, satu in enumerate(nomor, 1):
        hasil = hasil.replace(f"{{{{nomor{n}}}}}", satu)
    return hasil
