"""The look: contrast in every theme, colours named once, pieces drawn and described, pages light."""

import gzip
import re
from collections import Counter
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from rockrobot.access import UNASKED

ROOT = Path(__file__).resolve().parents[1]
STYLES = ROOT / "static" / "css"
TEMPLATES = ROOT / "templates"
TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")
PAIR = re.compile(r"light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
COLOUR = re.compile(r"#[0-9a-f]{6}")
WORD_CONTRAST, EDGE_CONTRAST = 7.0, 3.0
WORDS_ON_GROUNDS = [
    *[(word, ground) for word in ("ink", "muted") for ground in ("canvas", "surface", "sunken", "hover")],
    *[("primary", ground) for ground in ("canvas", "surface", "primary-tint", "hover")],
    *[(state, ground) for state in ("danger", "ok", "warn") for ground in ("surface", f"{state}-tint")],
    *[("ink", f"{state}-tint") for state in ("danger", "ok", "warn", "primary")],
    ("danger", "canvas"),
    ("muted", "primary-tint"),
    ("on-primary", "primary"),
    ("on-primary", "primary-deep"),
    ("on-danger", "danger"),
    ("on-bar", "bar"),
    ("bar-muted", "bar"),
    ("focus", "bar"),
    ("on-alarm", "alarm"),
    ("focus-ink", "focus"),
]
EDGES_ON_GROUNDS = [("line-firm", "surface"), ("line-firm", "canvas"), ("bar-firm", "bar"), ("alarm", "on-alarm")]


def tokens(name: str) -> dict[str, str]:
    """The tokens of a style sheet's first rule."""
    text = (STYLES / name).read_text(encoding="utf-8")
    start = text.index(":root {")
    return {key: value.strip() for key, value in TOKEN.findall(text[start : text.index("\n}", start)])}


def theme(name: str) -> dict[str, str]:
    """Every colour of a theme by its token."""
    base = tokens("tokens.css")
    chosen = {"light": 1, "dark": 2, "sun": 1}[name]
    colours = {}
    for key, value in base.items():
        pair = PAIR.fullmatch(value)
        if pair or COLOUR.fullmatch(value):
            colours[key] = pair[chosen] if pair else value
    return colours | ({k: v for k, v in tokens("sun.css").items() if COLOUR.fullmatch(v)} if name == "sun" else {})


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio after WCAG 2.2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["light", "dark", "sun"])
def test_words_stand_out_in_every_theme(name):
    colours = theme(name)

    weak = {
        pair: ratio for pair in WORDS_ON_GROUNDS if (ratio := contrast(*(colours[t] for t in pair))) < WORD_CONTRAST
    }

    assert weak == {}


@pytest.mark.parametrize("name", ["light", "dark", "sun"])
def test_edges_of_controls_can_be_seen_in_every_theme(name):
    colours = theme(name)

    weak = {
        pair: ratio for pair in EDGES_ON_GROUNDS if (ratio := contrast(*(colours[t] for t in pair))) < EDGE_CONTRAST
    }

    assert weak == {}


def test_the_sun_theme_leaves_no_colour_of_the_others():
    pairs = {key for key, value in tokens("tokens.css").items() if PAIR.fullmatch(value)}

    assert pairs - tokens("sun.css").keys() == set()


def test_colours_are_named_in_the_tokens_only():
    screens = (STYLES / "app.css").read_text(encoding="utf-8").split("/* ---------- paper")[0]

    assert re.findall(r"(?<!\w)#[0-9a-f]{3,8}\b(?=[\s;,)])", screens) == []


def test_templates_carry_no_inline_script_or_style():
    forbidden = re.compile(r"\sstyle=|<style|\son\w+=|hx-on|\|\s*safe\b|<script(?![^>]*\ssrc=)|javascript:")

    found = [
        f"{path.relative_to(TEMPLATES)}: {match[0]}"
        for path in TEMPLATES.rglob("*.html")
        for match in forbidden.finditer(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_no_table_of_words_names_a_key_twice():
    """The later word would stand for both, unseen by whoever changes the earlier."""
    tables = [
        [pair.key.value for pair in table.items if isinstance(pair.key, nodes.Const)]
        for path in TEMPLATES.rglob("*.html")
        for table in Environment(autoescape=True).parse(path.read_text(encoding="utf-8")).find_all(nodes.Dict)
    ]

    assert any(len(keys) > 100 for keys in tables)
    assert [key for keys in tables for key, count in Counter(keys).items() if count > 1] == []


def test_only_texts_of_templates_count_as_markup():
    """What _ answers is not escaped again: a stored text that passed through it would be markup on every screen."""
    of_values = re.compile(r"""(?<!\w)_\((?!['"])[^)]*""")

    found = {match[0] for path in TEMPLATES.rglob("*.html") for match in of_values.finditer(path.read_text("utf-8"))}

    assert found == set()


def test_every_icon_named_in_a_template_is_vendored():
    named = re.compile(r"""(?:\b(?:icon|draw)\(|\bicon=|["']icon["']: )["']([a-z0-9-]+)["']""")
    vendored = {path.stem for path in (ROOT / "static" / "vendor" / "lucide").glob("*.svg")}

    missing = {
        (str(path.relative_to(TEMPLATES)), name)
        for path in TEMPLATES.rglob("*.html")
        for name in named.findall(path.read_text(encoding="utf-8"))
        if name not in vendored
    }

    assert missing == set()


def components() -> set[str]:
    """Names of the macros that screens may use."""
    text = (TEMPLATES / "ui.html").read_text(encoding="utf-8")
    names = re.findall(r"{% set ([a-z]\w*) = (?:figures|forms|shapes)\.|{% macro ([a-z]\w*)\(", text)
    return {one or other for one, other in names}


def test_every_component_is_described():
    manual = (ROOT / "docs" / "components.md").read_text(encoding="utf-8")

    assert {name for name in components() if f"`{name}(" not in manual} == set()


def test_every_component_is_drawn_on_the_component_page():
    pages = ("desk/components.html", "base.html", "staff/sign_in.html")
    drawn = "".join((TEMPLATES / page).read_text(encoding="utf-8") for page in pages)

    assert {name for name in components() if f"ui.{name}(" not in drawn} == set()


def test_templates_use_components_that_exist():
    used = {
        (str(path.relative_to(TEMPLATES)), name)
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"\bui\.(\w+)\(", path.read_text(encoding="utf-8"))
    }

    assert {(page, name) for page, name in used if name not in components()} == set()


def test_a_page_that_asks_again_by_itself_says_that_nobody_asked():
    elements = [
        (str(path.relative_to(TEMPLATES)), line)
        for path in TEMPLATES.rglob("*.html")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"""hx-trigger=["'][^"']*every""", line)
    ]
    saying = f"""data-hx-headers='{{"{UNASKED}": "1"}}'"""

    assert [page for page, line in elements if saying not in line] == []
    assert "desk/jobs.html" in dict(elements)


def test_style_sheets_stay_small():
    sheets = sum(len(gzip.compress(path.read_bytes())) for path in STYLES.glob("*.css"))

    assert sheets <= 14 * 1024
