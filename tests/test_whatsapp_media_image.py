"""Photos redrawn: only the picture itself comes along, and hostile files end in an error."""

from __future__ import annotations

import io
import time

import pytest
from lampiran_dunia import gambar
from PIL import Image

from kelurahan.whatsapp import media_image
from kelurahan.whatsapp.media_image import LONGEST_SIDE, DamagedError, clean

ORIENTATION, GPS = 0x0112, 0x8825


def redrawn(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(clean(content)))
    assert picture.format == "JPEG"
    return picture


def saved(picture: Image.Image, kind: str, **more) -> bytes:
    result = io.BytesIO()
    picture.save(result, kind, **more)
    return result.getvalue()


def test_place_device_owner_and_what_hides_behind_the_picture_are_left_out():
    exif = Image.Exif()
    exif[0x010F] = "Merk ponsel"
    exif.get_ifd(GPS)[1] = "S"
    photo = saved(Image.new("RGB", (40, 30)), "JPEG", exif=exif, comment=b"milik Siti")
    cleaned = clean(photo + b"<script>alert(1)</script>")
    for secret in (b"Merk", b"Siti", b"script", b"Exif"):
        assert secret in photo + b"script"
        assert secret not in cleaned
    assert dict(Image.open(io.BytesIO(cleaned)).getexif()) == {}


def test_a_photo_taken_sideways_is_turned_upright():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    assert redrawn(saved(Image.new("RGB", (80, 20)), "JPEG", exif=exif)).size == (20, 80)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_large_photo_becomes_as_large_as_is_good_to_read(kind):
    assert max(redrawn(gambar(kind, (5000, 1000))).size) == LONGEST_SIDE
    assert redrawn(gambar(kind, (300, 200))).size == (300, 200)


COLOURS = {
    "transparent": (Image.new("RGBA", (8, 8), (255, 0, 0, 0)), 255),
    "grey with 16 bits": (Image.new("I;16", (8, 8), 0x8000), 128),
    "black and white": (Image.new("1", (8, 8), 1), 255),
    "palette": (Image.new("P", (8, 8), 0), 0),
    "grey, transparent": (Image.new("LA", (8, 8), (0, 0)), 255),
}


@pytest.mark.parametrize(("picture", "grey"), COLOURS.values(), ids=COLOURS.keys())
def test_pictures_of_every_mode_keep_their_look(picture, grey):
    pixel = redrawn(saved(picture, "PNG")).convert("RGB").getpixel((4, 4))
    assert all(abs(value - grey) <= 3 for value in pixel)


def test_the_first_frame_of_a_moving_picture_is_enough():
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("white", "black")]
    moving = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert redrawn(moving).getpixel((8, 8)) == (255, 255, 255)


HOSTILE = {
    "a billion pixels in a small file": gambar("PNG", (40_000, 25_000), "1"),
    "half a photo": gambar("JPEG", (900, 900))[:900],
    "another format behind the right beginning": b"\xff\xd8\xff" + gambar("GIF"),
    "no picture": b"<html>",
    "nothing": b"",
    "a header and zeroes": gambar("PNG")[:33] + bytes(100_000),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_that_is_no_picture_is_refused_quickly(content):
    start = time.monotonic()
    with pytest.raises(DamagedError):
        clean(content)
    assert time.monotonic() - start < 15


def test_a_picture_that_takes_for_ever_is_refused(monkeypatch):
    monkeypatch.setattr(media_image, "PATIENCE", 0.01)
    with pytest.raises(DamagedError, match="too long"):
        clean(gambar())


def test_a_decoder_that_cannot_run_at_all_is_our_fault_not_the_pictures(monkeypatch):
    monkeypatch.setattr(media_image, "__file__", "tidak-ada.py")
    with pytest.raises(OSError, match="Pillow"):
        clean(gambar())
