"""Passwords: Argon2id hashes, and which passwords are good enough."""

from __future__ import annotations

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

TERPENDEK, TERPANJANG = 12, 128  # characters (OWASP ASVS 2.1.1, 2.1.2)
KUAT = 3  # zxcvbn's score: more than 10^8 guesses
_HURUF = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else on paper
_pengacak = PasswordHasher()  # RFC 9106, low-memory profile: Argon2id, 64 MiB, 3 passes


class SandiError(ValueError):
    """A password is not good enough; the message tells its owner what to do."""


def acak(sandi: str) -> str:
    """The hash to store."""
    return _pengacak.hash(sandi)


def cocok(acakan: str, sandi: str) -> bool:
    """Whether this is the password behind the hash; a broken hash matches nothing."""
    try:
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
    if len(sandi) < TERPENDEK:
        raise SandiError(
            f"Kata sandi baru {len(sandi)} karakter; buat paling sedikit {TERPENDEK}, "
            "misalnya empat kata yang tidak berhubungan."
        )
    if len(sandi) > TERPANJANG:
        raise SandiError(f"Kata sandi paling panjang {TERPANJANG} karakter.")
    if zxcvbn(sandi, user_inputs=[t for t in terkait if t])["score"] < KUAT:
        raise SandiError(
            "Kata sandi ini mudah ditebak (kata umum, nama, atau urutan). "
            "Pakai empat kata yang tidak berhubungan."
        )


def buat() -> str:
    """A password to hand to somebody, who must change it: four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_HURUF) for _ in range(4)) for _ in range(4))
