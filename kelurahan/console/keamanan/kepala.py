"""Headers that tell a browser what our pages may do: hardly anything."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Nothing inline, nothing from elsewhere. Pico draws its icons as data: images.
CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
KEPALA = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not no-referrer: browsers would then send "Origin: null" with our own forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
HSTS = "max-age=31536000; includeSubDomains"


class Kepala:
    """ASGI middleware that adds them; pages are not to be stored anywhere."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.tetap = {**KEPALA, **({"Strict-Transport-Security": HSTS} if https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; rewrite the start of the answer."""

        async def kirim(pesan: Message) -> None:
            if pesan["type"] == "http.response.start":
                kepala = MutableHeaders(scope=pesan)
                for nama, isi in self.tetap.items():
                    # an attachment sets a stricter policy of its own
                    kepala.setdefault(nama, isi)
                kepala.setdefault("Cache-Control", "no-store")
            await send(pesan)

        await self.app(scope, receive, kirim)
