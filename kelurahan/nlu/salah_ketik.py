"""Typing slips for training: residents hit the wrong key far more often than examples show.

Each message is learned a second time with slips (fewer letters, swapped, neighbouring keys, no
vowels). Nothing of it is stored in `data/`. Measured: docs/nlu.md.
"""

from __future__ import annotations

import random

BAGIAN = 0.35  # of the words get one slip
TETANGGA = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnm",
        "wa qes wrd etf ryg tuh yij uok ipl ol qsz awdx sefc drgv fthb gyjn hukm jil ko asx zsdc "
        "xdfv cfgb vghn bhjm njk".split(),
        strict=True,
    )
)


def berulang(teks: list[str], benih: int = 7) -> list[str]:
    """The same messages with slips; the same seed gives the same slips."""
    acak = random.Random(benih)
    return [
        " ".join(slip(k, acak) if acak.random() < BAGIAN else k for k in satu.split())
        for satu in teks
    ]


def slip(kata: str, acak: random.Random) -> str:
    """One slip inside a word of letters; short words and anything else stay."""
    if len(kata) < 4 or not kata.isalpha():
        return kata
    macam, i = acak.random(), acak.randrange(1, len(kata) - 1)
    if macam < 0.30:
        return kata[:i] + kata[i + 1 :]
    if macam < 0.55:
        return kata[:i] + kata[i + 1] + kata[i] + kata[i + 2 :]
    if macam < 0.75:
        return kata[:i] + acak.choice(TETANGGA.get(kata[i].lower(), kata[i])) + kata[i + 1 :]
    if macam < 0.85:
        return kata[:i] + kata[i] + kata[i:]
    vokal = [j for j in range(1, len(kata)) if kata[j] in "aiueo"]
    if vokal and macam < 0.95:
        j = acak.choice(vokal)
        return kata[:j] + kata[j + 1 :]
    return kata[0] + "".join(huruf for huruf in kata[1:] if huruf not in "aiueo")
