from rockrobot.tags.rules import folded


def test_case_and_spaces_do_not_make_another_tag():
    assert folded("  Messut   2026 ") == folded("messut 2026")
