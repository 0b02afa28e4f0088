"""What a recall notice must say, in which words and language (statement: tarkistus tai korjaus)."""
