"""Pictures in: read in a child process with limits, turned upright, stripped of what they carry, made JPEG or PNG.

The child has its own time, memory and file limits, so that a picture made to break readers breaks only the child.
"""

import resource
import subprocess
import sys
from io import BytesIO
from pathlib import Path

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 60_000_000
MAX_PIECES = 10_000
"""Of a PNG; programs cut one of 20 MB into 2,500 (8 kB each), or into few."""
KEPT_SIDE = 2_560
READ_SECONDS = 20
READ_MEMORY = 1_536 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MOVING = ("PNG", "WEBP")
"""Those in which more than one picture is a film; in a JPEG or HEIC it is another copy of the same photo."""
TOLD = ("too_many_pixels", "unknown_format", "moving")
JPEG_QUALITY = 86


class PictureError(ValueError):
    """The picture can't be taken; code says why: too_big, too_many_pixels, unknown_format, moving, unreadable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_picture(body: bytes, side: int = KEPT_SIDE) -> bytes:
    """The picture as it is kept: JPEG, or PNG where it is see-through, at most side pixels a side, without EXIF.

    Raises PictureError when it is larger than 20 MB or 60 million pixels, is no JPEG, PNG, WebP or HEIC, moves, or is
    broken.
    """
    if len(body) > MAX_BYTES:
        raise PictureError("too_big")
    if not looks_like_picture(body):
        raise PictureError("unknown_format")
    if body.count(b"IDAT") > MAX_PIECES:
        raise PictureError("unreadable")
    command = [sys.executable, "-I", str(Path(__file__).resolve()), str(side)]
    try:
        child = subprocess.run(
            command, input=body, capture_output=True, timeout=READ_SECONDS + 5, env={"PATH": "", "LANG": "C.UTF-8"}
        )
    except subprocess.TimeoutExpired:
        raise PictureError("unreadable") from None
    if child.returncode:
        code = child.stderr.decode("ascii", "replace").strip().rpartition("\n")[2]
        raise PictureError(code if code in TOLD else "unreadable")
    return child.stdout


def looks_like_picture(body: bytes) -> bool:
    """True for the first bytes of the formats that are read at all."""
    return (
        body.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or (body[:4] == b"RIFF" and body[8:12] == b"WEBP")
        or body[4:12] in {b"ftyp" + brand for brand in (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis")}
    )


# ---------- in the child ----------


def serve() -> None:
    """Read a picture from standard input under limits and write what is kept to standard output."""
    from PIL import Image

    resource.setrlimit(resource.RLIMIT_CPU, (READ_SECONDS, READ_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (READ_MEMORY, READ_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sys.stdout.buffer.write(remake(sys.stdin.buffer.read(), int(sys.argv[1])))
    except PictureError as error:
        sys.exit(error.code)
    except Image.DecompressionBombError:
        sys.exit("too_many_pixels")
    except (Exception, MemoryError):
        sys.exit("unreadable")


def remake(body: bytes, side: int) -> bytes:
    """The picture re-encoded; runs in the child. Raises PictureError and whatever the reader raises."""
    from PIL import Image, ImageOps
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    picture: Image.Image = Image.open(BytesIO(body), formats=FORMATS)
    if picture.width * picture.height > MAX_PIXELS:
        raise PictureError("too_many_pixels")
    if picture.format in MOVING and getattr(picture, "is_animated", False):
        raise PictureError("moving")
    picture.draft("RGB", (side, side))
    picture.load()
    picture.thumbnail((side, side))  # before it is turned: a second picture of full size is never made
    picture = ImageOps.exif_transpose(picture)
    see_through = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    plain = picture.convert("RGBA" if see_through else "RGB")
    plain.info.clear()
    if see_through and plain.getchannel("A").getextrema() == (255, 255):
        plain, see_through = plain.convert("RGB"), False
    kept = BytesIO()
    if see_through:
        plain.save(kept, "PNG", optimize=False)
    else:
        plain.save(kept, "JPEG", quality=JPEG_QUALITY)
    return kept.getvalue()


if __name__ == "__main__":
    serve()
