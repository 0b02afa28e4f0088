"""The device register in from files and out to files (statement: tietosisältö)."""
