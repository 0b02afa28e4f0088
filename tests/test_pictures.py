import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from rockrobot.pictures import KEPT_SIDE, PictureError, read_picture
from tests.conftest import SHARED

REAL = SHARED / "data" / "real" / "images"


def encoded(picture: Image.Image, form: str, **rest) -> bytes:
    body = BytesIO()
    picture.save(body, form, **rest)
    return body.getvalue()


def opened(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_as_jpeg(form):
    kept = opened(read_picture(encoded(Image.new("RGB", (300, 200), "red"), form)))

    assert (kept.format, kept.size) == ("JPEG", (300, 200))


def test_a_see_through_picture_is_kept_as_png():
    kept = opened(read_picture(encoded(Image.new("RGBA", (30, 20), (255, 0, 0, 90)), "PNG")))

    assert (kept.format, kept.mode) == ("PNG", "RGBA")


def test_a_large_picture_is_made_smaller():
    kept = opened(read_picture(encoded(Image.new("RGB", (5_000, 1_000)), "JPEG")))

    assert kept.size == (KEPT_SIDE, 512)


def test_a_picture_taken_sideways_is_turned_and_loses_its_exif():
    sideways = Image.new("RGB", (300, 200), "blue")
    exif = sideways.getexif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"

    kept = opened(read_picture(encoded(sideways, "JPEG", exif=exif)))

    assert kept.size == (200, 300)
    assert not kept.getexif()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "unknown_format"),
        (b"GIF89a" + b"\0" * 40, "unknown_format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown_format"),
        (b"\xff\xd8\xff\xe0 this is no picture", "unreadable"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "unknown_format"),
        (b"\xff\xd8\xff" + b"\0" * (20 * 1024 * 1024), "too_big"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_code(body, code):
    with pytest.raises(PictureError) as refused:
        read_picture(body)

    assert refused.value.code == code


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def test_a_picture_cut_into_a_hundred_thousand_pieces_is_read_or_refused():
    packed = zlib.compress(b"\0\xff")
    pieces = chunk(b"IDAT", b"") * 100_000 + chunk(b"IDAT", packed)
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pieces + chunk(b"IEND", b"")

    try:
        kept = read_picture(body)
    except PictureError as refused:
        kept = refused.code.encode()

    assert kept.startswith((b"\xff\xd8\xff", b"unreadable"))


def test_a_photo_that_was_cut_short_is_refused():
    whole = encoded(Image.effect_noise((300, 200), 90), "JPEG")

    with pytest.raises(PictureError) as refused:
        read_picture(whole[: len(whole) // 2])

    assert refused.value.code == "unreadable"


def test_a_picture_that_unpacks_to_too_much_is_refused():
    bomb = encoded(Image.new("1", (20_000, 20_000)), "PNG")

    with pytest.raises(PictureError) as refused:
        read_picture(bomb)

    assert refused.value.code == "too_many_pixels"


@pytest.mark.skipif(not REAL.exists(), reason="the collection of odd pictures is not here")
def test_odd_pictures_from_the_wild_are_read_or_refused():
    answers = {}

    for path in sorted(p for p in REAL.iterdir() if p.is_file()):
        try:
            kept = opened(read_picture(path.read_bytes()))
            answers[path.name] = kept.format
            assert max(kept.size) <= KEPT_SIDE
        except PictureError as error:
            answers[path.name] = error.code

    assert set(answers.values()) <= {"JPEG", "PNG", "too_big", "too_many_pixels", "unknown_format", "unreadable"}
    assert "JPEG" in answers.values()
