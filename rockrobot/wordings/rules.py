"""How serials are written: shape and order, the words around them in five languages, the pieces of a text. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass
class Token:
    """A piece of the text: what it is, where, and its words."""

    kind: str
    text: str
    start: int
    end: int


_ID = r"[^\W_]+(?:[-/._][^\W_]+)*"
_TOKENS = re.compile(
    rf"(?P<wild>[^\s,;()]*[*?][^\s,;()]*|\b[\w-]*\dX{{2,}}\b)|(?P<ident>{_ID})|(?P<suffix>:[a-zäö]{{1,4}}\b)"
    r"|(?P<dash>[–—−…~]|\.\.\.?|(?<=\s)-(?=\s))|(?P<open>[(\[])|(?P<close>[)\]])"
    r"|(?P<comma>[,&+])|(?P<break>[;\n])|(?P<stop>\.)|(?P<other>\S)"
)
TO = frozenset(["to", "through", "thru", "thro", "till", "til", "tom", "tot", "saakka", "asti", "päättyen"])
AND = frozenset(["and", "ja", "sekä", "och", "og", "und", "or", "tai", "eller"])
BETWEEN = frozenset(["between", "välillä", "väliltä", "mellan", "mellom", "mellem"])
SERIAL = re.compile(
    r"lots?|serials?|batch(?:es)?|codes?|sarjanumero\w*|sarjanro\w*|serienummer\w*|serienr|serienumre|erän?|erät|eränumero\w*"
    r"|lot/codes?|numbers/?serials?|numberserial|partier?|parti",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"models?|ref|udi|gtin|upc|sku|exp|exp\w+|mallit?|mallikoodi\w*|modell\w*|item|catalog\w*|manufactured|valmistettu\w*"
    r"|tillverkad\w*|use|best|note|date|dates|puh|tel",
    re.IGNORECASE,
)
RULES = re.compile(
    r"all|kaikki|alla|alle|except|excluding|paitsi|lukuun|utom|unntatt|undtagen|begin\w*|starting|starts|ending|ends"
    r"|alka(?:vat|va|ville|villa)|pääty\w*|päätty(?:vät|vä)|börja\w*|sluta\w*|prior|before|after|ennen|jälkeen|före|efter"
    r"|onwards?|eteenpäin|higher|lower|above|below|yli|alle|suuremmat|pienemmät|every|joka|prefix|etuliite",
    re.IGNORECASE,
)
NOISE = re.compile(
    r"from|alkaen|från|fra|range|ranges|ranging|number|numbers|no|nos|nro|nr|nummer|the|are|is|and|with|laitteet|koneet"
    r"|laite|kone|maskiner|machines|units?|numerot|within|väli|yhteensä|kpl|pcs|st",
    re.IGNORECASE,
)
TABLE = re.compile(r"model\s*(?:names?)?[\s/]*(?:numbers?|no\.?)?[\s/]*serial", re.IGNORECASE)
DATE = re.compile(r"\d{1,2}/\d{1,2}(?:/\d{2,4})?|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}/\d{4}")
GLUED = re.compile(r"[a-zäöå]{2,}[A-ZÅÄÖ]")


def tokens_of(text: str) -> list[Token]:
    """The pieces of a text in order: identifiers (with a digit), words, marks, brackets."""
    found = []
    for match in _TOKENS.finditer(text):
        kind = match.lastgroup or "other"
        if kind == "ident" and not any(c.isdigit() for c in match.group()):
            kind = "word"
        found.append(Token(kind, match.group(), match.start(), match.end()))
    return found


_RUNS = re.compile(r"\d+|[^\d]+")


def shape(serial: str) -> tuple[str, ...]:
    """The runs of a serial without their digits: "SP-0147" -> ("SP-", "9"); what two ends of a range must share."""
    return tuple("9" if run[0].isdigit() else "A" if run.isalpha() else run for run in _RUNS.findall(serial))


def natural(serial: str) -> tuple[tuple[int, str], ...]:
    """The order of serials: digit runs as numbers, the rest as text."""
    return tuple((int(run), "") if run[0].isdigit() else (0, run) for run in _RUNS.findall(serial))


def same_kind(serial: str, first: str, last: str) -> bool:
    """True when a serial is written like both ends of a range: same runs of text, digits of a width the ends allow.

    A run that has the same width at both ends has it in the serial too (098-103 holds 099 and not 99); where the ends
    differ in width (98-103) the serial's run has no leading zero. Source: our choice.
    """
    runs, low, high = _RUNS.findall(serial), _RUNS.findall(first), _RUNS.findall(last)
    if not len(runs) == len(low) == len(high):
        return False
    for run, a, b in zip(runs, low, high, strict=True):
        if not a[0].isdigit():
            if not run == a == b:
                return False
        elif not run[0].isdigit() or (len(a) == len(b) != len(run)) or (len(a) != len(b) and run[0] == "0"):
            return False
    return True


def serials_between(first: str, last: str, known: Iterable[str]) -> Iterator[str]:
    """Those of the known serials that lie in a range, both ends included."""
    low, high = natural(first), natural(last)
    return (serial for serial in known if same_kind(serial, first, last) and low <= natural(serial) <= high)


def range_prefix(first: str, last: str) -> str:
    """What every serial of a range begins with, so that the database can be asked for few: text before the digits."""
    low, high = _RUNS.findall(first), _RUNS.findall(last)
    return low[0] if low and low[:1] == high[:1] and not low[0][0].isdigit() else ""
