"""The command that makes a member of staff."""

import sys

import click
from flask.cli import AppGroup

from rockrobot import ledger
from rockrobot.access import Role
from rockrobot.cli.terminal import actor
from rockrobot.db import db
from rockrobot.passwords.actions import make_link
from rockrobot.passwords.queries import address_of
from rockrobot.second_factors.actions import make_key
from rockrobot.second_factors.rules import app_address
from rockrobot.staff.actions import make_member
from rockrobot.staff.queries import common_passwords, common_words, member_with_email, near_words
from rockrobot.staff.rules import MAX_PASSWORD_LENGTH, password_fault

FAULTS = {
    "too_short": "The password needs at least 12 characters.",
    "too_long": f"The password may have at most {MAX_PASSWORD_LENGTH} characters.",
    "too_plain": "The password repeats the same few characters.",
    "near_word": "The password may not contain the name, the e-mail address or the company's name.",
    "common": "The password is a common one, or a common word with digits around it.",
    "guessable": "The password is easy to guess: it is made of rows of keys or signs, dates, repeats or common words.",
}

staff = AppGroup("staff", help="Members of staff who may sign in.")


@staff.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--name", default="", help="Name on the screens; without it the e-mail address.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
def add(email: str, role: str, name: str, password_stdin: bool) -> None:
    """Make a member of staff and print, this once, the TOTP secret for their authenticator app.

    Without --password-stdin a link is printed too, by which they choose a password themselves within 7 days.
    """
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    if "@" not in email.strip("@"):
        raise click.ClickException("The e-mail address looks like name@company.example.")
    if member_with_email(email):
        raise click.ClickException("That e-mail address has a member of staff already.")
    known = {"common": common_passwords(), "words": common_words()}
    fault = password_fault(password, **known, near_words=near_words(name, email))
    if password_stdin and fault:
        raise click.ClickException(FAULTS[fault])
    with ledger.change_set("staff add", actor=actor()):
        member = make_member(name or email, email, Role(role), password)
        token = "" if password else make_link(member)[1]
        secret = make_key(member.id).secret
        db.session.commit()
    click.echo(f"{member.email}: {role}")
    click.echo(f"TOTP secret, shown only now: {secret}")
    click.echo(f"For an authenticator app: {app_address(secret, member.email)}")
    if token:
        click.echo(f"Link for choosing a password, works once within 7 days: {address_of(token)}")


COMMANDS = (staff,)
