"""Lists of serials as recall notices write them (statement: valmius kerätä tuotteet)."""
