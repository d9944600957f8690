"""Why a message could not be sent: one class per thing we do differently (facts section 8)."""

from __future__ import annotations

import re
from typing import Any

# Meta's details may quote a number or a token: neither belongs in a log or before staff.
_SECRETS = re.compile(r"[A-Za-z0-9_\-+/=.]{24,}|\+?\d[\d\s-]{6,}\d")


class SendError(Exception):
    """Base; what is done about each class stands in `retry.plan`."""

    retryable = False
    staff = "Pesan tidak terkirim."

    def __init__(self, code: int = 0, details: str = "") -> None:
        self.code = code
        self.details = redact(details)
        super().__init__(f"{type(self).__name__} code={code} {self.details}".rstrip())


class TransientError(SendError):
    """Meta's side or the network hiccups and surely did not send."""

    retryable = True
    staff = "WhatsApp sedang terganggu; pesan dicoba lagi."


class ThrottledError(SendError):
    """Too many messages from our number; slow down."""

    retryable = True
    staff = "Terlalu banyak pesan sekaligus; pengiriman diperlambat."


class PairThrottledError(ThrottledError):
    """Too many messages to this one resident; only their queue waits."""

    staff = "Terlalu banyak pesan ke warga ini; pengiriman diperlambat."


class UnknownOutcomeError(SendError):
    """No answer after sending: the message may have gone out, so one more try at most."""

    retryable = True
    staff = "Tidak pasti apakah pesan terkirim; mohon dicek."


class CredentialsError(SendError):
    """Token or rights are wrong: nothing can be sent until staff mend it."""

    staff = "Token WhatsApp ditolak. Periksa pengaturan; tidak ada pesan yang keluar."


class WindowClosedError(SendError):
    """More than 24 h since the resident wrote; sometimes claimed wrongly, hence one retry."""

    retryable = True
    staff = "Sudah lewat 24 jam sejak warga menulis; tunggu warga menyapa lagi."


class RecipientError(SendError):
    """This resident cannot be reached by WhatsApp."""

    staff = "Warga ini tidak bisa dihubungi lewat WhatsApp; coba telepon."


class AccountError(SendError):
    """Policy, payment or registration of our account."""

    staff = "Akun WhatsApp bermasalah (kebijakan, pembayaran, atau pendaftaran nomor)."


class PolicyError(SendError):
    """Meta keeps this message from this resident; others are not concerned."""

    staff = "WhatsApp menahan pesan ke warga ini (aturan WhatsApp); coba telepon."


class RequestError(SendError):
    """We sent something Meta does not accept: our own mistake, never retried."""

    staff = "Bentuk pesan ditolak WhatsApp; laporkan ke pengelola sistem."


_CODES: dict[type[SendError], tuple[int, ...]] = {
    TransientError: (1, 2, 131000, 131016, 131057, 131053),
    ThrottledError: (4, 80007, 130429),
    PairThrottledError: (131056,),
    CredentialsError: (3, 10, 190, *range(200, 300), 131005),
    WindowClosedError: (131047,),
    RecipientError: (131026, 131021, 131030, 131050, 130403),
    AccountError: (133016, 131064, 130497, 131031, 368, 131042, 131045, 133010),
    PolicyError: (131048, 131049, 130472),
}
_CLASS_OF = {code: kind for kind, codes in _CODES.items() for code in codes}


def redact(details: str) -> str:
    """Keep what names a field, hide what looks like a number or a token."""
    return _SECRETS.sub("[…]", details)[:200]


def classify(code: int | None, status: int = 0, transient: bool = False) -> type[SendError]:
    """The class for an error code; without a known code the HTTP status decides."""
    if code in _CLASS_OF:
        return _CLASS_OF[code]
    if transient or status >= 500:
        return TransientError
    if status == 429:
        return ThrottledError
    if status in (401, 403) or (code == 0 and status):
        return CredentialsError
    return RequestError


def from_answer(status: int, body: Any) -> SendError:
    """The error an HTTP answer tells; built on `code` and `error_data.details` alone."""
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    code, data = error.get("code"), error.get("error_data")
    code = code if isinstance(code, int) else None
    details = data.get("details") if isinstance(data, dict) else ""
    kind = classify(code, status, error.get("is_transient") is True)
    return kind(code or 0, details if isinstance(details, str) else "")
