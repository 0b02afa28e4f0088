"""How alike two names are: folded text in (search_words.fold: small letters, no accents), a word of the trade out.

Source of all of it: our choice, held by the labelled pairs in tests/likeness. Nicknames are not known.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA


class PersonAlike(StrEnum):
    """How two people's names agree, the best first."""

    SAME = "same"
    SWAPPED = "swapped"
    NEAR = "near"
    SHORT = "short"
    NEAR_FIRST = "near_first"
    NO_FIRST = "no_first"
    FIRST_ONLY = "first_only"
    OTHER = "other"


class CompanyAlike(StrEnum):
    """How two companies' names agree, the best first."""

    SAME = "same"
    OTHER_FORM = "other_form"
    REORDERED = "reordered"
    NEAR = "near"
    LONGER = "longer"
    OTHER = "other"


class _Part(StrEnum):
    """How a first or a last name agrees with another."""

    SAME = "same"
    NEAR = "near"
    SHORT = "short"
    NONE = "none"
    OTHER = "other"


class CompanyName(NamedTuple):
    """A company's name: the words that name it, and its legal forms, each in one writing."""

    words: tuple[str, ...]
    forms: frozenset[str]

    @property
    def core(self) -> str:
        """The words that name it, run together."""
        return "".join(self.words)


LONG_FIRST_NAME, MOST_KEPT = 6, 1 << 16
NO_WORD_AT_ALL, NOT_DIGITS = re.compile(r"[\W_]+"), re.compile(r"\D+")
TURNED = {PersonAlike.SAME: PersonAlike.SWAPPED} | {one: one for one in (PersonAlike.NEAR, PersonAlike.NEAR_FIRST)}
GIVEN_NAMES = frozenset(
    """
    aapo aaro aatu ada adam agneta ahti aila aili aimo aino aki aksel alex alf alfred alma alva anders andreas
    anette anita anja ann anna anne anneli annette anni anniina annika anssi antero anton antti anu arho ari arja
    armas arne arno arto arttu arvi arvo asko asta atte auli aulis aune axel bengt berit birgit bjorn bo brita
    britt carita carl cecilia christer christian christina dag dan daniel david eemeli eerik eerika eero eetu eeva
    eija eila einari eino elena eliisa elin elina elisa elise ella ellen elli elma elsa emil emilia emma emmi enni
    erik erika erja erkki erno esa esko essi eva eveliina fredrik frida georg gerd greta gun gunilla gunnar gustav
    haakon hanna hanne hannele hannes hannu hans harald harri heidi heikki heini helena helga helge heli helka
    helmi helvi henna henri henrik henrika hilda hilja hilkka hilma ida iida iina iiro iivari ilari ilkka ilmari
    ilona ilpo inga inge inger ingrid inka inkeri irene irina iris irja irma isa jaakko jaana jan jani janika
    janina janita janna janne jari jarkko jarl jarmo jarno jenna jenni jens jesper jesse joel johan johanna
    johannes john jon jonas joni jonna joona joonas jorma jouko jouni juha juhani juho jukka julia julius jussi
    juuso jyri jyrki kaarina kaarlo kai kaija kaisa kaj kalervo kalevi kalle karen kari karin karita karl karla
    karoliina kasper kasperi katarina kati katja katri kauko kauno keijo kent kerttu kim kimi kimmo kirsi kirsti
    kjell klaus knut konsta kristian kristiina kristin kristina kristo kyosti laila lari lars lasse laura lauri lea
    leena leif leila lena leni lenni leo liisa lilja lina linda linnea lotta louise lucas ludvig maarit mads magnus
    mai maija maiju maire maj malin maria marianna marianne marika marina marit marita maritta marja marjaana
    marjatta marjo marjut markku marko markus marten marthe martin martta martti mathias matias matilda mats matti
    mauno mauri meeri meri merja mervi mette mia michael mika mikael mikaela mikko milja milla mina minna minttu
    mira mirja mirka miro mirva monica monika morten nella nelli netta nicklas niclas nico nicolai niilo niina
    niklas niko nikolai nils nina noora nora odd oili ola olav olavi ole olga oliver olli oona oscar oskar oskari
    osmo ossi otto outi paavo paivi paul paula pauli pauliina peder pekka pentti per pernilla pertti perttu peter
    petra petri petter pia pihla piia pinja pirjo pirkko rabbe ragnar raija raili raimo raine raisa raita rami
    rasmus rauha rauno rebecka reetta reija reijo reino riikka riina rikard risto ritva robert roger roland rolf
    roni roope rosa runar rune ruth saana saara saija saila saimi saini sakari salla salli salme sami sampo samuel
    samuli sandra sanelma sanna sanni santeri santtu sara sari sarita satu saulo seija senja seppo signe sigrid
    silja silva sini sinikka siri sirkka sirpa siv sixten sofia sofie sonja soren stefan sten stig stine sulo sune
    sunniva susanna susanne suvi svein sven tage taina taisto tanja tapani tapio tarja tarmo tatu tauno teemu teija
    teijo tellervo teo teppo terhi tero terttu teuvo thomas thor tiia tiina tim timo tina tobias toini toivo tom
    tomas tomi tommi toni tor torbjorn tore torsten torsti touko tove tuija tuire tuomas tuomo tuukka tuula tuuli
    tyyne ulf ulla uno urho ursula usko valtteri vappu veera veijo veikko veli venla vera verneri vesa vieno viivi
    vilho vilja viljami viljo ville vilma viola vivian vuokko yrjo
    """.split()  # noqa: SIM905
)
FORMS = {
    "oy": "oy", "oyj": "oyj", "osakeyhtio": "oy", "ab": "ab", "abp": "oyj", "aktiebolag": "ab", "aktiebolaget": "ab",
    "ky": "ky", "kommandiittiyhtio": "ky", "kb": "ky", "ay": "ay", "tmi": "tmi", "toiminimi": "tmi", "osk": "osk",
    "osuuskunta": "osk", "as": "as", "asa": "as", "aps": "aps", "ans": "ans", "hb": "hb", "ou": "ou", "ltd": "ltd",
    "limited": "ltd", "inc": "inc", "gmbh": "gmbh", "kg": "kg",
}  # fmt: skip
SPELLINGS = (("ch", "k"), ("ck", "k"), ("c", "k"), ("ph", "f"), ("th", "t"), ("w", "v"))
SPELLED = (("avoin yhtio", "ay"), ("a/s", "as"), ("t:mi", "tmi"))
JOINING = frozenset({"ja", "och", "og", "and", "und", "i"})
OF_A_GROUP = frozenset(
    """
    suomi finland sverige sweden norge norway danmark denmark eesti estonia nordic nordics scandinavia europe
    international group konserni holding industry service services huolto kiinteistot kuljetus invest capital
    """.split()  # noqa: SIM905
)


