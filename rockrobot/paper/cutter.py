"""Cuts letters out of a print batch: the very pages that were printed, each letter a PDF of its own, tags and all.

A letter drawn once more by itself would cost twice what it cost in the batch. General tools drop the tags of pages
that they move, so this reads the files of our own press only: objects in the open, one table of tags a page, one
chapter of the outline a heading of the first level. What belongs to the pages is copied byte for byte and numbered
anew; what speaks of the whole file (lists of pages, tags and chapters, its title) is written for the piece.
"""

import base64
import functools
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import NamedTuple

Objects = Mapping[int, bytes]

TEXT = rb"\((?:[^()\\]|\\.)*\)"
for _ in range(4):  # brackets within brackets
    TEXT = rb"\((?:[^()\\]|\\.|" + TEXT + rb")*\)"
# A text comes first in these, so that what a person typed is never taken for a reference.
REFERENCE = re.compile(TEXT + rb"|(\d+) 0 R", re.DOTALL)
NEIGHBOUR = re.compile(rb"(" + TEXT + rb")|/(?:Prev|Next) \d+ 0 R", re.DOTALL)
TITLE = re.compile(rb"/Title(?:<[0-9A-F]*>|" + TEXT + rb")", re.DOTALL)
STREAM = b">>\nstream\n"


class Chapter(NamedTuple):
    """A heading of the first level as the outline has it: its object, and its page from 0."""

    number: int
    page: int


class Table(NamedTuple):
    """Which tags the parts of a page belong to: the key by which the page names it, and its object."""

    key: int
    number: int


class Cutter:
    """A PDF of our press, read once to be cut many times."""

    def __init__(self, pdf: bytes) -> None:
        trailer = pdf[pdf.rindex(b"trailer") :]
        self._objects = dict(_objects(pdf))
        self._root, self._info = _one(b"/Root", trailer), _one(b"/Info", trailer)
        catalogue = self._objects[self._root]
        named = (b"/Pages", b"/StructTreeRoot", b"/Outlines", b"/Metadata")
        self._list, self._tags, self._outline, self._metadata = (_one(name, catalogue) for name in named)
        self._document = _one(rb"/K\[", self._objects[self._tags])
        self._pages = _references(self._objects[self._list])
        self._elements = _references(self._objects[self._document].partition(b"/K[")[2])
        self._identity = re.findall(rb"/ID\[\((.*?)\)\((.*?)\)\]", trailer)[0]
        self._of_file = {self._list, self._tags, self._document, self._outline, self._info, self._metadata}

    @functools.cached_property
    def chapters(self) -> list[Chapter]:
        """The headings of the first level, in the order of their pages."""
        places = {number: place for place, number in enumerate(self._pages)}
        found, number = [], _maybe(b"/First", self._objects[self._outline])
        while number:
            heading = self._objects[number]
            [page] = _references(self._objects[_one(b"/Dest", heading)])
            found.append(Chapter(number, places[page]))
            number = _maybe(b"/Next", heading)
        return found

    def cut(self, first: int, pages: int, title: str) -> bytes:
        """So many pages from this one on (counted from 0) as a PDF with this title."""
        kept = self._pages[first : first + pages]
        chapters = [chapter for chapter in self.chapters if first <= chapter.page < first + pages]
        written = dict(self._chapters(chapters))
        copied = self._copied([*kept, *(self._tables[page].number for page in kept), self._root], written)
        written |= {
            self._list: b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, _listed(kept)),
            self._tags: self._tags_of(kept, copied),
            self._document: self._document_of(copied),
        }
        return _file(copied | written | self._titled(title, pages), self._root, self._info, self._identity_of(title))

    # ---------- what belongs to pages ----------

    @functools.cached_property
    def _tables(self) -> dict[int, Table]:
        """The table of tags of each page; an empty page has none."""
        numbers = self._objects[self._tags].partition(b"/Nums[")[2].partition(b"]")[0]
        tables = {int(key): int(number) for key, number in re.findall(rb"(\d+) (\d+) 0 R", numbers)}
        named = ((page, re.search(rb"/StructParents (\d+)", self._objects[page])) for page in self._pages)
        return {page: Table(int(key[1]), tables[int(key[1])]) for page, key in named if key}

    @functools.cached_property
    def _names(self) -> list[tuple[bytes, int]]:
        """The elements that have a name (headers of tables), in the order of their names."""
        names = self._objects[self._tags].partition(b"/Names[")[2].partition(b"]")[0]
        return [(name, int(number)) for name, number in re.findall(rb"(\([^()]*\))(\d+) 0 R", names)]

    @functools.cached_property
    def _emptied_tags(self) -> bytes:
        """The root of the tags, its lists left out."""
        return re.sub(rb"(/Nums\[|/Names\[)[^]]*", rb"\1", self._objects[self._tags])

    def _copied(self, starts: Iterable[int], written: Objects) -> dict[int, bytes]:
        """The objects that these lead to, but for those that are written anew; what those lead to follows from them."""
        copied: dict[int, bytes] = {}
        waiting = [*starts, *(number for body in written.values() for number in _references(body))]
        while waiting:
            number = waiting.pop()
            if number not in copied and number not in written and number not in self._of_file:
                copied[number] = self._objects[number]
                waiting += _references(copied[number])
        return copied

    # ---------- what speaks of the whole file ----------

    def _chapters(self, chapters: Sequence[Chapter]) -> Iterator[tuple[int, bytes]]:
        """The outline, and its headings of the first level, which are linked to each other."""
        numbers = [chapter.number for chapter in chapters]
        ends = b"/First %d 0 R/Last %d 0 R" % (numbers[0], numbers[-1])
        yield self._outline, b"<</Type/Outlines%s/Count %d>>" % (ends, len(numbers))
        for before, number, after in zip([0, *numbers], numbers, [*numbers[1:], 0], strict=False):
            body = NEIGHBOUR.sub(rb"\1", self._objects[number])
            links = b"".join(b"/%s %d 0 R" % link for link in ((b"Prev", before), (b"Next", after)) if link[1])
            yield number, body.replace(b"<<", b"<<" + links, 1)

    def _tags_of(self, pages: Iterable[int], copied: Objects) -> bytes:
        """The root of the tags: the tables of these pages, and the names of those elements that have one."""
        tables = b" ".join(b"%d %d 0 R" % self._tables[page] for page in pages)
        names = b"".join(b"%s%d 0 R" % pair for pair in self._names if pair[1] in copied)
        return self._emptied_tags.replace(b"/Nums[", b"/Nums[" + tables).replace(b"/Names[", b"/Names[" + names)

    def _document_of(self, copied: Objects) -> bytes:
        head, _, elements = self._objects[self._document].partition(b"/K[")
        own = _listed(number for number in self._elements if number in copied)
        return b"%s/K[%s]%s" % (head, own, elements.partition(b"]")[2])

    def _titled(self, title: str, pages: int) -> dict[int, bytes]:
        """What is told about the file, to readers and to archives."""
        code = b"/Title<FEFF%s>" % title.encode("utf-16-be").hex().upper().encode()
        about = self._objects[self._metadata].partition(STREAM)[2].removesuffix(b"\nendstream")
        for pattern, value in (
            (rb"(<dc:title>.*?<rdf:li[^>]*>).*?(</rdf:li>)", escape(title, quote=False).encode()),
            (rb"(<xmpTPg:NPages>)\d+(<)", b"%d" % pages),
            (rb"()" + re.escape(self._identity[1]) + rb"()", self._identity_of(title)),
        ):
            about = re.sub(pattern, lambda found, value=value: found[1] + value + found[2], about)
        head = b"<</Length %d/Type/Metadata/Subtype/XML" % len(about)
        info = TITLE.sub(lambda _: code, self._objects[self._info])
        return {self._info: info, self._metadata: head + STREAM + about + b"\nendstream"}

    def _identity_of(self, title: str) -> bytes:
        """A name of the file that no other file has."""
        return base64.b64encode(hashlib.sha256(b"%s %s" % (self._identity[1], title.encode())).digest()[:16])


