"""The Graph API over aiohttp: send, mark as read, fetch media. Timeouts always, no retries."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import aiohttp
from yarl import URL

from kelurahan.whatsapp.errors import (
    RequestError,
    SendError,
    TransientError,
    UnknownOutcomeError,
    from_answer,
)

Json = dict[str, Any]
SEND_TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
READ_TIMEOUT = aiohttp.ClientTimeout(total=5, sock_connect=3)
# 10 MB over a slow line; a server that trickles is not waited for longer
MEDIA_TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=5, sock_read=15)
# Where Meta keeps files. The token goes there and to the Graph API itself, nowhere else.
MEDIA_HOST = "lookaside.fbsbx.com"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PRINTABLE = re.compile(r"[\x21-\x7e]{1,4000}")
ERROR_BODY = 65536


class UntrustedAddressError(SendError):
    """A file is said to lie where our token must not go."""

    staff = "WhatsApp menyebut alamat berkas yang tidak dikenal; laporkan ke pengelola sistem."


class TooLargeError(ValueError):
    """A file is larger than wanted."""


class GraphClient:
    """One phone number at Meta (or at the simulator). Holds the only copy of the token."""

    def __init__(
        self,
        *,
        url: str,
        version: str,
        phone_number_id: str,
        token: str,
        timeout: aiohttp.ClientTimeout = SEND_TIMEOUT,
    ) -> None:
        self._graph = URL(url.rstrip("/"))
        self._base = f"{url.rstrip('/')}/{version}"
        self._phone_number_id = phone_number_id
        self._endpoint = f"{self._base}/{phone_number_id}/messages"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    async def send(self, message: Json) -> str:
        """Send once and return the wamid, or raise a SendError; the outbox tries again."""
        return _wamid(await self._post(message, self._timeout))

    async def mark_read(self, wamid: str, typing: bool = True) -> None:
        """Blue ticks, and "sedang mengetik" until the reply comes; tried once."""
        body: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
        if typing:
            body["typing_indicator"] = {"type": "text"}
        await self._post(body, READ_TIMEOUT)

    async def fetch(self, media_id: str, limit: int) -> bytes:
        """The bytes of a file a resident sent, or a SendError; TooLargeError beyond `limit`.

        An id that WhatsApp does not know (any more) is a RequestError with code 100.
        """
        where = f"{self._base}/{media_id}"
        known = {"phone_number_id": self._phone_number_id}
        info = await self._get(where, READ_TIMEOUT, ERROR_BODY, params=known)
        content = _json(info)
        address = self._trusted(content.get("url") if isinstance(content, dict) else None)
        try:
            return await self._get(address, MEDIA_TIMEOUT, limit)
        except RequestError as error:  # the address has gone stale: the next try asks for another
            raise TransientError(error.code, "media address") from None

    def _trusted(self, url: Any) -> URL:
        """An address of Meta's, or of the server that we call the Graph API ourselves."""
        if not isinstance(url, str) or not PRINTABLE.fullmatch(url):
            raise TransientError(details="media answer without an address")
        try:
            address = URL(url, encoded=True)  # signed addresses must not be rewritten
            where = (address.scheme, (address.host or "").lower(), address.port)
        except ValueError:
            raise UntrustedAddressError(details="not an address") from None
        graph = (self._graph.scheme, (self._graph.host or "").lower(), self._graph.port)
        safe = graph[0] == "https" or graph[1] in LOOPBACK
        named = address.user is not None or address.password is not None
        if named or not (where == ("https", MEDIA_HOST, 443) or (safe and where == graph)):
            raise UntrustedAddressError(details=f"{where[0]}://{where[1]}"[:100])
        return address

    async def _get(
        self, url: str | URL, timeout: aiohttp.ClientTimeout, limit: int, **more: Any
    ) -> bytes:
        """GET once; redirects are not followed, since the token would go along."""
        plain = {"Accept-Encoding": "identity"}  # a compressed answer could unpack without end
        try:
            async with self._open().get(
                url,
                timeout=timeout,
                headers=plain,
                allow_redirects=False,
                auto_decompress=False,
                **more,
            ) as answer:
                if answer.status != 200:
                    raise from_answer(answer.status, _json(await _read(answer, ERROR_BODY, True)))
                return await _read(answer, limit)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise TransientError(details=type(error).__name__) from None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _post(self, body: Json, timeout: aiohttp.ClientTimeout) -> Any:
        """POST once; `from None` keeps request headers out of every traceback."""
        try:
            async with self._open().post(
                self._endpoint, json=body, timeout=timeout, allow_redirects=False
            ) as answer:
                content = _json(await answer.read())
                status = answer.status
        except aiohttp.ClientConnectorError as error:
            raise TransientError(details=type(error).__name__) from None
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise UnknownOutcomeError(details=type(error).__name__) from None
        if status != 200 or (isinstance(content, dict) and "error" in content):
            raise from_answer(status, content)
        return content

    def _open(self) -> aiohttp.ClientSession:
        """Opened on first use, because a session belongs to the running event loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=self._headers)
        return self._session


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


async def _read(answer: aiohttp.ClientResponse, limit: int, cut: bool = False) -> bytes:
    """At most `limit` bytes; what is longer is cut, or refused before it has been read."""
    if not cut and (answer.content_length or 0) > limit:
        raise TooLargeError
    content = bytearray()
    async for chunk in answer.content.iter_chunked(65536):
        content += chunk
        if len(content) > limit:
            if cut:
                break
            raise TooLargeError
    return bytes(content[:limit])


def _wamid(answer: Any) -> str:
    """Our message's id; "" when the answer was 200 (accepted) but unreadable."""
    try:
        return str(answer["messages"][0]["id"])
    except (KeyError, IndexError, TypeError):
        return ""
