"""Passwords: Argon2id hashes, and which passwords are good enough."""

from __future__ import annotations

import re
import secrets
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

TERPENDEK, TERPANJANG = 12, 128  # characters (OWASP ASVS 2.1.1, 2.1.2)
KUAT = 3  # zxcvbn's score, of 0 to 4: more than 10^8 guesses
_DINILAI = 72  # zxcvbn reads no more characters; what is strong so far stays so
_HURUF = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else on paper
_pengacak = PasswordHasher()  # RFC 9106, low-memory profile: Argon2id, 64 MiB, 3 passes
_giliran = BoundedSemaphore(4)  # hashes at once: many logins must not take all memory


class SandiError(ValueError):
    """A password is not good enough; the message tells its owner what to do."""


def acak(sandi: str) -> str:
    """The hash to store."""
    with _giliran:
        return _pengacak.hash(sandi)


def cocok(acakan: str, sandi: str) -> bool:
    """Whether this is the password behind the hash; a broken hash matches nothing."""
    try:
        with _giliran:
            return _pengacak.verify(acakan, sandi)
    except (VerificationError, InvalidHashError):
        return False


def perlu_diacak_ulang(acakan: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _pengacak.check_needs_rehash(acakan)


@lru_cache(maxsize=1)
def acakan_kosong() -> str:
    """A hash nobody has the password of: unknown users take as long to refuse as known ones."""
    return acak(secrets.token_urlsafe(32))


def periksa(sandi: str, *terkait: str) -> None:
    """Raise SandiError unless the password is good enough; `terkait` are names it must not use."""
    panjang = len(re.sub(r" +", " ", sandi))  # a row of spaces counts once
    if panjang < TERPENDEK:
        raise SandiError(
            f"Kata sandi baru {panjang} karakter (deretan spasi dihitung satu); buat paling "
            f"sedikit {TERPENDEK}, misalnya empat kata yang tidak berhubungan."
        )
    if len(sandi) > TERPANJANG:
        raise SandiError(f"Kata sandi paling panjang {TERPANJANG} karakter.")
    if nilai(sandi, *terkait) < KUAT:
        raise SandiError(
            "Kata sandi ini mudah ditebak (kata umum, nama, atau urutan). "
            "Pakai empat kata yang tidak berhubungan."
        )


def nilai(sandi: str, *terkait: str) -> int:
    """How hard it is to guess, 0 to 4; common passwords, names and sequences are known to it."""
    if not sandi:
        return 0  # zxcvbn fails on nothing
    return zxcvbn(sandi[:_DINILAI], user_inputs=[t for t in terkait if t])["score"]


def buat() -> str:
    """A password to hand to somebody, who must change it: four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_HURUF) for _ in range(4)) for _ in range(4))
