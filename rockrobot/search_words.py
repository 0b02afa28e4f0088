"""The words of the search: folded text, digits of phones, signs of codes that look alike, one typing error."""

import re
import unicodedata
from collections.abc import Iterable

SHORTEST_PHONE = 4
SHORTEST_IN_TEXT = 7
LONGEST_TERM, LONGEST_SQUEEZED, MOST_TERMS = 100, 100, 400
COUNTRY, TRUNKS = "358", ("358", "46")
_MARKS = re.compile(r"[\u0300-\u036f]+")
_HAS_LETTERS = re.compile(r"[^\W\d_]")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_NOT_DIGITS = re.compile(r"\D+")
_HYPHENS = re.compile("[-\u2010-\u2015/]+")
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l", "þ": "th", "ð": "d"})
_LOOKS = str.maketrans("0qo1il5s8b2z", "OOOIIISSBBZZ")
_NUMBER = re.compile("[+(]?\\d[\\d\\s()./,;\u2010-\u2015-]*")
_NUMBER_IN_TEXT = re.compile("[+(]?\\d[\\d\\s()./\u2010-\u2015-]{5,}\\d")


def fold(words: str) -> str:
    """Text as the index keeps it: small letters without accents, single spaces, no signs that nobody can see.

    The index of SQLite parts words at unseen signs (soft hyphens, the joiners inside emoji), which people do not.
    """
    if words.isascii():
        return " ".join(_seen(words).lower().split())
    plain = unicodedata.normalize("NFKD", _seen(words).casefold().translate(_LETTERS))
    return " ".join(_MARKS.sub("", plain).split())


def _seen(words: str) -> str:
    if words.isprintable():
        return words
    return "".join(sign for sign in words if sign.isprintable() or sign.isspace())


def squeeze(folded: str) -> str:
    """Folded text without anything but letters and digits."""
    return folded if folded.isalnum() else _NOT_ALPHANUMERIC.sub("", folded)


def look(squeezed: str) -> str:
    """Squeezed text as it looks: one capital for signs that are mistaken for each other (0/O/Q, 1/I/L, 5/S, 8/B, 2/Z).

    In capitals, so that it is found only where a code was kept in the same way.
    """
    return squeezed.translate(_LOOKS).upper()


def lines_of(value: str) -> list[str]:
    """The lines by which a text is found: folded, and without spaces and signs where that is short and differs."""
    folded = fold(value)
    squeezed = squeeze(folded) if len(folded) <= LONGEST_SQUEEZED else folded
    return [line for line in ((folded,) if squeezed == folded else (folded, squeezed)) if line]


def code_lines(value: str) -> list[str]:
    """The lines by which a code is found: folded, and as it looks."""
    folded = fold(value)
    return [folded, look(squeeze(folded))] if folded else []


def phone_terms(number: str) -> list[str]:
    """The digits of a phone number as people type them: with country code, and with the leading zero at home.

    A number without a country code is Finnish. Nothing where the text has letters or too few digits.
    """
    digits = _NOT_DIGITS.sub("", number.replace("(0)", ""))
    if len(digits) < SHORTEST_PHONE or _HAS_LETTERS.search(number):
        return []
    if digits.startswith("0") and not digits.startswith("00"):
        return [COUNTRY + digits[1:], digits]
    international = digits.removeprefix("00")
    home = ["0" + international[len(trunk) :] for trunk in TRUNKS if international.startswith(trunk)]
    return [international, *home]


def whole(line: str) -> str:
    """The term of a line that stands alone: marked, so that it is told from the same word in a longer line."""
    return f"={line}"


def looking(code: str) -> str:
    """The term of a code as it looks: marked, as an index of terms may not tell capitals from small letters."""
    return code if code == code.lower() else f"~{code}"


def terms_of(lines: Iterable[str]) -> list[str]:
    """What is found whole or by its beginning: short lines, their words, and the words between hyphens."""
    terms: dict[str, None] = {}
    for line in lines:
        if len(line) <= LONGEST_TERM:
            terms[whole(line)] = None
        for word in line.split(" "):
            if len(word) <= LONGEST_TERM:
                terms[looking(word)] = None
            if "-" in word or "/" in word:
                terms.update(dict.fromkeys(piece for piece in _HYPHENS.split(word) if 0 < len(piece) <= LONGEST_TERM))
    return list(terms)[:MOST_TERMS]


# ---------- what was typed ----------


def _dialled(number: str) -> list[str]:
    """The digits of a number as the index keeps them, and of its longest piece, where "/" or "," divides two."""
    pieces = [number, max(re.split("[/,;]", number), key=len)]
    found = []
    for piece in pieces:
        digits = _NOT_DIGITS.sub("", piece.replace("(0)", ""))
        digits = digits.removeprefix("00")
        found.append(COUNTRY + digits[len(COUNTRY) + 1 :] if digits.startswith(COUNTRY + "0") else digits)
    return [digits for digits in dict.fromkeys(found) if len(digits) >= SHORTEST_PHONE or digits == found[0]]


def needles(typed: str) -> list[str]:
    """What to look for, all of them alike: as typed, squeezed, as it looks, and the digits of a phone number."""
    folded = fold(typed)
    squeezed = squeeze(folded)
    found = [folded, squeezed]
    if _NUMBER.fullmatch(typed.strip()):
        found += _dialled(typed)
    if any(sign.isdigit() for sign in squeezed):
        found.append(look(squeezed))
    return [needle for needle in dict.fromkeys(found) if needle]


def readings(typed: str) -> list[list[list[str]]]:
    """Ways to read what was typed, the likelier first: lists of groups, of each of which one needle must be found.

    A number is one group however it is spaced; else each word is one. A phone number with text around it may have been
    pasted: the number alone is the second way.
    """
    if _NUMBER.fullmatch(typed.strip()):
        return [[needles(typed)]]
    ways = [[group for group in map(needles, typed.split()) if group]]
    for number in _NUMBER_IN_TEXT.findall(typed):
        digits = [one for one in _dialled(number) if len(one) >= SHORTEST_IN_TEXT]
        ways += [[digits]] if digits else []
    return [way for way in ways if way]


def one_error_away(word: str) -> list[str]:
    """Every text that one typing error makes of a word: a sign left out, added, replaced, or two neighbours swapped."""
    signs = "abcdefghijklmnopqrstuvwxyz-" if not word.isdigit() else ""
    if any(sign.isdigit() for sign in word):
        signs += "0123456789"
    if word != word.lower():
        signs = signs.upper()
    signs = "".join(dict.fromkeys(signs + "".join(sign for sign in word if sign in "@._'+&/")))
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    made = [left + right[1:] for left, right in cuts if right]
    made += [left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1]
    made += [left + sign + right[1:] for left, right in cuts if right for sign in signs]
    made += [left + sign + right for left, right in cuts for sign in signs]
    return [other for other in dict.fromkeys(made) if other and other != word]
