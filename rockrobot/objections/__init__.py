"""Who forbade what, who agreed to what, and what may be done in spite of it (statement: Muut … oikeudet)."""
