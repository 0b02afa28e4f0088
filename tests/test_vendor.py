"""Vendored files are the ones their lists name."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROW = re.compile(r"^\| (\S+\.\w+) \|.*\| ([0-9a-f]{64}) \|$", re.MULTILINE)


@pytest.mark.parametrize("folder", ["static/vendor", "paper/fonts", "words"])
def test_every_vendored_file_is_listed_with_its_hash(folder):
    listed = dict(ROW.findall((ROOT / folder / "README.md").read_text(encoding="utf-8")))
    suffixes = {".js", ".woff2", ".svg", ".ttf", ".gz"}

    found = {
        str(path.relative_to(ROOT / folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (ROOT / folder).rglob("*")
        if path.suffix in suffixes
    }

    assert found == listed
