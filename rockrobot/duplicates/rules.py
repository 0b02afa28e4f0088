"""Which pairs of records are worth comparing, and which of them are likely one: pure; traits in, pairs out."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import combinations, permutations
from typing import NamedTuple, TypeVar

from rockrobot.likeness.rules import Likeness, Reason, company_likeness, person_likeness
from rockrobot.names.rules import words_of
from rockrobot.traits.rules import CompanyTraits, PersonTraits


class Kind(StrEnum):
    """Of what two records are, as their table is called."""

    PEOPLE = "people"
    COMPANIES = "companies"


class LikelyPair(NamedTuple):
    """Two records that are likely one: the lower id first, how likely, and why."""

    first_id: int
    second_id: int
    score: int
    reasons: tuple[Reason, ...]


Traits = TypeVar("Traits", PersonTraits, CompanyTraits)
MOST_WITH_A_KEY, EDGE = 200, 6


def keys_of_person(traits: PersonTraits) -> set[str]:
    """By what a person is compared with others: with all who share one of these keys and with nobody else.

    Each phone and e-mail address of their own; each word of the name with the initial of each other word, in any order,
    so that one typing error or swapped names leave a key; each word of the name with each company, for an error in an
    initial. Source: our choice.
    """
    words = _words_of_name(traits.first_name, traits.last_name)
    named = keys_of_name(traits.first_name, traits.last_name)
    employed = {f"{company}: {word}" for company in traits.companies for word in words if len(word) > 1}
    return named | employed | traits.phones | traits.mobiles | traits.emails


def keys_of_name(first_name: str, last_name: str) -> set[str]:
    """Each word of a folded name with the initial of each other word."""
    words = _words_of_name(first_name, last_name)
    return {f"{one} {other[0]}" for one, other in permutations(words, 2) if len(one) > 1}


def _words_of_name(first_name: str, last_name: str) -> set[str]:
    return {word for word in (*words_of(first_name), *words_of(last_name)) if word}


def keys_of_company(traits: CompanyTraits) -> set[str]:
    """By what a company is compared with others.

    Its business id, each phone and e-mail address, the beginning of its name, and each word of it with the initial of
    each other word; of a name of one word, its end too. Source: our choice.
    """
    core, words = traits.name.core, traits.name.words
    named = {f"{one} {other[0]}" for one, other in permutations(words, 2)} | {f"{core[:EDGE]}-"}
    if len(words) == 1:
        named.add(f"-{core[-EDGE:]}")
    return named | traits.phones | traits.emails | ({traits.business_id} - {""})


def sharing(keys_by_id: Iterable[tuple[int, Collection[str]]]) -> Iterator[set[int]]:
    """The ids that share a key, for each key that several have.

    One that more than two hundred share tells too little to compare all of them; who is the same has other keys too.
    """
    ids_by_key: defaultdict[str, set[int]] = defaultdict(set)
    for id_, keys in keys_by_id:
        for key in keys:
            ids_by_key[key].add(id_)
    return (ids for ids in ids_by_key.values() if 1 < len(ids) <= MOST_WITH_A_KEY)


def likely_people(traits: Mapping[int, PersonTraits]) -> list[LikelyPair]:
    """The pairs of these people who are likely one."""
    return _likely(traits, keys_of_person, person_likeness)


def likely_companies(traits: Mapping[int, CompanyTraits]) -> list[LikelyPair]:
    """The pairs of these companies that are likely one."""
    return _likely(traits, keys_of_company, company_likeness)


def likely_known_people(
    asked: Mapping[int, PersonTraits], known: Mapping[int, PersonTraits]
) -> dict[int, dict[int, Likeness]]:
    """Whom of those known each of many people is likely to be, best first."""
    return _likely_known(asked, known, keys_of_person, person_likeness)


def likely_known_companies(
    asked: Mapping[int, CompanyTraits], known: Mapping[int, CompanyTraits]
) -> dict[int, dict[int, Likeness]]:
    """Which of those known each of many companies is likely to be, best first."""
    return _likely_known(asked, known, keys_of_company, company_likeness)


def _likely_known(
    asked: Mapping[int, Traits],
    known: Mapping[int, Traits],
    keys_of: Callable[[Traits], set[str]],
    likeness_of: Callable[[Traits, Traits], Likeness],
) -> dict[int, dict[int, Likeness]]:
    keys = {number: keys_of(one) for number, one in asked.items()}
    wanted = set().union(*keys.values())
    by_key: defaultdict[str, list[int]] = defaultdict(list)
    for id_, other in known.items():
        for key in keys_of(other) & wanted:
            by_key[key].append(id_)
    found = {}
    for number, one in asked.items():
        groups = (by_key.get(key, ()) for key in keys[number])
        others = {id_ for ids in groups if len(ids) <= MOST_WITH_A_KEY for id_ in ids}
        found[number] = best({id_: likeness_of(one, known[id_]) for id_ in others})
    return found


def best(scored: Mapping[int, Likeness]) -> dict[int, Likeness]:
    """Those who are likely the same, the likeliest first."""
    likely = [(id_, found) for id_, found in scored.items() if found.is_likely]
    return dict(sorted(likely, key=lambda one: (-one[1].score, one[0])))


def _likely(
    traits: Mapping[int, Traits],
    keys_of: Callable[[Traits], set[str]],
    likeness_of: Callable[[Traits, Traits], Likeness],
) -> list[LikelyPair]:
    groups = sharing((id_, keys_of(one)) for id_, one in traits.items())
    pairs = {pair for ids in groups for pair in combinations(sorted(ids), 2)}
    scored = ((pair, likeness_of(traits[pair[0]], traits[pair[1]])) for pair in pairs)
    return [LikelyPair(*pair, found.score, found.reasons) for pair, found in scored if found.is_likely]
