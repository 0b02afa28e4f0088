"""The letters of a case: composed from its texts and units, printed in batches (statement: valmius kerätä tuotteet)."""
