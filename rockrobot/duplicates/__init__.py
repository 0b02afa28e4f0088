"""Pairs of records that may be one: warned of while typing, queued, decided (statement: Rekisterin tietosisältö)."""
