"""The words of a list's address: what narrows it and what it is sorted by: pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rockrobot.tags.rules import Register

TEXT: Final = "q"
SORT: Final = "sort"
NONE: Final = "none"
FILTERS: Final[dict[Register, tuple[str, ...]]] = {
    Register.PEOPLE: ("type", "tag", "language", "responsible", "company"),
    Register.COMPANIES: ("type", "tag", "country", "language", "responsible"),
    Register.DEVICES: ("model", "owner", "fate", "tag", "company", "person"),
    Register.WORKSITES: ("all", "tag", "company"),
}
"""What each list may be narrowed by beside text: kinds and ids, nothing that names a person (addresses are kept)."""
NAMES_A_PERSON: Final = frozenset({"person"})
SORTS: Final[dict[Register, tuple[str, ...]]] = {
    Register.PEOPLE: ("name", "number", "type", "added"),
    Register.COMPANIES: ("name", "number", "type", "country", "added"),
    Register.DEVICES: ("model", "serial", "built", "added"),
    Register.WORKSITES: ("name", "city", "begins", "added"),
}
"""What each list may be sorted by; the first is the usual one, "-" before it turns it round."""
Choices = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Selection:
    """A list as its address asks for it.

    chosen: filter -> value, as they stand in the address. dead: the filters whose value names nothing any more (a tag
    that was deleted); a list with one of them is empty, and never shows more than was asked for.
    """

    register: Register
    text: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    dead: tuple[str, ...] = ()

    @property
    def words(self) -> dict[str, str]:
        """What narrows the list, as its address says it."""
        return ({TEXT: self.text} if self.text else {}) | dict(self.chosen)

    @property
    def is_narrowed(self) -> bool:
        """True when not everything is asked for."""
        return bool(self.words)

    def address(self, **more: Any) -> dict[str, Any]:
        """The words of the address of this list, and more of them (a page, another sort)."""
        usual = SORTS[self.register][0]
        words = self.words | {SORT: self.sort} | more
        return words | {SORT: words[SORT] if words[SORT] != usual else None}


def read_selection(register: Register, words: Mapping[str, str], choices: Choices) -> Selection:
    """The list that an address asks for.

    words: those of the address; what the list does not know is passed over, and an unknown sort is the usual one.
    choices: the values that each filter can have now, with their names.
    """
    given = {name: words.get(name, "").strip() for name in FILTERS[register]}
    chosen = {name: value for name, value in given.items() if value}
    dead = tuple(name for name, value in chosen.items() if value not in choices.get(name, {}))
    return Selection(register, words.get(TEXT, "").strip(), chosen, read_sort(register, words.get(SORT, "")), dead)


def read_sort(register: Register, typed: str) -> str:
    """The sort that was asked for, or the usual one."""
    known: Collection[str] = SORTS[register]
    return typed if typed.removeprefix("-") in known else SORTS[register][0]
