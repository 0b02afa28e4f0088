"""Follow-ups in the calendar of whoever does them (statement: tapahtumat)."""
