"""What the pages themselves ask for: the addresses, questions and forms on them, by the door they lead to."""

from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

KEPT_FORMS = 4
Pairs = list[tuple[str, str]]
Door = tuple[str, str]


@dataclass
class Form:
    """A form as a page holds it: its fields with their values, and what may be chosen in each."""

    action: str
    method: str
    fields: Pairs = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    files: list[str] = field(default_factory=list)


class FormReader(HTMLParser):
    """Reads the links and forms of a page; a field outside a form is none."""

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here, self.links = here, list[str]()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.list_name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(one.get("href", ""))
        elif tag == "form":
            self.open = Form(one.get("action") or self.here, one.get("method", "get").upper())
            self.forms.append(self.open)
        elif self.open and tag in {"input", "button", "textarea", "select", "option"}:
            self._take(tag, one)

    def handle_endtag(self, tag: str) -> None:
        self.open = None if tag == "form" else self.open

    def _take(self, tag: str, one: dict[str, str]) -> None:
        name, form = one.get("name", self.list_name if tag == "option" else ""), self.open
        if form is None or not name:
            return
        self.list_name = name if tag == "select" else self.list_name
        if one.get("type") == "file":
            form.files.append(name)
        elif tag == "option" or one.get("type") in {"radio", "checkbox"} or tag == "button":
            form.choices[name].append(one.get("value", "on"))
        elif tag != "select":
            form.fields.append((name, one.get("value", "")))


class SeenPages:
    """Addresses, questions and forms by door (rule, method), as the pages that were read have them."""

    def __init__(self) -> None:
        self.addresses: dict[Door, list[str]] = defaultdict(list)
        self.questions: dict[Door, Pairs] = defaultdict(list)
        self.forms: dict[Door, list[Form]] = defaultdict(list)

    def read(self, app: Flask, address: str, html: str) -> None:
        """Take in the links and forms of a page."""
        adapter = app.url_map.bind("localhost")
        reader = FormReader(address)
        reader.feed(html)
        for form in reader.forms:
            self._note_form(adapter, form)
        for link in reader.links:
            self._note(adapter, link.partition("#")[0], "GET")

    def _note(self, adapter: MapAdapter, address: str, method: str) -> Door | None:
        parts = urlsplit(address)
        try:
            rule, _values = adapter.match(parts.path, method=method, return_rule=True)
        except HTTPException:
            return None
        door = (rule.rule, method)
        if parts.path not in self.addresses[door] and len(self.addresses[door]) < KEPT_FORMS:
            self.addresses[door].append(parts.path)
        self.questions[door] += [pair for pair in parse_qsl(parts.query) if pair not in self.questions[door]]
        return door

    def _note_form(self, adapter: MapAdapter, form: Form) -> None:
        door = self._note(adapter, form.action, form.method)
        if door is None:
            return
        if form.method == "GET":
            self.questions[door] += [pair for pair in form.fields if pair not in self.questions[door]]
            self.questions[door] += [(name, value) for name, values in form.choices.items() for value in values[:3]]
        elif len(self.forms[door]) < KEPT_FORMS:
            self.forms[door].append(form)
