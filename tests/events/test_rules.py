from datetime import date

import pytest

from rockrobot.events.rules import (
    Channel,
    Direction,
    Preset,
    Section,
    due_after,
    follow_up_words,
    section_of,
    usual_direction,
)

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("today", "preset", "due_on"),
    [
        (TODAY, Preset.TOMORROW, date(2026, 11, 26)),
        (TODAY, Preset.WEEK, date(2026, 12, 2)),
        (TODAY, Preset.MONTH, date(2026, 12, 25)),
        (date(2026, 12, 31), Preset.TOMORROW, date(2027, 1, 1)),
        (date(2026, 12, 31), Preset.MONTH, date(2027, 1, 31)),
        (date(2027, 1, 31), Preset.MONTH, date(2027, 2, 28)),
        (date(2028, 1, 30), Preset.MONTH, date(2028, 2, 29)),
        (date(2028, 2, 29), Preset.MONTH, date(2028, 3, 29)),
    ],
)
def test_a_preset_is_counted_from_today(today, preset, due_on):
    assert due_after(preset, today) == due_on


@pytest.mark.parametrize(
    ("due_on", "section"),
    [
        (date(2026, 11, 24), Section.OVERDUE),
        (date(2026, 11, 25), Section.TODAY),
        (date(2026, 11, 26), Section.SOON),
        (date(2026, 12, 2), Section.SOON),
        (date(2026, 12, 3), None),
    ],
)
def test_a_follow_up_stands_in_the_section_of_its_day(due_on, section):
    assert section_of(due_on, TODAY) is section


def test_a_call_goes_out_a_form_comes_in_and_a_visit_is_neither():
    proposed = {channel: usual_direction(channel) for channel in Channel}

    assert proposed[Channel.PHONE] is Direction.OUT
    assert proposed[Channel.WEBSITE_FORM] is Direction.IN
    assert proposed[Channel.VISIT] is Direction.NONE


@pytest.mark.parametrize(
    ("typed", "text", "words"),
    [
        ("Lähetä tarjous", "Pyysi tarjousta.", "Lähetä tarjous"),
        ("", "\n  Pyysi tarjousta.\nKaksi laitetta.", "Pyysi tarjousta."),
        (" ", "", ""),
        ("", "x" * 300, "x" * 199 + "…"),
    ],
)
def test_a_follow_up_takes_its_words_from_the_first_line(typed, text, words):
    assert follow_up_words(typed, text) == words
