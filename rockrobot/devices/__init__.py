"""Models, machines, what was fitted where and when, owners over time (statement: laitteet; valmius kerätä tuotteet)."""
