"""Machines out as a list (statement: Rekisterin tietosisältö)."""
