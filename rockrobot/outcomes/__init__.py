"""Contact attempts, replies, returned mail, reminders and how each unit ended (statement: valmius kerätä tuotteet)."""
