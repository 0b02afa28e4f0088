"""Forms and pages of companies (statement: Rekisterin tietosisältö)."""
