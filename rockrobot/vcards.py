"""vCards 2.1, 3.0 and 4.0 in files: parts a file into cards and a card into properties. Every file is hostile.

A reader of our own: vobject gives up on the whole file at one broken card, and on 2.1's quoted-printable without a
character set. Knows nothing of what the register keeps.
"""

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

BEGIN, END = "BEGIN:VCARD", "END:VCARD"
MAX_CARD_LINES = 50_000
_LINE = re.compile(
    r"(?:(?P<group>[\w-]+)\.)?(?P<name>[\w-]+)(?P<params>(?:;(?:[^\":;]|\"[^\"]*\")*)*):(?P<value>.*)", re.S
)
_PARAM = re.compile(r";((?:[^\";]|\"[^\"]*\")*)")
_ESCAPE = re.compile(r"\\(.)", re.S)
_BINARY = re.compile(r"[\w+/=\s-]*")
_SPLIT = re.compile(r"(?<!\\);")


@dataclass(frozen=True)
class Property:
    """One property of a card: its name and kinds in capital letters, its value as it stands in the file."""

    name: str
    value: str
    group: str = ""
    kinds: frozenset[str] = frozenset()

    def text(self) -> str:
        """The value without escapes."""
        return unescaped(self.value)

    def parts(self) -> list[str]:
        """The components of a structured value (N, ORG, ADR), without escapes."""
        return [unescaped(part) for part in _SPLIT.split(self.value)]


@dataclass
class Card:
    """One card: the line on which it begins, its properties, and code of what is wrong with it.

    not_ended, not_a_line, too_many_lines
    """

    line: int
    properties: list[Property] = field(default_factory=list)
    fault: str | None = None

    def all(self, name: str) -> list[Property]:
        """The properties of this name that say something, in the order of the file."""
        return [one for one in self.properties if one.name == name and one.value.strip(" ;\t\r\n")]

    def first(self, name: str) -> Property | None:
        """The first property of this name that says something."""
        return next(iter(self.all(name)), None)


def unescaped(value: str) -> str:
    r"""A value without its escapes; \n is a new line. A backslash before anything else is dropped."""
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def read_cards(text: str) -> list[Card]:
    """Every card of a file. A card that can't be read has a fault; what stands between cards is passed over."""
    return [_card(line, lines, is_ended) for line, lines, is_ended in _card_lines(text)]


def _card_lines(text: str) -> Iterator[tuple[int, list[str], bool]]:
    """(line of BEGIN, the lines inside, whether END was reached)."""
    begun, inside = 0, list[str]()
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        word = line.strip().upper()
        if word == BEGIN:
            if begun:
                yield begun, inside, False
            begun, inside = number, []
        elif word == END and begun:
            yield begun, inside, True
            begun = 0
        elif begun:
            inside.append(line)
    if begun:
        yield begun, inside, False


def _card(line: int, lines: list[str], is_ended: bool) -> Card:
    card = Card(line, fault=None if is_ended else "not_ended")
    if len(lines) > MAX_CARD_LINES:
        card.fault = "too_many_lines"
        return card
    for logical in _unfolded(lines):
        found = _LINE.fullmatch(logical)
        if found:
            card.properties.append(_property(found))
        elif not (card.properties and card.properties[-1].kinds & {"BASE64", "B"} and _BINARY.fullmatch(logical)):
            card.fault = card.fault or "not_a_line"
    return card


def _unfolded(lines: Iterable[str]) -> Iterator[str]:
    """Logical lines: folded ones (a blank in front) joined, and quoted-printable ones that end in "="."""
    waiting: list[str] = []
    for line in lines:
        is_soft = bool(waiting) and waiting[-1].endswith("=") and _is_quoted(waiting[0])
        if waiting and (is_soft or line[:1] in {" ", "\t"}):
            waiting.append(line if is_soft else line[1:])
            continue
        if waiting:
            yield _joined(waiting)
        waiting = [line] if line.strip() else []
    if waiting:
        yield _joined(waiting)


def _is_quoted(line: str) -> bool:
    return "QUOTED-PRINTABLE" in line.partition(":")[0].upper()


def _joined(lines: list[str]) -> str:
    return "".join(line.removesuffix("=") for line in lines) if _is_quoted(lines[0]) else "".join(lines)


def _property(found: re.Match[str]) -> Property:
    kinds, charset = set[str](), ""
    for word in _PARAM.findall(found["params"]):
        name, equals, value = word.partition("=")
        name = name.strip().upper()
        if name == "CHARSET":
            charset = value.strip(' "')
        elif not equals or name in {"TYPE", "ENCODING"}:
            kinds.update(one.strip().upper() for one in (value if equals else name).strip('"').split(","))
        elif name == "PREF":
            kinds.add("PREF")
    value = found["value"]
    if "QUOTED-PRINTABLE" in kinds:
        value = _decoded(quopri.decodestring(value.encode("latin-1", "replace")), charset)
    if found["group"] and found["group"].upper() in {"WORK", "HOME"}:
        kinds.add(found["group"].upper())
    return Property(found["name"].upper(), value, (found["group"] or "").upper(), frozenset(kinds))


def _decoded(body: bytes, charset: str) -> str:
    for encoding in (charset or "utf-8", "utf-8", "cp1252"):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("latin-1")
