"""What residents attach: ready examples, and files of whoever plays the resident."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from typing import Any

from simulator import payloads
from simulator.state import INBOUND_MEDIA, State

Json = dict[str, Any]
MB = 1024 * 1024
PHOTOS = ("image/jpeg", "image/png")
PHOTO_LIMIT, DOCUMENT_LIMIT = 5 * MB, 100 * MB  # what WhatsApp passes on
VOICE = "audio/ogg; codecs=opus"


def attachment(state: State, spec: Json) -> Json:
    """A message's content for `{"attach": …}`; `caption` goes with photos and documents."""
    what, caption = str(spec["attach"]), str(spec.get("caption", ""))
    if what == "location":
        return payloads.location(-6.2, 106.8, name="Lokasi contoh", address="Jalan Contoh 1")
    if what == "voice":
        media = state.add_media(b"OggS" + bytes(600), VOICE, life=INBOUND_MEDIA)
        return payloads.media("audio", media.id, VOICE, voice=True)
    if what == "photo":
        return _file(state, sample_png(), "image/png", "", caption)
    if what == "pdf":
        return _file(state, sample_pdf(), "application/pdf", "contoh.pdf", caption)
    if what == "file":
        name, mime = str(spec.get("name") or "berkas"), str(spec.get("mime") or "")
        return _file(state, _bytes(spec.get("data")), mime, name, caption)
    raise ValueError(f"attach {what!r} is not one of photo, pdf, file, voice, location")


def _file(state: State, content: bytes, mime: str, name: str, caption: str) -> Json:
    """Pictures travel as photos, everything else as a document, as the phone app does it."""
    photo = mime in PHOTOS
    if len(content) > (PHOTO_LIMIT if photo else DOCUMENT_LIMIT):
        raise ValueError(f"{name or 'foto'}: terlalu besar untuk WhatsApp")
    mime = mime or "application/octet-stream"
    media = state.add_media(content, mime, life=INBOUND_MEDIA, filename=name)
    more = {"caption": caption} if caption else {}
    if photo:
        return payloads.media("image", media.id, mime, **more)
    return payloads.media("document", media.id, mime, filename=name, **more)


def _bytes(data: object) -> bytes:
    try:
        return base64.b64decode(str(data or ""), validate=True)
    except binascii.Error:
        raise ValueError("data: must be base64") from None


def sample_png(width: int = 240, height: int = 160) -> bytes:
    """A small made-up picture: two colours that run into each other."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += bytes((90 + x * 120 // width, 130 + y * 90 // height, 170))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)


def sample_pdf(words: str = "Dokumen contoh dari simulator") -> bytes:
    """One page with a line of text."""
    text = f"BT /F1 18 Tf 60 760 Td ({words}) Tj ET".encode("ascii")
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page + b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        font,
    ]
    file, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(file)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    file += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(file + b"startxref\n%d\n%%%%EOF\n" % start)
