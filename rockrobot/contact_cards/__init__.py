"""vCards laid out as a table, so that they come in the way other contact lists do (statement: tietolähteet)."""
