"""What the letters of a case show, part by part, and who put there what stands (statement: valmius kerätä tuotteet)."""