@lru_cache(MOST_KEPT)
def words_of(folded: str) -> tuple[str, ...]:
    """The words of a folded name; hyphens and dots part them like blanks."""
    return tuple(word for word in NO_WORD_AT_ALL.split(folded) if word)


def _may_be_typing_error(one: str, other: str) -> bool:
    """True for texts a typing error apart, two where they are long; never where digits differ.

    A sign left out, added, replaced, or two neighbours swapped is one error. Words of three letters have none: they
    are too often two words.
    """
    length = max(len(one), len(other))
    allowed = 0 if length <= 3 else 1 if length <= 9 else 2
    if abs(len(one) - len(other)) > allowed or OSA.distance(one, other, score_cutoff=allowed) > allowed:
        return False
    return NOT_DIGITS.sub("", one) == NOT_DIGITS.sub("", other)


# ---------- people ----------


def person_alike(one: tuple[str, str], other: tuple[str, str]) -> PersonAlike:
    """How two people's names agree; each a folded first and last name, either of which may be empty.

    Where the last name of one is the first of the other, they may have been typed the other way round.
    """
    straight = _in_order(one, other)
    if straight is not PersonAlike.OTHER:
        return straight
    swapped = _in_order(one, (other[1], other[0]))
    return TURNED.get(swapped, PersonAlike.OTHER)


