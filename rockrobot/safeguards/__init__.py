"""Processing systems, transfers, paper records and protection checks (statement: Tietojen siirto, suojaus)."""
