"""Forms and pages of addresses (statement: Rekisterin tietosisältö)."""
