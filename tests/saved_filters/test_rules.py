import pytest

from rockrobot.saved_filters.rules import kept_words, may_change
from rockrobot.tags.rules import Register


def test_text_and_people_are_not_kept_of_a_filter():
    words = {"q": "Aho", "tag": "7", "person": "3", "owner": "owned", "page": "2"}

    assert kept_words(Register.DEVICES, words) == {"owner": "owned", "tag": "7"}


@pytest.mark.parametrize(
    ("is_own", "is_shared", "owner_is_active", "may"),
    [
        (True, False, True, True),
        (False, True, True, False),
        (False, True, False, True),
        (False, False, False, False),
    ],
)
def test_a_filter_is_its_owners_until_a_shared_ones_owner_has_left(is_own, is_shared, owner_is_active, may):
    assert may_change(is_own=is_own, is_shared=is_shared, owner_is_active=owner_is_active) is may
