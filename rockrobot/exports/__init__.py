"""People and companies out as files, each for a purpose (statement: Rekisterin tietosisältö, Muut … oikeudet)."""
