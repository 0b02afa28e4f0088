import pytest

from rockrobot.tags.rules import folded, split_names


def test_case_and_spaces_do_not_make_another_tag():
    assert folded("  Messut   2026 ") == folded("messut 2026")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("vip", ["vip"]),
        ("VIP, messut 2026", ["VIP", "messut 2026"]),
        ("vip, VIP ,  vip", ["vip"]),
        (" , ,", []),
    ],
)
def test_typed_tags_are_split_at_commas_and_each_is_taken_once(text, names):
    assert split_names(text) == names
