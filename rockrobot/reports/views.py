import csv
import io
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from rockrobot import languages, ledger, paper
from rockrobot.access import PEOPLE_READERS, allow
from rockrobot.db import db
from rockrobot.effectiveness import rules
from rockrobot.effectiveness.queries import Numbers, numbers_of
from rockrobot.formulas import harmless
from rockrobot.organisation.models import Organisation
from rockrobot.recalls import queries as recalls
from rockrobot.recalls.models import RecallCase
from rockrobot.recalls.rules import OPEN_STATES, UnitState
from rockrobot.reports import queries
from rockrobot.reports.queries import Report
from rockrobot.reports.rules import flat
from rockrobot.screen_words import words_of
from rockrobot.web import page

ROWS = 50
REMINDER_DAYS = (14, 30, 45)
Section = dict[str, Any]
blueprint = Blueprint("reports", __name__, url_prefix="/recalls")


def _case_or_404(case_id: int) -> RecallCase:
    case = recalls.case_for(case_id)
    if case is None:
        abort(404)
    return case


def _report(case: RecallCase) -> Report:
    """The report; who is named in it as silent goes into the ledger."""
    report, silent = queries.report_of(case), queries.silent_parties(case.id)
    ledger.log_view(party.person_id for party in silent if party.person_id)
    return report


@blueprint.get("/<int:case_id>/report")
@allow(*PEOPLE_READERS, event="reports.show")
def show(case_id: int) -> str:
    case, numbers = _case_or_404(case_id), numbers_of(case_id)
    report = _report(case)
    return page("reports/show.html", case=case, numbers=numbers, sums=numbers.sums, report=report, **_drawings(numbers))


def _drawings(numbers: Numbers) -> dict[str, Any]:
    """What the curves and bars are drawn from."""
    first = numbers.first_letter_on or numbers.on
    affected = numbers.sums.units.affected
    reached = {
        _("ilmoitettu"): [unit.notified_on for unit in numbers.scope],
        _("vastannut"): [unit.responded_on for unit in numbers.scope],
        _("päätetty"): [unit.ended_on for unit in numbers.scope],
    }
    curves = [
        {"name": name, "points": rules.curve(days, first, numbers.on, affected)} for name, days in reached.items()
    ]
    ages = rules.ages(numbers.units, numbers.on)
    return {"curves": curves, "last_day": (numbers.on - first).days, "ticks": REMINDER_DAYS, "ages": ages}


@blueprint.get("/<int:case_id>/report.csv")
@allow(*PEOPLE_READERS, event="reports.download_csv")
def download_csv(case_id: int) -> Response:
    case = _case_or_404(case_id)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("figure", "value"))
    writer.writerows((name, "" if value is None else harmless(value)) for name, value in flat(_report(case)))
    headers = {"Content-Disposition": f'attachment; filename="{case.number}.csv"'}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)


@blueprint.get("/<int:case_id>/report.pdf")
@allow(*PEOPLE_READERS, event="reports.download_pdf")
def download_pdf(case_id: int) -> Response:
    case = _case_or_404(case_id)
    report = _report(case)
    headers = {"Content-Disposition": f'inline; filename="{case.number}.pdf"'}
    return Response(paper.render_report(_document(report)), mimetype="application/pdf", headers=headers)


# ---------- the report on paper ----------


def _word(kind: str, name: Any, template: str = "effectiveness/words.html", *more: str) -> str:
    """The word that the screens use."""
    return str(getattr(words_of(template), f"{kind}_word")(name, *more)).replace("&nbsp;", "\N{NO-BREAK SPACE}").strip()


def _state_word(state: Any) -> str:
    return _word("state", state, "replies/words.html")


def _document(report: Report) -> dict[str, Any]:
    house = db.session.get(Organisation, 1)
    case = report["case"]
    return {
        "title": _("Vaikuttavuusraportti %(number)s", number=case["number"]),
        "author": house.name if house else "Rockrobot",
        "language": languages.current(),
        "is_drill": case["is_drill"],
        "facts": [[label, value] for label, value in _facts(report) if value],
        "sections": [section for make in SECTIONS for section in make(report)],
    }


def _day(text: str | None) -> str:
    if not text:
        return ""
    year, month, day = text[:10].split("-")
    return f"{int(day)}.{int(month)}.{year}"


