"""Two records of one person or company side by side (statement: Rekisterin tietosisältö)."""
