"""What leaves the house and comes back: letters, calls, visits (statement: valmius kerätä tuotteet)."""
