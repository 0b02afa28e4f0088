"""Attempts to reach people: letters written and printed, what they answered (statement: valmius kerätä tuotteet)."""
