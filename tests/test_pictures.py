import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from rockrobot import pictures
from rockrobot.pictures import KEPT_SIDE, PictureError, read_picture
from tests.conftest import SHARED
from tests.picture_bombs import bombs, encoded

REAL = SHARED / "data" / "real" / "images"


READS = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from pictures import PictureError, read_picture
for path in sys.argv[2:]:
    try:
        read_picture(open(path, "rb").read())
        print("read")
    except PictureError as error:
        print(error.code)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


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


def test_no_picture_made_to_fill_the_machine_is_read(tmp_path):
    """The process that reads them is measured from a small one: memory that its parent had counts as its own."""
    made = bombs()
    for name, (body, _code) in made.items():
        (tmp_path / name).write_bytes(body)
    command = [sys.executable, "-I", "-c", READS, str(Path(pictures.__file__).parent), *(tmp_path / n for n in made)]

    *codes, peak_kb = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()

    assert dict(zip(made, codes, strict=True)) == {name: code for name, (_body, code) in made.items()}
    assert int(peak_kb) < 150 * 1024


def test_two_pictures_in_one_photo_are_the_same_photo():
    twice = encoded(Image.new("RGB", (30, 20), "red"), "MPO", save_all=True, append_images=[Image.new("RGB", (9, 6))])

    assert opened(read_picture(twice)).size == (30, 20)


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

    assert set(answers.values()) <= {"JPEG", "PNG", "too_big", "unreadable", *pictures.TOLD}
    assert "JPEG" in answers.values()
