"""The command that prints how effective a recall is."""

import csv
import io
import json

import click
from flask.cli import with_appcontext

from rockrobot import ledger
from rockrobot.cli.terminal import actor
from rockrobot.db import reading
from rockrobot.recalls.queries import find_case
from rockrobot.reports.queries import report_of, silent_parties
from rockrobot.reports.rules import flat


@click.command("report")
@with_appcontext
@click.argument("case_number", metavar="ID")
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json", show_default=True)
def report(case_number: str, form: str) -> None:
    """Print the effectiveness report of the case ID (its number, as "recall open" prints it, or its id).

    The report says what is affected and why, where the pieces of the batch are, who was reached and answered, what was
    corrected of all and of the reachable, what is open and how old, and what stands in the way of closing. It can be
    printed on any day. It names recipients who have not answered, so whose data was shown goes into the ledger.
    The keys are described in docs/report.md. CSV has one line a figure: its path and its value.
    """
    with reading(), ledger.change_set("recall.report", actor=actor()):
        case = find_case(case_number)
        if case is None:
            raise click.ClickException(f"There is no case {case_number}.")
        figures, silent = report_of(case), silent_parties(case.id)
        ledger.log_view(party.person_id for party in silent if party.person_id)
    printed = json.dumps(figures, ensure_ascii=False, indent=2) + "\n" if form == "json" else _lines(figures)
    click.echo(printed.encode(), nl=False)


def _lines(figures: dict[str, object]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("figure", "value"))
    writer.writerows((name, "" if value is None else value) for name, value in flat(figures))
    return text.getvalue()
