"""The words and marks in which lists of serials are written (statement: valmius kerätä tuotteet)."""
