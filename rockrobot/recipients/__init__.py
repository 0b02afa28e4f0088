"""Who is written to about which units, and at which address (statement: valmius kerätä tuotteet)."""