def _objects(pdf: bytes) -> Iterator[tuple[int, bytes]]:
    """The objects of a file by number, as its table tells where they stand."""
    start = int(pdf[pdf.rindex(b"startxref") :].split()[1])
    rows = pdf[start : pdf.rindex(b"trailer")].splitlines()[2:]
    places = {number: int(row[:10]) for number, row in enumerate(rows) if row[17:18] == b"n"}
    ordered = sorted(places.values())
    ends = dict(zip(ordered, [*ordered[1:], start], strict=True))
    for number, place in places.items():
        body = pdf[pdf.index(b"obj\n", place) + 4 : ends[place]]
        yield number, body[: body.rindex(b"\nendobj")]


def _file(objects: Objects, root: int, info: int, identity: bytes) -> bytes:
    """A file of these objects, numbered from 1 in their order."""
    numbers = {old: new for new, old in enumerate(sorted(objects), 1)}

    def renumbered(found: re.Match[bytes]) -> bytes:
        return found[0] if found[1] is None else b"%d 0 R" % numbers[int(found[1])]

    parts, places = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"], []
    length = len(parts[0])
    for old in sorted(objects):
        head, mark, stream = objects[old].partition(STREAM)
        part = b"%d 0 obj\n%s%s%s\nendobj\n" % (numbers[old], REFERENCE.sub(renumbered, head), mark, stream)
        places.append(length)
        length += len(part)
        parts.append(part)
    size = len(places) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n" % size + b"".join(b"%010d 00000 n \n" % place for place in places)
    ends = (size, numbers[root], numbers[info], identity, identity, length)
    trailer = b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[(%s)(%s)]>>\nstartxref\n%d\n%%%%EOF" % ends
    return b"".join([*parts, table, trailer])


def _references(body: bytes) -> list[int]:
    """The objects that an object names, in order."""
    return [int(number) for number in REFERENCE.findall(body.partition(STREAM)[0]) if number]


def _maybe(name: bytes, body: bytes) -> int | None:
    """The object that stands under a name, or None."""
    found = re.search(name + rb" ?(\d+) 0 R", body)
    return int(found[1]) if found else None


def _one(name: bytes, body: bytes) -> int:
    number = _maybe(name, body)
    if number is None:
        raise ValueError(f"a PDF without {name.decode()}, which our press does not make")
    return number


def _listed(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)
