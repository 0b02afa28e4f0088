"""The labelled pairs, read from text as the traits that the scorer is given; and how well it tells them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rockrobot.contacts.rules import PointKind, normal_point
from rockrobot.likeness.rules import Likeness, company_likeness, person_likeness
from rockrobot.traits.queries import company_traits, person_traits

FOLDER = Path(__file__).parent
BATCHES = ("first", "second", "held_out")
KINDS = {"m": PointKind.MOBILE, "d": PointKind.DIRECT, "v": PointKind.SWITCHBOARD}


@dataclass(frozen=True)
class Pair:
    """Two records as they are written, whether they are one, and what is known of each."""

    written: tuple[str, str]
    is_same: bool
    is_of_people: bool
    traits: tuple[Any, Any]

    def likeness(self) -> Likeness:
        """What the scorer says."""
        return (person_likeness if self.is_of_people else company_likeness)(*self.traits)


@dataclass(frozen=True)
class Measured:
    """How the scorer did: pairs that it told of rightly and wrongly, and those that it should have told of."""

    right: int
    missed: tuple[Pair, ...]
    wrong: tuple[Pair, ...]

    @property
    def recall_percent(self) -> float:
        """Of the pairs that are one, how many were told of."""
        return 100 * self.right / (self.right + len(self.missed))

    @property
    def precision_percent(self) -> float:
        """Of the pairs that were told of, how many are one."""
        return 100 * self.right / (self.right + len(self.wrong))


def measure(pairs: list[Pair]) -> Measured:
    """Let the scorer tell of each pair."""
    told = [(pair, pair.likeness().is_likely) for pair in pairs]
    return Measured(
        sum(pair.is_same and is_likely for pair, is_likely in told),
        tuple(pair for pair, is_likely in told if pair.is_same and not is_likely),
        tuple(pair for pair, is_likely in told if is_likely and not pair.is_same),
    )


def read(batch: str) -> list[Pair]:
    """The pairs of a batch, in the order of its file."""
    is_of_people, found = True, []
    lines = iter((FOLDER / f"pairs_{batch}.txt").read_text(encoding="utf-8").splitlines())
    for line in lines:
        if line.startswith("["):
            is_of_people = line == "[people]"
        elif line.startswith(("+", "-")):
            written = (line[1:].strip(), next(lines).strip())
            traits = [_traits([cell.strip() for cell in one.split("|")], is_of_people) for one in written]
            found.append(Pair(written, line[0] == "+", is_of_people, (traits[0], traits[1])))
    return found


def _traits(cells: list[str], is_of_people: bool) -> Any:
    values: dict[str, list[Any]] = {"points": [], "places": [], "companies": [], "y": [""], "c": [""], "shared": []}
    for cell in cells[1:]:
        for name, value in _read(cell):
            values[name].append(value)
    if is_of_people:
        first, _, last = (part.strip() for part in cells[0].partition("/"))
        rest = {name: values[name] for name in ("companies", "points", "places", "shared")}
        return person_traits((first, last), **rest)
    rest = {name: values[name] for name in ("points", "places")}
    return company_traits(cells[0], business_id=values["y"][-1], country=values["c"][-1], **rest)


def _read(cell: str) -> Iterator[tuple[str, Any]]:
    text = cell.removeprefix("*")
    word, _, rest = text.partition(" ")
    if "@" in text:
        yield "points", (PointKind.EMAIL, normal_point(PointKind.EMAIL, text)[0])
    elif word in KINDS:
        normal = normal_point(KINDS[word], rest)[0]
        yield "points", (KINDS[word], normal)
        if cell != text:
            yield "shared", normal
    elif word == "a":
        street, _, postcode = rest.rpartition(", ")
        assert re.fullmatch(r"\d{4,5}", postcode), cell
        yield "places", (postcode, street)
    elif word in ("y", "c"):
        yield word, rest
    else:
        yield "companies", text
