"""The frozen scope of a case: what entered it, what left it and why (statement: valmius kerätä tuotteet)."""
