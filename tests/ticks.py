"""What stands ticked on a page, in whatever order its attributes come."""

import re

INPUT = re.compile(r"<input\b[^>]*>")
VALUE = re.compile(r'\bvalue="([^"]*)"')


def ticked(page: str, name: str) -> list[str]:
    """Values of the ticked boxes and chosen buttons of one name, in the order of the page."""
    inputs = [field for field in INPUT.findall(page) if f'name="{name}"' in field and re.search(r"\bchecked\b", field)]
    return [VALUE.search(field)[1] for field in inputs]
