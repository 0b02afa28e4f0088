"""A mail in the morning that says how many follow-ups wait (statement: tapahtumat)."""
