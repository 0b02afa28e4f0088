"""What is kept of a filter, and who may change one that is kept: pure."""

from collections.abc import Mapping

from rockrobot.selections.rules import FILTERS, NAMES_A_PERSON
from rockrobot.tags.rules import Register


def kept_words(register: Register, words: Mapping[str, str]) -> dict[str, str]:
    """What is kept of the words of a list's address: kinds and ids. Text may be somebody's name and is not kept.

    words: those that narrow the list. Source: our choice (a kept filter outlives the need of the search).
    """
    names = [name for name in FILTERS[register] if name not in NAMES_A_PERSON]
    return {name: words[name] for name in names if words.get(name)}


def may_change(*, is_own: bool, is_shared: bool, owner_is_active: bool) -> bool:
    """True for one's own filter, and for a shared one whose owner can't sign in any more. Source: our choice."""
    return is_own or (is_shared and not owner_is_active)
