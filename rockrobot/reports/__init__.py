"""The effectiveness report of a case: on screen, on paper, as CSV and JSON (statement: valmius kerätä tuotteet)."""
