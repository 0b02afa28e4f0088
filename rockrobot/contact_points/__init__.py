"""Forms and pages of phones, e-mail and other ways to reach somebody (statement: Rekisterin tietosisältö)."""
