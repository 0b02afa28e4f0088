"""Names of people and companies taken apart and compared (statement: Rekisterin tietosisältö)."""
