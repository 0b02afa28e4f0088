"""Erasing a person: what goes, what has to stay and until when; never undone (statement: muut … oikeudet)."""
