"""Two records of one person or company made one, and apart again (statement: Rekisterin tietosisältö)."""
