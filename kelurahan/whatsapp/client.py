"""The Graph API over aiohttp: send a message, mark one as read. Timeouts always, no retries."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from kelurahan.whatsapp.errors import TransientError, UnknownOutcomeError, from_answer

Json = dict[str, Any]
SEND_TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
READ_TIMEOUT = aiohttp.ClientTimeout(total=5, sock_connect=3)


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
        self._endpoint = f"{url.rstrip('/')}/{version}/{phone_number_id}/messages"
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


def _wamid(answer: Any) -> str:
    """Our message's id; "" when the answer was 200 (accepted) but unreadable."""
    try:
        return str(answer["messages"][0]["id"])
    except (KeyError, IndexError, TypeError):
        return ""
