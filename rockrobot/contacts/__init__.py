"""People, companies and their addresses (statement: Rekisterin tietosisältö)."""
