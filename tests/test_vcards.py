"""vCards of three versions, folded, quoted, grouped and broken."""

import pytest

from rockrobot.vcards import read_cards


def card(lines: str, end: str = "END:VCARD\n") -> str:
    return f"BEGIN:VCARD\n{lines}\n{end}"


def test_folded_lines_and_escapes_are_read():
    (one,) = read_cards(card("VERSION:3.0\nNOTE:Kivi\\, sora\\; ja \n  hiekka\\nToinen rivi"))

    assert one.first("NOTE").text() == "Kivi, sora; ja  hiekka\nToinen rivi"


def test_quoted_printable_goes_on_after_a_soft_break_inside_a_letter():
    (one,) = read_cards(card("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:H=C3=\n=A4kkinen;Urho;;;"))

    assert one.first("N").parts()[:2] == ["Häkkinen", "Urho"]


def test_quoted_printable_without_a_character_set_falls_back_on_windows():
    (one,) = read_cards(card("FN;ENCODING=QUOTED-PRINTABLE:H=E4kkinen"))

    assert one.first("FN").text() == "Häkkinen"


def test_groups_bare_kinds_and_lists_of_kinds_are_known():
    (one,) = read_cards(card('item1.TEL;CELL;PREF:1\nTEL;TYPE="work,voice":2\nWORK.EMAIL;TYPE=internet:a@b.example'))

    assert [p.kinds for p in one.all("TEL")] == [{"CELL", "PREF"}, {"WORK", "VOICE"}]
    assert (one.all("TEL")[0].group, "WORK" in one.first("EMAIL").kinds) == ("ITEM1", True)


def test_a_picture_whose_lines_are_not_folded_breaks_nothing():
    (one,) = read_cards(card("FN:A B\nPHOTO;ENCODING=BASE64;JPEG:/9j/4AAQ\nSkZJRgABAQ==\n\nTEL:1"))

    assert (one.fault, one.first("TEL").value) == (None, "1")


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (card("FN:A") + card("FN:B", end=""), [None, "not_ended"]),
        (card("FN:A", end="") + card("FN:B"), ["not_ended", None]),
        (card("FN:A\nno colon here"), ["not_a_line"]),
        (card("FN:A\n" + "X-A:1\n" * 60_000), ["too_many_lines"]),
        ("between the cards\n" + card("FN:A"), [None]),
    ],
)
def test_a_broken_card_is_told_and_the_others_are_read(text, faults):
    assert [one.fault for one in read_cards(text)] == faults
