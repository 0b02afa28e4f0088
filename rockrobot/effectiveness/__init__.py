"""The numbers of a recall: reconciliation, report, curves and readiness (statement: valmius kerätä tuotteet)."""
