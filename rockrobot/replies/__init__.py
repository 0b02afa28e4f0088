"""What owners answer, how each unit ends, returned mail and reminders (statement: valmius kerätä tuotteet)."""
