"""What becomes of each row of a file that comes in (statement: Säännönmukaiset tietolähteet)."""