def _facts(report: Report) -> list[tuple[str, str]]:
    case, dates = report["case"], report["dates"]
    return [
        (_("Tapaus"), f"{case['number']} {case['title']}"),
        (_("Vaara"), case["hazard"].get("fi") or next(iter(case["hazard"].values()), "")),
        (_("Tuote"), f"{case['brand']} {case['product_name']}".strip()),
        (_("Maat"), ", ".join(case["countries"])),
        (_("Tietoon"), _day(dates["known_on"])),
        (_("Päätetty"), _day(dates["decided_on"])),
        (_("Viranomaiselle ilmoitettu"), _day(dates["authority_told_on"])),
        (_("Ensimmäinen kirje"), _day(dates["first_letter_on"])),
        (_("Viimeinen kirje"), _day(dates["last_letter_on"])),
        (_("Arvioitu valmistuminen"), _day(report["expected_finish_on"])),
        (_("Raportin päivä"), _day(report["report_on"])),
    ]


def _section(
    heading: str, paragraphs: list[str], columns: Sequence[str] = (), rows: Sequence[list[str]] = ()
) -> Section:
    return {"heading": heading, "paragraphs": paragraphs, "columns": columns if rows else [], "rows": rows}


def _units_section(report: Report) -> list[Section]:
    units, scope = report["units"], report["scope"]
    terms = [f"{_state_word(s)} {n}" for s, n in units["by_state"].items() if n and s != "released"]
    equation = f"{units['affected']} = " + (" + ".join(terms) or "0")
    out = [_("Rajattu pois %(count)s.", count=units["released"])] if units["released"] else []
    classes = [[_class_word(c, scope), str(n)] for c, n in scope["by_class"].items()]
    lines = [equation, *out, *map(_version, scope["versions"])]
    return [_section(_("Yksiköt"), lines, [_("Luokka"), _("Yksiköitä")], classes)]


def _class_word(name: str, scope: Report) -> str:
    return _word("class", name, "traces/words.html", scope["determined_by"])


def _version(version: Report) -> str:
    counts = {name: version[f"{name}_count"] for name in ("unit", "added", "removed")}
    when = {"number": version["version"], "on": _day(version["frozen_at"])}
    said = _(
        "Rajaus %(number)s, %(on)s: %(unit)s yksikköä, lisätty %(added)s, poistettu %(removed)s.", **when, **counts
    )
    return f"{said} {version['reason']}".strip()


def _percent_section(report: Report) -> list[Section]:
    labels = {
        "notified": _("Ilmoitettu, kaikista"),
        "responded": _("Vastannut, kaikista"),
        "corrected": _("Vaara poistettu, kaikista"),
        "corrected_of_reachable": _("Vaara poistettu, tavoitettavista"),
        "returned_mail": _("Palautunut posti, postitetuista"),
    }
    rows = [[label, _word("percent", report["percent"][name])] for name, label in labels.items()]
    return [_section(_("Vaikuttavuus"), [], [_("Luku"), "%"], rows)]


def _pieces_sections(report: Report) -> list[Section]:
    labels = {
        "received": _("saatu"),
        "fitted": _("asennettu"),
        "built_in": _("muissa erissä"),
        "loose": _("irrallaan"),
        "in_stock": _("varastossa"),
        "quarantined": _("karanteenissa"),
        "scrapped": _("romutettu"),
        "returned": _("palautettu toimittajalle"),
        "unaccounted": _("selvittämättä"),
    }
    sections = []
    for batch in report["batches"]:
        counts = {label: batch["pieces"][name] for name, label in labels.items()}
        rows = [[label, "?" if count is None else str(count)] for label, count in counts.items()]
        signed = [f"{e['explanation']} ({e['signed_by']}, {_day(e['signed_at'])})" for e in batch["explanations"]]
        heading = _("Kappaleet, erä %(batch)s", batch=batch["batch_no"])
        sections.append(_section(heading, signed, [_("Missä"), _("Kappaletta")], rows))
    return sections


def _people_section(report: Report) -> list[Section]:
    letters, silent = report["letters"], report["responses"]["silent_recipients"]
    words = {
        "posted": _("postitettu"),
        "replied": _("vastattu"),
        "undeliverable": _("palautunut"),
        "silent": _("ei vastausta"),
    }
    posted, *ends = [f"{word} {letters[name]}" for name, word in words.items()]
    equation = f"{posted} = {' + '.join(ends)}"
    rows = [[p["owner_no"], p["owner_name"], str(p["units"]), _day(p["since"])] for p in silent]
    heads = [_("Numero"), _("Ei vastausta"), _("Yksiköitä"), _("Alkaen")]
    return [_section(_("Kirjeet ja vastaukset"), [equation], heads, rows)]


