import csv
import io
import json

from rockrobot.db import db


def report(app, *options):
    db.session.rollback()
    return app.test_cli_runner().invoke(args=["recall", "report", *options])


def test_the_command_prints_the_report_as_json(app, running):
    number = running.case.number

    result = report(app, number, "--format", "json")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["case"]["number"] == number


def test_the_command_prints_the_report_as_lines(app, running):
    result = report(app, str(running.case.id), "--format", "csv")

    figures = dict(csv.reader(io.StringIO(result.stdout)))
    assert figures["units.affected"] == "10"


def test_an_unknown_case_is_said_to_be_unknown(app, running):
    result = report(app, "TV-1")

    assert result.exit_code == 1
    assert "There is no case TV-1." in result.stderr
