"""A photo from anywhere -> a plain JPEG of our own making.

What a phone writes beside the picture (place, device, owner) is left out, and nothing that a
hostile file might hide behind its picture survives. Decoding strangers' files is left to a process
of its own with little time and memory and no secrets: a fault in a decoder ends that process, not
the server that holds the access token.
"""

from __future__ import annotations

import io
import subprocess
import sys

FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS = 50_000_000  # the largest phone cameras; a small file may claim to be far larger
LONGEST_SIDE = 2400  # pixels; an A4 page at 200 dpi, which is good to read
QUALITY = 85
PAPER = (255, 255, 255)
MEMORY, CPU_SECONDS = 1024**3, 20
PATIENCE = 30.0  # seconds of a busy machine
UNUSABLE = 3  # exit code


class DamagedError(ValueError):
    """The file is no picture that can be shown."""


def clean(content: bytes) -> bytes:
    """The picture as JPEG, turned upright, at most LONGEST_SIDE pixels long; blocks.

    Raises DamagedError, or OSError when the fault is ours.
    """
    command = [sys.executable, "-I", __file__]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=PATIENCE, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise DamagedError("picture takes too long to decode") from None
    if done.returncode == 0 and done.stdout.startswith(b"\xff\xd8\xff"):
        return done.stdout
    if done.returncode == UNUSABLE or done.returncode < 0:  # refused, or its decoder died of it
        raise DamagedError(f"picture cannot be decoded ({done.returncode})")
    raise OSError(f"no picture can be decoded here (exit code {done.returncode}): is Pillow there?")


def _redraw(content: bytes) -> bytes:
    """Decode, turn upright, shrink, and paint on a new sheet: only pixels come along."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # ours is checked below, before anything is decoded
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        if picture.width * picture.height > PIXELS:
            raise ValueError("too many pixels")
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG: decoded at a smaller scale
        picture.load()
        if picture.mode.startswith("I;16"):  # scans with 16 bits: the upper eight are enough
            picture = picture.point(lambda value: value / 256).convert("L")
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    sheet = Image.new("RGB", upright.size, PAPER)
    sheet.paste(upright, mask=upright)
    result = io.BytesIO()
    sheet.save(result, "JPEG", quality=QUALITY, optimize=True)
    return result.getvalue()


def _main() -> int:
    """Standard input to standard output."""
    import resource

    from PIL import Image

    Image.init()  # what is imported after the limits would count against them
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    content = sys.stdin.buffer.read()
    try:
        result = _redraw(content)
    except Exception:  # noqa: BLE001 - a decoder fails in many ways, all mean the same
        return UNUSABLE
    sys.stdout.buffer.write(result)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
