"""Who has which machine on a day and where a letter reaches them, for many at once (statement: takaisinveto)."""
