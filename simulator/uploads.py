"""Media uploads: form fields, types and sizes of the Cloud API."""

from __future__ import annotations

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from simulator import errors
from simulator.state import UPLOADED_MEDIA, State

KB, MB = 1024, 1024 * 1024
STICKER, ANIMATED = 100 * KB, 500 * KB
# beginnings of MIME types -> largest size
SIZES = {
    "image/jpeg": 5 * MB,
    "image/png": 5 * MB,
    "audio/": 16 * MB,
    "video/mp4": 16 * MB,
    "video/3gpp": 16 * MB,
    "text/plain": 100 * MB,
    "application/": 100 * MB,
}


async def store(state: State, request: Request) -> str:
    """Check and keep an uploaded file; returns its media id."""
    form = await _form(request)
    try:
        return await _keep(state, form)
    finally:
        await form.close()


async def _keep(state: State, form: FormData) -> str:
    if form.get("messaging_product") != "whatsapp":
        raise errors.malformed("messaging_product", "must be 'whatsapp'")
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        raise errors.missing("file")
    mime = str(form.get("type") or upload.content_type or "")
    content = await upload.read()
    _check_size(mime, content)
    media = state.add_media(content, mime, life=UPLOADED_MEDIA, filename=upload.filename or "")
    return media.id


async def _form(request: Request) -> FormData:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise errors.malformed("body", "must be multipart/form-data")
    try:
        return await request.form()
    except HTTPException:
        raise errors.malformed("body", "broken multipart/form-data") from None


def _check_size(mime: str, content: bytes) -> None:
    limit = _limit(mime, content)
    if not 1 <= len(content) <= limit:
        raise errors.invalid("file", f"{len(content)} bytes, must be 1 to {limit} for {mime}")


def _limit(mime: str, content: bytes) -> int:
    if mime == "image/webp":
        # a VP8X header with its animation bit: RIFF....WEBPVP8X....flags
        animated = content[12:16] == b"VP8X" and len(content) > 20 and bool(content[20] & 0x02)
        return ANIMATED if animated else STICKER
    for beginning, limit in SIZES.items():
        if mime.startswith(beginning):
            return limit
    raise errors.malformed("type", f"{mime!r} is not a media type the API takes")