def _in_order(one: tuple[str, str], other: tuple[str, str]) -> PersonAlike:
    first, last = _first_names(one[0], other[0]), _part(words_of(one[1]), words_of(other[1]))
    if last is _Part.OTHER or last is _Part.NONE:
        return PersonAlike.FIRST_ONLY if first is _Part.SAME and last is _Part.OTHER else PersonAlike.OTHER
    if first is _Part.NONE:
        return PersonAlike.NO_FIRST
    if first is _Part.OTHER:
        return PersonAlike.OTHER
    if first is _Part.SAME and last is _Part.SAME:
        return PersonAlike.SAME
    if _Part.SHORT in {first, last}:
        return PersonAlike.SHORT
    is_long = min(len(one[0]), len(other[0])) >= LONG_FIRST_NAME
    return PersonAlike.NEAR if first is _Part.SAME or (is_long and last is _Part.SAME) else PersonAlike.NEAR_FIRST


@lru_cache(MOST_KEPT)
def _first_names(one: str, other: str) -> _Part:
    """First names; an initial stands for any name.

    Two given names that are common are two, however near, save in two spellings of one (Niklas, Nicklas).
    """
    mine, theirs = words_of(one), words_of(other)
    if _are_initials(mine, theirs) or _are_initials(theirs, mine):
        return _Part.SHORT
    found = _part(mine, theirs)
    if found in {_Part.SAME, _Part.SHORT, _Part.NONE}:
        return found
    if [_sound(word) for word in mine] == [_sound(word) for word in theirs]:
        return _Part.NEAR
    differing = {*mine} ^ {*theirs}
    return _Part.OTHER if differing <= GIVEN_NAMES else found


def _sound(name: str) -> str:
    """A first name as it sounds, roughly: one spelling for ch, ck and c, for ph, th, w and doubled letters."""
    for spelled, plain in SPELLINGS:
        name = name.replace(spelled, plain)
    return "".join(letter for place, letter in enumerate(name) if letter != name[place - 1 : place])


def _are_initials(short: Sequence[str], full: Sequence[str]) -> bool:
    is_short = bool(short) and all(len(word) == 1 for word in short) and len(short) <= len(full)
    return is_short and all(word.startswith(letter) for letter, word in zip(short, full, strict=False))


def _part(one: tuple[str, ...], other: tuple[str, ...]) -> _Part:
    if not one or not other:
        return _Part.NONE
    joined, others = "".join(one), "".join(other)
    if joined == others:
        return _Part.SAME
    if set(one) < set(other) or set(other) < set(one):
        return _Part.SHORT
    return _Part.NEAR if _may_be_typing_error(joined, others) else _Part.OTHER


# ---------- companies ----------


def company_name(folded: str) -> CompanyName:
    """A folded company name taken apart: legal forms in front or behind, "&" and "and" do not name it.

    A name of nothing but legal forms keeps them as its words.
    """
    for spelled, form in SPELLED:
        folded = folded.replace(spelled, form)
    words = [word for word in words_of(folded) if word not in JOINING]
    named = tuple(word for word in words if word not in FORMS)
    return CompanyName(named or tuple(words), frozenset(FORMS[word] for word in words if word in FORMS))


def company_alike(one: CompanyName, other: CompanyName) -> CompanyAlike:
    """How two companies' names agree. A company of the same group, told by a country or a trade, is another one."""
    if not one.words or not other.words:
        return CompanyAlike.OTHER
    if one.core == other.core:
        may_be_one = not one.forms or not other.forms or bool(one.forms & other.forms)
        return CompanyAlike.SAME if may_be_one else CompanyAlike.OTHER_FORM
    mine, theirs = set(one.words), set(other.words)
    if mine == theirs:
        return CompanyAlike.REORDERED
    if (mine ^ theirs) & OF_A_GROUP:
        return CompanyAlike.OTHER
    if _may_be_typing_error(one.core, other.core) and _is_in_one_word(one.words, other.words):
        return CompanyAlike.NEAR
    return CompanyAlike.LONGER if mine < theirs or theirs < mine else CompanyAlike.OTHER


def _is_in_one_word(one: Sequence[str], other: Sequence[str]) -> bool:
    """True when the texts differ in a long word, or in how they are parted; short words are soon other words."""
    if len(one) != len(other):
        return True
    return all(
        a == b or (min(len(a), len(b)) >= 5 and _may_be_typing_error(a, b)) for a, b in zip(one, other, strict=True)
    )