def _efforts_section(report: Report) -> list[Section]:
    words = {
        "letters": _("kirjeitä postitettu"),
        "reminders": _("niistä muistutuksia"),
        "addresses_tried_next": _("niistä seuraavaan osoitteeseen"),
        "new_owners": _("niistä uusille omistajille"),
        "returned": _("kirjeitä palautunut"),
        "emails": _("sähköposteja"),
        "calls": _("puheluja"),
        "visits": _("käyntejä"),
    }
    rows = [[word, str(report["efforts"][name])] for name, word in words.items()]
    days, incidents = report["responses"]["median_days"], report["incidents"]
    said = [_("Vastausten mediaani %(days)s päivää ilmoituksesta.", days=f"{days:g}")] if days is not None else []
    said += [_("Tapaturmat: %(what)s", what=incidents)] if incidents else []
    return [_section(_("Toimet"), said, [_("Mitä tehtiin"), _("Kpl")], rows)]


def _age_section(report: Report) -> list[Section]:
    by_age = report["units"]["open_by_age"]
    states = [state for state in UnitState if state in OPEN_STATES]
    rows = [
        [_word("age", age), *(str(counts.get(state, 0)) for state in states), str(sum(counts.values()))]
        for age, counts in by_age.items()
    ]
    heads = [_("Odottanut"), *(_state_word(state).capitalize() for state in states), _("Yhteensä")]
    return [_section(_("Avoinna odotusajan mukaan"), [], heads, rows)] if report["units"]["open"] else []


def _quarters_section(report: Report) -> list[Section]:
    counts = ("notified", "responded", "corrected", "ended")
    rows = [[_day(q["last_day"]), *(str(q[name]) for name in counts)] for q in report["quarters"]]
    heads = [_("Päivään mennessä"), _("Ilmoitettu"), _("Vastannut"), _("Vaara poistettu"), _("Päätetty")]
    return [_section(_("Neljännesvuosittain"), [], heads, rows)] if rows else []


def _log_section(report: Report) -> list[Section]:
    rows = [[e["authority"], e["country"], _day(e["told_on"]), e["reference"]] for e in report["authorities"]]
    said = [_approval(approval) for approval in report["approvals"]]
    for step in report["own_confirmations"]:
        facts = {"on": _day(step["on"]), "who": step["by"], "why": step["reason"]}
        said.append(_("Yksin vahvistettu päätös %(on)s, %(who)s: %(why)s", **facts))
    heads = [_("Viranomainen"), _("Maa"), _("Päivä"), _("Viite")]
    return [_section(_("Hyväksynnät ja viranomaiset"), said or ["–"], heads, rows)]


def _approval(approval: Report) -> str:
    facts = {"number": approval["scope_version"], "who": approval["approved_by"], "on": _day(approval["approved_at"])}
    said = _("Rajauksen %(number)s hyväksyi %(who)s %(on)s.", **facts)
    why = approval["own_approval_reason"]
    return said + (" " + _("Oma hyväksyntä, syy: %(why)s", why=why) if why else "")


def _checks_section(report: Report) -> list[Section]:
    words = {"ended": _("Päätetyt"), "silent": _("Vastaamattomat")}
    counts = ("population", "drawn", "checked", "wrong")
    rows = [[words[c["subject"]], c["level"], *(str(c[name]) for name in counts)] for c in report["checks"]]
    heads = [_("Mitä"), _("Taso"), _("Joukko"), _("Arvottu"), _("Tarkastettu"), _("Väärin")]
    return [_section(_("Vaikuttavuustarkastus"), [], heads, rows)] if rows else []


def _closing_section(report: Report) -> list[Section]:
    closing = report["closing"]
    said = [text for text in (closing["statement"], closing["authority_answer"], closing["lessons"]) if text]
    faults = [_word("fault", fault) for fault in closing["faults"]]
    return [_section(_("Päättäminen"), said + faults or ["–"])]


SECTIONS = (
    _units_section,
    _percent_section,
    _pieces_sections,
    _people_section,
    _age_section,
    _efforts_section,
    _quarters_section,
    _log_section,
    _checks_section,
    _closing_section,
)
