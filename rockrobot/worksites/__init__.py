"""Worksites and which machine stood at which, when (statement: Rekisterin tietosisältö)."""
