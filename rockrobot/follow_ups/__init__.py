"""What comes after the first letter: posting, e-mail, returned mail, reminders, the new owner (statement: valmius)."""
