"""A Graph API that answers at once and notes when each message arrived: `bench.graph_stub PORT`.

A process of its own, so that its work and the bot's are not done by the one that measures. Times
are `time.monotonic()`, which all processes of one machine share.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from typing import Any

Json = dict[str, Any]
HEADERS = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
LONGEST_WAIT = 30.0


class GraphStub:
    """POST: a message or a read receipt. GET /after/N: the messages after the first N."""

    def __init__(self) -> None:
        self.arrived: list[Json] = []
        self._news = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection until it is closed."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                body = await reader.readexactly(content_length(head))
                at = time.monotonic()
                method, path, _ = head.split(" ", 2)
                answer = await (self._posted(body, at) if method == "POST" else self._after(path))
                content = json.dumps(answer).encode()
                writer.write(HEADERS.format(len(content)).encode() + content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side is done
        finally:
            writer.close()

    async def _posted(self, body: bytes, at: float) -> Json:
        message = json.loads(body)
        if message.get("status") == "read":
            return {"success": True}
        async with self._news:
            self.arrived.append({"at": at, "message": message})
            self._news.notify_all()
        return {"messaging_product": "whatsapp", "messages": [{"id": f"wamid.{at}"}]}

    async def _after(self, path: str) -> Json:
        known = int(path.rpartition("/")[2] or 0) if path.startswith("/after/") else 0
        if not path.startswith("/after/"):
            return {"status": "ok"}
        async with self._news:
            try:
                waiting = self._news.wait_for(lambda: len(self.arrived) > known)
                await asyncio.wait_for(waiting, LONGEST_WAIT)
            except asyncio.TimeoutError:
                return {"messages": []}
        return {"messages": self.arrived[known:]}


def content_length(head: str) -> int:
    """The length a request announces; 0 without one."""
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-length":
            return int(value)
    return 0


async def run(port: int) -> None:
    """Serve on loopback until the process is ended."""
    server = await asyncio.start_server(GraphStub().serve, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


def main() -> None:
    """`python -m bench.graph_stub PORT`"""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int)
    asyncio.run(run(parser.parse_args().port))


if __name__ == "__main__":
    main()
