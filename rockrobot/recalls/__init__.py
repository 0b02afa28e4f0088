"""Recall cases: scope, approval, units, tasks and the authority log (statement: valmius kerätä tuotteet)."""
