from datetime import date, datetime, timedelta

from rockrobot import clock
from rockrobot.calendars.rules import Entry, calendar_of, is_noted

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=clock.UTC)


def test_a_day_of_a_calendar_is_a_whole_day_that_blocks_no_time():
    entry = Entry(
        "event-task-1@rr.example", date(2026, 12, 31), "Seuranta: Kivi; Sora, Oy", "https://rr.example/events/1"
    )

    lines = calendar_of("Seurannat", [entry], NOW).split("\r\n")

    assert lines[:5] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Rockrobot//FI",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Seurannat",
    ]
    assert lines[5:] == [
        "BEGIN:VEVENT", "UID:event-task-1@rr.example", "DTSTAMP:20261125T120000Z", "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101", r"SUMMARY:Seuranta: Kivi\; Sora\, Oy", "URL:https://rr.example/events/1",
        "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip


def test_long_and_hostile_words_stay_in_their_line():
    entry = Entry("1", date(2026, 12, 1), "ä" * 100 + "\r\nBEGIN:VALARM", "https://rr.example")

    text = calendar_of("Seurannat", [entry], NOW)

    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "\r\nBEGIN:VALARM" not in text
    assert "ä" * 100 in text.replace("\r\n ", "")


def test_a_reading_is_noted_anew_when_a_full_hour_has_gone():
    hour = timedelta(hours=1)

    noted = [is_noted(read_at, NOW) for read_at in (None, NOW, NOW - hour + timedelta(seconds=1), NOW - hour)]

    assert noted == [False, True, True, False]
