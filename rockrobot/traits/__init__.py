"""What is known of a person or company that tells them from others (statement: Rekisterin tietosisältö)."""
