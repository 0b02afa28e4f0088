"""The outbox: letters by e-mail, each sent once or flagged (statement: valmius kerätä tuotteet)."""
