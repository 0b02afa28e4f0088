"""Commands about recalls: which machines a batch reached, opening a case, its letters and its report."""

from flask.cli import AppGroup

from rockrobot.cli.cases import letters, open_recall
from rockrobot.cli.report import report
from rockrobot.cli.trace import trace

recall = AppGroup("recall", help="From a faulty batch to letters and a report.")
recall.add_command(trace)
recall.add_command(open_recall)
recall.add_command(letters)
recall.add_command(report)

COMMANDS = (recall,)
