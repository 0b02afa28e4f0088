"""Lists of serials as people and recall notices write them: singles, ranges, and what could not be read.

Nothing is guessed. A word without digits in a sentence is prose; what looks like an identifier is a single, the end of
a range, named by another keyword (a model, an expiry date), or unread. Pure. Our choice, tried on public notices.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from rockrobot.wordings.rules import (
    AND,
    BETWEEN,
    DATE,
    GLUED,
    NOISE,
    OTHER,
    RULES,
    SERIAL,
    TABLE,
    TO,
    Token,
    natural,
    shape,
    tokens_of,
)


class Why(StrEnum):
    """Why a piece could not be read."""

    RANGE_ENDS_DIFFER = "range_ends_differ"
    RANGE_BACKWARDS = "range_backwards"
    RANGE_OPEN = "range_open"
    WILDCARD = "wildcard"
    RULE_IN_WORDS = "rule_in_words"
    DATE = "date"
    AMBIGUOUS = "ambiguous"
    GLUED = "glued"
    NO_DIGITS = "no_digits"


@dataclass(frozen=True)
class Unread:
    """A piece that could not be read: its place in the text (end exclusive), its words and why."""

    start: int
    end: int
    text: str
    why: Why


@dataclass
class Expression:
    """What was read: singles and ranges (first, last) as typed, in order, and what was not."""

    singles: list[str] = field(default_factory=list)
    ranges: list[tuple[str, str]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


def _is_range(first: str, last: str) -> Why | None:
    if shape(first) != shape(last):
        return Why.RANGE_ENDS_DIFFER
    return Why.RANGE_BACKWARDS if natural(first) > natural(last) else None


def split_hyphen(text: str) -> tuple[str, str] | None:
    """The two ends of a range written without spaces ("1200-1345", "SP-0147-SP-0160"), or None for one identifier.

    Both ends must have the same shape, digits of at least three figures, and ascend; plain numbers the same length.
    """
    parts = text.split("-")
    if len(parts) % 2:
        return None
    half = len(parts) // 2
    first, last = "-".join(parts[:half]), "-".join(parts[half:])
    is_plain = first.isdigit() and last.isdigit()
    if not (any(c.isdigit() for c in first) and any(c.isdigit() for c in last)) or _is_range(first, last):
        return None
    if len(first) < 3 or (is_plain and len(first) != len(last)) or first == last:
        return None
    return first, last


class _Reader:
    """Walks the tokens once; what counts as a serial depends on the keyword before."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.has_keyword = any(t.kind == "word" and SERIAL.fullmatch(t.text) for t in self.tokens)
        self.is_table = bool(TABLE.search(text))
        self.is_serial = not self.has_keyword
        self.place = 0
        self.out = Expression()
        self.left_parts: set[str] = set()

    def refuse(self, start: Token, end: Token, why: Why) -> None:
        self.out.unread.append(Unread(start.start, end.end, self.text[start.start : end.end], why))

    def peek(self, ahead: int = 0) -> Token | None:
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def read(self) -> Expression:
        while (token := self.peek()) is not None:
            getattr(self, f"read_{token.kind}", self.pass_over)(token)
        self._settle_ambiguous()
        return self.out

    def pass_over(self, _token: Token) -> None:
        self.place += 1

    def read_stop(self, _token: Token) -> None:
        self.place += 1
        following = self.peek()
        if self.has_keyword and following is not None and following.kind == "word" and following.text[0].isupper():
            self.is_serial = False

    def read_wild(self, token: Token) -> None:
        self.refuse(token, token, Why.WILDCARD)
        self.place += 1

    def read_open(self, token: Token) -> None:
        """Brackets hold ranges in a table of models, else remarks: counts, expiry dates."""
        if self.is_table:
            self.place += 1
            self.is_serial = True
            return
        depth = 0
        while (inner := self.peek()) is not None:
            depth += (inner.kind == "open") - (inner.kind == "close")
            self.place += 1
            if depth == 0:
                return
        self.refuse(token, self.tokens[-1], Why.AMBIGUOUS)

    def read_dash(self, token: Token) -> None:
        if self.is_serial:
            self.refuse(token, token, Why.RANGE_OPEN)
        self.place += 1

    def read_word(self, token: Token) -> None:
        word = token.text.lower()
        self.place += 1
        if word in BETWEEN:
            self._between(token)
        elif SERIAL.fullmatch(word) or (word == "units" and self._next_is(":")):
            self.is_serial = True
        elif OTHER.fullmatch(word):
            self.is_serial = False
        elif RULES.fullmatch(word) and self._governs():
            self._refuse_clause(token)
        elif word in TO and self.is_serial:
            self._open_range(token)
        elif not self.has_keyword and not (NOISE.fullmatch(word) or word in AND):
            self.refuse(token, token, Why.NO_DIGITS)

    def _next_is(self, mark: str) -> bool:
        following = self.peek()
        return following is not None and following.text == mark

    def _governs(self) -> bool:
        """A word such as "all" or "except" matters where identifiers follow or stand before it in its clause."""
        clause = self._clause()
        return self.is_serial and any(token.kind in {"ident", "wild"} for token in clause)

    def _clause(self) -> list[Token]:
        rest = self.tokens[self.place :]
        end = next((i for i, t in enumerate(rest) if t.kind in {"break", "stop"}), len(rest))
        return rest[:end]

    def _refuse_clause(self, token: Token) -> None:
        clause = self._clause()
        self.refuse(token, clause[-1] if clause else token, Why.RULE_IN_WORDS)
        self.place += len(clause)

    def _open_range(self, token: Token) -> None:
        """ "saakka 1345" after "alkaen 1200" closes a range; a lone "1345 saakka" is open."""
        last = self.peek()
        if last is not None and last.kind == "ident" and self.out.singles:
            self.place += 1
            self._add_range(token, self.out.singles.pop(), last)
        else:
            self.refuse(token, token, Why.RANGE_OPEN)

    def _between(self, token: Token) -> None:
        first, middle, last = self.peek(), self.peek(1), self.peek(2)
        is_pair = first and middle and last and first.kind == last.kind == "ident" and middle.text.lower() in AND
        if is_pair and first and last and (self.is_serial or self.is_table):
            self.place += 3
            self._drop_model()
            self._add_range(first, first.text, last)
        elif self.is_serial:
            self.refuse(token, token, Why.RANGE_OPEN)

    def _drop_model(self) -> None:
        """In a table of models and ranges the identifier right before a range is its model."""
        if self.is_table and self.out.singles:
            self.out.singles.pop()

    def read_ident(self, token: Token) -> None:
        self.place += 1
        if not self.is_serial or self._is_numbering(token):
            return
        if DATE.fullmatch(token.text):
            self.refuse(token, token, Why.DATE)
        elif GLUED.search(token.text):
            self.refuse(token, token, Why.GLUED)
        elif self._split_number(token):
            following = self.tokens[self.place]
            self.place += 1
            self.refuse(token, following, Why.AMBIGUOUS)
        else:
            self._single_or_range(token)

    def _is_numbering(self, token: Token) -> bool:
        """ "2)" before a point of a list."""
        following = self.peek()
        return len(token.text) <= 2 and token.text.isdigit() and following is not None and following.kind == "close"

    def _split_number(self, token: Token) -> bool:
        """ "1 200" may be one number or two serials."""
        following = self.peek()
        return (
            following is not None
            and token.text.isdigit()
            and len(token.text) < 4
            and following.kind == "ident"
            and len(following.text) == 3
            and following.text.isdigit()
            and following.start - token.end == 1
        )

    def _single_or_range(self, token: Token) -> None:
        self._skip_suffix()
        middle, last = self.peek(), self.peek(1)
        is_marked = middle is not None and (middle.kind == "dash" or middle.text.lower() in TO)
        if middle is not None and last is not None and is_marked and last.kind == "ident":
            self.place += 2
            self._skip_suffix()
            self._drop_model()
            self._add_range(token, token.text, last)
            return
        if last is not None and last.kind == "suffix" and middle is not None and middle.kind == "ident":
            self.place += 1
            self._skip_suffix()
            self._add_range(token, token.text, middle)
            return
        pair = split_hyphen(token.text)
        if pair:
            self._drop_model()
            self.out.ranges.append(pair)
            return
        self.left_parts.add(token.text.rpartition("-")[0])
        self.out.singles.append(token.text)

    def _skip_suffix(self) -> None:
        """Finnish case endings: 1200:sta 1345:een."""
        following = self.peek()
        if following is not None and following.kind == "suffix":
            self.place += 1

    def _add_range(self, start: Token, first: str, last: Token) -> None:
        why = _is_range(first, last.text)
        if GLUED.search(last.text):
            why = Why.GLUED
        if why:
            self.refuse(start, last, why)
        else:
            self.out.ranges.append((first, last.text))

    def _settle_ambiguous(self) -> None:
        """ "2024-2031" beside "2024-0001" may be a range or a serial; nothing glued to a word may be trusted."""
        for first, last in list(self.out.ranges):
            joined = f"{first}-{last}"
            if first in self.left_parts and joined in self.text:
                self.out.ranges.remove((first, last))
                at = self.text.index(joined)
                self.out.unread.append(Unread(at, at + len(joined), joined, Why.AMBIGUOUS))
        if any(piece.why is Why.GLUED for piece in self.out.unread) or (self.is_table and self.out.singles):
            whole = Unread(0, len(self.text), self.text, Why.GLUED if not self.is_table else Why.AMBIGUOUS)
            self.out = Expression(unread=[whole])


def read_units(text: str) -> Expression:
    """Singles and ranges of serials in a text, and what could not be read; never raises."""
    return _Reader(text).read()
