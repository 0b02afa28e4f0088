"""Photos and files of events (statement: Rekisterin tietosisältö, tapahtumat)."""
