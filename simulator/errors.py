"""Graph API errors: code, title and HTTP status, and the body Meta puts around them."""

from __future__ import annotations

import secrets
from typing import Any

# code -> (title, HTTP status); the statuses differ between revisions of Meta's documentation
TABLE: dict[int, tuple[str, int]] = {
    1: ("An unknown error occurred", 500),
    2: ("Service temporarily unavailable", 503),
    4: ("Application request limit reached", 400),
    10: ("Application does not have permission for this action", 403),
    100: ("Invalid parameter", 400),
    190: ("Invalid OAuth access token - Cannot parse access token", 401),
    368: ("Temporarily blocked for policies violations", 403),
    80007: ("Rate limit issues", 400),
    130429: ("Rate limit hit", 400),
    131000: ("Something went wrong", 500),
    131005: ("Access denied", 403),
    131008: ("Required parameter is missing", 400),
    131009: ("Parameter value is not valid", 400),
    131016: ("Service unavailable", 500),
    131021: ("Recipient cannot be sender", 400),
    131026: ("Message undeliverable", 400),
    131030: ("Recipient phone number not in allowed list", 400),
    131031: ("Business Account locked", 403),
    131042: ("Business eligibility payment issue", 400),
    131047: ("Re-engagement message", 400),
    131048: ("Spam rate limit hit", 400),
    131051: ("Message type unknown", 400),
    131052: ("Media download error", 400),
    131053: ("Media upload error", 400),
    131056: ("(Business Account, Consumer Account) pair rate limit hit", 400),
    131057: ("Account in maintenance mode", 500),
    131062: ("Business-scoped user id recipients are not supported for this message", 400),
    132000: ("Number of parameters does not match the expected number of params", 400),
    132001: ("Template name does not exist in the translation", 404),
    133010: ("Phone number not registered", 400),
}


class GraphError(Exception):
    """An answer other than success, with the details that name the field."""

    def __init__(self, code: int, details: str, *, subcode: int | None = None) -> None:
        super().__init__(f"{code}: {details}")
        self.code, self.details, self.subcode = code, details, subcode

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return TABLE.get(self.code, ("", 400))[1]

    def body(self) -> dict[str, Any]:
        """The error as the Graph API writes it."""
        title = TABLE.get(self.code, ("Unknown error", 400))[0]
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {title}",
            "type": "OAuthException",
            "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details},
            "fbtrace_id": "A" + secrets.token_urlsafe(12),
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error}


def webhook_error(code: int, details: str = "") -> dict[str, Any]:
    """The same error as it stands in a webhook's `errors` list."""
    title = TABLE.get(code, ("Unknown error", 400))[0]
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details or title},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }


def missing(path: str) -> GraphError:
    """A required parameter is not there."""
    return GraphError(131008, f"{path}: required, but missing")


def invalid(path: str, why: str) -> GraphError:
    """A parameter is there and of the right type, but breaks a limit."""
    return GraphError(131009, f"{path}: {why}")


def malformed(path: str, why: str) -> GraphError:
    """A parameter is of the wrong type or not known at all."""
    return GraphError(100, f"{path}: {why}")
