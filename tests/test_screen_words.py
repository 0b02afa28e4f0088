"""Texts of templates: looked up once, and still in the language of each screen."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask, render_template_string
from flask_babel import Babel, force_locale
from jinja2 import DictLoader

from rockrobot import screen_words

ROOMS = Path(screen_words.__file__).parent


@pytest.fixture
def screen(tmp_path):
    """An app whose screens are in Finnish and Swedish."""
    catalogue = Catalog("sv")
    catalogue.add("Laite %(serial)s", "Maskin %(serial)s")
    folder = tmp_path / "sv" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    app = Flask(__name__)
    Babel(app, default_locale="fi", default_translation_directories=str(tmp_path))
    screen_words.init_app(app)
    with app.test_request_context():
        yield app


@pytest.mark.parametrize(
    "text",
    ['{{ _("Laite %(serial)s", serial=name, text="") }}', "{% trans serial=name %}Laite {{ serial }}{% endtrans %}"],
)
def test_a_text_is_told_in_the_language_of_the_screen_and_what_fills_it_is_escaped(screen, text):
    finnish, again = (render_template_string(text, name="<b>") for _ in range(2))
    with force_locale("sv"):
        swedish = render_template_string(text, name="<b>")

    assert (finnish, again, swedish) == ("Laite &lt;b&gt;", "Laite &lt;b&gt;", "Maskin &lt;b&gt;")


def test_words_of_a_template_are_told_in_the_language_of_each_screen(screen):
    screen.jinja_loader = DictLoader({"words.html": '{% set WORDS = {"device": _("Laite %(serial)s", serial=1)} %}'})

    finnish, again = (screen_words.words_of("words.html").WORDS["device"] for _ in range(2))
    with force_locale("sv"):
        swedish = screen_words.words_of("words.html").WORDS["device"]

    assert (finnish, again, swedish) == ("Laite 1", "Laite 1", "Maskin 1")


def test_no_room_asks_for_words_in_the_language_of_who_came_first():
    asking = [path.name for path in ROOMS.rglob("*.py") if "get_template_attribute(" in path.read_text("utf-8")]

    assert asking == []


def test_two_percent_signs_are_one_on_the_screen(screen):
    told = render_template_string('{{ _("95 %%") }} {{ _("%(share)s %%", share=7) }}')

    assert told == "95 % 7 %"


def test_a_stored_text_that_is_empty_stays_empty(screen):
    with force_locale("sv"):
        assert screen_words.stored_text("") == ""
        assert screen_words.stored_text("Laite %(serial)s") == "Maskin %(serial)s"
