"""A personal identity code is recognised by its form, and nothing else is taken for one."""

import pytest

from rockrobot.personal_codes import has_personal_code


@pytest.mark.parametrize(
    "text", ["131052-308T", "Hetu 131052-308t.", "010190+123A", "311299A9876", "soitti 150303Y912K eilen"]
)
def test_a_personal_identity_code_is_found_in_any_text(text):
    assert has_personal_code(text)


@pytest.mark.parametrize(
    "text",
    ["", "0400 123 456", "991352-308T", "131352-308T", "Laite SN-131052-3081", "TV-2026-001-0001", "1131052-308T"],
)
def test_phones_serials_and_days_are_none(text):
    assert not has_personal_code(text)
