"""Forms and pages of whom a person represents, over time (statement: Rekisterin tietosisältö)."""
