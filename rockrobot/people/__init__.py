"""Forms and pages of people (statement: Rekisterin tietosisältö)."""
