"""Rows of contact lists that are likely about somebody who is there already (statement: Rekisterin tietosisältö)."""
