"""How likely two records are one person or one company, and why (statement: Rekisterin tietosisältö)."""
