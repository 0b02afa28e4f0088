"""The texts of a case, what they lack, and their approval by a second person (statement: valmius kerätä tuotteet)."""
