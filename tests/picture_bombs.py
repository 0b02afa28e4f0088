"""Pictures made to fill the machine that reads them; each is small as a file."""

import functools
import struct
import zlib
from io import BytesIO

from PIL import Image

FRAMES, PIECES, SIDE, WIDEST_WEBP = 5_000, 100_000, 30_000, 16_383


def encoded(picture: Image.Image, form: str, **rest: object) -> bytes:
    """A picture as a file."""
    body = BytesIO()
    picture.save(body, form, **rest)
    return body.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    """A piece of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(side: int, *pieces: bytes, before: bytes = b"") -> bytes:
    """A PNG of black and white points with these pieces of packed points."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    points = b"".join(chunk(b"IDAT", piece) for piece in pieces)
    return b"\x89PNG\r\n\x1a\n" + header + before + points + chunk(b"IEND", b"")


def of_one_colour(side: int = SIDE) -> bytes:
    """A PNG of so many points a side, all black."""
    packing, row = zlib.compressobj(1), bytes(1 + (side + 7) // 8)
    return png(side, b"".join(packing.compress(row) for _ in range(side)) + packing.flush())


def in_pieces(count: int = PIECES) -> bytes:
    """A PNG of one point whose points are cut into so many pieces."""
    return png(1, *[b""] * (count - 1), zlib.compress(b"\0\xff"))


def moving_png(frames: int = FRAMES) -> bytes:
    """A PNG that moves (APNG) in so many frames."""
    points, parts = zlib.compress(b"\0\xff"), []
    for number in range(frames):
        place = struct.pack(">IIIIIHHBB", max(2 * number - 1, 0), 1, 1, 0, 0, 1, 25, 0, 0)
        parts.append(chunk(b"fcTL", place))
        parts.append(chunk(b"fdAT", struct.pack(">I", 2 * number) + points) if number else chunk(b"IDAT", points))
    return png(1, before=chunk(b"acTL", struct.pack(">II", frames, 0)) + b"".join(parts))


def moving_webp(frames: int = FRAMES, side: int = 64) -> bytes:
    """A WebP on a canvas of so many points a side that moves in so many frames; one frame stands still."""
    still = encoded(Image.new("RGB", (16, 16), "red"), "WEBP", lossless=True)
    frame = bytes(6) + struct.pack("<I", 15)[:3] * 2 + bytes(4) + still[12:]
    canvas = struct.pack("<I", 0b10) + struct.pack("<I", side - 1)[:3] * 2
    body = b"WEBP" + _riff(b"VP8X", canvas) + _riff(b"ANIM", bytes(6)) + _riff(b"ANMF", frame) * frames
    return _riff(b"RIFF", body)


def _riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def moving_gif(frames: int = FRAMES) -> bytes:
    """A GIF that moves in so many frames."""
    gif = encoded(Image.new("P", (16, 16)), "GIF")
    head, frame = gif[: 13 + 3 * 2 ** ((gif[10] & 7) + 1)], gif[13 + 3 * 2 ** ((gif[10] & 7) + 1) : -1]
    return head + frame * frames + b";"


def cut_short() -> bytes:
    """A photo of which half arrived."""
    whole = encoded(Image.effect_noise((2_000, 1_500), 90), "JPEG")
    return whole[: len(whole) // 2]


@functools.cache
def bombs() -> dict[str, tuple[bytes, str]]:
    """By its name as a file: what it holds, and the code it is refused with."""
    return {
        "liikkuva.webp": (moving_webp(), "moving"),
        "liikkuva.png": (moving_png(), "moving"),
        "leveä.webp": (moving_webp(1, WIDEST_WEBP), "too_many_pixels"),
        "yksivärinen.png": (of_one_colour(), "too_many_pixels"),
        "paloina.png": (in_pieces(), "unreadable"),
        "katkennut.jpg": (cut_short(), "unreadable"),
        "gif.png": (moving_gif(), "unknown_format"),
        "eps.png": (b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) run\n", "unknown_format"),
    }
