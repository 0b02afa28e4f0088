"""By what a party is known again once it is erased: keyed hashes, no names (statement: Muut … oikeudet)."""
